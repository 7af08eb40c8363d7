"""The page of data quality: what the rules found, by gravity and kind of doubt, and the single findings of a rule."""

from dataclasses import dataclass
from typing import Any

import gradio as gr
import pandas as pd

from assistant.app import App
from assistant.errors import AssistantError
from assistant.records.quality import cases_of, data_quality
from assistant.records.rules.catalogue import rule_of
from assistant.tools.wording import Wording, wording
from assistant.ui.safe import inert, tag
from assistant.ui.who import Labels, Session
from assistant.ui.words import ScreenWords, screen_words

ANY = ""
_GRAVITIES = ("error", "warning", "note")
_CATEGORIES = ("conformance", "completeness", "plausibility")
_SHOWN = 200
Rows = list[list[str]]


@dataclass(frozen=True)
class QualityReader:
    """What the page's handlers work with."""

    app: App

    def listed(self, gravity: str, category: str, text: str, language: str) -> tuple[Rows, str]:
        """The rules that found something and pass the filter, and a sentence with the counts."""
        words, say = screen_words(language), wording(language)
        try:
            table = data_quality(self.app.store, self.app.settings.records)
        except AssistantError as error:
            return [], tag("p", inert(str(error)), "hda-notice hda-bad", role="alert")
        shown = [row for row in table.itertuples(index=False) if _passes(row, gravity, category, text, say)]
        if table.empty:
            return [], tag("p", inert(words("quality.clean")), "hda-notice hda-good")
        counts = {f"{name}s": f"{int((table.severity == name).sum()):,}" for name in _GRAVITIES}
        said = words("quality.counts", shown=f"{len(shown):,}", rules=f"{len(table):,}", **counts)
        return [_row(row, words, say) for row in shown], tag("p", inert(said), "hda-muted")

    def cases(self, rule: str, language: str) -> tuple[str, Rows]:
        """The single findings of a rule: what it is called, and a row for each."""
        words, say = screen_words(language), wording(language)
        try:
            table = cases_of(self.app.store, rule, self.app.settings.records, _SHOWN)
        except AssistantError as error:
            return tag("p", inert(str(error)), "hda-notice hda-bad", role="alert"), []
        head = words("quality.cases", rule=_name(rule, say), shown=f"{len(table):,}")
        return tag("h3", inert(head)), [_case(row, words, say) for row in table.itertuples(index=False)]


def _passes(row: Any, gravity: str, category: str, text: str, say: Wording) -> bool:
    if gravity and row.severity != gravity:
        return False
    if category and rule_of(row.rule).category.value != category:
        return False
    sought = text.strip().casefold()
    return not sought or sought in f"{row.rule} {_name(row.rule, say)} {row.example}".casefold()


def _name(rule: str, say: Wording) -> str:
    return say.words.get(f"quality_{rule}", rule.replace("_", " "))


def _row(row: Any, words: ScreenWords, say: Wording) -> list[str]:
    """One rule; its stable word comes last, by which its findings are asked for."""
    category = rule_of(row.rule).category.value
    return [
        say.words.get(f"severity_{row.severity}", str(row.severity)),
        _category(category, words),
        _name(row.rule, say),
        f"{row[2]:,}",  # `count` is also a method of tuples
        say.words.get(f"action_{row.action}", str(row.action)),
        str(row.example),
        str(row.rule),
    ]


def _case(row: Any, words: ScreenWords, say: Wording) -> list[str]:
    at = "" if pd.isna(row.at) else f"{row.at:%Y-%m-%d %H:%M}"
    who = words("quality.who_check") if row.who == "check" else words("quality.who_import")
    return [str(row.place), str(row.value), say.words.get(f"action_{row.action}", str(row.action)), at, who]


def _category(name: str, words: ScreenWords) -> str:
    called = {
        "conformance": words("quality.category_conformance"),
        "completeness": words("quality.category_completeness"),
        "plausibility": words("quality.category_plausibility"),
    }
    return called.get(name, name)


def _gravity_choices(words: ScreenWords, say: Wording) -> list[tuple[str, str]]:
    return [(words("quality.any"), ANY), *((say.words[f"severity_{name}"], name) for name in _GRAVITIES)]


def _category_choices(words: ScreenWords) -> list[tuple[str, str]]:
    return [(words("quality.any"), ANY), *((_category(name, words), name) for name in _CATEGORIES)]


def _rule_heads(words: ScreenWords) -> list[str]:
    return [
        words("quality.col_severity"),
        words("quality.col_category"),
        words("quality.col_rule"),
        words("quality.col_count"),
        words("quality.col_action"),
        words("quality.col_example"),
        words("quality.col_word"),
    ]


def _case_heads(words: ScreenWords) -> list[str]:
    return [
        words("quality.col_place"),
        words("quality.col_value"),
        words("quality.col_action"),
        words("quality.col_at"),
        words("quality.col_who"),
    ]


@dataclass(frozen=True)
class _Layout:
    """The components of the page."""

    filters: list[Any]
    show: gr.Button
    counts: gr.HTML
    rules: gr.Dataframe
    head: gr.HTML
    cases: gr.Dataframe


def _lay_out(labels: Labels) -> _Layout:
    """Filters, the list of rules, and under it the findings of the rule selected."""
    with gr.Row(equal_height=True, elem_classes="hda-bar"):
        gravity = labels.make(
            gr.Dropdown,
            lambda w: {"label": w("quality.severity"), "choices": _gravity_choices(w, wording(w.language))},
            value=ANY,
            min_width=130,
        )
        category = labels.make(
            gr.Dropdown,
            lambda w: {"label": w("quality.category"), "choices": _category_choices(w)},
            value=ANY,
            min_width=130,
        )
        text = labels.make(gr.Textbox, lambda w: {"label": w("quality.text")}, max_length=100, scale=2, min_width=160)
        show = labels.make(gr.Button, lambda w: {"value": w("quality.show")}, variant="primary", scale=0, min_width=90)
    counts = gr.HTML(elem_id="hda-quality-counts", padding=False)
    table: dict[str, Any] = {"datatype": "str", "type": "array", "interactive": False, "buttons": [], "wrap": True}
    rules = labels.make(
        gr.Dataframe,
        lambda w: {"headers": _rule_heads(w), "label": w("quality.list_label")},
        max_height=420,
        column_widths=["85px", "115px", "280px", "90px", "165px", "335px", "240px"],
        elem_id="hda-quality",
        **table,
    )
    head = labels.make(gr.HTML, lambda w: {"value": tag("p", inert(w("quality.choose")), "hda-muted")}, padding=False)
    cases = labels.make(
        gr.Dataframe,
        lambda w: {"headers": _case_heads(w), "label": w("quality.cases_label")},
        max_height=420,
        elem_id="hda-quality-cases",
        **table,
    )
    return _Layout([gravity, category, text], show, counts, rules, head, cases)


def quality_page(app: App, session: Session, labels: Labels, tab: gr.Tab) -> None:
    """Lay out the page inside the current tab and connect it."""
    reader, page = QualityReader(app), _lay_out(labels)

    def select(event: gr.SelectData, language: str) -> tuple[str, Rows]:
        return reader.cases(str(event.row_value[-1]), language)

    private: dict[str, Any] = {"api_visibility": "private", "show_progress": "hidden"}
    gravity, category, text = page.filters
    for event in (tab.select, page.show.click, text.submit, gravity.input, category.input, session.language.change):
        event(reader.listed, [*page.filters, session.language], [page.rules, page.counts], **private)
    page.rules.select(select, [session.language], [page.head, page.cases], **private)
