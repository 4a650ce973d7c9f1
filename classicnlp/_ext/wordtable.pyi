from typing import Any

import numpy as np
from numpy.typing import NDArray

class WordTable:
    keys: NDArray[np.uint64]
    values: NDArray[np.float64]
    missing: float
    def __init__(
        self, keys: NDArray[np.uint64], values: NDArray[Any], missing: float = 0.0
    ) -> None: ...
    def look_up(self, keys: NDArray[np.uint64]) -> NDArray[np.float64]: ...
