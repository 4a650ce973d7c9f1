from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from classicnlp._ext.alphabet import Alphabet
from classicnlp._ext.cutter import Cutter
from classicnlp._ext.trie import Trie
from classicnlp._ext.units import Rules

SYMBOL_LIMIT: int
NO_PAIR: int

def fill_pairs(
    pairs: NDArray[np.uint32], rows: NDArray[np.int16]
) -> tuple[NDArray[np.uint32], NDArray[np.int16]]: ...
def check_moderate(weights: NDArray[Any]) -> None: ...
def check_table(pairs: NDArray[Any], weights: NDArray[Any], width: int) -> None: ...

class BmesCutter(Cutter):
    alphabet: Alphabet
    arrays: Mapping[str, Any]
    rules: Rules
    words: Trie | None
    def __init__(
        self,
        alphabet: Alphabet,
        unigrams: NDArray[np.int16],
        pairs: NDArray[np.uint32],
        pair_weights: NDArray[np.int16],
        skips: NDArray[np.uint32],
        skip_weights: NDArray[np.int16],
        transitions: NDArray[np.int32],
        starts: NDArray[np.int32],
        words: Trie | None = None,
        rules: Rules | None = None,
    ) -> None: ...
