"""The tables of the store, for SQLite and PostgreSQL alike.

Times of movements, stays and waits are whole seconds of the site's wall clock (see `wall`): they sort, compare and
group by day the same way in both databases, and a year of them loads into a table in milliseconds. Days and times
of what people hand in as CSV are real dates.
"""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    DateTime,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    Time,
)

metadata = MetaData()

# Declared in CSV files -------------------------------------------------------------------------------------------

units = Table(
    "units",
    metadata,
    Column("unit", String, primary_key=True),
    Column("name", String, nullable=False),
    Column("name_zh", String, nullable=False, default=""),
    Column("kind", String, nullable=False, default="ward"),
    Column("service", String, nullable=False, default=""),
    Column("patients_per_nurse_day", Float),
    Column("patients_per_nurse_night", Float),
    Column("aliases", Text, nullable=False, default=""),
    Column("declared", Boolean, nullable=False, default=True),  # False: only a feed has named it so far
)

beds = Table(
    "beds",
    metadata,
    Column("unit", ForeignKey("units.unit"), primary_key=True),
    Column("room", String, primary_key=True),
    Column("bed", String, primary_key=True),
    Column("isolation", Boolean, nullable=False, default=False),
    Column("ventilator", Boolean, nullable=False, default=False),
    Column("sex_rule", String, nullable=False, default="same"),
    Column("open", Boolean, nullable=False, default=True),
)

staff = Table(
    "staff",
    metadata,
    Column("staff", String, primary_key=True),
    Column("name", String, nullable=False),
    Column("name_zh", String, nullable=False, default=""),
    Column("unit", ForeignKey("units.unit"), nullable=False, index=True),
    Column("role", String, nullable=False, default="nurse"),
    Column("skills", Text, nullable=False, default=""),
    Column("hours_per_week", Float, nullable=False),
    Column("nights", Boolean, nullable=False, default=True),
)

shifts = Table(
    "shifts",
    metadata,
    Column("unit", String, primary_key=True),  # empty: every unit without shifts of its own
    Column("shift", String, primary_key=True),
    Column("name", String, nullable=False),
    Column("name_zh", String, nullable=False, default=""),
    Column("start", Time, nullable=False),
    Column("end", Time, nullable=False),
    Column("minutes", Integer, nullable=False),
    Column("night", Boolean, nullable=False, default=False),
)

absences = Table(
    "absences",
    metadata,
    Column("staff", ForeignKey("staff.staff"), primary_key=True),
    Column("start", Date, primary_key=True),
    Column("end", Date, primary_key=True),
    Column("reason", String, nullable=False, default=""),
)

wishes = Table(
    "wishes",
    metadata,
    Column("staff", ForeignKey("staff.staff"), primary_key=True),
    Column("day", Date, primary_key=True),
    Column("kind", String, primary_key=True),
    Column("shift", String, primary_key=True, default=""),
    Column("weight", Integer, nullable=False, default=1),
)

roster = Table(
    "roster",
    metadata,
    Column("staff", ForeignKey("staff.staff"), primary_key=True),
    Column("day", Date, primary_key=True),
    Column("shift", String, primary_key=True),
    Column("unit", ForeignKey("units.unit"), primary_key=True),
    Index("roster_unit_day", "unit", "day"),
)

stock = Table(
    "stock",
    metadata,
    Column("item", String, primary_key=True),
    Column("as_of", Date, primary_key=True),
    Column("lot", String, primary_key=True, default=""),
    Column("name", String, nullable=False),
    Column("name_zh", String, nullable=False, default=""),
    Column("category", String, nullable=False, default=""),
    Column("unit_of_measure", String, nullable=False, default="piece"),
    Column("on_hand", Float, nullable=False),
    Column("used_per_day", Float),
    Column("reorder_point", Float),
    Column("lead_time_days", Float),
    Column("expiry", Date),
)

# Read from feeds ---------------------------------------------------------------------------------------------------

messages = Table(
    "messages",
    metadata,
    Column("message", String, primary_key=True),  # sender and control id, or the resource and its version
    Column("identity", String, nullable=False),  # digest of the event it reported; tells a reused control id
)

movements = Table(
    "movements",
    metadata,
    Column("event", String, primary_key=True),  # digest of everything that makes the event this event
    Column("visit", String, nullable=False, index=True),
    Column("patient", String, nullable=False, default="", index=True),
    Column("source", String, nullable=False),  # `hl7` or `fhir`
    Column("trigger", String, nullable=False),  # A01 ... as in HL7; FHIR periods are translated
    Column("time", BigInteger, nullable=False, index=True),
    Column("recorded", BigInteger, nullable=False),
    Column("unit", String, nullable=False, default=""),
    Column("room", String, nullable=False, default=""),
    Column("bed", String, nullable=False, default=""),
    Column("pending", String, nullable=False, default=""),  # unit that the patient waits for
    Column("visit_class", String, nullable=False, default=""),
    Column("sex", String, nullable=False, default=""),
    Column("birth_year", Integer),
    Column("expected_end", BigInteger),
    Column("needs", String),  # accommodation codes, `~` between; NULL: not said, empty: none
    Column("acuity", Integer),
)

links = Table(
    "links",
    metadata,
    Column("kind", String, primary_key=True),  # `patient` or `visit`
    Column("old", String, primary_key=True),  # pseudonym that is no longer used
    Column("new", String, nullable=False),
)

patients = Table(
    "patients",
    metadata,
    Column("patient", String, primary_key=True),
    Column("sex", String, nullable=False, default=""),
    Column("birth_year", Integer),
)

stays = Table(
    "stays",
    metadata,
    Column("visit", String, primary_key=True),
    Column("seq", Integer, primary_key=True),  # 0 is the first stay of the visit
    Column("patient", String, nullable=False, default=""),
    Column("sex", String, nullable=False, default=""),
    Column("birth_year", Integer),
    Column("visit_class", String, nullable=False, default=""),
    Column("unit", String, nullable=False),
    Column("room", String, nullable=False, default=""),
    Column("bed", String, nullable=False, default=""),
    Column("start", BigInteger, nullable=False),
    Column("end", BigInteger),  # NULL: still there
    Column("from_unit", String, nullable=False, default=""),  # unit of the stay before; empty: from outside
    Column("ended_by", String, nullable=False, default=""),  # `transfer`, `discharge`, or empty: still there
    Column("expected_end", BigInteger),
    Column("isolation", Boolean, nullable=False, default=False),
    Column("ventilator", Boolean, nullable=False, default=False),
    Column("acuity", Integer),
    Index("stays_unit_time", "unit", "start", "end"),
    Index("stays_time", "start", "end"),
    Index("stays_end", "end"),
)

waits = Table(
    "waits",
    metadata,
    Column("visit", String, primary_key=True),
    Column("since", BigInteger, primary_key=True),
    Column("until", BigInteger),  # NULL: still waiting
    Column("from_unit", String, nullable=False, default=""),
    Column("to_unit", String, nullable=False, index=True),
    Index("waits_time", "since", "until"),
)

# Book-keeping ------------------------------------------------------------------------------------------------------

touched = Table(
    "touched",
    metadata,
    Column("visit", String, primary_key=True),  # visits with new movements whose stays are not rebuilt yet
)

quarantine = Table(
    "quarantine",
    metadata,
    Column("digest", String, primary_key=True),  # of the raw text: the same text is kept once
    Column("rule", String, nullable=False, index=True),
    Column("reason", Text, nullable=False),
    Column("place", String, nullable=False),  # file and the number of the message in it
    Column("raw", Text, nullable=False),
)

findings = Table(
    "findings",
    metadata,
    Column("rule", String, primary_key=True),
    Column("place", String, primary_key=True),  # row key: bed address, item, file and line
    Column("value", String, primary_key=True, default=""),  # the raw value
    Column("severity", String, nullable=False),  # `error`, `warning` or `note`
    Column("action", String, nullable=False),  # `fixed`, `quarantined` or `kept`
)

imports = Table(
    "imports",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=True),
    Column("at", DateTime, nullable=False),  # UTC
    Column("file", String, nullable=False),
    Column("kind", String, nullable=False),
    Column("site", String, nullable=False),
    Column("read", Integer, nullable=False),
    Column("new", Integer, nullable=False),
    Column("duplicate", Integer, nullable=False),
    Column("quarantined", Integer, nullable=False),
)

senders = Table(
    "senders",
    metadata,
    Column("sender", String, primary_key=True),  # site, MSH-3 and MSH-4, `|` between
    Column("first_at", DateTime, nullable=False),  # UTC, like the other times here: when messages arrived
    Column("last_at", DateTime, nullable=False),
    Column("messages", Integer, nullable=False),
    Column("gaps", Text, nullable=False, default=""),  # longest gap of each day, `2026-03-01 5400` by line
    Column("limit_seconds", Integer, nullable=False),  # silence beyond this is reported; 0: never
    Column("watched_at", DateTime, nullable=False),  # when the listener last saw to it
)

marks = Table(
    "marks",
    metadata,
    Column("name", String, primary_key=True),  # `fingerprint`, `schema`
    Column("value", String, nullable=False),
)
