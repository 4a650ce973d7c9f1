from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

_Rows = tuple[NDArray[np.int32], NDArray[np.int64], NDArray[np.int64]]

class LevelBuilder:
    order: int
    def __init__(self, order: int, bits: int, least: Sequence[int]) -> None: ...
    def add(self, windows: NDArray[np.uint64], counts: NDArray[np.int64]) -> list[_Rows]: ...
    def finish(self) -> list[_Rows]: ...
    def totals(self) -> list[int]: ...

def check_level(
    last: NDArray[np.int32], first: NDArray[np.int64], parents: int, symbols: int
) -> None: ...
def find(
    last: list[NDArray[np.int32]], first: list[NDArray[np.int64]], ngrams: NDArray[np.int32]
) -> NDArray[np.int64]: ...
def suffix_rows(
    last: NDArray[np.int32],
    first: NDArray[np.int64],
    suffixes: NDArray[np.int64],
    last_before: NDArray[np.int32],
    first_before: NDArray[np.int64],
) -> NDArray[np.int64]: ...
