"""``classicnlp embed train``: text in, word vectors out."""

from __future__ import annotations

import argparse
import sys
from argparse import Namespace
from pathlib import Path
from typing import TYPE_CHECKING

from classicnlp.cli import resources
from classicnlp.cli.options import (
    Subparsers,
    UsageError,
    add_command,
    add_files,
    add_quiet,
    natural,
    positive,
    weight,
)
from classicnlp.cli.training import check_folder, learn_and_save, say

if TYPE_CHECKING:
    from classicnlp.embed import GloVe, Progress, Word2Vec

GLOVE = "glove"
METHODS = ("skip-gram", "cbow", GLOVE)
TUNING = (
    "dimensions", "window", "negatives", "subsample", "subwords", "buckets", "min_count", "epochs",
    "learning_rate", "seed", "deterministic",
)  # fmt: skip
"""Options that go to the class under the same name if they are given."""
FORMATS = {".vec": "word2vec", ".txt": "word2vec", ".bin": "word2vec-binary"}
PACKED = (".gz", ".xz", ".bz2")

EPILOG = """\
A line is a sentence of words between blanks, or raw text with --segmenter. OUT is a file that loads
at once or, if it is named .txt, .vec or .bin (.gz, .xz and .bz2 may follow), one in the text or the
binary format of word2vec, which other programs read. Ctrl-C ends the training and saves what was
learnt until then.

examples:
  classicnlp embed train words.txt.gz --out words.vectors
  classicnlp embed train --segmenter pku --workers 2 --dimensions 300 text.txt --out words.bin
  classicnlp embed train --method cbow --negatives 10 --subwords 1-3 words.txt --out words.vec
  classicnlp embed train --method glove --window 10 --epochs 25 words.txt --out words.txt.gz
"""


def add(commands: Subparsers) -> None:
    """Add the subcommand."""
    parser = add_command(commands, "train", run, "learn word vectors from text", EPILOG)
    add_files(parser, "text to learn from")
    parser.add_argument(
        "--method", choices=METHODS, default=METHODS[0], help="default: %(default)s"
    )
    parser.add_argument(
        "--segmenter",
        metavar="NAME-OR-PATH",
        help="a model that cuts raw text into words first, such as pku",
    )
    _add_tuning(parser)
    parser.add_argument("--out", required=True, metavar="OUT", help="the vectors to write")
    parser.add_argument(
        "--model",
        metavar="MODEL",
        help="save the model, too, with which Word2Vec.load(MODEL).partial_fit(...) goes on",
    )
    add_quiet(parser)


def _add_tuning(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group(
        "how to learn", "what is not given is the default of the method's class"
    )
    group.add_argument("--dimensions", type=positive, metavar="N", help="numbers of a vector")
    group.add_argument(
        "--window", type=positive, metavar="N", help="how far words around a word may be"
    )
    group.add_argument(
        "--negatives", type=positive, metavar="N", help="noise words; skip-gram, cbow"
    )
    group.add_argument(
        "--hierarchical-softmax",
        action="store_true",
        help="a Huffman tree instead of noise words; skip-gram, cbow",
    )
    group.add_argument(
        "--subsample",
        type=weight,
        metavar="X",
        help="skip some of the words that are a larger share of the text; skip-gram, cbow",
    )
    group.add_argument(
        "--subwords",
        type=_lengths,
        metavar="N-M",
        help="let n-grams of characters have vectors, too, such as 1-3; skip-gram, cbow",
    )
    group.add_argument(
        "--buckets", type=positive, metavar="N", help="vectors of n-grams; skip-gram, cbow"
    )
    group.add_argument("--min-count", type=positive, metavar="N", help="leave rarer words out")
    group.add_argument("--epochs", type=positive, metavar="N", help="passes over the text")
    group.add_argument("--learning-rate", type=weight, metavar="X", help="at the start")
    group.add_argument("--seed", type=natural, metavar="N", help="of all random choices")
    group.add_argument(
        "--workers",
        type=positive,
        default=1,
        metavar="N",
        help="threads; with several no two runs are alike; default: %(default)s",
    )
    group.add_argument(
        "--deterministic",
        action="store_const",
        const=True,
        help="let several threads give the same vectors each time; skip-gram, cbow",
    )


def run(arguments: Namespace) -> None:
    """Learn, and write vectors."""
    check_folder(arguments.out)
    if arguments.model is not None:
        check_folder(arguments.model)
    model = _model(arguments)
    report = None if arguments.quiet else _Lines()

    def save() -> None:
        model._fitted()
        format = _format(arguments.out)
        if format is None:
            model.vectors_.save(arguments.out)
        else:
            model.vectors_.to_file(arguments.out, format)  # type: ignore[arg-type]
        if arguments.model is not None:
            model.save(arguments.model)
        say(arguments, f"{len(model.vectors_):,} words of {model.dimensions} dimensions")

    learn_and_save(arguments, lambda: model.fit(map(Path, arguments.files), progress=report), save)


def _model(arguments: Namespace) -> Word2Vec | GloVe:
    """Return a model with the parameters that were given."""
    from classicnlp.embed import GloVe, Word2Vec

    given = {name: getattr(arguments, name) for name in TUNING}
    given = {name: value for name, value in given.items() if value is not None}
    if arguments.segmenter is not None:
        given["segmenter"] = resources.open_pipeline(arguments.segmenter)
    if arguments.method != GLOVE:
        if arguments.hierarchical_softmax:
            given["objective"] = "hierarchical-softmax"
        return Word2Vec(architecture=arguments.method, workers=arguments.workers, **given)
    if arguments.hierarchical_softmax:
        raise UsageError("--hierarchical-softmax is no option of --method glove")
    for name in given:
        if name not in GloVe().get_params():
            raise UsageError(f"--{name.replace('_', '-')} is no option of --method glove")
    return GloVe(workers=arguments.workers, **given)


def _format(path: str) -> str | None:
    """Return the format that a file's name asks for; None for our own.

    >>> _format("words.vec.gz"), _format("words.bin"), _format("words.vectors")
    ('word2vec', 'word2vec-binary', None)
    """
    suffixes = [suffix for suffix in Path(path).suffixes if suffix not in PACKED]
    return FORMATS.get(suffixes[-1]) if suffixes else None


def _lengths(text: str) -> tuple[int, int]:
    """Return the two lengths that ``text`` spells.

    >>> _lengths("1-3"), _lengths("2")
    ((1, 3), (2, 2))
    """
    low, _, high = text.partition("-")
    try:
        lengths = int(low), int(high or low)
    except ValueError:
        lengths = 0, 0
    if not 1 <= lengths[0] <= lengths[1]:
        raise argparse.ArgumentTypeError(f"expected lengths such as 1-3, got {text!r}")
    return lengths


class _Lines:
    """Prints a line for each epoch and, on a terminal, changes it meanwhile."""

    def __init__(self) -> None:
        self._shown = sys.stderr.isatty()

    def __call__(self, progress: Progress) -> None:
        over = progress.done * progress.epochs >= progress.total * progress.epoch
        if not (self._shown or over):
            return
        line = (
            f"epoch {progress.epoch}/{progress.epochs}  {progress.done / progress.total:6.1%}  "
            f"{progress.per_second:,.0f}/s  learning rate {progress.learning_rate:.5f}  "
            f"loss {progress.loss:.4f}"
        )
        begin, end = ("\r", "\x1b[K") if self._shown else ("", "")
        print(f"{begin}{line}{end}", file=sys.stderr, end="\n" if over else "", flush=True)
