import numpy as np
from numpy.typing import NDArray

NEVER: float

def format_grams(
    ids: NDArray[np.int32],
    logs: NDArray[np.float32],
    backoffs: NDArray[np.float32] | None,
    letters: NDArray[np.uint8],
    offsets: NDArray[np.int64],
) -> bytes: ...
def parse_grams(
    lines: list[str], order: int
) -> tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.uint64], NDArray[np.int32]]: ...
