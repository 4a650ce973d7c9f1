"""Distinct words by number, as plain arrays: found by hashing, made into str when asked for."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, Self

import numpy as np

from classicnlp import store
from classicnlp._ext.interning import check_slots, find, slots_of, text_keys
from classicnlp.arrays import offsets_of
from classicnlp.checks import as_array

if TYPE_CHECKING:
    from numpy.typing import NDArray

ABSENT = -1
"""The number of a word that is not there."""


class WordList(Sequence[str]):
    """Distinct words, numbered from 0.

    Parameters
    ----------
    words : iterable of str

    Raises
    ------
    TypeError
        If a word is no str.
    ValueError
        If a word is there twice.

    Examples
    --------
    >>> words = WordList(["我", "北京"])
    >>> words[1], words.number("北京"), words.number("上海"), "我" in words
    ('北京', 1, -1, True)
    """

    def __init__(self, words: Iterable[str]):
        given = list(words)
        if not all(isinstance(word, str) for word in given):
            kinds = sorted({type(word).__name__ for word in given} - {"str"})
            raise TypeError(f"words must be str, got {', '.join(kinds)}")
        letters = [word.encode("utf-8", "surrogatepass") for word in given]
        self._letters = np.frombuffer(b"".join(letters), np.uint8)
        self._offsets = offsets_of(map(len, letters))
        self._keys = text_keys(given)
        again = repeated(self._keys)
        if len(again):
            raise ValueError(f"each word must be there once; {given[again[0]]!r} is there twice")
        self._slots = slots_of(self._keys)

    def __len__(self) -> int:
        return len(self._keys)

    def __getitem__(self, number: Any) -> Any:
        if isinstance(number, slice):
            return [self[i] for i in range(*number.indices(len(self)))]
        low, high = self._offsets[range(len(self))[number] :][:2].tolist()
        return self._letters[low:high].tobytes().decode("utf-8", "surrogatepass")

    def __iter__(self) -> Iterator[str]:
        letters = self._letters.tobytes()
        for low, high in itertools.pairwise(self._offsets.tolist()):
            yield letters[low:high].decode("utf-8", "surrogatepass")

    def __contains__(self, word: object) -> bool:
        return isinstance(word, str) and self.number(word) != ABSENT

    def number(self, word: str) -> int:
        """Return the number of a word, -1 if it is not there."""
        return int(self.numbers(text_keys([word]))[0])

    def numbers(self, keys: NDArray[np.uint64]) -> NDArray[np.int32]:
        """Return the numbers of the words with these keys, -1 for those that are not there."""
        return find(self._slots, self._keys, keys)

    def numbers_of(self, words: Sequence[str]) -> NDArray[np.int32]:
        """Return the numbers of words, -1 for those that are not there."""
        return self.numbers(text_keys(words))

    @property
    def encoded(self) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
        """All words in UTF-8, one after another, and where each begins."""
        return self._letters, self._offsets

    def to_arrays(self) -> dict[str, store.Array]:
        """Return the arrays for a model file."""
        return {
            "letters": self._letters,
            "offsets": self._offsets,
            "keys": self._keys,
            "slots": self._slots,
        }

    @classmethod
    def from_arrays(cls, arrays: dict[str, store.Array]) -> Self:
        """Restore what `to_arrays` gave.

        Raises
        ------
        KeyError, ValueError
            If the arrays are not sound.
        """
        words = cls.__new__(cls)
        words._letters = as_array(arrays["letters"], np.uint8, "letters")
        words._offsets = as_array(arrays["offsets"], np.int64, "offsets")
        words._keys = as_array(arrays["keys"], np.uint64, "keys")
        words._slots = as_array(arrays["slots"], np.int32, "slots")
        check_slots(words._slots, len(words._keys))
        offsets = words._offsets
        if (
            len(offsets) != len(words._keys) + 1
            or offsets[0] != 0
            or offsets[-1] != len(words._letters)
            or (np.diff(offsets) < 0).any()
        ):
            raise ValueError("the offsets of words do not fit their letters")
        return words


def repeated(keys: NDArray[np.uint64]) -> NDArray[np.intp]:
    """Return where keys stand that occurred before, in rising order.

    Examples
    --------
    >>> repeated(np.array([7, 8, 7, 7], np.uint64)).tolist()
    [2, 3]
    """
    _, first = np.unique(keys, return_index=True)
    again = np.ones(len(keys), bool)
    again[first] = False
    return np.flatnonzero(again)
