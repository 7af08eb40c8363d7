"""The baseline without a language model: the calls of the most similar example, with the question's own words put in.

Slots are filled by simple rules: a name that the question holds (a capitalised or numbered word, a Chinese unit
name) goes where the example had a unit or item; a length of time becomes the number of days. What finds nothing is
left out.
"""

import re
from collections.abc import Sequence
from typing import Any

from assistant.llm.examples import EXAMPLES, WORDS, own_examples
from assistant.llm.descriptions import EarlierTurn, RawCall, ToolDescription
from assistant.llm.examples import sha256_of_prompts
from assistant.llm.faults import OUTPUT_INVALID, fault
from assistant.llm.similar import Encode
from assistant.llm.spans import normal, numbers_for

_UNIT = re.compile(
    r"(?<!^)(?<![.?!] )\b(?!I\b)(?:[A-Z][\w&-]*|\d+[A-Z]|\d+ (?=[A-Z]))(?: ?(?:[A-Z][\w&-]*|\d+))*"
    r"|\b[A-Z]{2,}\b|[\u3400-\u9fff]{1,4}?(?:科|病区|病房|中心|监护室)"
)
_TIME = re.compile(
    r"(?:next|last|this|past)\s(?:\d+\s|\w+\s)?\w+|tomorrow|today|tonight|yesterday|\d{4}-\d\d-\d\d"
    r"|\d{1,2}\s(?:January|February|March|April|May|June|July|August|September|October|November|December)"
    r"|[上下本这]个?(?:周|月)[一二三四五六日]?|今[天晚]|昨[天晚]|明[天晚]|\d+月\d+日|过去\d+天",
    re.IGNORECASE,
)
_TIMES = ("start", "at")


class NearestChooser:
    """Steps of the most similar example of the package.

    Args:
        encode: Sentence vectors of English texts, if there are any.
    """

    def __init__(self, encode: Encode | None = None) -> None:
        self._book = own_examples(encode)

    def choose(
        self, question: str, language: str, earlier: Sequence[EarlierTurn], tools: Sequence[ToolDescription]
    ) -> list[RawCall]:
        """See `StepChooser.choose`."""
        near = self._book.nearest(question, language, bool(earlier), {tool.name for tool in tools}, 1)
        if not near:
            raise fault(f"There is no example in the language {language!r}.", OUTPUT_INVALID)
        return [RawCall(call.name, _filled(call.arguments, normal(question))) for call in near[0].calls]

    def identity(self) -> dict[str, Any]:
        """See `StepChooser.identity`."""
        return {"kind": "nearest", "name": "most similar example", "prompt_sha256": sha256_of_prompts(EXAMPLES, WORDS)}


def _filled(arguments: Any, question: str) -> dict[str, Any]:
    """The example's arguments with the question's own words in them."""
    filled = {name: _slot(name, value, question) for name, value in arguments.items()}
    return {name: value for name, value in filled.items() if value is not None}


def _slot(name: str, value: Any, question: str) -> Any:
    if name in {"unit", "item"}:
        return _first(_UNIT, question)
    if name in _TIMES:
        return _first(_TIME, question)
    if name == "end":
        times = [match.group() for match in _TIME.finditer(question)]
        return times[1] if len(times) > 1 else None
    if name == "days":
        return next(iter(numbers_for(name, [question])), None)
    return question.rstrip("?？") if name == "query" else value


def _first(pattern: re.Pattern[str], text: str) -> str | None:
    found = pattern.search(text)
    return found.group() if found else None
