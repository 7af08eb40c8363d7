"""Trains the shortlist (`assistant.llm.shortlist`) on the examples of the training set."""

import json
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from scipy.sparse import csr_matrix

from assistant.llm.examples import Example
from assistant.llm.reading import as_read
from assistant.llm.shortlist import BUCKETS, RARE, features, meaning

# Meanings with fewer examples are one class together.
FEWEST = 6


def train_shortlist(examples: Sequence[Example], file: Path, seed: int = 0) -> None:
    """Softmax regression by stochastic gradient descent; the weights rounded to 8 bits in `file`."""
    from sklearn.linear_model import SGDClassifier

    meanings = [meaning(example.calls) for example in examples]
    often = Counter(meanings)
    wanted = [name if often[name] >= FEWEST else RARE for name in meanings]
    raw = matrix(examples)
    idf = (np.log((1 + raw.shape[0]) / (1 + np.diff(raw.tocsc().indptr))) + 1).astype(np.float16)
    learned = SGDClassifier(loss="log_loss", alpha=2e-6, max_iter=14, tol=None, random_state=seed, n_jobs=1)
    learned.fit(weighted(raw, idf), wanted)
    scale = np.abs(learned.coef_).max(axis=1) / 127
    file.parent.mkdir(parents=True, exist_ok=True)
    np.savez_compressed(
        file,
        weights=np.round(learned.coef_ / scale[:, None]).astype(np.int8).T,
        scale=scale.astype(np.float32),
        bias=learned.intercept_.astype(np.float32),
        idf=idf,
        classes=json.dumps(list(learned.classes_)),
    )


def matrix(examples: Sequence[Example]) -> Any:
    """Counts of n-grams, one row per example."""
    rows = [features(as_read(example.question), example.earlier) for example in examples]
    starts = np.cumsum([0, *(len(buckets) for buckets, _ in rows)])
    buckets, counts = (np.concatenate(part) for part in zip(*rows, strict=True))
    return csr_matrix((counts, buckets, starts), shape=(len(examples), BUCKETS))


def weighted(raw: Any, idf: np.ndarray) -> Any:
    """Tf-idf, each row of length 1."""
    values = raw.multiply(idf.astype(np.float32)).tocsr()
    lengths = np.sqrt(np.asarray(values.multiply(values).sum(axis=1)).ravel())
    return values.multiply(1 / np.maximum(lengths, 1e-9)[:, None]).tocsr()
