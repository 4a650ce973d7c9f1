from typing import Self

import numpy as np
from numpy.typing import NDArray

class Rows:
    def __new__(cls, numbers: int) -> Self: ...

class HiddenMarkovModel:
    def __init__(
        self,
        starts: NDArray[np.float64],
        transitions: NDArray[np.float64],
        emissions: NDArray[np.float64],
        stops: NDArray[np.float64] | None = None,
    ) -> None: ...
    def expect(
        self,
        offsets: NDArray[np.int64],
        symbols: NDArray[np.int32],
        *,
        counting: bool = True,
    ) -> tuple[
        NDArray[np.float64],
        NDArray[np.float64],
        NDArray[np.float64],
        NDArray[np.float64],
        NDArray[np.float64],
    ]: ...
