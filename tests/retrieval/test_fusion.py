"""Reciprocal rank fusion."""

import pytest

from assistant.retrieval.fusion import fuse


def test_scores_are_sums_of_reciprocal_ranks() -> None:
    """b is second and first: 1/62 + 1/61."""
    assert dict(fuse([["a", "b"], ["b", "c"]]))["b"] == pytest.approx(1 / 62 + 1 / 61)


def test_an_item_in_both_rankings_comes_first() -> None:
    """Agreement of the halves beats the first place in one."""
    assert [item for item, _ in fuse([["a", "b"], ["c", "b"]])] == ["b", "a", "c"]


def test_ties_keep_the_order_of_appearance() -> None:
    """The same rankings give the same answer every time."""
    assert [item for item, _ in fuse([["x"], ["y"]])] == ["x", "y"]


def test_no_ranking_gives_nothing() -> None:
    """Neither half found anything."""
    assert fuse([[], []]) == []
