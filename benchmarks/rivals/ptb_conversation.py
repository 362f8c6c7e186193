"""python-telegram-bot's ConversationHandler, in memory and with PicklePersistence. Prints one line of JSON.

It handles one update at a time, as is its default. In its favour: updates are read from JSON beforehand, Telegram
answers at once, and with persistence the file is written once an update and not forced to the disk.
"""

import asyncio
import gc
import json
import sys
from dataclasses import asdict
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Any

from telegram import ReplyKeyboardMarkup, ReplyKeyboardRemove, Update
from telegram.ext import (
    Application,
    CommandHandler,
    ContextTypes,
    ConversationHandler,
    MessageHandler,
    PicklePersistence,
    filters,
)
from telegram.request import BaseRequest

from benchmarks.figures import Rate
from benchmarks.rivals.questions import (
    ANSWERS,
    BOT,
    LABELS,
    PATIENCE,
    QUESTIONS,
    RESULT,
    SENT,
    TOKEN,
    UPDATES,
    conversation,
)

CONCERN, PROFESSION, PLACE, DEGREE, ORIGIN, NOTICE = range(6)
KEYBOARDS = {
    name: ReplyKeyboardMarkup([[label] for label in labels], resize_keyboard=True) for name, labels in LABELS.items()
}
KNOWN = 1000
"""People that the persistence knows."""
Context = ContextTypes.DEFAULT_TYPE


class Silent(BaseRequest):
    """Sends nothing."""

    read_timeout = 5.0
    me = json.dumps({"ok": True, "result": BOT}).encode()
    sent = json.dumps({"ok": True, "result": SENT}).encode()

    async def initialize(self) -> None: ...

    async def shutdown(self) -> None: ...

    async def do_request(self, url: str, *_args: Any, **_kwargs: Any) -> tuple[int, bytes]:
        return 200, self.me if url.endswith("/getMe") else self.sent


async def ask(update: Update, name: str) -> None:
    await update.message.reply_text(QUESTIONS[name], reply_markup=KEYBOARDS[name])


async def start(update: Update, context: Context) -> int:
    context.user_data.clear()
    await ask(update, "concern")
    return CONCERN


async def concern(update: Update, context: Context) -> int:
    context.user_data["concern"] = update.message.text
    await ask(update, "profession")
    return PROFESSION


async def profession(update: Update, context: Context) -> int:
    context.user_data["profession"] = update.message.text
    await ask(update, "place")
    return PLACE


async def place(update: Update, context: Context) -> int:
    context.user_data["place"] = update.message.text
    await ask(update, "degree")
    return DEGREE


async def degree(update: Update, context: Context) -> int:
    context.user_data["degree"] = update.message.text
    await ask(update, "origin")
    return ORIGIN


async def origin(update: Update, context: Context) -> int:
    context.user_data["origin"] = update.message.text
    await ask(update, "notice")
    return NOTICE


async def notice(update: Update, context: Context) -> int:
    context.user_data["notice"] = update.message.text
    assert len(context.user_data) == len(QUESTIONS)
    await update.message.reply_text(RESULT, reply_markup=ReplyKeyboardRemove())
    return ConversationHandler.END


def application(persistence: PicklePersistence | None) -> Application:
    builder = Application.builder().token(TOKEN).updater(None).request(Silent())
    if persistence is not None:
        builder = builder.persistence(persistence)
    made = builder.build()
    answered = filters.TEXT & ~filters.COMMAND
    hearing = (concern, profession, place, degree, origin, notice)
    made.add_handler(
        ConversationHandler(
            entry_points=[CommandHandler("start", start)],
            states={state: [MessageHandler(answered, hears)] for state, hears in enumerate(hearing)},
            fallbacks=[],
            name="guide",
            persistent=persistence is not None,
        )
    )
    return made


async def handled(made: Application, persistence: PicklePersistence | None) -> Rate:
    """Conversation after conversation; what changed is on file before the next update, if there is persistence."""
    numbers = range(1, UPDATES // len(ANSWERS) + 2)
    who = [number % KNOWN + 1 for number in numbers] if persistence else list(numbers)
    everybody = [[Update.de_json(u, made.bot) for u in conversation(number)] for number in who]
    gc.collect()
    gc.freeze()
    times = []
    first = perf_counter()
    for updates in everybody:
        for update in updates:
            began = perf_counter()
            await made.process_update(update)
            if persistence is not None:
                await made.update_persistence()
                await persistence.flush()
            times.append(perf_counter() - began)
        if perf_counter() > first + PATIENCE:
            break
    return Rate.of(times, perf_counter() - first)


async def in_memory() -> Rate:
    async with application(None) as made:
        return await handled(made, None)


async def flushed() -> Rate:
    with TemporaryDirectory() as folder:
        persistence = PicklePersistence(Path(folder) / "guide.pickle", on_flush=True)
        async with application(persistence) as made:
            for number in range(1, KNOWN + 1):
                made.user_data[number].update(zip(QUESTIONS, ANSWERS[1:], strict=True))
            made.mark_data_for_update_persistence(user_ids=list(range(1, KNOWN + 1)))
            await made.update_persistence()
            return await handled(made, persistence)


if __name__ == "__main__":
    print(json.dumps(asdict(asyncio.run(flushed() if "flushed" in sys.argv else in_memory()))))
