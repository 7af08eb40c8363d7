"""what_if: one thing is different; the plan again with the fewest changes, side by side with the published one."""

from functools import partial
from typing import Any, Literal

from pydantic import Field

from assistant.errors import ToolError
from assistant.plan.proposals import StoredProposal
from assistant.tools.amounts import Amount
from assistant.tools.arguments import Arguments, copied, copied_time
from assistant.tools.asked_plan import BEDS, STAFFING, as_roster, find_plan, is_person
from assistant.tools.services import Services
from assistant.tools.tool import Context, Outcome, Tool
from assistant.tools.what_if_beds import what_if_beds
from assistant.tools.what_if_roster import what_if_roster


class WhatIfArguments(Arguments):
    """Arguments of what_if."""

    change: Literal[
        "staff_absent", "extra_staff", "demand", "beds_closed", "beds_opened", "delivery_late", "force", "forbid"
    ] = Field(description="What is different.")
    amount: Amount | None = Field(default=None, description="How many or how much.")
    unit: str | None = copied("Unit by code or name.")
    who: str | None = copied("A member of staff.")
    item: str | None = copied("Stock item.")
    day: str | None = copied_time("Day, ISO or in words.")
    shift: str | None = copied("Shift.")
    plan: str | None = copied("Plan; empty for the last one.")


def what_if(services: Services, arguments: WhatIfArguments, context: Context) -> Outcome:
    """The changed plan, itself a proposal, upon the plan named or the last one (with what was supposed there)."""
    if arguments.change == "delivery_late" or arguments.item:
        raise ToolError("There are no supply plans yet, so a delivery or an item cannot be asked about.", "no_supplies")
    proposal = find_plan(
        services, context, arguments.plan, partial(_fits, services, arguments), about=_about(arguments)
    )
    if proposal.kind not in _kinds(services, arguments):
        raise ToolError(
            f"{proposal.id} is a plan of another kind; {arguments.change} cannot be tried on it.", code="other_plan"
        )
    if proposal.kind == STAFFING:
        return what_if_roster(services, arguments, context, as_roster(proposal))
    return what_if_beds(services, arguments, context, proposal)


def _about(arguments: WhatIfArguments) -> tuple[str | None, ...]:
    """Who must be in the plan already: nobody where somebody joins it."""
    return () if arguments.change == "extra_staff" else (arguments.who,)


def _fits(services: Services, arguments: WhatIfArguments, proposal: StoredProposal) -> bool:
    """The plan is of a kind that the change is about, and of the unit where one is named."""
    if proposal.kind not in _kinds(services, arguments):
        return False
    unit = services.unit(arguments.unit)
    return unit is None or proposal.kind == BEDS or proposal.inputs.get("unit") == unit.code


def _kinds(services: Services, arguments: WhatIfArguments) -> tuple[str, ...]:
    if arguments.change in ("staff_absent", "extra_staff"):
        return (STAFFING,)
    if arguments.change in ("beds_closed", "beds_opened"):
        return (BEDS,)
    if arguments.change in ("force", "forbid"):
        staff = bool(arguments.shift) or bool(arguments.who and is_person(services, None, arguments.who))
        return (STAFFING,) if staff else (BEDS, STAFFING)
    return (STAFFING,) if arguments.shift else (BEDS, STAFFING)


def make_tool(services: Services) -> Tool:
    """The tool with its records bound in."""
    return Tool(
        "what_if",
        "Change one thing and plan again with the fewest differences.",
        WhatIfArguments,
        partial(_run, services),
    )


def _run(services: Services, arguments: Any, context: Context) -> Outcome:
    return what_if(services, arguments, context)
