"""The first schema."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

_BIG_ID = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    op.create_table(
        "people",
        sa.Column("address", sa.Text, primary_key=True),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("seen_at", sa.Float, nullable=False),
    )
    op.create_index("ix_people_seen_at", "people", ["seen_at"])
    op.create_table(
        "seen",
        sa.Column("event_id", sa.Text, primary_key=True),
        sa.Column("at", sa.Float, nullable=False),
    )
    op.create_index("ix_seen_at", "seen", ["at"])
    op.create_table(
        "destinations",
        sa.Column("address", sa.Text, primary_key=True),
        sa.Column("reachable", sa.Boolean, nullable=False, server_default=sa.true()),
        sa.Column("claimed_until", sa.Float, nullable=False, server_default="0"),
        sa.Column("not_before", sa.Float, nullable=False, server_default="0"),
        sa.Column("allowance", sa.Float, nullable=False, server_default="0"),
    )
    op.create_table(
        "outbox",
        sa.Column("id", _BIG_ID, primary_key=True, autoincrement=True),
        sa.Column("address", sa.Text, nullable=False),
        sa.Column("lane", sa.Integer, nullable=False),
        sa.Column("language", sa.Text, nullable=False),
        sa.Column("turn", sa.Integer, nullable=False, server_default="0"),
        sa.Column("body", sa.Text),
        sa.Column("created_at", sa.Float, nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False, server_default="0"),
        sa.Column("outcome", sa.Text),
        sa.Column("finished_at", sa.Float),
        sa.Column("last_trace", sa.Boolean, nullable=False, server_default=sa.false()),
    )
    op.create_index("ix_outbox_finished_at", "outbox", ["finished_at"])
    waiting = sa.text("outcome IS NULL")
    op.create_index(
        "outbox_waiting", "outbox", ["address", "lane", "id"], sqlite_where=waiting, postgresql_where=waiting
    )
    op.create_table(
        "pace",
        sa.Column("platform", sa.Text, primary_key=True),
        sa.Column("next_at", sa.Float, nullable=False),
    )
    op.create_table(
        "leases",
        sa.Column("name", sa.Text, primary_key=True),
        sa.Column("holder", sa.Text, nullable=False),
        sa.Column("until", sa.Float, nullable=False),
    )
    op.create_table(
        "marks",
        sa.Column("name", sa.Text, primary_key=True),
        sa.Column("value", sa.Text, nullable=False),
    )
