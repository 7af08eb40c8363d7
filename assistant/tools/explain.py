"""explain: why a plan is as it is, why not otherwise, what limits it, what one more would be worth, what conflicts."""

import re
from functools import partial
from typing import Literal

from pydantic import Field

from assistant.plan.proposals import StoredProposal
from assistant.tools.arguments import Arguments, copied, copied_time
from assistant.tools.asked_plan import BEDS, STAFFING, as_roster, find_plan, is_person
from assistant.tools.explain_beds import explain_beds
from assistant.tools.explain_roster import explain_roster
from assistant.tools.services import Services
from assistant.tools.tool import Context, Outcome, Tool


class ExplainArguments(Arguments):
    """Arguments of explain."""

    kind: Literal["why", "why_not", "bottleneck", "sensitivity", "conflict"] = Field(description="What to explain.")
    subject: str | None = copied("Whom or what it is about.")
    alternative: str | None = copied("What was expected instead.")
    day: str | None = copied_time("Day, ISO or in words.")
    shift: str | None = copied("Shift.")
    plan: str | None = copied("Plan; empty for the last one.")


def explain(services: Services, arguments: ExplainArguments, context: Context) -> Outcome:
    """The explanation, from the inputs that the plan was computed from, whenever it is asked."""
    proposal = _plan(services, arguments, context)
    if proposal.kind == STAFFING:
        return explain_roster(services, arguments, context, as_roster(proposal))
    return explain_beds(services, arguments, context, proposal)


def _plan(services: Services, arguments: ExplainArguments, context: Context) -> StoredProposal:
    """The plan named, else the newest of the kind that the question is about."""
    named = [said for said in (arguments.subject, arguments.alternative) if said]
    kinds: tuple[str, ...] = (BEDS, STAFFING)
    if arguments.shift or any(is_person(services, None, said) for said in named):
        kinds = (STAFFING,)
    elif any(_OF_BEDS.search(said) for said in named):
        kinds = (BEDS,)
    attempts = arguments.kind == "conflict"
    return find_plan(services, context, arguments.plan, lambda proposal: proposal.kind in kinds, attempts, named)


_OF_BEDS = re.compile(r"\bV-[0-9a-f]{4,}\b|\bbeds?\b|\bpatients?\b|\btransfers?\b|床|患者|病人|转科", re.IGNORECASE)
"""Words that only a bed plan can be asked about."""


def make_tool(services: Services) -> Tool:
    """The tool with its records bound in."""
    return Tool(
        "explain",
        "Explain a plan: why, why not, bottleneck, sensitivity, conflict.",
        ExplainArguments,
        partial(explain, services),
    )
