"""The kinds of table that tell movements, column by column: stays, events, visits, patients, movements of stock.

Unlike what `csv_columns` describes, these are read row by row, of any length, and a row that cannot be used goes to
quarantine while the others are stored.
"""

from assistant.records import tables as t
from assistant.records.csv_columns import KINDS, Column, CsvKind, day, number, whole

_EVENTS = {
    "A01": "admission admit admitted aufnahme 入院 住院",
    "A04": "arrival arrived registration ed emergency ankunft 到诊 急诊 挂号",
    "A02": "transfer transferred move verlegung 转科 转床 转入",
    "A03": "discharge discharged entlassung 出院",
    "A11": "cancel_admission",
    "A12": "cancel_transfer",
    "A13": "cancel_discharge",
}
_WORDS = {word: trigger for trigger, words in _EVENTS.items() for word in words.split()}
_CLASSES = {
    "I": "i inpatient imp stationär stationaer 住院 acute",
    "E": "e emergency emer ed notfall 急诊",
    "O": "o outpatient amb ambulant 门诊",
}
_CLASS_WORDS = {word: code for code, words in _CLASSES.items() for word in words.split()}
_SEXES = {
    word: code
    for code, words in {"F": "f female w weiblich 女", "M": "m male männlich 男"}.items()
    for word in words.split()
}
_STOCK = {
    "receipt": "receipt in delivery received zugang eingang 入库 收货",
    "issue": "issue out used consumption abgang verbrauch ausgabe 出库 领用 消耗",
    "return": "return returned rückgabe 退回 退库",
    "waste": "waste expired loss verwurf schwund 报废 过期",
    "correction": "correction adjustment inventory korrektur inventur 盘点 调整",
}
_STOCK_WORDS = {word: kind for kind, words in _STOCK.items() for word in words.split()}


def event(text: str) -> str:
    """Trigger of an event: an HL7 v2 code or a word."""
    code = text.strip().upper()
    if code in _EVENTS:
        return code
    return _looked_up(
        text.replace(" ", "_"), _WORDS, "an event: A01, A02, A03, A04, A11, A12, A13, or a word such as admission"
    )


def visit_class(text: str) -> str:
    """`I`, `E` or `O`."""
    return _looked_up(text, _CLASS_WORDS, "one of I (inpatient), E (emergency), O (outpatient)")


def sex(text: str) -> str:
    """`F` or `M`; empty for other and unknown."""
    return _SEXES.get(text.strip().casefold(), "")


def stock_event(text: str) -> str:
    """What a movement of stock is."""
    return _looked_up(text, _STOCK_WORDS, f"one of {', '.join(_STOCK)}")


def year(text: str) -> int:
    """A year of birth, or the year of a date."""
    if len(text) >= 4 and text[:4].isdigit() and 1850 < int(text[:4]) < 2200:
        return int(text[:4])
    raise ValueError("a year such as 1960 or a date")


def moment(text: str) -> str:
    """A time; the site's clock reads it."""
    return text


def level(text: str) -> int:
    """Acuity."""
    value = whole(text)
    if not 1 <= value <= 5:
        raise ValueError("a whole number from 1 (most urgent) to 5")
    return value


def _looked_up(text: str, words: dict[str, str], expected: str) -> str:
    found = words.get(text.strip().casefold())
    if found is None:
        raise ValueError(expected)
    return found


_VISIT = Column("visit", "number of the visit, as messages write it in PV1-19", "V1001", required=True)
_PATIENT = Column("patient", "number of the patient, as in PID-3", "P77", required=True)
_CLASS = Column("visit_class", "I inpatient, E emergency, O outpatient", "I", visit_class, "I")
_SEX = Column("sex", "F or M", "F", sex)
_BORN = Column("birth_year", "year or date of birth", "1960", year, None)
_ENTRY = Column("entry", "unique number of the row, so that a corrected row replaces it", "88001")
_EXPECTED = Column("expected_end", "expected discharge", "2026-03-14 12:00", moment, None)
_NEEDS = Column("needs", "ISO isolation, VENT ventilator, ~ between them", "ISO", default=None)
_ACUITY = Column("acuity", "how urgent the patient is, 1 (most) to 5", "3", level, None)

STAYS = CsvKind(
    "stays",
    "Stays in units; a row per patient and place.",
    t.movements,
    ("visit", "unit", "start"),
    (
        _VISIT,
        _PATIENT,
        Column("unit", "unit, by code or name", "ICU", required=True),
        Column("start", "from when", "2026-03-10 08:15", moment, required=True),
        Column("end", "until when; empty: still there", "2026-03-12 14:00", moment, None),
        Column("room", "room", "101"),
        Column("bed", "bed", "A"),
        _CLASS,
        _SEX,
        _BORN,
        _EXPECTED,
        _NEEDS,
        _ACUITY,
        _ENTRY,
    ),
)
EVENTS = CsvKind(
    "movements",
    "Admissions, transfers and discharges; a row per event.",
    t.movements,
    ("visit", "event", "time"),
    (
        _VISIT,
        _PATIENT,
        Column(
            "event",
            "A01 admission, A02 transfer, A03 discharge, A04 arrival, A11-A13 cancels, or words",
            "A01",
            event,
            required=True,
        ),
        Column("time", "when it happened", "2026-03-10 08:15", moment, required=True),
        Column("unit", "unit where the patient is afterwards", "ICU"),
        Column("room", "room", "101"),
        Column("bed", "bed", "A"),
        Column("recorded", "when it was entered", "2026-03-10 08:20", moment, None),
        Column("visit_class", "I inpatient, E emergency, O outpatient", "I", visit_class, ""),
        _SEX,
        _BORN,
        _EXPECTED,
        _NEEDS,
        _ACUITY,
        _ENTRY,
    ),
)
VISITS = CsvKind(
    "visits",
    "Visits as a whole, without places; a row per visit, beside a table of stays.",
    t.movements,
    ("visit",),
    (
        _VISIT,
        _PATIENT,
        Column("start", "admission", "2026-03-10 08:15", moment, required=True),
        Column("end", "discharge; empty: still there", "", moment, None),
        _CLASS,
        _SEX,
        _BORN,
        _EXPECTED,
        _NEEDS,
        _ACUITY,
    ),
)
PATIENTS = CsvKind(
    "patients", "Sex and year of birth; a row per patient.", t.patients, ("patient",), (_PATIENT, _SEX, _BORN)
)
STOCK_MOVEMENTS = CsvKind(
    "stock_movements",
    "What goes in and out of stock; a row per booking.",
    t.stock_movements,
    ("item", "day", "kind"),
    (
        Column("item", "unique code", "MASK-N95", required=True),
        Column("day", "the day", "2026-03-10", day, required=True),
        Column("kind", f"one of {', '.join(_STOCK)}", "issue", stock_event, required=True),
        Column("quantity", "how many; of a correction also below zero", "50", number, required=True),
        Column("lot", "lot number", "L2604"),
        Column("expiry", "last day of use", "2027-01-31", day, None),
        Column("unit", "ward that it went to or came from", "ICU"),
        _ENTRY,
    ),
)
FEED_KINDS = (PATIENTS, VISITS, STAYS, EVENTS, STOCK_MOVEMENTS)
TIMES = frozenset({moment, day})  # how columns with dates are read


def kind_called(name: str) -> CsvKind | None:
    """The kind of table of that name, of either sort."""
    return next((kind for kind in (*KINDS, *FEED_KINDS) if kind.name == name), None)
