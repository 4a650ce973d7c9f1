from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

class Contexts:
    arrays: Mapping[str, NDArray[Any]]
    def __init__(
        self,
        label_count: int,
        entry_count: int,
        trust: float,
        after_first: NDArray[np.int64],
        after_labels: NDArray[np.int32],
        after_counts: NDArray[np.int32],
        after_kinds: NDArray[np.int32],
        before_first: NDArray[np.int64],
        before_entries: NDArray[np.int32],
        before_counts: NDArray[np.int32],
        label_first: NDArray[np.int64],
        label_labels: NDArray[np.int32],
        label_counts: NDArray[np.int32],
        pair_counts: NDArray[np.int32],
        pair_kinds: NDArray[np.int32],
    ) -> None: ...
    def pairs(
        self,
        offsets: NDArray[np.int64],
        first: NDArray[np.int64],
        labels: NDArray[np.int32],
        entries: NDArray[np.int32],
        emissions: NDArray[np.float64],
    ) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]: ...
