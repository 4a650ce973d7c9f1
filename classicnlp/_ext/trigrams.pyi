import numpy as np
from numpy.typing import NDArray

class Places:
    def __init__(
        self,
        side: int,
        offsets: NDArray[np.int64],
        first: NDArray[np.int64],
        labels: NDArray[np.int32],
        scores: NDArray[np.float64],
        keep: NDArray[np.float64] | None,
        add: NDArray[np.float64] | None,
    ) -> None: ...

class Trigrams:
    side: int
    def __init__(self, probabilities: NDArray[np.float64]) -> None: ...
    def decode(
        self,
        offsets: NDArray[np.int64],
        first: NDArray[np.int64],
        labels: NDArray[np.int32],
        scores: NDArray[np.float64],
        keep: NDArray[np.float64] | None = None,
        add: NDArray[np.float64] | None = None,
    ) -> tuple[NDArray[np.int32], NDArray[np.float64]]: ...
    def decode_best(
        self,
        first: NDArray[np.int64],
        labels: NDArray[np.int32],
        scores: NDArray[np.float64],
        keep: NDArray[np.float64] | None,
        add: NDArray[np.float64] | None,
        k: int,
    ) -> tuple[NDArray[np.int32], NDArray[np.float64]]: ...
    def posteriors(
        self,
        offsets: NDArray[np.int64],
        first: NDArray[np.int64],
        labels: NDArray[np.int32],
        scores: NDArray[np.float64],
        keep: NDArray[np.float64] | None = None,
        add: NDArray[np.float64] | None = None,
        *,
        counting: bool = False,
    ) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]: ...
