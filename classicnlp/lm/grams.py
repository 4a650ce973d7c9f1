"""The n-grams of a text, order by order, and how often each occurs."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from classicnlp._ext.interning import Numbering, text_keys
from classicnlp.lm.sentences import Sentences, read_words
from classicnlp.lm.vocabulary import BEGIN, END, SPECIALS, UNKNOWN

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Numbers = NDArray[np.int32]

ROOT = np.zeros(1, np.int32)


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

    def select(self, chosen: NDArray[np.bool_], rows_below: Numbers) -> Level:
        """Return some rows; ``rows_below`` are the new rows of the order below."""
        return Level(
            rows_below[self.parents[chosen]],
            self.last[chosen],
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


def count_grams(sentences: Sentences, order: int, unit: str = "word") -> Grams:
    """Count the n-grams of some sentences.

    Parameters
    ----------
    sentences : iterable of sentences
        As `read_words` takes them.
    order : int
        The longest n-grams' length.
    unit : {"word", "char"}
        What a str is cut into.

    Raises
    ------
    ValueError
        If a sentence holds ``<s>`` or ``</s>``, or there are more than 2**30 different n-grams of
        one order.
    """
    numbering = Numbering()
    numbering.add(text_keys(SPECIALS))
    words = list(SPECIALS)
    counters = [Numbering() for _ in range(order - 1)]
    suffixes: list[list[Numbers]] = [[] for _ in range(order - 1)]
    begun = 0
    for part in read_words(sentences, unit):
        ids, fresh = numbering.add(part.keys)
        if len(ids) and ids[~(ids > END)].max(initial=UNKNOWN) >= BEGIN:
            _refuse_bounds(ids)
        words.extend(part.text(place) for place in fresh.tolist())
        begun += len(part.offsets) - 1
        stream, starts = _bounded(ids, part.offsets)
        level = stream
        for counter, found in zip(counters, suffixes, strict=True):
            before = np.empty_like(level)
            before[1:] = level[:-1]
            before[starts] = -1
            keys = gram_keys(before, stream)
            above, fresh = counter.add(keys)
            found.append(level[fresh])
            level = above
    counts = numbering.counts()
    counts[UNKNOWN] -= 1  # the specials were added once by hand
    counts[BEGIN] = counts[END] = begun
    size = len(words)
    levels = [
        Level(np.zeros(size, np.int32), np.arange(size, dtype=np.int32), np.zeros(size, np.int32))
    ]
    all_counts = [counts]
    for counter, found in zip(counters, suffixes, strict=True):
        keys = counter.keys()
        parents = ((keys >> np.uint64(32)) - np.uint64(1)).astype(np.int32)
        last = (keys & np.uint64(0xFFFFFFFF)).astype(np.int32)
        levels.append(Level(parents, last, np.concatenate([np.zeros(0, np.int32), *found])))
        all_counts.append(counter.counts())
    return Grams(words, levels, all_counts)


def _refuse_bounds(ids: Numbers) -> None:
    bound = SPECIALS[int(ids[(ids == BEGIN) | (ids == END)][0])]
    raise ValueError(
        f"a sentence holds {bound}, which only the model puts at its bounds: "
        "take it out of the text, and pass sentences one by one"
    )


def _bounded(ids: Numbers, offsets: NDArray[np.int64]) -> tuple[Numbers, NDArray[np.int64]]:
    """Return the words of sentences with bounds around each, and where each sentence begins."""
    count = len(offsets) - 1
    stream = np.empty(len(ids) + 2 * count, np.int32)
    inside = np.ones(len(stream), bool)
    starts = offsets[:-1] + 2 * np.arange(count)
    ends = offsets[1:] + 2 * np.arange(count) + 1
    stream[starts], stream[ends] = BEGIN, END
    inside[starts] = inside[ends] = False
    stream[inside] = ids
    return stream, starts


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
        distinct = (
            level.select(np.zeros(0, np.int64), below)
            if not len(rows)
            else Level(
                below[level.parents[fresh]],
                numbers[level.last[fresh]],
                below[level.suffixes[fresh]],
            )
        )
        levels.append(distinct)
        counts.append(np.bincount(rows, own, minlength=len(fresh)).astype(np.int64))
    return Grams(words, levels, counts)
