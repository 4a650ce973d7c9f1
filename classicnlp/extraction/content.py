"""From texts to the words that say what they are about, without making strings of them."""

from __future__ import annotations

import functools
from collections.abc import Collection, Iterable, Sequence
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from classicnlp._ext.interning import text_keys
from classicnlp._ext.terms import TermFinder
from classicnlp._ext.wordtable import WordTable
from classicnlp.errors import require_text
from classicnlp.extraction.stop_words import STOP_WORDS
from classicnlp.pipeline import Pipeline, load
from classicnlp.segmentation import Segmenter
from classicnlp.text import default_alphabet, fold

if TYPE_CHECKING:
    from numpy.typing import NDArray

Cutting: TypeAlias = Pipeline | Segmenter
Boundaries: TypeAlias = "NDArray[np.int32]"


def cutting(pipeline: Cutting | None) -> Cutting:
    """Return what cuts texts into words: the embedded model by default."""
    if pipeline is None:
        return _default()
    if not isinstance(pipeline, (Pipeline, Segmenter)):
        kind = type(pipeline).__name__
        raise TypeError(f"pipeline must be a Pipeline or a Segmenter, got {kind}")
    return pipeline


@functools.cache
def _default() -> Pipeline:
    return load()


def cut(pipeline: Cutting, texts: Sequence[str], workers: int = 1) -> list[Boundaries]:
    """Return the boundaries of the words of each text."""
    segmenter = pipeline.segmenter if isinstance(pipeline, Pipeline) else pipeline
    return segmenter.boundaries_batch(texts, workers)


def cut_and_marked(
    pipeline: Cutting, texts: Sequence[str], tags: frozenset[str]
) -> tuple[list[Boundaries], list[NDArray[np.uint8]]]:
    """Return the boundaries of the words of each text, and which words have one of some tags.

    Raises
    ------
    ValueError
        If there is no tagger, or it has no such tag.
    """
    if not isinstance(pipeline, Pipeline) or pipeline.tagger is None:
        raise ValueError(
            "tags need a tagger: give a Pipeline that has one, such as classicnlp.load('pku'), "
            "or leave tags out"
        )
    docs = [pipeline(text) for text in texts]
    known = docs[0].tag_names if docs else tuple(tags)
    if unknown := sorted(tags.difference(known)):
        names = ", ".join(map(repr, unknown))
        raise ValueError(f"the model has no tag {names}; it has {', '.join(known)}")
    wanted = np.array([name in tags for name in known], np.uint8)
    return [doc.boundaries for doc in docs], [wanted[doc.labels] for doc in docs]


def content_finder(stop_words: Iterable[str] | None) -> TermFinder:
    """Return what finds the words of a text that count: those that are not among ``stop_words``.

    None stands for the embedded list.

    Raises
    ------
    TypeError
        If they are one str, or anything but words.
    """
    if stop_words is None:
        return _finder(STOP_WORDS)
    return _finder(words_of(stop_words, "stop_words"))


def words_of(words: Iterable[str], name: str) -> frozenset[str]:
    """Return words as a set; ``name`` is for the error where they are one str, or no words."""
    if isinstance(words, (str, bytes)) or not isinstance(words, Iterable):
        example = "a list" if not isinstance(words, str) else f"[{words!r}]"
        raise TypeError(f"{name} must be several words: pass {example}")
    found = words if isinstance(words, frozenset) else frozenset(words)
    for word in found:
        require_text(word, name)
    return found


@functools.lru_cache(maxsize=16)
def _finder(stop_words: frozenset[str]) -> TermFinder:
    keys = keys_of(stop_words)
    return TermFinder(default_alphabet(), WordTable(keys, np.ones(len(keys))))


def keys_of(words: Collection[str]) -> NDArray[np.uint64]:
    """Return the distinct keys of words, ascending."""
    keys: NDArray[np.uint64] = np.unique(text_keys([fold(word) for word in words]))
    return keys
