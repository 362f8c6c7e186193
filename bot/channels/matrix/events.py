"""Matrix events as events of the dialogue: what a person did in a room."""

from datetime import UTC, datetime
from typing import Any, Final

from nio import (
    Event as RoomEvent,
)
from nio import (
    RedactionEvent,
    RoomEncryptedAudio,
    RoomEncryptedFile,
    RoomEncryptedImage,
    RoomEncryptedVideo,
    RoomMessageAudio,
    RoomMessageEmote,
    RoomMessageFile,
    RoomMessageImage,
    RoomMessageText,
    RoomMessageUnknown,
    RoomMessageVideo,
    UnknownEncryptedEvent,
    UnknownEvent,
)

from flows.events import Edited, Event, Said, Sent, Withdrawn

_KINDS: Final[dict[type, str]] = {
    RoomMessageImage: "photo", RoomEncryptedImage: "photo", RoomMessageVideo: "photo", RoomEncryptedVideo: "photo",
    RoomMessageFile: "document", RoomEncryptedFile: "document",
    RoomMessageAudio: "voice", RoomEncryptedAudio: "voice",
    UnknownEncryptedEvent: "undecrypted",
}  # fmt: skip
_POLLS: Final = ("m.poll.start", "org.matrix.msc3381.poll.start")
KEYS: Final = ("1️⃣", "2️⃣", "3️⃣", "4️⃣", "5️⃣", "6️⃣", "7️⃣", "8️⃣", "9️⃣", "🔟")
"""The reactions that choose: the number of a choice."""


def event_of(event: RoomEvent) -> Event | None:
    """What a person did; None where silence fits: other bots' notices, stickers, calls, verification, state."""
    at = datetime.now(UTC)
    if isinstance(event, RoomMessageText | RoomMessageEmote):
        return _text(event, at)
    if isinstance(event, RedactionEvent):
        return Withdrawn(at, id_of(str(event.redacts)))
    if isinstance(event, RoomMessageUnknown):
        if event.msgtype == "m.location":
            return Sent("location", at)
        return None if event.msgtype.startswith(("m.key.", "m.server_notice")) else Sent("other", at)
    if isinstance(event, UnknownEvent):
        return Sent("other", at) if event.type in _POLLS else None
    kind = _KINDS.get(type(event))
    return Sent(kind, at) if kind else None


def id_of(event_id: str) -> str:
    """The event's name in our database."""
    return f"matrix:{event_id}"


def _text(event: RoomMessageText | RoomMessageEmote, at: datetime) -> Event | None:
    content = event.source["content"]
    relation = _mapping(content.get("m.relates_to"))
    if relation.get("rel_type") == "m.replace":
        body = _mapping(content.get("m.new_content")).get("body")
        target = relation.get("event_id")
        return Edited(body, at, id_of(target)) if isinstance(body, str) and isinstance(target, str) else None
    is_reply = bool(_mapping(relation.get("m.in_reply_to")))
    return Said(_without_quote(event.body) if is_reply else event.body, at)


def _without_quote(body: str) -> str:
    """Older clients put what is answered before the answer, in lines that begin with `>`."""
    lines = body.split("\n")
    own = next((n for n, line in enumerate(lines) if not line.startswith(">")), len(lines))
    return "\n".join(lines[own:]).strip() if own else body


def _mapping(value: object) -> dict[str, Any]:
    """What came from outside, if it is what it should be."""
    return value if isinstance(value, dict) else {}
