"""What each channel can show at most. Held against every rendering by `lotse check`.

Sources: Telegram's Bot API (text 4096 UTF-16 units after entities are parsed, callback_data 64 bytes, 100 buttons),
Matrix's client-server API (an event at most 65,536 bytes); the others are ours: one phone screen at a time.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

SCREEN: Final = 1000
"""Characters that a message may have in any language: about one screen of a cheap phone."""
CALLBACK_PREFIX: Final = 9
"""Bytes before a choice's id in Telegram's callback data: which screen the button belongs to."""


@dataclass(frozen=True, slots=True)
class Limits:
    text: int
    """UTF-16 code units of a message's text."""
    label: int
    """Characters of a button's label."""
    choice_bytes: int
    """UTF-8 bytes of a choice's id."""
    choices: int
    """Choices of a message."""


LIMITS: Final[Mapping[str, Limits]] = {
    "telegram": Limits(text=4096, label=64, choice_bytes=64 - CALLBACK_PREFIX, choices=100),
    "matrix": Limits(text=16_000, label=100, choice_bytes=255, choices=60),
    "web": Limits(text=16_000, label=100, choice_bytes=255, choices=60),
    "terminal": Limits(text=16_000, label=100, choice_bytes=255, choices=60),
}
