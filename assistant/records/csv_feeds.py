"""Tables of stays, events, visits, patients and stock movements as feeds: each row tells what a message would."""

import csv
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Any

from assistant.records import movements as m
from assistant.records.clock_reading import SiteClock
from assistant.records.csv_feed_columns import EVENTS, PATIENTS, STAYS, STOCK_MOVEMENTS, VISITS, moment
from assistant.records.csv_mapped import MappedRow, MappedTable, quarantined_reason
from assistant.records.csv_text import CsvRows
from assistant.records.feeds import Told
from assistant.records.findings import Finding
from assistant.records.movements import Movement
from assistant.records.periods import NOWHERE, steps_to_movements
from assistant.records.pseudonyms import Pseudonyms
from assistant.records.unit_names import UnitBook, UnknownUnitError


class _RowError(Exception):
    """Why a row cannot be used: rule and reason."""

    def __init__(self, rule: str, reason: str) -> None:
        self.rule = rule
        self.reason = reason
        super().__init__(reason)


@dataclass
class TableReader:
    """Reads the rows of one table.

    Attributes:
        site: Keeps equal numbers of several sites apart.
        clock: The site's wall clock.
        pseudonyms: Hides patient and visit numbers.
        units: Finds the code of a unit's name and notes new units.
    """

    site: str
    clock: SiteClock
    pseudonyms: Pseudonyms
    units: UnitBook
    _seen: Counter[str] = field(default_factory=Counter)

    def read(self, rows: CsvRows, table: MappedTable, name: str) -> Iterator[Told]:
        """What each row tells, or why it cannot be used."""
        try:
            for row in table:
                told = self._told(row, table, f"{name} line {row.line}", rows)
                told.kind = table.kind.name
                yield told
        except csv.Error as error:
            reason = (
                f"the rest of the file cannot be cut into cells: {error}; look for a quotation mark that is not closed"
            )
            yield Told(faults=[("unreadable_csv", reason, str(error))], place=f"{name}, its end", kind=table.kind.name)

    def _told(self, row: MappedRow, table: MappedTable, place: str, rows: CsvRows) -> Told:
        if row.skipped:
            return Told(ignored="row_left_out_by_mapping", place=place)
        try:
            values = self._values(row, table)
            return self._of_kind(values, table, place)
        except _RowError as error:
            return Told(faults=[(error.rule, f"line {row.line}: {error.reason}", rows.as_text(row.cells))], place=place)
        except UnknownUnitError as error:
            return Told(faults=[("unknown_unit", f"line {row.line}: {error}", rows.as_text(row.cells))], place=place)

    def _values(self, row: MappedRow, table: MappedTable) -> dict[str, Any]:
        """The row's values, each read and checked; times as wall-clock seconds."""
        values: dict[str, Any] = {}
        for column in table.kind.columns:
            text = row.texts.get(column.name, "")
            if not text:
                values[column.name] = column.default
                if column.required and not row.faults:
                    row.faults.append(f"{column.name} is empty; expected {column.means}")
                continue
            try:
                read = self.clock.read(text).seconds if column.read is moment else column.read(text)
                values[column.name] = read
            except ValueError as error:
                row.faults.append(f"{column.name} is {text!r}; expected {error}")
        if row.faults:
            raise _RowError("unreadable_row", quarantined_reason(row).partition(": ")[2])
        return values

    def _of_kind(self, values: dict[str, Any], table: MappedTable, place: str) -> Told:
        if table.kind is STAYS:
            return self._stay(values, place)
        if table.kind is EVENTS:
            return self._event(values, place)
        if table.kind is VISITS:
            return self._visit(values, place)
        if table.kind is PATIENTS:
            row = {"patient": self._patient(values), "sex": values["sex"], "birth_year": values["birth_year"]}
            return Told(patient=row, place=place)
        assert table.kind is STOCK_MOVEMENTS
        return self._booking(values, place)

    def _patient(self, values: dict[str, Any]) -> str:
        return self.pseudonyms.patient(self.site, values["patient"])

    def _first(self, values: dict[str, Any], source: str, time: int) -> Movement:
        """What every movement of the row has in common."""
        visit = self.pseudonyms.visit(self.site, values["visit"])
        born, sex = values["birth_year"], values["sex"]
        return Movement(visit, self._patient(values), source, "", time, time, sex=sex, birth_year=born)

    def _key(self, kind: str, *parts: object) -> str:
        return blake2b("\x1f".join(map(str, (self.site, kind, *parts))).encode(), digest_size=9).hexdigest()

    def _record(self, kind: str, values: dict[str, Any], place: str, *parts: object) -> Told:
        """A row that a later one with the same key takes the place of."""
        digest = self._key(kind, values["entry"]) if values.get("entry") else self._key(kind, *parts)
        return Told(key=f"csv|{digest}", replaces=f"csv:{digest}", place=place)

    def _stay(self, values: dict[str, Any], place: str) -> Told:
        start, end = values["start"], values["end"]
        if end is not None and end < start:
            raise _RowError("end_before_start", "the stay ends before it starts; correct it at its source")
        if end == start:
            return Told(ignored="stay_without_duration", place=place)
        where = (self.units.code(values["unit"]), values["room"], values["bed"])
        told = self._record("stays", values, place, values["visit"], *where, start)
        path = [(start, where)] + ([(end, NOWHERE)] if end is not None else [])
        first = self._first(values, told.replaces, start)
        moved = steps_to_movements(first, path, [values["visit_class"]] * len(path))
        more = {name: values[name] for name in ("expected_end", "needs", "acuity")}
        told.movements = [Movement(**{**moved[0].__dict__, **more}), *moved[1:]]
        return told

    def _event(self, values: dict[str, Any], place: str) -> Told:
        trigger, unit = values["event"], self.units.code(values["unit"])
        if not unit and trigger in m.PLACES_PATIENT:
            raise _RowError(
                "no_location", f"{trigger} without a unit; expected the unit where the patient is afterwards"
            )
        time = values["time"]
        first = self._first(values, "hl7", time)  # events as messages tell them, in the same triggers
        told = {name: values[name] for name in ("room", "bed", "visit_class", "expected_end", "needs", "acuity")}
        entered = values["recorded"] if values["recorded"] is not None else time
        moved = {**first.__dict__, **told, "trigger": trigger, "unit": unit, "recorded": entered}
        key = f"csv|{self._key('movements', values['entry'])}" if values["entry"] else ""
        return Told(key=key, movements=[Movement(**moved)], place=place)

    def _visit(self, values: dict[str, Any], place: str) -> Told:
        """What is known of the whole visit, and its end; where the patient is, stays or messages tell."""
        start, end = values["start"], values["end"]
        if end is not None and end < start:
            raise _RowError("end_before_start", "the visit ends before it starts; correct it at its source")
        told = self._record("visits", values, place, values["visit"])
        first = {**self._first(values, told.replaces, start).__dict__, "visit_class": values["visit_class"]}
        more = {name: values[name] for name in ("expected_end", "needs", "acuity")}
        told.movements = [Movement(**{**first, **more, "trigger": m.UPDATE})]
        if end is not None:
            told.movements.append(Movement(**{**first, "trigger": m.DISCHARGE, "time": end, "recorded": end}))
        return told

    def _booking(self, values: dict[str, Any], place: str) -> Told:
        quantity = values["quantity"]
        told = Told(place=place)
        if quantity < 0 and values["kind"] != "correction":  # some systems book what goes out as negative
            told.findings.append(Finding("negative_quantity", "note", place, str(quantity), "fixed"))
            quantity = -quantity
        said = [values[name] for name in ("item", "day", "kind", "lot", "expiry", "unit")] + [quantity]
        repeat = "\x1f".join(map(str, said))
        self._seen[repeat] += 1  # the same booked twice on a day is two bookings
        parts = (values["entry"],) if values["entry"] else (repeat, self._seen[repeat])
        row = {name: values[name] for name in ("item", "day", "kind", "lot", "expiry")}
        unit = self.units.known(values["unit"]) or values["unit"]
        entry = {"entry": self._key("stock_movements", *parts), "quantity": quantity, "unit": unit}
        told.declared = [("stock_movements", {**row, **entry})]
        return told
