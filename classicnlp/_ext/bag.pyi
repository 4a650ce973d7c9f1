from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from classicnlp._ext.alphabet import Alphabet
from classicnlp._ext.cutter import Cutter

LONGEST: int
KEPT: dict[str, int]

class Bag:
    def __len__(self) -> int: ...
    def drop(self, dropped: NDArray[np.uint8]) -> None: ...
    def keys(self, low: int, high: int) -> tuple[NDArray[np.uint64], NDArray[np.int64]]: ...
    def names(
        self, low: int, high: int, places: NDArray[np.int64]
    ) -> tuple[NDArray[np.uint32], NDArray[np.int64]]: ...

def folds_of(alphabet: Alphabet) -> NDArray[np.uint32]: ...
def cut_words(
    cutter: Cutter,
    texts: tuple[str, ...],
    alphabet: Alphabet,
    folds: NDArray[np.uint32] | None,
    kept: int,
) -> Bag: ...
def characters(
    texts: tuple[str, ...], alphabet: Alphabet, folds: NDArray[np.uint32] | None
) -> Bag: ...
def given(
    documents: tuple[Sequence[str], ...],
    alphabet: Alphabet,
    folds: NDArray[np.uint32] | None,
    kept: int,
) -> Bag: ...
