"""Which words occur near each other, and how often, in bounded memory."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TYPE_CHECKING

import numpy as np

from classicnlp._ext.cooccurrence import count_rows, places_of
from classicnlp.lm.spilling import GrowingArray, Ledger, temporary_folder

if TYPE_CHECKING:
    from numpy.typing import NDArray

PLACES_AT_ONCE = 1 << 18  # of words whose pairs are counted together


def count_pairs(
    ids: NDArray[np.int32],
    words: int,
    window: int,
    *,
    workers: int = 1,
    memory: int = 1 << 32,
    folder: str | os.PathLike[str] | None = None,
    progress: Callable[[int], object] | None = None,
) -> NDArray[np.int32]:
    """Count pairs of words that stand near each other.

    Parameters
    ----------
    ids : int32 array
        Words by number, and -1 behind each sentence.
    words : int
        How many different ones there are.
    window : int
        How far two words of a pair may be apart, 1 ... 10,000.
    workers : int
        Threads; the result is the same with any number.
    memory : int
        How many bytes pairs may take; more go to a temporary file, which is mapped.
    folder : path, optional
        Where that file goes, by default the system's folder for such files. It has no name, so that
        it cannot be left behind.
    progress : callable, optional
        Called with the number of places that were looked at since.

    Returns
    -------
    int32 array, shape (m, 3)
        Of each pair the larger number, the smaller one, and the bits of the count as a float32, all
        in rising order. Two words at a distance of k count 1 / k, a word with itself twice that.

    Examples
    --------
    >>> pairs = count_pairs(np.array([0, 1, 2, -1, 1, 0, -1], np.int32), 3, 2)
    >>> [(row, column) for row, column, _ in pairs.tolist()]
    [(1, 0), (2, 0), (2, 1)]
    >>> pairs[:, 2].view(np.float32).tolist()
    [2.0, 0.5, 1.0]
    """
    starts, places = places_of(ids, words)
    bounds = _bounds(starts)
    array = GrowingArray(np.int32, Ledger(memory, temporary_folder(folder)))

    def count(block: int) -> NDArray[np.int32]:
        return count_rows(ids, starts, places, window, bounds[block], bounds[block + 1])

    with contextlib.closing(array), ThreadPoolExecutor(workers) as pool:
        for block, pairs in enumerate(_in_order(pool, count, len(bounds) - 1, workers)):
            array.append(pairs.reshape(-1))
            if progress is not None:
                progress(int(starts[bounds[block + 1]] - starts[bounds[block]]))
        return array.finished().reshape(-1, 3)


def _bounds(starts: NDArray[np.int64]) -> list[int]:
    """Return the bounds of blocks of words that have about as many places each."""
    words = len(starts) - 1
    marks = np.arange(PLACES_AT_ONCE, starts[-1], PLACES_AT_ONCE)
    return sorted({0, *np.searchsorted(starts, marks).tolist(), words})


def _in_order(
    pool: ThreadPoolExecutor,
    count: Callable[[int], NDArray[np.int32]],
    blocks: int,
    workers: int,
) -> Iterator[NDArray[np.int32]]:
    """Yield what is counted in each block, only a few blocks ahead."""
    waiting: list[Future[NDArray[np.int32]]] = []
    for block in range(blocks):
        waiting.append(pool.submit(count, block))
        if len(waiting) > workers:
            yield waiting.pop(0).result()
    for future in waiting:
        yield future.result()
