"""Words as HTML: escaped, with links for what can be called, written to or opened, and buttons for commands."""

import re
from typing import Final

from markupsafe import Markup, escape

from bot.rendering.plain import COMMAND
from bot.translation.speaker import Speaker
from flows.texts import Contact, Sayable, _

_BUTTON: Final = Markup('<button class="command" form="commands" name="text" value="{0}">{0}</button>')
_LINK: Final = Markup('<a href="{0}" dir="ltr"{2}>{1}</a>')
_NEW_TAB: Final = Markup(' target="_blank" rel="noopener noreferrer"')


def say(what: Sayable, speaker: Speaker) -> Markup:
    """A text; the commands that it names can be pressed."""
    words = speaker.say(what)
    made, end = Markup(), 0
    for found in COMMAND.finditer(words):
        made += escape(words[end : found.start()]) + _BUTTON.format(found[0])
        end = found.end()
    return made + escape(words[end:])


def ways(contact: Contact, speaker: Speaker) -> list[Markup]:
    """The lines of a contact."""
    named = (
        (_("Telefon: {number}", number=contact.phone), contact.phone, f"tel:{_dialled(contact.phone)}", ""),
        (_("E-Mail: {address}", address=contact.email), contact.email, f"mailto:{contact.email}", ""),
        (_("Webseite: {address}", address=contact.web), contact.web, _opened(contact.web), _NEW_TAB),
    )
    lines = [_linked(speaker.say(text), value, href, more) for text, value, href, more in named if value]
    return [*lines, escape(speaker.isolated(contact.address))] if contact.address else lines


def _linked(words: str, value: str, href: str, more: str) -> Markup:
    before, _value, after = words.partition(value)
    return escape(before) + _LINK.format(href, value, more) + escape(after)


def _dialled(phone: str) -> str:
    return re.sub(r"[^\d+]", "", phone)


def _opened(web: str) -> str:
    return web if web.startswith(("https://", "http://")) else f"https://{web}"
