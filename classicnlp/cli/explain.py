"""``classicnlp explain``: why a sentence is cut as it is."""

from __future__ import annotations

from argparse import Namespace

from classicnlp.cli import resources
from classicnlp.cli.options import Subparsers, add_command, add_mode, add_words, user_files

EPILOG = """\
Prints the best way to cut the text and the next best, with the score of each word in nats, and for
the word that is wanted whether it comes out, what stands against it, and the bonus that it lacks.

examples:
  classicnlp explain 他说的话是对的 --want 的话
  classicnlp explain 研究生命的起源 --want 研究生 --mode maxmatch
  classicnlp explain 他学云计算 --want 云计算 --user-words my.dict --policy force
"""


def add(commands: Subparsers) -> None:
    """Add the subcommand."""
    summary = "tell why a text is cut as it is, and why a word does not come out"
    parser = add_command(commands, "explain", run, summary, EPILOG)
    parser.add_argument("text", metavar="TEXT", help="a sentence")
    parser.add_argument("--want", metavar="WORD", help="a word that stands in it")
    add_words(parser)
    add_mode(parser)


def run(arguments: Namespace) -> None:
    """Explain the text."""
    user_words = user_files(arguments)
    segmenter = resources.open_segmenter(arguments.model, arguments.mode, user_words)
    print(segmenter.explain(arguments.text, arguments.want))
