"""One journal entry told as a story in words, for a reader who has never seen JSON."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from assistant.journal.entry import Entry
from assistant.ui.telling import (
    Body,
    arguments,
    details,
    flat,
    moment,
    quoted,
    reason,
    spaced,
    status,
    tool,
    verdict,
    who,
)
from assistant.ui.words import ScreenWords

LONG_SECTION = 24
"""Lines; only the map of figures to facts grows beyond this."""


@dataclass(frozen=True)
class Section:
    """A heading with its lines, as plain text; lines that start with a tab belong to the line before."""

    heading: str
    lines: tuple[str, ...]

    @property
    def long(self) -> bool:
        """Long enough to be folded away until asked for."""
        return len(self.lines) > LONG_SECTION


@dataclass(frozen=True)
class Story:
    """A told entry.

    Attributes:
        title: What kind of thing happened.
        sections: In reading order; sections without lines are left out.
    """

    title: str
    sections: tuple[Section, ...]

    @property
    def text(self) -> str:
        """All of it as plain text."""
        return "\n".join(
            [self.title, *(f"\n{section.heading}\n" + "\n".join(section.lines) for section in self.sections)]
        )


def tell(entry: Entry, related: Sequence[Entry], words: ScreenWords) -> Story:
    """The story of an entry.

    Args:
        entry: What is told.
        related: Entries that the story refers to: its steps, the decisions on its proposals.
        words: Language of the story.
    """
    teller = _TELLERS.get(entry.kind)
    title = words.known("story", f"title_{entry.kind}", words("story.title_other", kind=entry.kind))
    sections = teller(entry, related, words) if teller else _other(entry, words)
    kept = [Section(heading, tuple(lines)) for heading, lines in [*sections, _proof(entry, words)] if lines]
    return Story(title, tuple(kept))


Sections = list[tuple[str, list[str]]]


def related_ids(entry: Entry) -> tuple[set[str], set[str]]:
    """What the story of `entry` needs besides: ids of entries, and ids of proposals whose decisions it tells."""
    steps = {str(step.get("journal_id", "")) for step in entry.body.get("steps", ())}
    made = entry.body.get("made", {})
    steps.add(str(made.get("journal_id", "")) if isinstance(made, Mapping) else "")
    proposals = {str(name) for name in entry.body.get("proposals", ())}
    if entry.kind in {"proposal", "decision"}:
        proposals.add(str(entry.body.get("id", "")))
    return steps - {""}, proposals - {""}


def _answer(entry: Entry, related: Sequence[Entry], words: ScreenWords) -> Sections:
    body = entry.body
    asked = [words("story.asked", time=moment(entry.time), **who(body, words)), quoted(body.get("question"), words)]
    language = words.known("story", f"language_{body.get('language')}", str(body.get("language", "")))
    asked.append(words("story.clock", at=spaced(body.get("at")), language=language))
    asked.append(words("story.conversation", thread=body.get("thread", "")))
    facts = {str(fact.get("id")): str(fact.get("text", "")) for fact in body.get("facts", ())}
    return [
        (words("story.question"), asked),
        (words("story.understanding"), _model(body.get("language_model"), words)),
        (words("story.steps"), _steps(body, related, words)),
        (words("story.answer"), _told_answer(body, words)),
        (words("story.map"), [_claim(claim, facts, words) for claim in body.get("claims", ())]),
        (words("story.sources"), [_source(source, words) for source in body.get("sources", ())]),
        (words("story.proposals"), _proposals(body.get("proposals", ()), related, words)),
    ]


def _model(identity: Any, words: ScreenWords) -> list[str]:
    if not isinstance(identity, Mapping) or not identity:
        return [words("story.no_model")]
    name, kind = identity.get("name", "?"), identity.get("kind", "?")
    rest = [(key, value) for key, value in identity.items() if key not in {"name", "kind"}]
    details = [f"\t{words('story.model_detail', key=key, value=flat(value))}" for key, value in rest]
    return [words("story.model", name=name, kind=kind), *details]


def _steps(body: Body, related: Sequence[Entry], words: ScreenWords) -> list[str]:
    calls = {entry.id: entry.body for entry in related if entry.kind == "call"}
    lines: list[str] = []
    for number, step in enumerate(body.get("steps", ()), 1):
        name = str(step.get("journal_id", ""))
        lines.append(
            words(
                "story.step",
                number=number,
                tool=tool(step, words),
                arguments=arguments(step, words),
                status=status(step, words),
                id=name or "–",
            )
        )
        lines += _outcome(calls.get(name, step), words)
    return lines or [words("story.no_steps")]


def _outcome(call: Body, words: ScreenWords, limit: bool = True) -> list[str]:
    """What came back, or why nothing did; `limit` keeps to the first line, since the step's own entry has them all."""
    error = call.get("error")
    if isinstance(error, Mapping):
        return [f"\t{words('story.failed_with', message=error.get('message', ''))}"]
    text = [line for line in str(call.get("text", "")).split("\n") if line.strip()]
    told = [f"\t{words('story.came_back', text=text[0])}"] if text else []
    if len(text) > 1 and limit:
        return [*told, f"\t{words('story.more_lines', count=len(text) - 1)}"]
    return told + [f"\t{line}" for line in text[1:]]


def _told_answer(body: Body, words: ScreenWords) -> list[str]:
    lines = [line for line in str(body.get("answer", "")).split("\n") if line.strip()]
    lines = [f"\t{line}" for line in lines]
    replaced = body.get("replaced")
    if isinstance(replaced, Mapping):
        lines.append(words("story.is_replaced", claims=", ".join(map(str, replaced.get("ungrounded", ())))))
        lines.append(f"\t{words('story.first_written', text=replaced.get('text', ''))}")
    elif body.get("facts"):
        lines.append(words("story.is_grounded" if body.get("grounded") else "story.not_grounded"))
    if body.get("problem"):
        lines.append(words("story.problem", message=body["problem"]))
    return lines


def _claim(claim: Body, facts: Mapping[str, str], words: ScreenWords) -> str:
    kind = words.known("story", f"claim_{claim.get('kind')}", str(claim.get("kind")))
    where = claim.get("fact")
    if where is None:
        bearer = words("story.claim_none")
    elif str(where) in facts:
        bearer = words("story.claim_fact", id=where, text=facts[str(where)])
    else:
        bearer = words("story.claim_source", id=where)
    return words("story.claim", kind=kind, value=claim.get("value", ""), fact=bearer)


def _source(source: Body, words: ScreenWords) -> str:
    version, at = source.get("version") or "–", spaced(source.get("as_of")) or "–"
    return words("story.source", id=source.get("id", ""), version=version, at=at)


def _proposals(names: Iterable[Any], related: Sequence[Entry], words: ScreenWords) -> list[str]:
    decisions = {str(entry.body.get("id")): entry for entry in reversed(related) if entry.kind == "decision"}
    lines: list[str] = []
    for name in map(str, names):
        decision = decisions.get(name)
        if decision is None:
            lines.append(words("story.proposal_open", id=name))
            continue
        body = decision.body
        told = {"id": name, "verdict": verdict(body, words), "time": moment(decision.time), "entry": decision.id}
        lines.append(words("story.proposal_decided", **told, **who(body, words)))
        lines.append(f"\t{reason(body, words)}")
    return lines


def _call(entry: Entry, related: Sequence[Entry], words: ScreenWords) -> Sections:
    body = entry.body
    told = {"tool": tool(body, words), "arguments": arguments(body, words), "status": status(body, words)}
    begin = words("story.who_call", time=moment(entry.time), **who(body, words))
    facts = [str(fact.get("text", "")) for fact in body.get("facts", ())] if not body.get("text") else []
    return [
        (words("story.steps"), [begin, words("story.step_bare", **told), *_outcome(body, words, limit=False), *facts]),
        (words("story.sources"), [_source(source, words) for source in body.get("sources", ())]),
    ]


def _proposal(entry: Entry, related: Sequence[Entry], words: ScreenWords) -> Sections:
    body, made = entry.body, entry.body.get("made", {})
    kind = words.known("plans", str(body.get("kind")), str(body.get("kind")))
    begin = words("story.who_proposal", time=moment(entry.time), kind=kind, id=body.get("id", ""), **who(made, words))
    summary = f"\t{body.get('summary', '')}"
    calls = [other for other in related if other.id == made.get("journal_id")]
    steps = [line for call in calls for line in (_step_of(call, words), *_outcome(call.body, words))]
    return [
        (words("story.title_proposal"), [begin, summary, *steps]),
        (words("story.proposals"), _proposals([body.get("id", "")], related, words)),
    ]


def _step_of(call: Entry, words: ScreenWords) -> str:
    body = call.body
    told = {"tool": tool(body, words), "arguments": arguments(body, words), "status": status(body, words)}
    return words("story.step_bare", **told)


def _decision(entry: Entry, related: Sequence[Entry], words: ScreenWords) -> Sections:
    body = entry.body
    told = {"time": moment(entry.time), "id": body.get("id", ""), "verdict": verdict(body, words)}
    bound = {"plan": str(body.get("plan_sha256", ""))[:16], "inputs": str(body.get("inputs_sha256", ""))[:16]}
    lines = [words("story.who_decision", **told, **who(body, words)), f"\t{reason(body, words)}"]
    proposals = [other for other in related if other.kind == "proposal" and other.body.get("id") == body.get("id")]
    lines += [f"\t{other.body.get('summary', '')} ({other.id})" for other in proposals]
    return [(words("story.title_decision"), [*lines, words("story.bound", **bound)])]


def _import(entry: Entry, related: Sequence[Entry], words: ScreenWords) -> Sections:
    begin = words("story.who_import", time=moment(entry.time), site=entry.body.get("site", ""))
    return [(words("story.title_import"), [begin, *details(entry.body, words, without=("site",))])]


def _read(entry: Entry, related: Sequence[Entry], words: ScreenWords) -> Sections:
    named = {"time": moment(entry.time), "entry": entry.body.get("entry", ""), **who(entry.body, words)}
    return [(words("story.title_read"), [words("story.who_read", **named)])]


def _other(entry: Entry, words: ScreenWords) -> Sections:
    lines = [words("story.who_other", time=moment(entry.time)), *details(entry.body, words)]
    return [(words("story.title_other", kind=entry.kind), lines)]


_TELLERS: dict[str, Callable[[Entry, Sequence[Entry], ScreenWords], Sections]] = {
    "answer": _answer,
    "call": _call,
    "proposal": _proposal,
    "decision": _decision,
    "import": _import,
    "read": _read,
}


def _proof(entry: Entry, words: ScreenWords) -> tuple[str, list[str]]:
    body, lines = entry.body, []
    if body.get("seconds"):
        seconds = body["seconds"]
        total = seconds.get("total", 0) if isinstance(seconds, Mapping) else seconds
        lines.append(words("story.duration", seconds=total))
    if body.get("version"):
        lines.append(words("story.version", version=body["version"]))
    if body.get("records_sha256"):
        lines.append(words("story.records", hash=body["records_sha256"]))
    lines += [words("story.hash", hash=entry.hash), words("story.previous", hash=entry.prev)]
    return words("story.proof"), lines
