"""A small encoder without weights, small documents, and the real handbook indexed once."""

import hashlib
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from assistant.retrieval.documents import Document, Section
from assistant.retrieval.encoder import Progress
from assistant.retrieval.handbook import read_handbook
from assistant.retrieval.index import Index
from assistant.retrieval.words import terms

KNOWLEDGE = Path(__file__).resolve().parents[2] / "knowledge"


class WordEncoder:
    """Stands in for MiniLM: texts that share stemmed words point the same way. Counts what it encodes."""

    name = "words"

    def __init__(self) -> None:
        self.encoded: list[str] = []

    def split(self, text: str, parts: int) -> list[str]:
        return [text]

    def encode(self, texts: Sequence[str], progress: Progress | None = None) -> np.ndarray:
        self.encoded += texts
        rows = np.full((len(texts), 1024), 1e-6, dtype=np.float32)
        for row, text in zip(rows, texts, strict=True):
            for term in terms(text):
                row[int(hashlib.md5(term.encode()).hexdigest(), 16) % 1024] += 1
        return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def topic(name: str, language: str, title: str, **sections: str) -> Document:
    """A handbook topic whose headings are its anchors."""
    made = tuple(Section(anchor, anchor, text) for anchor, text in sections.items())
    return Document(name, title, made, language=language, version="1.0")


@pytest.fixture
def encoder() -> WordEncoder:
    return WordEncoder()


@pytest.fixture
def small_handbook() -> list[Document]:
    """Two topics in two languages."""
    return [
        topic("rest", "en", "Rest", daily="Nurses rest eleven hours.", weekly="A week has one free day."),
        topic("rest", "zh", "休息", daily="两班之间休息十一小时。", weekly="每周休息一天。"),
        topic("beds", "en", "Beds", night="Nobody is moved at night."),
        topic("beds", "zh", "床位", night="夜间不转床。"),
    ]


@pytest.fixture(scope="session")
def handbook() -> list[Document]:
    """The real handbook."""
    return read_handbook(KNOWLEDGE)


@pytest.fixture(scope="session")
def handbook_index(handbook: list[Document], tmp_path_factory: pytest.TempPathFactory) -> Index:
    """The real handbook with the real encoder."""
    index, _ = Index.rebuild(tmp_path_factory.mktemp("index"), handbook)
    return index
