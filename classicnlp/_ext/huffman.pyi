import numpy as np
from numpy.typing import NDArray

MOST_LEAVES: int

def paths(
    counts: NDArray[np.int64],
) -> tuple[NDArray[np.int32], NDArray[np.float32], NDArray[np.int64]]: ...
