"""``classicnlp lm count``: text in, n-grams with their counts out."""

from __future__ import annotations

import argparse
import json
import re
from argparse import Namespace
from pathlib import Path
from typing import TYPE_CHECKING

from classicnlp.cli import resources
from classicnlp.cli.lm_options import add_memory
from classicnlp.cli.options import (
    Subparsers,
    UsageError,
    add_command,
    add_files,
    add_output,
    add_quiet,
    add_workers,
    natural,
    positive,
)
from classicnlp.cli.progress import line_bar
from classicnlp.cli.streams import chunks, open_output
from classicnlp.cli.training import check_folder, say

if TYPE_CHECKING:
    from classicnlp.lm.counts import Ngram

HIGHEST_ORDER = 8
EPILOG = """\
A line of output is an n-gram, a tab and its count; the words of an n-gram stand between spaces.
N-grams do not reach over the ends of lines.

examples:
  classicnlp lm count --order 2 --top 20 text.txt
  classicnlp lm count --order 1-4 --min-count 5 --memory 2G text.txt.xz -o counts.tsv
  classicnlp lm count --order 3 --unit word --boundaries words.txt --save counts.model
  classicnlp lm count --order 2 --segmenter pku --top 100 --json text.txt
"""


def add(commands: Subparsers) -> None:
    """Add the subcommand."""
    parser = add_command(commands, "count", run, "count n-grams of characters or words", EPILOG)
    add_files(parser)
    parser.add_argument(
        "--order",
        type=orders,
        default=orders("1-3"),
        metavar="N",
        help="how long n-grams are, 1 ... 8: a number, several (1,2,4) or a range (1-4); "
        "default: 1-3",
    )
    parser.add_argument(
        "--min-count",
        type=positive,
        default=1,
        metavar="N",
        help="leave out what occurs less often; default: %(default)s",
    )
    parser.add_argument(
        "--unit",
        choices=("char", "word"),
        help="characters, or words between white space; default: char, or word with --segmenter",
    )
    parser.add_argument(
        "--segmenter",
        metavar="NAME-OR-PATH",
        help="a model that cuts raw text into words first, such as pku",
    )
    parser.add_argument(
        "--boundaries",
        action="store_true",
        help="let each line begin with a symbol <s> and end with </s>",
    )
    parser.add_argument(
        "--top",
        type=natural,
        metavar="K",
        help="write the K most frequent ones, by falling count; by default all, order by order",
    )
    add_output(parser)
    parser.add_argument("--json", action="store_true", help="write JSON Lines")
    parser.add_argument(
        "--save",
        metavar="MODEL",
        help="save the counts to a file for NgramCounts.load; text is then written only with "
        "--top or --output",
    )
    add_memory(parser)
    parser.add_argument(
        "--folder", metavar="FOLDER", help="where temporary files go; default: the system's place"
    )
    add_workers(parser)
    add_quiet(parser)


def run(arguments: Namespace) -> None:
    """Count, and write or save the counts."""
    from classicnlp.lm import count_ngrams

    segmenter = None
    if arguments.segmenter is not None:
        if arguments.unit == "char":
            raise UsageError("--segmenter goes with --unit word")
        segmenter = resources.open_pipeline(arguments.segmenter)
    if arguments.save is not None:
        check_folder(arguments.save)
    with line_bar(arguments.quiet, "characters") as advance:
        counts = count_ngrams(
            map(Path, arguments.files),
            arguments.order,
            arguments.min_count,
            unit=arguments.unit or ("char" if segmenter is None else "word"),
            boundaries=arguments.boundaries,
            segmenter=segmenter,
            workers=arguments.workers,
            memory=arguments.memory,
            folder=arguments.folder,
            progress=advance,
        )
    if arguments.save is not None:
        counts.save(arguments.save)
        say(arguments, f"saved {arguments.save}")
        if arguments.top is None and arguments.output == "-":
            return
    shown = counts.items() if arguments.top is None else counts.most_common(arguments.top)
    line = json_line if arguments.json else text_line
    with open_output(arguments.output) as write:
        for chunk in chunks((line(*item) for item in shown), 10_000, 1_000_000):
            write("".join(chunk))


def text_line(ngram: Ngram, count: int) -> str:
    r"""Return an n-gram and its count.

    >>> text_line(("我", "爱"), 2)
    '我 爱\t2\n'
    """
    return f"{ngram if isinstance(ngram, str) else ' '.join(ngram)}\t{count}\n"


def json_line(ngram: Ngram, count: int) -> str:
    r"""Return an n-gram and its count as JSON.

    >>> json_line(("我", "爱"), 2)
    '{"ngram": ["我", "爱"], "count": 2}\n'
    """
    return json.dumps({"ngram": ngram, "count": count}, ensure_ascii=False) + "\n"


def orders(text: str) -> tuple[int, ...]:
    """Return the orders that ``text`` names.

    >>> orders("1,3-5")
    (1, 3, 4, 5)
    """
    found: set[int] = set()
    for part in text.split(","):
        ends = re.fullmatch("([1-8])(?:-([1-8]))?", part)
        if ends is None:
            raise argparse.ArgumentTypeError(
                f"expected numbers from 1 to {HIGHEST_ORDER} such as 2, 1,3 or 1-4, got {text!r}"
            )
        low, high = ends.groups()
        found.update(range(int(low), int(high or low) + 1))
    if not found:
        raise argparse.ArgumentTypeError(f"the range {text!r} is empty: put the lower order first")
    return tuple(sorted(found))
