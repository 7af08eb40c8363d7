"""Joins rankings by rank, since scores of keyword and vector search cannot be compared."""

from collections import defaultdict
from collections.abc import Hashable, Sequence
from typing import TypeVar

Item = TypeVar("Item", bound=Hashable)


def fuse(rankings: Sequence[Sequence[Item]], rank_constant: int = 60) -> list[tuple[Item, float]]:
    """Reciprocal rank fusion: each ranking gives an item `1 / (rank_constant + rank)`, rank from 1.

    Ties keep the order of first appearance, so the same rankings always give the same answer.
    Source: Cormack, Clarke, Buettcher, SIGIR 2009.
    """
    scores: dict[Item, float] = defaultdict(float)
    for ranking in rankings:
        for rank, item in enumerate(ranking, start=1):
            scores[item] += 1.0 / (rank_constant + rank)
    return sorted(scores.items(), key=lambda pair: -pair[1])
