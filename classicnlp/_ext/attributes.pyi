from typing import Any

import numpy as np
from numpy.typing import NDArray

def attributes(
    sequences: list[Any], start: int
) -> tuple[NDArray[np.uint64], NDArray[np.float64] | None, NDArray[np.int64]]: ...
def names_at(
    sequences: list[Any], first: NDArray[np.int64], wanted: NDArray[np.int64]
) -> list[tuple[str, str | None]]: ...
