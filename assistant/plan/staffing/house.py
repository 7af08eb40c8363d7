"""Rosters of several units at once: each by itself, then help for the shifts that stay short.

A nurse who has the usual skills of a unit may be lent to it: on a day off, or instead of a shift at home where more are
planned than needed. The unit that lends keeps its own cover and skills, and everything a person works counts in both
units' rules. What no colleague can fill, agency nurses do, at their price.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from assistant.plan.explain.near import Near
from assistant.plan.result import Reason, Status
from assistant.plan.settings import PlanSettings, RosterWeights
from assistant.plan.staffing.check import check_roster
from assistant.plan.staffing.first_roster import first_roster
from assistant.plan.staffing.help import Help, labelled, with_help
from assistant.plan.staffing.lending import UnitRoster, offers
from assistant.plan.staffing.plan import RosterPlan
from assistant.plan.staffing.problem import Duty, RosterProblem
from assistant.plan.staffing.score import costs_of, coverage_of, fairness_of, reasons_of
from assistant.plan.staffing.solve import solve
from assistant.plan.watch import Run, Watch
from assistant.records.staff import RosterEntry

_ROUNDS = 3
"""Searches for one unit's help; after each, those are left out who could not be spared after all."""


@dataclass(frozen=True)
class Loan:
    """One shift worked in another unit; `instead` is the shift at home that it replaces, empty on a day off."""

    staff: str
    home: str
    unit: str
    day: date
    shift: str
    instead: str = ""


@dataclass(frozen=True)
class HouseRoster:
    """All units' rosters.

    Attributes:
        units: By unit, in the order they were given.
        loans: Shifts of nurses lent between them.
        agency: Shifts of agency nurses, with their unit.
        check: Broken rules between the units; what is broken within one is in its plan.
    """

    units: dict[str, UnitRoster]
    loans: tuple[Loan, ...] = ()
    agency: tuple[tuple[str, Duty], ...] = ()
    check: tuple[Reason, ...] = ()


def plan_house(
    problems: Sequence[RosterProblem], settings: PlanSettings | None = None, watch: Watch | None = None
) -> HouseRoster:
    """Rosters of all units within the time limit of `settings`, shared among them, and the help between them.

    Args:
        problems: One of each unit, all for the same days; nobody is in two of them.
        settings: Limits, seed, weights, prices of help; the same settings give the same rosters.
        watch: Told of the cost of all units together; able to stop.
    """
    settings = settings or PlanSettings()
    watch = watch or Watch()
    state = _State(settings, _solved(problems, settings, watch))
    order = sorted(problems, key=lambda problem: (-_missing(state.units[problem.unit].plan), problem.unit))
    for problem in order:
        unit = state.units[problem.unit]
        if unit.plan.result.objective is not None and _missing(unit.plan) and not watch.stop.is_set():
            state.fill(problem.unit)
    house = HouseRoster(state.units, tuple(state.loans), tuple(state.hired))
    return replace(house, check=check_house(house))


def _solved(problems: Sequence[RosterProblem], settings: PlanSettings, watch: Watch) -> dict[str, UnitRoster]:
    """Each unit's roster by itself; the progress told is that of all together."""
    run = Run(watch)
    weights = settings.roster_weights
    firsts = {p.unit: tuple(sorted(first_roster(p))) for p in problems}
    costs = {p.unit: _cost(p, firsts[p.unit], weights) for p in problems}
    bounds = dict.fromkeys(costs, 0.0)
    if not any(check_roster(p, firsts[p.unit]) for p in problems):
        run.note(sum(costs.values()))
    each = replace(settings, seconds=settings.seconds / max(1, len(problems)))
    found = {}
    for problem in problems:

        def told(_: float, cost: float, bound: float, unit: str = problem.unit) -> None:
            costs[unit], bounds[unit] = min(cost, costs[unit]), bound
            run.note(sum(costs.values()), sum(bounds.values()))

        plan = solve(problem, each, watch=Watch(told, watch.stop))
        found[problem.unit] = UnitRoster(problem, problem, Help(), plan)
    return found


def _cost(problem: RosterProblem, duties: Sequence[Duty], weights: RosterWeights) -> float:
    cover, people = coverage_of(problem, duties), fairness_of(problem, duties)
    return sum(costs_of(problem, cover, people, duties, weights).values())


def _missing(plan: RosterPlan) -> int:
    """Nurses and skills missing, over all shifts."""
    return sum(row.short + sum(count for _, count in row.short_skills) for row in plan.coverage)


@dataclass
class _State:
    """The rosters while help is being given out."""

    settings: PlanSettings
    units: dict[str, UnitRoster]
    loans: list[Loan] = field(default_factory=list)
    hired: list[tuple[str, Duty]] = field(default_factory=list)

    def fill(self, code: str) -> None:
        """Seek help for one unit; whoever cannot be spared after all is left out and the search made again."""
        left_out: set[str] = set()
        for _ in range(_ROUNDS):
            unit = self.units[code]
            help, spared = offers(self.units, unit, self.settings, left_out)
            if not help.people:
                return
            extended = with_help(unit.problem, help)
            names = {person.staff for person in help.people}
            found = Near(extended, unit.plan.assignments, names, self.settings).cheapest()
            if not found.found or found.cost >= unit.plan.result.objective:  # type: ignore[operator]
                return
            came = [duty for duty in found.duties if duty.staff in names]
            homes = {h.staff: h.home for h in help.helpers if h.home}
            lent = [
                Loan(d.staff, homes[d.staff], code, d.day, d.shift, spared.get((d.staff, d.day), ""))
                for d in came
                if d.staff in homes
            ]
            lenders, unable = self._without(lent)
            if not unable:
                self._settle(code, help, lent, came, found.duties, lenders, spared)
                return
            left_out |= unable

    def _without(self, lent: Sequence[Loan]) -> tuple[dict[str, UnitRoster], set[str]]:
        """The units that lend, with their people away; and those whom a rule or the cover at home keeps there."""
        lenders: dict[str, UnitRoster] = {}
        unable: set[str] = set()
        for home in sorted({loan.home for loan in lent}):
            away = [loan for loan in lent if loan.home == home]
            unit = self.units[home]
            here = self.units[away[0].unit]
            gone = {(loan.staff, loan.day) for loan in away if loan.instead}
            entries = tuple(RosterEntry(loan.staff, loan.unit, loan.day, loan.shift) for loan in away)
            given = Help(history=entries, other_shifts=labelled(here.base))
            problem = with_help(unit.problem, given)
            duties = tuple(duty for duty in unit.plan.assignments if (duty.staff, duty.day) not in gone)
            plan = rescored(problem, duties, unit.plan, self.settings)
            people = {loan.staff for loan in away}
            unable |= people.intersection(reason.subject for reason in plan.rule_check)
            if _missing(plan) > _missing(unit.plan) or (plan.rule_check and not unable):
                unable |= people
            lenders[home] = UnitRoster(unit.base, problem, unit.help + given, plan)
        return lenders, unable

    def _settle(
        self,
        code: str,
        help: Help,
        lent: Sequence[Loan],
        came: Sequence[Duty],
        duties: tuple[Duty, ...],
        lenders: Mapping[str, UnitRoster],
        spared: Mapping[tuple[str, date], str],
    ) -> None:
        """Take the help in: the unit knows those who came, and their shifts at home that stay."""
        unit = self.units[code]
        kept = help.only({duty.staff for duty in came})
        replaced = {(loan.staff, loan.day) for loan in lent}
        stays = [
            RosterEntry(staff, home.problem.unit, day, shift)
            for (staff, day), shift in sorted(spared.items())
            if (staff, day) not in replaced
            for home in lenders.values()
            if any(loan.staff == staff and loan.home == home.problem.unit for loan in lent)
        ]
        kept = replace(kept, history=(*kept.history, *stays))
        problem = with_help(unit.problem, kept)
        plan = rescored(problem, duties, unit.plan, self.settings)
        self.units.update(lenders)
        self.units[code] = UnitRoster(unit.base, problem, unit.help + kept, plan)
        self.loans += lent
        self.hired += [(code, duty) for duty in came if not problem.help[duty.staff].home]


def rescored(problem: RosterProblem, duties: tuple[Duty, ...], plan: RosterPlan, settings: PlanSettings) -> RosterPlan:
    """The plan with other duties: cover, fairness, costs and check anew; nothing is proven of it."""
    cover, people = coverage_of(problem, duties), fairness_of(problem, duties)
    costs = costs_of(problem, cover, people, duties, settings.roster_weights)
    reasons = reasons_of(problem, cover, people, duties)
    result = replace(
        plan.result, status=Status.FEASIBLE, objective=sum(costs.values()), bound=0.0, costs=costs, reasons=reasons
    )
    return RosterPlan(problem.unit, problem.days, duties, result, cover, check_roster(problem, duties), people)


def check_house(house: HouseRoster) -> tuple[Reason, ...]:
    """Broken rules between units: a shift elsewhere that the home unit does not know of, and gaps where one lends."""
    broken: list[Reason] = []
    worked: dict[tuple[str, date], str] = {}
    for code, unit in house.units.items():
        for duty in unit.plan.assignments:
            other = worked.setdefault((duty.staff, duty.day), code)
            if other != code:
                broken.append(Reason("two_units", duty.staff, {"day": duty.day.isoformat(), "shift": duty.shift}))
    for loan in house.loans:
        home = house.units[loan.home]
        where = {"day": loan.day.isoformat(), "shift": loan.shift}
        entry = RosterEntry(loan.staff, loan.unit, loan.day, loan.shift)
        if entry not in home.problem.history:
            broken.append(Reason("two_units", loan.staff, where))
        short = [row for row in home.plan.coverage if (row.day, row.shift) == (loan.day, loan.instead)]
        if any(row.short for row in short):
            broken.append(Reason("lender_keeps", loan.staff, where))
    return tuple(broken)
