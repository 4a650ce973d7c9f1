"""Sentences of tokens in the lines, columns or attributes of the files that are to be labelled."""

from __future__ import annotations

import re
from argparse import Namespace
from collections.abc import Iterator
from typing import Any, NamedTuple

from classicnlp.corpus.columns import numbered_columns
from classicnlp.corpus.crfsuite import read_crfsuite
from classicnlp.corpus.lines import display_name, read_lines
from classicnlp.errors import CorpusError, ModelError

WORD = re.compile(r"[^ \t]+")


class Takes(NamedTuple):
    """What a model takes as a token.

    Attributes
    ----------
    width : int or None
        How many columns; None where it is a dictionary of attributes.
    of_characters : bool
        Whether it must be one character.
    """

    width: int | None = 1
    of_characters: bool = False


class Token(NamedTuple):
    """A token as it is shown, as the tagger takes it, and as JSON has it."""

    shown: str
    given: Any
    fields: dict[str, Any]


class Sentence:
    """The tokens of a sentence, and the text of its line if it is one."""

    def __init__(self, tokens: list[Token], text: str | None = None):
        self.tokens = tokens
        self.text = text

    def __len__(self) -> int:
        return len(self.tokens)

    @property
    def given(self) -> list[Any]:
        """The tokens as the tagger takes them."""
        return [token.given for token in self.tokens]


def line_sentences(path: str, arguments: Namespace, takes: Takes) -> Iterator[Sentence]:
    """Yield the words, which spaces and tabs separate, or the characters of each line."""
    by_characters = arguments.format == "characters"
    for number, line in enumerate(read_lines(path), 1):
        if by_characters:
            pieces = list(enumerate(line))
        else:
            pieces = [(match.start(), match[0]) for match in WORD.finditer(line)]
        tokens = [
            Token(text, text, {"text": text, "start": start, "end": start + len(text)})
            for start, text in pieces
        ]
        _check_characters(takes, tokens, path, number, 0)
        yield Sentence(tokens, line)


def column_sentences(path: str, arguments: Namespace, takes: Takes) -> Iterator[Sentence]:
    """Yield the sentences of a file of columns, of which the model gets the first ones."""
    width = takes.width
    if width is None:
        raise ModelError(
            f"{arguments.model}: the model takes tokens of attributes: use --format crfsuite"
        )
    for line, rows in numbered_columns(path, arguments.separator):
        if len(rows[0]) < width:
            message = f"the model takes tokens of {width} columns, got {len(rows[0])}: {rows[0]}"
            raise CorpusError(message, display_name(path), line)
        separator = arguments.separator or "\t"
        tokens = [
            Token(
                separator.join(row), row[0] if width == 1 else row[:width], {"columns": list(row)}
            )
            for row in rows
        ]
        _check_characters(takes, tokens, path, line, 1)
        yield Sentence(tokens)


def attribute_sentences(path: str, arguments: Namespace, takes: Takes) -> Iterator[Sentence]:
    """Yield the sentences of a file of CRFsuite, whose labels are not looked at."""
    if takes.width is not None:
        raise ModelError(f"{arguments.model}: the model takes no attributes but words or columns")
    for items, _ in read_crfsuite(path):
        yield Sentence([Token("", item, {"attributes": item}) for item in items])


def _check_characters(takes: Takes, tokens: list[Token], path: str, line: int, step: int) -> None:
    """Raise a CorpusError if a token is too long for the model; each is ``step`` lines further."""
    if takes.of_characters:
        for place, token in enumerate(tokens):
            if len(token.given) != 1:
                message = f"the model labels single characters, got {token.given!r}"
                raise CorpusError(message, display_name(path), line + step * place)
