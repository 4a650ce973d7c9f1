from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

Kind = TypeVar("Kind", bound=tuple[Any, ...])

def make_tokens(
    kind: type[Kind],
    text: str,
    boundaries: NDArray[np.int32],
    labels: NDArray[np.uint16],
    names: tuple[str, ...],
) -> list[Kind]: ...
