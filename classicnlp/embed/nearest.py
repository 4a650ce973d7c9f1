"""The vectors nearest to a query by cosine, exactly: a sketch narrows the search."""

from __future__ import annotations

import functools
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

import numpy as np

from classicnlp._ext.nearest import PADDING, Rows, Shortlists, bounds, lengths_of, sketch_queries

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Combine: TypeAlias = Callable[[NDArray[Any], NDArray[Any]], tuple[NDArray[Any], NDArray[Any]]]

QUERIES_AT_ONCE = 64
BOUNDS_AT_ONCE = 1 << 15  # as many as memory is found for without asking the system
SMALLEST_BLOCK = 128

# Levy and Goldberg (2014) add it so that nothing is divided by 0.
EPSILON = 0.001


class Found(NamedTuple):
    """The best rows of each query, the best first; of equal ones the first row first.

    Attributes
    ----------
    numbers : int32 array, shape (queries, k)
        -1 where there were not so many.
    scores : float64 array, shape (queries, k)
        NaN there.
    """

    numbers: NDArray[np.int32]
    scores: NDArray[np.float64]


class Sketch(NamedTuple):
    """Vectors in eight bits a number, what a code stands for, and what it lacks."""

    codes: NDArray[np.int8]
    scales: NDArray[np.float32]
    errors: NDArray[np.float32]


class Index:
    """Vectors that are searched by cosine; that of a vector of zeros is 0 to all.

    Parameters
    ----------
    vectors : float32 or float16 array, shape (n, dimensions), contiguous
    lengths : float64 array, shape (n,), optional
        Of the vectors; measured where they are not given.
    sketch : Sketch, optional
        Made when it is first needed where it is not given.
    """

    def __init__(
        self,
        vectors: NDArray[Any],
        lengths: NDArray[np.float64] | None = None,
        sketch: Sketch | None = None,
    ):
        self.vectors = vectors
        self.rows = Rows(vectors)
        if lengths is not None:
            self.lengths = lengths
        if sketch is not None:
            self.sketch = sketch

    @classmethod
    def restored(cls, vectors: NDArray[Any], lengths: NDArray[np.float64], sketch: Sketch) -> Index:
        """Return an index of what a file holds.

        Raises
        ------
        ValueError
            If lengths and sketch cannot be of these vectors.
        """
        count, width = vectors.shape
        padded = -(-width // PADDING) * PADDING
        wanted = [("float64", (count,)), ("int8", (count, padded)), *[("float32", (count,))] * 2]
        if [(array.dtype.name, array.shape) for array in (lengths, *sketch)] != wanted:
            raise ValueError("the lengths or the sketch do not fit the vectors")
        return cls(vectors, lengths, sketch)

    @functools.cached_property
    def lengths(self) -> NDArray[np.float64]:
        """The Euclidean lengths of the vectors."""
        return self.rows.lengths()

    @functools.cached_property
    def sketch(self) -> Sketch:
        """What is searched first."""
        return Sketch(*self.rows.sketch(self.lengths))

    def __len__(self) -> int:
        return len(self.vectors)

    def part(self, rows: slice | NDArray[np.int32]) -> Index:
        """Return an index of some of the vectors."""
        codes, scales, errors = self.sketch
        sketch = Sketch(np.ascontiguousarray(codes[rows]), scales[rows], errors[rows])
        return Index(np.ascontiguousarray(self.vectors[rows]), self.lengths[rows], sketch)

    def cosines(
        self, queries: NDArray[np.float64], rows: NDArray[np.int32], offsets: NDArray[np.int64]
    ) -> NDArray[np.float64]:
        """Return the exact cosines of queries with the rows that each names.

        The rows of query i are ``rows[offsets[i] : offsets[i + 1]]``.
        """
        products = self.rows.dots(rows, offsets, queries)
        sizes = np.repeat(lengths_of(queries), np.diff(offsets)) * self.lengths[rows]
        found = np.divide(products, sizes, out=np.zeros_like(products), where=sizes > 0)
        return np.clip(found, -1.0, 1.0)

    def nearest(
        self,
        queries: NDArray[np.float64],
        k: int,
        excluded: NDArray[np.int32] | None = None,
        workers: int = 1,
    ) -> Found:
        """Return the rows whose cosine with each query is largest.

        Parameters
        ----------
        queries : float64 array, shape (queries, dimensions)
        k : int
            How many.
        excluded : int32 array, shape (queries, any), optional
            Rows that are not wanted, -1 for none.
        workers : int
            Threads; the result is the same with any number.

        Returns
        -------
        Found
        """
        return self._best(queries[:, None], k, excluded, workers, _alone)

    def multiplied(
        self,
        queries: NDArray[np.float64],
        k: int,
        excluded: NDArray[np.int32] | None = None,
        workers: int = 1,
    ) -> Found:
        """Return the rows that are largest by 3CosMul (Levy and Goldberg, 2014).

        Parameters
        ----------
        queries : float64 array, shape (queries, 3, dimensions)
            Two vectors to be near to, and one to be far from.
        k, excluded, workers
            As in `nearest`.

        Returns
        -------
        Found
        """
        return self._best(queries, k, excluded, workers, _multiply)

    def _best(
        self,
        queries: NDArray[np.float64],
        k: int,
        excluded: NDArray[np.int32] | None,
        workers: int,
        combine: Combine,
    ) -> Found:
        count = len(queries)
        if excluded is None:
            excluded = np.empty((count, 0), np.int32)
        step = max(1, QUERIES_AT_ONCE // queries.shape[1])
        step = max(step, BOUNDS_AT_ONCE // max(1, len(self)))
        parts = [slice(start, start + step) for start in range(0, count, step)]

        def search(part: slice) -> Found:
            return self._search(queries[part], k, excluded[part], combine)

        if workers > 1 and len(parts) > 1:
            with ThreadPoolExecutor(workers) as pool:
                found = list(pool.map(search, parts))
        else:
            found = [search(part) for part in parts]
        nothing = Found(np.empty((0, k), np.int32), np.empty((0, k)))
        return Found(*(np.concatenate(arrays) for arrays in zip(nothing, *found, strict=True)))

    def _search(
        self,
        queries: NDArray[np.float64],
        k: int,
        excluded: NDArray[np.int32],
        combine: Combine,
    ) -> Found:
        count, terms, width = queries.shape
        flat = np.ascontiguousarray(queries.reshape(count * terms, width))
        sketched = sketch_queries(flat, lengths_of(flat))
        shortlists = Shortlists(count, min(k + excluded.shape[1], max(1, len(self))))
        block = max(BOUNDS_AT_ONCE // max(1, len(flat)), SMALLEST_BLOCK)
        for start in range(0, len(self), block):
            ends = bounds(*self.sketch, *sketched, start, min(start + block, len(self)))
            lower, upper = combine(*(end.reshape(count, terms, -1) for end in ends))
            shortlists.add(lower, upper, start)
        rows, offsets = shortlists.finish()
        cosines = [
            self.cosines(np.ascontiguousarray(queries[:, term]), rows, offsets)
            for term in range(terms)
        ]
        # What is known exactly is a range, too.
        exact = np.array(cosines)[None]
        scores, _ = combine(exact, exact)
        return _ranked(rows, scores[0], offsets, k, excluded)


def _alone(lower: NDArray[Any], upper: NDArray[Any]) -> tuple[NDArray[Any], NDArray[Any]]:
    """Return between what the score of a question of one term is: the cosine itself."""
    return lower[:, 0], upper[:, 0]


def _multiply(lower: NDArray[Any], upper: NDArray[Any]) -> tuple[NDArray[Any], NDArray[Any]]:
    """Return between what 3CosMul is.

    In single precision it rounds by 3e-7 of itself, and the ends of the cosines lie farther apart
    than they need to by more than that.
    """
    low = np.maximum((1.0 + lower) / 2, 0.0)
    high = (1.0 + upper) / 2
    least = low[:, 0] * low[:, 1] / (high[:, 2] + EPSILON)
    most = high[:, 0] * high[:, 1] / (low[:, 2] + EPSILON)
    return least, most


def _ranked(
    rows: NDArray[np.int32],
    scores: NDArray[np.float64],
    offsets: NDArray[np.int64],
    k: int,
    excluded: NDArray[np.int32],
) -> Found:
    """Return the k best candidates of each query without those that are excluded."""
    count = len(excluded)
    owners = np.repeat(np.arange(count), np.diff(offsets))
    wanted = ~(rows[:, None] == excluded[owners]).any(axis=1)
    rows, scores, owners = rows[wanted], scores[wanted], owners[wanted]
    order = np.lexsort((rows, -scores, owners))
    rows, scores, owners = rows[order], scores[order], owners[order]
    ranks = np.arange(len(owners)) - np.searchsorted(owners, owners)
    best = ranks < k
    places = owners[best], ranks[best]
    found = Found(np.full((count, k), -1, np.int32), np.full((count, k), np.nan))
    found.numbers[places], found.scores[places] = rows[best], scores[best]
    return found
