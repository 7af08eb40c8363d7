"""Quarantine says when, from where and how to read it again; what has left it leaves a trace; visits can be merged."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

_TEXT = sa.String().with_variant(sa.String(collation="C"), "postgresql")


def upgrade() -> None:
    """Change the tables; what is in quarantine from before has no time, and is told by its beginning."""
    for name, default in (("kind", ""), ("site", "main"), ("source", "")):
        op.add_column("quarantine", sa.Column(name, _TEXT, nullable=False, server_default=default))
    op.add_column("quarantine", sa.Column("at", sa.DateTime()))
    op.add_column("quarantine", sa.Column("tries", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("quarantine", sa.Column("tried_at", sa.DateTime()))
    op.create_table(
        "released",
        sa.Column("digest", _TEXT, primary_key=True),
        *(sa.Column(name, _TEXT, nullable=False) for name in ("rule", "place", "kind", "site", "source", "outcome")),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime()),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("released_at", sa.DateTime(), nullable=False),
    )
    op.create_index("ix_links_new", "links", ["new"])
    op.execute("UPDATE quarantine SET kind = CASE WHEN raw LIKE '{%' THEN 'fhir' ELSE 'hl7' END, source = place")
