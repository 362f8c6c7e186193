"""The first screen, in three short lines, and in which language the conversation is."""

from typing import Final

from flows.guide import Guide
from flows.screens.privacy import caution
from flows.session import Session
from flows.texts import LanguageName, Listing, Message, Paragraph, _

MUTE: Final = ("matrix",)
"""Channels whose clients do not tell a language: whoever reads none of ours so far finds its name, and writes it."""


def greeting(guide: Guide, session: Session) -> Message:
    warning = caution(session)
    others = tuple(LanguageName(code) for code in guide.languages if code != session.language)
    language = _("Wir schreiben auf {language}. Andere Sprache: /language", language=LanguageName(session.language))
    at_hand = session.channel == "web"  # the page has all languages on top
    return Message(
        (
            Paragraph(_("Guten Tag! Ich bin Lotse. Ich zeige Ihnen, wer Ihnen bei Beruf und Arbeit helfen kann.")),
            Paragraph(_("Das ist kostenlos."), close=True),
            Paragraph(_("Ich bin keine Behörde. Ich frage nicht nach Ihrem Aufenthaltsstatus."), close=True),
            Paragraph(
                _("Ich bin ein Programm. Möchten Sie lieber mit einem Menschen sprechen? Schreiben Sie /human"),
                close=True,
            ),
            *(() if at_hand else (Paragraph(language),)),
            *((Listing(_("Andere Sprachen:"), others),) if session.channel in MUTE else ()),
            *(() if warning is None else (Paragraph(warning),)),
        )
    )
