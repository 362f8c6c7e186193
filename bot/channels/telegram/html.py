"""A message as Telegram HTML, in pieces that fit; and its buttons."""

from html import escape
from typing import Final

from telegram import InlineKeyboardButton, InlineKeyboardMarkup

from bot.rendering.limits import LIMITS
from bot.rendering.plain import block_text, is_close
from bot.translation.speaker import Speaker
from flows.texts import Attachment, Block, Heading, Message

SHORT: Final = 18
"""Characters up to which two buttons share a row."""
_LIMIT: Final = LIMITS["telegram"].text


def pieces(message: Message, speaker: Speaker) -> list[str]:
    """The text as HTML, split between blocks (or lines of an overlong one) where it is longer than Telegram allows."""
    found: list[str] = []
    for block in message.blocks:
        if isinstance(block, Attachment):
            continue
        gap = "\n" if is_close(block) else "\n\n"
        for part in _parts(block, speaker):
            if found and _units(found[-1] + gap + part) <= _LIMIT:
                found[-1] += gap + part
            else:
                found.append(part)
    return found


def _parts(block: Block, speaker: Speaker) -> list[str]:
    text = block_text(block, speaker)
    parts = [text[i : i + _LIMIT // 2] for i in range(0, len(text), _LIMIT // 2)] if _units(text) > _LIMIT else [text]
    return [f"<b>{escape(p)}</b>" if isinstance(block, Heading) else escape(p) for p in parts]


def _units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


def keyboard(message: Message, speaker: Speaker, turn: int) -> InlineKeyboardMarkup | None:
    """The buttons; short ones side by side. A button's data says of which turn it is: `<turn>:<choice>`."""
    rows: list[list[InlineKeyboardButton]] = []
    for choice in message.choices:
        label = speaker.say(choice.label)
        button = InlineKeyboardButton(label, callback_data=f"{turn:x}:{choice.id}")
        if rows and len(rows[-1]) == 1 and len(label) <= SHORT and len(rows[-1][0].text) <= SHORT:
            rows[-1].append(button)
        else:
            rows.append([button])
    return InlineKeyboardMarkup(rows) if rows else None


def read_data(data: str) -> tuple[int, str]:
    """A button's (turn, choice); a forged one's turn is -1, which is never the current one."""
    turn, found, choice = data.partition(":")
    try:
        return (int(turn, 16), choice) if found else (-1, data)
    except ValueError:
        return -1, data
