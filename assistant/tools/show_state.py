"""show_state: what the records say now or said over a period."""

from collections.abc import Callable
from functools import partial
from typing import Literal

from pydantic import Field

from assistant.tools import state_beds, state_flow, state_resources
from assistant.tools.arguments import Arguments, copied, copied_time
from assistant.tools.services import Services
from assistant.tools.tool import Context, Outcome, Tool

Measure = Literal[
    "occupancy",
    "free_beds",
    "waiting",
    "length_of_stay",
    "admissions",
    "discharges",
    "transfers",
    "staffing",
    "stock",
    "data_quality",
]


class ShowStateArguments(Arguments):
    """Arguments of show_state."""

    measure: Measure = Field(description="What to show.")
    unit: str | None = copied("Unit by code or name; empty for the whole hospital.")
    item: str | None = copied("Stock item by code or name (measure stock).")
    at: str | None = copied_time("A moment, ISO or in words, e.g. yesterday 08:00.")
    start: str | None = copied_time("First day of a period, ISO or in words.")
    end: str | None = copied_time("Last day of a period, ISO or in words.")


View = Callable[[Services, ShowStateArguments, Context], Outcome]

_VIEWS: dict[str, View] = {
    "occupancy": state_beds.occupancy,
    "free_beds": state_beds.free_beds,
    "waiting": state_beds.waiting,
    "length_of_stay": state_flow.length_of_stay,
    "admissions": state_flow.flow,
    "discharges": state_flow.flow,
    "transfers": state_flow.flow,
    "staffing": state_resources.staffing,
    "stock": state_resources.stock,
    "data_quality": state_resources.data_quality,
}


def show_state(services: Services, arguments: ShowStateArguments, context: Context) -> Outcome:
    """The state or its history, from the records."""
    return _VIEWS[arguments.measure](services, arguments, context)


def make_tool(services: Services) -> Tool:
    """The tool with its records bound in."""
    return Tool(
        "show_state",
        "Show what the records say now or over a past period: occupancy, free beds, waiting patients, lengths of "
        "stay, flows, staffing, stock, data quality.",
        ShowStateArguments,
        partial(show_state, services),
    )
