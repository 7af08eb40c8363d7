"""Which of the hand-written examples are most like a question, by words and runs of characters.

A tf-idf cosine needs no weights, knows both languages and takes a millisecond; sentence vectors, where the composer
hands in an encoder, add what English questions mean in words that no example has. Names of units and items say
nothing about what is asked, so what looks like a name or a number counts as one common word.
"""

import math
import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from itertools import pairwise

import numpy as np

from assistant.llm.spans import normal, pieces

_CHINESE = re.compile(r"[\u3400-\u9fff]+")
# A Chinese unit name ends in one of these; what stands before is the name proper. Up to four characters, so that
# a whole clause is not swallowed.
_CHINESE_UNIT = re.compile(r"[\u3400-\u9fff]{1,4}(?:科|病区|病房|中心|监护室)")
_FOLLOW_UP = "=follow-up"
_NAME = "name"
# One shared idea counts as much as this many shared words. Chosen by leaving each example out in turn and asking
# whether the nearest other one has the same tools and measures (English, Chinese): weight 0: 8 %, 16 %; 3: 52 %, 41 %;
# 5: 62 %, 54 %; 8: 70 %, 62 %; 12: 70 %, 65 %.
IDEA_WEIGHT = 8.0
# Share of the sentence vectors' similarity, where there is an encoder. Words alone are good at wordings close to the
# examples, vectors at others: leaving one out, the right kind is among the nearest six in 87 % at 0, 0.3 and 0.5, in
# 84 % at 0.7 and in 62 % at 1; on eval/cases/understanding_dev.jsonl the nearest is right in 88, 92, 92, 92 and 62 %.
MEANING_SHARE = 0.5

Encode = Callable[[Sequence[str]], np.ndarray]


class HouseWords:
    """Words that mean the same, from `prompts/understand/words.toml`.

    Args:
        ideas: Idea to its words, in both languages.
    """

    def __init__(self, ideas: Mapping[str, Sequence[str]]) -> None:
        self._english = {
            idea: re.compile(r"(?<![a-z])(?:" + "|".join(re.escape(w) for w in latin) + r")s?(?![a-z])")
            for idea, words in ideas.items()
            if (latin := sorted((w for w in words if not _CHINESE.search(w)), key=len, reverse=True))
        }
        self._chinese = {idea: [word for word in words if _CHINESE.search(word)] for idea, words in ideas.items()}

    def ideas_in(self, text: str) -> set[str]:
        """The ideas whose words occur in the text (lower case)."""
        found = {idea for idea, pattern in self._english.items() if pattern.search(text)}
        return found | {idea for idea, words in self._chinese.items() if any(word in text for word in words)}

    def without_names(self, text: str) -> str:
        """The text (lower case) with words of unit names replaced by one common word."""
        pattern = self._english.get(_NAME)
        return pattern.sub(f"<{_NAME}>", text) if pattern else text


def features(text: str, words: HouseWords, follows: bool = False) -> Counter[str]:
    """Ideas, words, word pairs and runs of characters of a question, counted.

    Args:
        text: The question.
        words: What means the same.
        follows: Whether it was asked after another one; follow-ups are worded like one another.
    """
    counted: Counter[str] = Counter()
    masked = [_masked(place, piece) for place, piece in enumerate(p for p in pieces(text) if p.strip())]
    plain = words.without_names(" ".join(masked))
    latin = [word for word in plain.split() if not _CHINESE.match(word)]
    counted.update(latin)
    counted.update(f"{first} {second}" for first, second in pairwise(latin))
    for run in _CHINESE.findall(_CHINESE_UNIT.sub("科", normal(text))):
        for length in (1, 2, 3):
            counted.update(run[place : place + length] for place in range(len(run) - length + 1))
    counted.update(f"={idea}" for idea in words.ideas_in(normal(text).lower()) if idea != _NAME)
    named = f"<{_NAME}>" in plain or _CHINESE_UNIT.search(normal(text)) is not None
    counted["=named" if named else "=nameless"] += 1
    if follows:
        counted[_FOLLOW_UP] += 1
    return counted


def _masked(place: int, piece: str) -> str:
    """The word in lower case; a number or a name becomes a common word (the first word is only a capital)."""
    if piece[0].isdigit():
        return "<number>" if piece.isdigit() else f"<{_NAME}>"
    shouted = len(piece) > 1 and piece.isupper() and piece.isascii() and piece != "ED"
    named = place > 0 and piece[0].isupper() and piece.isascii() and piece not in {"I", "ED"}
    return f"<{_NAME}>" if shouted or named else piece.lower()


class SimilarQuestions:
    """An index over a fixed list of questions.

    Args:
        questions: The questions.
        follows: For each, whether it is a follow-up.
        words: What means the same.
        encode: Turns English texts into rows of length 1, one per text; without it only words are compared.
    """

    def __init__(
        self, questions: Sequence[str], follows: Sequence[bool], words: HouseWords, encode: Encode | None = None
    ) -> None:
        self._words = words
        self._encode = encode
        self._questions = tuple(questions)
        counted = [features(question, words, follow) for question, follow in zip(questions, follows, strict=True)]
        seen = Counter(feature for one in counted for feature in one)
        self._idf = {feature: math.log(len(questions) / count) + 1 for feature, count in seen.items()}
        self._weights = [self._weighted(one) for one in counted]

    def nearest(self, question: str, follows: bool, k: int) -> list[tuple[int, float]]:
        """Place and similarity (0 to 1) of the `k` most similar questions, most similar first."""
        asked = self._weighted(features(question, self._words, follows))
        scores = [
            sum(weight * weights.get(feature, 0.0) for feature, weight in asked.items()) for weights in self._weights
        ]
        if self._encode and not _CHINESE.search(question):
            meanings = self._vectors @ self._encode([self._masked(question)])[0]
            scores = [(1 - MEANING_SHARE) * s + MEANING_SHARE * float(m) for s, m in zip(scores, meanings, strict=True)]
        return sorted(enumerate(scores), key=lambda scored: (-scored[1], scored[0]))[:k]

    @cached_property
    def _vectors(self) -> np.ndarray:
        """One row per question, zero for a Chinese one; made at the first English question, since it takes seconds."""
        if self._encode is None:
            raise ValueError("There is no encoder.")
        places = [place for place, question in enumerate(self._questions) if not _CHINESE.search(question)]
        made = self._encode([self._masked(self._questions[place]) for place in places])
        rows = np.zeros((len(self._questions), made.shape[1]))
        rows[places] = made
        return rows

    def _masked(self, question: str) -> str:
        """The question with ordinary words in place of names and numbers, which an encoder would dwell on."""
        masked = [_masked(place, piece) for place, piece in enumerate(p for p in pieces(question) if p.strip())]
        plain = self._words.without_names(" ".join(masked))
        return plain.replace(f"<{_NAME}>", "the ward").replace("<number>", "some")

    def _weighted(self, counted: Counter[str]) -> dict[str, float]:
        weights = {
            feature: (1 + math.log(count)) * self._idf[feature] * (IDEA_WEIGHT if feature[0] == "=" else 1)
            for feature, count in counted.items()
            if feature in self._idf
        }
        length = math.sqrt(sum(weight * weight for weight in weights.values())) or 1.0
        return {feature: weight / length for feature, weight in weights.items()}
