"""The labels that words which training did not see may have, told by how they look."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from classicnlp import store
from classicnlp._ext.affixes import guess
from classicnlp._ext.alphabet import Alphabet
from classicnlp.arrays import offsets_of
from classicnlp.checks import as_array
from classicnlp.tagging.hmm_symbols import pack, unpack

if TYPE_CHECKING:
    from numpy.typing import NDArray

LONGEST_AFFIX = 4
LONGEST_LENGTH = 5  # words of five characters and more are alike
NUMERALS = frozenset("〇零一二三四五六七八九十百千万亿")
POINTS = frozenset("·．.")
TRUST = 2.0  # how many events of its kinds an affix needs to be believed as much as the shorter one
WEIGHT = 0.55  # of a prefix and of a suffix: each says in part what the other says
LEAST = 1e-3  # labels less likely than the best one by more are no candidates


class UnknownWords:
    """Guesses p(word | label) from the word's shape, prefixes and suffixes; immutable.

    Rare words show what unknown words are like (Brants, 2000). Distributions of labels go from the
    general to the particular, each mixed with the one before: all rare words; words of the same
    shape, that is character classes and length; then of the same first, or last, character; the
    same two characters; and so on, each for all words and for those of the same length. Prefix and
    suffix meet as logarithms (Huang, Harper and Wang, 2007):

        p(label | word) ∝ p(label | shape) (p(label | prefix) p(label | suffix)
                                            / p(label | shape)²) ** WEIGHT

    Bayes' rule makes p(word | label) of it, for a word as frequent as one that was seen once.

    Parameters
    ----------
    alphabet : Alphabet
        Its classes make the shapes.
    keys : sequence of str
        The shapes and affixes.
    first, labels, counts : int64, int32 and int32 arrays
        Rare words of key i had label ``labels[j]`` ``counts[j]`` times, for j from ``first[i]`` to
        below ``first[i + 1]``. Key 0 is "", all rare words.
    occurrences : int64 array, shape (labels,)
        How often each label was seen, with any word.

    Raises
    ------
    ValueError
        If the arrays do not fit.
    """

    def __init__(
        self,
        alphabet: Alphabet,
        keys: Sequence[str],
        first: NDArray[np.int64],
        labels: NDArray[np.int32],
        counts: NDArray[np.int32],
        occurrences: NDArray[np.int64],
    ):
        first = as_array(first, np.int64, "first")
        labels, counts = (as_array(x, np.int32, "counts of affixes") for x in (labels, counts))
        if len(first) != len(keys) + 1 or not keys or keys[0] or first[0] != 0:
            raise ValueError("the affixes do not fit their counts")
        if (np.diff(first) <= 0).any() or not first[-1] == len(labels) == len(counts):
            raise ValueError("the affixes do not fit their counts")
        occurrences = as_array(occurrences, np.int64, "occurrences")
        if not (0 <= labels.min() <= labels.max() < len(occurrences) and counts.min() > 0):
            raise ValueError("a label or a count of an affix is out of range")
        if (occurrences <= 0).any():
            raise ValueError("a label was never seen")
        self.alphabet = alphabet
        self.keys = keys
        self._rows = {key: row for row, key in enumerate(keys)}
        self._first, self._labels, self._counts = first, labels, counts
        self._occurrences = occurrences

    @classmethod
    def learn(
        cls,
        alphabet: Alphabet,
        words: Mapping[str, Mapping[int, int]],
        occurrences: NDArray[np.int64],
    ) -> UnknownWords:
        """Count the affixes of rare words.

        Parameters
        ----------
        alphabet : Alphabet
        words : mapping from str to mapping from int to int
            For each rare word how often it had each label; at least one word.
        occurrences : int64 array, shape (labels,)
            How often each label was seen, with any word.
        """
        label_count = len(occurrences)
        numbers: dict[str, int] = {"": 0}
        seen: list[int] = []
        weights: list[int] = []
        for word, of_label in words.items():
            for key in _keys(word, alphabet):
                number = numbers.setdefault(key, len(numbers))
                for label, count in of_label.items():
                    seen.append(number * label_count + label)
                    weights.append(count)
        pairs, inverse = np.unique(np.array(seen, np.int64), return_inverse=True)
        counts = np.bincount(inverse, weights).astype(np.int32)
        row, labels = pairs // label_count, (pairs % label_count).astype(np.int32)
        # What was seen once says little, but would be more than half of all.
        kept = np.bincount(row, counts) >= 2
        kept[0] = True
        used = kept[row]
        return cls(
            alphabet,
            [key for key, keep in zip(numbers, kept.tolist(), strict=True) if keep],
            offsets_of(np.bincount(row)[kept]),
            labels[used],
            counts[used],
            occurrences,
        )

    @property
    def label_count(self) -> int:
        """How many labels there are."""
        return len(self._occurrences)

    def to_arrays(self) -> dict[str, store.Array]:
        """Return the arrays for a model file, without the alphabet's."""
        return {
            **store.nested("keys", pack(self.keys)),
            "first": self._first,
            "labels": self._labels,
            "counts": self._counts,
            "occurrences": self._occurrences,
        }

    @classmethod
    def from_arrays(cls, alphabet: Alphabet, arrays: dict[str, store.Array]) -> UnknownWords:
        """Restore what `to_arrays` gave."""
        names = ("first", "labels", "counts", "occurrences")
        keys = unpack(store.within("keys", arrays))
        return cls(alphabet, keys, *(arrays[name] for name in names))

    def guess(self, words: Sequence[str]) -> NDArray[np.float64]:
        """Return p(word | label), shape (words, labels); 0 for labels that are no candidates.

        Parameters
        ----------
        words : sequence of str
        """
        rows = np.full((len(words), 2 + 4 * LONGEST_AFFIX), -1, np.int32)
        number = self._rows.get
        for word, row in zip(words, rows, strict=True):
            affixes = _affixes(word)
            row[:2] = 0, number(_shape(word, self.alphabet), -1)
            row[2 : 2 + len(affixes)] = [number(prefix, -1) for prefix, _ in affixes]
            start = 2 + 2 * LONGEST_AFFIX
            row[start : start + len(affixes)] = [number(suffix, -1) for _, suffix in affixes]
        p = guess(
            rows, self._first, self._labels, self._counts, self.label_count, TRUST, WEIGHT, LEAST
        )
        return p / self._occurrences


def _affixes(word: str) -> list[tuple[str, str]]:
    """Return the keys of prefix and suffix, from the general to the particular."""
    length = min(len(word), LONGEST_LENGTH)
    return [
        (f"p{mark}{word[:size]}", f"s{mark}{word[-size:]}")
        for size in range(1, min(LONGEST_AFFIX, len(word)) + 1)
        for mark in (0, length)
    ]


def _keys(word: str, alphabet: Alphabet) -> Iterator[str]:
    yield ""
    yield _shape(word, alphabet)
    for prefix, suffix in _affixes(word):
        yield prefix
        yield suffix


def _shape(word: str, alphabet: Alphabet) -> str:
    """Return the key of a word's shape: its classes without repetitions, and its length.

    Chinese numerals are a class of their own, and so are points: 三十五, 3.5, 约翰·史密斯.
    """
    marks: list[str] = []
    for letter, kind in zip(word, alphabet.classes(word).tolist(), strict=True):
        mark = "n" if letter in NUMERALS else "." if letter in POINTS else str(kind)
        if not marks or marks[-1] != mark:
            marks.append(mark)
    return f"c{min(len(word), LONGEST_LENGTH)}{''.join(marks)}"
