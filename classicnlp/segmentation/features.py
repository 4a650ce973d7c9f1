"""What a character tagger looks at: the templates, as numbers, for training.

`classicnlp._ext.bmes` adds up the same templates from tables; see `classicnlp.segmentation.tables`.
"""

from __future__ import annotations

import functools
import itertools
from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from classicnlp._ext.alphabet import Alphabet
from classicnlp._ext.bmes import (
    CHINESE_DIGIT_KIND,
    COVERING_GROUPS,
    DIGIT_LETTER,
    EDGE_KIND,
    NOUGHT,
    SHORTEST_NUMBER,
)
from classicnlp.arrays import offsets_of
from classicnlp.text import CharacterClass

if TYPE_CHECKING:
    from numpy.typing import NDArray

# Templates of one character and of two: C-1, C0, C1, C-1C0, C0C1 (Zhao, Huang, Li and Lu, 2010,
# whose sixth, C-1C1, adds nothing once words are known); of the kinds of three in a row, which end,
# stand around and begin at the place; and for group g FINDING + g and COVER + g (see below).
BEFORE, AT, AFTER, PAIR_BEFORE, PAIR_AFTER = 1, 2, 3, 4, 5
WINDOW_BEFORE, WINDOW, WINDOW_AFTER = 6, 7, 8
FINDING, COVER = 16, 24

TEMPLATE_SHIFT = np.uint64(42)
FIRST_SHIFT = np.uint64(21)
SYMBOL_MASK = np.uint64((1 << 21) - 1)

# Kinds of symbols beyond the classes of characters.
LETTERS_OF_KINDS = {
    CHINESE_DIGIT_KIND: "〇○零一二三四五六七八九",
    10: "十百千万亿两几",
    11: "年月日时分秒",
    12: "·.．",
}


class Characters(NamedTuple):
    """The characters of some sentences as numbers.

    Attributes
    ----------
    symbols : int32 array, shape (n,)
        Of all sentences, one after another; white space is 0, all symbols beyond the alphabet one.
    kinds : uint8 array, shape (n,)
    offsets : int64 array
        Where each sentence begins, and the end of the last.
    """

    symbols: NDArray[np.int32]
    kinds: NDArray[np.uint8]
    offsets: NDArray[np.int64]


@functools.lru_cache(maxsize=4)
def kinds_of(alphabet: Alphabet) -> NDArray[np.uint8]:
    """Return the kind of each symbol: its class, or one of `LETTERS_OF_KINDS`."""
    letters = "".join(map(chr, alphabet.arrays["letters"].tolist()))
    kinds = np.array(alphabet.classes(letters), np.uint8)
    for kind, of_kind in LETTERS_OF_KINDS.items():
        symbols = alphabet.symbols(of_kind)
        kinds[symbols[symbols < alphabet.size]] = kind
    kinds.flags.writeable = False
    return kinds


def characters_of(alphabet: Alphabet, texts: Sequence[str]) -> Characters:
    """Return the characters of some texts, each a sentence of its own.

    All digits are one symbol, and so are the digits of a Chinese number such as 二〇〇一: what
    holds for one year holds for the next.
    """
    text = "".join(texts)
    offsets = offsets_of(map(len, texts))
    symbols, classes = alphabet.symbols(text), alphabet.classes(text)
    ranked = symbols < alphabet.size
    kinds = np.where(ranked, kinds_of(alphabet)[np.where(ranked, symbols, 0)], classes)
    digit, nought = alphabet.symbols(DIGIT_LETTER + NOUGHT).tolist()
    symbols = np.minimum(symbols, alphabet.size)
    symbols[kinds == CharacterClass.DIGIT] = digit
    symbols[_in_runs(kinds == CHINESE_DIGIT_KIND, offsets)] = nought
    space = classes == CharacterClass.SPACE
    symbols[space], kinds[space] = 0, EDGE_KIND
    return Characters(symbols.astype(np.int32), kinds.astype(np.uint8), offsets)


def normalised(alphabet: Alphabet, words: Sequence[str]) -> list[str]:
    """Return words with their digits as `characters_of` takes them.

    Examples
    --------
    >>> from classicnlp.text import default_alphabet
    >>> normalised(default_alphabet(), ["１９９８年", "一九九八年", "三八"])
    ['0000年', '〇〇〇〇年', '三八']
    """
    characters = characters_of(alphabet, words)
    # As numbers, since an array of str loses NUL.
    text = np.array([*map(ord, "".join(words))], np.int32)
    text[characters.kinds == CharacterClass.DIGIT] = ord(DIGIT_LETTER)
    text[_in_runs(characters.kinds == CHINESE_DIGIT_KIND, characters.offsets)] = ord(NOUGHT)
    whole = "".join(map(chr, text.tolist()))
    ends = characters.offsets.tolist()
    return [whole[start:end] for start, end in itertools.pairwise(ends)]


def _in_runs(chosen: NDArray[np.bool_], offsets: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Tell which of the chosen places lie in a run of `SHORTEST_NUMBER` of them in one sentence."""
    begins = np.zeros(len(chosen) + 1, bool)
    begins[offsets] = True
    begins[1:-1] |= chosen[1:] != chosen[:-1]
    run = np.cumsum(begins[:-1]) - 1
    lengths = np.bincount(run)
    return chosen & (lengths[run] >= SHORTEST_NUMBER) if len(chosen) else chosen


def features_of(characters: Characters, words: NDArray[np.uint8]) -> NDArray[np.uint64]:
    """Return the keys of the features at each character: template, and what fills it.

    Parameters
    ----------
    characters : Characters
    words : uint8 array, shape (n, 3, groups)
        What `classicnlp._ext.lexical.WordGroups.codes_of` says about them.

    Returns
    -------
    uint64 array, shape (n, 8 + groups + min(groups, COVERING_GROUPS))
        template << 42 | first << 21 | second.
    """
    n, groups = len(characters.symbols), words.shape[2]
    before, at, after = _around(characters.symbols, characters.offsets, 0, (-1, 0, 1))
    kinds = _around(characters.kinds, characters.offsets, EDGE_KIND, (-2, -1, 0, 1, 2))
    # What lies beyond white space lies beyond the edge.
    kinds[0][kinds[1] == EDGE_KIND] = kinds[4][kinds[3] == EDGE_KIND] = EDGE_KIND
    windows = [a << 8 | b << 4 | c for a, b, c in zip(kinds, kinds[1:], kinds[2:], strict=False)]
    begins, ends, covers = (words[:, i].astype(np.int64) for i in range(3))
    findings = begins << 7 | ends << 4 | covers
    columns = [
        (BEFORE, before, None), (AT, at, None), (AFTER, after, None),
        (PAIR_BEFORE, before, at), (PAIR_AFTER, at, after),
        (WINDOW_BEFORE, windows[0], None), (WINDOW, windows[1], None),
        (WINDOW_AFTER, windows[2], None),
        *((FINDING + g, findings[:, g], None) for g in range(groups)),
        *((COVER + g, at, covers[:, g]) for g in range(min(groups, COVERING_GROUPS))),
    ]  # fmt: skip
    keys = np.empty((n, len(columns)), np.uint64)
    for column, (template, first, second) in enumerate(columns):
        key = first.astype(np.uint64) << FIRST_SHIFT
        if second is not None:
            key |= second.astype(np.uint64)
        keys[:, column] = key | np.uint64(template) << TEMPLATE_SHIFT
    return keys


def parts_of(keys: NDArray[np.uint64]) -> tuple[NDArray[np.int64], ...]:
    """Return template, first and second of the keys of features."""
    first = keys >> FIRST_SHIFT & SYMBOL_MASK
    return tuple(
        part.astype(np.int64) for part in (keys >> TEMPLATE_SHIFT, first, keys & SYMBOL_MASK)
    )


def _around(
    values: NDArray[np.integer], offsets: NDArray[np.int64], edge: int, steps: Sequence[int]
) -> list[NDArray[np.int64]]:
    """Return, for each step, the value so many places away in the same sentence, or ``edge``."""
    lengths = np.diff(offsets)
    room = 2  # edges before each sentence and behind the last
    places = np.arange(len(values)) + room * (1 + np.repeat(np.arange(len(lengths)), lengths))
    padded = np.full(len(values) + room * (len(lengths) + 1), edge, np.int64)
    padded[places] = values
    return [padded[places + step] for step in steps]
