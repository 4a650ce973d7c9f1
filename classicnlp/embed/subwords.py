"""Parts of words, so that words never seen have vectors, too."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from classicnlp._ext.interning import text_keys
from classicnlp.arrays import offsets_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

BEGIN, END = "<", ">"


class Subwords:
    """The n-grams of words' characters, each in one of some buckets (Bojanowski and others, 2017).

    A word's n-grams are those of ``<word>``, but not the brackets alone; two n-grams may fall into
    one bucket.

    Parameters
    ----------
    lengths : (int, int)
        The shortest and the longest n-grams, brackets counted.
    buckets : int

    Examples
    --------
    >>> Subwords((2, 3), 1000).ngrams("北京")
    ['<北', '北京', '京>', '<北京', '北京>']
    """

    def __init__(self, lengths: tuple[int, int], buckets: int):
        self.lengths = lengths
        self.buckets = buckets

    def ngrams(self, word: str) -> list[str]:
        """Return the n-grams of a word, the short ones first."""
        marked = f"{BEGIN}{word}{END}"
        shortest, longest = self.lengths
        return [
            marked[start : start + length]
            for length in range(shortest, longest + 1)
            for start in range(len(marked) - length + 1)
            if marked[start : start + length] not in (BEGIN, END, marked)
        ]

    def rows(self, words: Sequence[str]) -> tuple[NDArray[np.int32], NDArray[np.int64]]:
        """Return the rows of all words, and where each word's begin.

        The rows of buckets come first, then one for each word itself.
        """
        ngrams = [self.ngrams(word) for word in words]
        offsets = offsets_of(len(some) + 1 for some in ngrams)
        rows = np.empty(offsets[-1], np.int32)
        own = np.zeros(len(rows), bool)
        own[offsets[:-1]] = True
        rows[own] = self.buckets + np.arange(len(words))
        keys = text_keys([ngram for some in ngrams for ngram in some])
        rows[~own] = (keys % np.uint64(self.buckets)).astype(np.int32)
        return rows, offsets


class Unseen:
    """The vectors of words that were never seen: the means of those of their n-grams.

    Parameters
    ----------
    subwords : Subwords
    vectors : float32 array, shape (buckets, dimensions)
    """

    def __init__(self, subwords: Subwords, vectors: NDArray[np.float32]):
        self._subwords, self._vectors = subwords, vectors

    def __call__(self, word: str) -> NDArray[np.float32] | None:
        """Return a vector, or None if the word is too short or too long to have n-grams."""
        keys = text_keys(self._subwords.ngrams(word))
        if not len(keys):
            return None
        rows = self._vectors[(keys % np.uint64(self._subwords.buckets)).astype(np.int64)]
        mean: NDArray[np.float32] = rows.mean(axis=0)
        return mean
