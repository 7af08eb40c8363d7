"""A first roster: everybody's cheapest schedule in turn, against what the others leave; then in turn again."""

from dataclasses import replace

import numpy as np

from assistant.errors import RecordError
from assistant.plan.roster.clock import Clock
from assistant.plan.roster.cost import counts_of
from assistant.plan.roster.pricing import Floats, Pricer, Window, marginal_prices
from assistant.plan.roster.problem import FREE, WEEK, Roster, Schedule

LARGE_TABLE = 6_000_000
"""Entries beyond which a horizon is planned in pieces."""
_LARGEST_TABLE = 120_000_000
_SLACKS = (2, 5, 12)
"""Attempts to plan a long horizon: shifts that the work done may lie off an even pace."""


def first_roster(pricer: Pricer, random: np.random.Generator) -> Roster:
    """A feasible roster.

    Raises:
        RecordError: Somebody's rules allow no schedule at all, or none was found; says whose.
    """
    problem = pricer.problem
    roster = np.full((len(problem.people), problem.days), FREE, dtype=np.int16)
    counts = counts_of(problem, roster)
    faults = []
    for person in _scarce_first(pricer, random):
        prices = pricer.base_prices[person] + marginal_prices(problem, counts)
        schedule = cheapest(pricer, int(person), prices)
        if schedule is None:
            faults.append(problem.people[person].name)
            continue
        roster[person] = schedule
        days = np.flatnonzero(schedule != FREE)
        counts[days, schedule[days]] += 1
    if faults:
        raise RecordError("No schedule that keeps the hard rules was found for these people:", faults[:20])
    return roster


def quick_roster(pricer: Pricer, random: np.random.Generator) -> Roster | None:
    """A feasible roster with few kinds of shift, found in a tenth of the time; None where those few do not suffice."""
    problem = pricer.problem
    room = [pricer.limits[:, pricer.classes == kind].sum(axis=1) for kind in range(len(pricer.may_follow))]
    enough = [np.minimum(total, problem.days).sum() for total in room]
    kept = [int(shift) for shift in np.flatnonzero(pricer.classes == int(np.argmax(enough)))]
    names = {problem.shifts[shift].name for shift in kept}
    few = replace(
        problem,
        shifts=[replace(problem.shifts[shift], not_before=problem.shifts[shift].not_before & names) for shift in kept],
        people=[replace(p, most_shifts={n: m for n, m in p.most_shifts.items() if n in names}) for p in problem.people],
        requests=[wish for wish in problem.requests if wish.shift in names],
        cover=[line for line in problem.cover if line.shift in names],
    )
    try:
        roster = first_roster(Pricer(few), random)
    except RecordError:
        return None
    return np.where(roster == FREE, FREE, np.array(kept)[roster]).astype(np.int16)


def improve_in_turn(pricer: Pricer, roster: Roster, random: np.random.Generator, clock: Clock) -> tuple[Roster, int]:
    """Gives everybody in random order the cheapest schedule beside the others', once; returns changes too."""
    problem, roster, changed = pricer.problem, roster.copy(), 0
    counts = counts_of(problem, roster)
    for person in random.permutation(len(problem.people)):
        if clock.over:
            break
        days = np.flatnonzero(roster[person] != FREE)
        counts[days, roster[person, days]] -= 1
        prices = pricer.base_prices[person] + marginal_prices(problem, counts)
        first, end = _open_days(pricer, int(person), random)
        window = pricer.window(int(person), first, end, roster[person])
        now = _price_of(roster[person, first:end], prices[first:end])
        offer = pricer.best(int(person), window, prices[first:end], now)
        if len(offer.costs):
            roster[person, first:end] = offer.schedules[0]
            changed += 1
        days = np.flatnonzero(roster[person] != FREE)
        counts[days, roster[person, days]] += 1
    return roster, changed


def cheapest(pricer: Pricer, person: int, prices: Floats) -> Schedule | None:
    """A person's cheapest schedule over the whole horizon, or a good one where the horizon is long; None: no such."""
    window = pricer.window(person, 0, pricer.problem.days, None)
    if window.table_size(pricer.states(person)) <= LARGE_TABLE:
        offer = pricer.best(person, window, prices)
        return offer.schedules[0] if len(offer.costs) else None
    for slack in (*_SLACKS, None):
        asked = window if slack is None else _paced(pricer, person, window, slack)
        size = asked.table_size(pricer.states(person))
        if size <= _LARGEST_TABLE:
            offer = pricer.best(person, asked, prices)
            if len(offer.costs):
                return offer.schedules[0]
    return None


def _scarce_first(pricer: Pricer, random: np.random.Generator) -> list[int]:
    """People who can do the fewest kinds of shift come first; the flexible ones fill the holes."""
    kinds = (pricer.limits > 0).sum(axis=1) + random.uniform(0, 0.9, len(pricer.limits))
    return [int(person) for person in np.argsort(kinds)]


def _open_days(pricer: Pricer, person: int, random: np.random.Generator) -> tuple[int, int]:
    days = pricer.problem.days
    if pricer.window(person, 0, days, None).table_size(pricer.states(person)) <= LARGE_TABLE:
        return 0, days
    weeks = min(6, -(-days // WEEK))
    first = int(random.integers(0, max(1, -(-days // WEEK) - weeks + 1))) * WEEK
    return first, min(days, first + weeks * WEEK)


def _price_of(schedule: Schedule, prices: Floats) -> float:
    return float(prices[np.arange(len(schedule)), schedule + 1].sum())


def _paced(pricer: Pricer, person: int, window: Window, slack: int) -> Window:
    """The whole horizon, work and weekends kept near an even pace over the days on which the person may work."""
    open_day = np.isfinite(pricer.base_prices[person, :, 1:]).any(axis=1)
    pace = np.concatenate([[0], np.cumsum(open_day)]) / max(1, open_day.sum())
    room = slack * int(pricer.lengths.max())
    low = np.maximum(window.low, (pricer.least_time[person] * pace).astype(np.int64) - room)
    high = np.minimum(window.high, (pricer.most_time[person] * pace).astype(np.int64) + room)
    weekends = np.ceil(window.weekends_left * pace).astype(np.int64) + slack
    return replace(window, low=low, high=high, weekends=np.minimum(window.weekends, weekends))
