"""Sentence vectors of the examples, kept on disk from one run to the next."""

import contextlib
import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

import numpy as np


class SentenceEncoder(Protocol):
    """What turns English sentences into vectors; handed in by the composer."""

    @property
    def name(self) -> str:
        """Changes when the vectors change."""

    def encode(self, texts: Sequence[str]) -> np.ndarray:
        """One row of length 1 per text."""


class KeptVectors:
    """Vectors from an encoder; those of whole lists are kept in a file, since they take seconds to make.

    Args:
        encoder: Makes the vectors.
        folder: Where files are kept; None keeps nothing.
    """

    def __init__(self, encoder: SentenceEncoder, folder: Path | None) -> None:
        self._encoder = encoder
        self._folder = folder

    def __call__(self, texts: Sequence[str]) -> np.ndarray:
        """One row per text."""
        if self._folder is None or len(texts) == 1:
            return self._encoder.encode(texts)
        key = hashlib.sha256("\x00".join([self._encoder.name, *texts]).encode()).hexdigest()[:16]
        file = self._folder / f"example-vectors-{key}.npy"
        try:
            kept: np.ndarray = np.load(file)
        except (OSError, ValueError):
            kept = self._encoder.encode(texts)
            self._keep(file, kept)
        return kept

    def _keep(self, file: Path, vectors: np.ndarray) -> None:
        beside = file.with_suffix(".part.npy")
        # A folder that cannot be written costs seconds at each start, not the answer.
        with contextlib.suppress(OSError):
            file.parent.mkdir(parents=True, exist_ok=True)
            np.save(beside, vectors)
            beside.replace(file)
