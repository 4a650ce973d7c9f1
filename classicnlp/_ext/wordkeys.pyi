from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

def word_keys(
    sentences: Sequence[Any], first: int, most: int, characters: bool, end: int = 0
) -> tuple[NDArray[np.uint64], NDArray[np.int64], NDArray[np.int32]]: ...
