"""``classicnlp lm train``: text in, a language model out."""

from __future__ import annotations

from argparse import ArgumentTypeError, Namespace
from pathlib import Path

from classicnlp.cli.lm_options import add_memory, add_unit, is_arpa, lines_of
from classicnlp.cli.options import (
    Subparsers,
    UsageError,
    add_command,
    add_files,
    add_quiet,
    add_workers,
    natural,
    positive,
    weight,
)
from classicnlp.cli.progress import line_bar
from classicnlp.cli.training import check_folder, save_with_card, say

EPILOG = """\
A line is a sentence: of the words between blanks, or of characters. OUT is a file that loads at
once or, if it is named .arpa or .arpa.gz, one that KenLM and SRILM read.

examples:
  classicnlp lm train --order 3 words.txt --out words.lm
  classicnlp lm train --order 5 --unit char text.txt.xz --out characters.arpa.gz
  classicnlp lm train --smoothing jelinek-mercer --held-out dev.txt words.txt --out words.lm
"""
SMOOTHINGS = (
    "kneser-ney", "witten-bell", "absolute", "jelinek-mercer", "add-k", "maximum-likelihood",
)  # fmt: skip


def add(commands: Subparsers) -> None:
    """Add the subcommand."""
    parser = add_command(commands, "train", run, "train an n-gram language model", EPILOG)
    add_files(parser, "text to learn from", "train")
    parser.add_argument(
        "--order", type=positive, default=3, metavar="N", help="longest n-grams; default: 3"
    )
    parser.add_argument(
        "--smoothing", choices=SMOOTHINGS, default=SMOOTHINGS[0], help="default: %(default)s"
    )
    add_unit(parser, "word")
    parser.add_argument(
        "--pseudocount", type=weight, default=1.0, metavar="X", help="of add-k; default: 1"
    )
    parser.add_argument(
        "--weights",
        type=_numbers,
        metavar="X,X,...",
        help="of jelinek-mercer, from order 1 on; default: learnt",
    )
    parser.add_argument(
        "--held-out",
        nargs="+",
        metavar="FILE",
        help="text to learn the weights of jelinek-mercer from",
    )
    parser.add_argument(
        "--cutoffs",
        type=_counts,
        default=(0,),
        metavar="N,N,...",
        help="leave out n-grams that occur at most so often, from order 1 on; the last is for all "
        "higher orders; default: 0",
    )
    parser.add_argument(
        "--min-count",
        type=positive,
        default=1,
        metavar="N",
        help="words that occur less often are <unk>; default: 1",
    )
    parser.add_argument(
        "--prune",
        type=weight,
        default=0.0,
        metavar="X",
        help="leave out n-grams whose loss raises perplexity by a smaller part, such as 1e-8",
    )
    parser.add_argument("--out", required=True, metavar="OUT", help="the model to write")
    add_memory(parser)
    add_workers(parser)
    add_quiet(parser)


def run(arguments: Namespace) -> None:
    """Train and save."""
    from classicnlp.lm import NgramModel

    check_folder(arguments.out)
    if arguments.held_out and arguments.smoothing != "jelinek-mercer":
        raise UsageError("--held-out is for --smoothing jelinek-mercer")
    if is_arpa(arguments.out) and arguments.smoothing == "add-k":
        raise UsageError("an ARPA file has no room for add-k: choose another name or smoothing")
    model = NgramModel(
        arguments.order,
        arguments.smoothing,
        arguments.unit,
        pseudocount=arguments.pseudocount,
        weights=arguments.weights,
        cutoffs=arguments.cutoffs,
        min_count=arguments.min_count,
        workers=arguments.workers,
        memory=arguments.memory,
    )
    held_out = [Path(path) for path in arguments.held_out or []]
    with line_bar(arguments.quiet) as advance:
        model.fit(lines_of(arguments.train, advance), held_out=held_out or None)
    if arguments.prune:
        model = model.prune(arguments.prune)
    sizes = ", ".join(f"{size:,}" for size in model.sizes_)
    say(arguments, f"n-grams of order 1 to {model.order}: {sizes}")
    if is_arpa(arguments.out):
        model.to_arpa(arguments.out)
    else:
        save_with_card(model, arguments)
    say(arguments, f"saved {arguments.out}")


def _numbers(text: str) -> list[float]:
    """Return the numbers from 0 to below 1 that ``text`` spells."""
    try:
        values = [float(part) for part in text.split(",")]
    except ValueError:
        values = [-1.0]
    if not all(0 <= value < 1 for value in values):
        raise ArgumentTypeError(
            f"expected numbers from 0 to below 1, such as 0.9,0.7: got {text!r}"
        )
    return values


def _counts(text: str) -> tuple[int, ...]:
    """Return the whole numbers that ``text`` spells, which must not fall."""
    values = tuple(natural(part) for part in text.split(","))
    if list(values) != sorted(values):
        raise ArgumentTypeError(f"the numbers must not fall: got {text!r}")
    return values
