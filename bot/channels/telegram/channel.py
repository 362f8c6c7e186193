"""Sending on Telegram, and what is done at once with a pressed button."""

import asyncio
import contextlib
from collections.abc import Callable, Coroutine
from html import escape
from typing import Any, Final

import structlog
from telegram import Bot, CallbackQuery, InputFile, LinkPreviewOptions, Update
from telegram import Message as TelegramMessage
from telegram.constants import ParseMode
from telegram.error import BadRequest, ChatMigrated, Forbidden, NetworkError, RetryAfter, TelegramError
from telegram.request import HTTPXRequest

from bot.channels.telegram.html import keyboard, pieces
from bot.channels.telegram.updates import incoming
from bot.delivery.outcome import Delivered, Failed, Outcome, Refused, Unreachable, Wait
from bot.knowledge import Knowledge
from bot.service import Service
from bot.store.outbox import Pace
from flows.texts import Attachment, Message

LIMITS: Final = Pace(per_second=28.0, chat_interval=1.0, chat_burst=3)
"""Telegram's: 30 messages a second over all, one a second to a chat (short bursts pass)."""
TIMEOUT: Final = 5.0
"""Seconds for one call; a send of a message is less than the time for which its destination is claimed."""
_GONE: Final = ("chat not found", "user is deactivated", "bot can't initiate conversation", "peer_id_invalid")

log = structlog.get_logger("telegram")


def make_bot(token: str, api_url: str) -> Bot:
    """A `telegram.Bot` on Telegram's servers, or on those of `api_url` (the address before `/bot<token>`)."""

    def request(pool: int, read: float) -> HTTPXRequest:
        return HTTPXRequest(connection_pool_size=pool, read_timeout=read, connect_timeout=TIMEOUT, pool_timeout=TIMEOUT)

    return Bot(
        token,
        base_url=f"{api_url}/bot",
        base_file_url=f"{api_url}/file/bot",
        request=request(40, TIMEOUT),
        get_updates_request=request(2, TIMEOUT),
    )


class TelegramChannel:
    """One bot. `receive` takes an update and returns once it is committed; `send` is called by the sender."""

    name = "telegram"
    pace = LIMITS

    def __init__(self, bot: Bot, service: Service, knowledge: Callable[[], Knowledge]) -> None:
        self.bot = bot
        self._service = service
        self._knowledge = knowledge
        self._beside: set[asyncio.Task[None]] = set()

    async def receive(self, raw: dict[str, Any]) -> None:
        """Take one update as Telegram sent it; returns after the commit. What cannot be read is let go."""
        try:
            update = Update.de_json(raw, self.bot)
            event = incoming(update)
        except Exception:
            log.exception("update_unreadable")
            return
        if event is None:
            if update.callback_query is not None:
                self._do(self._acknowledge(update.callback_query))
            return
        if update.callback_query is not None:
            self._do(self._acknowledge(update.callback_query))
        await self._service.submit(event)
        if update.callback_query is not None:
            self._do(self._show_choice(update.callback_query))

    async def send(self, address: str, message: Message, language: str, turn: int, key: str) -> Outcome:  # noqa: ARG002
        chat = int(address.partition(":")[2])
        try:
            await self._send(chat, message, language, turn)
        except RetryAfter as error:
            wait = error.retry_after
            return Wait(wait.total_seconds() if hasattr(wait, "total_seconds") else float(wait))
        except (Forbidden, ChatMigrated):
            return Unreachable()
        except BadRequest as error:
            gone = any(words in error.message.lower() for words in _GONE)
            return Unreachable() if gone else Refused(error.message)
        except NetworkError:
            return Failed()
        except TelegramError as error:
            return Refused(type(error).__name__)
        return Delivered()

    async def _send(self, chat: int, message: Message, language: str, turn: int) -> None:
        speaker = self._knowledge().speaker(language)
        *before, last = pieces(message, speaker) or [""]
        for text in before:
            await self._text(chat, text)
        if last:
            await self.bot.send_message(
                chat, last, parse_mode=ParseMode.HTML, reply_markup=keyboard(message, speaker, turn),
                link_preview_options=LinkPreviewOptions(is_disabled=True),
            )  # fmt: skip
        for block in message.blocks:
            if isinstance(block, Attachment):
                await self.bot.send_document(chat, InputFile(block.content.encode(), filename=block.name))

    async def _text(self, chat: int, text: str) -> None:
        await self.bot.send_message(chat, text, parse_mode=ParseMode.HTML)

    def _do(self, work: Coroutine[None, None, None]) -> None:
        """Something that is no message and may be lost: done beside, its failure only logged."""
        task = asyncio.create_task(_quietly(work))
        self._beside.add(task)
        task.add_done_callback(self._beside.discard)

    async def _acknowledge(self, query: CallbackQuery) -> None:
        await self.bot.answer_callback_query(query.id)

    async def _show_choice(self, query: CallbackQuery) -> None:
        """The chosen answer stays visible under its question, and the buttons go."""
        message = query.message
        if not isinstance(message, TelegramMessage) or message.reply_markup is None:
            return
        buttons = [b for row in message.reply_markup.inline_keyboard for b in row]
        chosen = next((b.text for b in buttons if b.callback_data == query.data), None)
        if chosen is None:
            return
        await self.bot.edit_message_text(
            f"{message.text_html}\n\n➤ <b>{escape(chosen)}</b>", message.chat.id, message.message_id,
            parse_mode=ParseMode.HTML,
        )  # fmt: skip

    async def close(self) -> None:
        if self._beside:
            await asyncio.wait(self._beside, timeout=TIMEOUT)
        with contextlib.suppress(TelegramError, RuntimeError):
            await self.bot.shutdown()


async def _quietly(work: Coroutine[None, None, None]) -> None:
    try:
        await work
    except TelegramError as error:
        log.info("beside_failed", error=type(error).__name__)
