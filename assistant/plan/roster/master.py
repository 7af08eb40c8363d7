"""The linear program over columns: one per person, cover with a price for too few and too many (GLOP)."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from ortools.linear_solver import pywraplp

from assistant.plan.roster.part import Column, Part
from assistant.plan.roster.pricing import Floats


@dataclass(frozen=True)
class Relaxation:
    """An optimum of the linear program.

    Attributes:
        value: Its cost, the part's constant included.
        cover: Dual value of each cover line: what one more person there saves.
        people: Dual value of each person's row, by place in `Part.people`.
    """

    value: float
    cover: Floats
    people: Floats


class Master:
    """Grows by columns and falls by fixing; begins with the part's current columns, so it always has a solution."""

    def __init__(self, part: Part) -> None:
        self.part = part
        self.columns: list[Column] = []
        self._row = {int(person): row for row, person in enumerate(part.people)}
        self._seen: set[tuple[int, bytes]] = set()
        self._program = pywraplp.Solver.CreateSolver("GLOP")
        self._objective = self._program.Objective()
        self._objective.SetMinimization()
        self._people = [self._program.Constraint(1.0, 1.0) for _ in part.people]
        self._cover = [self._program.Constraint(float(need), float(need)) for need in part.need]
        self._variables: list[pywraplp.Variable] = []
        for row, under, over in zip(self._cover, part.under, part.over, strict=True):
            for coefficient, price in ((1.0, under), (-1.0, over)):
                slack = self._program.NumVar(0.0, self._program.infinity(), "")
                row.SetCoefficient(slack, coefficient)
                self._objective.SetCoefficient(slack, float(price))
        for column in part.current:
            self.add(column)

    def add(self, column: Column) -> bool:
        """Adds a column unless it is there already."""
        key = column.person, column.schedule.tobytes()
        if key in self._seen:
            return False
        self._seen.add(key)
        variable = self._program.NumVar(0.0, self._program.infinity(), "")
        self._objective.SetCoefficient(variable, float(column.cost))
        self._people[self._row[column.person]].SetCoefficient(variable, 1.0)
        for line in column.lines:
            self._cover[line].SetCoefficient(variable, 1.0)
        self.columns.append(column)
        self._variables.append(variable)
        return True

    def limit(self, seconds: float) -> None:
        """Stops `solve` after this long."""
        self._program.SetTimeLimit(max(1, int(min(seconds, 1e6) * 1000)))

    def solve(self) -> Relaxation | None:
        """Solves the linear program from where it stood; None when it did not end in an optimum in time."""
        if self._program.Solve() != pywraplp.Solver.OPTIMAL:
            return None
        cover = np.array([row.dual_value() for row in self._cover])
        people = np.array([row.dual_value() for row in self._people])
        return Relaxation(self._objective.Value() + self.part.constant, cover, people)

    def values(self) -> Floats:
        """Value of each column in the last optimum; ask before adding columns."""
        return np.array([variable.solution_value() for variable in self._variables])

    def fix(self, index: int) -> None:
        """Decides for a column; the person's others are closed, so that the linear program gets smaller."""
        self._variables[index].SetLb(1.0)
        for column, variable in zip(self.columns, self._variables, strict=True):
            if column.person == self.columns[index].person and variable is not self._variables[index]:
                variable.SetUb(0.0)

    def row(self, person: int) -> int:
        """Place of a person in the part."""
        return self._row[person]

    def reduced_costs(self, relaxation: Relaxation, columns: list[Column]) -> Floats:
        """What each column would cost beyond its price under the dual values."""
        rows = [self._row[column.person] for column in columns]
        return (
            np.array([column.cost - relaxation.cover[column.lines].sum() for column in columns])
            - relaxation.people[rows]
        )


def chosen(columns: list[Column], values: NDArray[np.float64]) -> list[Column]:
    """Columns with value 1, if the relaxation is whole."""
    return [column for column, value in zip(columns, values, strict=True) if value > 0.5]
