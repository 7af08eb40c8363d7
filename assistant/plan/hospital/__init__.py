"""Beds, theatres and nurses together: the integrated hospital problem, solved by simulated annealing."""

from assistant.plan.hospital.cost import Score, evaluate
from assistant.plan.hospital.problem import WEIGHTS, HospitalPlan, HospitalProblem, Patient, Person
from assistant.plan.hospital.settings import HospitalSettings
from assistant.plan.hospital.solve import HospitalResult, Step, solve

__all__ = [
    "WEIGHTS",
    "HospitalPlan",
    "HospitalProblem",
    "HospitalResult",
    "HospitalSettings",
    "Patient",
    "Person",
    "Score",
    "Step",
    "evaluate",
    "solve",
]
