"""From sequences of symbols to sorted runs of windows."""

from __future__ import annotations

from collections.abc import Sized
from typing import TYPE_CHECKING

import numpy as np

from classicnlp._ext.runs import first_symbols, sort_windows, words_of
from classicnlp.lm.spilling import MemoryRun, Runs

if TYPE_CHECKING:
    from numpy.typing import NDArray


class Sorter:
    """Gathers symbols, and sorts the windows over them when memory is used up.

    Parameters
    ----------
    known : sized
        Whose length is that of the alphabet up to now, with the 0.
    runs : Runs
        Takes what is sorted.
    order : int
        Symbols of a window.
    memory : int
        Bytes for symbols and windows.
    usual_bits : int
        How many bits a symbol is likely to take in the end.
    workers : int
        Threads.
    """

    def __init__(
        self,
        known: Sized,
        runs: Runs,
        order: int,
        memory: int,
        usual_bits: int,
        workers: int,
    ):
        self._known = known
        self._runs = runs
        self._order = order
        self._workers = workers
        self._memory = memory
        bytes_each = 4 + _bytes_to_sort(order, usual_bits)
        self._symbols = np.empty(memory // bytes_each, np.int32)
        self._used = 0

    @property
    def bits(self) -> int:
        """How many bits all symbols up to now fit into."""
        return max(1, (len(self._known) - 1).bit_length())

    def add(self, symbols: NDArray[np.int32]) -> None:
        """Take symbols of whole lines."""
        while len(symbols):
            room = len(self._symbols) - self._used
            part, symbols = symbols[:room], symbols[room:]
            self._symbols[self._used : self._used + len(part)] = part
            self._used += len(part)
            if self._used == len(self._symbols):
                # The last windows are not yet complete.
                self._sort(self._used - (self._order - 1))

    def finish(self) -> None:
        """Sort what is left."""
        self._sort(self._used)

    def _sort(self, starts: int) -> None:
        """Make runs of the windows at the first ``starts`` places, and drop these."""
        room = self._memory - self._symbols.nbytes
        most = max(1, room // _bytes_to_sort(self._order, self.bits))
        for begin in range(0, starts, most):
            n = min(most, starts - begin)
            symbols = self._symbols[begin : min(begin + n + self._order - 1, self._used)]
            self._runs.add(_sorted_run(symbols, n, self._order, self.bits, self._workers))
        left = self._used - starts
        self._symbols[:left] = self._symbols[starts : self._used]
        self._used = left


def _bytes_to_sort(order: int, bits: int) -> int:
    """Return what a window takes at most while it is sorted: twice its own, and a count."""
    return 16 * words_of(order, bits) + 8


def _sorted_run(
    symbols: NDArray[np.int32], starts: int, order: int, bits: int, workers: int
) -> MemoryRun:
    """Return the run of the windows at the first ``starts`` places.

    Each thread has a stretch of first symbols, so that the pieces are in order.
    """
    windows = np.empty((starts, words_of(order, bits)), np.uint64)
    counts = np.empty(starts, np.int64)
    limits, places = [0, (1 << bits) - 1], [0, starts]
    if workers > 1:
        limits, places = _stretches(symbols, starts, bits, workers)

    def sort(number: int) -> int:
        rows = slice(places[number], places[number + 1])
        low, high = limits[number] + 1, limits[number + 1] + 1
        return sort_windows(symbols, starts, order, bits, low, high, windows[rows], counts[rows])

    if workers == 1:
        kept = [sort(0)]
    else:
        from concurrent.futures import ThreadPoolExecutor

        with ThreadPoolExecutor(workers) as pool:
            kept = list(pool.map(sort, range(workers)))
    end = kept[0]
    for place, n in zip(places[1:-1], kept[1:], strict=True):
        windows[end : end + n] = windows[place : place + n]
        counts[end : end + n] = counts[place : place + n]
        end += n
    # What is behind the end goes back to the system; nobody else holds a view.
    windows.resize((end, windows.shape[1]), refcheck=False)
    counts.resize(end, refcheck=False)
    return MemoryRun(windows, counts, bits)


def _stretches(
    symbols: NDArray[np.int32], starts: int, bits: int, workers: int
) -> tuple[list[int], list[int]]:
    """Share first symbols out; return the last symbol of each stretch, and rows up to there."""
    numbers = first_symbols(symbols, starts, 1 << bits)
    numbers[0] = 0
    rows = np.cumsum(numbers)
    shares = [int(rows[-1]) * k // workers for k in range(1, workers)]
    limits = [0, *np.searchsorted(rows, shares).tolist(), (1 << bits) - 1]
    return limits, rows[limits].tolist()
