from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

_Kind = TypeVar("_Kind", bound=tuple[Any, ...])

def make_tokens(
    kind: type[_Kind],
    text: str,
    boundaries: NDArray[np.int32],
    labels: NDArray[np.uint16],
    names: tuple[str, ...],
) -> list[_Kind]: ...
def check_kind(kind: type[Any]) -> None: ...
