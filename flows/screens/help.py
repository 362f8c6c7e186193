"""What one can do here."""

from flows.guide import Guide
from flows.screens.buttons import CHANGE, CONTINUE, HUMAN, LANGUAGE, RESTART
from flows.session import Session
from flows.texts import Listing, Message, Paragraph, _


def help_(guide: Guide, session: Session) -> tuple[Message, ...]:
    blocks = (
        Paragraph(_("Ich stelle wenige Fragen. Dann zeige ich Ihnen, welche Beratung Ihnen helfen kann.")),
        Paragraph(_("Drücken Sie einen Knopf, schreiben Sie seine Nummer oder antworten Sie mit Ihren Worten.")),
        Listing(
            _("Das geht immer:"),
            (
                _("/back – eine Frage zurück"),
                _("/restart – neu anfangen"),
                _("/language – andere Sprache"),
                _("/human – mit einem Menschen sprechen"),
                _("/privacy – Ihre Daten"),
            ),
            style="bullets",
        ),
    )
    changing = (CHANGE,) if session.facts else ()
    return (Message(blocks, (CONTINUE, *changing, LANGUAGE, RESTART, HUMAN)),)
