"""Compiled features of characters: themselves, their classes, whether they repeat."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Self

import numpy as np

from classicnlp import store
from classicnlp._ext.alphabet import Alphabet
from classicnlp._ext.columns import token_lengths
from classicnlp.checks import as_names
from classicnlp.tagging.features.base import Chunk, Token
from classicnlp.tagging.features.columns import ColumnFeatures, Columns
from classicnlp.tagging.features.combinations import (
    Combination,
    named_templates,
    set_of,
    templates_of,
)
from classicnlp.text import CharacterClass, default_alphabet, load_alphabet

if TYPE_CHECKING:
    from numpy.typing import NDArray

COLUMNS = ("char", "class", "repeat1", "repeat2")

SIX = (
    "char[-1]", "char[0]", "char[1]",
    "char[-1]/char[0]", "char[0]/char[1]", "char[-1]/char[1]",
)  # fmt: skip
"""C-1, C0, C1, C-1C0, C0C1 and C-1C1 (Zhao, Huang, Li and Lu, 2010)."""

NAMES = (
    "char[-2]", *SIX[:3], "char[2]",
    "char[-2]/char[-1]", *SIX[3:], "char[1]/char[2]",
    "char[-2]/char[-1]/char[0]", "char[-1]/char[0]/char[1]", "char[0]/char[1]/char[2]",
    "class[-1]/class[0]", "class[0]/class[1]", "class[-1]/class[0]/class[1]",
    "class[-2]/class[-1]/class[0]/class[1]/class[2]",
    "repeat1[0]", "repeat2[0]", "repeat1[1]",
)  # fmt: skip
"""A wider window, for names and other spans."""

SETS = {"six": SIX, "names": NAMES}

CLASS_BASE = 1 << 32  # keys of columns: symbols are below, so that no two columns share one
REPEAT = 1 << 33


class CharacterFeatures(ColumnFeatures):
    """Features of characters, whose variants (width, case, script) count as one.

    A sequence is a str, or a list or tuple of str of one character each. Columns:

    ``char``
        The character.
    ``class``
        Its `classicnlp.text.CharacterClass`.
    ``repeat1``, ``repeat2``
        There where it is the same as the one before, or as the one before that.

    Parameters
    ----------
    templates : str or sequence of str
        ``"six"`` (C-1, C0, C1, C-1C0, C0C1, C-1C1), ``"names"`` (two characters to each side,
        triples, classes and repetitions), or templates of one's own: columns with a place, 0 the
        character itself, between them a stroke, e.g. ``["char[0]", "char[-1]/class[0]"]``.
    hash_bits : int, optional
        Number features by so many bits of their hashes (1 to 28) instead of learning which there
        are; some then share a number.

    Examples
    --------
    >>> features = CharacterFeatures(["char[0]", "char[-1]/char[0]"])
    >>> seen = features.fit_transform(["漢語", list("汉字")], min_count=1)
    >>> features.names()
    ['char[0]=汉', 'char[-1]/char[0]=_B-1/汉', 'char[0]=语', 'char[-1]/char[0]=汉/语',
     'char[0]=字', 'char[-1]/char[0]=汉/字']
    >>> seen.features.tolist()
    [0, 1, 2, 3, 0, 1, 4, 5]
    """

    kind = "characters"

    def __init__(self, templates: str | Sequence[str] = "six", hash_bits: int | None = None):
        self.templates = templates
        self.hash_bits = hash_bits

    def to_store(self) -> tuple[dict[str, Any], dict[str, store.Array]]:
        """Return parameters (for JSON) and arrays for a model file."""
        parameters, arrays = super().to_store()
        parameters["templates"] = list(templates_of(self.templates, SETS))
        return parameters, {**store.nested("alphabet", self._alphabet.arrays), **arrays}

    @classmethod
    def from_store(cls, parameters: dict[str, Any], arrays: dict[str, store.Array]) -> Self:
        """Restore what `to_store` gave; KeyError, TypeError or ValueError if it is not sound."""
        templates = as_names(parameters["templates"], "templates")
        extractor = cls(set_of(templates, SETS), parameters["hash_bits"])
        extractor._set(load_alphabet(store.within("alphabet", arrays)))
        return extractor._restore(arrays)

    def _prepare(self, sequences: Sequence[Sequence[Token]]) -> None:
        self._set(default_alphabet())

    def _set(self, alphabet: Alphabet) -> None:
        self._alphabet = alphabet
        self._used, self._parsed = named_templates(templates_of(self.templates, SETS), COLUMNS)

    def _templates(self) -> tuple[Sequence[Combination], Sequence[Combination]]:
        return self._parsed, ()

    def _columns(self) -> Columns:
        return _Characters(self._alphabet, self._used)


class _Characters:
    """The columns of characters."""

    def __init__(self, alphabet: Alphabet, used: Sequence[str]):
        self.width = len(used)
        self._alphabet = alphabet
        self._used = used

    def keys(self, chunk: Chunk) -> NDArray[np.uint64]:
        """Return the key of each column of each character."""
        lengths = token_lengths(chunk.sequences, chunk.offsets, chunk.start)
        if (lengths != 1).any():
            place = int(np.flatnonzero(lengths != 1)[0])
            raise ValueError(
                f"{chunk.told(place)}: expected one character, got {chunk.token(place)!r}: for "
                "words use features of words"
            )
        text = "".join(["".join(sequence) for sequence in chunk.sequences])
        symbols = self._alphabet.symbols(text)
        keys = np.empty((len(text), len(self._used)), np.uint64)
        for i, column in enumerate(self._used):
            if column == "char":
                keys[:, i] = symbols
            elif column == "class":
                keys[:, i] = self._alphabet.classes(text) + np.uint64(CLASS_BASE)
            else:
                keys[:, i] = _repeats(symbols, chunk.offsets, int(column[-1])) * REPEAT
        return keys

    def text(self, chunk: Chunk, place: int, column: int) -> str:
        """Return what a column of a character holds, as text for a feature's name."""
        character = chunk.token(place)
        if self._used[column] == "char":
            return self._alphabet.fold(character)
        if self._used[column] == "class":
            return CharacterClass(self._alphabet.classes(character)[0]).name
        return "yes"

    def beyond(self, text: str, column: int) -> str:
        """Return what stands beyond the ends."""
        return text


def _repeats(
    symbols: NDArray[np.int32], offsets: NDArray[np.int64], distance: int
) -> NDArray[np.uint64]:
    """Return 1 where a symbol is the same as that so far before it in its sequence, else 0."""
    same = np.zeros(len(symbols), np.uint64)
    same[distance:] = symbols[distance:] == symbols[: len(symbols) - distance]
    for near in range(distance):
        starts = offsets[:-1] + near
        same[starts[starts < offsets[1:]]] = 0
    return same
