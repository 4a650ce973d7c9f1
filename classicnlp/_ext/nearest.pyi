from typing import Self

import numpy as np
from numpy.typing import NDArray

MOST_DIMENSIONS: int
PADDING: int

class Rows:
    count: int
    width: int
    def __new__(cls, vectors: NDArray[np.float32] | NDArray[np.float16]) -> Self: ...
    def dots(
        self,
        rows: NDArray[np.int32],
        offsets: NDArray[np.int64],
        queries: NDArray[np.float64],
    ) -> NDArray[np.float64]: ...
    def lengths(self) -> NDArray[np.float64]: ...
    def sketch(
        self, lengths: NDArray[np.float64]
    ) -> tuple[NDArray[np.int8], NDArray[np.float32], NDArray[np.float32]]: ...
    def sums(
        self, lengths: NDArray[np.float64], labels: NDArray[np.int32], count: int
    ) -> NDArray[np.float64]: ...

class Shortlists:
    count: int
    k: int
    def __new__(cls, count: int, k: int) -> Self: ...
    def add(self, lower: NDArray[np.float32], upper: NDArray[np.float32], start: int) -> None: ...
    def finish(self) -> tuple[NDArray[np.int32], NDArray[np.int64]]: ...

def lengths_of(queries: NDArray[np.float64]) -> NDArray[np.float64]: ...
def sketch_queries(
    queries: NDArray[np.float64], lengths: NDArray[np.float64]
) -> tuple[NDArray[np.int16], NDArray[np.float32], NDArray[np.float32]]: ...
def bounds(
    codes: NDArray[np.int8],
    scales: NDArray[np.float32],
    errors: NDArray[np.float32],
    queries: NDArray[np.int16],
    factors: NDArray[np.float32],
    doubts: NDArray[np.float32],
    start: int,
    stop: int,
) -> tuple[NDArray[np.float32], NDArray[np.float32]]: ...
