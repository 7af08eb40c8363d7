"""One roster of all 267 nurses of the simulated hospital, as if they were one unit, kept as a proposal to ask about."""

from dataclasses import replace
from datetime import date

from assistant.app import App
from assistant.plan.proposals import StoredProposal
from assistant.plan.settings import PlanSettings
from assistant.plan.staffing.problem import RosterProblem
from assistant.plan.staffing.solve import solve
from assistant.records.demand import Demand
from eval.house import roster_problems


def large_problem(unit: str, first: date, days: int = 14) -> RosterProblem:
    """The people, leave, wishes and past shifts of 12 units with their needs added up, under the code of `unit`."""
    parts = roster_problems(days, first=first)
    needs: dict[tuple[date, str], Demand] = {}
    for need in (need for part in parts for need in part.demand):
        known = needs.get((need.day, need.shift))
        skills = {skill: count for skill, count in known.skills} if known else {}
        for skill, count in need.skills:
            skills[skill] = skills.get(skill, 0) + count
        nurses = need.nurses + (known.nurses if known else 0)
        needs[need.day, need.shift] = replace(need, unit=unit, nurses=nurses, skills=tuple(sorted(skills.items())))
    return RosterProblem(
        unit=unit,
        days=parts[0].days,
        shifts=parts[0].shifts,
        people=tuple(replace(person, unit=unit) for part in parts for person in part.people),
        demand=tuple(needs.values()),
        absences=tuple(item for part in parts for item in part.absences),
        wishes=tuple(item for part in parts for item in part.wishes),
        history=tuple(replace(entry, unit=unit) for part in parts for entry in part.history),
    )


def keep_large_roster(app: App, unit: str, seconds: float = 10.0) -> StoredProposal:
    """Plan it mostly by local search and keep it, as the planning tool would have."""
    context = app.context()
    problem = large_problem(unit, context.at.date())
    plan = solve(problem, PlanSettings(seconds=seconds, local_share=0.9))
    made = {"tool": "plan_staffing", "arguments": {"unit": unit}, "at": context.at.isoformat()}
    made |= {"language": "en", "user": context.user, "role": context.role, "thread": "large unit"}
    return app.proposals.put("staffing", "large unit", plan.to_json(), problem.to_json(), made)
