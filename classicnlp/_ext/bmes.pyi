from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from classicnlp._ext.alphabet import Alphabet
from classicnlp._ext.cutter import Cutter
from classicnlp._ext.lexical import WordGroups
from classicnlp._ext.units import Rules
from classicnlp._ext.userwords import WordMarker

SYMBOL_LIMIT: int
KIND_LIMIT: int
EDGE_KIND: int
CHINESE_DIGIT_KIND: int
SHORTEST_NUMBER: int
DIGIT_LETTER: str
NOUGHT: str
FINDING_LIMIT: int
COVER_LIMIT: int
COVERING_GROUPS: int

def packed(rows: NDArray[np.int16]) -> NDArray[np.uint64]: ...
def check_moderate(weights: NDArray[Any]) -> None: ...
def check_tables(
    unigrams: NDArray[Any],
    pairs: NDArray[Any],
    kinds: NDArray[Any],
    windows: NDArray[Any],
    groups: WordGroups,
    findings: NDArray[Any],
    covers: NDArray[Any],
) -> None: ...
def largest(weights: NDArray[Any]) -> int: ...

class BmesCutter(Cutter):
    alphabet: Alphabet
    arrays: Mapping[str, Any]
    groups: WordGroups
    rules: Rules
    def __init__(
        self,
        alphabet: Alphabet,
        unigrams: NDArray[np.int16],
        pairs: NDArray[np.uint32],
        pair_displacements: NDArray[np.uint8],
        kinds: NDArray[np.uint8],
        windows: NDArray[np.int16],
        groups: WordGroups,
        findings: NDArray[np.int16],
        covers: NDArray[np.uint32],
        transitions: NDArray[np.int32],
        starts: NDArray[np.int32],
        rules: Rules | None = None,
    ) -> None: ...
    def scores(self, text: str) -> NDArray[np.int32]: ...

class BmesWordsCutter(Cutter):
    base: BmesCutter
    marker: WordMarker
    rules: Rules
    def __init__(self, base: BmesCutter, marker: WordMarker) -> None: ...
