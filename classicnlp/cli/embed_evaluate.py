"""``classicnlp embed evaluate``: how good vectors are."""

from __future__ import annotations

from argparse import Namespace
from pathlib import Path
from typing import TYPE_CHECKING

from classicnlp.cli.embed_options import add_method, add_restrict, add_vectors, open_vectors
from classicnlp.cli.figures import print_figures
from classicnlp.cli.options import UTF8_FILES, Subparsers, UsageError, add_command, add_workers

if TYPE_CHECKING:
    from classicnlp.evaluate.scores import Score

EPILOG = """\
A line of a file of similarities is two words and a score, between tabs; a line of a file of
analogies is four words, and ': name' begins a section. What has a word without a vector is left out
and counted.

examples:
  classicnlp embed evaluate --vectors words.vectors --similarity wordsim-240.txt
  classicnlp embed evaluate --vectors sgns.bz2 --analogies ca8.txt --method multiply --json
"""


def add(commands: Subparsers) -> None:
    """Add the subcommand."""
    summary = "measure vectors by similarities and analogies"
    parser = add_command(commands, "evaluate", run, summary, EPILOG)
    add_vectors(parser)
    for name, what in (("similarity", "word word score"), ("analogies", "a b c d")):
        parser.add_argument(
            f"--{name}",
            nargs="+",
            default=[],
            metavar="FILE",
            help=f"files of lines '{what}' ({UTF8_FILES})",
        )
    add_method(parser)
    add_restrict(parser)
    add_workers(parser)
    parser.add_argument("--json", action="store_true", help="print the figures as JSON")


def run(arguments: Namespace) -> None:
    """Measure and print."""
    if not arguments.similarity and not arguments.analogies:
        raise UsageError("name at least one file with --similarity or --analogies")
    vectors = open_vectors(arguments, arguments.vectors)
    scores: dict[str, Score] = {}
    for path in arguments.similarity:
        scores[Path(path).name] = vectors.evaluate_similarity(path)
    for path in arguments.analogies:
        scores[Path(path).name] = vectors.evaluate_analogies(
            path, arguments.method, arguments.restrict, arguments.workers
        )
    print_figures(scores, arguments.json)
