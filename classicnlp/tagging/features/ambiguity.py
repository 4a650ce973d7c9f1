"""Ambiguity classes: which labels a word had in training data, as one class."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain, pairwise
from typing import TYPE_CHECKING, Protocol

import numpy as np

from classicnlp import store
from classicnlp._ext.interning import Numbering, check_slots, find, number, slots_of, text_keys
from classicnlp.arrays import offsets_of
from classicnlp.checks import as_array
from classicnlp.tagging.features.base import Chunk
from classicnlp.tagging.word_classes import LabelCounts, codes_of_labels, count_labels

if TYPE_CHECKING:
    from numpy.typing import NDArray

FOLDS = 10
MOST_LABELS = 4
LEAST_PERCENT = 1
RARE = 4
UNSEEN = "?"
SHARES = ("", ">.75", ">.95")


class Classes(Protocol):
    """The class of each word of a chunk."""

    def keys(self, chunk: Chunk, words: NDArray[np.uint64]) -> NDArray[np.uint64]:
        """Return the key of the class of each word, of which the key is given."""


class AmbiguityClasses:
    """The ambiguity class of each word (Cutting, Kupiec, Pedersen and Sibun, 1992).

    A class says whether the word was seen less than four times, which labels it had (those with
    1 % of its occurrences, the four commonest at most, falling), and whether the commonest had
    more than 95 % or 75 % of them. Words that training did not see have a class of their own.

    Parameters
    ----------
    words : uint64 array, shape (words,)
        The key of each word.
    slots : int32 array
        The table by which keys are found.
    classes : int32 array, shape (words + 1,)
        The number of each word's class, at the end that of all other words.
    class_keys, texts : uint64 array and list of str
        The key of each class, and what to call it.
    """

    def __init__(
        self,
        words: NDArray[np.uint64],
        slots: NDArray[np.int32],
        classes: NDArray[np.int32],
        class_keys: NDArray[np.uint64],
        texts: list[str],
    ):
        self._words = words
        self._slots = slots
        self._classes = classes
        self._class_keys = class_keys
        self._texts = texts

    def keys(self, chunk: Chunk, words: NDArray[np.uint64]) -> NDArray[np.uint64]:
        """Return the key of the class of each word, of which the key is given."""
        return self._class_keys[self._classes[find(self._slots, self._words, words)]]

    def text(self, word: NDArray[np.uint64]) -> str:
        """Return the class of a word, of which the key is given, for a feature's name."""
        return self._texts[int(self._classes[find(self._slots, self._words, word)][0])]

    def arrays(self) -> dict[str, store.Array]:
        """Return what a model file holds of them."""
        encoded = [text.encode("utf-8", "surrogatepass") for text in self._texts]
        return {
            "words": self._words,
            "slots": self._slots,
            "classes": self._classes,
            "class_keys": self._class_keys,
            "text": np.frombuffer(b"".join(encoded), np.uint8),
            "text_offsets": offsets_of(map(len, encoded)),
        }

    @classmethod
    def from_arrays(cls, arrays: dict[str, store.Array]) -> AmbiguityClasses:
        """Restore what `arrays` gave.

        Raises
        ------
        KeyError, ValueError
            If an array is missing, or a number in one leads nowhere.
        """
        words = as_array(arrays["words"], np.uint64, "words")
        slots = as_array(arrays["slots"], np.int32, "slots")
        classes = as_array(arrays["classes"], np.int32, "classes")
        keys = as_array(arrays["class_keys"], np.uint64, "class_keys")
        offsets = as_array(arrays["text_offsets"], np.int64, "text_offsets")
        if any(array.ndim != 1 for array in (words, slots, classes, keys, offsets)):
            raise ValueError("the arrays of ambiguity classes must have one dimension")
        check_slots(slots, len(words))
        if len(classes) != len(words) + 1:
            raise ValueError("there must be a class for each word, and one for all others")
        if not 0 <= classes.min() <= classes.max() < len(keys) == len(offsets) - 1:
            raise ValueError("each class must have a key and a text")
        text = as_array(arrays["text"], np.uint8, "text")
        if text.ndim != 1 or offsets[0] != 0 or offsets[-1] != len(text):
            raise ValueError("text_offsets must rise from 0 to the length of the text")
        texts = [
            text[start:stop].tobytes().decode("utf-8", "surrogatepass")
            for start, stop in pairwise(offsets.tolist())
        ]
        return cls(words, slots, classes, keys, texts)


class HeldOutClasses:
    """The classes of the words of training data, each without what stands in its own fold.

    The class of a word that all of the training data had a part in knows the word's own label; a
    tagger would learn to trust it more than it may trust that of any other text.

    Parameters
    ----------
    numbers : int32 array, shape (places,)
        The class at each place.
    class_keys : uint64 array
    texts : list of str
    """

    def __init__(
        self, numbers: NDArray[np.int32], class_keys: NDArray[np.uint64], texts: list[str]
    ):
        self._numbers = numbers
        self._keys = class_keys
        self._texts = texts

    def keys(self, chunk: Chunk, words: NDArray[np.uint64]) -> NDArray[np.uint64]:
        """Return the key of the class of each word of a chunk of training data."""
        return self._keys[self._numbers[chunk.place : chunk.stop]]

    def text(self, place: int) -> str:
        """Return the class of the word at a place, counted among all, for a feature's name."""
        return self._texts[int(self._numbers[place])]


def _codes(seen: LabelCounts, label_count: int) -> NDArray[np.uint64]:
    """Return a number that tells the class of each word, 0 if it was not seen."""
    # 64 bits are enough for 35,000 labels; transitions between as many would fit no memory.
    codes, most = codes_of_labels(seen, label_count, MOST_LABELS, LEAST_PERCENT)
    totals = seen.totals
    share = (4 * most > 3 * totals).astype(np.int64) + (20 * most > 19 * totals)
    kind = 2 * share + (totals < RARE)
    return np.where(totals > 0, codes * 2 * len(SHARES) + kind, 0).astype(np.uint64)


def learn_classes(
    words: NDArray[np.uint64], offsets: NDArray[np.int64], labels: Sequence[Sequence[str]]
) -> tuple[AmbiguityClasses, HeldOutClasses]:
    """Learn the classes of words from labelled training data.

    The sequences are dealt to ten folds in turn.

    Parameters
    ----------
    words : uint64 array, shape (places,)
        The key of the word at each place.
    offsets : int64 array, shape (sequences + 1,)
        Where each sequence begins, and the end of the last.
    labels : sequence of sequences of str
        The label of each word.

    Returns
    -------
    classes : AmbiguityClasses
        Of all training data, for other texts.
    held_out : HeldOutClasses
        Of the training data's own words.

    Raises
    ------
    TypeError, ValueError
        If a label is not a str, or there is not one for each word.
    """
    label_numbers, names = _number_labels(offsets, labels)
    word_numbers, known, _ = number(words)
    folds = np.repeat(np.arange(len(offsets) - 1) % FOLDS, np.diff(offsets))
    seen, pairs = count_labels(word_numbers.astype(np.int64), label_numbers, len(known), len(names))
    cells = np.bincount(pairs * FOLDS + folds, minlength=FOLDS * len(seen.words))
    others = [seen._replace(counts=seen.counts - own) for own in cells.reshape(-1, FOLDS).T]
    codes = np.concatenate(
        [np.zeros(1, np.uint64), *(_codes(counted, len(names)) for counted in (seen, *others))]
    )
    numbers, distinct, _ = number(codes)
    numbers += 1  # the class of what was not seen has code 0 and number 0
    class_keys, texts = _class_texts(distinct, names)
    of_all, of_folds = np.split(numbers[1:], [len(known)])
    classes = np.append(of_all, np.int32(0)).astype(np.int32)
    held_out = of_folds.reshape(FOLDS, len(known))[folds, word_numbers]
    return (
        AmbiguityClasses(known, slots_of(known), classes, class_keys, texts),
        HeldOutClasses(held_out, class_keys, texts),
    )


def _number_labels(
    offsets: NDArray[np.int64], labels: Sequence[Sequence[str]]
) -> tuple[NDArray[np.int64], list[str]]:
    """Return the number of the label at each place, and the labels in order."""
    if not np.array_equal(offsets_of(map(len, labels)), offsets):
        raise ValueError("labels must have a label for each word: as many sequences, as long")
    flat = list(chain.from_iterable(labels))
    numbering = Numbering()
    ids, fresh = numbering.add(text_keys(flat))
    names = [flat[place] for place in fresh.tolist()]
    order = sorted(range(len(names)), key=names.__getitem__)
    ranks = np.empty(len(names), np.int64)
    ranks[order] = np.arange(len(names))
    return ranks[ids], [names[i] for i in order]


def _class_texts(
    codes: NDArray[np.uint64], names: Sequence[str]
) -> tuple[NDArray[np.uint64], list[str]]:
    """Return keys and texts of the class of what was not seen and of those that codes tell."""
    parts, texts = [UNSEEN], [UNSEEN]
    for code in codes.tolist():
        code, kind = divmod(code, 2 * len(SHARES))
        labels = []
        while code:
            code, label = divmod(code, len(names) + 1)
            labels += [names[label - 1]] if label else []
        labels.reverse()
        share, rare = divmod(kind, 2)
        parts.append("\0".join([str(kind), *labels]))  # labels may hold any other character
        texts.append("rare " * rare + "|".join([labels[0] + SHARES[share], *labels[1:]]))
    return text_keys(parts), texts
