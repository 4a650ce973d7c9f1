from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

MOST_ENTRIES: int
FILLED: float

def fill_buckets(
    keys: NDArray[np.uint64], steps: NDArray[np.uint64], buckets: NDArray[np.uint64]
) -> None: ...

class Automaton:
    arrays: Mapping[str, NDArray[Any]]
    words: int
    def __init__(
        self,
        buckets: NDArray[np.uint64],
        states: NDArray[np.uint64],
        unigrams: NDArray[np.uint64],
        starts: NDArray[np.uint32],
        flat: bool,
    ) -> None: ...
    def score(
        self,
        ids: NDArray[np.int32],
        offsets: NDArray[np.int64],
        begin: NDArray[np.uint32],
        lengths: NDArray[np.uint8] | None = None,
    ) -> tuple[NDArray[np.float32], NDArray[np.uint32]]: ...

def sums(logs: NDArray[np.float32], offsets: NDArray[np.int64]) -> NDArray[np.float64]: ...
