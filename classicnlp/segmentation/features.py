"""What a character tagger looks at: the templates, as numbers, for training.

`classicnlp._ext.bmes` adds up the same templates from tables; see `classicnlp.segmentation.tables`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from classicnlp._ext.alphabet import Alphabet
from classicnlp._ext.bmes import EDGE_KIND
from classicnlp.arrays import offsets_of
from classicnlp.text import CharacterClass

if TYPE_CHECKING:
    from numpy.typing import NDArray

# Templates of one character and of two: C-1, C0, C1, C-1C0, C0C1 (Zhao, Huang, Li and Lu, 2010, whose
# sixth, C-1C1, adds nothing once words are known); of the kinds of three in a row, which end, stand
# around and begin at the place; and for group g FINDING + g and COVER + g (see below).
BEFORE, AT, AFTER, PAIR_BEFORE, PAIR_AFTER = 1, 2, 3, 4, 5
WINDOW_BEFORE, WINDOW, WINDOW_AFTER = 6, 7, 8
FINDING, COVER = 16, 24

TEMPLATE_SHIFT = np.uint64(42)
FIRST_SHIFT = np.uint64(21)
SYMBOL_MASK = np.uint64((1 << 21) - 1)

NUMERALS = "〇零一二三四五六七八九十百千万亿两"
UNITS_OF_TIME = "年月日时分秒"
POINTS = "·.．"
OTHER_KINDS = {letter: kind for kind, letters in enumerate((NUMERALS, UNITS_OF_TIME, POINTS), 9)
               for letter in letters}  # fmt: skip


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


def kinds_of(alphabet: Alphabet) -> NDArray[np.uint8]:
    """Return the kind of each symbol: its class, or 9 to 11 for numerals, units of time and points."""
    letters = "".join(map(chr, alphabet.arrays["letters"].tolist()))
    kinds = np.array(alphabet.classes(letters), np.uint8)
    for letter, kind in OTHER_KINDS.items():
        symbol = int(alphabet.symbols(letter)[0])
        if symbol < alphabet.size:
            kinds[symbol] = kind
    return kinds


def characters_of(alphabet: Alphabet, texts: Sequence[str]) -> Characters:
    """Return the characters of some texts, each a sentence of its own."""
    text = "".join(texts)
    symbols, classes = alphabet.symbols(text), alphabet.classes(text)
    ranked = symbols < alphabet.size
    kinds = np.where(ranked, kinds_of(alphabet)[np.where(ranked, symbols, 0)], classes)
    space = classes == CharacterClass.SPACE
    return Characters(
        np.where(space, 0, np.minimum(symbols, alphabet.size)).astype(np.int32),
        np.where(space, EDGE_KIND, kinds).astype(np.uint8),
        offsets_of(map(len, texts)),
    )


def features_of(characters: Characters, words: NDArray[np.uint8]) -> NDArray[np.uint64]:
    """Return the keys of the features at each character: template, and what fills it.

    Parameters
    ----------
    characters : Characters
    words : uint8 array, shape (n, 3, groups)
        What `classicnlp._ext.lexical.WordGroups.codes_of` says about them.

    Returns
    -------
    uint64 array, shape (n, 8 + 2 * groups)
        template << 42 | first << 21 | second.
    """
    n, groups = len(characters.symbols), words.shape[2]
    before, at, after = _around(characters.symbols, characters.offsets, 0, (-1, 0, 1))
    kinds = _around(characters.kinds, characters.offsets, EDGE_KIND, (-2, -1, 0, 1, 2))
    windows = [a << 8 | b << 4 | c for a, b, c in zip(kinds, kinds[1:], kinds[2:], strict=False)]
    begins, ends, covers = (words[:, i].astype(np.int64) for i in range(3))
    findings = begins << 7 | ends << 4 | covers
    keys = np.empty((n, 8 + 2 * groups), np.uint64)
    columns = [
        (BEFORE, before, None), (AT, at, None), (AFTER, after, None),
        (PAIR_BEFORE, before, at), (PAIR_AFTER, at, after),
        (WINDOW_BEFORE, windows[0], None), (WINDOW, windows[1], None), (WINDOW_AFTER, windows[2], None),
        *((FINDING + g, findings[:, g], None) for g in range(groups)),
        *((COVER + g, at, covers[:, g]) for g in range(groups)),
    ]  # fmt: skip
    for column, (template, first, second) in enumerate(columns):
        key = first.astype(np.uint64) << FIRST_SHIFT
        if second is not None:
            key |= second.astype(np.uint64)
        keys[:, column] = key | np.uint64(template) << TEMPLATE_SHIFT
    return keys


def parts_of(keys: NDArray[np.uint64]) -> tuple[NDArray[np.int64], ...]:
    """Return template, first and second of the keys of features."""
    first = keys >> FIRST_SHIFT & SYMBOL_MASK
    return tuple(part.astype(np.int64) for part in (keys >> TEMPLATE_SHIFT, first, keys & SYMBOL_MASK))


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
