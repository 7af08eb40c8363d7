"""Impossibilities that counting heads shows, so that nobody waits for a search to find them."""

from assistant.plan.result import Reason
from assistant.plan.staffing.problem import RosterProblem
from assistant.plan.staffing.skills import has_skill


def obvious_conflict(problem: RosterProblem) -> tuple[Reason, ...]:
    """One need that the people there are cannot meet whatever the roster; empty if counting shows none.

    Only asked where cover is hard. A single need that everybody together cannot meet is in itself the smallest
    conflict.
    """
    if not problem.rules.cover_hard:
        return ()
    for need in problem.demand:
        subject = f"{need.unit} {need.day} {need.shift}"
        place = {"unit": need.unit, "day": need.day.isoformat(), "shift": need.shift}
        if need.nurses > len(problem.people):
            kind = "too_few_people" if problem.people else "no_staff"
            return (Reason(kind, subject, {**place, "nurses": need.nurses, "people": len(problem.people)}),)
        for skill, count in need.skills:
            able = sum(has_skill(person, skill) for person in problem.people)
            if count > able:
                kind = "too_few_with_skill" if able else "nobody_has_skill"
                values = {**place, "skill": skill, "nurses": count, "people": able}
                return (Reason(kind, f"{subject} {skill}", values),)
    return ()
