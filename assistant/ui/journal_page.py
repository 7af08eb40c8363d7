"""The auditors' page: find an entry, read it as a story, verify that the journal is whole."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import gradio as gr

from assistant.app import App
from assistant.errors import AssistantError
from assistant.journal.entry import Entry
from assistant.journal.verify import verify
from assistant.tools.door import json_safe
from assistant.ui.safe import inert, tag
from assistant.ui.settings import ScreenSettings
from assistant.ui.story import Story, related_ids, tell
from assistant.ui.telling import moment
from assistant.ui.who import Labels, Session, clean_user
from assistant.ui.words import ScreenWords, screen_words

KINDS = ("answer", "call", "proposal", "attempt", "decision", "import", "read", "notice")
ANY = ""
_WHAT_LENGTH = 110


@dataclass(frozen=True)
class JournalReader:
    """What the page's handlers work with."""

    app: App
    settings: ScreenSettings

    def listed(self, kind: str, user: str, text: str, page: int, language: str) -> tuple[list[list[str]], str, int]:
        """One page of the matching entries, newest first; where it stands; its number (pages count from 0)."""
        words, size = screen_words(language), self.settings.page_size
        newest = self.app.journal.latest(self.settings.journal_scan)
        found = [entry for entry in newest if _matches(entry, kind, user, text)]
        page = max(0, min(page, (len(found) - 1) // size))
        shown = found[page * size : (page + 1) * size]
        place = {"first": page * size + 1, "last": page * size + len(shown), "total": f"{len(found):,}"}
        if not found:
            said = words("journal.page_none")
        elif len(newest) < self.settings.journal_scan:
            said = words("journal.page", **place)
        else:
            said = words("journal.page_scanned", scanned=f"{len(newest):,}", **place)
        return [_row(entry, words) for entry in shown], said, page

    def read(self, name: str, language: str, user: str, role: str) -> tuple[str, str]:
        """One entry as a story and as JSON; the reading is journalled before anything is shown."""
        words = screen_words(language)
        try:
            entry = self.app.journal.get(name)
            self.app.journal.append("read", json_safe({"user": clean_user(user), "role": role, "entry": entry.id}))
        except AssistantError as error:
            return tag("p", inert(str(error)), "hda-notice hda-bad", role="alert"), ""
        story = tell(entry, self._related(entry), words)
        fields = {"id": entry.id, **vars(entry)}
        return story_html(entry.id, story), json.dumps(fields, indent=1, ensure_ascii=False)

    def verified(self, language: str) -> str:
        """The result of verifying the whole journal, in words."""
        words, found = screen_words(language), verify(self.app.journal)
        if not found.ok:
            text = words("journal.verify_bad", problem=found.problem, entries=f"{found.entries:,}")
            return tag("p", inert(text), "hda-notice hda-bad", role="alert")
        if not found.entries:
            return tag("p", inert(words("journal.verify_empty")), "hda-notice")
        text = inert(words("journal.verify_ok", entries=f"{found.entries:,}"))
        head = f"<br>{inert(words('journal.verify_head'))}<br>{tag('code', inert(found.head), 'hda-hash')}"
        return tag("p", text + head, "hda-notice hda-good", role="status")

    def _related(self, entry: Entry) -> list[Entry]:
        """The entries the story refers to, oldest first."""
        names, proposals = related_ids(entry)
        if not names and not proposals:
            return []
        return [other for other in self.app.journal.entries() if _belongs(other, names, proposals)]


def _belongs(entry: Entry, names: set[str], proposals: set[str]) -> bool:
    about_proposal = entry.kind in {"proposal", "decision"} and str(entry.body.get("id")) in proposals
    return entry.id in names or about_proposal


def _matches(entry: Entry, kind: str, user: str, text: str) -> bool:
    if kind and entry.kind != kind:
        return False
    if user.strip() and user.strip().casefold() not in _user(entry).casefold():
        return False
    return not text.strip() or text.strip().casefold() in json.dumps(entry.body, ensure_ascii=False).casefold()


def _user(entry: Entry) -> str:
    made = entry.body.get("made")
    return str(entry.body.get("user") or (made.get("user") if isinstance(made, dict) else "") or "")


def _row(entry: Entry, words: ScreenWords) -> list[str]:
    what = " ".join(_what(entry, words).split())
    shown = what if len(what) <= _WHAT_LENGTH else f"{what[: _WHAT_LENGTH - 1]}…"
    time = moment(entry.time).removesuffix(" UTC")
    return [entry.id, time, words.known("journal", f"kind_{entry.kind}", entry.kind), _user(entry), shown]


def _what(entry: Entry, words: ScreenWords) -> str:
    """An entry in one line."""
    body = entry.body
    if entry.kind == "answer":
        return str(body.get("question", ""))
    if entry.kind == "call":
        name = str(body.get("tool", ""))
        return f"{words.known('tool', name, name)}: {words.known('chat', 'step_' + str(body.get('status')), '')}"
    if entry.kind == "decision":
        verdict = words.known("plans", str(body.get("verdict")), str(body.get("verdict")))
        return f"{body.get('id', '')} {verdict}. {body.get('reason', '')}"
    if entry.kind in {"proposal", "attempt"}:
        return f"{body.get('id', '')} {body.get('summary', '')}"
    return str(body.get("entry") or body.get("site") or body.get("text") or "")


def story_html(name: str, story: Story) -> str:
    """A story as HTML."""
    parts = [tag("h3", inert(f"{name}: {story.title}"))]
    for section in story.sections:
        lines = "".join(_line(line) for line in section.lines)
        if section.long:
            heading = tag("summary", inert(f"{section.heading} ({len(section.lines)})"))
            parts.append(tag("details", heading + lines))
        else:
            parts.append(tag("h4", inert(section.heading)) + lines)
    return tag("div", "".join(parts), "hda-story")


def _line(line: str) -> str:
    return tag("p", inert(line.lstrip("\t")), "hda-told" if line.startswith("\t") else "")


def kind_choices(words: ScreenWords) -> list[tuple[str, str]]:
    """The filter's choices."""
    return [(words("journal.any_kind"), ANY), *((words(f"journal.kind_{kind}"), kind) for kind in KINDS)]


def columns(words: ScreenWords) -> list[str]:
    """The list's heads."""
    return [words(f"journal.col_{name}") for name in ("id", "time", "kind", "user", "what")]


@dataclass(frozen=True)
class Finder:
    """The filters, the list and how to move in it."""

    kind: gr.Dropdown
    user: gr.Textbox
    text: gr.Textbox
    show: gr.Button
    check: gr.Button
    verified: gr.HTML
    entries: gr.Dataframe

    @property
    def filters(self) -> list[Any]:
        """In the order in which `listed` takes them."""
        return [self.kind, self.user, self.text]


def lay_out_finder(labels: Labels) -> Finder:
    """Filters and verification above the list."""
    with gr.Row(equal_height=True, elem_classes="hda-bar"):
        kind = labels.make(
            gr.Dropdown, lambda w: {"label": w("journal.kind"), "choices": kind_choices(w)}, value=ANY, min_width=130
        )
        user = labels.make(gr.Textbox, lambda w: {"label": w("journal.user")}, max_length=60, min_width=130)
        text = labels.make(gr.Textbox, lambda w: {"label": w("journal.text")}, max_length=200, scale=2, min_width=160)
        button: dict[str, Any] = {"scale": 0, "min_width": 90}
        show = labels.make(gr.Button, lambda w: {"value": w("journal.search")}, variant="primary", **button)
        check = labels.make(gr.Button, lambda w: {"value": w("journal.verify")}, elem_id="hda-verify", **button)
    verified = gr.HTML(elem_id="hda-verified", padding=False)
    entries = labels.make(
        gr.Dataframe,
        lambda w: {"headers": columns(w), "label": w("journal.list_label")},
        datatype="str",
        type="array",
        interactive=False,
        buttons=[],
        column_widths=["100px", "175px", "100px", "130px", "auto"],
        max_height=680,
        elem_id="hda-entries",
    )
    return Finder(kind, user, text, show, check, verified, entries)


@dataclass(frozen=True)
class Paging:
    """Where the list stands, and the entry that is opened by its number."""

    newer: gr.Button
    older: gr.Button
    place: gr.HTML
    name: gr.Textbox
    opened: gr.Button


def lay_out_paging(labels: Labels) -> Paging:
    """The row under the list."""
    button: dict[str, Any] = {"scale": 0, "min_width": 90}
    with gr.Row(equal_height=True, elem_classes="hda-bar"):
        newer = labels.make(gr.Button, lambda w: {"value": w("journal.newer")}, **button)
        older = labels.make(gr.Button, lambda w: {"value": w("journal.older")}, **button)
        place = gr.HTML(elem_classes="hda-place")
        name = labels.make(
            gr.Textbox,
            lambda w: {"placeholder": w("journal.open_id"), "label": w("journal.open_id")},
            show_label=False,
            container=False,
            max_length=20,
            scale=0,
            min_width=150,
        )
        opened = labels.make(gr.Button, lambda w: {"value": w("journal.open")}, **button)
    return Paging(newer, older, place, name, opened)


def journal_page(app: App, session: Session, labels: Labels, tab: gr.Tab, settings: ScreenSettings) -> None:
    """Lay out the page inside the current tab and connect it."""
    reader, page = JournalReader(app, settings), gr.State(0)
    find, turn = lay_out_finder(labels), lay_out_paging(labels)
    story = labels.make(gr.HTML, lambda w: {"value": _hint(w)}, elem_id="hda-story", padding=False)
    with labels.make(gr.Accordion, lambda w: {"label": w("journal.raw")}, open=False):
        raw = gr.Code(language="json", show_label=False, interactive=False, max_lines=40, wrap_lines=True)

    def listed(step: int | None) -> Any:
        """A handler that turns the page by `step`, or goes to the first."""

        def handle(kind: str, user: str, text: str, page: int, language: str) -> tuple[list[list[str]], str, int]:
            return reader.listed(kind, user, text, 0 if step is None else page + step, language)

        return handle

    def select(event: gr.SelectData, language: str, user: str, role: str) -> tuple[str, str]:
        return reader.read(str(event.row_value[0]), language, user, role)

    private: dict[str, Any] = {"api_visibility": "private", "show_progress": "hidden"}
    asked, shown = [*find.filters, page, session.language], [find.entries, turn.place, page]
    first: Iterable[Any] = (tab.select, find.show.click, find.user.submit, find.text.submit, find.kind.input)
    for event in (*first, session.language.change):
        event(listed(None), asked, shown, **private)
    turn.newer.click(listed(-1), asked, shown, **private)
    turn.older.click(listed(1), asked, shown, **private)
    find.entries.select(select, session.inputs, [story, raw], **private)
    gr.on([turn.opened.click, turn.name.submit], reader.read, [turn.name, *session.inputs], [story, raw], **private)
    find.check.click(reader.verified, [session.language], find.verified, **private)


def _hint(words: ScreenWords) -> str:
    return tag("p", f"{inert(words('journal.choose'))} {inert(words('journal.reading_noted'))}", "hda-muted")
