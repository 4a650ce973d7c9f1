import numpy as np
from numpy.typing import NDArray

from classicnlp._ext.trie import Trie

INSIDE_MARK: int
BREAK_MARK: int
URL_RULE: int
EMAIL_RULE: int
HANDLE_RULE: int
EMOJI_RULE: int
WORD_RULE: int
ALNUM_RULE: int
COMPOUND_RULE: int
SYMBOL_RULE: int
MEASURE_RULE: int
APART_RULE: int
DIGITS_RULE: int
DECIMAL_RULE: int
PERCENT_RULE: int
RATIO_RULE: int
MINUS_RULE: int
MYRIAD_RULE: int
ORDINAL_RULE: int
COUNT_RULE: int
SIGN_RULE: int
DATE_RULE: int
CLOCK_RULE: int
KANA_RULE: int
NEUTRAL_RULES: int
NEUTRAL_JOINS: int

class Rules:
    flags: int
    mixed: Trie | None
    def __init__(self, flags: int = ..., mixed: Trie | None = None) -> None: ...

def unit_marks(text: str, classes: NDArray[np.uint8], rules: Rules) -> NDArray[np.uint8]: ...
