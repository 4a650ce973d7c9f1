import numpy as np
from numpy.typing import NDArray

from classicnlp._ext.interning import number as number

TEMPLATES_OF_CHARACTERS: tuple[str, ...]
COLUMNS_OF_WORDS: tuple[str, ...]

def check_rising(offsets: NDArray[np.int64]) -> None: ...
def character_features(
    symbols: NDArray[np.int32], offsets: NDArray[np.int64]
) -> NDArray[np.uint64]: ...
def word_columns(
    symbols: NDArray[np.int32],
    classes: NDArray[np.uint8],
    word_offsets: NDArray[np.int64],
    columns: NDArray[np.int32],
) -> NDArray[np.uint64]: ...
