import numpy as np
from numpy.typing import NDArray

LANES: int
LAST: int
LARGEST_VALUE: float

def interleave(offsets: NDArray[np.int64], order: NDArray[np.int64]) -> NDArray[np.int64]: ...

class Objective:
    cell_count: int
    groups: int
    def __init__(
        self,
        lengths: NDArray[np.int64],
        first: NDArray[np.int64],
        cells: NDArray[np.int32],
        values: NDArray[np.float64] | None,
        rows: int,
        labels: int,
        cell_labels: NDArray[np.uint16],
        parameters: NDArray[np.int32],
        edge_first: NDArray[np.int64] | None,
        edges: NDArray[np.int32] | None,
        edge_pair_first: NDArray[np.int64] | None,
        edge_pairs: NDArray[np.int32] | None,
        gold: NDArray[np.int32],
        before: NDArray[np.int32],
        margin: float,
    ) -> None: ...
    @property
    def group_values(self) -> NDArray[np.float64]: ...
    def set_weights(
        self,
        weights: NDArray[np.float64],
        edge_weights: NDArray[np.float64],
        transitions: NDArray[np.float64],
    ) -> None: ...
    def get_weights(
        self, weights: NDArray[np.float64], edge_weights: NDArray[np.float64]
    ) -> None: ...
    def collect(
        self,
        worker: Worker,
        weights: NDArray[np.float64],
        l2: float,
        observed: NDArray[np.float64],
        gradient: NDArray[np.float64],
        low: int,
        high: int,
    ) -> None: ...

class Worker:
    def __init__(self, objective: Objective) -> None: ...
    def evaluate(self, low: int, high: int) -> None: ...
    def expected(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]: ...
    def take(self, other: Worker, low: int, high: int) -> None: ...
    def forget(self) -> None: ...

class Online:
    def __init__(
        self,
        worker: Worker,
        transitions: NDArray[np.float64],
        learnt: NDArray[np.bool_],
        shares: NDArray[np.float32],
        transition_share: float,
        rate: float,
    ) -> None: ...
    def learn(self, order: NDArray[np.int64]) -> None: ...

def observed_pairs(
    first: NDArray[np.int64],
    features: NDArray[np.int32],
    values: NDArray[np.float64] | None,
    labels: NDArray[np.int32],
    feature_count: int,
    label_count: int,
) -> tuple[NDArray[np.int64], NDArray[np.int32], NDArray[np.float64]]: ...
