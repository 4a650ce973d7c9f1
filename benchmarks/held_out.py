"""The paragraphs that are set aside: every tenth of January 1998, with words, tags and names.

What is trained to be measured on them sees January and February without these, and without those
that say the same. Neighbours of theirs remain, with the same topics and names: an easy test.
"""

from __future__ import annotations

import functools
import sys
from pathlib import Path
from typing import NamedTuple

import common
from train_side import write

from classicnlp.corpus import outermost, read_compounds
from classicnlp.corpus.newspaper import names_of
from classicnlp.spans import Span

sys.path.append(str(common.BENCHMARKS.parent / "tools"))
import build_models

EVERY = 10
NAMES = ("nr", "ns", "nt")


class Paragraph(NamedTuple):
    """Gold words with their tags, and the names among them, of those within others the outer."""

    tokens: list[tuple[str, str]]
    names: list[Span]

    @property
    def words(self) -> list[str]:
        return [word for word, _ in self.tokens]

    @property
    def text(self) -> str:
        return "".join(self.words)


@functools.cache
def paragraphs() -> list[Paragraph]:
    """Return the paragraphs set aside."""
    everything = list(read_compounds(common.data_file(common.JANUARY)))
    return [
        Paragraph(words, named(names_of(words, compounds)))
        for words, compounds in everything[EVERY - 1 :: EVERY]
    ]


def named(spans: list[Span]) -> list[Span]:
    """Return the persons, places and organisations."""
    return outermost(span for span in spans if span.label in NAMES)


@functools.cache
def train_sentences() -> list[list[str]]:
    """Return the words of all other paragraphs of both months."""
    without = texts()
    sentences = build_models.segmented(common.DATA)
    return [words for words in sentences if "".join(words) not in without]


def texts() -> frozenset[str]:
    return frozenset(paragraph.text for paragraph in paragraphs())


def texts_file() -> Path:
    """Return a file of the texts set aside, one a line."""
    return common.cached("held_out.txt", lambda: "\n".join(p.text for p in paragraphs()))


def train_file() -> Path:
    """Return a file of the other paragraphs, for the trainers of peers."""
    path = common.CACHE / "held_out_train.jsonl"
    if not path.exists():
        common.CACHE.mkdir(exist_ok=True)
        part = path.with_suffix(".part")
        write(str(part), train_sentences())
        part.replace(path)
    return path
