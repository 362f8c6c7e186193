"""The tables. Times are seconds since 1970 (UTC); addresses are `<channel>:<chat>`, e.g. `telegram:1234`."""

from sqlalchemy import BigInteger, Boolean, Column, Float, Index, Integer, MetaData, Table, Text, false, text, true

METADATA = MetaData()

_BIG_ID = BigInteger().with_variant(Integer, "sqlite")

people = Table(
    "people",
    METADATA,
    Column("address", Text, primary_key=True),
    Column("state", Text, nullable=False),
    Column("seen_at", Float, nullable=False, index=True),
)
"""One conversation a row: a `flows.session.Session` as JSON."""

seen = Table(
    "seen",
    METADATA,
    Column("event_id", Text, primary_key=True),
    Column("at", Float, nullable=False, index=True),
)
"""Events that were handled; nothing of a person. `event_id` is `<channel>:<the platform's id>`."""

destinations = Table(
    "destinations",
    METADATA,
    Column("address", Text, primary_key=True),
    Column("reachable", Boolean, nullable=False, server_default=true()),
    Column("claimed_until", Float, nullable=False, server_default="0"),
    Column("not_before", Float, nullable=False, server_default="0"),
    Column("allowance", Float, nullable=False, server_default="0"),
)
"""Where messages go. A worker claims a destination, never a single message: that keeps a chat's order.

`not_before`: after a failure or a 429; `allowance`: the theoretical arrival time of the chat's rate limit.
"""

outbox = Table(
    "outbox",
    METADATA,
    Column("id", _BIG_ID, primary_key=True, autoincrement=True),
    Column("address", Text, nullable=False),
    Column("lane", Integer, nullable=False),
    Column("language", Text, nullable=False),
    Column("turn", Integer, nullable=False, server_default="0"),
    Column("body", Text),
    Column("created_at", Float, nullable=False),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("outcome", Text),
    Column("finished_at", Float, index=True),
    Column("last_trace", Boolean, nullable=False, server_default=false()),
    Index("outbox_waiting", "address", "lane", "id", sqlite_where=text("outcome IS NULL"),
          postgresql_where=text("outcome IS NULL")),
)  # fmt: skip
"""Messages to send. `body` is erased as soon as the `outcome` is known: `sent`, `given_up`, `unreachable`, `refused`.

`last_trace`: the confirmation that everything was deleted; its row goes with it.
"""

transcript = Table(
    "transcript",
    METADATA,
    Column("id", _BIG_ID, primary_key=True, autoincrement=True),
    Column("address", Text, nullable=False),
    Column("own", Boolean, nullable=False),
    Column("turn", Integer, nullable=False),
    Column("language", Text, nullable=False),
    Column("screen", Text, nullable=False),
    Column("body", Text, nullable=False),
    Column("at", Float, nullable=False),
    Column("fleeting", Boolean, nullable=False),
    Index("transcript_of", "address", "id"),
    sqlite_autoincrement=True,  # a reader's place is an id: none may ever come twice
)
"""What people read on our own page, and which buttons they pressed; never the words that they typed.

`body`: of a message, the message; of an own line, `{"event": …, "choice": …}`. `fleeting`: gone with the next turn.
"""

answers = Table(
    "answers",
    METADATA,
    Column("address", Text, primary_key=True),
    Column("event_id", Text, primary_key=True),
    Column("answered", Text, nullable=False),
    Column("at", Float, nullable=False, index=True),
)
"""Which message answered what, a `flows.answered.Answered` as JSON, where messages can be edited and deleted."""

web_keys = Table(
    "web_keys",
    METADATA,
    Column("key", Text, primary_key=True),
    Column("address", Text, nullable=False, index=True),
    Column("once", Boolean, nullable=False),
    Column("until", Float, nullable=False, index=True),
)
"""What opens a conversation on the web page: a browser's cookie, or a link that works `once`. Kept as SHA-256."""

pace = Table(
    "pace",
    METADATA,
    Column("platform", Text, primary_key=True),
    Column("next_at", Float, nullable=False),
)
"""When each platform may be sent to next, shared by all workers."""

leases = Table(
    "leases",
    METADATA,
    Column("name", Text, primary_key=True),
    Column("holder", Text, nullable=False),
    Column("until", Float, nullable=False),
)
"""Who polls, who cleans up: whoever holds the name, until then."""

marks = Table(
    "marks",
    METADATA,
    Column("name", Text, primary_key=True),
    Column("value", Text, nullable=False),
)
"""What the program remembers of itself, e.g. which commands it last told Telegram."""
