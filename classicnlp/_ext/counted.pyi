from typing import Any

import numpy as np
from numpy.typing import NDArray

NORMS: dict[str | None, int]

def count_rows(
    numbers: NDArray[np.int32], offsets: NDArray[np.int64], size: int
) -> tuple[NDArray[np.int64], NDArray[np.int32], NDArray[np.int32]]: ...
def sort_rows(
    rows: NDArray[np.int64],
    columns: NDArray[np.int32],
    counts: NDArray[np.int32],
    numbers: NDArray[np.int32] | None,
) -> NDArray[np.int64]: ...
def add_column_sums(
    columns: NDArray[np.int32], counts: NDArray[np.int32], sums: NDArray[np.int64]
) -> None: ...
def weigh_rows(
    rows: NDArray[np.int64],
    columns: NDArray[np.int32],
    counts: NDArray[np.int32],
    weights: NDArray[np.float64] | None,
    sublinear: bool,
    norm: int,
    narrow: bool,
) -> NDArray[Any]: ...
