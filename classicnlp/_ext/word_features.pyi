import numpy as np
from numpy.typing import NDArray

CONTEXT: tuple[str, ...]
LOCAL: tuple[str, ...]
TEMPLATES_OF_WORDS: tuple[str, ...]

def word_features(
    symbols: NDArray[np.int32],
    classes: NDArray[np.uint8],
    word_offsets: NDArray[np.int64],
    offsets: NDArray[np.int64],
    word_classes: NDArray[np.int32],
) -> NDArray[np.uint64]: ...
