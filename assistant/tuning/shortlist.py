"""Trains the shortlist (`assistant.llm.shortlist`) on the examples of the training set."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from scipy.sparse import csr_matrix

from assistant.llm.examples import Example
from assistant.llm.reading import as_read
from assistant.llm.shortlist import BUCKETS, SEVERAL, features, meanings


def train_shortlist(examples: Sequence[Example], file: Path, seed: int = 0) -> None:
    """One logistic regression per shape, and one for "several calls"; the weights rounded to 8 bits in `file`.

    By stochastic gradient descent (Bottou, 2010), L2 penalty.
    """
    from sklearn.linear_model import SGDClassifier

    wanted = [{*meanings(example.calls), *([SEVERAL] if len(example.calls) > 1 else [])} for example in examples]
    classes = sorted(set().union(*wanted))
    raw = matrix(examples)
    idf = (np.log((1 + raw.shape[0]) / (1 + np.diff(raw.tocsc().indptr))) + 1).astype(np.float16)
    rows = weighted(raw, idf)
    weights, bias = [], []
    for name in classes:
        learned = SGDClassifier(loss="log_loss", alpha=2e-6, max_iter=14, tol=None, random_state=seed)
        learned.fit(rows, [name in one for one in wanted])
        weights.append(learned.coef_[0])
        bias.append(learned.intercept_[0])
    scale = np.abs(weights).max(axis=1) / 127
    file.parent.mkdir(parents=True, exist_ok=True)
    np.savez_compressed(
        file,
        weights=np.round(np.array(weights) / scale[:, None]).astype(np.int8).T,
        scale=scale.astype(np.float32),
        bias=np.array(bias, dtype=np.float32),
        idf=idf,
        classes=json.dumps(classes),
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
