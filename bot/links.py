"""Links into the guide that prefill an answer, and their QR codes."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import segno

from bot.knowledge import make_knowledge
from flows.hearing import linked


class UnknownLinkError(Exception):
    """A payload that prefills nothing; the message says what does."""


def prefilled(content: Path, locales: Path, page: str, payload: str) -> str:
    """`<page>?start=<payload>`, for a payload that the dialogue understands; UnknownLinkError for others.

    `page` is the web page's address, or `https://t.me/<bot>`.
    """
    require(content, locales, payload)
    return f"{page}?start={payload}"


def to_matrix(content: Path, locales: Path, user: str, payload: str) -> tuple[str, str]:
    """A link that opens a chat with a user, and the first message that does what other links do by themselves."""
    require(content, locales, payload)
    return f"https://matrix.to/#/{user}", f"!start {payload}"


def require(content: Path, locales: Path, payload: str) -> None:
    """UnknownLinkError for a payload that the dialogue does not understand."""
    meant = linked(make_knowledge(content, locales).guide(datetime.now(UTC).date()), payload)
    fits = re.fullmatch(r"[A-Za-z0-9_-]{1,64}", payload)
    if not fits or not (meant.facts or meant.entry):
        raise UnknownLinkError(
            f"{payload!r} gibt es nicht; möglich sind place-…, concern-…, profession-… mit einem Wert und offer-… mit"
            " der Id eines Eintrags, z. B. place-rostock oder offer-iq-green"
        )


def write_codes(link: str, out: str) -> Iterator[str]:
    """Write the code as SVG and PNG; gives the files' names."""
    code = segno.make(link, error="m", micro=False)
    for name in (f"{out}.svg", f"{out}.png"):
        code.save(name, scale=10)
        yield name
