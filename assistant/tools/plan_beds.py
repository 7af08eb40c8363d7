"""plan_beds: where the waiting patients should go, which transfers make room, who stays unplaced and why."""

from datetime import datetime, timedelta
from functools import partial
from typing import Any

from pydantic import Field

from assistant.plan.beds.from_records import problem_from_records
from assistant.plan.beds.plan import BedPlan, Placement
from assistant.plan.beds.problem import BedProblem
from assistant.plan.beds.solve import solve
from assistant.tools.arguments import Arguments, copied
from assistant.tools.page import Page
from assistant.tools.periods import moment
from assistant.tools.proof import say_conflict, say_proof
from assistant.tools.services import Services
from assistant.tools.state_beds import needs_words
from assistant.tools.tool import Context, Outcome, Proposal, Source, Tool
from assistant.tools.wording import wording


class PlanBedsArguments(Arguments):
    """Arguments of plan_beds."""

    unit: str | None = copied("Unit by code or name; empty for the whole hospital.")
    start: str | None = copied("From when, ISO or in words; empty for now.")
    days: int = Field(default=1, ge=1, le=28, description="Days to plan.")


def make_tool(services: Services) -> Tool:
    """The tool with its records bound in."""
    return Tool(
        "plan_beds",
        "Propose beds for the waiting patients, with transfers and surge beds where needed.",
        PlanBedsArguments,
        partial(plan_beds, services),
        inputs=partial(inputs, services),
    )
