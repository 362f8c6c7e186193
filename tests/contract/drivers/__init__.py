"""One file a channel; a new channel is one more line here."""

from typing import Final

from tests.contract.driver import Channel
from tests.contract.drivers import json_lines, matrix, telegram, terminal, web

CHANNELS: Final[dict[str, Channel]] = {
    "telegram": telegram.CHANNEL,
    "web": web.CHANNEL,
    "terminal": terminal.CHANNEL,
    "json_lines": json_lines.CHANNEL,
    "matrix": matrix.ENCRYPTED,
    "matrix_plain": matrix.PLAIN,
}
