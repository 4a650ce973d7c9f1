"""Words with a vector each."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import numpy as np

from classicnlp.wordlist import WordList

if TYPE_CHECKING:
    from numpy.typing import NDArray


class KeyedVectors:
    """Words with a vector each; immutable.

    Parameters
    ----------
    words : iterable of str
        Distinct; the most frequent ones first, where it is known.
    vectors : float32 or float16 array, shape (words, dimensions)
        Copied, unless it is read-only; other types are converted to float32.

    Examples
    --------
    >>> vectors = KeyedVectors(["北京", "上海"], [[1, 0], [0, 1]])
    >>> vectors["上海"].tolist()
    [0.0, 1.0]
    """

    def __init__(self, words: Iterable[str], vectors: Any):
        self.words = words if isinstance(words, WordList) else WordList(words)
        self.vectors: NDArray[np.floating[Any]] = np.array(vectors, np.float32)

    def __len__(self) -> int:
        return len(self.words)

    def __contains__(self, word: object) -> bool:
        return word in self.words

    def __getitem__(self, word: str) -> NDArray[np.floating[Any]]:
        number = self.words.number(word)
        if number < 0:
            raise KeyError(word)
        vector: NDArray[np.floating[Any]] = self.vectors[number]
        return vector
