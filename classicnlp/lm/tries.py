"""From sequences of symbols to the n-grams of all orders, counted."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Sequence, Sized
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from classicnlp._ext.levels import LevelBuilder
from classicnlp.lm.sorting import Sorter
from classicnlp.lm.spilling import GrowingArray, Ledger, Part, Runs, temporary_folder

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
        with contextlib.ExitStack() as stack:
            stretches = runs.stretches(bits, workers)
            levels = []
            for parts in stretches:
                ledger = Ledger(memory // 2 // len(stretches), place)
                levels.append(_Levels(LevelBuilder(order, bits, least), ledger, parts))
                stack.callback(levels[-1].close)
            _fill(levels)
            levels[0].ledger.most = memory // 2
            for other in levels[1:]:
                levels[0].extend(other)
            return levels[0].finished()


def _fill(levels: Sequence[_Levels]) -> None:
    """Build all levels, each in a thread of its own."""
    if len(levels) == 1:
        levels[0].fill()
        return
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(len(levels)) as pool:
        for done in [pool.submit(own.fill) for own in levels]:
            done.result()


class _Levels:
    """The rows of all levels, as they are completed.

    Parameters
    ----------
    builder : LevelBuilder
    ledger : Ledger
        How much memory they may take.
    parts : iterable of (windows, counts)
        What they are made of.
    """

    def __init__(self, builder: LevelBuilder, ledger: Ledger, parts: Iterable[Part]):
        self.ledger = ledger
        self._builder = builder
        self._parts = parts
        self._totals = [0] * builder.order
        orders = range(builder.order)
        self._last = [GrowingArray(np.int32, ledger) for _ in orders]
        self._counts = [GrowingArray(np.int64, ledger) for _ in orders]
        # Where the rows of each row of the level before begin, and the last ones end.
        self._first = [GrowingArray(np.int64, ledger) for _ in orders]
        for first in self._first:
            first.append(np.zeros(1, np.int64))

    def fill(self) -> None:
        """Make all rows."""
        for windows, counts in self._parts:
            self._add(self._builder.add(windows, counts))
        self._add(self._builder.finish())
        self._totals = self._builder.totals()

    def _add(self, parts: Sequence[tuple[NDArray[Any], ...]]) -> None:
        """Take rows of all levels."""
        for k, (last, counts, ends) in enumerate(parts):
            self._last[k].append(last)
            self._counts[k].append(counts)
            if k + 1 < len(parts):
                self._first[k + 1].append(ends)

    def extend(self, other: _Levels) -> None:
        """Add the rows of another one, whose first symbols all come after those of this one."""
        rows = [len(last) for last in self._last]
        for k, before in enumerate(rows):
            self._totals[k] += other._totals[k]
            self._last[k].extend(other._last[k])
            self._counts[k].extend(other._counts[k])
            if k:
                self._first[k].extend(other._first[k], 1, before)

    def finished(self) -> Trie:
        """Return all levels."""
        last = [array.finished() for array in self._last]
        counts = [array.finished() for array in self._counts]
        self._first[0].append(np.array([len(last[0])]))
        return Trie(self._totals, last, counts, [array.finished() for array in self._first])

    def close(self) -> None:
        """Give files back."""
        for array in (*self._last, *self._counts, *self._first):
            array.close()
