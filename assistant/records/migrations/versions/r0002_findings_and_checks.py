"""Findings say when they were found and by whom; counts of each import, results of the checks, senders."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

_TEXT = sa.String().with_variant(sa.String(collation="C"), "postgresql")


def upgrade() -> None:
    """Change the tables; findings from before have no time."""
    op.add_column("findings", sa.Column("at", sa.DateTime()))
    op.add_column("findings", sa.Column("who", _TEXT, nullable=False, server_default=""))
    op.create_table(
        "noticed",
        sa.Column("number", sa.Integer(), sa.ForeignKey("imports.number"), primary_key=True),
        sa.Column("rule", _TEXT, primary_key=True),
        sa.Column("count", sa.Integer(), nullable=False),
    )
    op.create_table(
        "checks",
        sa.Column("rule", _TEXT, primary_key=True),
        sa.Column("field", _TEXT, primary_key=True),
        sa.Column("rows", sa.BigInteger(), nullable=False),
        sa.Column("failed", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False, server_default=""),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("fingerprint", _TEXT, nullable=False),
    )
    _senders()


def _senders() -> None:
    """For silence of live feeds; some databases got this table before they had a version."""
    op.create_table(
        "senders",
        sa.Column("sender", _TEXT, primary_key=True),
        sa.Column("first_at", sa.DateTime(), nullable=False),
        sa.Column("last_at", sa.DateTime(), nullable=False),
        sa.Column("messages", sa.Integer(), nullable=False),
        sa.Column("gaps", sa.Text(), nullable=False),
        sa.Column("limit_seconds", sa.Integer(), nullable=False),
        sa.Column("watched_at", sa.DateTime(), nullable=False),
        if_not_exists=True,
    )
