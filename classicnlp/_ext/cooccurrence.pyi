import numpy as np
from numpy.typing import NDArray

MOST_NUMBERS: int
MOST_EXACT: int

def unit_of(window: int) -> int: ...
def places_of(
    ids: NDArray[np.int32], words: int
) -> tuple[NDArray[np.int64], NDArray[np.uint32]]: ...
def count_rows(
    ids: NDArray[np.int32],
    starts: NDArray[np.int64],
    places: NDArray[np.uint32],
    window: int,
    first: int,
    last: int,
) -> NDArray[np.int32]: ...
