import numpy as np
from numpy.typing import NDArray

class Trainer:
    def __init__(
        self,
        words: NDArray[np.float32],
        contexts: NDArray[np.float32],
        pairs: NDArray[np.int32],
        *,
        dimensions: int,
        most: float,
        exponent: float,
        lanes: int,
    ) -> None: ...
    @property
    def arrays(self) -> tuple[object, ...]: ...
    def train(self, place: int, stride: int, count: int, rate: float) -> float: ...
