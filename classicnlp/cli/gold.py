"""Files of tokens with labels: the options that say how they are written, and their tokens."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any

from classicnlp.cli.options import add_separator
from classicnlp.corpus import LabelledSentence, read_labelled
from classicnlp.corpus.labelled import LABEL_FORMATS
from classicnlp.corpus.schemes import (
    SCHEMES,
    LabelError,
    Scheme,
    legal_transitions,
    scheme_of,
)

FORMAT_HELP = (
    "slash: word/tag; pfr: the same after a line id; underscore: word_TAG; columns: a token a "
    "line, its label last, blank lines between sentences; conllu; crfsuite: a label and attributes "
    "a line; weibo, uner, cluener, jsonl: entities"
)
WITH_LABELS = ("columns", "weibo", "crfsuite")
"""The formats whose labels may be of any scheme."""


def add_label_format(parser: argparse.ArgumentParser) -> None:
    """Add how files of tokens with labels are written."""
    parser.add_argument("--format", choices=LABEL_FORMATS, required=True, help=FORMAT_HELP)
    add_separator(parser)
    parser.add_argument(
        "--column",
        choices=("upos", "xpos"),
        default="upos",
        help="which tags of conllu; default: %(default)s",
    )


def add_scheme(parser: argparse.ArgumentParser, use: str) -> None:
    """Add the scheme of labels that mark spans."""
    parser.add_argument("--scheme", choices=SCHEMES, help=use)


def label_reader(
    arguments: argparse.Namespace, scheme: Scheme = "BIO"
) -> Callable[[str], Iterator[LabelledSentence]]:
    """Return what reads a file as the options say."""
    return partial(
        read_labelled,
        format=arguments.format,
        separator=arguments.separator,
        column=arguments.column,
        scheme=scheme,
    )


def scheme_in(path: str, arguments: argparse.Namespace) -> Scheme:
    """Return the scheme that was given, else that of the labels of a file, else BIO."""
    given: Scheme | None = arguments.scheme
    if given is not None:
        return given
    if arguments.format not in WITH_LABELS or path == "-":
        return "BIO"
    sentences = read_labelled(path, arguments.format, separator=arguments.separator)
    labels = [sentence.labels for sentence in sentences]
    try:
        return scheme_of(labels)
    except ValueError:
        return first_fitting({label for own in labels for label in own})


def first_fitting(labels: set[str]) -> Scheme:
    """Return the first scheme that has such labels; they may fit several, and mean the same."""
    for scheme in SCHEMES:
        try:
            legal_transitions(sorted(labels), scheme)
        except LabelError:
            continue
        return scheme
    return "BIO"  # whose reader tells the line of what it does not know


def words_of(tokens: Sequence[Any]) -> list[str] | None:
    """Return tokens, or the first column of each, as words; None for attributes."""
    if any(isinstance(token, dict) for token in tokens):
        return None
    return [token if isinstance(token, str) else token[0] for token in tokens]


def vocabulary_of(sentences: Sequence[LabelledSentence]) -> set[str] | None:
    """Return the words of sentences; None where tokens are attributes."""
    lists = [words_of(sentence.tokens) for sentence in sentences]
    if any(words is None for words in lists):
        return None
    return {word for words in lists if words is not None for word in words}


def tagged(sentence: LabelledSentence, labels: Sequence[str]) -> list[tuple[str, str]]:
    """Return the words of a sentence with labels; attributes count as words without a name."""
    words = words_of(sentence.tokens)
    return list(zip([""] * len(labels) if words is None else words, labels, strict=True))
