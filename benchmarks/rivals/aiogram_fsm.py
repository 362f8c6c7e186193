"""aiogram's FSM, states in memory, 64 people at once. Run in an environment of its own; prints one line of JSON.

In the rival's favour: updates are read from JSON beforehand, Telegram answers at once, and its answer is not read.
"""

import asyncio
import gc
import json
from collections.abc import AsyncGenerator, Iterator
from dataclasses import asdict
from itertools import chain
from time import perf_counter
from typing import Any

from aiogram import Bot, Dispatcher, F, Router
from aiogram.client.session.base import BaseSession
from aiogram.filters import CommandStart
from aiogram.fsm.context import FSMContext
from aiogram.fsm.state import State, StatesGroup
from aiogram.fsm.storage.memory import MemoryStorage
from aiogram.types import KeyboardButton, Message, ReplyKeyboardMarkup, ReplyKeyboardRemove, Update

from benchmarks.figures import Rate
from benchmarks.rivals.questions import ANSWERS, LABELS, PATIENCE, QUESTIONS, RESULT, SENT, TOKEN, UPDATES, conversation

PEOPLE = 64


class Asking(StatesGroup):
    concern = State()
    profession = State()
    place = State()
    degree = State()
    origin = State()
    notice = State()


STATES = dict(zip(QUESTIONS, Asking.__states__, strict=True))
KEYBOARDS = {
    name: ReplyKeyboardMarkup(keyboard=[[KeyboardButton(text=label)] for label in labels], resize_keyboard=True)
    for name, labels in LABELS.items()
}
router = Router()


class Silent(BaseSession):
    """Sends nothing; gives way to others once, as every call to Telegram does."""

    sent = Message.model_validate(SENT)

    async def make_request(self, bot: Bot, method: Any, timeout: int | None = None) -> Any:  # noqa: ARG002, ASYNC109
        await asyncio.sleep(0)
        return self.sent

    async def close(self) -> None: ...

    async def stream_content(self, *_args: Any, **_kwargs: Any) -> AsyncGenerator[bytes, None]:
        yield b""


async def ask(message: Message, state: FSMContext, name: str) -> None:
    await state.set_state(STATES[name])
    await message.answer(QUESTIONS[name], reply_markup=KEYBOARDS[name])


@router.message(CommandStart())
async def start(message: Message, state: FSMContext) -> None:
    await state.clear()
    await ask(message, state, "concern")


@router.message(Asking.concern, F.text)
async def concern(message: Message, state: FSMContext) -> None:
    await state.update_data(concern=message.text)
    await ask(message, state, "profession")


@router.message(Asking.profession, F.text)
async def profession(message: Message, state: FSMContext) -> None:
    await state.update_data(profession=message.text)
    await ask(message, state, "place")


@router.message(Asking.place, F.text)
async def place(message: Message, state: FSMContext) -> None:
    await state.update_data(place=message.text)
    await ask(message, state, "degree")


@router.message(Asking.degree, F.text)
async def degree(message: Message, state: FSMContext) -> None:
    await state.update_data(degree=message.text)
    await ask(message, state, "origin")


@router.message(Asking.origin, F.text)
async def origin(message: Message, state: FSMContext) -> None:
    await state.update_data(origin=message.text)
    await ask(message, state, "notice")


@router.message(Asking.notice, F.text)
async def notice(message: Message, state: FSMContext) -> None:
    data = await state.update_data(notice=message.text)
    assert len(data) == len(QUESTIONS)
    await state.set_state(None)
    await message.answer(RESULT, reply_markup=ReplyKeyboardRemove())


async def person(dispatcher: Dispatcher, bot: Bot, waiting: Iterator[list[Update]], until: float) -> list[float]:
    """One after the other, the conversations of people who come in turn; the seconds that each update took."""
    times = []
    for updates in waiting:
        for update in updates:
            began = perf_counter()
            await dispatcher.feed_update(bot, update)
            times.append(perf_counter() - began)
        if perf_counter() > until:
            break
    return times


async def measure() -> Rate:
    bot = Bot(TOKEN, session=Silent())
    dispatcher = Dispatcher(storage=MemoryStorage())
    dispatcher.include_router(router)
    everybody = [
        [Update.model_validate(u, context={"bot": bot}) for u in conversation(number)]
        for number in range(1, UPDATES // len(ANSWERS) + 2)
    ]
    gc.collect()
    gc.freeze()
    waiting = iter(everybody)
    began = perf_counter()
    times = await asyncio.gather(*(person(dispatcher, bot, waiting, began + PATIENCE) for _ in range(PEOPLE)))
    return Rate.of(list(chain.from_iterable(times)), perf_counter() - began)


if __name__ == "__main__":
    print(json.dumps(asdict(asyncio.run(measure()))))
