"""Polling: the offset moves on only after the commit, so that a crash loses nothing.

`getUpdates` confirms the updates below its offset, so the next call is made when everything that the last one
brought is in the database. What comes twice after a crash is recognised by its id.
"""

import asyncio
import warnings
from typing import Any, Final

import structlog
from telegram import Bot
from telegram.error import Conflict, InvalidToken, NetworkError, RetryAfter
from tenacity import retry, retry_if_exception_type, wait_random_exponential

from bot.channels.telegram.channel import TelegramChannel
from bot.channels.telegram.updates import WANTED

LONG_POLL: Final = 20
"""Seconds for which Telegram may keep a call open."""

# `Bot.get_updates` gives nothing at all where one update of the batch cannot be read; the raw call is meant.
warnings.filterwarnings("ignore", message="Please use 'Bot.getUpdates'")

log = structlog.get_logger("telegram")


async def poll(channel: TelegramChannel) -> None:
    """Poll until cancelled."""
    await _no_webhook(channel)
    offset: int | None = None
    while True:
        updates = await _get(channel, offset)
        try:
            await asyncio.gather(*(channel.receive(update) for update in updates))
        except Exception:
            log.exception("updates_not_taken", updates=len(updates))
            await asyncio.sleep(1)
        else:
            offset = int(updates[-1]["update_id"]) + 1 if updates else offset


_PASSING: Final = retry(
    retry=retry_if_exception_type((NetworkError, RetryAfter, Conflict)), wait=wait_random_exponential(0.2, max=10)
)


@_PASSING
async def connect(bot: Bot) -> None:
    """Wait until Telegram can be reached. Raises InvalidToken if it does not know the bot."""
    await bot.initialize()


@_PASSING
async def _no_webhook(channel: TelegramChannel) -> None:
    await channel.bot.delete_webhook()


@_PASSING
async def _get(channel: TelegramChannel, offset: int | None) -> list[dict[str, Any]]:
    """The raw updates: one that cannot be read must not keep the others from being read."""
    asked = {"offset": offset, "timeout": LONG_POLL, "allowed_updates": list(WANTED)}
    found: list[dict[str, Any]] = await channel.bot.do_api_request(
        "getUpdates", api_kwargs={k: v for k, v in asked.items() if v is not None}, read_timeout=LONG_POLL + 5
    )
    return found


__all__ = ["InvalidToken", "connect", "poll"]
