import numpy as np
from numpy.typing import NDArray

def guess(
    rows: NDArray[np.int32],
    first: NDArray[np.int64],
    labels: NDArray[np.int32],
    counts: NDArray[np.int32],
    label_count: int,
    trust: float,
    weight: float,
    least: float,
) -> NDArray[np.float64]: ...
