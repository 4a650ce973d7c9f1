from collections.abc import Sequence
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from classicnlp._ext.graph import WIDEST as WIDEST
from classicnlp._ext.terms import TermFinder
from classicnlp._ext.wordtable import WordTable

_Kind = TypeVar("_Kind")

LONGEST_PHRASE: int

def make_keywords(
    kind: type[_Kind],
    texts: Sequence[str],
    offsets: NDArray[np.int64],
    weights: NDArray[np.float64],
    ends: NDArray[np.int64],
    spans: NDArray[np.int32],
) -> list[list[_Kind]]: ...

class KeywordRanker:
    finder: TermFinder
    values: WordTable | None
    def __init__(
        self,
        finder: TermFinder,
        values: WordTable | None,
        least_length: int,
        longest_phrase: int,
        cohesion: float,
        window: int = 0,
        damping: float = 0.85,
        tolerance: float = 1e-8,
        most_steps: int = 100,
    ) -> None: ...
    def rank(
        self,
        texts: Sequence[str],
        boundaries: Sequence[NDArray[np.int32]],
        wanted: Sequence[NDArray[np.uint8]] | None,
        most: int,
    ) -> tuple[
        NDArray[np.int64],
        NDArray[np.float64],
        NDArray[np.int64],
        NDArray[np.int32],
        NDArray[np.int32],
        NDArray[np.float64],
    ]: ...
