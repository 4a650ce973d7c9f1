"""``classicnlp train ner``: texts with names in, a model that finds names out."""

from __future__ import annotations

from argparse import Namespace
from functools import partial

from classicnlp.cli.algorithms import ALGORITHMS, add_tuning, make_tagger
from classicnlp.cli.figures import print_figures
from classicnlp.cli.gold import add_scheme, scheme_in
from classicnlp.cli.options import Subparsers, add_command, add_separator, add_training
from classicnlp.cli.progress import epoch_lines
from classicnlp.cli.training import learn_and_save, read_training, save_with_card, say
from classicnlp.corpus import EntitySentence, read_entities
from classicnlp.corpus.entities import ENTITY_FORMATS
from classicnlp.corpus.schemes import SCHEMES
from classicnlp.spans import Span

ENTITY_FORMAT_HELP = (
    "columns: a character or word a line, its label last (B-PER ...), blank lines between "
    "sentences; weibo: the same, characters with digits behind; uner: Universal NER; cluener: "
    'CLUENER\'s JSON; jsonl: {"text", "entities": [{"start", "end", "label"}]} a line; pfr, slash: '
    "tagged words, names by their tags and brackets"
)
SCHEME_HELP = "how labels mark spans in the file; default: what they look like"

EPILOG = """\
Characters are labelled, so that the model finds names in raw text: 'classicnlp ner'. Ctrl-C ends
the training and saves what was learnt until then.

examples:
  classicnlp train ner --train names.jsonl --format jsonl --dev-fraction 0.1 --out names.model
  classicnlp train ner --train train.bmes --dev dev.bmes --format columns --out names.model
  classicnlp train ner --algorithm perceptron --epochs 10 --train 199801.txt.xz --format pfr \\
    --out names.model
"""


def add(commands: Subparsers) -> None:
    """Add the subcommand."""
    summary = "train a finder of names, or of other spans, in raw text"
    parser = add_command(commands, "ner", run, summary, EPILOG)
    parser.add_argument(
        "--algorithm",
        choices=ALGORITHMS,
        default=ALGORITHMS[0],
        help="conditional random field, structured perceptron, hidden Markov model; "
        "default: %(default)s",
    )
    parser.add_argument("--format", choices=ENTITY_FORMATS, required=True, help=ENTITY_FORMAT_HELP)
    add_separator(parser)
    add_scheme(parser, SCHEME_HELP)
    parser.add_argument(
        "--model-scheme",
        choices=SCHEMES,
        default="BIOES",
        help="how labels mark spans in the model; default: %(default)s",
    )
    add_training(parser)
    add_tuning(parser)


def run(arguments: Namespace) -> None:
    """Train, save, and measure what was saved."""
    from classicnlp.evaluate import entities
    from classicnlp.tagging.names import EntityTagger

    tagger = EntityTagger(make_tagger(arguments, features="names"), arguments.model_scheme)
    scheme = scheme_in(arguments.train[0], arguments)
    read = partial(
        read_entities, format=arguments.format, scheme=scheme, separator=arguments.separator
    )
    train, dev = read_training(arguments, read)
    say(arguments, f"{len(train):,} sentences to train on, {len(dev):,} to measure on")
    texts, spans = texts_and_spans(train)
    held_out = texts_and_spans(dev) if dev else None
    save = partial(save_with_card, tagger, arguments)
    report = epoch_lines(arguments.quiet, "step")
    learn_and_save(arguments, lambda: tagger.fit(texts, spans, dev=held_out, progress=report), save)
    if held_out is not None:
        dev_texts, gold = held_out
        known = {span.text for own in spans for span in own}
        score = entities(gold, tagger.entities_batch(dev_texts), known)
        save({"entity F1": score.f1, "precision": score.precision, "recall": score.recall})
        print_figures({"entities": score}, arguments.json)


def texts_and_spans(sentences: list[EntitySentence]) -> tuple[list[str], list[list[Span]]]:
    """Return texts and their spans apart."""
    return [sentence.text for sentence in sentences], [sentence.spans for sentence in sentences]
