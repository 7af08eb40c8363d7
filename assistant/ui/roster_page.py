"""The page of proposals: choose one, see it whole, approve or reject it with a reason."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import gradio as gr

from assistant.app import App
from assistant.errors import AssistantError
from assistant.plan.beds.plan import BedPlan
from assistant.plan.beds.problem import BedProblem
from assistant.plan.proposals import APPROVED, OPEN, REJECTED, StoredProposal
from assistant.plan.staffing.plan import RosterPlan
from assistant.plan.staffing.problem import RosterProblem
from assistant.ui.bed_view import beds_html
from assistant.ui.roster_view import roster_html
from assistant.ui.safe import inert, tag
from assistant.ui.who import Labels, Session, clean_user, role_name
from assistant.ui.words import ScreenWords, screen_words

_LABEL_LENGTH = 150


@dataclass(frozen=True)
class Plans:
    """What the page's handlers work with."""

    app: App

    def load(self, chosen: str | None, language: str) -> list[Any]:
        """The list of proposals (the newest chosen, unless one is), the chosen one as HTML and JSON, the buttons."""
        words = screen_words(language)
        try:
            proposals = self.app.proposals.all()
        except AssistantError as error:
            damaged = _notice(words("plans.damaged", message=error), "bad")
            return [gr.update(choices=[], value=None), damaged, "", *_buttons(False)]
        known = {proposal.id: proposal for proposal in proposals}
        if not known:
            nothing = _notice(words("plans.none", page=words("tab.chat")))
            return [gr.update(choices=[], value=None), nothing, "", *_buttons(False)]
        shown = known.get(chosen or "") or proposals[0]
        choices = [(_label(proposal, words), proposal.id) for proposal in proposals]
        return [gr.update(choices=choices, value=shown.id), *_shown(shown, words)]

    def show(self, chosen: str | None, language: str) -> list[Any]:
        """Another proposal."""
        words = screen_words(language)
        if not chosen:
            return [_notice(words("plans.none", page=words("tab.chat"))), "", *_buttons(False)]
        try:
            proposal = self.app.proposals.get(chosen)
        except AssistantError as error:
            return [_notice(str(error), "bad"), "", *_buttons(False)]
        return _shown(proposal, words)

    def decide(self, verdict: str, chosen: str | None, reason: str, language: str, user: str, role: str) -> list[Any]:
        """Approve or reject; returns what happened, in words, the reloaded page and the reason field."""
        words = screen_words(language)
        if not chosen:
            return [_notice(words("plans.nothing_chosen"), "bad"), *self.load(chosen, language), reason]
        if verdict == REJECTED and not reason.strip():
            return [_notice(words("plans.reason_missing"), "bad"), *self.load(chosen, language), reason]
        try:
            done = self.app.proposals.decide(
                chosen, verdict, clean_user(user), role, reason.strip(), self.app.inputs_now
            )
        except AssistantError as error:
            return [_notice(str(error), "bad"), *self.load(chosen, language), reason]
        said = _notice(words(f"plans.done_{done.status}", id=done.id), "good")
        return [said, *self.load(chosen, language), ""]


def _shown(proposal: StoredProposal, words: ScreenWords) -> list[Any]:
    raw = json.dumps(proposal.plan, indent=1, ensure_ascii=False)
    return [proposal_html(proposal, words), raw, *_buttons(proposal.status == OPEN)]


def _buttons(usable: bool) -> list[Any]:
    """Approve and reject; what is decided is decided once."""
    return [gr.update(interactive=usable)] * 2


def proposal_html(proposal: StoredProposal, words: ScreenWords) -> str:
    """One proposal: its state, what it says, the plan itself, what a decision is bound to."""
    made = proposal.made
    asked = {"user": made.get("user", ""), "role": role_name(made.get("role", ""), words)}
    if made.get("at") and made.get("journal_id"):
        origin = words("plans.made", at=str(made["at"]).replace("T", " ")[:16], id=made["journal_id"], **asked)
    else:
        origin = words("plans.made_short", **asked)
    bound = words("plans.bound", plan=proposal.plan_sha256[:12], inputs=proposal.inputs_sha256[:12])
    parts = [
        _state(proposal, words),
        tag("p", inert(proposal.summary), "hda-headline"),
        _plan(proposal, words),
        tag("p", inert(f"{origin} {bound}"), "hda-muted"),
    ]
    return tag("div", "".join(parts), "hda-proposal")


def _state(proposal: StoredProposal, words: ScreenWords) -> str:
    decision = proposal.decision
    if proposal.status == OPEN:
        return tag("p", inert(words("plans.status_open")), "hda-state hda-open")
    who = {"user": decision.get("user", ""), "role": role_name(decision.get("role", ""), words)}
    text = words(f"plans.status_{proposal.status}", time=_utc(decision.get("time", "")), **who)
    if decision.get("reason"):
        text += f". {words('plans.with_reason', reason=decision['reason'])}"
    return tag("p", inert(text), f"hda-state hda-{proposal.status}")


def _utc(time: object) -> str:
    return f"{str(time).replace('T', ' ')[:16]} UTC" if time else ""


def _plan(proposal: StoredProposal, words: ScreenWords) -> str:
    """The plan by its kind; a plan in a form that is not known here says so instead of failing."""
    try:
        if proposal.kind == "staffing":
            plan = RosterPlan.from_json(proposal.plan)
            return roster_html(plan, RosterProblem.from_json(proposal.inputs), words)
        return beds_html(BedPlan.from_json(proposal.plan), BedProblem.from_json(proposal.inputs), words)
    except (AssistantError, KeyError, TypeError, ValueError, AttributeError, StopIteration):
        return tag("p", inert(words("roster.partial")), "hda-notice")


def _label(proposal: StoredProposal, words: ScreenWords) -> str:
    kind = words.known("plans", proposal.kind, words("plans.other"))
    text = f"{proposal.id} · {kind} · {words.known('plans', proposal.status, proposal.status)} · {proposal.summary}"
    return text if len(text) <= _LABEL_LENGTH else f"{text[: _LABEL_LENGTH - 1]}…"


def _notice(text: str, css: str = "") -> str:
    return tag("p", inert(text), f"hda-notice {f'hda-{css}' if css else ''}".strip(), role="status")


@dataclass(frozen=True)
class Widgets:
    """What the page shows."""

    chosen: gr.Dropdown
    reload: gr.Button
    said: gr.HTML
    reason: gr.Textbox
    approve: gr.Button
    reject: gr.Button
    page: gr.HTML
    raw: gr.Code


def lay_out(labels: Labels) -> Widgets:
    """The choice above, the decision below it, then the proposal."""
    with gr.Row(equal_height=True, elem_classes="hda-bar"):
        chosen = labels.make(
            gr.Dropdown, lambda w: {"label": w("plans.choose")}, choices=[], scale=8, elem_id="hda-plan"
        )
        reload = labels.make(gr.Button, lambda w: {"value": w("plans.refresh")}, scale=1, min_width=100)
    said = gr.HTML(elem_id="hda-decided", padding=False)
    with gr.Row(equal_height=True, elem_classes="hda-bar"):
        reason = labels.make(
            gr.Textbox,
            lambda w: {"label": w("plans.reason"), "placeholder": w("plans.reason_placeholder")},
            scale=8,
            min_width=320,
            max_length=1000,
            elem_id="hda-reason",
        )
        button: dict[str, Any] = {"scale": 1, "min_width": 100}
        approve = labels.make(gr.Button, lambda w: {"value": w("plans.approve")}, variant="primary", **button)
        reject = labels.make(gr.Button, lambda w: {"value": w("plans.reject")}, variant="stop", **button)
    page = gr.HTML(elem_id="hda-proposal", padding=False)
    with labels.make(gr.Accordion, lambda w: {"label": w("roster.raw")}, open=False):
        raw = gr.Code(language="json", show_label=False, interactive=False, max_lines=30, wrap_lines=True)
    return Widgets(chosen, reload, said, reason, approve, reject, page, raw)


def plans_page(app: App, session: Session, labels: Labels, tab: gr.Tab) -> None:
    """Lay out the page inside the current tab and connect it; opening it shows the newest proposal."""
    plans, show = Plans(app), lay_out(labels)
    shown: Sequence[Any] = [show.page, show.raw, show.approve, show.reject]
    everything = [show.chosen, *shown]
    private: dict[str, Any] = {"api_visibility": "private", "show_progress": "hidden"}
    tab.select(lambda language: plans.load(None, language), session.language, everything, **private)
    for event in (show.reload.click, session.language.change):
        event(plans.load, [show.chosen, session.language], everything, **private)
    show.chosen.input(plans.show, [show.chosen, session.language], shown, **private)
    show.chosen.input(lambda: "", None, show.said, **private)
    for button, verdict in ((show.approve, APPROVED), (show.reject, REJECTED)):
        button.click(
            _handler(plans, verdict),
            [show.chosen, show.reason, *session.inputs],
            [show.said, *everything, show.reason],
            concurrency_limit=1,
            concurrency_id="decisions",
            api_visibility="private",
            show_progress="minimal",
        )


def _handler(plans: Plans, verdict: str) -> Any:
    """The handler of one button."""

    def decide(chosen: str | None, reason: str, language: str, user: str, role: str) -> list[Any]:
        return plans.decide(verdict, chosen, reason, language, user, role)

    return decide
