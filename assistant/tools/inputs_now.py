"""What a stored plan would be computed from today: to see whether its records have changed, without solving."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from pydantic import BaseModel

from assistant.plan.beds.problem import BedProblem
from assistant.plan.explain.beds_suppose import BedSupposed, suppose_beds
from assistant.plan.explain.suppose import Supposed, suppose
from assistant.plan.jsonable import decode
from assistant.plan.proposals import StoredProposal
from assistant.plan.staffing.help import Help, with_help
from assistant.plan.staffing.problem import RosterProblem
from assistant.tools import plan_beds, plan_staffing
from assistant.tools.door import json_safe
from assistant.tools.services import Services
from assistant.tools.tool import Context

_PLANNERS: Mapping[str, tuple[type[BaseModel], Callable[..., dict[str, Any]]]] = {
    "plan_beds": (plan_beds.PlanBedsArguments, plan_beds.inputs),
    "plan_staffing": (plan_staffing.PlanStaffingArguments, plan_staffing.inputs),
}


def inputs_now(services: Services, proposal: StoredProposal) -> dict[str, Any]:
    """The inputs of a plan from the records, for the same question and clock; none for other kinds of plan.

    Of a what-if: the inputs of the plan that it changes, with the same changes.

    Raises:
        ToolError: The records do not give such a plan any more, e.g. its unit has no staff.
    """
    made = proposal.made
    if "help" in made.get("origin", {}):
        return _helped_now(services, proposal)
    if "origin" in made and services.proposals is not None:
        return _supposed_now(services, services.proposals.get(made["origin"]["plan"]), made["origin"]["changes"])
    if made["tool"] not in _PLANNERS:
        return {}
    kind, inputs = _PLANNERS[made["tool"]]
    context = Context(datetime.fromisoformat(made["at"]), made["language"], made["user"], made["role"])
    return json_safe(inputs(services, kind.model_validate(made["arguments"]), context))


def _helped_now(services: Services, proposal: StoredProposal) -> dict[str, Any]:
    """One unit of the whole hospital: its own inputs as of now, with the help that was planned."""
    made, origin = proposal.made, proposal.made["origin"]
    arguments = plan_staffing.PlanStaffingArguments.model_validate({**made["arguments"], "unit": origin["unit"]})
    context = Context(datetime.fromisoformat(made["at"]), made["language"], made["user"], made["role"])
    base = RosterProblem.from_json(json_safe(plan_staffing.inputs(services, arguments, context)))
    return json_safe(with_help(base, decode(Help, origin["help"])).to_json())


def _supposed_now(services: Services, root: StoredProposal, changes: list[dict[str, Any]]) -> dict[str, Any]:
    if root.kind == "beds":
        beds = BedProblem.from_json(inputs_now(services, root))
        return json_safe(suppose_beds(beds, decode(tuple[BedSupposed, ...], changes)).to_json())
    problem = RosterProblem.from_json(inputs_now(services, root))
    return json_safe(suppose(problem, decode(tuple[Supposed, ...], changes)).to_json())
