"""Help between units: what it costs, who may be lent where, and a roster problem with its helpers."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from assistant.plan.staffing.problem import Helper, RosterProblem
from assistant.plan.staffing.skills import NEW, PRECEPTOR
from assistant.records.staff import Absence, Person, RosterEntry, Shift, Wish

_USUAL = 0.75
"""A skill is usual for a unit if at least this share of its nurses have it; a helper must have all of them."""
_NOT_OF_A_UNIT = frozenset({"charge", NEW, PRECEPTOR})


@dataclass(frozen=True)
class Help:
    """What a unit's roster problem gains by help: those who come, and shifts that its own people work elsewhere.

    Attributes:
        people, helpers, absences, wishes: Of those who come.
        history, other_shifts: Shifts elsewhere of those who come, and of own people who are lent.
    """

    people: tuple[Person, ...] = ()
    helpers: tuple[Helper, ...] = ()
    absences: tuple[Absence, ...] = ()
    wishes: tuple[Wish, ...] = ()
    history: tuple[RosterEntry, ...] = ()
    other_shifts: tuple[Shift, ...] = ()

    def __add__(self, other: "Help") -> "Help":
        return Help(*(mine + more for mine, more in zip(vars(self).values(), vars(other).values(), strict=True)))

    def only(self, staff: Iterable[str]) -> "Help":
        """The part that concerns these people; the shift types all stay."""
        kept = frozenset(staff)
        parts = {
            name: tuple(item for item in items if item.staff in kept)
            for name, items in vars(self).items()
            if name != "other_shifts"
        }
        return replace(self, **parts)


def with_help(problem: RosterProblem, help: Help) -> RosterProblem:
    """The problem with help; shift types that it knows already are not added again."""
    known = {(shift.unit, shift.shift) for shift in problem.other_shifts}
    new = {(shift.unit, shift.shift): shift for shift in help.other_shifts if shift.unit != problem.unit}
    return replace(
        problem,
        people=(*problem.people, *help.people),
        helpers=(*problem.helpers, *help.helpers),
        absences=(*problem.absences, *help.absences),
        wishes=(*problem.wishes, *help.wishes),
        history=(*problem.history, *help.history),
        other_shifts=(*problem.other_shifts, *(shift for key, shift in new.items() if key not in known)),
    )


def usual_skills(people: Sequence[Person]) -> frozenset[str]:
    """Skills that nearly everybody of a unit has, without those of single roles."""
    skills = {skill for person in people for skill in person.skills} - _NOT_OF_A_UNIT
    return frozenset(
        skill for skill in skills if sum(skill in person.skills for person in people) >= _USUAL * len(people)
    )


def may_help(person: Person, needed: frozenset[str]) -> bool:
    """Whether somebody has what a unit's nurses usually have, and is not in orientation."""
    return NEW not in person.skills and needed <= set(person.skills)


def labelled(problem: RosterProblem) -> tuple[Shift, ...]:
    """The unit's own shift types under its code, and those of others that it knows of."""
    return (*(replace(shift, unit=problem.unit) for shift in problem.shifts), *problem.other_shifts)


def agency(problem: RosterProblem, count: int, price: int) -> Help:
    """So many agency nurses with the unit's usual skills, none of whom is in charge."""
    skills = tuple(sorted(usual_skills([p for p in problem.people if p.staff not in problem.help])))
    people = tuple(
        Person(
            f"AGENCY-{problem.unit}-{n}",
            f"Agency nurse {n} ({problem.unit})",
            problem.unit,
            skills=skills,
            hours_per_week=0.0,
            name_zh=f"外聘护士{n}（{problem.unit}）",
        )
        for n in range(1, count + 1)
    )
    return Help(people, tuple(Helper(person.staff, price) for person in people))


def comes_from(
    home: RosterProblem, here: RosterProblem, person: Person, works: Mapping[date, str], most: int | None, price: int
) -> Help:
    """One nurse of `home` as a helper `here`, whose shifts at home on `works` (day and shift) stay."""
    entries = [entry for entry in home.history if entry.staff == person.staff]
    entries += [RosterEntry(person.staff, home.unit, day, shift) for day, shift in works.items()]
    planned = set(here.days)
    return Help(
        people=(replace(person, hours_per_week=0.0),),
        helpers=(Helper(person.staff, price, home.unit, most),),
        absences=tuple(item for item in home.absences if item.staff == person.staff),
        wishes=tuple(item for item in home.wishes if item.staff == person.staff and not item.shift),
        history=tuple(
            e for e in entries if not (e.unit == here.unit and (e.day in planned or e.shift not in here.shift_types))
        ),
        other_shifts=labelled(home),
    )
