import numpy as np
from numpy.typing import NDArray

MOST_COLUMNS: int

def alias_table(weights: NDArray[np.float64]) -> NDArray[np.uint32]: ...
