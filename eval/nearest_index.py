"""Which examples are most like a question: sentence vectors for English, runs of characters for Chinese.

all-MiniLM-L6-v2 reads English only; for Chinese a tf-idf cosine over runs of one to three characters stands in. Names
of units and numbers say nothing about what is asked, so ordinary words stand in their place.
"""

import contextlib
import hashlib
import math
import re
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from scipy.sparse import csr_matrix

from assistant.llm.spans import normal, pieces

_CHINESE = re.compile(r"[\u3400-\u9fff]+")
# A Chinese unit name ends in one of these; what stands before is the name proper. Up to four characters, so that a
# whole clause is not swallowed.
_CHINESE_UNIT = re.compile(r"[\u3400-\u9fff]{1,4}(?:科|病区|病房|中心|监护室)")
_LONGEST_RUN = 3


class SentenceEncoder(Protocol):
    """What turns English sentences into vectors."""

    @property
    def name(self) -> str:
        """Changes when the vectors change."""

    def encode(self, texts: Sequence[str]) -> np.ndarray:
        """One row of length 1 per text."""


class MeaningIndex:
    """Similarity of English questions by sentence vectors, which are kept in a file: making them takes minutes.

    Args:
        questions: The questions of the examples.
        encoder: Makes the vectors.
        folder: Where vectors are kept; None keeps nothing.
    """

    def __init__(self, questions: Sequence[str], encoder: SentenceEncoder, folder: Path | None) -> None:
        self._encoder = encoder
        texts = [masked(question) for question in questions]
        different = list(dict.fromkeys(texts))
        place = {text: row for row, text in enumerate(different)}
        self._vectors = self._kept(different, folder)[[place[text] for text in texts]]

    def similarities(self, question: str) -> np.ndarray:
        """Cosine of the question with every example."""
        cosines: np.ndarray = self._vectors @ self._encoder.encode([masked(question)])[0]
        return cosines

    def _kept(self, texts: Sequence[str], folder: Path | None) -> np.ndarray:
        if folder is None:
            return self._encoder.encode(texts)
        key = hashlib.sha256("\x00".join([self._encoder.name, *texts]).encode()).hexdigest()[:16]
        file = folder / f"nearest-{key}.npy"
        with contextlib.suppress(OSError, ValueError):
            kept: np.ndarray = np.load(file)
            return kept
        made = self._encoder.encode(texts)
        # A folder that cannot be written costs minutes at the next run, not the result.
        with contextlib.suppress(OSError):
            folder.mkdir(parents=True, exist_ok=True)
            beside = file.with_suffix(".part.npy")
            np.save(beside, made)
            beside.replace(file)
        return made


class CharacterIndex:
    """Similarity of questions by words and runs of Chinese characters, weighted by how rare they are (tf-idf).

    Args:
        questions: The questions of the examples.
    """

    def __init__(self, questions: Sequence[str]) -> None:
        counted = [runs(question) for question in questions]
        seen = Counter(run for one in counted for run in one)
        self._place = {run: column for column, run in enumerate(seen)}
        self._rarity = {run: math.log(len(questions) / count) + 1 for run, count in seen.items()}
        self._rows = self._matrix(counted)

    def similarities(self, question: str) -> np.ndarray:
        """Cosine of the question with every example."""
        cosines: np.ndarray = (self._rows @ self._matrix([runs(question)]).T).toarray()[:, 0]
        return cosines

    def _matrix(self, counted: Sequence[Counter[str]]) -> Any:
        values: list[float] = []
        columns: list[int] = []
        ends = [0]
        for one in counted:
            weights = {
                self._place[run]: (1 + math.log(count)) * self._rarity[run]
                for run, count in one.items()
                if run in self._place
            }
            length = math.sqrt(sum(weight * weight for weight in weights.values())) or 1.0
            values += [weight / length for weight in weights.values()]
            columns += weights
            ends.append(len(columns))
        return csr_matrix((values, columns, ends), shape=(len(counted), len(self._place)))


def masked(question: str) -> str:
    """The question in lower case with ordinary words in place of names and numbers, which an encoder would dwell on."""
    words = [piece for piece in pieces(question) if piece.strip()]
    return " ".join(_plain(place, word) for place, word in enumerate(words))


def runs(question: str) -> Counter[str]:
    """Words, and runs of one to three Chinese characters, counted; unit names are made alike."""
    text = _CHINESE_UNIT.sub("科", normal(question))
    counted = Counter(word for word in masked(text).split() if not _CHINESE.search(word))
    for run in _CHINESE.findall(text):
        for length in range(1, _LONGEST_RUN + 1):
            counted.update(run[start : start + length] for start in range(len(run) - length + 1))
    return counted


def _plain(place: int, word: str) -> str:
    """The word in lower case; a number or a name becomes a common word (a capital at the beginning is only that)."""
    if word[0].isdigit():
        return "some" if word.isdigit() else "ward"
    shouted = len(word) > 1 and word.isascii() and word.isupper() and word != "ED"
    named = place > 0 and word.isascii() and word[0].isupper() and word not in {"I", "ED"}
    return "ward" if shouted or named else word.lower()
