from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from classicnlp._ext.alphabet import Alphabet

def fill_table(
    keys: NDArray[np.uint64], first: NDArray[np.int32]
) -> tuple[NDArray[np.uint32], NDArray[np.int32], NDArray[np.int64]]: ...
def check_entries(
    slots: NDArray[Any], first: NDArray[Any], labels: NDArray[Any], label_count: int
) -> None: ...

class WordTagger:
    alphabet: Alphabet
    arrays: Mapping[str, NDArray[Any]]
    def __init__(
        self,
        alphabet: Alphabet,
        feature_slots: NDArray[np.uint32],
        feature_first: NDArray[np.int32],
        feature_labels: NDArray[np.uint8],
        feature_weights: NDArray[np.int16],
        word_slots: NDArray[np.uint32],
        word_first: NDArray[np.int32],
        word_labels: NDArray[np.uint8],
        open_labels: NDArray[np.uint8],
        transitions: NDArray[np.int32],
        starts: NDArray[np.int32],
    ) -> None: ...
    def tag(self, text: str, boundaries: NDArray[np.int32]) -> NDArray[np.uint8]: ...
    def tag_batch(
        self, texts: Iterable[str], boundaries: Iterable[NDArray[np.int32]]
    ) -> list[NDArray[np.uint8]]: ...
