"""Going over a text again and again, on one thread or several."""

from __future__ import annotations

import itertools
import math
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

SECONDS_BETWEEN_REPORTS = 0.5
DIVERGED = "training diverged: numbers are not finite any more; take a lower learning_rate"


class Progress(NamedTuple):
    """How far training has come.

    Attributes
    ----------
    epoch : int
        The pass at work, from 1 on.
    epochs : int
        How many there are.
    done : int
        How many words, over all passes, were read (for GloVe: pairs).
    total : int
        How many there are to read.
    per_second : float
        How many are read in a second.
    learning_rate : float
        That at work.
    loss : float
        The mean loss since the last report, or, where nothing was measured, that of before.
    """

    epoch: int
    epochs: int
    done: int
    total: int
    per_second: float
    learning_rate: float
    loss: float


Report: TypeAlias = Callable[[Progress], object]
Losses: TypeAlias = tuple[float, int]
"""A sum of losses, and how many there are."""


class Watch:
    """Counts what was done, tells of it, and stops what diverges.

    Parameters
    ----------
    epochs, total : int
        As in `Progress`.
    rates : callable
        From the share that is done to the learning rate.
    report : callable, optional
        What is told, from the thread that trains.
    """

    def __init__(
        self, epochs: int, total: int, rates: Callable[[float], float], report: Report | None
    ):
        self._epochs, self._total, self._rates, self._report = epochs, total, rates, report
        self._lock = threading.Lock()
        self._started = self._told = time.perf_counter()
        self._done = self._measured = 0
        self._loss = 0.0
        self._last = (0, 0)
        self._last_loss = math.nan

    def add(self, done: int, losses: Losses) -> None:
        """Count; called by any thread.

        Raises
        ------
        ValueError
            If the loss is no number any more.
        """
        loss, measured = losses
        if not math.isfinite(loss):
            raise ValueError(DIVERGED)
        with self._lock:
            self._done += done
            self._loss += loss
            self._measured += measured

    def tell(self, epoch: int, now: bool = False) -> None:
        """Report if it is time to."""
        moment = time.perf_counter()
        if self._report is None or not (now or moment - self._told > SECONDS_BETWEEN_REPORTS):
            return
        with self._lock:
            done = self._done
            if self._measured:
                self._last_loss = self._loss / self._measured
            self._loss, self._measured = 0.0, 0
        if (epoch, done) == self._last:
            return
        self._told, self._last = moment, (epoch, done)
        speed = done / max(moment - self._started, 1e-9)
        rate = self._rates(done / max(self._total, 1))
        self._report(Progress(epoch, self._epochs, done, self._total, speed, rate, self._last_loss))


def over_pieces(
    work: Callable[[int], None], pieces: Sequence[int], workers: int, tick: Callable[[], None]
) -> None:
    """Do all pieces, on one thread in their order, on several as they come.

    Whatever stops this, an error or Ctrl-C, stops the threads after the pieces at hand.

    Parameters
    ----------
    work : callable
        What does a piece.
    pieces : sequence of int
    workers : int
    tick : callable
        Called now and then by the thread that calls this.
    """
    if workers == 1:
        for piece in pieces:
            work(piece)
            tick()
        return
    left: Iterator[int] = iter(pieces)
    lock, stopped = threading.Lock(), threading.Event()

    def worker() -> None:
        while not stopped.is_set():
            with lock:
                piece = next(left, None)
            if piece is None:
                return
            work(piece)

    with ThreadPoolExecutor(workers) as pool:
        running = {pool.submit(worker) for _ in range(workers)}
        try:
            while running:
                done, running = wait(running, SECONDS_BETWEEN_REPORTS, "FIRST_EXCEPTION")
                for one in done:
                    one.result()
                tick()
        finally:
            stopped.set()


def check_finite(*matrices: NDArray[np.float32]) -> None:
    """Raise a ValueError if training has diverged in what no loss was measured of."""
    if not all(np.isfinite([matrix.min(), matrix.max()]).all() for matrix in matrices):
        raise ValueError(DIVERGED)


def seed_of(*numbers: int) -> int:
    """Return 64 bits that depend on all the numbers.

    >>> seed_of(1, 2) == seed_of(1, 2), seed_of(1, 2) == seed_of(2, 1)
    (True, False)
    """
    return int(np.random.SeedSequence(numbers).generate_state(1, np.uint64)[0])


def bounds(length: int, size: int) -> list[tuple[int, int]]:
    """Return pieces of a size, the last one perhaps smaller.

    >>> bounds(5, 2)
    [(0, 2), (2, 4), (4, 5)]
    """
    return list(itertools.pairwise([*range(0, length, size), length]))
