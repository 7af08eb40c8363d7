"""Surveillance series of outbreaks."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

_TEXT = sa.String().with_variant(sa.String(collation="C"), "postgresql")


def upgrade() -> None:
    """Add the table."""
    op.create_table(
        "surveillance",
        *(sa.Column(name, _TEXT, primary_key=True) for name in ("region", "disease", "measure")),
        sa.Column("date", sa.Date(), primary_key=True),
        sa.Column("value", sa.Float(), nullable=False),
    )
