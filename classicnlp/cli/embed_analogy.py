"""``classicnlp embed analogy``: a b c in, the word that is to c as b is to a out."""

from __future__ import annotations

from argparse import Namespace
from typing import TYPE_CHECKING

from classicnlp.cli.embed_options import add_method, add_questions, answer_each, open_vectors
from classicnlp.cli.options import Subparsers, add_command

if TYPE_CHECKING:
    from classicnlp.embed import Neighbour

EPILOG = """\
A line of three words in gives a line out: the words that are to the third as the second is to the
first, with their scores, between tabs. The line of a word without a vector stays empty, and a
message says so.

examples:
  echo 法国 巴黎 日本 | classicnlp embed analogy --vectors words.vectors -k 1
  classicnlp embed analogy --vectors sgns.bz2 --method multiply --restrict 50000 questions.txt
"""


def add(commands: Subparsers) -> None:
    """Add the subcommand."""
    parser = add_command(commands, "analogy", run, "solve analogies", EPILOG)
    add_questions(parser)
    add_method(parser)


def run(arguments: Namespace) -> None:
    """Answer every line."""
    vectors = open_vectors(arguments, arguments.vectors)

    def ask(words: list[str]) -> list[Neighbour]:
        a, b, c = words
        return vectors.analogy(a, b, c, arguments.k, arguments.method, arguments.restrict)

    answer_each(arguments, three_words, ask)


def three_words(line: str) -> dict[str, list[str]]:
    """Return the words of a line: three, or none at all."""
    words = line.split()
    if words and len(words) != 3:
        raise ValueError(f"expected three words such as '法国 巴黎 日本', got {line!r}")
    return {"words": words}
