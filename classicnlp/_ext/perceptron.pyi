import numpy as np
from numpy.typing import NDArray

RULES: tuple[str, str, str, str]

class Learner:
    step: int
    used: int
    rows: NDArray[np.int32]
    weights: NDArray[np.float32]
    sums: NDArray[np.float64]
    chain: NDArray[np.float64]
    chain_sums: NDArray[np.float64]
    edge_weights: NDArray[np.float64]
    edge_sums: NDArray[np.float64]
    def __init__(
        self,
        features: int,
        labels: int,
        edge_first: NDArray[np.int64],
        edge_pairs: NDArray[np.int32],
    ) -> None: ...
    def learn(
        self,
        offsets: NDArray[np.int64],
        first: NDArray[np.int64],
        features: NDArray[np.int32],
        values: NDArray[np.float64] | None,
        gold: NDArray[np.int32],
        candidate_first: NDArray[np.int64] | None,
        candidates: NDArray[np.uint8] | None,
        edge_first: NDArray[np.int64] | None,
        edges: NDArray[np.int32] | None,
        order: NDArray[np.int64],
        rule: str,
        margin: float,
        aggressiveness: float,
    ) -> int: ...
