"""``classicnlp evaluate ner``: gold names in, precision, recall and F1 out."""

from __future__ import annotations

from argparse import Namespace
from functools import partial

from classicnlp.cli import resources
from classicnlp.cli.evaluate_tag import labels_for, labels_of
from classicnlp.cli.figures import print_figures
from classicnlp.cli.gold import add_scheme, first_fitting, label_reader, scheme_in
from classicnlp.cli.options import (
    Subparsers,
    UsageError,
    add_command,
    add_separator,
    add_workers,
)
from classicnlp.cli.sentences import read_sentences
from classicnlp.cli.train_ner import ENTITY_FORMAT_HELP, SCHEME_HELP
from classicnlp.corpus import EntitySentence, read_entities
from classicnlp.corpus.entities import ENTITY_FORMATS
from classicnlp.corpus.schemes import spans_of
from classicnlp.errors import CorpusError
from classicnlp.spans import Span

FORMATS = (*ENTITY_FORMATS, "crfsuite")
OF_TOKENS = ("columns", "weibo", "uner", "cluener", "jsonl", "crfsuite")
FORMAT_HELP = f"{ENTITY_FORMAT_HELP}; crfsuite: a label and attributes a line"

EPILOG = """\
A name is right if its start, its end and its label are (CoNLL-2003). A model of 'train ner' gets
the text; one of 'train tagger' the tokens, and the spans that its labels mark are compared.

examples:
  classicnlp evaluate ner --gold dev.bmes --format columns --model names.model
  classicnlp evaluate ner --gold names.jsonl --format jsonl --model names.model --json
  classicnlp evaluate ner --gold gold.jsonl --format jsonl --predicted found.jsonl
"""


def add(commands: Subparsers) -> None:
    """Add the subcommand."""
    parser = add_command(commands, "ner", run, "measure names against gold names", EPILOG)
    parser.add_argument("--gold", required=True, metavar="FILE", help="texts with the right names")
    parser.add_argument("--format", choices=FORMATS, required=True, help=FORMAT_HELP)
    add_separator(parser)
    add_scheme(parser, SCHEME_HELP)
    source = parser.add_mutually_exclusive_group(required=True)
    source.add_argument("--model", metavar="PATH", help="the model to measure")
    source.add_argument(
        "--predicted",
        metavar="FILE",
        help="names to measure in place of a model's, of the same texts in the same format",
    )
    parser.add_argument(
        "--names",
        metavar="FILE",
        help="the names of the training data, one a line: unknown and known ones are told apart",
    )
    add_workers(parser)
    parser.add_argument("--json", action="store_true", help="print the figures as JSON")
    parser.set_defaults(column="upos")


def run(arguments: Namespace) -> None:
    """Find the names of the gold texts and compare."""
    from classicnlp.pipeline import Pipeline
    from classicnlp.tagging.names import EntityTagger

    known_names = resources.read_vocabulary(arguments.names)
    if arguments.predicted is not None:
        compare_files(arguments, known_names)
        return
    labeller = resources.open_names(arguments.model)
    finder = labeller if isinstance(labeller, Pipeline) else labeller.tagger
    if not isinstance(finder, (EntityTagger, Pipeline)):
        assert isinstance(labeller, resources.Labeller)
        measure_labels(arguments, labeller, known_names)
        return
    gold = read_names(arguments, arguments.gold)
    texts = [sentence.text for sentence in gold]
    print_score(arguments, gold, finder.entities_batch(texts, arguments.workers), known_names)


def compare_files(arguments: Namespace, known_names: set[str] | None) -> None:
    """Compare names that are there already."""
    gold, predicted = (
        read_names(arguments, path) for path in (arguments.gold, arguments.predicted)
    )
    for number, (left, right) in enumerate(zip(gold, predicted, strict=False), 1):
        if left.text != right.text:
            message = f"sentence {number} is {right.text!r}, in {arguments.gold} {left.text!r}"
            raise CorpusError(message, arguments.predicted)
    print_score(arguments, gold, [sentence.spans for sentence in predicted], known_names)


def read_names(arguments: Namespace, path: str) -> list[EntitySentence]:
    """Read texts with their names."""
    if arguments.format not in ENTITY_FORMATS:
        raise UsageError(f"--format {arguments.format} has no texts: it is for models of tokens")
    scheme = scheme_in(path, arguments)
    read = partial(
        read_entities, format=arguments.format, scheme=scheme, separator=arguments.separator
    )
    return read_sentences([path], read)


def measure_labels(
    arguments: Namespace, labeller: resources.Labeller, known_names: set[str] | None
) -> None:
    """Measure a model that labels tokens by the spans that its labels mark."""
    from classicnlp.evaluate import entities

    if known_names is not None:
        raise UsageError("--names goes with models of 'train ner'")
    if arguments.format not in OF_TOKENS:
        raise UsageError(f"--format {arguments.format} is for models of 'train ner'")
    scheme = scheme_in(arguments.gold, arguments)
    gold = read_sentences([arguments.gold], label_reader(arguments, scheme))
    predicted = labels_for(arguments, labeller, gold)
    own = first_fitting(set(labels_of(labeller)))
    score = entities(
        [spans_of(sentence.labels, scheme) for sentence in gold],
        [spans_of(labels, own) for labels in predicted],
    )
    print_figures({"entities": score}, arguments.json)


def print_score(
    arguments: Namespace,
    gold: list[EntitySentence],
    predicted: list[list[Span]],
    known_names: set[str] | None,
) -> None:
    """Print precision, recall and F1."""
    from classicnlp.evaluate import entities

    score = entities([sentence.spans for sentence in gold], predicted, known_names)
    print_figures({"entities": score}, arguments.json)
