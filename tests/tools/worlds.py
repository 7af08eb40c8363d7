"""The tools over the small hospital."""

from pathlib import Path

from assistant.plan.settings import PlanSettings
from assistant.records.store import Store
from assistant.retrieval.passages import Passage
from assistant.tools.catalogue import make_catalogue
from assistant.tools.services import Services
from assistant.tools.tool import Context, Outcome, Tool
from tests.small_hospital import NOW


class FixedSearch:
    """A search that finds one passage, or none for the word `nothing`."""

    def search(self, query: str, kind: str = "any", language: str | None = None, k: int = 5) -> list[Passage]:
        if query == "nothing":
            return []
        found = {"id": "ratios#icu", "document": "ratios", "title": "Ratios", "section": "ICU", "version": "1.0"}
        return [
            Passage(**found, kind="policy", language="en", text="One nurse for two patients.", references="", score=1.0)
        ]


def small_tools(home: Path, seconds: float = 5) -> dict[str, Tool]:
    """The catalogue over the records in `home`."""
    return make_catalogue(Services(Store.open(home), FixedSearch, plan=PlanSettings(seconds=seconds)))


def run(tools: dict[str, Tool], name: str, language: str = "en", **arguments: object) -> Outcome:
    """Run a tool at the small hospital's clock."""
    tool = tools[name]
    return tool.run(tool.arguments.model_validate(arguments), Context(NOW, language))
