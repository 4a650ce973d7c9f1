"""The words of a language model: numbers for words, and words for numbers."""

from __future__ import annotations

import functools
import itertools
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from classicnlp import store
from classicnlp._ext.interning import check_slots, find, slots_of, text_keys
from classicnlp.arrays import offsets_of
from classicnlp.checks import as_array

if TYPE_CHECKING:
    from numpy.typing import NDArray

UNKNOWN = 0
BEGIN = 1
END = 2
SPECIALS = ("<unk>", "<s>", "</s>")
"""The words of the first three numbers: the unknown word, the bounds of a sentence."""


class Vocabulary(Sequence[str]):
    """Words by number, the first three of them ``<unk>``, ``<s>`` and ``</s>``.

    Parameters
    ----------
    words : sequence of str
        All words, distinct, the three special ones first.

    Raises
    ------
    ValueError
        If a word is there twice, or the special ones are not first.

    Examples
    --------
    >>> words = Vocabulary(["<unk>", "<s>", "</s>", "我", "北京"])
    >>> words[4], words.number("北京"), words.number("上海")
    ('北京', 4, 0)
    """

    def __init__(self, words: Sequence[str]):
        if tuple(words[:3]) != SPECIALS:
            raise ValueError(f"the first words must be {', '.join(SPECIALS)}")
        letters = [word.encode("utf-8", "surrogatepass") for word in words]
        self._letters = np.frombuffer(b"".join(letters), np.uint8)
        self._offsets = offsets_of(map(len, letters))
        self._keys = text_keys(words)
        if len(np.unique(self._keys)) < len(words):
            raise ValueError("each word must be there once")
        self._slots = slots_of(self._keys)

    def __len__(self) -> int:
        return len(self._keys)

    def __getitem__(self, number: Any) -> Any:
        if isinstance(number, slice):
            return [self[i] for i in range(*number.indices(len(self)))]
        low, high = self._offsets[range(len(self))[number] :][:2].tolist()
        return self._letters[low:high].tobytes().decode("utf-8", "surrogatepass")

    def __iter__(self) -> Iterator[str]:
        letters, offsets = self._letters.tobytes(), self._offsets.tolist()
        for low, high in itertools.pairwise(offsets):
            yield letters[low:high].decode("utf-8", "surrogatepass")

    def __contains__(self, word: object) -> bool:
        return isinstance(word, str) and (self.number(word) > 0 or word == SPECIALS[UNKNOWN])

    def number(self, word: str) -> int:
        """Return the number of a word, 0 if it is not there."""
        return int(self.numbers(text_keys([word]))[0])

    def numbers(self, keys: NDArray[np.uint64]) -> NDArray[np.int32]:
        """Return the numbers of the words with these keys, 0 for those that are not there."""
        return np.maximum(find(self._slots, self._keys, keys), UNKNOWN)

    @functools.cached_property
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
    def from_arrays(cls, arrays: dict[str, store.Array]) -> Vocabulary:
        """Restore what `to_arrays` gave.

        Raises
        ------
        KeyError, ValueError
            If the arrays are not sound.
        """
        vocabulary = cls.__new__(cls)
        vocabulary._letters = as_array(arrays["letters"], np.uint8, "letters")
        vocabulary._offsets = as_array(arrays["offsets"], np.int64, "offsets")
        vocabulary._keys = as_array(arrays["keys"], np.uint64, "keys")
        vocabulary._slots = as_array(arrays["slots"], np.int32, "slots")
        check_slots(vocabulary._slots, len(vocabulary._keys))
        offsets = vocabulary._offsets
        if (
            len(offsets) != len(vocabulary._keys) + 1
            or offsets[0] != 0
            or offsets[-1] != len(vocabulary._letters)
            or (np.diff(offsets) < 0).any()
        ):
            raise ValueError("the offsets of words do not fit their letters")
        if tuple(vocabulary[:3]) != SPECIALS:
            raise ValueError("the first words are not the special ones")
        return vocabulary
