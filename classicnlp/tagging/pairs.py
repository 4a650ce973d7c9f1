"""Which labels features occur with in training data: the pairs that have a weight."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from classicnlp._ext.crf import observed_pairs
from classicnlp.tagging.observations import Observations

if TYPE_CHECKING:
    from numpy.typing import NDArray


class Pairs(NamedTuple):
    """Pairs of features and labels, or of features of transitions and pairs of labels.

    Attributes
    ----------
    first : int64 array, shape (features + 1,)
        The labels of feature f are ``labels[first[f]:first[f + 1]]``, ascending.
    labels : int32 array
        Labels; or from-label times the number of labels plus to-label.
    observed : float64 array
        How often each pair occurs: the sum of the feature's values.
    """

    first: NDArray[np.int64]
    labels: NDArray[np.int32]
    observed: NDArray[np.float64]


def state_pairs(
    seen: Observations, gold: NDArray[np.int32], label_count: int, every: bool = False
) -> Pairs:
    """Return the labels that each feature occurs with, or with ``every`` all labels for all."""
    pairs = Pairs(
        *observed_pairs(
            seen.first, seen.features, seen.values, gold, seen.feature_count, label_count
        )
    )
    if not every:
        return pairs
    count = seen.feature_count
    table = np.zeros((count, label_count))
    table[np.repeat(np.arange(count), np.diff(pairs.first)), pairs.labels] = pairs.observed
    first = np.arange(count + 1, dtype=np.int64) * label_count
    return Pairs(first, np.tile(np.arange(label_count, dtype=np.int32), count), table.reshape(-1))


def edge_pairs(seen: Observations, gold: NDArray[np.int32], label_count: int) -> Pairs:
    """Return the pairs of labels that each feature of transitions occurs with."""
    if seen.edge_first is None or seen.edges is None:
        return Pairs(np.zeros(1, np.int64), np.zeros(0, np.int32), np.zeros(0))
    into = pairs_before(seen.offsets, gold, label_count)
    return Pairs(
        *observed_pairs(
            seen.edge_first, seen.edges, None, into, seen.edge_count, label_count * label_count
        )
    )


def pairs_before(
    offsets: NDArray[np.int64], gold: NDArray[np.int32], label_count: int
) -> NDArray[np.int32]:
    """Return the pair of labels that leads into each place, -1 where a sequence begins.

    >>> pairs_before(np.array([0, 2, 3]), np.array([1, 0, 1], np.int32), 2).tolist()
    [-1, 2, -1]
    """
    into = np.full(len(gold), -1, np.int32)
    into[1:] = gold[:-1] * label_count + gold[1:]
    starts = offsets[:-1]
    into[starts[starts < len(gold)]] = -1
    return into
