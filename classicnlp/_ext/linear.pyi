import numpy as np
from numpy.typing import NDArray

LAST: int

def check_cells(
    cells: NDArray[np.int32], rows: int, labels: int, cell_labels: NDArray[np.uint16]
) -> None: ...
def emissions(
    first: NDArray[np.int64],
    features: NDArray[np.int32],
    values: NDArray[np.float64] | None,
    cells: NDArray[np.int32],
    rows: NDArray[np.float32],
    weights: NDArray[np.float32],
    labels: NDArray[np.uint16],
) -> NDArray[np.float64]: ...
def edge_scores(
    first: NDArray[np.int64],
    edges: NDArray[np.int32],
    pair_first: NDArray[np.int64],
    pairs: NDArray[np.int32],
    weights: NDArray[np.float32],
    transitions: NDArray[np.float64],
) -> NDArray[np.float64]: ...
