"""What a homeserver says instead of an answer, as exceptions: each is handled in one way wherever it comes up."""

import math
from collections.abc import Awaitable, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, Final

import structlog
from aiohttp import ClientError
from nio import ErrorResponse, LocalProtocolError
from tenacity import RetryCallState, retry, retry_if_exception_type, wait_random_exponential

_GONE: Final = ("M_FORBIDDEN", "M_NOT_FOUND", "M_UNKNOWN_ROOM", "M_GUEST_ACCESS_FORBIDDEN", "M_USER_DEACTIVATED")
_WAIT: Final = 5.0
"""Seconds to wait where a limit does not say how long."""


log = structlog.get_logger("matrix")
_BACK_OFF: Final = wait_random_exponential(0.2, max=10)


class MatrixError(Exception):
    """An answer that is none; `code` is Matrix's name for it."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class LimitedError(MatrixError):
    """Too much at once (429): again in so many seconds."""

    def __init__(self, seconds: float) -> None:
        super().__init__("M_LIMIT_EXCEEDED")
        self.seconds = seconds


class GoneError(MatrixError):
    """No such room, or not for us."""


class LoggedOutError(MatrixError):
    """The server does not know this login (any more)."""


class AwayError(MatrixError):
    """The network, or a server that is in trouble itself: it passes."""


class RefusedError(MatrixError):
    """It will never be taken."""


class UnusableError(Exception):
    """What no waiting mends: the option to look at, and in German what is wrong."""

    def __init__(self, option: str, message: str) -> None:
        super().__init__(message)
        self.option = option


async def ask(call: Awaitable[Any]) -> Any:
    """What a call of nio gives; raises MatrixError where that is an error, or nothing came."""
    try:
        response = await call
    except (ClientError, TimeoutError, OSError, LocalProtocolError) as error:
        raise AwayError(type(error).__name__) from error
    return checked(response)


def checked(response: Any) -> Any:
    """An answer that is none of nio's errors; raises MatrixError for those."""
    if not isinstance(response, ErrorResponse):
        return response
    transport = response.transport_response
    status, headers = (transport.status, transport.headers) if transport is not None else (0, {})
    raise trouble(status, {"errcode": response.status_code, "retry_after_ms": response.retry_after_ms}, headers)


def trouble(status: int, body: Mapping[str, Any], headers: Mapping[str, str]) -> MatrixError:
    """The exception for an HTTP status, what its body says, and its headers."""
    code = str(body.get("errcode") or status)
    if status == 429 or code == "M_LIMIT_EXCEEDED":
        return LimitedError(_seconds(body.get("retry_after_ms"), headers.get("Retry-After", "")))
    if code in ("M_UNKNOWN_TOKEN", "M_MISSING_TOKEN"):
        return LoggedOutError(code)
    if code in _GONE:
        return GoneError(code)
    return RefusedError(code) if 400 <= status < 500 else AwayError(code)


def _seconds(milliseconds: object, header: str) -> float:
    """How long to wait: the newer header counts seconds or names a date, the older body counts milliseconds."""
    if isinstance(milliseconds, int | float) and milliseconds > 0 and math.isfinite(milliseconds):
        return milliseconds / 1000
    if header.strip().isdecimal():
        return float(header)
    try:
        return max(0.0, (parsedate_to_datetime(header) - datetime.now(UTC)).total_seconds())
    except (TypeError, ValueError):
        return _WAIT


def _pause(state: RetryCallState) -> float:
    """As long as the server says, or a little longer after each failure."""
    error = state.outcome.exception() if state.outcome is not None else None
    return max(getattr(error, "seconds", 0.0), float(_BACK_OFF(state)))


def _note(state: RetryCallState) -> None:
    error = state.outcome.exception() if state.outcome is not None else None
    log.info("homeserver_away", error=getattr(error, "code", type(error).__name__), attempt=state.attempt_number)


_PASSES: Final = retry_if_exception_type((AwayError, LimitedError, TimeoutError))
passing: Final = retry(retry=_PASSES, wait=_pause, before_sleep=_note)
"""Tries again what passes by itself: a server that is away, a limit."""
