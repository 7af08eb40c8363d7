"""Does the risk that plans promise come true? Rosters and bed forecasts replayed in simulated futures.

A hospital is simulated. On each of many evenings, from what has happened until then, every unit's patients are
forecast, its nurses are rostered for 14 days, and the chance of every shift being short, and of every night without
a free bed, is promised. Then the simulation goes on from that very evening several times, each time with other chance
events, and it is counted how often it was so.
"""

import json
import math
import os
import sys
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from itertools import pairwise
from random import Random
from typing import Any

import pandas as pd

from assistant.forecast.daily import forecast_series
from assistant.plan.risk.counts import Counts
from assistant.plan.risk.staffing import ShiftRisk, nurses_for, shift_risks
from assistant.plan.settings import PlanSettings
from assistant.plan.staffing.plan import CoverRow
from assistant.plan.staffing.problem import RosterProblem
from assistant.plan.staffing.solve import solve
from assistant.records.demand import Demand
from assistant.sample.flow import Flow
from assistant.sample.hospital import PLACES, all_beds
from assistant.sample.patients import PatientBook
from assistant.sample.settings import SampleSettings
from eval.house import Unheard, roster_problems

DAYS = 14
HISTORY_DAYS = 120
"""Simulated days before the first plan; forecasts learn from them."""
SPACING_DAYS = 9
"""Days between two plans; not a multiple of 7, so that they fall on all weekdays."""
BUCKETS = (0.0, 0.01, 0.02, 0.05, 0.10, 0.20, 0.35, 0.50, 1.0)
# The hour at which the patients of a shift are counted: in its middle, at midnight for the night shift.
_HOURS = {"E": 12, "L": 18, "N": 24}
_LEVEL, _THIN = 0.95, 0.5
Census = dict[str, dict[str, int]]
"""Patients by unit, for each time of counting (`YYYY-MM-DD HH`)."""


@dataclass(frozen=True)
class Promise:
    """One chance that was promised, and in how many futures it came true.

    Attributes:
        start: Number of the evening on which it was made.
        chance: Promised, 0 to 1.
        seen: Share of the futures in which it was so.
    """

    start: int
    chance: float
    seen: float


def measure(starts: int, futures: int, seed: int = 20, year: int = 2027, usual: bool = True) -> dict[str, Any]:
    """Simulate, promise, replay; prints a table for each kind of promise and returns the report.

    Args:
        starts: Evenings on which plans are made, the last one nine days before the middle of March.
        futures: Simulated from each evening.
        seed: Of the simulated hospital.
        year: Of that March.
        usual: Promise from the forecast and from what is usual, as the assistant does; else from the forecast alone.
    """
    promises: dict[str, list[Promise]] = defaultdict(list)
    settings = SampleSettings(seed, days=HISTORY_DAYS + starts * SPACING_DAYS, end=datetime(year, 3, 14, 20, 0))
    flow = Flow(settings, PatientBook(Random(f"{settings.seed}/patients")), Unheard())
    history: Census = {}
    _run(flow, settings.start + timedelta(days=HISTORY_DAYS), history)
    for number in range(starts):
        evening = flow.now
        seen = [_future(flow, f"{number}/{future}") for future in range(futures)]
        for kind, chance, came in _promised(history, evening, seen, usual):
            promises[kind].append(Promise(number, chance, came))
        print(f"{number + 1} of {starts}: {evening}", file=sys.stderr, flush=True)
        _run(flow, evening + timedelta(days=SPACING_DAYS), history)
    tables = {kind: _table(found) for kind, found in sorted(promises.items())}
    for kind, rows in tables.items():
        _show(kind, rows)
    return {"starts": starts, "futures": futures, "seed": seed, "year": year, "usual": usual, "tables": tables}


def _run(flow: Flow, until: datetime, census: Census) -> None:
    """Let the days go by, counting patients at noon, 18 and 24 o'clock."""
    day = flow.now.date()
    while day <= until.date():
        for hour in sorted(set(_HOURS.values())):
            at = datetime.combine(day, datetime.min.time()) + timedelta(hours=hour)
            if flow.now < at <= until:
                flow.run_until(at)
                census[_key(day, hour)] = dict(flow.board.present)
        day += timedelta(days=1)
    if flow.now < until:
        flow.run_until(until)


def _key(day: date, hour: int) -> str:
    return f"{day} {hour:02d}"


def _future(flow: Flow, name: str) -> Census:
    """What happens in the next days with other chance events, in a process of its own that starts as a copy of this."""
    reader, writer = os.pipe()
    if child := os.fork():
        os.close(writer)
        with os.fdopen(reader, encoding="utf-8") as pipe:
            told = pipe.read()
        os.waitpid(child, 0)
        return dict(json.loads(told))
    try:
        for number, random in enumerate((flow._random, flow._calendar._random, flow.board._random, flow.book.random)):
            random.seed(f"future {name}/{number}")
        census: Census = {}
        _run(flow, flow.now + timedelta(days=DAYS + 1), census)
        with os.fdopen(writer, "w", encoding="utf-8") as pipe:
            pipe.write(json.dumps(census))
    finally:
        os._exit(0)


def _promised(
    history: Census, evening: datetime, futures: Sequence[Census], usual: bool
) -> list[tuple[str, float, float]]:
    """Kind, chance promised and share seen, of every shift and night of every unit."""
    found = []
    for problem in roster_problems(DAYS, first=evening.date() + timedelta(days=1)):
        beds = sum(bed.open for bed in all_beds() if bed.unit == problem.unit)
        bare = _expected(history, problem, evening, usual)
        capped = {day: replace(counts, most=beds) for day, counts in bare.items()}
        found += _shifts(problem, capped, futures)
        for day, counts in bare.items():
            full = [future[_key(day, 24)][problem.unit] >= beds for future in futures]
            found.append(("night without a free bed", counts.at_least(beds), _share(full)))
    return found


def _expected(history: Census, problem: RosterProblem, evening: datetime, usual: bool) -> dict[date, Counts]:
    """The forecast of each planned day, from complete days only, as the assistant makes it (or without `usual`)."""
    days = [date.fromisoformat(key[:10]) for key in history if key.endswith(" 24")]
    series = pd.Series([float(history[_key(day, 24)][problem.unit]) for day in days], index=pd.DatetimeIndex(days))
    lead = (evening.date() - days[-1]).days
    quantiles = forecast_series(series, DAYS, is_level=True, lead=lead).quantiles
    levels = [float(level) for level in quantiles.columns]
    rows = zip(problem.days, quantiles.to_numpy(float), strict=True)
    past = series.to_list() if usual else []
    return {day: Counts.of(dict(zip(levels, row, strict=True)), history=past) for day, row in rows}


def _shifts(
    problem: RosterProblem, expected: dict[date, Counts], futures: Sequence[Census]
) -> list[tuple[str, float, float]]:
    """Promises of one unit's roster, held against the patients at midnight and against those in the shift."""
    place = next(place for place in PLACES if place.unit.code == problem.unit)
    day_ratio, night_ratio = place.unit.patients_per_nurse_day, place.unit.patients_per_nurse_night
    assert day_ratio is not None and night_ratio is not None
    ratios = {shift.shift: night_ratio if shift.night else day_ratio for shift in problem.shifts}

    def needed(level: float) -> list[Demand]:
        nurses = [nurses_for(expected[need.day].enough_for(level), ratios[need.shift]) for need in problem.demand]
        return [replace(need, nurses=count) for need, count in zip(problem.demand, nurses, strict=True)]

    plan = solve(replace(problem, demand=tuple(needed(_LEVEL))), PlanSettings(seconds=1.0, local_share=0.9))
    # Few shifts of such a roster are at risk; thin cover, exactly as many nurses as half of the days need, has many.
    thin = [CoverRow(need.day, need.shift, need.nurses, need.nurses, 0) for need in needed(_THIN)]
    found = _held(problem.unit, "short shift", shift_risks(plan.coverage, ratios, expected), ratios, futures)
    return found + _held(problem.unit, "thin cover", shift_risks(thin, ratios, expected), ratios, futures)


def _held(
    unit: str, kind: str, risks: Sequence[ShiftRisk], ratios: Mapping[str, float], futures: Sequence[Census]
) -> list[tuple[str, float, float]]:
    """Each promise beside what was seen, by the patients at midnight (as promised) and by those in the shift."""
    found = []
    for risk in risks:
        for when, hour in (("at midnight", 24), ("in the shift", _HOURS[risk.shift])):
            patients = [future[_key(risk.day, hour)][unit] for future in futures]
            short = [nurses_for(count, ratios[risk.shift]) > risk.nurses for count in patients]
            found.append((f"{kind}, patients {when}", risk.short, _share(short)))
    return found


def _share(held: Sequence[bool]) -> float:
    return sum(held) / len(held)


def _table(promises: Sequence[Promise]) -> list[dict[str, float]]:
    """Promised against seen by bucket of the promise; the standard error takes each evening as one observation."""
    rows = []
    for low, high in pairwise(BUCKETS):
        inside = [p for p in promises if low <= p.chance < high or (high == 1.0 and p.chance == 1.0)]
        if inside:
            by_start: dict[int, list[float]] = defaultdict(list)
            for promise in inside:
                by_start[promise.start].append(promise.seen - promise.chance)
            weights = [len(off) for off in by_start.values()]
            mean = sum(p.seen - p.chance for p in inside) / len(inside)
            spread = sum((sum(off) - mean * len(off)) ** 2 for off in by_start.values())
            rows.append(
                {
                    "from": low,
                    "to": high,
                    "promises": len(inside),
                    "promised": sum(p.chance for p in inside) / len(inside),
                    "seen": sum(p.seen for p in inside) / len(inside),
                    "error": math.sqrt(spread) / sum(weights),
                }
            )
    return rows


def _show(kind: str, rows: Sequence[dict[str, float]]) -> None:
    print(f"\n{kind}\n\n| promised | number | promised, mean | seen | standard error |\n|---|---|---|---|---|")
    for row in rows:
        span = f"{100 * row['from']:.0f} to {100 * row['to']:.0f} %"
        shown = [f"{100 * row[name]:.1f} %" for name in ("promised", "seen", "error")]
        print(f"| {span} | {row['promises']:,} | {' | '.join(shown)} |")
