from typing import Any

import numpy as np
from numpy.typing import NDArray

LONGEST_WORD: int
MOST_LISTS: int
GOES_ON_BIT: int

def keys_of(symbols: NDArray[np.int32], offsets: NDArray[np.int64]) -> NDArray[np.uint64]: ...
def place_keys(
    keys: NDArray[np.uint64],
) -> tuple[NDArray[np.uint32], NDArray[np.uint8], NDArray[np.int64]]: ...
def displace(
    keys: NDArray[np.uint64],
    by_bucket: NDArray[np.int64],
    starts: NDArray[np.int64],
    order: NDArray[np.int64],
    table: NDArray[np.uint32],
    displacements: NDArray[np.uint8],
    places: NDArray[np.int64],
) -> bool: ...
def check_placed(table: NDArray[Any], displacements: NDArray[Any]) -> None: ...
def check_offsets(symbols: NDArray[np.int32], offsets: NDArray[np.int64]) -> None: ...

class WordGroups:
    table: NDArray[Any]
    displacements: NDArray[Any]
    def __init__(self, table: NDArray[np.uint32], displacements: NDArray[np.uint8]) -> None: ...
    def codes_of(
        self, symbols: NDArray[np.int32], offsets: NDArray[np.int64]
    ) -> NDArray[np.uint8]: ...
