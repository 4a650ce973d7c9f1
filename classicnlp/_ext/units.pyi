import numpy as np
from numpy.typing import NDArray

def unit_marks(text: str, classes: NDArray[np.uint8]) -> NDArray[np.uint8]: ...
