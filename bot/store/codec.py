"""Messages as JSON, and back: what an outbox row's body holds. Rendering comes later, in the person's language.

>>> decode(encode(Message((Paragraph(_("Guten Tag!")),)))).blocks[0].text.msgid
'Guten Tag!'
"""

from dataclasses import fields
from operator import attrgetter
from typing import Any, Final

import orjson

from flows.texts import (
    AsOf,
    Attachment,
    Choice,
    Contact,
    Country,
    GermanSentence,
    Heading,
    InLanguage,
    LanguageName,
    Listing,
    Message,
    Paragraph,
    Plural,
    Text,
    Titled,
    Verbatim,
)

_KINDS: Final[dict[str, Any]] = {
    kind.__name__: kind
    for kind in (
        AsOf, Attachment, Choice, Contact, Country, GermanSentence, Heading, InLanguage, LanguageName, Listing, Message,
        Paragraph, Plural, Text, Titled, Verbatim,
    )
}  # fmt: skip
_FIELDS: Final = {
    kind: (f"@{name}", attrgetter("__class__", *(f.name for f in fields(kind)))) for name, kind in _KINDS.items()
}


def _plain(part: Any) -> tuple[Any, ...]:
    """A part as a list: its kind, then its fields in their order."""
    kind, values = _FIELDS[type(part)]
    return (kind, *values(part)[1:])


def encode(message: Message) -> str:
    return orjson.dumps(message, default=_plain, option=orjson.OPT_PASSTHROUGH_DATACLASS).decode()


class UnreadableError(Exception):
    """A body that `encode` of this version did not write."""


def decode(body: str) -> Message:
    """The message of a row; UnreadableError for anything else."""
    try:
        message = _made(orjson.loads(body))
    except (ValueError, KeyError, TypeError) as error:
        raise UnreadableError(type(error).__name__) from error
    if not isinstance(message, Message):
        raise UnreadableError(type(message).__name__)
    return message


def _made(value: Any) -> Any:
    if not isinstance(value, list):
        return value
    if value and isinstance(value[0], str) and value[0].startswith("@"):
        return _KINDS[value[0][1:]](*(_made(v) for v in value[1:]))
    return tuple(_made(v) for v in value)
