"""Entities measured by exact span and type, as CoNLL's shared tasks measure them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from classicnlp.corpus.schemes import LabelledSpan, Scheme, as_triple, check_scheme, spans_of
from classicnlp.evaluate.alignment import paired
from classicnlp.evaluate.scores import Score, figure_lines, harmonic_mean, ratio, ratio_or_none
from classicnlp.spans import Span


@dataclass(frozen=True, slots=True)
class TypeScore:
    """How well the entities of one type were found.

    Attributes
    ----------
    precision, recall, f1 : float
        As for all entities, 0.0 where there is nothing to count.
    gold_entities, predicted_entities, correct_entities : int
        The counts; the first is also called the support.
    """

    precision: float
    recall: float
    f1: float
    gold_entities: int
    predicted_entities: int
    correct_entities: int


@dataclass(frozen=True, slots=True)
class EntityScore(Score):
    """How well predicted entities agree with gold ones.

    Attributes
    ----------
    precision : float
        The share of the predicted entities that are gold ones: same start, same end, same type.
    recall : float
        The share of the gold entities that were predicted.
    f1 : float
        The harmonic mean of both, over the entities of all types ("micro").
    macro_f1 : float
        The mean of the types' F1, of those that gold or predicted entities have.
    unknown_rate : float or None
        The share of the gold entities whose text is not among the known ones; None without known
        entities.
    unknown_recall : float or None
        The recall of these; None where there are none.
    known_recall : float or None
        The recall of the others; None where there are none.
    gold_entities, predicted_entities, correct_entities, sentences : int
        The counts.
    types : dict of str to TypeScore
        The same for each type, in alphabetical order.
    """

    precision: float
    recall: float
    f1: float
    macro_f1: float
    unknown_rate: float | None
    unknown_recall: float | None
    known_recall: float | None
    gold_entities: int
    predicted_entities: int
    correct_entities: int
    sentences: int
    types: dict[str, TypeScore]

    def report(self) -> str:
        """Return the figures for people to read, a line each, and a line for each type."""
        of_predicted = (
            f"{self.correct_entities:,} of {self.predicted_entities:,} predicted entities"
        )
        of_gold = f"{self.correct_entities:,} of {self.gold_entities:,} gold entities"
        figures = figure_lines(
            [
                ("precision, entities", self.precision, of_predicted),
                ("recall, entities", self.recall, of_gold),
                ("F1, entities", self.f1, f"{self.sentences:,} sentences"),
                ("F1, mean of types", self.macro_f1, f"{len(self.types)} types"),
                ("unknown entities", self.unknown_rate, "of the gold entities"),
                ("recall, unknown", self.unknown_recall, ""),
                ("recall, known", self.known_recall, ""),
            ]
        )
        header = f"{'precision':>9}{'recall':>9}{'F1':>9}{'gold':>9}{'predicted':>11}   type"
        lines = [
            f"{score.precision:>9.4f}{score.recall:>9.4f}{score.f1:>9.4f}"
            f"{score.gold_entities:>9,}{score.predicted_entities:>11,}   {type}"
            for type, score in self.types.items()
        ]
        return "\n".join([figures, "", header, *lines]) if lines else figures


def entities(
    gold: Iterable[Iterable[LabelledSpan | Span]],
    predicted: Iterable[Iterable[LabelledSpan | Span]],
    known_entities: Iterable[str] | None = None,
) -> EntityScore:
    """Compare predicted with gold entities by exact span and type.

    This is the measure of the CoNLL-2003 shared task (Tjong Kim Sang and De Meulder, 2003).
    Entities may overlap; one that a sentence has twice counts once.

    Parameters
    ----------
    gold, predicted : iterables of iterables of Span or (int, int, str)
        The entities of each sentence, in any order: start, end and type, counted in the same unit
        (characters or tokens) on both sides.
    known_entities : iterable of str, optional
        The texts of the training entities, to count unknown and known ones apart; the gold
        entities must be `Span` then.

    Returns
    -------
    EntityScore
        Precision, recall and F1 over all entities and for each type, and the counts. A figure
        without anything to count is 0.0.

    Raises
    ------
    ValueError
        One side has more sentences.
    TypeError
        An entity is not a span, or has no text to look up among the known entities.

    Examples
    --------
    >>> gold = [[(0, 2, "PER"), (3, 5, "LOC")], [(1, 4, "ORG")]]
    >>> predicted = [[(0, 2, "PER"), (3, 5, "ORG")], []]
    >>> score = entities(gold, predicted)
    >>> score.precision, score.recall, score.types["PER"].f1
    (0.5, 0.3333333333333333, 1.0)
    """
    if isinstance(known_entities, str):
        raise TypeError("known_entities is a str: pass a set or list of entities' texts")
    known = None if known_entities is None else frozenset(known_entities)
    return _score(paired(gold, predicted), known)


def labelled_entities(
    gold: Iterable[Sequence[str]], predicted: Iterable[Sequence[str]], scheme: Scheme = "BIO"
) -> EntityScore:
    """Compare the entities that predicted and gold labels of the same tokens mark.

    Labels are read as ``conlleval`` reads them, illegal sequences too: see
    `classicnlp.corpus.schemes`.

    Parameters
    ----------
    gold, predicted : iterables of sequences of str
        The labels of each sentence, as many on both sides.
    scheme : {"BIO", "IOB1", "BIOES", "BMES", "BILOU"}
        Their scheme.

    Returns
    -------
    EntityScore
        As `entities`.

    Raises
    ------
    ValueError
        A label is none of the scheme, a sentence has more labels on one side, one side has more
        sentences, or there is no such scheme.
    TypeError
        A sentence is a str.

    Examples
    --------
    >>> score = labelled_entities([["B-PER", "I-PER", "O"]], [["B-PER", "I-PER", "I-LOC"]])
    >>> score.precision, score.recall
    (0.5, 1.0)
    """
    return _score(_marked(gold, predicted, scheme), None)


def _marked(
    gold: Iterable[Sequence[str]], predicted: Iterable[Sequence[str]], scheme: Scheme
) -> Iterator[tuple[int, list[LabelledSpan], list[LabelledSpan]]]:
    """Yield sentence number and the spans that the labels of either side mark."""
    check_scheme(scheme)
    for number, left, right in paired(gold, predicted):
        if len(left) != len(right):
            raise ValueError(
                f"sentence {number} has {len(left)} labels in gold, {len(right)} in predicted"
            )
        try:
            yield number, spans_of(left, scheme), spans_of(right, scheme)
        except ValueError as error:
            raise ValueError(f"sentence {number}: {error}") from None


def _score(
    pairs: Iterable[tuple[int, Sequence[LabelledSpan | Span], Sequence[LabelledSpan | Span]]],
    known: frozenset[str] | None,
) -> EntityScore:
    """Count over sentence numbers with gold and predicted spans."""
    sentences = unknown_count = unknown_correct = 0
    in_gold: Counter[str] = Counter()
    in_predicted: Counter[str] = Counter()
    in_both: Counter[str] = Counter()
    for number, gold, predicted in pairs:
        sentences = number
        gold_set = set(map(as_triple, gold))
        predicted_set = set(map(as_triple, predicted))
        in_gold.update(type for _, _, type in gold_set)
        in_predicted.update(type for _, _, type in predicted_set)
        in_both.update(type for _, _, type in gold_set & predicted_set)
        if known is not None:
            unknown = {as_triple(span) for span in gold if _text(span, number) not in known}
            unknown_count += len(unknown)
            unknown_correct += len(unknown & predicted_set)
    types = {
        type: _type_score(in_gold[type], in_predicted[type], in_both[type])
        for type in sorted(in_gold | in_predicted)
    }
    total = _type_score(in_gold.total(), in_predicted.total(), in_both.total())
    known_correct = total.correct_entities - unknown_correct
    known_recall = ratio_or_none(known_correct, total.gold_entities - unknown_count)
    return EntityScore(
        precision=total.precision,
        recall=total.recall,
        f1=total.f1,
        macro_f1=sum(score.f1 for score in types.values()) / len(types) if types else 0.0,
        unknown_rate=None if known is None else ratio(unknown_count, total.gold_entities),
        unknown_recall=ratio_or_none(unknown_correct, unknown_count),
        known_recall=None if known is None else known_recall,
        gold_entities=total.gold_entities,
        predicted_entities=total.predicted_entities,
        correct_entities=total.correct_entities,
        sentences=sentences,
        types=types,
    )


def _type_score(gold: int, predicted: int, correct: int) -> TypeScore:
    precision = ratio(correct, predicted)
    recall = ratio(correct, gold)
    return TypeScore(
        precision=precision,
        recall=recall,
        f1=harmonic_mean(precision, recall),
        gold_entities=gold,
        predicted_entities=predicted,
        correct_entities=correct,
    )


def _text(span: LabelledSpan | Span, number: int) -> str:
    """Return an entity's text, which a plain tuple does not have."""
    if isinstance(span, Span):
        return span.text
    raise TypeError(
        f"sentence {number} of gold has the entity {span!r} without its text: "
        "known_entities needs Span(text, label, start, end)"
    )
