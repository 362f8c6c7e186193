"""Whether a request may do something: where it comes from, how large it is, how many there were."""

from collections.abc import Mapping
from ipaddress import IPv6Address, ip_address
from typing import Final
from urllib.parse import parse_qsl

from limits import RateLimitItem, parse
from limits.aio.storage import MemoryStorage
from limits.aio.strategies import MovingWindowRateLimiter
from starlette.requests import Request

LARGEST: Final = 64 * 1024
"""Bytes of what is sent, at most."""
FIELDS: Final = 20
"""Fields of a form, at most."""
LIMITS: Final[Mapping[str, RateLimitItem]] = {
    "page": parse("1200/minute"),
    "begin": parse("1000/hour"),
    "say": parse("60/minute"),
    "link": parse("10/minute"),
}
"""How often: pages and new conversations for each client address (an office shares one), the others for each person."""


class RefusedError(Exception):
    """A request that is not taken; `status` is the HTTP status, `headers` go with it."""

    def __init__(self, status: int, label: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(label)
        self.status = status
        self.label = label
        self.headers = dict(headers or {})


class Limiter:
    """Counts in memory only; client addresses are not kept longer than an hour, and never written."""

    def __init__(self) -> None:
        self._window = MovingWindowRateLimiter(MemoryStorage())

    async def pass_(self, what: str, who: str) -> None:
        """Count one; raises RefusedError (429) when it is too many."""
        if not await self._window.hit(LIMITS[what], what, who):
            raise RefusedError(429, "too_many", {"Retry-After": "60"})


def client(request: Request) -> str:
    """The client's address for counting; of IPv6 the network, which is what one client has."""
    host = request.client.host if request.client else ""
    try:
        address = ip_address(host)
    except ValueError:
        return host
    return str(int(address) >> 64) if isinstance(address, IPv6Address) else host


def check_origin(request: Request, own: str) -> None:
    """Only our own pages may send something. Programs without a browser name no origin, and are let in."""
    named = request.headers.get("origin")
    if named is not None and named != own:
        raise RefusedError(403, "failed")
    if named is None and request.headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
        raise RefusedError(403, "failed")


async def form(request: Request) -> dict[str, str]:
    """A form's fields, each once; RefusedError for anything that our own page never sends."""
    if request.headers.get("content-type", "").partition(";")[0].strip() != "application/x-www-form-urlencoded":
        raise RefusedError(415, "failed")
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > LARGEST:
            raise RefusedError(413, "too_long", {"Connection": "close"})
    try:
        pairs = parse_qsl(
            body.decode(errors="replace"), keep_blank_values=True, strict_parsing=True, max_num_fields=FIELDS
        )
    except ValueError as error:
        raise RefusedError(400, "failed") from error
    fields = dict(pairs)
    if len(fields) != len(pairs):
        raise RefusedError(400, "failed")
    return fields
