"""Shifts that lead to the same labels are priced once: only the cheapest of each day can matter for the table."""

import numpy as np
from numpy.typing import NDArray

from assistant.plan.roster.kernel import Labels, Rules

Groups = list[list[int]]
"""Numbers of shifts that belong together."""


def groups_of(lengths: NDArray[np.int64], classes: NDArray[np.int64], may_follow: NDArray[np.int64]) -> Groups:
    """Shifts that are as long as one another and may be followed, and preceded, by the same shifts."""
    kinds: dict[tuple[int, int, bytes], list[int]] = {}
    for shift, (length, kind) in enumerate(zip(lengths, classes, strict=True)):
        kinds.setdefault((int(length), int(kind), may_follow[:, shift].tobytes()), []).append(shift)
    return list(kinds.values())


def cheapest_of_groups(rules: Rules, labels: Labels, groups: Groups) -> tuple[Rules, Labels]:
    """Rules and labels with one shift for each group, which give the same table; tracked shifts stay alone."""
    kept: Groups = []
    for group in groups:
        kept += [[shift] for shift in group if labels.step[shift]]
        kept += [rest] if (rest := [shift for shift in group if not labels.step[shift]]) else []
    if len(kept) == len(rules.lengths):
        return rules, labels
    firsts = np.array([group[0] for group in kept])
    order = np.array([0] + [shift + 1 for group in kept for shift in group])
    begins = np.concatenate([[0, 1], 1 + np.cumsum([len(group) for group in kept])[:-1]])
    fewer = rules._replace(
        prices=np.minimum.reduceat(rules.prices[:, order], begins, axis=1),
        lengths=rules.lengths[firsts],
        classes=rules.classes[firsts],
        may_follow=np.ascontiguousarray(rules.may_follow[:, firsts]),
    )
    return fewer, labels._replace(step=labels.step[firsts], most=labels.most[firsts])
