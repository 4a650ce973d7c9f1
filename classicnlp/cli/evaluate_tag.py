"""``classicnlp evaluate tag``: gold tags in, accuracy and joint F1 out."""

from __future__ import annotations

from argparse import Namespace
from functools import partial

from classicnlp.cli import resources
from classicnlp.cli.figures import print_figures
from classicnlp.cli.options import Subparsers, add_command, add_model
from classicnlp.cli.sentences import read_sentences
from classicnlp.corpus import read_tagged
from classicnlp.corpus.tagged import TAG_FORMATS

EPILOG = """\
Measured twice: the accuracy of the tags on the gold words, and from raw text precision, recall and
F1 of words whose start, end and tag are all right.

examples:
  classicnlp evaluate tag --gold tagged.txt --format slash
  classicnlp evaluate tag --gold 199801.txt.xz --format pfr --model my.model --json
"""


def add(commands: Subparsers) -> None:
    """Add the subcommand."""
    summary = "measure tagging against gold words and tags"
    parser = add_command(commands, "tag", run, summary, EPILOG)
    parser.add_argument("--gold", required=True, metavar="FILE", help="the right words and tags")
    parser.add_argument(
        "--format",
        choices=TAG_FORMATS,
        required=True,
        help="slash: word/tag; pfr: the same after a line id; underscore: word_TAG",
    )
    parser.add_argument("--words", metavar="FILE", help="the training vocabulary, a word a line")
    add_model(parser)
    parser.add_argument("--json", action="store_true", help="print the figures as JSON")


def run(arguments: Namespace) -> None:
    """Tag the gold file's words, then its text, and compare."""
    from classicnlp.evaluate import joint, tagging

    known_words = resources.read_vocabulary(arguments.words)
    gold = read_sentences([arguments.gold], partial(read_tagged, format=arguments.format))
    pipeline = resources.open_tagging_pipeline(arguments.model, arguments.user_words)
    sentences = [[word for word, _ in sentence] for sentence in gold]
    tagged = [list(zip(words, pipeline.tag_words(words), strict=True)) for words in sentences]
    texts = ["".join(words) for words in sentences]
    tokens = pipeline.tag_batch(texts, workers=arguments.workers)
    print_figures(
        {"tagging": tagging(gold, tagged, known_words), "joint": joint(gold, tokens)},
        arguments.json,
    )
