"""The words of a language model: numbers for words, and words for numbers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Self

import numpy as np

from classicnlp import store
from classicnlp.wordlist import WordList

if TYPE_CHECKING:
    from numpy.typing import NDArray

UNKNOWN = 0
BEGIN = 1
END = 2
SPECIALS = ("<unk>", "<s>", "</s>")
"""The words of the first three numbers: the unknown word, the bounds of a sentence."""


class Vocabulary(WordList):
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
        super().__init__(words)
        self._check_specials()

    def __contains__(self, word: object) -> bool:
        return isinstance(word, str) and (self.number(word) > 0 or word == SPECIALS[UNKNOWN])

    def numbers(self, keys: NDArray[np.uint64]) -> NDArray[np.int32]:
        """Return the numbers of the words with these keys, 0 for those that are not there."""
        return np.maximum(super().numbers(keys), UNKNOWN)

    @classmethod
    def from_arrays(cls, arrays: dict[str, store.Array]) -> Self:
        """Restore what `to_arrays` gave.

        Raises
        ------
        KeyError, ValueError
            If the arrays are not sound.
        """
        vocabulary = super().from_arrays(arrays)
        vocabulary._check_specials()
        return vocabulary

    def _check_specials(self) -> None:
        if tuple(self[:3]) != SPECIALS:
            raise ValueError(f"the first words must be {', '.join(SPECIALS)}")
