"""The service: what happens with one incoming message.

Waiting messages of different people are taken together (group commit): one transaction loads all their sessions,
decides each, writes all. Messages of one person stay in order. An event that was handled before is skipped; a
decision that raises is set aside alone, and its person told. The platform is told that it can forget an event only
after the commit (`submit` returns then).
"""

import asyncio
import contextlib
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Final

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.delivery import post
from bot.delivery.post import Heard
from bot.knowledge import Knowledge
from bot.operation import metrics
from bot.operation.logs import who
from bot.personal_data import as_json
from bot.store import answers, people, personal
from bot.store.answers import MessageKey
from bot.store.database import Database
from bot.store.outbox import Draft
from flows.answered import Answered
from flows.engine import Turn, step
from flows.events import Event, Forget, Gather, Gathered, Say, Withdrawn
from flows.hearing import sentence
from flows.session import Session
from flows.texts import Message, Paragraph, _

TOGETHER: Final = 64
"""People whose messages are committed together, at most."""
SOON: Final = 0.1
"""Seconds between looks whether the dictionary is there, while sentences wait for it: in the first moments."""
A_MINUTE: Final = 60.0
TOO_MANY: Final = 60
"""Messages a minute that one person gets answered. The next is answered with a request to wait, those after it not."""

log = structlog.get_logger("service")


@dataclass(frozen=True, slots=True)
class Incoming:
    """An event of a person, as a channel understood it.

    `address` is `<channel>:<chat>`, `event_id` `<channel>:<id on the platform>`; `language` is the client's.
    """

    address: str
    event_id: str
    event: Event
    language: str = ""
    encrypted: bool | None = None
    """Whether what is written there is encrypted from end to end, where a channel has both."""
    begins: bool = True
    """False: goes on with a conversation that exists; one that was erased meanwhile is not brought back."""


@dataclass(slots=True)
class _Waiting:
    incoming: Incoming
    since: float
    done: asyncio.Future[bool]


@dataclass(slots=True)
class _Decided:
    """What a batch leads to."""

    sessions: dict[str, Session] = field(default_factory=dict)
    heard: list[Heard] = field(default_factory=list)
    drafts: list[Draft] = field(default_factory=list)
    answers: dict[MessageKey, Answered | None] = field(default_factory=dict)
    gone: set[str] = field(default_factory=set)
    """Of whom nothing is kept any more."""
    erased: bool = False
    """Whether something was erased that must leave the write-ahead log as well."""


class Service:
    """Takes events by `submit`; `run` decides and commits them until `stop`."""

    def __init__(
        self,
        database: Database,
        knowledge: Callable[[], Knowledge],
        committed: Callable[[list[str]], None] = lambda _addresses: None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._database = database
        self._knowledge = knowledge
        self._committed = committed
        self._clock = clock
        self._waiting: dict[str, deque[_Waiting]] = {}
        self._recent: dict[str, deque[float]] = {}
        self._wake = asyncio.Event()
        self._stopping = False

    def submit(self, incoming: Incoming) -> asyncio.Future[bool]:
        """Line an event up; the future is done when it is committed, and fails only if the database does.

        It gives whether nothing is kept of this person any more.
        """
        waiting = _Waiting(incoming, time.perf_counter(), asyncio.get_running_loop().create_future())
        self._waiting.setdefault(incoming.address, deque()).append(waiting)
        self._wake.set()
        return waiting.done

    async def run(self) -> None:
        while not (self._stopping and not self._waiting):
            batch = self._next()
            if batch:
                await self._commit(batch)
            elif not self._stopping:
                self._wake.clear()
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self._wake.wait(), SOON if self._waiting else None)

    def stop(self) -> None:
        """Take what is waiting, then end."""
        self._stopping = True
        self._wake.set()

    def _next(self) -> list[_Waiting]:
        """The oldest waiting event of each of up to TOGETHER people; who was served goes to the end of the line."""
        batch: list[_Waiting] = []
        reads = self._stopping or self._knowledge().lexicon.is_ready
        for address in list(self._waiting):
            if len(batch) == TOGETHER:
                break
            if not reads and sentence(self._waiting[address][0].incoming.event):
                continue  # buttons and commands are understood before the dictionary is there
            line = self._waiting.pop(address)
            batch.append(line.popleft())
            if line:
                self._waiting[address] = line
        return batch

    async def _commit(self, batch: list[_Waiting]) -> None:
        metrics.BATCH.observe(len(batch))

        async def work(connection: AsyncConnection) -> _Decided:
            return await self._handle(connection, [w.incoming for w in batch])

        try:
            decided = await self._database.transaction(work)
            if decided.erased:
                await self._database.truncate_log()
        except Exception as error:
            log.exception("commit_failed", events=len(batch))
            for waiting in batch:
                if not waiting.done.done():
                    waiting.done.set_exception(error)
            return
        self._committed([w.incoming.address for w in batch])
        for waiting in batch:
            metrics.HANDLING.observe(time.perf_counter() - waiting.since)
            if not waiting.done.done():
                waiting.done.set_result(waiting.incoming.address in decided.gone)

    async def _handle(self, connection: AsyncConnection, batch: list[Incoming]) -> _Decided:
        """Decide and write a batch."""
        now = self._clock()
        taken = await people.take(self._database, connection, [i.event_id for i in batch], now)
        new = [i for i in batch if i.event_id in taken]
        decided = _Decided()
        if not new:
            return decided
        sessions = await people.load(self._database, connection, [i.address for i in new], now)
        events = await answers.completed(connection, [(i.address, i.event) for i in new])
        for incoming in (replace(i, event=event) for i, event in zip(new, events, strict=True)):
            session = sessions.get(incoming.address)
            if session is None and not _begins(incoming):
                await people.leave_out(connection, incoming.address)
                decided.gone.add(incoming.address)
                continue
            number = self._in_this_minute(incoming.address, now)
            if number <= TOO_MANY:
                await self._decide(connection, incoming, session, decided)
            elif number == TOO_MANY + 1 and session is not None:
                decided.drafts.append(Draft(incoming.address, session.language, _patience(), session.turn))
        await people.save(self._database, connection, decided.sessions, now)
        await answers.keep(self._database, connection, decided.answers, now)
        decided.erased |= await post.put(self._database, connection, decided.heard, decided.drafts, now)
        return decided

    def _in_this_minute(self, address: str, now: float) -> int:
        """How many events of this person there were within a minute, this one included."""
        recent = self._recent.setdefault(address, deque())
        while recent and recent[0] < now - A_MINUTE:
            recent.popleft()
        recent.append(now)
        if len(self._recent) > 10_000:
            self._recent = {a: r for a, r in self._recent.items() if r and r[-1] >= now - A_MINUTE}
        if len(recent) > TOO_MANY:
            metrics.EVENTS.labels(address.partition(":")[0], "flood").inc()
        return len(recent)

    async def _decide(
        self, connection: AsyncConnection, incoming: Incoming, session: Session | None, decided: _Decided
    ) -> None:
        """Decide one event. What raises is set aside alone: the session stays, the person is told."""
        channel = incoming.address.partition(":")[0]
        knowledge = self._knowledge()
        before = session or Session(channel=channel, language=_spoken(incoming.language, knowledge))
        if incoming.encrypted != before.encrypted:
            before = before.model_copy(update={"encrypted": incoming.encrypted})
        try:
            turn = step(knowledge.guide(incoming.event.at.date()), before, incoming.event)
            if Gather() in turn.effects:
                data = as_json(await personal.gather(connection, incoming.address))
                turn = step(knowledge.guide(incoming.event.at.date()), turn.session, Gathered(data, incoming.event.at))
        except Exception:
            log.exception("decision_failed", person=who(incoming.address))
            metrics.EVENTS.labels(channel, "failed").inc()
            decided.drafts.append(Draft(incoming.address, before.language, _apology()))
            return
        metrics.EVENTS.labels(channel, "handled").inc()
        await self._apply(connection, incoming, turn, decided)

    async def _apply(self, connection: AsyncConnection, incoming: Incoming, turn: Turn, decided: _Decided) -> None:
        address, session = incoming.address, turn.session
        forget = Forget() in turn.effects
        if forget:
            await personal.erase(connection, address)
            decided.gone.add(address)
            decided.erased = True
        else:
            decided.sessions[address] = session
            decided.heard.append(Heard(address, incoming.event_id, incoming.event, session.language, turn.lasts))
            decided.answers |= answers.told(address, incoming.event_id, incoming.event, turn.answered)
        decided.drafts += [
            Draft(address, session.language, e.message, session.turn, last_trace=forget, screen=turn.screen,
                  fleeting=not turn.lasts)
            for e in turn.effects
            if isinstance(e, Say)
        ]  # fmt: skip


def _begins(incoming: Incoming) -> bool:
    """Whether a conversation can begin with it. Deleting a message is no beginning."""
    return incoming.begins and not isinstance(incoming.event, Withdrawn)


def _spoken(language: str, knowledge: Knowledge) -> str:
    """The client's language where we speak it (`pt-br` counts as `pt`), else German."""
    short = language.lower().partition("-")[0]
    return short if short in knowledge.languages else "de"


def _apology() -> Message:
    text = _("Da ist bei mir etwas schiefgegangen. Ihre Antworten sind noch da. Bitte versuchen Sie es noch einmal.")
    return Message((Paragraph(text),))


def _patience() -> Message:
    return Message((Paragraph(_("Das waren sehr viele Nachrichten. Bitte warten Sie eine Minute.")),))
