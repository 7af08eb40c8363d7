"""The baseline without a language model: the calls of the most similar example, slots filled by rules.

Times, shifts and numbers are those that the question says (the same rules that hold the language model); a name is the
longest one known from the examples that the question contains, else what looks like one. What a follow-up leaves
unsaid is taken from the calls before. What finds nothing is left out.
"""

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from assistant.llm.constrain import query_of
from assistant.llm.descriptions import EarlierTurn, RawCall, ToolDescription
from assistant.llm.examples import Example
from assistant.llm.faults import OUTPUT_INVALID, fault
from assistant.llm.spans import normal, numbers_for, shifts_in, times_in
from eval.nearest_index import CharacterIndex, MeaningIndex, SentenceEncoder

_UNIT = re.compile(
    r"(?<!^)(?<![.?!] )\b(?!I\b)(?:[A-Z][\w&-]*|\d+[A-Z]|\d+ (?=[A-Z]))(?: ?(?:[A-Z][\w&-]*|\d+))*"
    # A Chinese name has no capital: four characters at most, and none that leads up to a name.
    r"|\b[A-Z]{2,}\b|(?:(?![请给在的把让到为帮看问查和])[\u3400-\u9fff]){1,4}?(?:科|病区|病房|中心|监护室)"
)


class NearestChooser:
    """Steps of the most similar example.

    Args:
        examples: From which the calls are taken.
        encoder: Sentence vectors of English texts.
        folder: Where vectors are kept from run to run; None keeps nothing.
    """

    def __init__(self, examples: Sequence[Example], encoder: SentenceEncoder, folder: Path | None = None) -> None:
        self._examples = {
            language: [example for example in examples if example.language == language] for language in ("en", "zh")
        }
        self._indexes: dict[str, MeaningIndex | CharacterIndex] = {}
        self._encoder, self._folder = encoder, folder
        self._names = _names(examples)

    def choose(
        self, question: str, language: str, earlier: Sequence[EarlierTurn], tools: Sequence[ToolDescription]
    ) -> list[RawCall]:
        """See `StepChooser.choose`."""
        example = self._nearest(question, "zh" if language == "zh" else "en", bool(earlier), {t.name for t in tools})
        known = {tool.name: tool for tool in tools}
        asked = [normal(question), *(normal(turn.question) for turn in reversed(earlier))]
        before = _said_before(earlier) if example.earlier else {}
        return [RawCall(call.name, self._filled(known[call.name], call, asked, before)) for call in example.calls]

    def identity(self) -> dict[str, Any]:
        """See `StepChooser.identity`."""
        count = sum(map(len, self._examples.values()))
        return {"kind": "nearest", "name": f"most similar of {count} examples", "encoder": self._encoder.name}

    def _nearest(self, question: str, language: str, follows: bool, names: set[str]) -> Example:
        examples = self._examples[language]
        fitting = np.array([bool(example.earlier) == follows and example.uses_only(names) for example in examples])
        if not fitting.any():
            raise fault(f"There is no example in the language {language!r} that could be used.", OUTPUT_INVALID)
        scores = np.where(fitting, self._index(language).similarities(question), -np.inf)
        return examples[int(scores.argmax())]

    def _index(self, language: str) -> MeaningIndex | CharacterIndex:
        if language not in self._indexes:
            questions = [example.question for example in self._examples[language]]
            self._indexes[language] = (
                CharacterIndex(questions) if language == "zh" else MeaningIndex(questions, self._encoder, self._folder)
            )
        return self._indexes[language]

    def _filled(
        self, tool: ToolDescription, call: RawCall, texts: Sequence[str], before: Mapping[str, Any]
    ) -> dict[str, Any]:
        """The example's arguments with the question's own words in them."""
        filled = {name: self._value(tool, name, value, texts[0]) for name, value in call.arguments.items()}
        return {
            name: value if value is not None else before[name]
            for name, value in filled.items()
            if value is not None or name in before
        }

    def _value(self, tool: ToolDescription, name: str, value: Any, question: str) -> Any:
        schema = tool.arguments.get(name, {})
        if name == "query":
            return query_of(question)
        if "enum" in schema:
            return value
        if name in tool.times:
            said = times_in([question])
            return said[1] if name == "end" and len(said) > 1 else said[0] if name != "end" and said else None
        if name == "shift":
            return next(iter(shifts_in([question])), None)
        if schema.get("type") in {"integer", "number"}:
            return next(iter(numbers_for(name, [question])), None)
        return self._name(name, question)

    def _name(self, argument: str, question: str) -> str | None:
        """The longest known name in the question, else what looks like one."""
        lower = question.lower()
        for name in self._names[argument]:
            if name in lower and (known := re.search(rf"(?<![a-z0-9]){re.escape(name)}(?![a-z0-9])", lower)):
                return question[known.start() : known.end()]
        found = _UNIT.search(question)
        return found.group() if found else None


def _names(examples: Sequence[Example]) -> dict[str, list[str]]:
    """The texts that the examples give each argument, in lower case, longest first."""
    names: dict[str, set[str]] = defaultdict(set)
    for call in (call for example in examples for call in example.calls):
        for argument, value in call.arguments.items():
            if isinstance(value, str) and len(value) > 1:
                names[argument].add(value.lower())
    return defaultdict(list, {argument: sorted(said, key=len, reverse=True) for argument, said in names.items()})


def _said_before(earlier: Sequence[EarlierTurn]) -> dict[str, Any]:
    """The arguments of all earlier calls, the last ones win."""
    return {name: value for turn in earlier for call in turn.calls for name, value in call.arguments.items()}
