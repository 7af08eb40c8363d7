"""The decisions of a bed plan: one yes or no for each option."""

from collections import defaultdict
from collections.abc import Sequence
from functools import cached_property

from ortools.sat.python import cp_model

from assistant.plan.beds.options import Option
from assistant.plan.beds.problem import BedProblem, Patient
from assistant.plan.rulebook import RuleBook

Expression = cp_model.LinearExpr
expression_sum = cp_model.LinearExpr.sum


class BedModel:
    """A CP-SAT model of a bed plan, with its rule book and the sums that rules and goals speak of."""

    def __init__(self, problem: BedProblem, options: Sequence[Option], switchable: bool = False) -> None:
        self.problem = problem
        self.options = options
        self.cp = cp_model.CpModel()
        self.book = RuleBook(self.cp, switchable)
        self.starts: dict[Option, cp_model.IntVar] = {
            option: self.cp.new_bool_var(f"{option.patient.visit} {option.group.name} night {option.start}")
            for option in options
        }

    @cached_property
    def by_visit(self) -> dict[str, list[Option]]:
        """Options of each patient; none for those who stay."""
        found: dict[str, list[Option]] = {visit: [] for visit in self.problem.patient_by_visit}
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
        return expression_sum([self.starts[option] for option in self.by_visit[visit]])

    def still_there(self, patient: Patient, night: int) -> Expression:
        """1 while the patient still uses the bed of now in that night, else 0."""
        if night >= self.problem.stays_until(patient):
            return cp_model.LinearExpr.constant(0)
        gone = [self.starts[option] for option in self.by_visit[patient.visit] if option.start <= night]
        return 1 - expression_sum(gone)

    @cached_property
    def lying(self) -> dict[str, Patient]:
        """Who lies in which bed now, by its address."""
        everybody = self.problem.patient_by_visit.values()
        return {patient.bed: patient for patient in everybody if patient.bed}
