"""Costs, coverage and fairness of a finished roster, computed from the roster and not from the solver's model."""

import math
from collections.abc import Mapping, Sequence
from datetime import date

from assistant.plan.result import Reason
from assistant.plan.settings import RosterWeights
from assistant.plan.staffing.plan import CoverRow, FairnessRow
from assistant.plan.staffing.problem import Duty, RosterProblem
from assistant.plan.staffing.shares import Share, fair_shares, is_weekend, unavoidable_minutes
from assistant.plan.staffing.skills import has_skill
from assistant.plan.staffing.worked import Worked, heads, worked_shifts
from assistant.records.staff import Person, Wish, WishKind


def coverage_of(problem: RosterProblem, assignments: Sequence[Duty]) -> tuple[CoverRow, ...]:
    """Need, planned and missing nurses of every shift, in order of day and shift."""
    on_duty = heads(assignments)
    needs = {(need.day, need.shift): need for need in problem.demand}
    people = {person.staff: person for person in problem.people}
    rows = []
    for day in problem.days:
        for shift in problem.shifts:
            key = (day, shift.shift)
            nurses = needs[key].nurses if key in needs else 0
            staff = [people[name] for name in on_duty.get(key, ())]
            skills = needs[key].skills if key in needs else ()
            missing = [(skill, count - sum(has_skill(p, skill) for p in staff)) for skill, count in skills]
            short_skills = tuple((skill, count) for skill, count in missing if count > 0)
            if key in needs or staff:
                short = max(0, nurses - len(staff))
                rows.append(CoverRow(day, shift.shift, nurses, len(staff), short, short_skills))
    return tuple(rows)


def fairness_of(
    problem: RosterProblem, assignments: Sequence[Duty], shares: Mapping[str, Share] | None = None
) -> tuple[FairnessRow, ...]:
    """Every person's hours, nights, weekends and wishes in the window; `shares` as for `RosterModel`."""
    shares = fair_shares(problem) if shares is None else shares
    worked = worked_shifts(problem, assignments)
    duties = {(duty.staff, duty.day): duty.shift for duty in assignments}
    return tuple(_fairness(problem, p, shares[p.staff], worked[p.staff], duties) for p in problem.people)


def _fairness(
    problem: RosterProblem, person: Person, share: Share, shifts: list[Worked], duties: dict[tuple[str, date], str]
) -> FairnessRow:
    window = set(problem.days)
    worked = [item for item in shifts if item.day in window]
    wishes = [wish for wish in problem.wishes if wish.staff == person.staff and wish.day in window]
    return FairnessRow(
        staff=person.staff,
        name=person.name,
        hours=sum(item.shift.minutes for item in worked) / 60,
        contract_hours=share.contract_minutes / 60,
        shifts=len(worked),
        nights=sum(item.shift.night for item in worked),
        fair_nights=share.nights,
        weekend_days=sum(is_weekend(item.day) for item in worked),
        fair_weekend_days=share.weekend_days,
        wishes=len(wishes),
        wishes_met=sum(wish_met(wish, duties.get((wish.staff, wish.day))) for wish in wishes),
    )


def wish_met(wish: Wish, shift: str | None) -> bool:
    """Whether a person whose planned shift of that day is `shift` (None: free) has the wish kept."""
    meant = shift is not None and (wish.kind is WishKind.OFF or wish.shift in ("", shift))
    return meant if wish.kind is WishKind.WANT else not meant


def costs_of(
    problem: RosterProblem,
    coverage: Sequence[CoverRow],
    fairness: Sequence[FairnessRow],
    assignments: Sequence[Duty],
    weights: RosterWeights,
) -> dict[str, float]:
    """Cost of the roster by soft rule."""
    duties = {(duty.staff, duty.day): duty.shift for duty in assignments}
    unmet = [
        w.weight for w in problem.wishes if w.day in problem.days and not wish_met(w, duties.get((w.staff, w.day)))
    ]
    costs = {
        "short_nurse": float(
            sum(weights.short_nurse * row.short + weights.short_again * max(0, row.short - 1) for row in coverage)
        ),
        "short_skill": float(weights.short_skill * sum(count for row in coverage for _, count in row.short_skills)),
        "over_nurse": float(weights.over_nurse * sum(max(0, row.planned - row.need) for row in coverage)),
        "wishes": float(weights.wish * sum(unmet)),
        "contract_hours": float(weights.contract_hour * sum(_hours_off(problem, row) for row in fairness)),
        "nights": float(weights.night * sum(_beyond(row.nights, row.fair_nights) for row in fairness)),
        "weekends": float(weights.weekend * sum(_beyond(row.weekend_days, row.fair_weekend_days) for row in fairness)),
    }
    if problem.helpers:
        costs["helpers"] = float(sum(problem.help[d.staff].price for d in assignments if d.staff in problem.help))
    return costs


def _hours_off(problem: RosterProblem, row: FairnessRow) -> int:
    """Started hours off the contract beyond the unavoidable ones (hours come from whole minutes: rounding is exact)."""
    if row.staff in problem.help:
        return 0
    minutes = abs(round(row.hours * 60) - round(row.contract_hours * 60)) - unavoidable_minutes(problem)
    return max(0, math.ceil(minutes / 60))


def _beyond(count: int, share: int | None) -> int:
    if share is None:
        return 0
    return max(0, count - share) + max(0, count - share - 1)


def reasons_of(
    problem: RosterProblem, coverage: Sequence[CoverRow], fairness: Sequence[FairnessRow], assignments: Sequence[Duty]
) -> tuple[Reason, ...]:
    """What a reader of the roster should know: gaps first, then skills, wishes, and hours or nights off the share."""
    return (*_gaps(problem, coverage), *_unmet_wishes(problem, assignments), *_unfair(fairness))


def _gaps(problem: RosterProblem, coverage: Sequence[CoverRow]) -> list[Reason]:
    found = []
    for row in coverage:
        subject = f"{problem.unit} {row.day} {row.shift}"
        values = {"unit": problem.unit, "day": row.day.isoformat(), "shift": row.shift}
        if row.short:
            numbers = {"need": row.need, "planned": row.planned, "short": row.short}
            found.append(Reason("short_shift", subject, {**values, **numbers}))
        for skill, count in row.short_skills:
            able = sum(has_skill(person, skill) for person in problem.people)
            found.append(
                Reason("short_skill", subject, {**values, "skill": skill, "short": count, "people_with_it": able})
            )
    return found


def _unmet_wishes(problem: RosterProblem, assignments: Sequence[Duty]) -> list[Reason]:
    duties = {(duty.staff, duty.day): duty.shift for duty in assignments}
    return [
        Reason(
            "unmet_wish",
            wish.staff,
            {
                "day": wish.day.isoformat(),
                "wish": wish.kind.value,
                "shift": wish.shift,
                "weight": wish.weight,
                "planned": duties.get((wish.staff, wish.day), ""),
            },
        )
        for wish in problem.wishes
        if wish.day in problem.days and not wish_met(wish, duties.get((wish.staff, wish.day)))
    ]


def _unfair(fairness: Sequence[FairnessRow]) -> list[Reason]:
    found: list[Reason] = []
    for row in fairness:
        if row.fair_nights is not None and row.nights > row.fair_nights:
            found.append(Reason("many_nights", row.staff, {"nights": row.nights, "share": row.fair_nights}))
        if row.fair_weekend_days is not None and row.weekend_days > row.fair_weekend_days:
            values = {"days": row.weekend_days, "share": row.fair_weekend_days}
            found.append(Reason("many_weekends", row.staff, values))
        if row.contract_hours and abs(row.hours - row.contract_hours) >= _NOTABLE_HOURS:
            hours = {"hours": round(row.hours, 2), "contract_hours": round(row.contract_hours, 2)}
            found.append(Reason("hours_off_contract", row.staff, hours))
    return found


_NOTABLE_HOURS = 8.0
"""A shift's worth: smaller differences come from shifts being whole and are not worth a sentence."""
