from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from classicnlp._ext.cutter import Cutter
from classicnlp._ext.trie import Trie
from classicnlp._ext.units import Rules
from classicnlp._ext.userwords import WordMarker

DEAREST: int

class Dictionary:
    trie: Trie
    overlay: Trie | None
    size: int
    longest: int
    def __init__(
        self, trie: Trie, overlay: Trie | None, removed: NDArray[np.uint8], longest: int
    ) -> None: ...

def with_costs(
    nodes: NDArray[np.int32], values: NDArray[np.int32], costs: NDArray[np.int64]
) -> NDArray[np.int32]: ...

class DictionaryCutter(Cutter):
    dictionary: Dictionary
    rules: Rules
    arrays: Mapping[str, Any]
    marker: WordMarker | None
    def __init__(
        self,
        dictionary: Dictionary,
        costs: NDArray[Any] | None = None,
        unknown_costs: NDArray[np.int32] | None = None,
        base: DictionaryCutter | None = None,
        marker: WordMarker | None = None,
        rules: Rules | None = None,
    ) -> None: ...
