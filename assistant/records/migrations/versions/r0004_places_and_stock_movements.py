"""Places that FHIR files describe, what goes in and out of stock, and a record's movements found quickly."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

_TEXT = sa.String().with_variant(sa.String(collation="C"), "postgresql")


def upgrade() -> None:
    """Add the tables and the index."""
    op.create_index("ix_movements_source", "movements", ["source"])
    op.create_table(
        "places",
        sa.Column("site", _TEXT, primary_key=True),
        sa.Column("key", _TEXT, primary_key=True),
        *(sa.Column(name, _TEXT, nullable=False) for name in ("own", "name", "level")),
        sa.Column("codes", sa.Text(), nullable=False),
        *(sa.Column(name, _TEXT, nullable=False) for name in ("part_of", "organisation", "organisation_name")),
        sa.Column("open", sa.Boolean(), nullable=False),
        sa.Column("kind", _TEXT, nullable=False),
    )
    op.create_table(
        "stock_movements",
        sa.Column("entry", _TEXT, primary_key=True),
        sa.Column("item", _TEXT, nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("kind", _TEXT, nullable=False),
        sa.Column("quantity", sa.Float(), nullable=False),
        sa.Column("lot", _TEXT, nullable=False),
        sa.Column("expiry", sa.Date()),
        sa.Column("unit", _TEXT, nullable=False),
    )
    op.create_index("stock_movements_item_day", "stock_movements", ["item", "day"])
