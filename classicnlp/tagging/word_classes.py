"""Ambiguity classes of words as small numbers, for the compiled part-of-speech tagger."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from classicnlp._ext.interning import find, slots_of
from classicnlp.arrays import offsets_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

FOLDS = 10
MOST_LABELS = 2
LEAST_PERCENT = 2
SHARES = (0.5, 0.75, 0.9, 0.98)
GRADES = (1, 2, 4, 10)
UNSEEN = 0
HINTED = 1 << 62  # is added to the codes of hints, so that they are none of those of counts


class LabelCounts(NamedTuple):
    """How often words were seen with labels: the pairs that occur, by word and then by label.

    Attributes
    ----------
    words, labels : int64 arrays, shape (pairs,)
    first : int64 array, shape (words + 1,)
        Where the pairs of each word begin, and the end of the last.
    counts : int64 array, shape (pairs,)
    """

    words: NDArray[np.int64]
    labels: NDArray[np.int64]
    first: NDArray[np.int64]
    counts: NDArray[np.int64]

    @property
    def totals(self) -> NDArray[np.int64]:
        """How often each word was seen."""
        return _sums(self.counts, self.first)

    def shares(self) -> NDArray[np.float64]:
        """Return the share of each pair in its word."""
        return self.counts / np.maximum(self.totals, 1)[self.words]


def count_labels(
    words: NDArray[np.int64], labels: NDArray[np.int64], word_count: int, label_count: int
) -> tuple[LabelCounts, NDArray[np.int64]]:
    """Count which words have which labels; return that, and the number of the pair at each place.

    Parameters
    ----------
    words, labels : int64 arrays, shape (places,)
        Their numbers.
    word_count, label_count : int
        How many there are.
    """
    pairs, numbers, counts = np.unique(
        words * label_count + labels, return_inverse=True, return_counts=True
    )
    of_words, of_labels = np.divmod(pairs, label_count)
    first = np.searchsorted(of_words, np.arange(word_count + 1))
    return LabelCounts(of_words, of_labels, first, counts), numbers


def codes_of(seen: LabelCounts, label_count: int) -> NDArray[np.int64]:
    """Return a number that tells the class of each word, 0 for words without counts.

    A class says which labels a word had (those with 2 % of its occurrences, the two commonest
    at most, falling), how large the commonest one's share was (50, 75, 90, 98 %), and how often
    the word was seen (1, 2 to 3, 4 to 9, 10 times and more).
    """
    # Two of at most 257 labels, five shares and five grades are far below 2**63.
    codes, most = codes_of_labels(seen, label_count, MOST_LABELS, LEAST_PERCENT)
    totals = seen.totals
    shares = most / np.maximum(totals, 1)
    codes = codes * (len(SHARES) + 1) + np.searchsorted(SHARES, shares, "right")
    codes = codes * (len(GRADES) + 1) + np.searchsorted(GRADES, totals, "right")
    return np.where(totals > 0, codes, 0)


def codes_of_labels(
    seen: LabelCounts, label_count: int, most_labels: int, least_percent: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return a number that tells the commonest labels of each word, and the first one's count.

    Parameters
    ----------
    seen : LabelCounts
    label_count : int
        How many labels there are. A number has one digit for each label of a word, falling by
        count, to base ``label_count + 1``: the label's number and 1, or 0 for none.
    most_labels : int
        How many labels of a word count at most.
    least_percent : int
        Labels with a smaller share of the word's occurrences do not count.
    """
    order = np.lexsort((seen.labels, -seen.counts, seen.words))
    counts, totals = seen.counts[order], seen.totals
    rank = np.arange(len(order)) - seen.first[:-1][seen.words]
    common = (counts > 0) & (100 * counts >= least_percent * totals[seen.words])
    shown = (rank < most_labels) & common
    labels = np.zeros((len(totals), most_labels), np.int64)
    labels[seen.words[shown], rank[shown]] = seen.labels[order[shown]] + 1
    most = np.zeros(len(totals), np.int64)
    most[seen.words[rank == 0]] = counts[rank == 0]
    codes = np.zeros(len(totals), np.int64)
    for column in labels.T:
        codes = codes * (label_count + 1) + column
    return codes, most


class Hints(NamedTuple):
    """What is known of words from elsewhere, for those that training data does not show.

    Attributes
    ----------
    keys : uint64 array, shape (words,)
        The keys of words.
    codes : int64 array, shape (3, words)
        What class each has, 0 for none: at places in sequences of even and of odd number, so that
        what was learnt from one half can be kept from it, and in other texts.
    """

    keys: NDArray[np.uint64]
    codes: NDArray[np.int64]

    def of(self, keys: NDArray[np.uint64]) -> NDArray[np.int64]:
        """Return the codes of the given words, shape (3, len(keys))."""
        found = find(slots_of(self.keys), self.keys, keys)
        none = np.zeros((len(self.codes), 1), np.int64)
        return np.hstack([self.codes, none])[:, found]


NO_HINTS = Hints(np.zeros(0, np.uint64), np.zeros((3, 0), np.int64))


class WordClasses(NamedTuple):
    """The ambiguity classes of words (Cutting, Kupiec, Pedersen and Sibun, 1992), from 1.

    Attributes
    ----------
    words : int32 array
        The class of each word, by all that was seen of it: for other texts.
    places : int32 array
        The class at each place of the training data, by what was seen in other folds. By all of
        the data it would know the word's own label, and a tagger would learn to trust it more
        than it may in any other text.
    hinted : int32 array
        The class of each word that there is a hint for: for other texts.
    """

    words: NDArray[np.int32]
    places: NDArray[np.int32]
    hinted: NDArray[np.int32]


def learn_word_classes(
    keys: NDArray[np.uint64],
    words: NDArray[np.int64],
    labels: NDArray[np.int64],
    sequences: NDArray[np.int64],
    label_count: int,
    hints: Hints = NO_HINTS,
) -> tuple[WordClasses, LabelCounts]:
    """Learn classes from labelled words, whose sequences are dealt to ten folds in turn.

    Parameters
    ----------
    keys : uint64 array, shape (words,)
        The key of each word.
    words, labels, sequences : int64 arrays, shape (places,)
        The numbers of the word, the label and the sequence at each place.
    label_count : int
        How many labels there are.
    hints : Hints
        Classes for words that other folds do not have.

    Returns
    -------
    classes : WordClasses
    seen : LabelCounts
        Of all folds.
    """
    seen, numbers = count_labels(words, labels, len(keys), label_count)
    folds = sequences % FOLDS
    hinted = np.where(hints.codes > 0, hints.codes + HINTED, 0)
    of_words = Hints(hints.keys, hinted).of(keys)
    codes = [codes_of(seen, label_count)]
    for fold in range(FOLDS):
        own = np.bincount(numbers[folds == fold], minlength=len(seen.counts))
        code = codes_of(seen._replace(counts=seen.counts - own), label_count)
        codes.append(np.where(code > 0, code, of_words[fold % 2]))
    distinct, classes = np.unique(np.append(codes, UNSEEN), return_inverse=True)
    of_all, *of_folds = np.split(classes.reshape(-1)[:-1].astype(np.int32), FOLDS + 1)
    # What no place had is a class of which nothing was learnt.
    others = np.searchsorted(distinct, hinted[2]) % len(distinct)
    others = np.where(distinct[others] == hinted[2], others, UNSEEN).astype(np.int32)
    return WordClasses(of_all, np.stack(of_folds)[folds, words], others), seen


def _sums(counts: NDArray[np.int64], first: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the sums of counts[first[i]:first[i + 1]]."""
    sums = offsets_of(counts)
    return np.diff(sums[first])
