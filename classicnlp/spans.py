"""Stretches of a text: tokens with tags, spans with labels. Offsets count code points."""

from __future__ import annotations

from typing import NamedTuple


class Token(NamedTuple):
    """A word at its place, ``text == whole[start:end]``, with its part of speech."""

    text: str
    tag: str
    start: int
    end: int


class ScoredToken(NamedTuple):
    """A token, and how probable it is that both the word and its tag are right."""

    text: str
    tag: str
    start: int
    end: int
    confidence: float


class Span(NamedTuple):
    """A stretch at its place, ``text == whole[start:end]``, with what it is."""

    text: str
    label: str
    start: int
    end: int
