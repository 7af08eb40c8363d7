"""What people hand in as CSV, checked as frames: each table has a schema of named checks (pandera)."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pandas as pd
from sqlalchemy import Table, select

from assistant.records import tables as t
from assistant.records.rules.kinds import ohdsi
from assistant.records.rules.records import MOST_CASES, Records, place_of
from assistant.records.rules.rule import Case, Checked, Rule, Severity
from assistant.records.units import SexRule, UnitKind

if TYPE_CHECKING:
    from pandera.pandas import Check, DataFrameSchema

NEGATIVE_STOCK = ohdsi("negative_stock", "plausibleValueLow", Severity.ERROR, threshold=0)
NEGATIVE_USE = ohdsi("negative_use", "plausibleValueLow", Severity.ERROR, threshold=0)
ABSURD_STOCK = ohdsi("absurd_stock", "plausibleValueHigh", Severity.ERROR, threshold=0)
LEAD_TIME_TOO_LONG = ohdsi("lead_time_too_long", "plausibleValueHigh", Severity.WARNING)
EXPIRY_BEFORE_COUNT = ohdsi("lot_expired_when_counted", "plausibleTemporalAfter", Severity.NOTE, threshold=5)
COUNTED_IN_FUTURE = ohdsi("counted_in_the_future", "plausibleTemporalAfter", Severity.ERROR, threshold=0)
TOO_MANY_HOURS = ohdsi("too_many_hours", "plausibleValueHigh", Severity.WARNING)
NO_HOURS = ohdsi("no_contract_hours", "plausibleValueLow", Severity.NOTE, threshold=5)
UNKNOWN_ROLE = ohdsi("unknown_role", "fkDomain", Severity.WARNING)
UNKNOWN_KIND = ohdsi("unknown_kind", "fkDomain", Severity.ERROR)
RATIO_LOW = ohdsi("ratio_too_low", "plausibleValueLow", Severity.WARNING)
RATIO_HIGH = ohdsi("ratio_too_high", "plausibleValueHigh", Severity.WARNING)
SHIFT_LENGTH = ohdsi("shift_too_long", "plausibleValueHigh", Severity.WARNING)
ABSENCE_ORDER = ohdsi("absence_ends_before_it_starts", "plausibleStartBeforeEnd", Severity.ERROR, threshold=0)
ABSENCE_TOO_LONG = ohdsi("absence_too_long", "plausibleValueHigh", Severity.NOTE, threshold=5)
RULES = (
    NEGATIVE_STOCK, NEGATIVE_USE, ABSURD_STOCK, LEAD_TIME_TOO_LONG, EXPIRY_BEFORE_COUNT, COUNTED_IN_FUTURE,
    TOO_MANY_HOURS, NO_HOURS, UNKNOWN_ROLE, UNKNOWN_KIND, RATIO_LOW, RATIO_HIGH, SHIFT_LENGTH, ABSENCE_ORDER,
    ABSENCE_TOO_LONG,
)  # fmt: skip

_BY_NAME = {rule.name: rule for rule in RULES}
_MOST_STOCK = 10_000_000  # pieces; no hospital holds more of one lot
_ROLES = ("nurse", "charge_nurse", "care_assistant")
_RATIOS = ("patients_per_nurse_day", "patients_per_nurse_night")


def check(records: Records) -> Iterator[Checked]:
    """Every table that people hand in; the whole of it is one frame."""
    for table, schema in _schemas(records).items():
        yield from _checked(records, table, schema)


def _schemas(records: Records) -> "dict[Table, DataFrameSchema]":
    """The schemas; pandera takes half a second to load and is needed here only. A check's `error` is its rule."""
    from pandera.pandas import Check, Column, DataFrameSchema

    def column(*checks: "Check") -> Column:
        return Column(checks=list(checks), nullable=True, required=True)

    def above(rule: Rule, least: float) -> "Check":
        return Check.ge(least, error=rule.name)

    def below(rule: Rule, most: Any) -> "Check":
        return Check.le(most, error=rule.name)

    def one_of(rule: Rule, words: Any) -> "Check":
        return Check.isin([str(word) for word in words], error=rule.name)

    today = pd.Timestamp(records.clock or records.now) + pd.Timedelta(days=1)
    order = Check(lambda f: f["end"] >= f["start"], error=ABSENCE_ORDER.name)
    length = Check(lambda f: f["end"] - f["start"] <= pd.Timedelta(days=400), error=ABSENCE_TOO_LONG.name)
    expiry = Check(lambda f: f["expiry"].isna() | (f["expiry"] >= f["as_of"]), error=EXPIRY_BEFORE_COUNT.name)
    return {
        t.units: DataFrameSchema(
            {
                "kind": column(one_of(UNKNOWN_KIND, UnitKind)),
                **{name: column(above(RATIO_LOW, 0.25), below(RATIO_HIGH, 30)) for name in _RATIOS},
            }
        ),
        t.beds: DataFrameSchema({"sex_rule": column(one_of(UNKNOWN_KIND, SexRule))}),
        t.staff: DataFrameSchema(
            {
                "role": column(one_of(UNKNOWN_ROLE, _ROLES)),
                "hours_per_week": column(above(NO_HOURS, 0.5), below(TOO_MANY_HOURS, 60)),
            }
        ),
        t.shifts: DataFrameSchema({"minutes": column(below(SHIFT_LENGTH, 13 * 60))}),
        t.absences: DataFrameSchema({}, checks=[order, length]),
        t.stock: DataFrameSchema(
            {
                "on_hand": column(above(NEGATIVE_STOCK, 0), below(ABSURD_STOCK, _MOST_STOCK)),
                "used_per_day": column(above(NEGATIVE_USE, 0)),
                "lead_time_days": column(below(LEAD_TIME_TOO_LONG, 365)),
                "as_of": column(below(COUNTED_IN_FUTURE, today)),
            },
            checks=[expiry],
        ),
    }


def _checked(records: Records, table: Table, schema: "DataFrameSchema") -> Iterator[Checked]:
    """One result for each check of the schema; the frame is checked once, all faults at a time."""
    from pandera.errors import SchemaErrors

    frame = _frame(records, table)
    try:
        schema.validate(frame, lazy=True)
        failures = pd.DataFrame(columns=["schema_context", "column", "check", "failure_case", "index"])
    except SchemaErrors as errors:
        failures = errors.failure_cases
    for name, column in schema.columns.items():
        for one in column.checks:
            found = failures[(failures["check"] == one.error) & (failures["column"] == name)]
            yield _result(table, frame, str(one.error), f"{table.name}.{name}", int(frame[name].count()), found)
    for one in schema.checks:
        found = failures[failures["check"] == one.error].drop_duplicates("index")
        yield _result(table, frame, str(one.error), table.name, len(frame), found)


def _result(table: Table, frame: pd.DataFrame, rule: str, field: str, rows: int, found: pd.DataFrame) -> Checked:
    key = [column.name for column in table.primary_key.columns]
    shown = found.head(MOST_CASES)
    cases = tuple(
        Case(place_of(table, [_plain(frame.at[at, name]) for name in key]), str(_plain(value)))
        for at, value in zip(shown["index"], shown["failure_case"], strict=True)
    )
    return Checked(_BY_NAME[rule], field, rows, len(found), cases)


def _frame(records: Records, table: Table) -> pd.DataFrame:
    """The whole table; days as times, so that they compare."""
    columns = list(table.columns)
    frame = pd.DataFrame(records.read(select(*columns)), columns=[column.name for column in columns])
    for column in columns:
        if column.type.python_type.__name__ == "date":
            frame[column.name] = pd.to_datetime(frame[column.name])
        elif column.type.python_type in (float, int):
            frame[column.name] = pd.to_numeric(frame[column.name])
    return frame


def _plain(value: Any) -> Any:
    """A day without its time."""
    return value.date() if isinstance(value, pd.Timestamp) else value
