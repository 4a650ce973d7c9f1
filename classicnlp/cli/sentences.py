"""The sentences of gold and training files, of which there must be some."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

from classicnlp.corpus.lines import display_name
from classicnlp.errors import CorpusError

Sentence = TypeVar("Sentence")


def read_sentences(
    paths: Sequence[str], read: Callable[[str], Iterator[Sentence]]
) -> list[Sentence]:
    """Read all sentences of several files; none at all is a CorpusError."""
    sentences = [sentence for path in paths for sentence in read(path)]
    if not sentences:
        raise CorpusError("there are no words in it", display_name(paths[0]))
    return sentences
