from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

LONGEST_WORD: int
MOST_LISTS: int

class WordGroups:
    arrays: Mapping[str, NDArray[Any]]
    def __init__(self, codes: NDArray[np.uint16], nodes: NDArray[np.int32]) -> None: ...
    def codes_of(
        self, symbols: NDArray[np.int32], offsets: NDArray[np.int64]
    ) -> NDArray[np.uint8]: ...
