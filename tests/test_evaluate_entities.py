"""Entities scored: figures computed by hand, conlleval's rules, laws, and what is refused."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from classicnlp.corpus.schemes import SCHEMES, LabelledSpan, Scheme, labels_of, spans_of
from classicnlp.evaluate import entities, labelled_entities
from classicnlp.spans import Span

TEXT = "江泽民在北京会见陈方安生"
GOLD = [
    [Span("江泽民", "PER", 0, 3), Span("北京", "LOC", 4, 6), Span("陈方安生", "PER", 8, 12)],
    [Span("清华大学", "ORG", 0, 4), Span("中国", "LOC", 6, 8)],
    [],
]
PREDICTED = [
    [(0, 3, "PER"), (4, 6, "LOC"), (8, 10, "PER"), (10, 12, "PER")],
    [(0, 4, "LOC"), (6, 8, "LOC")],
    [(2, 3, "ORG")],
]


def test_entities_by_hand() -> None:
    # Right: 江泽民, 北京, 中国. 陈方安生 is cut in two; 清华大学 has another type; one is made up.
    score = entities(GOLD, PREDICTED)
    assert (score.gold_entities, score.predicted_entities, score.correct_entities) == (5, 7, 3)
    assert score.sentences == 3
    assert score.precision == 3 / 7
    assert score.recall == 3 / 5
    assert score.f1 == pytest.approx(1 / 2)
    assert list(score.types) == ["LOC", "ORG", "PER"]
    loc, org, per = score.types.values()
    assert (loc.gold_entities, loc.predicted_entities, loc.correct_entities) == (2, 3, 2)
    assert (org.gold_entities, org.predicted_entities, org.correct_entities) == (1, 1, 0)
    assert (per.gold_entities, per.predicted_entities, per.correct_entities) == (2, 3, 1)
    assert (loc.precision, loc.recall) == (2 / 3, 1)
    assert loc.f1 == pytest.approx(4 / 5)
    assert (org.precision, org.recall, org.f1) == (0, 0, 0)
    assert (per.precision, per.recall) == (1 / 3, 1 / 2)
    assert per.f1 == pytest.approx(2 / 5)
    assert score.macro_f1 == pytest.approx((4 / 5 + 0 + 2 / 5) / 3)
    assert score.unknown_rate is score.unknown_recall is score.known_recall is None


def test_known_and_unknown_entities_by_hand() -> None:
    # Known: 江泽民, 中国 (found), 清华大学. Unknown: 北京 (found), 陈方安生.
    score = entities(GOLD, PREDICTED, {"江泽民", "中国", "清华大学"})
    assert score.unknown_rate == 2 / 5
    assert score.unknown_recall == 1 / 2
    assert score.known_recall == 2 / 3
    everything = entities(GOLD, PREDICTED, [span.text for spans in GOLD for span in spans])
    assert everything.unknown_rate == 0
    assert everything.unknown_recall is None
    assert everything.known_recall == 3 / 5
    nothing = entities(GOLD, PREDICTED, [])
    assert (nothing.unknown_recall, nothing.known_recall) == (3 / 5, None)


def test_conllevals_reading_by_hand() -> None:
    # Gold: LOC 0-2, PER 3-5. Predicted, by conlleval: I-LOC without B begins a span (0-2), I-ORG
    # behind B-PER ends it (3-4) and begins one (4-5), B-PER behind I-ORG another one (5-6).
    gold = ["B-LOC I-LOC O B-PER I-PER O".split()]  # noqa: SIM905
    predicted = ["I-LOC I-LOC O B-PER I-ORG B-PER".split()]  # noqa: SIM905
    score = labelled_entities(gold, predicted)
    assert (score.gold_entities, score.predicted_entities, score.correct_entities) == (2, 4, 1)
    assert (score.precision, score.recall) == (1 / 4, 1 / 2)
    assert score.f1 == pytest.approx(1 / 3)
    assert score.types["LOC"].f1 == 1
    assert score.types["PER"].predicted_entities == 2
    assert score.types["ORG"].gold_entities == 0
    # The gold labels have no ORG, yet it counts among the types.
    assert score.macro_f1 == pytest.approx(1 / 3)


def test_figures_without_anything_to_count() -> None:
    for score in (
        entities([], []),
        entities([[], []], [[], []]),
        labelled_entities([["O"]], [["O"]]),
    ):
        assert (score.precision, score.recall, score.f1, score.macro_f1) == (0, 0, 0, 0)
        assert score.types == {}
    assert entities([[], []], [[], []]).sentences == 2
    assert entities([], [], {"北京"}).unknown_rate == 0
    assert entities([], [], {"北京"}).known_recall is None


def test_an_entity_counts_once_and_may_lie_in_another() -> None:
    outer, inner = (0, 4, "ORG"), (0, 2, "LOC")
    score = entities([[outer, inner, inner]], [[inner, outer, outer, (0, 2, "ORG")]])
    assert (score.gold_entities, score.predicted_entities, score.correct_entities) == (2, 3, 2)


def test_spans_and_tuples_and_iterators_are_alike() -> None:
    gold = (iter((span.start, span.end, span.label) for span in spans) for spans in GOLD)
    assert entities(gold, map(tuple, PREDICTED)) == entities(GOLD, PREDICTED)


spans = st.tuples(st.integers(0, 3), st.integers(4, 6), st.sampled_from("XYZ"))
some_spans = st.lists(spans, max_size=5, unique=True)


@given(st.lists(st.tuples(some_spans, some_spans), max_size=4))
def test_entities_equal_the_reference(
    pairs: list[tuple[list[LabelledSpan], list[LabelledSpan]]],
) -> None:
    gold = [left for left, _ in pairs]
    predicted = [right for _, right in pairs]
    score = entities(gold, predicted)
    assert score.correct_entities == sum(span in b for a, b in pairs for span in a)
    mirrored = entities(predicted, gold)
    assert (mirrored.precision, mirrored.recall) == (score.recall, score.precision)
    assert mirrored.f1 == pytest.approx(score.f1)
    for name in ("gold_entities", "predicted_entities", "correct_entities"):
        parts = (getattr(part, name) for part in score.types.values())
        assert sum(parts) == getattr(score, name)
    same = entities(gold, gold)
    assert (same.f1, same.macro_f1) == ((1, 1) if any(gold) else (0, 0))


@pytest.mark.parametrize("scheme", SCHEMES)
def test_labels_score_as_their_spans(scheme: Scheme) -> None:
    gold = [labels_of(12, spans, scheme) for spans in GOLD]
    predicted = [labels_of(12, spans, scheme) for spans in PREDICTED]
    assert labelled_entities(gold, predicted, scheme) == entities(GOLD, PREDICTED)
    assert [len(spans_of(labels, scheme)) for labels in gold] == [3, 2, 0]


def test_reports_and_dictionaries() -> None:
    score = entities(GOLD, PREDICTED, {"江泽民"})
    assert str(score) == score.report()
    assert score.report() == "\n".join(
        [
            "precision, entities     0.4286   3 of 7 predicted entities",
            "recall, entities        0.6000   3 of 5 gold entities",
            "F1, entities            0.5000   3 sentences",
            "F1, mean of types       0.4000   3 types",
            "unknown entities        0.8000   of the gold entities",
            "recall, unknown         0.5000",
            "recall, known           1.0000",
            "",
            "precision   recall       F1     gold  predicted   type",
            "   0.6667   1.0000   0.8000        2          3   LOC",
            "   0.0000   0.0000   0.0000        1          1   ORG",
            "   0.3333   0.5000   0.4000        2          3   PER",
        ]
    )
    assert "type" not in entities([[]], [[]]).report().split()
    figures = json.loads(json.dumps(score.to_dict()))
    assert figures["types"]["LOC"]["recall"] == 1
    assert figures["correct_entities"] == 3


def test_misuse_of_entities() -> None:
    with pytest.raises(ValueError, match="predicted has 2 sentences, gold has more"):
        entities(GOLD, PREDICTED[:2])
    with pytest.raises(TypeError, match="known_entities is a str"):
        entities(GOLD, PREDICTED, "江泽民")
    with pytest.raises(TypeError, match=r"sentence 1 of gold has the entity .* without its text"):
        entities(PREDICTED, PREDICTED, {"江泽民"})
    wrong: list[Any] = [(0, 1), "PER", ("江", 0, 1), (0, 1, 2), None]
    for entity in wrong:
        with pytest.raises(TypeError, match=r"expected a Span or a tuple \(start, end, type\)"):
            entities([[entity]], [[]])
    with pytest.raises(TypeError, match="sentence 1 of gold is a str"):
        entities([TEXT], [[]])  # type: ignore[list-item]


def test_misuse_of_labelled_entities() -> None:
    with pytest.raises(ValueError, match="sentence 2 has 1 labels in gold, 2 in predicted"):
        labelled_entities([[], ["O"]], [[], ["O", "O"]])
    with pytest.raises(ValueError, match="gold has 0 sentences, predicted has more"):
        labelled_entities([], [["O"]])
    with pytest.raises(ValueError, match="sentence 1: label 'M-X' is not BIO"):
        labelled_entities([["O"]], [["M-X"]])
    with pytest.raises(ValueError, match="no such scheme: 'IOB2'"):
        labelled_entities([], [], "IOB2")  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="sentence 1 of gold is a str"):
        labelled_entities(["BMES"], [["B"]], "BMES")
