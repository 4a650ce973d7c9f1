"""Tagging measured over given words, and words and tags measured together."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from operator import eq
from typing import Any

from classicnlp.evaluate.alignment import check_same_text, paired, spans, vocabulary
from classicnlp.evaluate.scores import Score, figure_lines, harmonic_mean, ratio, ratio_or_none


@dataclass(frozen=True, slots=True)
class TaggingScore(Score):
    """How many words got the gold tag, the words being given.

    Attributes
    ----------
    accuracy : float
        The share of the words whose tag is the gold tag.
    unknown_rate : float or None
        The share of the words that are not among the known words; None without known words.
    unknown_accuracy : float or None
        The accuracy on these; None where there are none.
    known_accuracy : float or None
        The accuracy on the others; None where there are none.
    words, correct_tags, sentences : int
        The counts.
    """

    accuracy: float
    unknown_rate: float | None
    unknown_accuracy: float | None
    known_accuracy: float | None
    words: int
    correct_tags: int
    sentences: int

    def report(self) -> str:
        """Return the figures for people to read, a line each."""
        counts = f"{self.correct_tags:,} of {self.words:,} words in {self.sentences:,} sentences"
        return figure_lines(
            [
                ("accuracy", self.accuracy, counts),
                ("unknown words", self.unknown_rate, "of the words"),
                ("accuracy, unknown words", self.unknown_accuracy, ""),
                ("accuracy, known words", self.known_accuracy, ""),
            ]
        )


@dataclass(frozen=True, slots=True)
class JointScore(Score):
    """How well predicted words with their tags agree with gold ones.

    Attributes
    ----------
    precision : float
        The share of the predicted words that are gold words with the same tag.
    recall : float
        The share of the gold words that were predicted with the same tag.
    f1 : float
        The harmonic mean of both.
    gold_words, predicted_words, correct_words, sentences : int
        The counts; ``correct_words`` have the right tag, too.
    """

    precision: float
    recall: float
    f1: float
    gold_words: int
    predicted_words: int
    correct_words: int
    sentences: int

    def report(self) -> str:
        """Return the figures for people to read, a line each."""
        of_predicted = f"{self.correct_words:,} of {self.predicted_words:,} predicted words"
        of_gold = f"{self.correct_words:,} of {self.gold_words:,} gold words"
        return figure_lines(
            [
                ("precision, word + tag", self.precision, of_predicted),
                ("recall, word + tag", self.recall, of_gold),
                ("F1, word + tag", self.f1, f"{self.sentences:,} sentences"),
            ]
        )


def tagging(
    gold: Iterable[Iterable[Sequence[Any]]],
    predicted: Iterable[Iterable[Sequence[Any]]],
    known_words: Iterable[str] | None = None,
) -> TaggingScore:
    """Compare predicted with gold tags over the same words.

    Parameters
    ----------
    gold, predicted : iterables of iterables of (str, str, ...)
        The words of each sentence with their tags; what follows in a tuple (the offsets of a
        Token) is not looked at. Both sides must have the same words: see `joint` where they differ.
    known_words : iterable of str, optional
        The training vocabulary, to count unknown and known words apart.

    Returns
    -------
    TaggingScore
        Accuracy over all, unknown and known words, and the counts. 0.0 where there are no words.

    Raises
    ------
    ValueError
        The words of a sentence differ, or one side has more sentences.
    TypeError
        A sentence is a str.

    Examples
    --------
    >>> gold = [[("我", "r"), ("爱", "v"), ("北京", "ns")]]
    >>> predicted = [[("我", "r"), ("爱", "v"), ("北京", "n")]]
    >>> score = tagging(gold, predicted, known_words={"我", "爱"})
    >>> score.correct_tags, score.unknown_accuracy, score.known_accuracy
    (2, 0.0, 1.0)
    """
    known = vocabulary(known_words)
    sentences = word_count = correct_count = unknown_count = unknown_correct = 0
    for number, gold_tokens, predicted_tokens in paired(gold, predicted):
        sentences = number
        words = [token[0] for token in gold_tokens]
        if words != (others := [token[0] for token in predicted_tokens]):
            raise ValueError(_different_words(number, words, others))
        tags = (token[1] for token in gold_tokens)
        right = list(map(eq, tags, (token[1] for token in predicted_tokens)))
        word_count += len(words)
        correct_count += sum(right)
        if known is not None:
            pairs = zip(words, right, strict=True)
            right_unknown = [is_right for word, is_right in pairs if word not in known]
            unknown_count += len(right_unknown)
            unknown_correct += sum(right_unknown)
    return TaggingScore(
        accuracy=ratio(correct_count, word_count),
        unknown_rate=None if known is None else ratio(unknown_count, word_count),
        unknown_accuracy=ratio_or_none(unknown_correct, unknown_count),
        known_accuracy=None
        if known is None
        else ratio_or_none(correct_count - unknown_correct, word_count - unknown_count),
        words=word_count,
        correct_tags=correct_count,
        sentences=sentences,
    )


def joint(
    gold: Iterable[Iterable[Sequence[Any]]], predicted: Iterable[Iterable[Sequence[Any]]]
) -> JointScore:
    """Compare predicted with gold words and tags where the words may differ.

    A predicted word is correct if a gold word has the same start, end and tag (Ng and Low, 2004).

    Parameters
    ----------
    gold, predicted : iterables of iterables of (str, str, ...)
        The words of each sentence with their tags; what follows in a tuple is not looked at. Both
        sides must spell the same texts.

    Returns
    -------
    JointScore
        Precision, recall and F1 over words with tags, and the counts. A figure without anything
        to count is 0.0.

    Raises
    ------
    ValueError
        The texts of a sentence differ, there is an empty word, or one side has more sentences.
    TypeError
        A sentence is a str, or a word is not.

    Examples
    --------
    >>> gold = [[("我", "r"), ("来到", "v"), ("北京", "ns")]]
    >>> predicted = [[("我", "r"), ("来", "v"), ("到", "v"), ("北京", "ns")]]
    >>> score = joint(gold, predicted)
    >>> score.precision, score.correct_words, score.gold_words
    (0.5, 2, 3)
    """
    sentences = gold_count = predicted_count = correct_count = 0
    for number, gold_tokens, predicted_tokens in paired(gold, predicted):
        sentences = number
        gold_words = [token[0] for token in gold_tokens]
        predicted_words = [token[0] for token in predicted_tokens]
        check_same_text(number, gold_words, predicted_words)
        gold_tags = (token[1] for token in gold_tokens)
        predicted_tags = (token[1] for token in predicted_tokens)
        found = set(zip(spans(gold_words), gold_tags, strict=True))
        found.intersection_update(zip(spans(predicted_words), predicted_tags, strict=True))
        gold_count += len(gold_words)
        predicted_count += len(predicted_words)
        correct_count += len(found)
    precision = ratio(correct_count, predicted_count)
    recall = ratio(correct_count, gold_count)
    return JointScore(
        precision=precision,
        recall=recall,
        f1=harmonic_mean(precision, recall),
        gold_words=gold_count,
        predicted_words=predicted_count,
        correct_words=correct_count,
        sentences=sentences,
    )


def _different_words(number: int, gold: Sequence[str], predicted: Sequence[str]) -> str:
    """Say where the words of a sentence differ and what to call instead."""
    pairs = enumerate(zip(gold, predicted, strict=False), 1)
    place = next((index for index, (left, right) in pairs if left != right), None)
    if place is None:
        what = f"gold has {len(gold)} words, predicted {len(predicted)}"
    else:
        what = f"word {place} is {gold[place - 1]!r} in gold, {predicted[place - 1]!r} in predicted"
    return f"sentence {number}: {what}; tagging() wants the same words, joint() does not"
