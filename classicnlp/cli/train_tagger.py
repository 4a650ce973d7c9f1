"""``classicnlp train tagger``: tagged text in, a model out."""

from __future__ import annotations

from argparse import Namespace
from functools import partial

from classicnlp.cli import resources
from classicnlp.cli.algorithms import (
    ALGORITHMS,
    add_tuning,
    check_tuning,
    given_tuning,
    make_tagger,
)
from classicnlp.cli.figures import print_figures
from classicnlp.cli.gold import (
    add_label_format,
    add_scheme,
    label_reader,
    tagged,
    vocabulary_of,
)
from classicnlp.cli.options import Subparsers, UsageError, add_command, add_training
from classicnlp.cli.progress import epoch_lines
from classicnlp.cli.training import learn_and_save, read_training, save_with_card, say
from classicnlp.corpus import LabelledSentence

POS = "pos"

EPILOG = """\
--algorithm pos is the fastest tagger of words. It goes together with a segmenter: with --segmenter
the model tags raw text. crf, perceptron and hmm label whatever stands in sequence, for 'classicnlp
tag --format'. Ctrl-C ends the training of these and saves what was learnt until then.

examples:
  classicnlp train tagger --train 199801.txt.xz --format pfr --dev-fraction 0.1 --out tagger.model
  classicnlp train tagger --train tagged.txt --format slash --segmenter my.model --out both.model
  classicnlp train tagger --algorithm crf --l2 0.5 --train tagged.txt --format slash --out crf.model
  classicnlp train tagger --algorithm crf --train train.data --format columns --template template \\
    --dev dev.data --out chunks.model
  classicnlp train tagger --algorithm hmm --order 2 --train zh-train.conllu --format conllu \\
    --out hmm.model
"""


def add(commands: Subparsers) -> None:
    """Add the subcommand."""
    summary = "train a tagger of words, characters or other tokens"
    parser = add_command(commands, "tagger", run, summary, EPILOG)
    parser.add_argument(
        "--algorithm",
        choices=(POS, *ALGORITHMS),
        default=POS,
        help="pos: a compiled tagger of parts of speech; crf: conditional random field; "
        "perceptron: averaged structured perceptron; hmm: hidden Markov model; "
        "default: %(default)s",
    )
    add_label_format(parser)
    parser.add_argument(
        "--segmenter",
        metavar="MODEL",
        help="with pos: a model whose segmenter goes into the file, too, so that it can tag raw "
        "text",
    )
    add_scheme(parser, "the scheme of labels that mark spans: predictions never break its rules")
    add_training(parser)
    add_tuning(parser)


def run(arguments: Namespace) -> None:
    """Train, save, and measure what was saved."""
    if arguments.algorithm == POS:
        train_words(arguments)
    else:
        train_sequences(arguments)


def train_words(arguments: Namespace) -> None:
    """Train a tagger of words, and put it behind a segmenter if there is one."""
    from classicnlp.evaluate import tagging
    from classicnlp.tagging import PosTagger

    if arguments.scheme is not None:
        raise UsageError("--scheme is no option of --algorithm pos")
    given = given_tuning(arguments)
    check_tuning(arguments, given, list(PosTagger().get_params()))
    pipeline = None
    if arguments.segmenter is not None:
        pipeline = resources.open_pipeline(arguments.segmenter)
    train, dev = read_training(arguments, label_reader(arguments))
    train_pairs, dev_pairs = pairs_of(train), pairs_of(dev)
    say(arguments, f"{len(train):,} sentences to train on, {len(dev):,} to measure on")
    tagger = PosTagger(**given, **dict(arguments.settings))
    report = epoch_lines(arguments.quiet)
    learn_and_save(
        arguments,
        lambda: tagger.fit(train_pairs, dev=dev_pairs or None, progress=report),
        lambda: (tagger if pipeline is None else pipeline.with_tagger(tagger)).save(arguments.out),
    )
    if dev:
        sentences = [[word for word, _ in pairs] for pairs in dev_pairs]
        predicted = [list(zip(words, tagger.predict(words), strict=True)) for words in sentences]
        score = tagging(dev_pairs, predicted, vocabulary_of(train))
        print_figures({"tagging": score}, arguments.json)


def pairs_of(sentences: list[LabelledSentence]) -> list[list[tuple[str, str]]]:
    """Return words with tags."""
    pairs = []
    for tokens, labels in sentences:
        if not all(isinstance(token, str) for token in tokens):
            raise UsageError(
                "--algorithm pos tags words: for columns or attributes choose another one"
            )
        pairs.append(list(zip(tokens, labels, strict=True)))
    return pairs


def train_sequences(arguments: Namespace) -> None:
    """Train a tagger of any tokens."""
    from classicnlp.evaluate import tagging

    if arguments.segmenter is not None:
        raise UsageError("--segmenter goes with --algorithm pos")
    tagger = make_tagger(arguments, scheme=arguments.scheme)
    if arguments.scheme is not None and "scheme" not in tagger.get_params():
        raise UsageError(f"--scheme is no option of --algorithm {arguments.algorithm}")
    train, dev = read_training(arguments, label_reader(arguments, arguments.scheme or "BIO"))
    say(arguments, f"{len(train):,} sentences to train on, {len(dev):,} to measure on")
    X, y = zip(*train, strict=True)
    held_out = tuple(zip(*dev, strict=True)) if dev else None
    save = partial(save_with_card, tagger, arguments)
    report = epoch_lines(arguments.quiet, "step")
    learn_and_save(arguments, lambda: tagger.fit(X, y, dev=held_out, progress=report), save)
    if dev:
        predicted = tagger.predict([sentence.tokens for sentence in dev])
        score = tagging(
            [tagged(sentence, sentence.labels) for sentence in dev],
            map(tagged, dev, predicted),
            vocabulary_of(train),
        )
        save({"tag accuracy": score.accuracy})
        print_figures({"tagging": score}, arguments.json)
