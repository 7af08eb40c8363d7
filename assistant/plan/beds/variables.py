"""The decisions of a bed plan: from which night on a patient uses a group of beds."""

from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property

from ortools.sat.python import cp_model

from assistant.plan.beds.fit import may_step_down, misfits, suits_unit
from assistant.plan.beds.groups import BedGroup, group_beds
from assistant.plan.beds.problem import BedProblem, Patient
from assistant.plan.rulebook import RuleBook

Expression = cp_model.LinearExpr
expression_sum = cp_model.LinearExpr.sum

TRANSFER_NIGHTS = 3
"""Transfers to make room are planned this many nights ahead; later ones are better decided with newer records."""


@dataclass(frozen=True)
class Option:
    """One possible move.

    Attributes:
        patient, group: Who, and to which beds.
        start: First night there; end: first night no longer there, at most the end of the window.
        starts: The decision.
    """

    patient: Patient
    group: BedGroup
    start: int
    end: int
    starts: cp_model.IntVar

    @property
    def nights(self) -> int:
        """Nights there within the window."""
        return self.end - self.start


class BedModel:
    """A CP-SAT model of a bed plan, with its rule book and the sums that rules and goals speak of.

    Options exist only where a patient fits the bed; what is forced gets its options too, and the rules against them
    are then stated, so that a conflict can be named.
    """

    def __init__(self, problem: BedProblem, switchable: bool = False) -> None:
        self.problem = problem
        self.cp = cp_model.CpModel()
        self.book = RuleBook(self.cp, switchable)
        self.groups = group_beds(problem)
        self.movers = (*problem.waiting, *self._transfer_candidates())
        self.options = [option for patient in self.movers for option in self._options(patient)]

    def _transfer_candidates(self) -> list[Patient]:
        """Present patients who may be moved and whose bed somebody waiting could use, and those who must be moved."""
        forced = {choice.visit for choice in self.problem.forced}
        return [
            patient
            for patient in self.problem.present
            if patient.visit in forced or (may_step_down(self.problem, patient) and self._is_wanted(patient.bed))
        ]

    def _is_wanted(self, address: str) -> bool:
        bed = self.problem.bed_by_address[address]
        return any(suits_unit(self.problem, patient, bed) for patient in self.problem.waiting)

    def _options(self, patient: Patient) -> list[Option]:
        last = self.problem.days if patient.wants else min(TRANSFER_NIGHTS, self.problem.stays_until(patient))
        found = []
        for group in self.groups:
            if patient.bed in {bed.address for bed in group.beds} or not self._possible(patient, group):
                continue
            for start in range(last):
                starts = self.cp.new_bool_var(f"{patient.visit} {group.name} night {start}")
                end = self.problem.leaves_after(patient, start)
                found.append(Option(patient, group, start, end, starts))
        return found

    def _possible(self, patient: Patient, group: BedGroup) -> bool:
        forced = any(c.visit == patient.visit and c.means(group.like.address) for c in self.problem.forced if c.place)
        return forced or not misfits(self.problem, patient, group.like)

    @cached_property
    def by_visit(self) -> dict[str, list[Option]]:
        """Options of each patient who may move."""
        found: dict[str, list[Option]] = {patient.visit: [] for patient in self.movers}
        for option in self.options:
            found[option.patient.visit].append(option)
        return found

    @cached_property
    def by_room_night(self) -> dict[tuple[str, int], list[Option]]:
        """Options that use a room in a night."""
        found: dict[tuple[str, int], list[Option]] = defaultdict(list)
        for option in self.options:
            for night in range(option.start, option.end):
                found[option.group.room, night].append(option)
        return dict(found)

    def placed(self, visit: str) -> Expression:
        """1 if the patient gets one of the options, else 0."""
        return expression_sum([option.starts for option in self.by_visit[visit]])

    def still_there(self, patient: Patient, night: int) -> Expression:
        """1 while the patient still uses the bed of now in that night, else 0."""
        if night >= self.problem.stays_until(patient):
            return cp_model.LinearExpr.constant(0)
        gone = [option.starts for option in self.by_visit.get(patient.visit, ()) if option.start <= night]
        return 1 - expression_sum(gone)

    @cached_property
    def lying(self) -> dict[str, Patient]:
        """Who lies in which bed now, by its address."""
        everybody = self.problem.patient_by_visit.values()
        return {patient.bed: patient for patient in everybody if patient.bed}
