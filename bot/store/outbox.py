"""The outbox's queries: put in, claim destinations, note what became of a message."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Any, Final

from sqlalchemy import BigInteger, ColumnElement, case, cast, delete, func, literal, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.codec import encode
from bot.store.database import Database
from bot.store.schema import destinations, outbox, pace
from flows.texts import Message

CLAIM: Final = 15.0
"""Seconds for which a destination is claimed: longer than a send can take, short enough to be taken over soon."""
FARTHEST: Final = 60.0
"""Seconds ahead that a limit's times can be; farther, and the clock has jumped back."""
DAY: Final = 86_400.0


_PLACE: Final = cast(outbox.c.lane, BigInteger) * literal(10**15, BigInteger) + outbox.c.id
"""A message's place among those of its chat: by lane, then by age."""


class Lane(IntEnum):
    """Which messages go first."""

    INTERACTIVE = 0
    HANDOFF = 1
    ANNOUNCEMENT = 2


@dataclass(frozen=True, slots=True)
class Draft:
    """A message to put into the outbox."""

    address: str
    language: str
    message: Message
    turn: int = 0
    lane: Lane = Lane.INTERACTIVE
    last_trace: bool = False
    screen: str = ""
    fleeting: bool = False
    """Nothing of it may be kept once it was read."""


@dataclass(frozen=True, slots=True)
class Claimed:
    """A message to send now; `at` is the moment (epoch seconds) that the platform's pace allows."""

    id: int
    address: str
    language: str
    turn: int
    body: str
    attempts: int
    created_at: float
    last_trace: bool
    at: float

    @property
    def key(self) -> str:
        """Names this message for ever: SQLite gives an id again, and so does a database from a backup."""
        return f"{self.id:x}.{round(self.created_at * 1e6):x}"


@dataclass(frozen=True, slots=True)
class Finished:
    """What became of a claimed message. `outcome` None: tried again after `not_before`; `reachable` False: 403."""

    row: Claimed
    outcome: str | None
    not_before: float = 0.0
    reachable: bool = True
    interval: float = 0.0
    """Seconds that the chat's limit asks for between two sends."""


@dataclass(frozen=True, slots=True)
class Pace:
    """A platform's limits: sends a second overall, seconds between sends to a chat, and how many at once there."""

    per_second: float
    chat_interval: float
    chat_burst: int


async def put(database: Database, connection: AsyncConnection, drafts: Sequence[Draft], now: float) -> None:
    """Put messages in; whoever writes to us can be reached again."""
    if not drafts:
        return
    reached = database.insert(destinations).on_conflict_do_update(index_elements=["address"], set_={"reachable": True})
    await connection.execute(reached, [{"address": a} for a in sorted({d.address for d in drafts})])
    rows = [
        {"address": d.address, "lane": int(d.lane), "language": d.language, "turn": d.turn,
         "body": encode(d.message), "created_at": now, "last_trace": d.last_trace}
        for d in drafts
    ]  # fmt: skip
    await connection.execute(outbox.insert(), rows)


async def is_waiting(connection: AsyncConnection) -> bool:
    found = await connection.execute(select(outbox.c.id).where(outbox.c.outcome.is_(None)).limit(1))
    return found.first() is not None


async def claim(
    database: Database, connection: AsyncConnection, platforms: dict[str, Pace], most: int, now: float
) -> list[Claimed]:
    """Claim up to `most` destinations and give the first message of each, in the order of lanes and age."""
    mine: list[Claimed] = []
    for platform, limits in platforms.items():
        slots = await _slots(database, connection, platform, limits, most - len(mine), now)
        mine += await _claim_of(connection, platform, limits, slots, now)
    return mine


async def _slots(
    database: Database, connection: AsyncConnection, platform: str, limits: Pace, most: int, now: float
) -> list[float]:
    """The moments within the next second at which the platform may be sent to; locks the platform's row."""
    await connection.execute(database.insert(pace).values(platform=platform, next_at=0.0).on_conflict_do_nothing())
    query = select(pace.c.next_at).where(pace.c.platform == platform)
    next_at = (await connection.execute(query.with_for_update())).scalar_one()
    first = next_at if now < next_at <= now + FARTHEST else now
    within = int((now + 1.0 - first) * limits.per_second)
    return [first + i / limits.per_second for i in range(max(0, min(most, within)))]


async def _claim_of(
    connection: AsyncConnection, platform: str, limits: Pace, slots: list[float], now: float
) -> list[Claimed]:
    if not slots:
        return []
    full = now + (limits.chat_burst - 1) * limits.chat_interval
    ready = (
        select(outbox.c.address)
        .join(destinations, destinations.c.address == outbox.c.address)
        .where(outbox.c.outcome.is_(None), outbox.c.address.startswith(f"{platform}:", autoescape=True))
        .where(destinations.c.reachable, _is_free(now), destinations.c.not_before <= now)
        .where((destinations.c.allowance <= full) | (destinations.c.allowance > full + FARTHEST))
        .group_by(outbox.c.address)
        .order_by(func.min(outbox.c.lane), func.min(outbox.c.id))
        .limit(len(slots))
    )
    taking = (
        update(destinations)
        .where(destinations.c.address.in_(ready.scalar_subquery()), _is_free(now))
        .values(claimed_until=now + CLAIM)
        .returning(destinations.c.address)
    )
    addresses = list((await connection.execute(taking)).scalars())
    if not addresses:
        return []
    heads = (
        select(outbox.c.address, func.min(_PLACE).label("head"))
        .where(outbox.c.outcome.is_(None), outbox.c.address.in_(addresses))
        .group_by(outbox.c.address)
        .subquery()
    )
    rows = await connection.execute(
        select(outbox)
        .join(heads, (heads.c.address == outbox.c.address) & (heads.c.head == _PLACE))
        .order_by(outbox.c.lane, outbox.c.id)
    )
    claimed = [
        Claimed(r.id, r.address, r.language, r.turn, r.body, r.attempts, r.created_at, r.last_trace, at)
        for r, at in zip(rows, slots, strict=False)
    ]
    await connection.execute(
        update(pace)
        .where(pace.c.platform == platform)
        .values(next_at=slots[len(claimed) - 1] + 1 / limits.per_second if claimed else slots[0])
    )
    return claimed


def _is_free(now: float) -> ColumnElement[bool]:
    """Not claimed; a claim that ends later than one can is from a clock that has jumped back since."""
    return (destinations.c.claimed_until < now) | (destinations.c.claimed_until > now + CLAIM + 1)


async def finish(connection: AsyncConnection, done: Iterable[Finished], now: float) -> None:
    """Note what became of messages: a sent one's text is erased, its destination let go."""
    done = list(done)
    if not done:
        return
    traces = [f.row for f in done if f.row.last_trace and f.outcome]
    if traces:
        await connection.execute(delete(outbox).where(outbox.c.id.in_([row.id for row in traces])))
    settled = [f for f in done if f.outcome and not f.row.last_trace]
    for outcome in {f.outcome for f in settled}:
        ids = [f.row.id for f in settled if f.outcome == outcome]
        await connection.execute(
            update(outbox).where(outbox.c.id.in_(ids)).values(outcome=outcome, body=None, finished_at=now)
        )
    again = [f.row.id for f in done if not f.outcome]
    if again:
        await connection.execute(update(outbox).where(outbox.c.id.in_(again)).values(attempts=outbox.c.attempts + 1))
    await _let_go(connection, done, now)
    unreachable = [f.row.address for f in done if not f.reachable]
    if unreachable:
        await connection.execute(
            update(outbox)
            .where(outbox.c.address.in_(unreachable), outbox.c.outcome.is_(None))
            .values(outcome="unreachable", body=None, finished_at=now)
        )
    if traces:
        gone = destinations.c.address.in_([row.address for row in traces])
        waiting = select(outbox.c.address).where(outbox.c.outcome.is_(None))
        await connection.execute(delete(destinations).where(gone, destinations.c.address.not_in(waiting)))


async def _let_go(connection: AsyncConnection, done: list[Finished], now: float) -> None:
    """Free the destinations; each chat's allowance, its theoretical arrival time, moves on by one interval."""

    def by_address(pick: str) -> ColumnElement[Any]:
        return case({f.row.address: getattr(f, pick) for f in done}, value=destinations.c.address)

    running = destinations.c.allowance.between(now, now + FARTHEST)
    await connection.execute(
        update(destinations)
        .where(destinations.c.address.in_([f.row.address for f in done]))
        .values(
            claimed_until=0.0,
            not_before=by_address("not_before"),
            reachable=by_address("reachable"),
            allowance=case((running, destinations.c.allowance), else_=now) + by_address("interval"),
        )
    )


async def give_up(connection: AsyncConnection, now: float) -> int:
    """Give up what was tried and could not be delivered within a day; gives how many.

    What was never tried stays: a clock that jumps ahead is no reason to drop it.
    """
    result = await connection.execute(
        update(outbox)
        .where(outbox.c.outcome.is_(None), outbox.c.created_at < now - DAY, outbox.c.attempts > 0)
        .values(outcome="given_up", body=None, finished_at=now)
    )
    return int(result.rowcount)
