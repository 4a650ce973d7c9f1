"""What every segmenter offers: words or boundaries, of one text or of many."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, TypeVar

import numpy as np

from classicnlp._ext.cutter import Cutter
from classicnlp.checks import require_count

if TYPE_CHECKING:
    from numpy.typing import NDArray

CHUNK_CHARACTERS = 1 << 16

Result = TypeVar("Result")


class Segmenter:
    """Cuts texts into words; the words of a text, joined, are the text.

    A segmenter is immutable once it is made, and any number of threads may use it at once.
    """

    _cutter: Cutter

    def cutter(self) -> Cutter:
        """Return the kernel that cuts, for another that goes on with the words."""
        return self._cutter

    def __call__(self, text: str) -> list[str]:
        return self.segment(text)

    def segment(self, text: str) -> list[str]:
        """Return the words of ``text``.

        Parameters
        ----------
        text : str
            Any text; white space is kept, each run of it as a word of its own.

        Returns
        -------
        list of str
            Words that, joined, are ``text``.

        Raises
        ------
        TypeError
            If ``text`` is no str.
        """
        return self._cutter.segment(text)

    def boundaries(self, text: str) -> NDArray[np.int32]:
        """Return where words begin and end, without making strings.

        Parameters
        ----------
        text : str
            Any text.

        Returns
        -------
        int32 array
            0, the places between words, ``len(text)``, in code points; ``[0]`` for no text.
        """
        return self._cutter.boundaries(text)

    def segment_batch(self, texts: Iterable[str], workers: int = 1) -> list[list[str]]:
        """Return the words of each text, in order.

        Parameters
        ----------
        texts : iterable of str
            The texts.
        workers : int
            Threads to use; the result is the same for any number.

        Returns
        -------
        list of list of str
        """
        return in_chunks(self._cutter.segment_batch, checked_texts(texts, "segment"), workers)

    def boundaries_batch(self, texts: Iterable[str], workers: int = 1) -> list[NDArray[np.int32]]:
        """Return the boundaries of each text, in order; otherwise as `segment_batch`."""
        return in_chunks(self._cutter.boundaries_batch, checked_texts(texts, "boundaries"), workers)


def checked_texts(texts: Iterable[str], caller: str) -> list[str]:
    """Return the texts as a list, unless they are one text."""
    if isinstance(texts, (str, bytes)):
        kind = type(texts).__name__
        raise TypeError(
            f"{caller}_batch() takes several texts, got one {kind}: "
            f"put it in a list, or call {caller}()"
        )
    try:
        return list(texts)
    except TypeError:
        kind = type(texts).__name__
        raise TypeError(
            f"{caller}_batch() takes several texts, got {kind}: pass a list of str"
        ) from None


def in_chunks(
    work: Callable[[list[str]], list[Result]], texts: list[str], workers: int
) -> list[Result]:
    """Apply ``work`` to the texts in pieces of some size, with ``workers`` threads."""
    if require_count(workers, "workers", 1) == 1:
        return work(texts)
    from concurrent.futures import ThreadPoolExecutor

    chunks: list[list[str]] = [[]]
    room = CHUNK_CHARACTERS
    for text in texts:
        if room <= 0:
            chunks.append([])
            room = CHUNK_CHARACTERS
        chunks[-1].append(text)
        room -= len(text) + 1 if isinstance(text, str) else 1
    with ThreadPoolExecutor(workers) as pool:
        return [result for results in pool.map(work, chunks) for result in results]
