from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from classicnlp._ext.dictionary import Dictionary, DictionaryCutter
from classicnlp._ext.units import Rules
from classicnlp._ext.userwords import WordMarker

SCALE: int
MOST_PATHS: int

class Bigrams:
    arrays: Mapping[str, NDArray[Any]]
    def __init__(
        self, keys: NDArray[np.uint64], costs: NDArray[np.int32], backoff: NDArray[np.int32]
    ) -> None: ...

def fill_pairs(
    keys: NDArray[np.uint64], costs: NDArray[np.int32]
) -> tuple[NDArray[np.uint64], NDArray[np.int32]]: ...

class LatticeCutter(DictionaryCutter):
    def __init__(
        self,
        dictionary: Dictionary,
        costs: NDArray[Any],
        unknown_costs: NDArray[np.int32],
        bigrams: Bigrams | None = None,
        base: DictionaryCutter | None = None,
        marker: WordMarker | None = None,
        rules: Rules | None = None,
    ) -> None: ...
    def graph(self, text: str) -> NDArray[np.int32]: ...
    def n_best(self, text: str, k: int) -> list[tuple[int, NDArray[np.int32]]]: ...
    def path(
        self,
        text: str,
        required: tuple[int, int] | None = None,
        excluded: tuple[int, int] | None = None,
    ) -> NDArray[np.int32]: ...
    def confidences(self, text: str, ends: NDArray[np.int32]) -> NDArray[np.float64]: ...
