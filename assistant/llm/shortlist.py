"""Shortlists what a question can mean, before the embedded language model decides.

Linear classifiers over character and word n-grams, one per shape of call (logistic regressions on hashed, tf-idf
weighted features; Weinberger et al., Feature hashing, 2009), trained on the same examples. They know nothing of names
and numbers and cannot fill arguments, but they hardly ever leave the right tool out, and the language model then
chooses among few. Computed with numpy from one small file.
"""

import json
import re
import zlib
from collections.abc import Iterator, Sequence
from functools import cache
from itertools import pairwise
from pathlib import Path

import numpy as np

from assistant.errors import SetupError
from assistant.llm.constrain import Shape, calls_grammar
from assistant.llm.descriptions import EarlierTurn, RawCall, ToolDescription
from assistant.llm.spans import normal

FILE = Path(__file__).parent / "adapter" / "shortlist.npz"
BUCKETS = 2**16
# Tools whose choice can be left out: whether it is made, and which, is decided here (the language model forgets it).
_DECIDED = frozenset({"plan_vaccination", "search_knowledge", "check_forecasts"})
# The class of questions that want several calls.
SEVERAL = "several"
# Chosen on eval/cases/outside_*.jsonl (every other case): the right tools are among those kept in 96 to 98 %.
LEAST = 0.1
# Below this chance one call is all; above the other there are two at least.
SEVERAL_LEAST, SEVERAL_SURE = 0.05, 0.4
_LONGEST = 5
_TOKEN = re.compile(r"[\u3400-\u9fff]|[^\W\u3400-\u9fff]+")
_CHOICES = ("measure", "change", "kind", "goal", "source", "missing", "reason")


def meanings(calls: Sequence[RawCall]) -> list[str]:
    """Tool and closed choice of each call, as the classifiers know them: `show_state:occupancy`."""
    return [
        f"{call.name}:{next((str(call.arguments[name]) for name in _CHOICES if name in call.arguments), '')}"
        for call in calls
    ]


def features(question: str, earlier: Sequence[EarlierTurn] = ()) -> tuple[np.ndarray, np.ndarray]:
    """Buckets of the n-grams of a question, and how often each occurs.

    A follow-up is marked with what was meant before.

    Args:
        question: As it was asked.
        earlier: The turns before, oldest first.
    """
    text = normal(question).lower()
    before = f"before {'+'.join(meanings(earlier[-1].calls))}" if earlier else "first"
    buckets = [zlib.crc32(gram.encode()) % BUCKETS for gram in (*_grams(text), before, before.partition(":")[0])]
    found, counts = np.unique(np.array(buckets), return_counts=True)
    return found, 1 + np.log(counts)


def _grams(text: str) -> Iterator[str]:
    """Character n-grams inside words padded with blanks (Chinese in a row is a word), then words and pairs of them."""
    for word in text.split():
        padded = f" {word} "
        for length in range(1, _LONGEST + 1):
            for start in range(max(1, len(padded) - length + 1)):
                yield padded[start : start + length]
    words = _TOKEN.findall(text)
    yield from (f"word {word}" for word in words)
    yield from (f"pair {first} {second}" for first, second in pairwise(words))


class Shortlist:
    """The classifier, read from its file.

    Args:
        file: `shortlist.npz`.

    Raises:
        SetupError: The file is not there.
    """

    def __init__(self, file: Path = FILE) -> None:
        try:
            with np.load(file) as stored:
                # Stored as whole numbers with a scale per class: a quarter of the size, the same decisions.
                self._weights, self._scale = stored["weights"], stored["scale"]
                self._bias, self._idf = stored["bias"], stored["idf"].astype(np.float32)
                self.classes: list[str] = json.loads(str(stored["classes"]))
        except OSError as missing:
            raise SetupError(
                f"The shortlist of the embedded language model was expected at {file}. Run `make setup`."
            ) from missing

    def probabilities(self, question: str, earlier: Sequence[EarlierTurn] = ()) -> dict[str, float]:
        """Of each class, by itself."""
        buckets, counts = features(question, earlier)
        values = counts * self._idf[buckets]
        values /= max(float(np.linalg.norm(values)), 1e-9)
        scores = (self._weights[buckets].astype(np.float32).T @ values) * self._scale + self._bias
        return dict(zip(self.classes, (1 / (1 + np.exp(-scores))).tolist(), strict=True))

    def shapes(self, question: str, earlier: Sequence[EarlierTurn] = (), least: float = LEAST) -> list[Shape]:
        """What the question can mean: the shapes at least `least` times as likely as the likeliest, best first."""
        chances = self.probabilities(question, earlier)
        chances.pop(SEVERAL)
        best = max(chances.values())
        names = sorted((name for name in chances if chances[name] >= least * best), key=lambda name: -chances[name])
        shapes = [Shape(*name.split(":")) for name in names]
        first = {shape.name: shape for shape in reversed(shapes)}
        return [shape for shape in shapes if shape.name not in _DECIDED or first[shape.name] is shape]


def question_grammar(
    question: str,
    turns: Sequence[EarlierTurn],
    tools: Sequence[ToolDescription],
    max_steps: int,
    shortlist: Shortlist | None,
) -> str:
    """The grammar of a question's calls, held to what the shortlist keeps.

    Args:
        question: As it was asked.
        turns: Before it, oldest first.
        tools: The catalogue.
        max_steps: Most calls.
        shortlist: None leaves all tools open.
    """
    before = [normal(turn.question) for turn in reversed(turns)]
    if shortlist is None:
        return calls_grammar(tools, normal(question), before, max_steps)
    several = shortlist.probabilities(question, turns)[SEVERAL]
    most = max_steps if several >= SEVERAL_LEAST else 1
    least = min(2, most) if several >= SEVERAL_SURE else 1
    return calls_grammar(tools, normal(question), before, most, shortlist.shapes(question, turns), least)


@cache
def own_shortlist() -> Shortlist:
    """The one that comes with the package."""
    return Shortlist()
