"""A first roster to start the search from: day by day, each shift to those who owe most, asking the checker each time.

It only has to be good enough to begin with; that the search starts from it makes large units plannable in seconds.
"""

from bisect import insort
from collections.abc import Sequence
from datetime import date

from assistant.plan.staffing.check import person_faults
from assistant.plan.staffing.problem import Duty, RosterProblem
from assistant.plan.staffing.score import wish_met
from assistant.plan.staffing.shares import fair_shares, unavoidable_minutes
from assistant.plan.staffing.skills import NEW, PRECEPTOR, has_skill
from assistant.plan.staffing.worked import Worked, on_the_clock, worked_shifts
from assistant.records.staff import Person, Shift


def first_roster(problem: RosterProblem) -> set[Duty]:
    """A roster within all rules but perhaps the least contract hours, hard cover, and what is forced."""
    draft = _Draft(problem)
    for duty in problem.forced:
        if duty.shift:
            draft.give(draft.people[duty.staff], duty.day, problem.shift_types[duty.shift])
    for need in sorted(problem.demand, key=lambda need: (need.day, -draft.rank(need.shift))):
        shift = problem.shift_types[need.shift]
        for skill, count in need.skills:
            able = [person for person in problem.people if has_skill(person, skill)]
            draft.fill(able, need.day, shift, count - draft.on_duty(need.day, shift, able))
        draft.fill(problem.people, need.day, shift, need.nurses - draft.on_duty(need.day, shift, problem.people))
    draft.fill_contracts()
    return draft.duties


class _Draft:
    """A roster that grows; every duty given keeps the working-time rules."""

    def __init__(self, problem: RosterProblem) -> None:
        self._problem = problem
        self._shares = fair_shares(problem)
        self._worked = worked_shifts(problem, ())
        self._forbidden = {(duty.staff, duty.day, duty.shift) for duty in problem.forbidden}
        self._wishes = {(wish.staff, wish.day): wish for wish in problem.wishes}
        self._codes = [shift.shift for shift in problem.shifts]
        self.people = {person.staff: person for person in problem.people}
        self._guides = [person.staff for person in problem.people if has_skill(person, PRECEPTOR)]
        self.duties: set[Duty] = set()

    def rank(self, shift: str) -> int:
        """Position among the shifts of the day; late ones are filled first, since fewer people can take them."""
        return self._codes.index(shift)

    def on_duty(self, day: date, shift: Shift, people: Sequence[Person]) -> int:
        """How many of `people` have the shift."""
        return sum(Duty(person.staff, day, shift.shift) in self.duties for person in people)

    def fill(self, people: Sequence[Person], day: date, shift: Shift, missing: int) -> None:
        """Gives the shift to as many of `people` as are missing, those first who owe most and do not mind."""
        for person in sorted(people, key=lambda person: self._reluctance(person, day, shift)):
            if missing <= 0:
                return
            missing -= self.give(person, day, shift)

    def fill_contracts(self) -> None:
        """Gives more shifts to people who are below their contract hours, where least are too many."""
        free = unavoidable_minutes(self._problem)
        needs = {(need.day, need.shift): need.nurses for need in self._problem.demand}
        for person in self._problem.people:
            places = [(day, shift) for day in self._problem.days for shift in self._problem.shifts]
            surplus = {
                (day, shift.shift): self.on_duty(day, shift, self._problem.people) - needs.get((day, shift.shift), 0)
                for day, shift in places
            }
            for day, shift in sorted(places, key=lambda place: (surplus[place[0], place[1].shift], place[0])):
                if self._owed(person) > free:
                    self.give(person, day, shift)

    def give(self, person: Person, day: date, shift: Shift) -> bool:
        """Gives one duty if every rule allows it."""
        if self._forbidden & {(person.staff, day, shift.shift), (person.staff, day, "")}:
            return False
        if has_skill(person, NEW) and not self._guided(day, shift):
            return False
        shifts = self._worked[person.staff]
        if any(item.day == day for item in shifts) or self._too_much(person, shift):
            return False
        tried = [*shifts]
        insort(tried, on_the_clock(shift, day, planned=True), key=_order)
        if person_faults(self._problem, person, tried):
            return False
        self._worked[person.staff] = tried
        self.duties.add(Duty(person.staff, day, shift.shift))
        return True

    def _guided(self, day: date, shift: Shift) -> bool:
        """A preceptor is on the shift already."""
        return any(Duty(staff, day, shift.shift) in self.duties for staff in self._guides)

    def _minutes(self, person: Person) -> int:
        days = set(self._problem.days)
        return sum(item.shift.minutes for item in self._worked[person.staff] if item.day in days)

    def _owed(self, person: Person) -> int:
        return self._shares[person.staff].contract_minutes - self._minutes(person)

    def _too_much(self, person: Person, shift: Shift) -> bool:
        most = self._shares[person.staff].most_minutes
        return most is not None and self._minutes(person) + shift.minutes > most

    def _reluctance(self, person: Person, day: date, shift: Shift) -> tuple[bool, bool, float, str]:
        """Sorts last who has had the fair share of nights, wishes otherwise, or owes little."""
        share = self._shares[person.staff]
        nights = sum(item.shift.night for item in self._worked[person.staff] if item.planned)
        tired = shift.night and share.nights is not None and nights >= share.nights
        wish = self._wishes.get((person.staff, day))
        unwilling = wish is not None and not wish_met(wish, shift.shift)
        owed = self._owed(person) / share.contract_minutes if share.contract_minutes else 0.0
        return tired, unwilling, -owed, person.staff


def _order(item: Worked) -> tuple:
    return item.start, item.end
