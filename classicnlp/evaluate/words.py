"""Segmentation measured by whole words, as the SIGHAN bakeoffs measure it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from classicnlp.evaluate.alignment import check_same_text, paired, spans, vocabulary
from classicnlp.evaluate.scores import Score, figure_lines, harmonic_mean, ratio, ratio_or_none


@dataclass(frozen=True, slots=True)
class SegmentationScore(Score):
    """How well predicted words agree with gold words.

    Attributes
    ----------
    precision : float
        The share of the predicted words that are gold words.
    recall : float
        The share of the gold words that were predicted.
    f1 : float
        The harmonic mean of both.
    unknown_rate : float or None
        The share of the gold words that are not among the known words; None without known words.
    unknown_recall : float or None
        The recall of these; None where there are none.
    known_recall : float or None
        The recall of the others; None where there are none.
    gold_words, predicted_words, correct_words, sentences : int
        The counts.
    """

    precision: float
    recall: float
    f1: float
    unknown_rate: float | None
    unknown_recall: float | None
    known_recall: float | None
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
                ("precision", self.precision, of_predicted),
                ("recall", self.recall, of_gold),
                ("F1", self.f1, f"{self.sentences:,} sentences"),
                ("unknown words", self.unknown_rate, "of the gold words"),
                ("recall, unknown words", self.unknown_recall, ""),
                ("recall, known words", self.known_recall, ""),
            ]
        )


def segmentation(
    gold: Iterable[Iterable[str]],
    predicted: Iterable[Iterable[str]],
    known_words: Iterable[str] | None = None,
) -> SegmentationScore:
    """Compare predicted with gold segmentation by the definition of the SIGHAN bakeoffs.

    A predicted word is correct if a gold word has the same start and the same end in the sentence
    (Sproat and Emerson, 2003). A figure without anything to count is 0.0.

    Parameters
    ----------
    gold, predicted : iterables of iterables of str
        The words of each sentence; both must spell the same texts.
    known_words : iterable of str, optional
        The training vocabulary: gold words outside it are the unknown ones (OOV), the others the
        known ones (IV).

    Returns
    -------
    SegmentationScore
        Precision, recall, F1, recall of unknown and of known words, and the counts.

    Raises
    ------
    ValueError
        The texts of a sentence differ, there is an empty word, or one side has more sentences.
    TypeError
        A sentence is a str, or a word is not.

    Examples
    --------
    >>> score = segmentation([["我", "来到", "北京"]], [["我", "来", "到", "北京"]], {"我", "来到"})
    >>> score.precision, score.recall, score.unknown_recall, score.known_recall
    (0.5, 0.6666666666666666, 1.0, 0.5)
    """
    known = vocabulary(known_words)
    sentences = gold_count = predicted_count = correct_count = 0
    unknown_count = unknown_correct = 0
    for number, gold_words, predicted_words in paired(gold, predicted):
        check_same_text(number, gold_words, predicted_words)
        sentences = number
        gold_count += len(gold_words)
        predicted_count += len(predicted_words)
        if gold_words == predicted_words:
            correct_words = gold_words
        else:
            gold_spans = spans(gold_words)
            found = set(gold_spans).intersection(spans(predicted_words))
            pairs = zip(gold_words, gold_spans, strict=True)
            correct_words = [word for word, span in pairs if span in found]
        correct_count += len(correct_words)
        if known is not None:
            unknown_count += sum(word not in known for word in gold_words)
            unknown_correct += sum(word not in known for word in correct_words)
    precision = ratio(correct_count, predicted_count)
    recall = ratio(correct_count, gold_count)
    return SegmentationScore(
        precision=precision,
        recall=recall,
        f1=harmonic_mean(precision, recall),
        unknown_rate=None if known is None else ratio(unknown_count, gold_count),
        unknown_recall=ratio_or_none(unknown_correct, unknown_count),
        known_recall=None
        if known is None
        else ratio_or_none(correct_count - unknown_correct, gold_count - unknown_count),
        gold_words=gold_count,
        predicted_words=predicted_count,
        correct_words=correct_count,
        sentences=sentences,
    )
