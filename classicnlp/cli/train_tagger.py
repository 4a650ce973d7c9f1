"""``classicnlp train tagger``: tagged text in, a model out."""

from __future__ import annotations

from argparse import Namespace
from functools import partial

from classicnlp.cli import resources
from classicnlp.cli.figures import print_figures
from classicnlp.cli.options import Subparsers, add_command, add_training
from classicnlp.cli.progress import epoch_lines
from classicnlp.cli.training import read_training, say
from classicnlp.corpus import read_tagged
from classicnlp.corpus.tagged import TAG_FORMATS

EPILOG = """\
examples:
  classicnlp train tagger --train 199801.txt.xz --format pfr --dev-fraction 0.1 --out tagger.model
  classicnlp train tagger --train tagged.txt --format slash --segmenter my.model --out both.model
"""


def add(commands: Subparsers) -> None:
    """Add the subcommand."""
    summary = "train a part-of-speech tagger on tagged text"
    parser = add_command(commands, "tagger", run, summary, EPILOG)
    parser.add_argument(
        "--format",
        choices=TAG_FORMATS,
        required=True,
        help="slash: word/tag; pfr: the same after a line id; underscore: word_TAG",
    )
    parser.add_argument(
        "--segmenter",
        metavar="MODEL",
        help="a model whose segmenter goes into the file, too, so that it can tag raw text",
    )
    add_training(parser, epochs=8)


def run(arguments: Namespace) -> None:
    """Train, save, and measure what was saved."""
    from classicnlp.evaluate import tagging
    from classicnlp.tagging import PosTagger

    pipeline = None
    if arguments.segmenter is not None:
        pipeline = resources.open_pipeline(arguments.segmenter)
    train, dev = read_training(arguments, partial(read_tagged, format=arguments.format))
    say(arguments, f"{len(train):,} sentences to train on, {len(dev):,} to measure on")
    tagger = PosTagger(epochs=arguments.epochs, seed=arguments.seed)
    tagger.fit(train, dev=dev or None, progress=epoch_lines(arguments.quiet))
    if pipeline is None:
        tagger.save(arguments.out)
    else:
        pipeline.with_tagger(tagger).save(arguments.out)
    say(arguments, f"saved {arguments.out}")
    if dev:
        sentences = [[word for word, _ in sentence] for sentence in dev]
        predicted = [list(zip(words, tagger.predict(words), strict=True)) for words in sentences]
        known_words = {word for sentence in train for word, _ in sentence}
        print_figures({"tagging": tagging(dev, predicted, known_words)}, arguments.json)
