from typing import Any

import numpy as np
from numpy.typing import NDArray

MOST_SLOTS: int

def fill_table(
    keys: NDArray[np.uint64], first: NDArray[np.int64]
) -> tuple[NDArray[np.uint32], NDArray[np.int64]]: ...
def sieve_of(slots: NDArray[np.uint32]) -> tuple[NDArray[np.uint64], int]: ...
def check_table(slots: NDArray[Any], cells: NDArray[Any]) -> None: ...
