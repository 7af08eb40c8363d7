"""show_state: what the records say now or said over a period."""

from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Literal

from pydantic import Field

from assistant.tools import state_beds, state_flow, state_free, state_quality, state_resources, state_stock
from assistant.tools.arguments import Arguments, copied, copied_time
from assistant.tools.page import Page
from assistant.tools.periods import moment
from assistant.tools.services import Services
from assistant.tools.tool import Context, Outcome, Tool
from assistant.tools.wording import wording

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


Past = Callable[[Services, ShowStateArguments, Context], Outcome]
At = Callable[[Services, ShowStateArguments, Context, datetime], Outcome]

# What can be shown for a moment up to now, and what takes a period or a day (which for a roster may lie ahead).
_AT: dict[str, At] = {
    "occupancy": state_beds.occupancy,
    "free_beds": state_free.free_beds,
    "waiting": state_free.waiting,
    "stock": state_stock.stock,
}
_OVER: dict[str, Past] = {
    "length_of_stay": state_flow.length_of_stay,
    "admissions": state_flow.flow,
    "discharges": state_flow.flow,
    "transfers": state_flow.flow,
    "staffing": state_resources.staffing,
    "data_quality": state_quality.data_quality,
}


def show_state(services: Services, arguments: ShowStateArguments, context: Context) -> Outcome:
    """The state or its history, from the records; never of a time that they have not reached."""
    if arguments.measure in _OVER:
        return _OVER[arguments.measure](services, arguments, context)
    at = moment(arguments.at, context.at)
    if at > context.at and at.date() == context.at.date():
        at = context.at  # "today" and "tonight" mean what is known now
    if at > context.at:
        page = Page(wording(context.language), state_beds.census_source(services, context, context.at))
        return state_beds.nothing_yet(page, page.wording.moment(at), context, arguments.measure != "stock")
    return _AT[arguments.measure](services, arguments, context, at)


def make_tool(services: Services) -> Tool:
    """The tool with its records bound in."""
    return Tool(
        "show_state",
        "Show what the records say now or over a past period: occupancy, free beds, waiting patients, lengths of "
        "stay, flows, staffing, stock, data quality.",
        ShowStateArguments,
        partial(show_state, services),
    )
