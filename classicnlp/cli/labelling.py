"""Tokens in, labels out: what ``tag`` and ``ner`` do with lines and columns."""

from __future__ import annotations

import argparse
from argparse import Namespace
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any, NamedTuple

from classicnlp.cli.options import positive
from classicnlp.cli.render_labels import Labelled, shown_block, shown_line
from classicnlp.cli.resources import Labeller
from classicnlp.cli.streams import answer_all
from classicnlp.cli.tokens import (
    Sentence,
    Takes,
    attribute_sentences,
    column_sentences,
    line_sentences,
)
from classicnlp.errors import ModelError

TOKENS_PER_CHUNK = 20_000


class Model(NamedTuple):
    """What labels sentences: a function, the labels that it knows, and what it takes as a token."""

    label: Callable[[list[list[Any]]], list[Labelled]]
    labels: Sequence[str]
    takes: Takes = Takes()


def add_probabilities(parser: argparse.ArgumentParser) -> None:
    """Add the wish for probabilities or for several answers."""
    wish = parser.add_mutually_exclusive_group()
    wish.add_argument(
        "--marginals",
        action="store_true",
        help="write the probability of each label behind it; --json has those of all labels",
    )
    wish.add_argument(
        "--n-best",
        type=positive,
        metavar="K",
        help="write the K best answers of each sentence with their probabilities",
    )


def labelling_model(labeller: Labeller, arguments: Namespace) -> Model:
    """Return what labels sentences in the way that the options ask for."""
    from classicnlp.tagging.names import EntityTagger
    from classicnlp.tagging.pos import PosTagger

    tagger, takes = labeller
    if isinstance(tagger, EntityTagger):
        tagger = tagger.tagger_
    if isinstance(tagger, PosTagger):
        return by_words(tagger.predict, arguments)
    labels = tagger.labels_
    if arguments.marginals:

        def with_marginals(sentences: list[list[Any]]) -> list[Labelled]:
            best, marginals = tagger.predict(sentences), tagger.predict_marginals(sentences)
            return [
                Labelled([(None, path)], own) for path, own in zip(best, marginals, strict=True)
            ]

        return Model(with_marginals, labels, takes)
    if arguments.n_best:

        def several(sentences: list[list[Any]]) -> list[Labelled]:
            found = tagger.n_best(sentences, arguments.n_best)
            return [Labelled([(path.probability, path.labels) for path in own]) for own in found]

        return Model(several, labels, takes)

    def best(sentences: list[list[Any]]) -> list[Labelled]:
        return [Labelled([(None, path)]) for path in tagger.predict(sentences)]

    return Model(best, labels, takes)


def by_words(predict: Callable[[list[str]], list[str]], arguments: Namespace) -> Model:
    """Return a model that labels the words of one sentence at a time."""
    if arguments.marginals or arguments.n_best:
        raise ModelError(
            f"{arguments.model}: the model has no probabilities: --marginals and --n-best need one "
            "trained with --algorithm crf, perceptron or hmm"
        )
    return Model(lambda sentences: [Labelled([(None, predict(words))]) for words in sentences], ())


def label_lines(arguments: Namespace, model: Model) -> None:
    """Answer lines of tokens with lines of tokens and labels."""
    if model.takes.width != 1:
        wanted = "attributes" if model.takes.width is None else f"{model.takes.width} columns"
        form = "crfsuite" if model.takes.width is None else "columns"
        raise ModelError(
            f"{arguments.model}: the model takes tokens of {wanted}: use --format {form}"
        )
    _label_all(arguments, model, line_sentences, shown_line, "lines")


def label_blocks(arguments: Namespace, model: Model) -> None:
    """Answer columns with the same columns and a label behind them, or attributes with labels."""
    read = attribute_sentences if arguments.format == "crfsuite" else column_sentences
    _label_all(arguments, model, read, shown_block, "sentences")


def _label_all(
    arguments: Namespace,
    model: Model,
    read: Callable[[str, Namespace, Takes], Iterator[Sentence]],
    show: Callable[[Namespace, Sequence[str], Sentence, Labelled], str],
    unit: str,
) -> None:
    sentences = (
        sentence for path in arguments.files for sentence in read(path, arguments, model.takes)
    )

    def answer(chunk: list[Sentence]) -> list[str]:
        labelled = model.label([sentence.given for sentence in chunk])
        return list(map(partial(show, arguments, model.labels), chunk, labelled))

    answer_all(arguments, sentences, answer, unit, TOKENS_PER_CHUNK)
