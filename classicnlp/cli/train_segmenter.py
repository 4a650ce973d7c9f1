"""``classicnlp train segmenter``: segmented text in, a model out."""

from __future__ import annotations

from argparse import Namespace
from functools import partial

from classicnlp.cli.figures import print_figures
from classicnlp.cli.options import Subparsers, UsageError, add_command, add_epochs, add_training
from classicnlp.cli.progress import epoch_lines
from classicnlp.cli.training import read_training, say
from classicnlp.corpus import read_words
from classicnlp.corpus.formats import WORD_FORMATS

EPILOG = """\
examples:
  classicnlp train segmenter --train words.txt --dev-fraction 0.1 --out my.model
  classicnlp train segmenter --train 199801.txt.xz --format pfr --dev dev.txt --out my.model
"""


def add(commands: Subparsers) -> None:
    """Add the subcommand."""
    summary = "train a segmenter on segmented text"
    parser = add_command(commands, "segmenter", run, summary, EPILOG)
    parser.add_argument(
        "--format",
        choices=WORD_FORMATS,
        default=WORD_FORMATS[0],
        help="words: separated by spaces or tabs; bracketed: the same with [ ] around compounds; "
        "pfr, slash, underscore: tagged words; default: %(default)s",
    )
    parser.add_argument(
        "--lexicon",
        action="append",
        metavar="FILE",
        help="words that may be cut otherwise, in lines 'word [count] [tag]': how far to trust "
        "them is learnt; may be given up to six times; default: the embedded lexicon",
    )
    parser.add_argument(
        "--no-lexicon", action="store_true", help="learn from the training data alone"
    )
    add_training(parser)
    add_epochs(parser, epochs=20, seed=0)


def run(arguments: Namespace) -> None:
    """Train, save, and measure what was saved."""
    from classicnlp.evaluate import segmentation
    from classicnlp.lexicon import Lexicon
    from classicnlp.segmentation import CharSegmenter

    if arguments.lexicon and arguments.no_lexicon:
        raise UsageError("--lexicon and --no-lexicon do not go together")
    lexicons = list(map(Lexicon.from_file, arguments.lexicon)) if arguments.lexicon else None
    train, dev = read_training(arguments, partial(read_words, format=arguments.format))
    say(arguments, f"{len(train):,} sentences to train on, {len(dev):,} to measure on")
    segmenter = CharSegmenter(epochs=arguments.epochs, seed=arguments.seed)
    segmenter.fit(
        train,
        dev=dev or None,
        progress=epoch_lines(arguments.quiet),
        lexicons=[] if arguments.no_lexicon else lexicons,
    )
    segmenter.save(arguments.out)
    say(arguments, f"saved {arguments.out}")
    if dev:
        predicted = segmenter.segment_batch(["".join(words) for words in dev])
        known_words = {word for words in train for word in words}
        print_figures({"segmentation": segmentation(dev, predicted, known_words)}, arguments.json)
