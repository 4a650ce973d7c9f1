import numpy as np
from numpy.typing import NDArray

from classicnlp._ext.backoff import Automaton

SCALE: int

class WordCosts:
    size: int
    def __init__(
        self, automaton: Automaton, numbers: NDArray[np.int32], begin: int, end: int
    ) -> None: ...
    def with_parts(
        self, first: NDArray[np.int32], parts: NDArray[np.int32], discounts: NDArray[np.int32]
    ) -> WordCosts: ...
