import numpy as np
from numpy.typing import NDArray

ROW_UNIT: int
LANES: tuple[int, ...]

class Trainer:
    def __init__(
        self,
        inputs: NDArray[np.float32],
        outputs: NDArray[np.float32],
        keep: NDArray[np.uint64],
        noise: NDArray[np.uint32],
        tree: tuple[NDArray[np.int32], NDArray[np.float32], NDArray[np.int64]] | None,
        parts: tuple[NDArray[np.int32], NDArray[np.int64]] | None,
        *,
        window: int,
        negatives: int,
        together: bool,
        lanes: int,
    ) -> None: ...
    @property
    def arrays(self) -> tuple[object, ...]: ...
    def train(
        self, ids: NDArray[np.int32], rate: float, fall: float, least: float, seed: int
    ) -> tuple[float, int, int]: ...

def sigmoid(x: NDArray[np.float32]) -> NDArray[np.float32]: ...
