"""``classicnlp embed similar``: words in, similar words out."""

from __future__ import annotations

import functools
from argparse import Namespace
from typing import TYPE_CHECKING

from classicnlp.cli.embed_options import add_questions, answer_each, open_vectors
from classicnlp.cli.options import Subparsers, add_command

if TYPE_CHECKING:
    from classicnlp.embed import KeyedVectors

EPILOG = """\
A line in gives a line out: the words most similar to all words of the line, with their cosines,
between tabs. A word after a minus sign is one not to be similar to. The line of a word without a
vector stays empty, and a message says so.

examples:
  echo 北京 | classicnlp embed similar --vectors words.vectors
  echo 国王 女人 -男人 | classicnlp embed similar --vectors sgns.bz2 -k 1
  classicnlp embed similar --vectors vectors.bin --json words.txt -o similar.jsonl
"""


def add(commands: Subparsers) -> None:
    """Add the subcommand."""
    add_questions(add_command(commands, "similar", run, "find similar words", EPILOG))


def run(arguments: Namespace) -> None:
    """Answer every line."""
    vectors = open_vectors(arguments, arguments.vectors)
    ask = functools.partial(vectors.most_similar, k=arguments.k, restrict=arguments.restrict)
    answer_each(arguments, functools.partial(terms, vectors), ask)


def terms(vectors: KeyedVectors, line: str) -> dict[str, list[str]]:
    """Return the words to be similar to, and those not to be."""
    found: dict[str, list[str]] = {"positive": [], "negative": []}
    for word in line.split():
        if word.startswith("-") and len(word) > 1 and word not in vectors:
            found["negative"].append(word[1:])
        else:
            found["positive"].append(word)
    return found
