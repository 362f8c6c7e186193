"""What opens a conversation on the web page: the cookie of a browser, or a link that works once."""

import hashlib
import secrets
from typing import Final

from sqlalchemy import bindparam, delete, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.people import readable
from bot.store.schema import people, web_keys
from flows.session import Session

DAY: Final = 86_400.0
LINK: Final = DAY
"""Seconds for which a link to go on elsewhere works."""


def new_address() -> str:
    return f"web:{secrets.token_urlsafe(16)}"


def _hashed(key: str) -> str:
    """What is kept of a key: whoever reads the database cannot open a conversation with it."""
    return hashlib.sha256(key.encode()).hexdigest()


async def issue(connection: AsyncConnection, address: str, until: float, *, once: bool = False) -> str:
    """A new key, 256 bits from the system's randomness; the only place where it can be read."""
    key = secrets.token_urlsafe(32)
    await connection.execute(web_keys.insert().values(key=_hashed(key), address=address, once=once, until=until))
    return key


_OPENED: Final = (
    select(web_keys.c.address, web_keys.c.until, people.c.state)
    .join(people, people.c.address == web_keys.c.address)
    .where(web_keys.c.key == bindparam("hashed"), web_keys.c.once.is_(False), web_keys.c.until > bindparam("now"))
)


async def opened(connection: AsyncConnection, key: str, now: float) -> tuple[str, float, Session] | None:
    """What a cookie's key opens, if there is a conversation: its address, until when, and its session."""
    found = (await connection.execute(_OPENED, {"hashed": _hashed(key), "now": now})).one_or_none()
    session = readable(found.state) if found is not None else None
    return None if found is None or session is None else (found.address, found.until, session)


async def prolong(connection: AsyncConnection, key: str, until: float) -> None:
    await connection.execute(update(web_keys).where(web_keys.c.key == _hashed(key)).values(until=until))


async def use_once(connection: AsyncConnection, key: str, now: float) -> str | None:
    """Use up a link's key; the address that it opens."""
    fits = (web_keys.c.key == _hashed(key)) & web_keys.c.once.is_(True) & (web_keys.c.until > now)
    using = delete(web_keys).where(fits).returning(web_keys.c.address)
    return (await connection.execute(using)).scalar_one_or_none()
