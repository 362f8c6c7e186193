"""What the dialogue says: marked German msgids with named parameters, never finished sentences.

The shell translates and renders. A message is made of blocks, so that every channel can render natively.

>>> _("Sie wohnen in {place}.", place="Wismar").msgid
'Sie wohnen in {place}.'
"""

from dataclasses import dataclass, field
from typing import Literal


@dataclass(frozen=True, slots=True)
class Country:
    """A country's name, by ISO 3166-1 alpha-2 code; the shell takes the name from CLDR."""

    code: str


@dataclass(frozen=True, slots=True)
class LanguageName:
    """A language's own name for itself, by code; from CLDR."""

    code: str


@dataclass(frozen=True, slots=True)
class AsOf:
    """A date as precise as it is known: `2023`, `2023-01` or `2023-01-31`; written out by CLDR."""

    date: str


@dataclass(frozen=True, slots=True)
class Titled:
    """A name that content carries in several languages, as (language, name) pairs; German is always there."""

    names: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Verbatim:
    """Words that are never translated: the person's own, a proper name, a telephone number."""

    words: str


@dataclass(frozen=True, slots=True)
class Text:
    """One translatable sentence: the German msgid, its named parameters, its gettext context if it has one."""

    msgid: str
    params: tuple[tuple[str, "Sayable"], ...] = ()
    context: str | None = None


@dataclass(frozen=True, slots=True)
class Plural:
    """A sentence about a number: the German msgids for one and for more, and the number; which form it takes is
    the language's matter."""

    one: str
    more: str
    number: int
    params: tuple[tuple[str, "Sayable"], ...] = ()


@dataclass(frozen=True, slots=True)
class InLanguage:
    """A sentence said in another language than the rest: whoever cannot read the rest can read this."""

    language: str
    text: Text


Sayable = Text | Plural | InLanguage | Country | LanguageName | AsOf | Titled | Verbatim


def _(msgid: str, **params: Sayable | str) -> Text:
    """Mark a German sentence for translation; strings given as parameters are taken as they are."""
    return Text(msgid, tuple((k, Verbatim(v) if isinstance(v, str) else v) for k, v in params.items()))


def _n(one: str, more: str, number: int, **params: Sayable | str) -> Plural:
    """Mark a German sentence about a number; the number itself is `{number}` in it."""
    named = {"number": str(number), **params}
    return Plural(one, more, number, tuple((k, Verbatim(v) if isinstance(v, str) else v) for k, v in named.items()))


@dataclass(frozen=True, slots=True)
class Heading:
    """The one line that says what a message is about."""

    text: Sayable


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Running text. `close`: belongs to the block before it, no blank line between them."""

    text: Sayable
    close: bool = False


@dataclass(frozen=True, slots=True)
class Listing:
    """A lead-in and its short items: told in one line ("Warum: a · b") or as bullets."""

    lead: Text
    items: tuple[Sayable, ...]
    style: Literal["line", "bullets"] = "line"


@dataclass(frozen=True, slots=True)
class GermanSentence:
    """A sentence to say in German, with what it means and how to pronounce it (both left out in German)."""

    sentence: str


@dataclass(frozen=True, slots=True)
class Contact:
    """Whom to call or write to. Every field is ready to be shown; empty ones are left out."""

    name: str
    phone: str = ""
    email: str = ""
    web: str = ""
    address: str = ""


@dataclass(frozen=True, slots=True)
class Attachment:
    """A text file that the person may keep; channels without files show what is in it."""

    name: str
    content: str


Block = Heading | Paragraph | Listing | GermanSentence | Contact | Attachment


@dataclass(frozen=True, slots=True)
class Choice:
    """A button: its id (see DESIGN, section 7) and its label."""

    id: str
    label: Sayable


@dataclass(frozen=True, slots=True)
class Message:
    """One message, at most one phone screen. `choices` only on a turn's last message."""

    blocks: tuple[Block, ...]
    choices: tuple[Choice, ...] = field(default=())
