import numpy as np
from numpy.typing import NDArray

class Scores:
    def __init__(
        self,
        offsets: NDArray[np.int64],
        emissions: NDArray[np.float64],
        transitions: NDArray[np.float64],
        starts: NDArray[np.float64] | None,
        stops: NDArray[np.float64] | None,
    ) -> None: ...

class Workspace:
    def __init__(self, labels: int, longest: int) -> None: ...

def decode(
    offsets: NDArray[np.int64],
    emissions: NDArray[np.float64],
    transitions: NDArray[np.float64],
    starts: NDArray[np.float64] | None = None,
    stops: NDArray[np.float64] | None = None,
) -> tuple[NDArray[np.int32], NDArray[np.float64]]: ...
def decode_best(
    emissions: NDArray[np.float64],
    transitions: NDArray[np.float64],
    starts: NDArray[np.float64] | None,
    stops: NDArray[np.float64] | None,
    k: int,
) -> tuple[NDArray[np.int32], NDArray[np.float64]]: ...
def posteriors(
    offsets: NDArray[np.int64],
    emissions: NDArray[np.float64],
    transitions: NDArray[np.float64],
    starts: NDArray[np.float64] | None = None,
    stops: NDArray[np.float64] | None = None,
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]: ...
def sample(
    offsets: NDArray[np.int64],
    emissions: NDArray[np.float64],
    transitions: NDArray[np.float64],
    starts: NDArray[np.float64] | None,
    stops: NDArray[np.float64] | None,
    uniforms: NDArray[np.float64],
) -> NDArray[np.int32]: ...
