"""The tables as they were when records databases began to say their version."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

# Sorted alike in both databases: PostgreSQL otherwise sorts by the rules of a language.
_TEXT = sa.String().with_variant(sa.String(collation="C"), "postgresql")


def _key(name: str, kind: sa.types.TypeEngine = _TEXT, refers: str = "") -> sa.Column:
    """A column of the primary key."""
    return sa.Column(name, kind, *([sa.ForeignKey(refers)] if refers else []), primary_key=True)


def _must(name: str, kind: sa.types.TypeEngine = _TEXT, refers: str = "") -> sa.Column:
    """A column that always has a value."""
    return sa.Column(name, kind, *([sa.ForeignKey(refers)] if refers else []), nullable=False)


def _may(name: str, kind: sa.types.TypeEngine) -> sa.Column:
    """A column that may be empty."""
    return sa.Column(name, kind)


_TABLES: dict[str, list[sa.Column]] = {
    "findings": [
        _key("rule"),
        _key("place"),
        _key("value"),
        _must("severity"),
        _must("action"),
    ],
    "imports": [
        _key("number", sa.Integer()),
        _must("at", sa.DateTime()),
        _must("file"),
        _must("kind"),
        _must("site"),
        _must("read", sa.Integer()),
        _must("new", sa.Integer()),
        _must("duplicate", sa.Integer()),
        _must("quarantined", sa.Integer()),
    ],
    "links": [
        _key("kind"),
        _key("old"),
        _must("new"),
    ],
    "marks": [
        _key("name"),
        _must("value"),
    ],
    "messages": [
        _key("message"),
        _must("identity"),
    ],
    "movements": [
        _key("event"),
        _must("visit"),
        _must("patient"),
        _must("source"),
        _must("trigger"),
        _must("time", sa.BigInteger()),
        _must("recorded", sa.BigInteger()),
        _must("unit"),
        _must("room"),
        _must("bed"),
        _must("pending"),
        _must("visit_class"),
        _must("sex"),
        _may("birth_year", sa.Integer()),
        _may("expected_end", sa.BigInteger()),
        _may("needs", _TEXT),
        _may("acuity", sa.Integer()),
    ],
    "patients": [
        _key("patient"),
        _must("sex"),
        _may("birth_year", sa.Integer()),
    ],
    "quarantine": [
        _key("digest"),
        _must("rule"),
        _must("reason", sa.Text()),
        _must("place"),
        _must("raw", sa.Text()),
    ],
    "shifts": [
        _key("unit"),
        _key("shift"),
        _must("name"),
        _must("name_zh"),
        _must("start", sa.Time()),
        _must("end", sa.Time()),
        _must("minutes", sa.Integer()),
        _must("night", sa.Boolean()),
    ],
    "stays": [
        _key("visit"),
        _key("seq", sa.Integer()),
        _must("patient"),
        _must("sex"),
        _may("birth_year", sa.Integer()),
        _must("visit_class"),
        _must("unit"),
        _must("room"),
        _must("bed"),
        _must("start", sa.BigInteger()),
        _may("end", sa.BigInteger()),
        _must("from_unit"),
        _must("ended_by"),
        _may("expected_end", sa.BigInteger()),
        _must("isolation", sa.Boolean()),
        _must("ventilator", sa.Boolean()),
        _may("acuity", sa.Integer()),
    ],
    "stock": [
        _key("item"),
        _key("as_of", sa.Date()),
        _key("lot"),
        _must("name"),
        _must("name_zh"),
        _must("category"),
        _must("unit_of_measure"),
        _must("on_hand", sa.Float()),
        _may("used_per_day", sa.Float()),
        _may("reorder_point", sa.Float()),
        _may("lead_time_days", sa.Float()),
        _may("expiry", sa.Date()),
    ],
    "touched": [
        _key("visit"),
    ],
    "units": [
        _key("unit"),
        _must("name"),
        _must("name_zh"),
        _must("kind"),
        _must("service"),
        _may("patients_per_nurse_day", sa.Float()),
        _may("patients_per_nurse_night", sa.Float()),
        _must("aliases", sa.Text()),
        _must("declared", sa.Boolean()),
    ],
    "waits": [
        _key("visit"),
        _key("since", sa.BigInteger()),
        _may("until", sa.BigInteger()),
        _must("from_unit"),
        _must("to_unit"),
    ],
    "beds": [
        _key("unit", refers="units.unit"),
        _key("room"),
        _key("bed"),
        _must("isolation", sa.Boolean()),
        _must("ventilator", sa.Boolean()),
        _must("sex_rule"),
        _must("open", sa.Boolean()),
    ],
    "staff": [
        _key("staff"),
        _must("name"),
        _must("name_zh"),
        _must("unit", refers="units.unit"),
        _must("role"),
        _must("skills", sa.Text()),
        _must("hours_per_week", sa.Float()),
        _must("nights", sa.Boolean()),
    ],
    "absences": [
        _key("staff", refers="staff.staff"),
        _key("start", sa.Date()),
        _key("end", sa.Date()),
        _must("reason"),
    ],
    "roster": [
        _key("staff", refers="staff.staff"),
        _key("day", sa.Date()),
        _key("shift"),
        _key("unit", refers="units.unit"),
    ],
    "wishes": [
        _key("staff", refers="staff.staff"),
        _key("day", sa.Date()),
        _key("kind"),
        _key("shift"),
        _must("weight", sa.Integer()),
    ],
}
_INDEXES: dict[str, tuple[str, list[str]]] = {
    "ix_movements_patient": ("movements", ["patient"]),
    "ix_movements_time": ("movements", ["time"]),
    "ix_movements_visit": ("movements", ["visit"]),
    "ix_quarantine_rule": ("quarantine", ["rule"]),
    "stays_end": ("stays", ["end"]),
    "stays_time": ("stays", ["start", "end"]),
    "stays_unit_time": ("stays", ["unit", "start", "end"]),
    "ix_waits_to_unit": ("waits", ["to_unit"]),
    "waits_time": ("waits", ["since", "until"]),
    "ix_staff_unit": ("staff", ["unit"]),
    "roster_unit_day": ("roster", ["unit", "day"]),
}


def upgrade() -> None:
    """Make the tables in a new database; databases without a version have them and are only marked."""
    for name, columns in _TABLES.items():
        op.create_table(name, *columns)
    for name, (table, names) in _INDEXES.items():
        op.create_index(name, table, names)
