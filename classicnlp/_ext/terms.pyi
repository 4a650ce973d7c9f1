import numpy as np
from numpy.typing import NDArray

from classicnlp._ext.alphabet import Alphabet
from classicnlp._ext.wordtable import WordTable

class TermFinder:
    alphabet: Alphabet
    passed_over: WordTable
    def __init__(self, alphabet: Alphabet, passed_over: WordTable) -> None: ...
    def terms(
        self,
        text: str,
        boundaries: NDArray[np.int32],
        wanted: NDArray[np.uint8] | None = None,
    ) -> tuple[NDArray[np.int32], NDArray[np.int32], NDArray[np.uint64]]: ...
