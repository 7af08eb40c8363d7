"""What a plan costs and which hard rules it breaks, counted afresh; shares nothing with the search but the problem.

The rules are those of the competition's specification (Ceschia et al. 2024): H1 to H7 and S1 to S8 there.
"""

from collections import defaultdict
from dataclasses import dataclass

import numpy as np

from assistant.plan.hospital.problem import HospitalPlan, HospitalProblem, Person

HARD = (
    "mixed_sexes",
    "barred_room",
    "surgeon_overtime",
    "theatre_overtime",
    "mandatory_out",
    "outside_window",
    "beds_short",
    "nurse_off_duty",
    "room_uncovered",
)
"""Hard rules, as the keys of `Score.violations`."""

Stay = tuple[Person, int, int]
"""Who, from which day on, in which room."""


@dataclass(frozen=True)
class Score:
    """Weighted cost by soft rule (`WEIGHTS` of the problem) and violations by hard rule, in the rule's own unit."""

    parts: dict[str, int]
    violations: dict[str, int]

    @property
    def cost(self) -> int:
        """Sum of the parts."""
        return sum(self.parts.values())

    @property
    def feasible(self) -> bool:
        """No hard rule is broken."""
        return not any(self.violations.values())


def evaluate(problem: HospitalProblem, plan: HospitalPlan) -> Score:
    """Counts everything; the plan may break any rule."""
    soft, hard = dict.fromkeys(problem.weights, 0), dict.fromkeys(HARD, 0)
    stays: list[Stay] = [(person, 0, person.room) for person in problem.occupants]
    for p, patient in enumerate(problem.patients):
        if plan.day[p] >= 0:
            stays.append((patient, int(plan.day[p]), int(plan.room[p])))
    _admissions(problem, plan, soft, hard)
    _surgeries(problem, plan, soft, hard)
    rooms = _rooms(problem, stays, soft, hard)
    _nurses(problem, plan, stays, rooms, soft, hard)
    return Score({name: problem.weights[name] * soft[name] for name in soft}, hard)


def _admissions(problem: HospitalProblem, plan: HospitalPlan, soft: dict[str, int], hard: dict[str, int]) -> None:
    for p, patient in enumerate(problem.patients):
        day = int(plan.day[p])
        if day < 0:
            soft["unscheduled"] += not patient.mandatory
            hard["mandatory_out"] += patient.mandatory
            continue
        soft["delay"] += max(0, day - patient.first_day)
        hard["outside_window"] += not patient.first_day <= day <= patient.last_day
        hard["barred_room"] += int(plan.room[p]) in patient.barred_rooms


def _surgeries(problem: HospitalProblem, plan: HospitalPlan, soft: dict[str, int], hard: dict[str, int]) -> None:
    surgeon: dict[tuple[int, int], int] = defaultdict(int)
    theatre: dict[tuple[int, int], int] = defaultdict(int)
    used: dict[tuple[int, int], set[int]] = defaultdict(set)
    for p, patient in enumerate(problem.patients):
        day, t = int(plan.day[p]), int(plan.theatre[p])
        if day >= 0:
            surgeon[patient.surgeon, day] += patient.surgery_minutes
            theatre[t, day] += patient.surgery_minutes
            used[patient.surgeon, day].add(t)
    hard["surgeon_overtime"] = sum(max(0, time - problem.surgeon_minutes[s][d]) for (s, d), time in surgeon.items())
    hard["theatre_overtime"] = sum(max(0, time - problem.theatre_minutes[t][d]) for (t, d), time in theatre.items())
    soft["open_theatre"] = len(theatre)
    soft["transfer"] = sum(len(theatres) - 1 for theatres in used.values())


def _rooms(
    problem: HospitalProblem, stays: list[Stay], soft: dict[str, int], hard: dict[str, int]
) -> dict[tuple[int, int], list[int]]:
    """Counts beds, sexes and ages; returns the stays in each room on each day."""
    rooms: dict[tuple[int, int], list[int]] = defaultdict(list)
    for e, (person, first, room) in enumerate(stays):
        for day in range(first, min(problem.days, first + person.days)):
            rooms[room, day].append(e)
    for (room, _), members in rooms.items():
        ones = sum(stays[e][0].sex for e in members)
        ages = [stays[e][0].age for e in members]
        hard["beds_short"] += max(0, len(members) - problem.capacity[room])
        hard["mixed_sexes"] += min(ones, len(members) - ones)
        soft["age_mix"] += max(ages) - min(ages)
    return rooms


def _nurses(
    problem: HospitalProblem,
    plan: HospitalPlan,
    stays: list[Stay],
    rooms: dict[tuple[int, int], list[int]],
    soft: dict[str, int],
    hard: dict[str, int],
) -> None:
    work = np.zeros(problem.max_load.shape, np.int64)
    seen: list[set[int]] = [set() for _ in stays]
    for (room, day), members in rooms.items():
        for k in range(day * problem.shifts, (day + 1) * problem.shifts):
            n = int(plan.nurse[room, k])
            if n < 0:
                hard["room_uncovered"] += 1
                continue
            hard["nurse_off_duty"] += bool(problem.max_load[n, k] < 0)
            for e in members:
                person, i = stays[e][0], k - stays[e][1] * problem.shifts
                seen[e].add(n)
                work[n, k] += person.workload[i]
                soft["skill"] += max(0, person.skill[i] - problem.nurse_skill[n])
    soft["continuity"] = sum(map(len, seen))
    soft["workload"] = int(np.maximum(0, work - np.maximum(0, problem.max_load)).sum())
