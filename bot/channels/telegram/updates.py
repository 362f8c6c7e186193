"""Updates as events: what a person did on Telegram, in the dialogue's words."""

from datetime import UTC, datetime
from typing import Final

from telegram import Message, Update
from telegram.constants import ChatType

from bot.channels.telegram.html import read_data
from bot.service import Incoming
from flows.events import Chose, Event, Said, Sent

WANTED: Final = ("message", "edited_message", "callback_query", "my_chat_member")
"""Kinds of updates that Telegram is asked for."""


def incoming(update: Update) -> Incoming | None:
    """The event of an update, or None where silence fits: groups, channels, other bots, stickers, service messages."""
    user, chat = update.effective_user, update.effective_chat
    if user is None or chat is None or user.is_bot or chat.type != ChatType.PRIVATE:
        return None
    if not isinstance(chat.id, int) or chat.id != user.id:  # a private chat is its person's: nobody acts for another
        return None
    event = _event(update)
    if event is None:
        return None
    language = user.language_code if isinstance(user.language_code, str) else ""
    return Incoming(f"telegram:{chat.id}", f"telegram:{update.update_id}", event, language)


def _event(update: Update) -> Event | None:
    at = datetime.now(UTC)
    if update.callback_query is not None:
        turn, choice = read_data(str(update.callback_query.data or ""))
        return Chose(choice, at, turn)
    if update.edited_message is not None:
        return Sent("edited", at) if update.edited_message.text else None
    if update.message is None:
        return None
    if update.message.text is not None:
        return Said(str(update.message.text), at)
    kind = _kind(update.message)
    return Sent(kind, at) if kind else None


def _kind(message: Message) -> str | None:
    """What a message without text is; None for stickers and the platform's own messages, which need no answer."""
    if message.photo or message.video or message.video_note or message.animation:
        return "photo"
    if message.document:
        return "document"
    if message.voice or message.audio:
        return "voice"
    if message.location or message.venue:
        return "location"
    if message.contact or message.poll or message.dice:
        return "other"
    return None
