"""``classicnlp classify train``: documents with their classes in, a model out."""

from __future__ import annotations

import json
from argparse import Namespace
from functools import partial

from classicnlp.cli.labelled_documents import (
    LabelledDocument,
    add_labelled,
    read_labelled_documents,
)
from classicnlp.cli.options import (
    DEFAULT_MODEL,
    Subparsers,
    UsageError,
    add_command,
    add_training,
    add_workers,
    weight,
)
from classicnlp.cli.streams import write_standard_output
from classicnlp.cli.training import read_training, save_with_card, say
from classicnlp.cli.vectorize import ngrams

EPILOG = """\
Needs scikit-learn: pip install 'classicnlp[sklearn]'. Without --dev-fraction nothing is measured.

examples:
  classicnlp classify train --train titles.tsv --dev-fraction 0.1 --out titles.model
  classicnlp classify train --train reviews.csv --format csv --text review --label cat --out r.model
"""
NONE = "none"


def add(commands: Subparsers) -> None:
    """Add the subcommand."""
    parser = add_command(commands, "train", run, "learn to tell the class of documents", EPILOG)
    add_labelled(parser)
    add_training(parser)
    parser.add_argument(
        "--segmenter",
        default=DEFAULT_MODEL,
        metavar="NAME-OR-PATH",
        help="the model that cuts documents into words; default: %(default)s",
    )
    for unit, default in (("word", "1"), ("char", "1-2")):
        parser.add_argument(
            f"--{unit}-ngrams",
            default=default,
            metavar="N",
            help=f"n-grams of {unit}s that are features: a number, a range or 'none'; "
            "default: %(default)s",
        )
    parser.add_argument(
        "--percentile",
        type=weight,
        metavar="X",
        help="how many of each hundred features to keep, by a chi-square test",
    )
    parser.add_argument("--C", type=weight, metavar="X", help="how much errors in training cost")
    add_workers(parser)


def run(arguments: Namespace) -> None:
    """Train, save, and measure what was saved."""
    from classicnlp.vectorize import DocumentClassifier

    given = {name: getattr(arguments, name) for name in ("percentile", "C")}
    classifier = DocumentClassifier(
        arguments.segmenter,
        word_ngrams=_range(arguments.word_ngrams),
        char_ngrams=_range(arguments.char_ngrams),
        workers=arguments.workers,
        **{name: value for name, value in given.items() if value is not None},
    )
    read = partial(read_labelled_documents, arguments=arguments)
    train, dev = read_training(arguments, read)
    say(arguments, f"{len(train):,} documents to train on, {len(dev):,} to measure on")
    try:
        classifier.fit(*_columns(train))
    except ImportError as error:
        raise UsageError(str(error)) from None
    figures = {"accuracy": classifier.score(*_columns(dev))} if dev else None
    save_with_card(classifier, arguments, figures)
    say(arguments, f"saved {arguments.out}")
    if figures is not None:
        shown = json.dumps(figures) if arguments.json else f"accuracy {figures['accuracy']:.4f}"
        write_standard_output(shown + "\n")


def _columns(documents: list[LabelledDocument]) -> tuple[list[str], list[str]]:
    return [document.text for document in documents], [document.label for document in documents]


def _range(text: str) -> tuple[int, int] | None:
    return None if text == NONE else ngrams(text)
