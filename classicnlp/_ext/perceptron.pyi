import numpy as np
from numpy.typing import NDArray

def train_pass(
    offsets: NDArray[np.int64],
    first: NDArray[np.int64],
    features: NDArray[np.int32],
    gold: NDArray[np.uint8],
    candidate_first: NDArray[np.int64],
    candidate_labels: NDArray[np.uint8],
    order: NDArray[np.int64],
    step: int,
    used: int,
    margin: int,
    rows: NDArray[np.int32],
    weights: NDArray[np.int32],
    sums: NDArray[np.int64],
    transitions: NDArray[np.int32],
    transition_sums: NDArray[np.int64],
    starts: NDArray[np.int32],
    start_sums: NDArray[np.int64],
) -> tuple[int, int, int]: ...
