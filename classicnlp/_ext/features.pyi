from typing import Any

import numpy as np
from numpy.typing import NDArray

from classicnlp._ext.interning import number as number

COLUMNS_OF_WORDS: tuple[str, ...]

def check_rising(offsets: NDArray[np.int64]) -> None: ...
def check_word_offsets(word_offsets: NDArray[np.int64], *characters: NDArray[Any]) -> None: ...
def word_columns(
    symbols: NDArray[np.int32],
    classes: NDArray[np.uint8],
    word_offsets: NDArray[np.int64],
    columns: NDArray[np.int32],
) -> NDArray[np.uint64]: ...
