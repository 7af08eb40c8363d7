"""The tables of the store, for SQLite and PostgreSQL alike.

Times of movements, stays and waits are whole seconds of the site's wall clock (see `wall`): they sort, compare and
group by day the same way in both databases, and a year of them loads into a table in milliseconds. Days and times
of what people hand in as CSV are real dates.

Whoever changes a table here also writes a step in `migrations/versions` and raises `schema.VERSION`.
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
    Table,
    Text,
    Time,
)
from sqlalchemy import String as AnyString

metadata = MetaData()

# Sorted alike in both databases: PostgreSQL otherwise sorts by the rules of a language.
String = AnyString().with_variant(AnyString(collation="C"), "postgresql")

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

surveillance = Table(
    "surveillance",
    metadata,
    Column("region", String, primary_key=True),
    Column("disease", String, primary_key=True),
    Column("measure", String, primary_key=True),  # `cases`, `recovered`, `deaths` or `hospital_admissions`
    Column("date", Date, primary_key=True),  # the day, or the last day of the week
    Column("value", Float, nullable=False),  # new ones; negative: a correction
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
    Column("source", String, nullable=False, index=True),  # `hl7`, or `fhir:` or `csv:` and the record's digest
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
    Column("new", String, nullable=False, index=True),
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

places = Table(
    "places",
    metadata,
    Column("site", String, primary_key=True),
    Column("key", String, primary_key=True),  # what references to it say: `Location/12`, `Location?system|value` ...
    Column("own", String, nullable=False),  # the first of its keys
    Column("name", String, nullable=False),
    Column("level", String, nullable=False),  # FHIR's code of its physical type: wa, ro, bd ...
    Column("codes", Text, nullable=False),  # short names, `|` between
    Column("part_of", String, nullable=False),
    Column("organisation", String, nullable=False),
    Column("organisation_name", String, nullable=False),
    Column("open", Boolean, nullable=False),
    Column("kind", String, nullable=False),
)

stock_movements = Table(
    "stock_movements",
    metadata,
    Column("entry", String, primary_key=True),  # digest of what makes the entry this entry
    Column("item", String, nullable=False),
    Column("day", Date, nullable=False),
    Column("kind", String, nullable=False),  # receipt, issue, return, waste or correction
    Column("quantity", Float, nullable=False),  # in the item's unit of measure; a correction may be below zero
    Column("lot", String, nullable=False, default=""),
    Column("expiry", Date),
    Column("unit", String, nullable=False, default=""),  # ward that it went to or came from
    Index("stock_movements_item_day", "item", "day"),
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
    Column("kind", String, nullable=False, server_default=""),  # `hl7`, `fhir` or a CSV kind: how it is read again
    Column("site", String, nullable=False, server_default="main"),
    Column("source", String, nullable=False, server_default=""),  # file or sender
    Column("at", DateTime),  # UTC, when it was set aside; NULL in rows older than this column
    Column("tries", Integer, nullable=False, server_default="0"),  # how often it was read again, in vain
    Column("tried_at", DateTime),  # UTC
)

released = Table(
    "released",
    metadata,
    Column("digest", String, primary_key=True),  # what was in quarantine and is not any more; its text is not kept
    Column("rule", String, nullable=False),
    Column("reason", Text, nullable=False),
    Column("place", String, nullable=False),
    Column("kind", String, nullable=False),
    Column("site", String, nullable=False),
    Column("source", String, nullable=False),
    Column("at", DateTime),
    Column("tries", Integer, nullable=False),  # the one that succeeded included
    Column("released_at", DateTime, nullable=False),  # UTC
    Column("outcome", String, nullable=False),  # `new`, `duplicate`, `ignored`, or `whole_copy`: it came in complete
)

findings = Table(
    "findings",
    metadata,
    Column("rule", String, primary_key=True),
    Column("place", String, primary_key=True),  # row key: bed address, item, file and line
    Column("value", String, primary_key=True, default=""),  # the raw value
    Column("severity", String, nullable=False),  # `error`, `warning` or `note`
    Column("action", String, nullable=False),  # `fixed`, `quarantined` or `kept`
    Column("at", DateTime),  # UTC, when it was first found; NULL in rows older than this column
    Column("who", String, nullable=False, server_default=""),  # `import`, `listen`, or `check` for `rules`
)

checks = Table(
    "checks",
    metadata,
    Column("rule", String, primary_key=True),
    Column("field", String, primary_key=True),  # table, or table and column, that the rule looks at
    Column("rows", BigInteger, nullable=False),
    Column("failed", BigInteger, nullable=False),
    Column("reason", Text, nullable=False, server_default=""),  # why it could not be checked; empty: it was
    Column("at", DateTime, nullable=False),  # UTC
    Column("fingerprint", String, nullable=False),  # of the records that were checked
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

noticed = Table(
    "noticed",
    metadata,
    Column("number", ForeignKey("imports.number"), primary_key=True),
    Column("rule", String, primary_key=True),
    Column("count", Integer, nullable=False),
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
    Column("name", String, primary_key=True),  # `fingerprint`
    Column("value", String, nullable=False),
)
