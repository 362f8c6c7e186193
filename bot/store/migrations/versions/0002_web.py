"""The web page: what is read there, and what opens it."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

_BIG_ID = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    op.create_table(
        "transcript",
        sa.Column("id", _BIG_ID, primary_key=True, autoincrement=True),
        sa.Column("address", sa.Text, nullable=False),
        sa.Column("own", sa.Boolean, nullable=False),
        sa.Column("turn", sa.Integer, nullable=False),
        sa.Column("language", sa.Text, nullable=False),
        sa.Column("screen", sa.Text, nullable=False),
        sa.Column("body", sa.Text, nullable=False),
        sa.Column("at", sa.Float, nullable=False),
        sa.Column("fleeting", sa.Boolean, nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_index("transcript_of", "transcript", ["address", "id"])
    op.create_table(
        "web_keys",
        sa.Column("key", sa.Text, primary_key=True),
        sa.Column("address", sa.Text, nullable=False),
        sa.Column("once", sa.Boolean, nullable=False),
        sa.Column("until", sa.Float, nullable=False),
    )
    op.create_index("ix_web_keys_address", "web_keys", ["address"])
    op.create_index("ix_web_keys_until", "web_keys", ["until"])
