"""The n-grams of a text, order by order, and how often each occurs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from classicnlp._ext.interning import Numbering, text_keys
from classicnlp._ext.levels import suffix_rows
from classicnlp.lm.sentences import Sentences, read_words
from classicnlp.lm.tries import USUAL_MEMORY, Trie, count_symbols
from classicnlp.lm.vocabulary import BEGIN, END, SPECIALS, UNKNOWN

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Numbers = NDArray[np.int32]

MOST_ROWS = (1 << 31) - 1


class Level(NamedTuple):
    """The n-grams of one order, a row each; those of order 1 are the words by their numbers.

    Attributes
    ----------
    parents : int32 array
        The row of the n-gram without its last word, in the order below; 0 in order 1.
    last : int32 array
        The last word.
    suffixes : int32 array
        The row of the n-gram without its first word, in the order below; 0 in order 1.
    """

    parents: Numbers
    last: Numbers
    suffixes: Numbers

    def __len__(self) -> int:
        return len(self.last)

    def select(self, chosen: Any, rows_below: Numbers, numbers: Numbers | None = None) -> Level:
        """Return some rows.

        Parameters
        ----------
        chosen : bool or int array
            Which ones.
        rows_below : int32 array
            The new row of each row of the order below.
        numbers : int32 array, optional
            The new number of each word.
        """
        last = self.last[chosen]
        return Level(
            rows_below[self.parents[chosen]],
            last if numbers is None else numbers[last],
            rows_below[self.suffixes[chosen]],
        )


class Grams(NamedTuple):
    """The n-grams of sentences ``<s> w1 ... wn </s>`` that begin with ``<s>`` or hold none.

    Attributes
    ----------
    words : list of str
        The words in the order of their numbers; the first are ``<unk>``, ``<s>`` and ``</s>``.
    levels : list of Level
        From order 1 on. An n-gram's prefix and suffix are there, too.
    counts : list of int64 arrays
        How often each occurs.
    """

    words: list[str]
    levels: list[Level]
    counts: list[NDArray[np.int64]]

    @property
    def order(self) -> int:
        """The longest n-grams' length."""
        return len(self.levels)


def count_grams(
    sentences: Sentences,
    order: int,
    unit: str = "word",
    workers: int = 1,
    memory: int = USUAL_MEMORY,
) -> Grams:
    """Count the n-grams of some sentences.

    Parameters
    ----------
    sentences : iterable of sentences
        As `read_words` takes them.
    order : int
        The longest n-grams' length.
    unit : {"word", "char"}
        What a str is cut into.
    workers : int
        Threads.
    memory : int
        Bytes that the counting may take, as of `count_ngrams`.

    Raises
    ------
    ValueError
        If a sentence holds ``<s>`` or ``</s>``, or there are more than 2**31 different n-grams of
        one order.
    """
    bounded = BoundedSentences(unit)
    trie = count_symbols(
        bounded.read(sentences), bounded, [1] * order, unit, workers=workers, memory=memory
    )
    if max(map(len, trie.last)) > MOST_ROWS:
        raise ValueError(
            f"there are more than {MOST_ROWS:,} different n-grams of one order: learn from less"
        )
    return _grams(bounded.words, trie)


def _grams(words: list[str], trie: Trie) -> Grams:
    """Return the n-grams of a trie whose symbols are the numbers of words and 1."""
    # <unk> may not occur; all others do, but for the bounds where there is no sentence.
    numbers = trie.last[0] - np.int32(1)
    counts = np.zeros(len(words), np.int64)
    counts[numbers] = trie.counts[0]
    below = np.zeros(len(words), np.int32)
    levels = [Level(below, np.arange(len(words), dtype=np.int32), below)]
    rows = np.zeros(len(numbers), np.int64)
    for k in range(1, len(trie.last)):
        rows = suffix_rows(trie.last[k], trie.first[k], rows, trie.last[k - 1], trie.first[k - 1])
        before = np.arange(len(trie.last[k - 1]), dtype=np.int32) if k > 1 else numbers
        levels.append(
            Level(
                np.repeat(before, np.diff(trie.first[k])),
                trie.last[k] - np.int32(1),
                rows.astype(np.int32) if k > 1 else numbers[rows],
            )
        )
    return Grams(words, levels, [counts, *trie.counts[1:]])


class BoundedSentences:
    """Sentences as sequences of symbols: the numbers of words, ``<unk>`` being 1, with bounds.

    Parameters
    ----------
    unit : {"word", "char"}
        What a str is cut into.

    Attributes
    ----------
    words : list of str
        The words up to now, in the order of their numbers.
    """

    def __init__(self, unit: str):
        self.words = list(SPECIALS)
        self._unit = unit
        self._numbering = Numbering()
        self._numbering.add(text_keys(SPECIALS))

    def __len__(self) -> int:
        return len(self.words) + 1

    def read(self, sentences: Sentences) -> Iterator[Numbers]:
        """Yield sentences with ``<s>`` before, and ``</s>`` and a 0 behind each."""
        for part in read_words(sentences, self._unit):
            ids, fresh = self._numbering.add(part.keys)
            if ids[ids <= END].max(initial=UNKNOWN) >= BEGIN:
                _refuse_bounds(ids)
            self.words.extend(part.text(place) for place in fresh.tolist())
            yield _bounded(ids, part.offsets)


def _refuse_bounds(ids: Numbers) -> None:
    bound = SPECIALS[int(ids[(ids == BEGIN) | (ids == END)][0])]
    raise ValueError(
        f"a sentence holds {bound}, which only the model puts at its bounds: "
        "take it out of the text, and pass sentences one by one"
    )


def _bounded(ids: Numbers, offsets: NDArray[np.int64]) -> Numbers:
    """Return the symbols of sentences with bounds around each, and a 0 behind."""
    count = len(offsets) - 1
    symbols = np.zeros(len(ids) + 3 * count, np.int32)
    inside = np.ones(len(symbols), bool)
    starts = offsets[:-1] + 3 * np.arange(count)
    ends = offsets[1:] + 3 * np.arange(count) + 1
    symbols[starts], symbols[ends] = BEGIN + 1, END + 1
    inside[starts] = inside[ends] = inside[ends + 1] = False
    symbols[inside] = ids + np.int32(1)
    return symbols


def gram_keys(before: Numbers, last: Numbers) -> NDArray[np.uint64]:
    """Return the keys of n-grams from the rows of their prefixes, 0 where there is none."""
    keys = (before.astype(np.int64) + 1) << 32
    keys |= last
    keys[before < 0] = 0
    return keys.view(np.uint64)


def rare_as_unknown(grams: Grams, min_count: int) -> Grams:
    """Return the n-grams of the text in which words that are rarer are ``<unk>``.

    Examples
    --------
    >>> grams = rare_as_unknown(count_grams([["你", "好"], ["你"]], 2), 2)
    >>> grams.words, grams.counts[0].tolist()
    (['<unk>', '<s>', '</s>', '你'], [1, 2, 2, 2])
    """
    kept = grams.counts[0] >= min_count
    kept[: len(SPECIALS)] = True
    rows = np.where(kept, np.cumsum(kept) - 1, UNKNOWN).astype(np.int32)
    numbers = rows
    words = [word for word, keep in zip(grams.words, kept.tolist(), strict=True) if keep]
    counts = [np.bincount(rows, grams.counts[0]).astype(np.int64)]
    size = len(words)
    levels = [
        Level(np.zeros(size, np.int32), np.arange(size, dtype=np.int32), np.zeros(size, np.int32))
    ]
    for level, own in zip(grams.levels[1:], grams.counts[1:], strict=True):
        keys = gram_keys(rows[level.parents], numbers[level.last])
        below = rows
        numbering = Numbering()
        rows, fresh = numbering.add(keys)
        levels.append(level.select(fresh, below, numbers))
        counts.append(np.bincount(rows, own, minlength=len(fresh)).astype(np.int64))
    return Grams(words, levels, counts)
