"""The integer program over columns found so far (SCIP), for parts small enough that it ends."""

import numpy as np
from ortools.linear_solver import pywraplp

from assistant.plan.roster.part import Column, Part


def choose(part: Part, columns: list[Column], goal: float, seconds: float, most_nodes: int) -> list[Column] | None:
    """The cheapest choice of one column per person that costs less than `goal`.

    Args:
        part: Whose people and cover.
        columns: To choose from, at least one for everybody.
        goal: Cost to beat.
        seconds: Time limit.
        most_nodes: Limit of the tree, for repeatable runs.

    Returns:
        None when nothing better was found within the limits.
    """
    program = pywraplp.Solver.CreateSolver("SCIP")
    objective = program.Objective()
    objective.SetMinimization()
    rows = {int(person): program.Constraint(1.0, 1.0) for person in part.people}
    cover = [program.Constraint(float(need), float(need)) for need in part.need]
    for row, under, over in zip(cover, part.under, part.over, strict=True):
        for coefficient, price in ((1.0, under), (-1.0, over)):
            slack = program.NumVar(0.0, program.infinity(), "")
            row.SetCoefficient(slack, coefficient)
            objective.SetCoefficient(slack, float(price))
    variables = []
    for column in columns:
        variable = program.BoolVar("")
        variables.append(variable)
        objective.SetCoefficient(variable, float(column.cost))
        rows[column.person].SetCoefficient(variable, 1.0)
        for line in column.lines:
            cover[line].SetCoefficient(variable, 1.0)
    program.SetTimeLimit(max(1, int(min(seconds, 1e6) * 1000)))
    program.SetSolverSpecificParametersAsString(f"limits/totalnodes = {most_nodes}")
    if program.Solve() not in (pywraplp.Solver.OPTIMAL, pywraplp.Solver.FEASIBLE):
        return None
    taken = [column for column, variable in zip(columns, variables, strict=True) if variable.solution_value() > 0.5]
    complete = sorted(column.person for column in taken) == sorted(np.asarray(part.people).tolist())
    return taken if complete and part.cost(taken) < goal else None
