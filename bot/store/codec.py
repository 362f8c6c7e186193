"""Messages as JSON, and back: what an outbox row's body holds. Rendering comes later, in the person's language.

>>> decode(encode(Message((Paragraph(_("Guten Tag!")),)))).blocks[0].text.msgid
'Guten Tag!'
"""

import json
from dataclasses import fields
from typing import Any, Final

from flows.texts import (
    AsOf,
    Attachment,
    Choice,
    Contact,
    Country,
    GermanSentence,
    Heading,
    LanguageName,
    Listing,
    Message,
    Paragraph,
    Text,
    Titled,
    Verbatim,
)

_KINDS: Final[dict[str, Any]] = {
    kind.__name__: kind
    for kind in (
        AsOf, Attachment, Choice, Contact, Country, GermanSentence, Heading, LanguageName, Listing, Message, Paragraph,
        Text, Titled, Verbatim,
    )
}  # fmt: skip
_FIELDS: Final = {kind: tuple(f.name for f in fields(kind)) for kind in _KINDS.values()}


def encode(message: Message) -> str:
    return json.dumps(_plain(message), ensure_ascii=False, separators=(",", ":"))


class UnreadableError(Exception):
    """A body that `encode` of this version did not write."""


def decode(body: str) -> Message:
    """The message of a row; UnreadableError for anything else."""
    try:
        message = _made(json.loads(body))
    except (ValueError, KeyError, TypeError) as error:
        raise UnreadableError(type(error).__name__) from error
    if not isinstance(message, Message):
        raise UnreadableError(type(message).__name__)
    return message


def _plain(value: Any) -> Any:
    if isinstance(value, tuple):
        return [_plain(v) for v in value]
    names = _FIELDS.get(type(value))
    return value if names is None else {"_": type(value).__name__, **{n: _plain(getattr(value, n)) for n in names}}


def _made(value: Any) -> Any:
    if isinstance(value, list):
        return tuple(_made(v) for v in value)
    if isinstance(value, dict):
        kind = _KINDS[value.pop("_")]
        return kind(**{name: _made(v) for name, v in value.items()})
    return value
