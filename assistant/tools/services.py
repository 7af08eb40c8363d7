"""What the tools work with; bound in by the composer, never passed or seen by the language model."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

from assistant.forecast.kept import KeptForecasts
from assistant.forecast.settings import ForecastSettings
from assistant.plan.proposals import Proposals
from assistant.plan.settings import PlanSettings
from assistant.records.names import find_unit
from assistant.records.settings import RecordsSettings
from assistant.records.store import Store
from assistant.records.units import Unit
from assistant.retrieval.passages import Passage
from assistant.tools.settings import ToolSettings
from assistant.tools.tool import Source

Progress = Callable[[str], None]


class Search(Protocol):
    """The search that `search_knowledge` needs."""

    def search(self, query: str, kind: str = "any", language: str | None = None, k: int = 5) -> list[Passage]:
        """The `k` best passages, best first."""


@dataclass(frozen=True)
class Services:
    """Records, search and settings behind the tools.

    Attributes:
        search: Called once, at the first search, since loading the index takes seconds.
        proposals: The plans put forward so far, for questions about them; None where none are kept.
        forecasts: The forecasts given so far, to be scored when the truth arrives; None where none are kept.
    """

    store: Store
    search: Callable[[], Search]
    tools: ToolSettings = field(default_factory=ToolSettings)
    forecast: ForecastSettings = field(default_factory=ForecastSettings)
    plan: PlanSettings = field(default_factory=PlanSettings)
    proposals: Proposals | None = None
    forecasts: KeptForecasts | None = None
    records: RecordsSettings = field(default_factory=RecordsSettings)

    def unit(self, name: str | None) -> Unit | None:
        """The unit called `name`; None for the whole hospital. Raises ToolError with near names."""
        return find_unit(self.store, name) if name else None

    def unit_by_code(self, code: str) -> Unit:
        """The unit with this exact code."""
        return next((unit for unit in self.store.units() if unit.code == code), Unit(code, code))

    def records_source(self, part: str, title: str, as_of: str) -> Source:
        """The source that names one part of the records."""
        return Source(f"records:{part}", "record", title, as_of=as_of)
