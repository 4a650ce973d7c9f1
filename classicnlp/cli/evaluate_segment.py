"""``classicnlp evaluate segment``: gold words in, precision, recall and F1 out."""

from __future__ import annotations

from argparse import Namespace
from functools import partial

from classicnlp.cli import resources
from classicnlp.cli.figures import print_figures
from classicnlp.cli.options import Subparsers, add_command, add_mode, add_model, user_files
from classicnlp.cli.sentences import read_sentences
from classicnlp.corpus import read_words
from classicnlp.corpus.formats import WORD_FORMATS

EPILOG = """\
The definition is that of the SIGHAN bakeoffs: a word is right if its start and its end are. Words
outside --words count as unknown.

examples:
  classicnlp evaluate segment --gold gold.txt --words training_words.txt
  classicnlp evaluate segment --gold 199801.txt.xz --format pfr --model my.model --json
  classicnlp evaluate segment --gold gold.txt --predicted words.txt
"""


def add(commands: Subparsers) -> None:
    """Add the subcommand."""
    summary = "measure segmentation against gold words"
    parser = add_command(commands, "segment", run, summary, EPILOG)
    parser.add_argument("--gold", required=True, metavar="FILE", help="the right words")
    parser.add_argument(
        "--format",
        choices=WORD_FORMATS,
        default=WORD_FORMATS[0],
        help="how the gold file is written; words: separated by spaces or tabs; bracketed: the "
        "same with [ ] around compounds; pfr, slash, underscore: tagged words; "
        "default: %(default)s",
    )
    parser.add_argument(
        "--predicted",
        metavar="FILE",
        help="words to measure in place of a model's, a sentence a line",
    )
    parser.add_argument("--words", metavar="FILE", help="the training vocabulary, a word a line")
    add_model(parser)
    add_mode(parser)
    parser.add_argument("--json", action="store_true", help="print the figures as JSON")


def run(arguments: Namespace) -> None:
    """Segment the gold file's text and compare."""
    from classicnlp.evaluate import segmentation

    known_words = resources.read_vocabulary(arguments.words)
    gold = read_sentences([arguments.gold], partial(read_words, format=arguments.format))
    if arguments.predicted is not None:
        predicted = list(read_words(arguments.predicted))
    else:
        mode, user_words = arguments.mode, user_files(arguments)
        segmenter = resources.open_segmenter(arguments.model, mode, user_words)
        texts = ["".join(words) for words in gold]
        predicted = segmenter.segment_batch(texts, workers=arguments.workers)
    print_figures({"segmentation": segmentation(gold, predicted, known_words)}, arguments.json)
