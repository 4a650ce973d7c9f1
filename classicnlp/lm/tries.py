"""From sequences of symbols to the n-grams of all orders, counted."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Sequence, Sized
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from classicnlp._ext.levels import LevelBuilder
from classicnlp.lm.sorting import Sorter
from classicnlp.lm.spilling import GrowingArray, Ledger, Runs, temporary_folder

if TYPE_CHECKING:
    import os

    from numpy.typing import NDArray

USUAL_BITS = {"char": 13, "word": 18}  # of a symbol of each unit
USUAL_MEMORY = 1 << 30
LEAST_MEMORY = 1 << 20


class Trie(NamedTuple):
    """The n-grams of orders 1, 2 ... in the order of their symbols, which are from 1 on.

    Attributes
    ----------
    totals : list of int
        How many n-grams of each order there were, with those that were dropped.
    last : list of int32 arrays
        Of each order the last symbols.
    counts : list of int64 arrays
        Of each order how often they occur.
    first : list of int64 arrays
        Of each order, for each n-gram of the order below where those begin that begin with it, and
        where the last of them end.
    """

    totals: list[int]
    last: list[NDArray[np.int32]]
    counts: list[NDArray[np.int64]]
    first: list[NDArray[np.int64]]


def count_symbols(
    pieces: Iterable[NDArray[np.int32]],
    known: Sized,
    least: Sequence[int],
    unit: str,
    *,
    workers: int = 1,
    memory: int = USUAL_MEMORY,
    folder: str | os.PathLike[str] | None = None,
) -> Trie:
    """Count the n-grams of sequences of symbols.

    The windows of the highest order are sorted; those that begin alike are the lower orders.

    Parameters
    ----------
    pieces : iterable of int32 arrays
        Whole sequences of symbols, with a 0 behind each.
    known : sized
        Whose length is that of the alphabet up to now, with the 0.
    least : sequence of int
        Of each order how often n-grams must occur to be kept; does not fall.
    unit : str
        What symbols are, ``"char"`` or ``"word"``.
    workers : int
        Threads.
    memory : int
        Bytes; what goes beyond lies in temporary files.
    folder : path, optional
        Where these are.
    """
    order = len(least)
    place = temporary_folder(folder)
    with contextlib.closing(Runs(order, memory // 4, place)) as runs:
        sorter = Sorter(known, runs, order, memory // 2, USUAL_BITS[unit], workers)
        for symbols in pieces:
            sorter.add(symbols)
        sorter.finish()
        bits = sorter.bits
        del sorter  # and its memory
        levels = _Levels(LevelBuilder(order, bits, least), Ledger(memory // 2, place))
        with contextlib.closing(levels):
            for windows, counts in runs.merged(bits):
                levels.add(levels.builder.add(windows, counts))
            levels.add(levels.builder.finish())
            return levels.finished()


class _Levels:
    """The rows of all levels, as they are completed."""

    def __init__(self, builder: LevelBuilder, ledger: Ledger):
        self.builder = builder
        orders = range(builder.order)
        self._last = [GrowingArray(np.int32, ledger) for _ in orders]
        self._counts = [GrowingArray(np.int64, ledger) for _ in orders]
        # Where the rows of each row of the level before begin, and the last ones end.
        self._first = [GrowingArray(np.int64, ledger) for _ in orders]
        for first in self._first:
            first.append(np.zeros(1, np.int64))

    def add(self, parts: Sequence[tuple[NDArray[Any], ...]]) -> None:
        """Take rows of all levels."""
        for k, (last, counts, ends) in enumerate(parts):
            self._last[k].append(last)
            self._counts[k].append(counts)
            if k + 1 < len(parts):
                self._first[k + 1].append(ends)

    def finished(self) -> Trie:
        """Return all levels."""
        last = [array.finished() for array in self._last]
        counts = [array.finished() for array in self._counts]
        self._first[0].append(np.array([len(last[0])]))
        return Trie(
            self.builder.totals(), last, counts, [array.finished() for array in self._first]
        )

    def close(self) -> None:
        """Give files back."""
        for array in (*self._last, *self._counts, *self._first):
            array.close()
