"""The kinds of CSV file, column by column: used to recognise, to check and to explain them."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, time
from enum import StrEnum
from typing import Any

from sqlalchemy import Table

from assistant.records import tables as t
from assistant.records.staff import WishKind
from assistant.records.units import SexRule, UnitKind

Read = Callable[[str], Any]


@dataclass(frozen=True)
class Column:
    """One column of a CSV file.

    Attributes:
        name: As the header writes it.
        means: For the help text; says the unit of measurement and the permitted words.
        example: Value in the example row.
        read: Turns the text into the stored value; raises ValueError with what was expected.
        default: Stored where the cell is empty.
        required: The cell may not be empty.
        refers: Kind of file that must have declared the value, e.g. `units`.
        needed: A row without the value cannot be used and is set aside, the rest of the file is stored.
    """

    name: str
    means: str
    example: str
    read: Read = str
    default: Any = ""
    required: bool = False
    refers: str = ""
    needed: bool = False


@dataclass(frozen=True)
class CsvKind:
    """One kind of CSV file.

    Attributes:
        name: As in `assistant import`'s report; the usual file name without `.csv`.
        means: One sentence for the help text.
        key: Columns that make a row unique.
    """

    name: str
    means: str
    table: Table
    key: tuple[str, ...]
    columns: tuple[Column, ...] = field(default_factory=tuple)

    @property
    def header(self) -> list[str]:
        """Column names in the documented order."""
        return [column.name for column in self.columns]


def yes_no(text: str) -> bool:
    """`yes` or `no` (also true/false, 1/0, 是/否)."""
    word = text.strip().lower()
    if word in {"yes", "y", "true", "1", "是"}:
        return True
    if word in {"no", "n", "false", "0", "否"}:
        return False
    raise ValueError("yes or no")


def whole(text: str) -> int:
    """A whole number."""
    try:
        return int(text)
    except ValueError:
        raise ValueError("a whole number") from None


def number(text: str) -> float:
    """A finite number with a decimal point."""
    try:
        value = float(text)
    except ValueError:
        raise ValueError("a number such as 12 or 1.5") from None
    if value != value or value in (float("inf"), float("-inf")):
        raise ValueError("a finite number")
    return value


def positive(text: str) -> float:
    """A number above zero."""
    value = number(text)
    if value <= 0:
        raise ValueError("a number above 0")
    return value


def not_negative(text: str) -> float:
    """Zero or more."""
    value = number(text)
    if value < 0:
        raise ValueError("a number not below 0")
    return value


def minutes_of_shift(text: str) -> int:
    """Paid minutes, 1 to 1440."""
    value = whole(text)
    if not 1 <= value <= 1440:
        raise ValueError("whole minutes from 1 to 1440")
    return value


def day(text: str) -> date:
    """An ISO date; the date of an ISO time is taken."""
    try:
        return date.fromisoformat(text[:10])
    except ValueError:
        raise ValueError("a date such as 2026-03-10") from None


def clock_time(text: str) -> time:
    """A time of day; 24:00 is midnight."""
    try:
        return time.fromisoformat("00:00" if text in {"24:00", "24:00:00"} else text.zfill(5))
    except ValueError:
        raise ValueError("a time such as 07:30") from None


def listed(text: str) -> str:
    """A list separated by `|`, kept as such without stray blanks."""
    return "|".join(part.strip() for part in text.split("|") if part.strip())


def one_of(words: type[StrEnum]) -> Read:
    """One of the words of an enumeration, in any case."""

    def read(text: str) -> str:
        try:
            return words(text.strip().lower()).value
        except ValueError:
            raise ValueError(f"one of {', '.join(words)}") from None

    return read


_SURVEILLED = ("cases", "recovered", "deaths", "hospital_admissions")


def measure_word(text: str) -> str:
    """What a surveillance series counts."""
    word = text.strip().lower().replace(" ", "_")
    if word not in _SURVEILLED:
        raise ValueError(f"one of {', '.join(_SURVEILLED)}")
    return word


UNITS = CsvKind(
    "units",
    "Wards, intensive care units and emergency departments.",
    t.units,
    ("unit",),
    (
        Column("unit", "short unique code, as the feeds write it in PV1-3", "ICU", required=True),
        Column("name", "full English name", "Intensive Care Unit", required=True),
        Column("name_zh", "full Chinese name", "重症监护室"),
        Column("kind", f"one of {', '.join(UnitKind)}", "icu", one_of(UnitKind), "ward"),
        Column("service", "clinical service", "critical care"),
        Column("patients_per_nurse_day", "most patients for one nurse by day", "2", positive, None),
        Column("patients_per_nurse_night", "most patients for one nurse at night", "2", positive, None),
        Column("aliases", "other names, separated by |", "intensive care|critical care", listed),
    ),
)
BEDS = CsvKind(
    "beds",
    "Bed places; a row per bed.",
    t.beds,
    ("unit", "room", "bed"),
    (
        Column("unit", "code from units.csv", "ICU", required=True, refers="units"),
        Column("room", "room number, unique in the unit", "101", required=True),
        Column("bed", "bed in the room", "A", required=True),
        Column("isolation", "yes if the room can isolate a patient", "yes", yes_no, False),
        Column("ventilator", "yes if a ventilated patient can lie here", "yes", yes_no, False),
        Column("sex_rule", f"who may share the room: {', '.join(SexRule)}", "any", one_of(SexRule), "same"),
        Column("open", "no while the bed is closed", "yes", yes_no, True),
    ),
)
STAFF = CsvKind(
    "staff",
    "Nursing staff.",
    t.staff,
    ("staff",),
    (
        Column("staff", "unique id", "N014", required=True),
        Column("name", "name as colleagues say it", "Chen Wei", required=True),
        Column("name_zh", "Chinese name", "陈伟"),
        Column("unit", "home unit, code from units.csv", "ICU", required=True, refers="units"),
        Column("role", "nurse, charge_nurse or care_assistant", "nurse", default="nurse"),
        Column("skills", "skills, separated by |", "icu|charge", listed),
        Column("hours_per_week", "contract hours", "38.5", not_negative, 38.5),
        Column("nights", "no if the person cannot work nights", "yes", yes_no, True),
    ),
)
SHIFTS = CsvKind(
    "shifts",
    "Shift types; an empty unit means every unit without its own.",
    t.shifts,
    ("unit", "shift"),
    (
        Column("unit", "code from units.csv, or empty", "", refers="units"),
        Column("shift", "code", "N", required=True),
        Column("name", "English name", "Night", required=True),
        Column("name_zh", "Chinese name", "夜班"),
        Column("start", "time of day", "21:00", clock_time, required=True),
        Column("end", "time of day; at or before the start: next day", "07:15", clock_time, required=True),
        Column("minutes", "paid minutes", "585", minutes_of_shift, required=True),
        Column("night", "yes if counted as night work", "yes", yes_no, False),
    ),
)
ABSENCES = CsvKind(
    "absences",
    "Days on which a person cannot work.",
    t.absences,
    ("staff", "start", "end"),
    (
        Column("staff", "id from staff.csv", "N014", required=True, refers="staff"),
        Column("start", "first day", "2026-03-16", day, required=True),
        Column("end", "last day, included", "2026-03-20", day, required=True),
        Column("reason", "leave, sick, training ...", "leave"),
    ),
)
WISHES = CsvKind(
    "wishes",
    "What staff asked for.",
    t.wishes,
    ("staff", "day", "kind", "shift"),
    (
        Column("staff", "id from staff.csv", "N014", required=True, refers="staff"),
        Column("day", "the day", "2026-03-21", day, required=True),
        Column("kind", f"one of {', '.join(WishKind)}", "off", one_of(WishKind), required=True),
        Column("shift", "shift code; empty: any shift of the day", ""),
        Column("weight", "1 is an ordinary wish, more matters more", "1", whole, 1),
    ),
)
ROSTER = CsvKind(
    "roster",
    "Shifts published or worked.",
    t.roster,
    ("staff", "day", "shift", "unit"),
    (
        Column("staff", "id from staff.csv", "N014", required=True, refers="staff"),
        Column("unit", "unit worked in, code from units.csv", "ICU", required=True, refers="units"),
        Column("day", "day on which the shift starts", "2026-03-10", day, required=True),
        Column("shift", "shift code", "N", required=True),
    ),
)
STOCK = CsvKind(
    "stock",
    "Counts of consumables; a row per lot and count.",
    t.stock,
    ("item", "as_of", "lot"),
    (
        Column("item", "unique code", "MASK-N95", required=True),
        Column("name", "English name", "N95 mask", required=True),
        Column("name_zh", "Chinese name", "N95口罩"),
        Column("category", "e.g. protection, blood, medicine", "protection"),
        Column("unit_of_measure", "what is counted", "piece", default="piece"),
        Column("as_of", "day of the count", "2026-03-10", day, required=True),
        Column("on_hand", "counted pieces", "1200", number, None, needed=True),
        Column("used_per_day", "mean use a day", "85.5", not_negative, None),
        Column("reorder_point", "order when the item's total falls to this", "900", not_negative, None),
        Column("lead_time_days", "days from order to delivery", "5", not_negative, None),
        Column("lot", "lot number", "L2604"),
        Column("expiry", "last day of use", "2027-01-31", day, None),
    ),
)
SURVEILLANCE = CsvKind(
    "surveillance",
    "New cases, recoveries, deaths or admissions of a disease by region; a row a day or a week.",
    t.surveillance,
    ("region", "disease", "measure", "date"),
    (
        Column("region", "region, as answers shall call it", "Northshire", required=True),
        Column("date", "the day, or the last day of the week", "2026-03-07", day, required=True),
        Column("disease", "e.g. COVID-19, influenza, RSV", "influenza", required=True),
        Column("measure", f"one of {', '.join(_SURVEILLED)}", "cases", measure_word, required=True),
        Column("value", "new ones, not totals; below 0 for a correction", "412", number, None, needed=True),
    ),
)

KINDS = (UNITS, BEDS, STAFF, SHIFTS, ABSENCES, WISHES, ROSTER, STOCK, SURVEILLANCE)  # in the order they must be stored
