"""show_state for free beds and for the patients who wait for one."""

from datetime import datetime
from typing import TYPE_CHECKING, Any

import pandas as pd

from assistant.records import state
from assistant.records.units import SexRule, Unit
from assistant.tools.page import Page
from assistant.tools.services import Services
from assistant.tools.state_beds import census_source, emergency_units, needs_words
from assistant.tools.tables import plain_rows, rows_of
from assistant.tools.tool import Context, Outcome, Value
from assistant.tools.wording import Said, Wording, wording

if TYPE_CHECKING:
    from assistant.tools.show_state import ShowStateArguments


def free_beds(services: Services, arguments: "ShowStateArguments", context: Context, at: datetime) -> Outcome:
    """Which open beds are free, and what they can take: by room for a unit, in numbers for the hospital."""
    unit = services.unit(arguments.unit)
    page = Page(wording(context.language), census_source(services, context, at))
    say = page.wording
    where = say.unit(unit) if unit else say.word("whole_hospital")
    if not services.store.beds(unit.code if unit else None):
        page.headline("free_beds.none_known", where=where, at=say.moment(at))
        page.next_step("free_beds.none_known_next")
        return page.outcome({"rows": []})
    table = state.free_beds(services.store, at, unit.code if unit else None)
    if unit is None:
        table = table[~table.unit.isin(emergency_units(services))]
    past = "past" if at < context.at else ""
    key = "free_beds.headline" if len(table) else "free_beds.none"
    page.headline(key, beds=say.count("free_bed", len(table)), where=where, at=say.moment(at), past=past)
    if len(table):
        _kinds(page, table)
    if unit:
        _by_bed(page, services, table)
    else:
        page.caveat("free_beds.house_note")
        _by_unit(page, services, table)
    page.caveat("free_beds.caveat")
    if not past:
        _next_step(page, services, unit, at)
    return page.outcome({"rows": plain_rows(table)})


def _kinds(page: Page, table: pd.DataFrame) -> None:
    isolation, ventilator = int(table.isolation.sum()), int(table.ventilator.sum())
    if isolation or ventilator:
        say = page.wording
        page.reason("free_beds.kinds", isolation=_or_none(say, isolation), ventilator=_or_none(say, ventilator))
    else:
        page.reason("free_beds.kinds_none")


def _or_none(say: Wording, number: int) -> Said:
    """The figure, or `none`."""
    return say.count("bed", number, bare=True) if number else Said(say.word("none"), Value("", 0, "bed"))


def _by_unit(page: Page, services: Services, table: pd.DataFrame) -> None:
    """How many in each unit and for whom; rooms and bed numbers of a whole hospital are too many to read."""
    say = page.wording
    for code, rows in table.groupby("unit"):
        unit = say.unit(services.unit_by_code(str(code)))
        beds = say.count("bed", len(rows))
        kinds = _what_they_take(say, rows)
        if kinds:
            page.row("free_beds.row", unit=unit, beds=beds, kinds=say.word("comma").join(kinds))
        else:
            page.row("free_beds.row_plain", unit=unit, beds=beds)


def _what_they_take(say: Wording, rows: pd.DataFrame) -> list[str]:
    """`2 in women's rooms`, ..., `1 can isolate`; the first only where some bed is kept for one sex."""
    sexes = [_sex(row) for row in rows_of(rows)]
    shown: dict[str, int] = {"isolation": int(rows.isolation.sum()), "ventilator": int(rows.ventilator.sum())}
    said: list[str] = []
    if len(set(sexes)) > 1:
        shown = {f"room_{kind}": sexes.count(kind) for kind in ("F", "M", "any")} | shown
    elif sexes[0] != "any":
        said = [say.word(f"{'room' if len(sexes) == 1 else 'all'}_{sexes[0]}")]
    counted = {kind: say.number(count, "bed") for kind, count in shown.items() if count}
    return said + [say.say(f"free_beds.{kind}", number=count)[0] for kind, count in counted.items()]


def _sex(row: Any) -> str:
    """`F` or `M` for a bed that only one sex can take now, else `any`."""
    named = {SexRule.FEMALE: "F", SexRule.MALE: "M"}.get(SexRule(row.sex_rule))
    return named or (str(row.room_sex)[:1] if row.room_sex and row.sex_rule != SexRule.ANY else "any")


def _by_bed(page: Page, services: Services, table: pd.DataFrame) -> None:
    """Each bed by room and number, up to the longest list."""
    say, limit = page.wording, services.tools.max_rows
    for row in rows_of(table.head(limit)):
        marks = [say.word(mark) for mark in ("isolation", "ventilator") if getattr(row, mark)]
        sex = _sex(row)
        marks += [say.word(f"room_{sex}")] if sex != "any" else []
        key = "free_beds.bed" if marks else "free_beds.bed_plain"
        page.row(key, room=str(row.room), bed=str(row.bed), marks=say.word("comma").join(marks))
    if len(table) > limit:
        page.row("free_beds.more", beds=say.count("bed", len(table) - limit))


def _next_step(page: Page, services: Services, unit: Unit | None, at: datetime) -> None:
    """Who waits for these beds; where nobody does, how to see more."""
    waiting = len(services.store.waiting(at, unit.code if unit else None))
    if waiting:
        page.change("free_beds.waiting", waiting=page.wording.count("patient", waiting))
        page.next_step("free_beds.waiting_next")
    if unit is None:
        page.next_step("free_beds.house_next")


def waiting(services: Services, arguments: "ShowStateArguments", context: Context, at: datetime) -> Outcome:
    """Who waits for a bed, since when, and with what needs."""
    unit = services.unit(arguments.unit)
    page = Page(wording(context.language), census_source(services, context, at))
    say = page.wording
    table = services.store.waiting(at, unit.code if unit else None)
    common = {"where": say.unit(unit) if unit else say.word("whole_hospital"), "at": say.moment(at)}
    if not len(table):
        page.headline("waiting.nobody", **common)
        page.caveat("waiting.none")
        return page.outcome({"rows": []})
    key = "waiting.headline_past" if at < context.at else "waiting.headline"
    page.headline(key, **common, patients=say.count("patient", len(table)))
    waits = _minute(at) - table.since.dt.floor("min")
    page.reason(
        "waiting.longest" if len(table) > 1 else "waiting.only",
        longest=say.duration(waits.max()),
        mean=say.duration(waits.mean()),
    )
    limit = services.tools.max_rows
    for row in rows_of(table.sort_values("since").head(limit)):
        page.row(
            "waiting.row",
            patient=str(row.visit),
            target=say.unit_short(services.unit_by_code(str(row.to_unit))),
            place=_place(services, say, str(row.from_unit or "")),
            needs=needs_words(say, row),
            hours=say.duration(_minute(at) - row.since.floor("min")),
        )
    if len(table) > limit:
        page.row("waiting.more", patients=say.count("patient", len(table) - limit))
    if key == "waiting.headline":
        page.next_step("waiting.next")
    return page.outcome({"rows": plain_rows(table)})


def _minute(at: datetime) -> datetime:
    """Waits are told in minutes, as bed plans tell them."""
    return at.replace(second=0, microsecond=0)


def _place(services: Services, say: Wording, code: str) -> str:
    return say.unit_short(services.unit_by_code(code)) if code else say.word("place_unknown")
