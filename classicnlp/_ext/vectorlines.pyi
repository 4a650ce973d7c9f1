import numpy as np
from numpy.typing import NDArray

FINE: int
TOO_FEW_NUMBERS: int
NOT_A_NUMBER: int
INFINITE: int
ENDLESS_WORD: int

def parse_lines(
    data: NDArray[np.uint8], dimensions: int, most: int
) -> tuple[NDArray[np.float32], NDArray[np.int64], int, int, int]: ...
def parse_records(
    data: NDArray[np.uint8], dimensions: int, most: int
) -> tuple[NDArray[np.float32], NDArray[np.int64], int, int]: ...
def format_lines(
    vectors: NDArray[np.float32], letters: NDArray[np.uint8], offsets: NDArray[np.int64]
) -> bytes: ...
