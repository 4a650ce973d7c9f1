from collections.abc import Iterable, Mapping
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from classicnlp._ext.alphabet import Alphabet
from classicnlp._ext.cutter import Cutter

_Kind = TypeVar("_Kind", bound=tuple[Any, ...])

def check_arrays(
    count: int,
    feature_slots: NDArray[Any],
    feature_cells: NDArray[Any],
    word_slots: NDArray[Any],
    word_cells: NDArray[Any],
    open_labels: NDArray[Any],
    transitions: NDArray[Any],
    starts: NDArray[Any],
) -> None: ...

class WordTagger:
    alphabet: Alphabet
    arrays: Mapping[str, NDArray[Any]]
    sharpness: float
    def __init__(
        self,
        alphabet: Alphabet,
        feature_slots: NDArray[np.uint32],
        feature_cells: NDArray[np.uint16],
        word_slots: NDArray[np.uint32],
        word_cells: NDArray[np.int32],
        open_labels: NDArray[np.uint8],
        transitions: NDArray[np.int32],
        starts: NDArray[np.int32],
        sharpness: float = 0.001,
    ) -> None: ...
    def tag(self, text: str, boundaries: NDArray[np.int32]) -> NDArray[np.uint8]: ...
    def tag_batch(
        self, texts: Iterable[str], boundaries: Iterable[NDArray[np.int32]]
    ) -> list[NDArray[np.uint8]]: ...
    def marginals(
        self, text: str, boundaries: NDArray[np.int32]
    ) -> tuple[NDArray[np.uint8], NDArray[np.int32], NDArray[np.uint8], NDArray[np.float64]]: ...
    def tokens_batch(
        self,
        kind: type[_Kind],
        cutter: Cutter,
        texts: Iterable[str],
        names: tuple[str, ...],
    ) -> list[list[_Kind]]: ...
