from collections.abc import Sequence
from typing import Self

import numpy as np
from numpy.typing import NDArray

from classicnlp._ext.alphabet import Alphabet

JOINED_MARK: int
PREFER: int
FORCE: int
FORBID: int
LARGEST_REWARD: int
NEVER: int

class WordMarker:
    alphabet: Alphabet
    rules: tuple[tuple[str, int, int], ...]
    longest: int
    def __new__(cls, alphabet: Alphabet, rules: Sequence[tuple[str, int, int]]) -> Self: ...
    def find(
        self, text: str, marks: NDArray[np.uint8]
    ) -> tuple[NDArray[np.uint8], NDArray[np.int64]]: ...
