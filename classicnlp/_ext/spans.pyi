from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

LARGEST_REWARD: int
NEVER: int

class Spans:
    def __new__(
        cls,
        scores: ArrayLike,
        transitions: ArrayLike,
        starts: ArrayLike,
        marks: ArrayLike,
        matches: ArrayLike,
    ) -> Self: ...
    def best(self) -> tuple[NDArray[np.int32], int]: ...
    def confidences(self, ends: ArrayLike, scale: float) -> NDArray[np.float64]: ...
    def word_scores(self, ends: ArrayLike) -> NDArray[np.float64]: ...
    def checked(self, ends: ArrayLike) -> NDArray[np.int32]: ...

def check_matches(matches: NDArray[Any], length: int) -> None: ...
