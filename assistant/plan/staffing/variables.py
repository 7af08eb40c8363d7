"""The decisions of a roster: one yes or no for each person, day and shift, beside the shifts already known."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from ortools.sat.python import cp_model

from assistant.plan.rulebook import RuleBook
from assistant.plan.staffing.problem import Duty, RosterProblem
from assistant.plan.staffing.shares import Share, fair_shares
from assistant.plan.staffing.skills import has_skill
from assistant.records.staff import Shift

Expression = cp_model.LinearExpr


_NOTHING = cp_model.LinearExpr.constant(0)


@dataclass(frozen=True)
class Total:
    """A sum over planned duties, and what the known shifts add to it.

    Attributes:
        planned: Sum that the plan decides.
        known: Constant part, from shifts fixed outside the plan.
        open: Whether the plan decides anything here.
    """

    planned: Expression
    known: int
    open: bool

    def __add__(self, other: "Total") -> "Total":
        return Total(self.planned + other.planned, self.known + other.known, self.open or other.open)

    @property
    def value(self) -> Expression:
        """The whole sum."""
        return self.planned + self.known

    def at_most(self, limit: int) -> cp_model.BoundedLinearExpression | bool:
        """The limit holds; where known shifts break it already, the plan may at least not make it worse."""
        return self.planned <= max(0, limit - self.known) if self.open else True


class RosterModel:
    """A CP-SAT model of a roster, with its rule book and the sums that rules and goals speak of.

    Args:
        problem: What to plan.
        switchable: See `RuleBook`.
        shares: Of these people, where `problem` is a part of a larger one whose burden they share; None to split
            the burden among them alone.
    """

    def __init__(
        self, problem: RosterProblem, switchable: bool = False, shares: Mapping[str, Share] | None = None
    ) -> None:
        self.problem = problem
        self.cp = cp_model.CpModel()
        self.book = RuleBook(self.cp, switchable)
        self.works: dict[Duty, cp_model.IntVar] = {
            Duty(person.staff, day, shift.shift): self.cp.new_bool_var(f"{person.staff} {day} {shift.shift}")
            for person in problem.people
            for day in problem.days
            for shift in problem.shifts
        }
        self.shares = dict(shares) if shares is not None else fair_shares(problem)
        self._planned_days = frozenset(problem.days)

    def choices(self, staff: str, day: date) -> list[tuple[Shift, cp_model.IntVar]]:
        """The shifts that the plan may give a person on a day; none outside the window."""
        if day not in self._planned_days:
            return []
        return [(shift, self.works[Duty(staff, day, shift.shift)]) for shift in self.problem.shifts]

    def known(self, staff: str, day: date) -> tuple[Shift, ...]:
        """The shifts of a person on a day that are fixed outside the plan."""
        return self.problem.known.get((staff, day), ())

    def total(self, staff: str, days: Iterable[date], counts: Callable[[Shift], int]) -> Total:
        """Sum of `counts(shift)` over the shifts of a person on `days`."""
        variables: list[cp_model.IntVar] = []
        factors: list[int] = []
        known = 0
        for day in days:
            known += sum(counts(shift) for shift in self.known(staff, day))
            for shift, works in self.choices(staff, day):
                if counts(shift):
                    variables.append(works)
                    factors.append(counts(shift))
        return Total(cp_model.LinearExpr.weighted_sum(variables, factors), known, bool(variables))

    def only(self, works: cp_model.IntVar | None) -> Total:
        """One shift as a sum: planned where `works` is its variable, known where it is None."""
        return Total(_NOTHING, 1, False) if works is None else Total(works, 0, True)

    def slots(self, staff: str, day: date) -> list[tuple[Shift, cp_model.IntVar | None]]:
        """All shifts that a person may have on a day; None stands for a known one."""
        return [*((shift, None) for shift in self.known(staff, day)), *self.choices(staff, day)]

    def on_duty(self, day: date, shift: str, skill: str = "") -> Expression:
        """Number of people on a shift; with `skill`, of those who have it."""
        people = [person for person in self.problem.people if not skill or has_skill(person, skill)]
        return cp_model.LinearExpr.sum([self.works[Duty(person.staff, day, shift)] for person in people])


def shift_minutes(shift: Shift) -> int:
    """Counts paid minutes."""
    return shift.minutes


def one_shift(shift: Shift) -> int:
    """Counts shifts."""
    return 1


def one_night(shift: Shift) -> int:
    """Counts night shifts."""
    return int(shift.night)
