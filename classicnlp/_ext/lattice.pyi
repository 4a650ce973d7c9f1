from typing import Any

import numpy as np
from numpy.typing import NDArray

from classicnlp._ext.dictionary import Dictionary, DictionaryCutter
from classicnlp._ext.units import Rules
from classicnlp._ext.userwords import WordMarker
from classicnlp._ext.wordcosts import WordCosts

MOST_PATHS: int

class LatticeCutter(DictionaryCutter):
    def __init__(
        self,
        dictionary: Dictionary,
        costs: NDArray[Any],
        unknown_costs: NDArray[np.int32],
        word_costs: WordCosts | None = None,
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
