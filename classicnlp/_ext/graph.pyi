from typing import Any

import numpy as np
from numpy.typing import NDArray

WIDEST: int

def cooccurrences(
    ids: NDArray[np.int32], window: int
) -> tuple[NDArray[np.int64], NDArray[np.int32], NDArray[np.float64]]: ...
def walk(
    first: NDArray[Any],
    sources: NDArray[Any],
    weights: NDArray[Any],
    damping: float,
    tolerance: float,
    most_steps: int,
) -> tuple[NDArray[np.float64], int, float]: ...
