"""``classicnlp evaluate tag``: gold tags in, accuracy and joint F1 out."""

from __future__ import annotations

import sys
from argparse import Namespace
from collections.abc import Sequence
from typing import Any

from classicnlp.cli import resources
from classicnlp.cli.figures import print_figures
from classicnlp.cli.gold import add_label_format, label_reader, tagged, words_of
from classicnlp.cli.options import Subparsers, add_command, add_model, user_files
from classicnlp.cli.sentences import read_sentences
from classicnlp.corpus import LabelledSentence
from classicnlp.errors import CorpusError, ModelError

EPILOG = """\
A model that cuts text is measured twice: the accuracy of the tags on the gold words, and from raw
text precision, recall and F1 of words whose start, end and tag are all right. One that labels
tokens is measured on the gold tokens.

examples:
  classicnlp evaluate tag --gold tagged.txt --format slash
  classicnlp evaluate tag --gold 199801.txt.xz --format pfr --model my.model --json
  classicnlp evaluate tag --gold test.data --format columns --model chunks.model
"""


def add(commands: Subparsers) -> None:
    """Add the subcommand."""
    summary = "measure tagging against gold words and tags"
    parser = add_command(commands, "tag", run, summary, EPILOG)
    parser.add_argument("--gold", required=True, metavar="FILE", help="the right words and tags")
    add_label_format(parser)
    parser.add_argument(
        "--words",
        metavar="FILE",
        help="the training vocabulary, a word a line: unknown and known words are told apart",
    )
    add_model(parser)
    parser.add_argument("--json", action="store_true", help="print the figures as JSON")


def run(arguments: Namespace) -> None:
    """Tag the gold file's words, then its text, and compare."""
    known_words = resources.read_vocabulary(arguments.words)
    labeller = resources.open_labeller(arguments.model, user_files(arguments))
    if labeller is None:
        measure_pipeline(arguments, known_words)
    else:
        measure_labeller(arguments, labeller, known_words)


def measure_pipeline(arguments: Namespace, known_words: set[str] | None) -> None:
    """Measure a model that cuts text."""
    from classicnlp.evaluate import joint, tagging

    pipeline = resources.open_tagging_pipeline(arguments.model, user_files(arguments))
    read = read_sentences([arguments.gold], label_reader(arguments))
    gold = [tagged(sentence, sentence.labels) for sentence in read]
    sentences = [required_words(arguments, sentence.tokens) for sentence in read]
    predicted = [list(zip(words, pipeline.tag_words(words), strict=True)) for words in sentences]
    texts = ["".join(words) for words in sentences]
    tokens = pipeline.tag_batch(texts, workers=arguments.workers)
    print_figures(
        {"tagging": tagging(gold, predicted, known_words), "joint": joint(gold, tokens)},
        arguments.json,
    )


def measure_labeller(
    arguments: Namespace, labeller: resources.Labeller, known_words: set[str] | None
) -> None:
    """Measure a model that labels tokens."""
    from classicnlp.evaluate import tagging

    gold = read_sentences([arguments.gold], label_reader(arguments))
    predicted = labels_for(arguments, labeller, gold)
    note_unknown_labels(gold, labels_of(labeller))
    figures = tagging(
        [tagged(sentence, sentence.labels) for sentence in gold],
        map(tagged, gold, predicted),
        known_words if words_of(gold[0].tokens) is not None else None,
    )
    print_figures({"tagging": figures}, arguments.json)


def labels_for(
    arguments: Namespace, labeller: resources.Labeller, gold: Sequence[LabelledSentence]
) -> list[list[str]]:
    """Return what a tagger says of gold tokens."""
    from classicnlp.tagging.names import EntityTagger
    from classicnlp.tagging.pos import PosTagger

    tagger = labeller.tagger
    if isinstance(tagger, EntityTagger):
        raise ModelError(f"{arguments.model}: the model finds names: 'classicnlp evaluate ner'")
    tokens = [given_tokens(arguments, sentence.tokens, labeller.takes.width) for sentence in gold]
    if labeller.takes.of_characters:
        check_characters(arguments, tokens)
    if isinstance(tagger, PosTagger):
        return list(map(tagger.predict, tokens))
    return tagger.predict(tokens)


def labels_of(labeller: resources.Labeller) -> Sequence[str]:
    """Return the labels that a tagger knows."""
    from classicnlp.tagging.pos import PosTagger

    tagger = labeller.tagger
    return tagger.tags_ if isinstance(tagger, PosTagger) else tagger.labels_


def note_unknown_labels(gold: Sequence[LabelledSentence], labels: Sequence[str]) -> None:
    """Tell on standard error which gold labels can never come out."""
    unknown = sorted({label for sentence in gold for label in sentence.labels} - set(labels))
    if unknown:
        shown = " ".join(unknown[:10]) + (" ..." if len(unknown) > 10 else "")
        print(f"gold labels that the model does not have: {shown}", file=sys.stderr)


def check_characters(arguments: Namespace, sentences: list[list[Any]]) -> None:
    """Raise a CorpusError if a token is not one character."""
    for number, tokens in enumerate(sentences, 1):
        for token in tokens:
            if len(token) != 1:
                message = f"sentence {number}: the model labels single characters, got {token!r}"
                raise CorpusError(message, arguments.gold)


def given_tokens(arguments: Namespace, tokens: list[Any], width: int | None) -> list[Any]:
    """Return gold tokens as a model takes them that was trained on so many columns."""
    of_attributes = isinstance(tokens[0], dict)
    if width is None or of_attributes:
        if width is None and of_attributes:
            return tokens
        kinds = ("words or columns", "attributes")
        wanted, got = kinds if of_attributes else reversed(kinds)
        raise CorpusError(f"the model takes {wanted}, the file has {got}", arguments.gold)
    rows = [(token,) if isinstance(token, str) else token for token in tokens]
    if len(rows[0]) < width:
        raise CorpusError(
            f"the model takes {width} columns besides the label, the file has {len(rows[0])}",
            arguments.gold,
        )
    return [row[0] if width == 1 else row[:width] for row in rows]


def required_words(arguments: Namespace, tokens: list[Any]) -> list[str]:
    """Return the words of a gold sentence."""
    words = words_of(tokens)
    if words is None:
        raise CorpusError("the model takes words, the file has attributes", arguments.gold)
    return words
