"""The languages, each by its own name."""

from flows.guide import Guide
from flows.screens.buttons import CONTINUE, HUMAN
from flows.session import Session
from flows.texts import Choice, LanguageName, Message, Paragraph, _


def language(guide: Guide, session: Session) -> tuple[Message, ...]:
    languages = tuple(Choice(f"lang:{code}", LanguageName(code)) for code in guide.languages)
    return (Message((Paragraph(_("In welcher Sprache möchten Sie schreiben?")),), (*languages, CONTINUE, HUMAN)),)
