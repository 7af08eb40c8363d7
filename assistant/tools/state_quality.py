"""show_state for the quality of the data: what the rules found, the grave first, and what was done with it."""

import re
from typing import TYPE_CHECKING, Any

import pandas as pd

from assistant.records import state
from assistant.tools.page import Page
from assistant.tools.services import Services
from assistant.tools.tables import plain_rows, rows_of
from assistant.tools.tool import Context, Outcome
from assistant.tools.wording import Wording, wording

if TYPE_CHECKING:
    from assistant.tools.show_state import ShowStateArguments

_GRAVITIES = ("error", "warning", "note")
_KEY = re.compile(r"[\w/.:+ -]{1,60}")  # a row's key as we write it; raw values of the records stay out of sentences


def data_quality(services: Services, arguments: "ShowStateArguments", context: Context) -> Outcome:
    """What the rules found and what was done: grave ones first, of these the most frequent."""
    say, limit = wording(context.language), services.tools.max_rows
    source = services.records_source("quality", say.word("source_quality"), context.at.isoformat(timespec="minutes"))
    page = Page(say, source)
    table = state.data_quality(services.store, services.records)
    if table.empty:
        page.headline("data_quality.clean")
        return page.outcome({"rows": []})
    aside = int(table[table.action == "quarantined"]["count"].sum())
    page.headline(
        "data_quality.headline" if aside else "data_quality.headline_none_aside",
        findings=say.count("finding", table["count"].sum()),
        rules=say.count("kind", table.rule.nunique()),
        quarantined=say.number(aside, "row"),
    )
    kinds = {gravity: int(table[table.severity == gravity].rule.nunique()) for gravity in _GRAVITIES}
    page.reason("data_quality.by_severity", **{f"{name}s": say.count("kind", kinds[name]) for name in _GRAVITIES})
    _rows(page, say, table.head(limit))
    if len(table) > limit:
        page.row("data_quality.more", kinds=say.count("kind", len(table) - limit))
    checked = state.checked_at(services.store, services.records)
    if checked:
        page.caveat("data_quality.checked", at=say.moment(checked))
    page.next_step("data_quality.next" if aside else "data_quality.next_none_aside")
    return page.outcome({"rows": plain_rows(table)})


def _rows(page: Page, say: Wording, table: pd.DataFrame) -> None:
    """A line for each rule; the example is a row's key, by pseudonym where it is a patient's or a visit's."""
    for row in rows_of(table.rename(columns={"count": "found"})):
        example = _example(row)
        values = {
            "severity": say.words.get(f"severity_{row.severity}", str(row.severity)),
            "rule": say.words.get(f"quality_{row.rule}", str(row.rule).replace("_", " ")),
            "count": say.number(row.found, "finding"),
            "action": say.words.get(f"action_{row.action}", str(row.action)),
        }
        if example:
            page.row("data_quality.row_example", **values, example=example)
        else:
            page.row("data_quality.row", **values)


def _example(row: Any) -> str:
    """The row's key, where it is one that we made: anything else could be text that somebody has written."""
    key = str(row.example).split(": ")[0]
    return key if _KEY.fullmatch(key) else ""
