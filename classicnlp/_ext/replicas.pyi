import numpy as np
from numpy.typing import NDArray

def join_rows(
    base: NDArray[np.float32],
    copies: list[NDArray[np.float32]],
    times: NDArray[np.float64],
    start: int,
    stop: int,
) -> None: ...
