"""Makes training examples from the hand-written wordings: alternatives drawn, slots filled, typed as people type.

Every example is checked: the grammar that holds the language model to the catalogue must admit its calls. What it
does not admit could not be answered either, so it is left out, and counted.
"""

import random
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from assistant.llm.constrain import query_of
from assistant.llm.descriptions import EarlierTurn, RawCall, ToolDescription
from assistant.llm.examples import Example
from assistant.llm.spans import normal, numbers_for, shifts_in, times_in
from assistant.tuning.noise import mistyped, smaller
from assistant.tuning.slots import Filling, fill
from assistant.tuning.templates import CHOICE, SLOT, CallPattern, Template

_NUMBERS = frozenset({"days", "weeks", "amount", "doses"})
_BEDS_NOW = frozenset({"occupancy", "free_beds", "waiting", "length_of_stay"})
_ATTEMPTS = 4


class NoExampleError(ValueError):
    """A wording gave no example: its message says why, shortly."""


@dataclass
class Maker:
    """Draws examples; the same seed gives the same ones.

    Args:
        templates: From which follow-ups take the question asked before.
        tools: The catalogue.
        seed: Of the draws.
    """

    templates: Sequence[Template]
    tools: Sequence[ToolDescription]
    seed: int
    left_out: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self._known = {tool.name: tool for tool in self.tools}
        self._by_shape: dict[Any, list[Template]] = defaultdict(list)
        for template in self.templates:
            if not template.earlier:
                self._by_shape[template.language, tuple(call.shape for call in template.calls)].append(template)

    def examples(self, template: Template, count: int) -> list[Example]:
        """Up to `count` different examples of one wording."""
        draw = random.Random(f"{self.seed} {template.name} {template.wording}")
        found: dict[str, Example] = {}
        for _ in range(count + _ATTEMPTS):
            if len(found) == count:
                break
            try:
                example = self._example(template, draw)
            except NoExampleError as why:
                self.left_out[str(why)] += 1
                continue
            found.setdefault(example.question, example)
        return list(found.values())

    def after_another(self, example: Example, source: str) -> Example | None:
        """The example in a conversation about something else, of which nothing may be taken over.

        None where what was asked before could rightly be taken over: a question back for something missing.
        """
        if example.earlier or any(call.name == "ask_back" for call in example.calls):
            return None
        draw = random.Random(f"{self.seed} before {source} {example.question}")
        own = {call.name for call in example.calls}
        others = [
            (language, shapes)
            for language, shapes in self._by_shape
            if language == example.language and own.isdisjoint(shape[0] for shape in shapes)
        ]
        template = draw.choice(self._by_shape[draw.choice(others)])
        try:
            before = self._example(template, draw)
        except NoExampleError:
            return None
        return replace(example, earlier=(EarlierTurn(before.question, before.calls),))

    def _example(self, template: Template, draw: random.Random) -> Example:
        turns: list[EarlierTurn] = []
        bound: dict[str, Any] = {}
        for patterns in template.earlier:
            before = self._before(template, patterns, turns, draw)
            turns.append(EarlierTurn(before.question, before.calls))
            for pattern, call in zip(patterns, before.calls, strict=True):
                for name, value in pattern.arguments.items():
                    if SLOT.fullmatch(value):
                        bound[value[1:-1]] = call.arguments.get(name)
        question, fillings = _text(template, bound, draw)
        texts = [question, *(turn.question for turn in reversed(turns))]
        calls = tuple(self._call(pattern, texts, fillings, bound) for pattern in template.calls)
        return Example(template.language, question, calls, tuple(turns))

    def _before(
        self, template: Template, patterns: Sequence[CallPattern], turns: Sequence[EarlierTurn], draw: random.Random
    ) -> Example:
        """The question asked before a follow-up: any other wording of the same calls."""
        fitting = self._by_shape.get((template.language, tuple(pattern.shape for pattern in patterns)))
        if not fitting:
            raise NoExampleError(f"no question before: {[pattern.shape for pattern in patterns]}")
        return self._example(draw.choice(fitting), draw)

    def _call(
        self, pattern: CallPattern, texts: Sequence[str], fillings: Mapping[str, Filling], bound: Mapping[str, Any]
    ) -> RawCall:
        tool = self._known[pattern.name]
        arguments = {
            name: self._value(tool, name, value, texts, fillings, bound) for name, value in pattern.arguments.items()
        }
        if "query" in tool.required:
            arguments["query"] = query_of(texts[0])
        return RawCall(pattern.name, {name: arguments[name] for name in tool.ordered if name in arguments})

    def _value(
        self,
        tool: ToolDescription,
        name: str,
        value: str,
        texts: Sequence[str],
        fillings: Mapping[str, Filling],
        bound: Mapping[str, Any],
    ) -> Any:
        """One argument's value: closed choices as they stand, numbers computed, texts as the question says them."""
        if "enum" in tool.arguments[name]:
            return value
        slot = SLOT.fullmatch(value)
        key = slot.group(1) if slot else ""
        if slot and key not in fillings:
            if bound.get(key) is None:
                raise NoExampleError(f"{name} was not said before")
            return bound[key]
        meant = fillings[key].meant if slot else SLOT.sub(lambda found: fillings[found.group(1)].meant, value)
        if name in _NUMBERS:
            return _number(name, meant, texts)
        if name in tool.times:
            return _overlapping(meant, times_in(texts), name)
        if name == "shift":
            return _overlapping(meant, shifts_in(texts), name)
        return _as_said(meant, texts)


def _text(template: Template, bound: Mapping[str, Any], draw: random.Random) -> tuple[str, dict[str, Filling]]:
    """The question, and what stands in its slots, as typed."""
    wording = template.wording
    while CHOICE.search(wording):
        wording = CHOICE.sub(lambda found: draw.choice(found.group(1).split("|")), wording)
    wording = " ".join(wording.split()).replace(" ?", "?").replace(" ,", ",").replace(" .", ".")
    wording = mistyped(wording, template.language, draw)
    small = smaller(wording, template.language, draw)
    past = any(call.arguments.get("measure") in _BEDS_NOW and call.name == "show_state" for call in template.calls)
    fillings: dict[str, Filling] = {}
    for slot in SLOT.findall(wording):
        known = bound.get(slot)
        if isinstance(known, str):
            filling = Filling(known, known)
        else:
            filling = fillings.get(slot) or fill(slot.rstrip("2"), template.language, past, draw)
            while any(filling.meant == other.meant for key, other in fillings.items() if key != slot):
                filling = fill(slot.rstrip("2"), template.language, past, draw)
        fillings[slot] = Filling(filling.said.lower(), filling.meant.lower()) if small else filling
    text = (wording.lower() if small else wording).strip()
    # Replaced from the left; a sentence begins with a capital as its writer had it.
    question = SLOT.sub(lambda found: fillings[found.group(1)].said, text).replace("the the ", "the ")
    if question[:4] == "the ":
        question = "The " + question[4:] if draw.random() < 0.5 and not small else question
    return question, fillings


def _number(name: str, meant: str, texts: Sequence[str]) -> int:
    """The number that `meant` says, if the question offers it."""
    wanted = int(meant) if meant.isdigit() and name != "days" else None
    own = [wanted] if wanted is not None else [int(meant)] if meant.isdigit() else numbers_for(name, [meant])
    offered = numbers_for(name, texts)
    fitting = [number for number in own if number in offered]
    if not fitting:
        raise NoExampleError(f"{name} {meant!r} is not offered")
    return fitting[0]


def _overlapping(meant: str, offered: Sequence[str], name: str) -> str:
    """The time or shift the question offers that has most in common with `meant`."""
    words = normal(meant).lower()
    fitting = [said for said in offered if said.lower() in words or words in said.lower()]
    if not fitting:
        raise NoExampleError(f"{name} {meant!r} is not offered")
    return max(fitting, key=lambda said: (said.lower() == words, len(said)))


def _as_said(meant: str, texts: Sequence[str]) -> str:
    said = normal(meant)
    for text in map(normal, texts):
        place = text.lower().find(said.lower())
        if place >= 0:
            return text[place : place + len(said)]
    raise NoExampleError(f"{meant!r} is not said")


def admitted(examples: Iterable[Example], tools: Sequence[ToolDescription]) -> list[Example]:
    """The examples that the grammar admits (see `assistant.tuning.admit`)."""
    from assistant.tuning.admit import Admitter  # needs the tokenizer: seconds to load

    admitter = Admitter(tools)
    return [example for example in examples if admitter.admits(example)]
