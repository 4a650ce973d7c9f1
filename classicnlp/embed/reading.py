"""Sentences to numbers of words, once, for all passes of training."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

import numpy as np

from classicnlp._ext.interning import text_keys
from classicnlp.lm.sequences import Cutting, Sequences

if TYPE_CHECKING:
    from numpy.typing import NDArray

Sentences: TypeAlias = "Iterable[str | Sequence[str] | os.PathLike[str]] | os.PathLike[str]"

END = -1
RARE = -2


class Text(NamedTuple):
    """A text as numbers.

    Attributes
    ----------
    words : list of str
        The word of each number.
    counts : int64 array
        How often each word occurs.
    ids : int32 array
        The words of all sentences, and -1 behind each sentence; rare words are left out.
    """

    words: list[str]
    counts: NDArray[np.int64]
    ids: NDArray[np.int32]


def read_text(
    sentences: Sentences,
    min_count: int,
    segmenter: Cutting | None,
    workers: int,
    known: Sequence[str] = (),
) -> Text:
    """Read sentences.

    Parameters
    ----------
    sentences : iterable of lists of words, of str, of paths; or one path
        A str, and each line of a file, has words between blanks, or is cut by ``segmenter``. It is
        read once, so that a generator will do.
    min_count : int
        Words that occur less often are left out, as if they were not in the text.
    segmenter : segmenter or pipeline, optional
        What cuts raw text.
    workers : int
        Threads for the segmenter.
    known : sequence of str
        Words that keep their numbers, however often they occur; new ones come after them.

    Returns
    -------
    Text
        Words that are not known are ordered by falling count, equal ones as they first occur.
    """
    if isinstance(sentences, (str, bytes)):
        raise TypeError(
            f"sentences must be several, got one {type(sentences).__name__}: put it in a list, or "
            "name a file by pathlib.Path"
        )
    sequences = Sequences("word", False, segmenter, workers)
    pieces = [piece.copy() for piece in sequences.read(_items(sentences), None)]
    found = sequences.vocabulary.texts()
    counts = np.zeros(len(found), np.int64)
    for piece in pieces:
        counts += np.bincount(piece, minlength=len(found))
    numbers = np.full(len(found), RARE, np.int32)
    if known:
        _recognise(found, known, numbers)
    counts[0] = 0
    order = np.argsort(-counts, kind="stable")
    fresh = order[(counts[order] >= max(min_count, 1)) & (numbers[order] == RARE)]
    numbers[fresh] = np.arange(len(known), len(known) + len(fresh))
    numbers[0] = END
    of_words = np.zeros(len(known) + len(fresh), np.int64)
    kept = np.flatnonzero(numbers >= 0)
    of_words[numbers[kept]] = counts[kept]
    return Text(
        [*known, *(found[i] for i in fresh.tolist())],
        of_words,
        np.concatenate([np.zeros(0, np.int32), *(_numbered(numbers, piece) for piece in pieces)]),
    )


def _items(sentences: Sentences) -> Iterator[Any]:
    given: Iterable[Any] = [sentences] if isinstance(sentences, os.PathLike) else sentences
    for item in given:
        plain = isinstance(item, (str, list, tuple, os.PathLike)) or not isinstance(item, Iterable)
        yield item if plain else list(item)


def _recognise(found: list[str], known: Sequence[str], numbers: NDArray[np.int32]) -> None:
    """Write the numbers of words that are known."""
    own = text_keys(list(known))
    order = np.argsort(own)
    keys = text_keys(found)
    places = np.minimum(np.searchsorted(own, keys, sorter=order), len(own) - 1)
    same = own[order[places]] == keys
    numbers[same] = order[places[same]]


def _numbered(numbers: NDArray[np.int32], symbols: NDArray[np.int32]) -> NDArray[np.int32]:
    ids: NDArray[np.int32] = numbers[symbols]
    kept: NDArray[np.int32] = ids[ids != RARE]
    return kept
