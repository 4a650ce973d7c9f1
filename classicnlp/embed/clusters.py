"""Groups of similar words: k-means over vectors of length 1."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from classicnlp._ext.nearest import lengths_of
from classicnlp.checks import require_count
from classicnlp.embed.nearest import Index

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from classicnlp.embed.keyed_vectors import KeyedVectors

POINTS_AT_ONCE = 1 << 13
MOST_BEGINNERS = 10_000  # words among which the first centres are looked for


class Clusters(NamedTuple):
    """Groups of words.

    Attributes
    ----------
    words : list of str
    labels : int32 array, shape (words,)
        The group of each word, 0 ... k - 1.
    centres : float32 array, shape (k, dimensions)
        Of length 1.
    similarity : float
        The mean cosine of a word with the centre of its group.
    """

    words: list[str]
    labels: NDArray[np.int32]
    centres: NDArray[np.float32]
    similarity: float

    def groups(self) -> list[list[str]]:
        """Return the words of each group, in the order in which they were given."""
        groups: list[list[str]] = [[] for _ in self.centres]
        for word, label in zip(self.words, self.labels.tolist(), strict=True):
            groups[label].append(word)
        return groups


def cluster(
    vectors: KeyedVectors, k: int, words: Iterable[str] | None, seed: int, iterations: int
) -> Clusters:
    """Group words; see `KeyedVectors.cluster`."""
    require_count(k, "k", 1)
    require_count(seed, "seed", 0)
    require_count(iterations, "iterations", 1)
    chosen = list(vectors.words if words is None else words)
    if len(chosen) < k:
        raise ValueError(f"{len(chosen)} words cannot make {k} groups: ask for fewer groups")
    points = Index(vectors.vectors if words is None else np.ascontiguousarray(vectors[chosen]))
    centres = _first_centres(points, k, np.random.default_rng(seed))
    labels = np.full(len(points), -1, np.int32)
    for _ in range(iterations):
        nearest, cosines = _nearest(points, centres)
        if (nearest == labels).all():
            break
        labels = nearest
        centres = _moved(points, labels, cosines, centres)
    labels, cosines = _nearest(points, centres)
    return Clusters(chosen, labels, centres, float(cosines.cumsum()[-1]) / len(cosines))


def _first_centres(points: Index, k: int, generator: np.random.Generator) -> NDArray[np.float32]:
    """Return vectors of words that are far from each other: each the likelier the farther it is."""
    step = max(1, min(len(points) // MOST_BEGINNERS, len(points) // k))
    rows = np.arange(0, len(points), step, dtype=np.int32)
    bounds = np.array([0, len(rows)])
    chosen = [int(generator.integers(len(rows)))]
    farness = np.full(len(rows), np.inf)
    while len(chosen) < k:
        last = points.vectors[rows[chosen[-1:]]].astype(np.float64)
        farness = np.minimum(farness, np.maximum(1.0 - points.cosines(last, rows, bounds), 0.0))
        farness[chosen] = 0.0
        reach = farness.cumsum()
        drawn = int(np.searchsorted(reach, generator.random() * reach[-1], side="right"))
        if reach[-1] == 0.0 or drawn == len(rows):
            # All others are where a centre is: any will do.
            drawn = int(np.setdiff1d(np.arange(len(rows)), chosen)[0])
        chosen.append(drawn)
    return _of_length_1(points.vectors[rows[chosen]].astype(np.float64))


def _nearest(
    points: Index, centres: NDArray[np.float32]
) -> tuple[NDArray[np.int32], NDArray[np.float64]]:
    """Return the nearest centre of each point, and its cosine."""
    index = Index(centres)
    parts = [
        index.nearest(points.vectors[start : start + POINTS_AT_ONCE].astype(np.float64), 1)
        for start in range(0, len(points), POINTS_AT_ONCE)
    ]
    return (
        np.concatenate([part.numbers[:, 0] for part in parts]),
        np.concatenate([part.scores[:, 0] for part in parts]),
    )


def _moved(
    points: Index,
    labels: NDArray[np.int32],
    cosines: NDArray[np.float64],
    centres: NDArray[np.float32],
) -> NDArray[np.float32]:
    """Return centres amid their points; one without points goes to a point far from its own."""
    moved = _of_length_1(points.rows.sums(points.lengths, labels, len(centres)))
    empty = np.flatnonzero(np.bincount(labels, minlength=len(centres)) == 0)
    if len(empty):
        farthest = np.argsort(cosines, kind="stable")[: len(empty)]
        moved[empty] = _of_length_1(points.vectors[farthest].astype(np.float64))
    return moved


def _of_length_1(vectors: NDArray[np.float64]) -> NDArray[np.float32]:
    lengths = lengths_of(np.ascontiguousarray(vectors))[:, None]
    scaled = np.divide(vectors, lengths, out=np.zeros_like(vectors), where=lengths > 0)
    return scaled.astype(np.float32)
