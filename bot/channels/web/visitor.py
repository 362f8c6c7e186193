"""Who asks: the conversation that a browser's cookie opens.

The cookie holds a random key that only we issue; a key that we do not know opens nothing and is never taken over.
It cannot be read by scripts. It is sent to us from our own pages only; in a frame of another site it belongs to that
site's frame alone (`Partitioned`).
"""

from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import Response

from bot.store import web_keys
from bot.store.database import Database
from flows.session import Session

DAY: Final = 86_400.0


@dataclass(frozen=True, slots=True)
class Visitor:
    """A conversation that exists: its address, its session, and the key that opened it and how long it does."""

    address: str
    session: Session
    key: str
    until: float


def origin(request: Request, public_url: str | None) -> str:
    """Where this page is, as browsers name it: `https://lotse.example.org`."""
    if public_url is None:
        return f"{request.url.scheme}://{request.url.netloc}"
    parts = urlsplit(public_url)
    return f"{parts.scheme}://{parts.netloc}"


def _cookie_name(secure: bool, embedded: bool) -> str:
    return ("__Host-" if secure else "") + ("lotse-embedded" if embedded else "lotse")


def key_of(request: Request, *, secure: bool, embedded: bool) -> str | None:
    return request.cookies.get(_cookie_name(secure, embedded))


async def find(database: Database, key: str | None, now: float) -> Visitor | None:
    """The conversation that a key opens, if there is one."""
    if not key or len(key) > 100:
        return None
    asked = key
    found = await database.reading(lambda connection: web_keys.opened(connection, asked, now))
    return None if found is None else Visitor(found[0], found[2], key, found[1])


def give(response: Response, key: str, days: int, *, secure: bool, embedded: bool) -> None:
    """Put the key into the browser; an empty one with no days takes it away."""
    parts = [f"{_cookie_name(secure, embedded)}={key}", "Path=/", f"Max-Age={int(days * DAY)}", "HttpOnly"]
    if embedded:
        parts += ["Secure", "SameSite=None", "Partitioned"]
    else:
        parts += ["Secure"] * secure + ["SameSite=Lax"]
    response.raw_headers.append((b"set-cookie", "; ".join(parts).encode("ascii")))


def take_away(response: Response, *, secure: bool, embedded: bool) -> None:
    give(response, "", 0, secure=secure, embedded=embedded)
