from typing import Any

import numpy as np
from numpy.typing import NDArray

def class_sums(
    rows: NDArray[np.int64],
    columns: NDArray[np.int32],
    values: NDArray[Any],
    classes: NDArray[np.int32],
    width: int,
    class_count: int,
) -> NDArray[np.float64]: ...
