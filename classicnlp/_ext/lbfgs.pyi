import numpy as np
from numpy.typing import NDArray

PIECE: int

def dot(a: NDArray[np.float64], b: NDArray[np.float64]) -> float: ...
def absolute_sum(x: NDArray[np.float64]) -> float: ...
def remember(
    history: NDArray[np.float32],
    row: int,
    x: NDArray[np.float64],
    old_x: NDArray[np.float64],
    gradient: NDArray[np.float64],
    old_gradient: NDArray[np.float64],
    low: int,
    high: int,
) -> None: ...
def inner_products(
    history: NDArray[np.float32],
    rows: int,
    row: int,
    gradient: NDArray[np.float64],
    sums: NDArray[np.float64],
    low: int,
    high: int,
) -> None: ...
def combine(
    history: NDArray[np.float32],
    coefficients: NDArray[np.float64],
    gradient: NDArray[np.float64],
    scale: float,
    direction: NDArray[np.float64],
    low: int,
    high: int,
) -> None: ...
def step(
    x: NDArray[np.float64],
    direction: NDArray[np.float64],
    length: float,
    orthant: NDArray[np.float64] | None,
    result: NDArray[np.float64],
) -> None: ...
def penalised(
    x: NDArray[np.float64],
    l1: float,
    gradient: NDArray[np.float64],
    pseudo: NDArray[np.float64],
) -> None: ...
def restrict(
    direction: NDArray[np.float64],
    pseudo: NDArray[np.float64],
    x: NDArray[np.float64],
    orthant: NDArray[np.float64],
) -> None: ...
