from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from classicnlp._ext.alphabet import Alphabet

_Matches = tuple[NDArray[np.int32], NDArray[np.int32], NDArray[np.int32]]

LONGEST_KEY: int

class Trie:
    alphabet: Alphabet
    arrays: Mapping[str, NDArray[Any]]
    size: int
    def __init__(
        self,
        alphabet: Alphabet,
        codes: NDArray[np.uint16],
        rare: NDArray[np.int32],
        nodes: NDArray[np.int32],
        values: NDArray[np.int32],
        size: int,
    ) -> None: ...
    def find(self, word: str) -> int: ...
    def prefixes(self, text: str, start: int = 0) -> list[tuple[int, int]]: ...
    def longest_matches(self, text: str) -> _Matches: ...
    def all_matches(self, text: str) -> _Matches: ...

def check_trie(
    codes: NDArray[Any], rare: NDArray[Any], nodes: NDArray[Any], values: NDArray[Any], size: int
) -> None: ...
def build_nodes(
    codes: NDArray[np.uint16], offsets: NDArray[np.int64], values: NDArray[np.int32], highest: int
) -> tuple[NDArray[np.int32], NDArray[np.int32], NDArray[np.int32]]: ...
