from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

PAGES: int
SYMBOL_BITS: int

class Alphabet:
    arrays: Mapping[str, NDArray[Any]]
    size: int
    def __init__(
        self, index: NDArray[np.uint16], pages: NDArray[np.uint32], letters: NDArray[np.uint32]
    ) -> None: ...
    def symbols(self, text: str) -> NDArray[np.int32]: ...
    def classes(self, text: str) -> NDArray[np.uint8]: ...
    def fold(self, text: str) -> str: ...
    def exact(self) -> Alphabet: ...
