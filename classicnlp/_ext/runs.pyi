import numpy as np
from numpy.typing import NDArray

HIGHEST_ORDER: int

class Merge:
    def __init__(self, words: int, size: int) -> None: ...
    def feed(self, run: int, windows: NDArray[np.uint64], counts: NDArray[np.int64]) -> None: ...
    def take(
        self, windows: NDArray[np.uint64], counts: NDArray[np.int64], used: int
    ) -> tuple[int, int]: ...
    def __len__(self) -> int: ...

def words_of(order: int, bits: int) -> int: ...
def first_symbols(symbols: NDArray[np.int32], starts: int, size: int) -> NDArray[np.int64]: ...
def sort_windows(
    symbols: NDArray[np.int32],
    starts: int,
    order: int,
    bits: int,
    low: int,
    high: int,
    windows: NDArray[np.uint64],
    counts: NDArray[np.int64],
) -> int: ...
def repack(
    windows: NDArray[np.uint64], order: int, bits: int, wider: int
) -> NDArray[np.uint64]: ...
