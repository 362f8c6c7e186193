"""Data rights in the chat: what is kept and why, everything that is kept, and that all of it is gone."""

from flows.facts import ORDER
from flows.guide import Guide
from flows.screens.buttons import CONTINUE, RESTART
from flows.screens.result import told
from flows.session import Session
from flows.texts import Block, Heading, Listing, Message, Paragraph, Sayable, Text, Verbatim, _, _n


def privacy(guide: Guide, session: Session) -> tuple[Message, ...]:
    content = guide.catalogue.privacy
    blocks: list[Block] = [Heading(_("Ihre Daten"))]
    if guide.controller:
        blocks.append(Paragraph(_("Verantwortlich ist: {controller}", controller=guide.controller)))
    else:
        blocks.append(Paragraph(_("Dieses Programm läuft hier nur zum Ausprobieren.")))
    blocks += [
        Paragraph(Text(content.kept_on_page if session.channel == "web" else content.kept)),
        Paragraph(Text(content.ground)),
    ]
    kept = _n(
        "Wenn Sie {number} Tag nichts schreiben, lösche ich alles.",
        "Wenn Sie {number} Tage nichts schreiben, lösche ich alles.",
        content.days.conversation,
    )
    blocks.append(Paragraph(kept))
    if session.encrypted:
        blocks.append(Paragraph(_("Dieser Raum ist durchgehend verschlüsselt.")))
    elif (warning := caution(session)) is not None:
        blocks.append(Paragraph(warning))
    blocks.append(
        Listing(_("Das können Sie tun:"), (_("/mydata – alles sehen"), _("/delete – alles löschen")), "bullets")
    )
    return (Message(tuple(blocks), (CONTINUE,)),)


def caution(session: Session) -> Text | None:
    """What whoever writes here should know of the way; None where there is nothing to warn of."""
    if session.channel == "telegram":
        return _(
            "Telegram ist nicht durchgehend verschlüsselt und nicht in der EU."
            " Wenn Sie das nicht möchten, nutzen Sie bitte die Webseite oder Matrix."
        )
    if session.encrypted is False:
        return _(
            "Dieser Raum ist nicht durchgehend verschlüsselt."
            " Wenn Sie das nicht möchten, schreiben Sie mir bitte in einem verschlüsselten Raum."
        )
    return None


def mydata(guide: Guide, session: Session) -> tuple[Message, ...]:
    """What is kept, readable; the file with all of it is attached by the action."""
    facts = [f for f in (*ORDER, "field") if f in session.facts]
    known: tuple[Sayable, ...] = tuple(t for f in facts if (t := told(guide, session.facts, f)) is not None)
    german = session.facts.get("german")
    if german:
        known = (*known, Verbatim(f"Deutsch: {german.upper()}"))
    blocks: list[Block] = [Heading(_("Das weiß ich von Ihnen"))]
    if known:
        blocks.append(Listing(_("Ihre Antworten:"), known, "bullets"))
    else:
        blocks.append(Paragraph(_("Sie haben noch keine Frage beantwortet.")))
    blocks.append(Paragraph(_("In der Datei steht alles, was gespeichert ist. Mit /delete löschen Sie es.")))
    return (Message(tuple(blocks), (CONTINUE,)),)


def deleted(guide: Guide, session: Session) -> tuple[Message, ...]:
    text = _("Alles ist gelöscht. Wenn Sie wieder schreiben, fangen wir neu an.")
    return (Message((Paragraph(text),), (RESTART,)),)
