from typing import Any

import numpy as np
from numpy.typing import NDArray

def check_sizes(sequences: list[Any], offsets: NDArray[np.int64]) -> None: ...
def token_lengths(
    sequences: list[Any], offsets: NDArray[np.int64], start: int
) -> NDArray[np.int64]: ...
def token_keys(
    sequences: list[Any],
    offsets: NDArray[np.int64],
    columns: NDArray[np.int32],
    width: int,
    start: int,
) -> NDArray[np.uint64]: ...
def check_combinations(
    item_first: NDArray[np.int32],
    rows: NDArray[np.int32],
    columns: NDArray[np.int32],
    width: int,
    reach: int,
) -> None: ...
def combine(
    keys: NDArray[np.uint64],
    offsets: NDArray[np.int64],
    beyond: NDArray[np.uint64],
    seeds: NDArray[np.uint64],
    item_first: NDArray[np.int32],
    rows: NDArray[np.int32],
    columns: NDArray[np.int32],
) -> NDArray[np.uint64]: ...
def items_at(
    wanted: NDArray[np.int64],
    keys: NDArray[np.uint64],
    offsets: NDArray[np.int64],
    beyond: NDArray[np.uint64],
    item_first: NDArray[np.int32],
    rows: NDArray[np.int32],
    columns: NDArray[np.int32],
) -> tuple[NDArray[np.int32], NDArray[np.uint64], NDArray[np.int64], NDArray[np.int32]]: ...
