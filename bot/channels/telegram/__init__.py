"""Telegram, natively: inline buttons, commands, deep links; on `telegram.Bot` and its types, without `Updater`."""

import os

# PTB gives waits as timedelta from its next version on, and warns until then.
os.environ.setdefault("PTB_TIMEDELTA", "1")
