"""Tools of the catalogue that are not built yet: their arguments are fixed, their call says so honestly."""

from functools import partial
from typing import Any, Literal

from pydantic import Field

from assistant.errors import ToolError
from assistant.tools.arguments import Arguments, copied
from assistant.tools.tool import Context, Outcome, Tool


class PlanSuppliesArguments(Arguments):
    """Arguments of plan_supplies."""

    item: str | None = copied("Stock item; empty for all.")
    days: int = Field(default=14, ge=1, le=90, description="Days to plan.")


class PlanVaccinationArguments(Arguments):
    """Arguments of plan_vaccination."""

    doses: int = Field(ge=1, description="Doses to allocate.")
    region: str | None = copied("Region or country.")
    goal: Literal["deaths", "infections", "hospital_admissions"] | None = Field(
        default=None, description="What to reduce first."
    )


_LATER: tuple[tuple[str, str, type[Arguments]], ...] = (
    ("plan_supplies", "Plan orders and show projected stock.", PlanSuppliesArguments),
    ("plan_vaccination", "Allocate vaccine doses to groups or regions.", PlanVaccinationArguments),
)


def not_available(name: str, arguments: Any, context: Context) -> Outcome:
    """Always a ToolError: the tool is not built yet."""
    raise ToolError(
        f"{name} is not available yet in this version. Available: search_knowledge, show_state, forecast_demand, "
        "forecast_outbreak, plan_beds, plan_staffing, what_if, explain, check_forecasts."
        if context.language != "zh"
        else f"本版本尚不提供 {name}。目前可用：查制度、看现状、预测需求和疫情、排床位、排班、推演、解释、检验预测。",
        code="not_available",
    )


def make_tools() -> list[Tool]:
    """The tools that are still to come, marked as not available."""
    return [
        Tool(name, summary, arguments, partial(not_available, name), available=False)
        for name, summary, arguments in _LATER
    ]
