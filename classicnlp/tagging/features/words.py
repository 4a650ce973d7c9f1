"""Compiled features of words: themselves, their ends, lengths and classes of characters."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain, groupby
from typing import TYPE_CHECKING, Any, Self

import numpy as np

from classicnlp import store
from classicnlp._ext.alphabet import Alphabet
from classicnlp._ext.columns import token_lengths
from classicnlp._ext.features import COLUMNS_OF_WORDS, word_columns
from classicnlp.arrays import offsets_of
from classicnlp.checks import as_names
from classicnlp.tagging.features.ambiguity import (
    AmbiguityClasses,
    Classes,
    HeldOutClasses,
    learn_classes,
)
from classicnlp.tagging.features.base import Chunk, Token, chunks
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

LABELS = "labels"
COLUMNS = (*COLUMNS_OF_WORDS, LABELS)

PLAIN = (
    "word[-1]", "word[0]", "word[1]",
    "word[-1]/word[0]", "word[0]/word[1]", "word[-1]/word[1]", "word[-2]", "word[2]",
    "prefix1[0]", "prefix2[0]", "prefix3[0]", "suffix1[0]", "suffix2[0]", "suffix3[0]",
    "shape[0]", "suffix1[-1]", "prefix1[1]", "suffix1[0]/length[0]", "suffix1[-1]/prefix1[1]",
)  # fmt: skip
"""Words, their neighbours and their ends."""

RICH = (
    *PLAIN,
    "word[-2]/word[-1]", "word[1]/word[2]", "prefix4[0]", "suffix4[0]", "pattern[0]",
    "doubled[0]", "suffix2[-1]", "prefix2[1]", "suffix1[-1]/word[0]", "word[0]/prefix1[1]",
    "prefix1[0]/suffix1[0]", "shape[-1]", "shape[1]",
)  # fmt: skip

TAGGED = (
    *RICH,
    "labels[-1]", "labels[0]", "labels[1]", "labels[-1]/labels[0]", "labels[0]/labels[1]",
    "labels[-1]/labels[0]/labels[1]",
    "labels[-1]/word[0]", "word[0]/labels[1]", "labels[-1]/suffix2[0]", "suffix2[0]/labels[1]",
)  # fmt: skip

SETS = {"plain": PLAIN, "rich": RICH, "tagged": TAGGED}

DOUBLINGS = {
    2: (("AA", (0, 1)),),
    3: (("AAB", (0, 1)), ("ABB", (1, 2)), ("ABA", (0, 2))),
    4: (("AABB", (0, 1, 2, 3)), ("ABAB", (0, 2, 1, 3))),
}
LONGEST_RUN = 4
MOST_LENGTH = 8
MOST_LENGTH_OF_SHAPE = 6


class WordFeatures(ColumnFeatures):
    """Features of words, in which variants of a character (width, case, script) count as one.

    A token is a str of at least one character. Columns:

    ``word``
        The whole word.
    ``prefix1`` … ``prefix4``, ``suffix1`` … ``suffix4``
        Its first and last characters; there where the word is as long.
    ``length``
        Its length, up to 8.
    ``shape``
        Its length, up to 6, and the classes of its first and last character.
    ``pattern``
        The classes of all its characters; a run of one class has at most 4 of them.
    ``doubled``
        How it doubles, there where it does: AA, AAB, ABB, ABA, AABB or ABAB.
    ``labels``
        Its ambiguity class (Cutting, Kupiec, Pedersen and Sibun, 1992): which labels it had in
        the training data, at most four, the commonest first; with ``>.75`` or ``>.95`` behind
        that if its share is above, and "rare" before it if the word occurred less than four
        times; ``?`` for a word that did not occur. What stands in the word's own fold of the
        training data, of ten, is left out while training. `fit_transform` needs the labels.

    Parameters
    ----------
    templates : str or sequence of str
        ``"plain"`` (19 templates, those of `classicnlp.tagging.PosTagger`), ``"rich"`` (more),
        ``"tagged"`` (those and ``labels``), or templates of one's own: columns with a place, 0
        the word itself, between them a stroke, e.g. ``["word[0]", "suffix1[-1]/prefix1[0]"]``.
    hash_bits : int, optional
        Number features by so many bits of their hashes (1 to 28) instead of learning which there
        are; some then share a number.

    Examples
    --------
    >>> features = WordFeatures(["word[0]", "doubled[0]", "word[-1]/suffix1[0]"])
    >>> seen = features.fit_transform([["快乐", "看看"]], min_count=1)
    >>> features.names()
    ['word[0]=快乐', 'word[-1]/suffix1[0]=_B-1/乐', 'word[0]=看看', 'doubled[0]=AA',
     'word[-1]/suffix1[0]=快乐/看']
    >>> features = WordFeatures(["labels[-1]/labels[0]"])
    >>> seen = features.fit_transform([["画", "画"]] * 2, labels=[["v", "n"]] * 2)
    >>> features.names()
    ['labels[-1]/labels[0]=_B-1/rare n|v', 'labels[-1]/labels[0]=rare n|v/rare n|v']
    """

    kind = "words"

    def __init__(self, templates: str | Sequence[str] = "plain", hash_bits: int | None = None):
        self.templates = templates
        self.hash_bits = hash_bits

    def to_store(self) -> tuple[dict[str, Any], dict[str, store.Array]]:
        """Return parameters (for JSON) and arrays for a model file."""
        parameters, arrays = super().to_store()
        parameters["templates"] = list(templates_of(self.templates, SETS))
        if self._classes is not None:
            arrays.update(store.nested(LABELS, self._classes.arrays()))
        return parameters, {**store.nested("alphabet", self._alphabet.arrays), **arrays}

    @classmethod
    def from_store(cls, parameters: dict[str, Any], arrays: dict[str, store.Array]) -> Self:
        """Restore what `to_store` gave; KeyError, TypeError or ValueError if it is not sound."""
        templates = as_names(parameters["templates"], "templates")
        extractor = cls(set_of(templates, SETS), parameters["hash_bits"])
        extractor._set(load_alphabet(store.within("alphabet", arrays)))
        if LABELS in extractor._used:
            extractor._classes = AmbiguityClasses.from_arrays(store.within(LABELS, arrays))
        return extractor._restore(arrays)

    def _prepare(self, sequences: Sequence[Sequence[Token]]) -> None:
        self._set(default_alphabet())

    def _set(self, alphabet: Alphabet) -> None:
        self._alphabet = alphabet
        self._used, self._parsed = named_templates(templates_of(self.templates, SETS), COLUMNS)
        self._classes: AmbiguityClasses | None = None

    def _templates(self) -> tuple[Sequence[Combination], Sequence[Combination]]:
        return self._parsed, ()

    def _columns(self) -> Columns:
        return _Words(self._alphabet, self._used, self._classes)

    def _learn_columns(
        self,
        sequences: list[Sequence[Token]],
        offsets: NDArray[np.int64],
        labels: Sequence[Sequence[str]] | None,
    ) -> Columns:
        if LABELS not in self._used:
            return self._columns()
        if labels is None:
            raise ValueError(
                "the templates name labels[..], which labels words had in the training data: "
                "pass these as fit_transform(sequences, labels=labels)"
            )
        words = _Words(self._alphabet, ["word"])
        keys = [words.keys(chunk)[:, 0] for chunk in chunks(sequences, offsets)]
        joined = np.concatenate([np.empty(0, np.uint64), *keys])
        self._classes, held_out = learn_classes(joined, offsets, labels)
        return _LabelledWords(self._alphabet, self._used, held_out)


class _Words:
    """The columns of words."""

    def __init__(self, alphabet: Alphabet, used: Sequence[str], classes: Classes | None = None):
        self.width = len(used)
        self._alphabet = alphabet
        self._used = used
        self._classes = classes
        # The class of a word is found by the word's key, which stands in its place until then.
        kernels = ["word" if name == LABELS else name for name in used]
        self._numbers = np.array([COLUMNS_OF_WORDS.index(name) for name in kernels], np.int32)

    def keys(self, chunk: Chunk) -> NDArray[np.uint64]:
        """Return the key of each column of each word."""
        for number, sequence in enumerate(chunk.sequences, chunk.start + 1):
            if isinstance(sequence, str) and sequence:
                message = "expected a list of words, got one str: segment it first"
                raise TypeError(f"sequence {number}: {message}")
        lengths = token_lengths(chunk.sequences, chunk.offsets, chunk.start)
        if (lengths == 0).any():
            place = chunk.told(int(np.flatnonzero(lengths == 0)[0]))
            raise ValueError(f"{place}: a word must have at least one character")
        text = "".join(chain.from_iterable(chunk.sequences))
        keys = word_columns(
            self._alphabet.symbols(text),
            self._alphabet.classes(text),
            offsets_of(lengths),
            self._numbers,
        )
        if self._classes is not None:
            column = self._used.index(LABELS)
            keys[:, column] = self._classes.keys(chunk, keys[:, column].copy())
        return keys

    def text(self, chunk: Chunk, place: int, column: int) -> str:
        """Return what a column of a word holds, as text for a feature's name."""
        name, word = self._used[column], self._alphabet.fold(chunk.token(place))
        if name == LABELS:
            assert isinstance(self._classes, AmbiguityClasses)
            keys = _Words(self._alphabet, ["word"]).keys(Chunk([[word]], np.array([0, 1]), 0, 0))
            return self._classes.text(keys[0])
        if name == "word":
            return word
        if name.startswith("prefix"):
            return word[: int(name[-1])]
        if name.startswith("suffix"):
            return word[-int(name[-1]) :]
        if name == "length":
            return str(min(len(word), MOST_LENGTH))
        if name == "doubled":
            return _doubling(word)
        classes = [CharacterClass(kind).name for kind in self._alphabet.classes(word)]
        if name == "shape":
            return f"{min(len(word), MOST_LENGTH_OF_SHAPE)} {classes[0]} {classes[-1]}"
        runs = [(kind, min(len(list(run)), LONGEST_RUN)) for kind, run in groupby(classes)]
        return " ".join(f"{kind}×{length}" for kind, length in runs)

    def beyond(self, text: str, column: int) -> str:
        """Return what stands beyond the ends."""
        return text


class _LabelledWords(_Words):
    """The columns of the words of training data."""

    def __init__(self, alphabet: Alphabet, used: Sequence[str], classes: HeldOutClasses):
        super().__init__(alphabet, used, classes)
        self._held_out = classes

    def text(self, chunk: Chunk, place: int, column: int) -> str:
        """Return what a column of a word holds, as text for a feature's name."""
        if self._used[column] == LABELS:
            return self._held_out.text(chunk.place + place)
        return super().text(chunk, place, column)


def _doubling(word: str) -> str:
    for name, places in DOUBLINGS[len(word)]:
        if all(word[a] == word[b] for a, b in zip(places[::2], places[1::2], strict=True)):
            return name
    raise AssertionError("only words that double have this column")
