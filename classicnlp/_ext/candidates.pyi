import numpy as np
from numpy.typing import NDArray

def best_path(
    emissions: NDArray[np.int32], transitions: NDArray[np.int32], starts: NDArray[np.int32]
) -> tuple[int, NDArray[np.uint8]]: ...
