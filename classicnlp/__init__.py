"""The classical methods of Chinese natural language processing, compiled.

>>> import classicnlp as cn
>>> cn.segment("我来到北京清华大学")
['我', '来到', '北京', '清华大学']
"""

from __future__ import annotations

import functools
import importlib
from typing import TYPE_CHECKING, Any

from classicnlp import segmentation, tagging
from classicnlp.doc import Doc
from classicnlp.errors import CorpusError, ModelError
from classicnlp.lexicon import Entry, Lexicon
from classicnlp.pipeline import Pipeline, load
from classicnlp.spans import ScoredToken, Span, Token
from classicnlp.text import fold, split_sentences

if TYPE_CHECKING:
    from classicnlp import corpus, embed, evaluate, extraction, lm, newwords, vectorize
    from classicnlp.extraction.extractors import keywords

__version__ = "0.1.0"

__all__ = [
    "CorpusError",
    "Doc",
    "Entry",
    "Lexicon",
    "ModelError",
    "Pipeline",
    "ScoredToken",
    "Span",
    "Token",
    "corpus",
    "embed",
    "entities",
    "evaluate",
    "extraction",
    "fold",
    "keywords",
    "lm",
    "load",
    "newwords",
    "segment",
    "segmentation",
    "split_sentences",
    "tag",
    "tagging",
    "vectorize",
]


def __getattr__(name: str) -> Any:
    # Rooms that a program which only segments never enters are opened when they are asked for.
    if name in ("corpus", "embed", "evaluate", "extraction", "lm", "newwords", "vectorize"):
        return importlib.import_module(f"classicnlp.{name}")
    if name == "keywords":
        return importlib.import_module("classicnlp.extraction.extractors").keywords
    raise AttributeError(f"module 'classicnlp' has no attribute {name!r}")


@functools.cache
def _default() -> Pipeline:
    return load()


def segment(text: str) -> list[str]:
    """Return the words of ``text`` by the default model; joined, they are the text.

    Examples
    --------
    >>> segment("今天天气很好。")
    ['今天', '天气', '很', '好', '。']
    """
    return _default().segment(text)


def tag(text: str) -> list[Token]:
    """Return the words of ``text`` with tags and places, by the default model.

    Examples
    --------
    >>> tag("他来了")[0]
    Token(text='他', tag='r', start=0, end=1)
    """
    return _default().tag(text)


def entities(text: str) -> list[Span]:
    """Return the names in ``text`` by the default model: persons, places, organisations, others.

    Examples
    --------
    >>> entities("王小明在清华大学读书")[0]
    Span(text='王小明', label='nr', start=0, end=3)
    """
    return _default().entities(text)
