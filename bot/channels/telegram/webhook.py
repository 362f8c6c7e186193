"""The webhook: a route of our own ASGI app. 200 after the commit, so that Telegram sends again what was not taken."""

import hmac
import json
from typing import Final

import structlog
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from telegram.error import TelegramError

from bot.channels.telegram.channel import TelegramChannel
from bot.channels.telegram.updates import WANTED

LARGEST: Final = 1024 * 1024
"""Bytes of an update, at most."""
_SECRET_HEADER: Final = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105 (the header's name)

log = structlog.get_logger("telegram")


def route(channel: TelegramChannel, path: str, secret: str) -> Route:
    async def take(request: Request) -> Response:
        if not hmac.compare_digest(request.headers.get(_SECRET_HEADER, "").encode(), secret.encode()):
            return Response(status_code=401)
        body = await _body(request)
        if body is None:
            return Response(status_code=413)
        try:
            update = json.loads(body)
        except (ValueError, RecursionError):
            return Response(status_code=400)
        if not isinstance(update, dict):
            return Response(status_code=400)
        try:
            await channel.receive(update)
        except Exception:
            log.exception("update_not_taken")
            return Response(status_code=503)
        return Response(status_code=200)

    return Route(path, take, methods=["POST"])


async def _body(request: Request) -> bytes | None:
    """The body, or None as soon as it is larger than allowed."""
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > LARGEST:
            return None
    return body


async def register(channel: TelegramChannel, url: str, secret: str) -> None:
    """Tell Telegram the address and the secret; at each start, since it does not tell which secret it has."""
    try:
        await channel.bot.set_webhook(url, secret_token=secret, allowed_updates=list(WANTED))
    except TelegramError as error:
        log.error("webhook_not_registered", error=type(error).__name__)
