from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from classicnlp._ext.alphabet import Alphabet

TEMPLATES_OF_CHUNKS: tuple[str, ...]
REACH: int

class NameTable:
    arrays: Mapping[str, NDArray[Any]]
    def __init__(
        self, slots: NDArray[np.uint32], kinds: NDArray[np.uint8], reach: NDArray[np.uint8]
    ) -> None: ...
    def mark(
        self,
        symbols: NDArray[np.int32],
        word_offsets: NDArray[np.int64],
        offsets: NDArray[np.int64],
    ) -> NDArray[np.uint8]: ...

def name_keys(
    symbols: NDArray[np.int32], offsets: NDArray[np.int64]
) -> tuple[NDArray[np.uint64], NDArray[np.uint8]]: ...
def chunk_features(
    symbols: NDArray[np.int32],
    classes: NDArray[np.uint8],
    word_offsets: NDArray[np.int64],
    offsets: NDArray[np.int64],
    tags: NDArray[np.uint16],
    marks: NDArray[np.uint8],
) -> tuple[NDArray[np.uint64], NDArray[np.uint64]]: ...

class Chunker:
    alphabet: Alphabet
    names: NameTable
    arrays: Mapping[str, NDArray[Any]]
    kinds: int
    tags: int
    def __init__(
        self,
        alphabet: Alphabet,
        feature_slots: NDArray[np.uint32],
        feature_cells: NDArray[np.int32],
        word_slots: NDArray[np.uint32],
        word_labels: NDArray[np.uint8],
        tag_first: NDArray[np.int32],
        tag_labels: NDArray[np.uint8],
        transitions: NDArray[np.int32],
        starts: NDArray[np.int32],
        names: NameTable,
    ) -> None: ...
    def label(
        self, text: str, boundaries: NDArray[np.int32], tags: NDArray[np.uint16]
    ) -> NDArray[np.uint8]: ...
    def spans(
        self, text: str, boundaries: NDArray[np.int32], tags: NDArray[np.uint16]
    ) -> list[tuple[int, int, int]]: ...

def restored(
    alphabet: Alphabet, arrays: Mapping[str, NDArray[Any]], names: Mapping[str, NDArray[Any]]
) -> Chunker: ...
def check_features(slots: NDArray[Any], cells: NDArray[Any], label_count: int) -> None: ...
def check_words(slots: NDArray[Any], labels: NDArray[Any], label_count: int) -> None: ...
def check_rows(first: NDArray[Any], labels: NDArray[Any], label_count: int) -> None: ...
def spans_of_labels(
    labels: NDArray[np.uint8], boundaries: NDArray[np.int32]
) -> list[tuple[int, int, int]]: ...
