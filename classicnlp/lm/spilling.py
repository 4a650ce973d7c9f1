"""Sorted runs and arrays that move to temporary files when memory ends.

The files have no name from the start, so that none is left behind however the program ends.
"""

from __future__ import annotations

import contextlib
import io
import itertools
import mmap
import os
import tempfile
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from classicnlp._ext.runs import Merge, repack, words_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

Windows: TypeAlias = "NDArray[np.uint64]"
Counts: TypeAlias = "NDArray[np.int64]"
Part: TypeAlias = tuple[Windows, Counts]

PART = 1 << 13  # windows that are read, or written, at once
FAN_IN = 128  # runs that are merged into one


@contextlib.contextmanager
def explained(folder: str) -> Iterator[None]:
    """Let an error of the system say where it happened, and what to do."""
    try:
        yield
    except OSError as error:
        raise OSError(
            error.errno,
            f"{error.strerror} while n-gram counts were spilled to this folder: "
            "free space there, name another folder, or allow more memory",
            folder,
        ) from error


def _temporary_file(folder: str) -> io.BufferedRandom:
    return tempfile.TemporaryFile(dir=folder)


class MemoryRun:
    """A sorted run in memory."""

    def __init__(self, windows: Windows, counts: Counts, bits: int):
        self.windows = windows
        self.counts = counts
        self.bits = bits

    @property
    def size(self) -> int:
        """Bytes."""
        return self.windows.nbytes + self.counts.nbytes

    def parts(self) -> Iterator[Part]:
        """Yield the run in parts."""
        for start in range(0, len(self.counts), PART):
            yield self.windows[start : start + PART], self.counts[start : start + PART]


class FileRun:
    """A sorted run in a temporary file."""

    def __init__(self, parts: Iterator[Part], words: int, bits: int, folder: str):
        self.words = words
        self.bits = bits
        self.length = 0
        self._folder = folder
        with explained(folder):
            self._file: io.BufferedRandom = _temporary_file(folder)
        try:
            for windows, counts in parts:
                with explained(folder):
                    self._file.write(windows.data)
                    self._file.write(counts.data)
                self.length += len(counts)
            with explained(folder):
                self._file.flush()
        except BaseException:
            self.close()
            raise

    def parts(self) -> Iterator[Part]:
        """Yield the run in parts, and close the file behind the last one."""
        with explained(self._folder):
            self._file.seek(0)
        for start in range(0, self.length, PART):
            n = min(PART, self.length - start)
            windows = np.empty((n, self.words), np.uint64)
            counts = np.empty(n, np.int64)
            for array in (windows, counts):
                with explained(self._folder):
                    got = self._file.readinto(array.data.cast("B"))
                if got != array.nbytes:
                    raise OSError(None, "a temporary file became shorter", self._folder)
            yield windows, counts
        self.close()

    def close(self) -> None:
        """Close the file, and give its space back."""
        # What is still in the buffer of a file that nobody will read may be lost.
        with contextlib.suppress(OSError):
            self._file.close()


Run: TypeAlias = MemoryRun | FileRun


class Runs:
    """Sorted runs of which some lie on the disk.

    Parameters
    ----------
    order : int
        Symbols of a window.
    memory : int
        Bytes that runs may take in memory.
    folder : str
        Where temporary files go.
    """

    def __init__(self, order: int, memory: int, folder: str):
        self._order = order
        self._memory = memory
        self._folder = folder
        self._held: list[MemoryRun] = []
        # Level n holds runs that were made of FAN_IN runs of the level before it.
        self._spilled: list[list[FileRun]] = []

    def add(self, run: MemoryRun) -> None:
        """Take a run."""
        if sum(held.size for held in self._held) + run.size <= self._memory:
            self._held.append(run)
        else:
            self._spill([run], 0)
        if len(self._held) == FAN_IN:
            self._spill(self._held, 0)
            self._held = []

    def _spill(self, runs: list[Any], level: int) -> None:
        """Merge runs into one file; when a level is full, merge that, too."""
        bits = max(run.bits for run in runs)
        file = FileRun(
            merged(runs, self._order, bits), words_of(self._order, bits), bits, self._folder
        )
        if level == len(self._spilled):
            self._spilled.append([])
        self._spilled[level].append(file)
        if len(self._spilled[level]) == FAN_IN:
            full, self._spilled[level] = self._spilled[level], []
            try:
                self._spill(full, level + 1)
            finally:
                for spent in full:
                    spent.close()

    def merged(self, bits: int) -> Iterator[Part]:
        """Yield the distinct windows of all runs with their counts; see `merged`."""
        spilled = [run for level in self._spilled for run in level]
        yield from merged([*spilled, *self._held], self._order, bits)

    def stretches(self, bits: int, workers: int) -> list[Iterator[Part]]:
        """Return what `merged` yields in stretches for so many threads, by their first symbols.

        There is one alone where runs lie on the disk, which are read from front to back.
        """
        if workers == 1 or self._spilled or not self._held:
            return [self.merged(bits)]
        largest = max(self._held, key=lambda run: run.size)
        rows = [len(largest.counts) * k // workers for k in range(1, workers)]
        limits = largest.windows[rows, 0] >> self._first_shift(largest.bits)
        parts: list[list[MemoryRun]] = [[] for _ in range(workers)]
        for run in self._held:
            shift = self._first_shift(run.bits)
            inner = np.searchsorted(run.windows[:, 0] >> shift, limits).tolist()
            for part, rows_of in zip(
                parts, itertools.pairwise([0, *inner, len(run.counts)]), strict=True
            ):
                own = slice(*rows_of)
                part.append(MemoryRun(run.windows[own], run.counts[own], run.bits))
        return [merged(part, self._order, bits) for part in parts]

    def _first_shift(self, bits: int) -> np.uint64:
        """Return by how many bits the first symbol of a window is shifted up in its word."""
        return np.uint64(bits * (min(64 // bits, self._order) - 1))

    def close(self) -> None:
        """Give memory and files back."""
        self._held = []
        for level in self._spilled:
            for run in level:
                run.close()
        self._spilled = []


def merged(runs: list[Any], order: int, bits: int) -> Iterator[Part]:
    """Yield the distinct windows of some runs with their counts, in rising order.

    All parts but the last have ``PART`` windows, and the next one overwrites them.
    """
    parts = [_repacked(run, order, bits) for run in runs]
    if len(parts) == 1:
        yield from parts[0]
        return
    words = words_of(order, bits)
    merge = Merge(words, len(parts))
    for number, part in enumerate(parts):
        _feed(merge, number, part)
    windows = np.empty((PART, words), np.uint64)
    counts = np.empty(PART, np.int64)
    used = 0
    while len(merge):
        used, dry = merge.take(windows, counts, used)
        if dry >= 0:
            _feed(merge, dry, parts[dry])
        else:
            yield windows[:used], counts[:used]
            used = 0
    if used:
        yield windows[:used], counts[:used]


def _feed(merge: Merge, number: int, parts: Iterator[Part]) -> None:
    for windows, counts in parts:
        merge.feed(number, windows, counts)
        return


def _repacked(run: Run, order: int, bits: int) -> Iterator[Part]:
    """Yield a run with symbols of so many bits."""
    for windows, counts in run.parts():
        yield windows if run.bits == bits else repack(windows, order, run.bits, bits), counts


class Ledger:
    """How much memory some arrays take together, and how much they may."""

    def __init__(self, most: int, folder: str):
        self.most = most
        self.folder = folder
        self.taken = 0


class GrowingArray:
    """An array that is written from the front, in memory as long as the ledger allows it."""

    def __init__(self, dtype: Any, ledger: Ledger):
        self._dtype = np.dtype(dtype)
        self._ledger = ledger
        # A bytearray grows without being copied, and without its new end being filled.
        self._held = bytearray()
        self._bytes = 0
        self._file: io.BufferedRandom | None = None

    def append(self, part: NDArray[Any]) -> None:
        """Add a part at the end."""
        self._bytes += part.nbytes
        self._ledger.taken += part.nbytes
        if self._ledger.taken <= self._ledger.most:
            self._held += part.data
            return
        with explained(self._ledger.folder):
            if self._file is None:
                self._file = _temporary_file(self._ledger.folder)
                self._file.write(self._held)
                self._held = bytearray()
            self._file.write(part.data)

    def finished(self) -> NDArray[Any]:
        """Return the array, read only, mapped into memory if it lies in a file."""
        data: bytearray | mmap.mmap = self._held
        if self._file is not None:
            with explained(self._ledger.folder):
                self._file.flush()
                data = mmap.mmap(self._file.fileno(), 0, access=mmap.ACCESS_READ)
            self.close()
        array = np.frombuffer(data, self._dtype)
        array.flags.writeable = False
        return array

    def extend(self, other: GrowingArray, start: int = 0, raised: int = 0) -> None:
        """Add what another one holds from ``start`` on, raised by a number; the other is closed."""
        part = other.finished()[start:]
        self.append(part + self._dtype.type(raised) if raised else part)
        other.close()

    def __len__(self) -> int:
        return int(self._bytes // self._dtype.itemsize)

    def close(self) -> None:
        """Close the file; a mapping of it lives on."""
        self._held = bytearray()
        if self._file is not None:
            with contextlib.suppress(OSError):
                self._file.close()
            self._file = None


def temporary_folder(folder: str | os.PathLike[str] | None) -> str:
    """Return the folder for temporary files, by default the system's."""
    return tempfile.gettempdir() if folder is None else os.fspath(folder)
