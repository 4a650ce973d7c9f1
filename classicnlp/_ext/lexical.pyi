from typing import Any

import numpy as np
from numpy.typing import NDArray

LONGEST_WORD: int
MOST_LISTS: int
GOES_ON_BIT: int

def keys_of(symbols: NDArray[np.int32], offsets: NDArray[np.int64]) -> NDArray[np.uint64]: ...
def place_keys(keys: NDArray[np.uint64]) -> tuple[NDArray[np.uint32], NDArray[np.int64]]: ...
def check_offsets(symbols: NDArray[np.int32], offsets: NDArray[np.int64]) -> None: ...

class WordGroups:
    table: NDArray[Any]
    def __init__(self, table: NDArray[np.uint32]) -> None: ...
    def codes_of(
        self, symbols: NDArray[np.int32], offsets: NDArray[np.int64]
    ) -> NDArray[np.uint8]: ...
