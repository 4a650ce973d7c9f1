"""The scorers: figures computed by hand, laws, and what is refused."""

from __future__ import annotations

import json
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from classicnlp.evaluate import joint, segmentation, tagging

GOLD = [["我", "来到", "北京", "清华大学"], ["好"]]
PREDICTED = [["我", "来到", "北京清华", "大学"], ["好"]]
KNOWN = {"我", "北京", "好", "大学"}


def spans(words: list[str]) -> set[tuple[int, int]]:
    """The reference: every word's start and end, summed anew each time."""
    return {
        (sum(map(len, words[:index])), sum(map(len, words[: index + 1])))
        for index in range(len(words))
    }


def test_segmentation_by_hand() -> None:
    # Right: 我 来到 好. Unknown gold words: 来到 (found), 清华大学. Known: 我 好 (found), 北京.
    score = segmentation(GOLD, PREDICTED, KNOWN)
    assert (score.gold_words, score.predicted_words, score.correct_words) == (5, 5, 3)
    assert score.sentences == 2
    assert score.precision == score.recall == 3 / 5
    assert score.f1 == pytest.approx(3 / 5)
    assert score.unknown_rate == 2 / 5
    assert score.unknown_recall == 1 / 2
    assert score.known_recall == 2 / 3


def test_precision_and_recall_are_not_mixed_up() -> None:
    score = segmentation([["清华大学"]], [["清华", "大学"]])
    assert (score.precision, score.recall, score.f1) == (0, 0, 0)
    score = segmentation([["在", "清华大学"]], [["在", "清", "华", "大学"]])
    assert (score.precision, score.recall) == (1 / 4, 1 / 2)
    assert score.f1 == pytest.approx(1 / 3)


def test_equal_words_at_other_places_are_wrong() -> None:
    assert segmentation([["好", "好好"]], [["好好", "好"]]).correct_words == 0


def test_figures_without_anything_to_count() -> None:
    score = segmentation([], [], KNOWN)
    assert (score.precision, score.recall, score.f1, score.unknown_rate) == (0, 0, 0, 0)
    assert score.unknown_recall is None
    assert score.known_recall is None
    assert segmentation([[]], [[]]).sentences == 1
    plain = segmentation(GOLD, PREDICTED)
    assert plain.unknown_rate is plain.unknown_recall is plain.known_recall is None
    assert segmentation(GOLD, PREDICTED, set()).unknown_rate == 1


def test_iterators_and_tuples_are_read_once() -> None:
    gold = (tuple(words) for words in GOLD)
    predicted = (iter(words) for words in PREDICTED)
    assert segmentation(gold, predicted, iter(KNOWN)) == segmentation(GOLD, PREDICTED, KNOWN)


TEXT = st.text("我来到北京", min_size=1, max_size=12)


@st.composite
def two_segmentations(draw: st.DrawFn) -> tuple[list[str], list[str]]:
    text = draw(TEXT)

    def cut() -> list[str]:
        places = draw(st.sets(st.integers(1, len(text))))
        bounds = [0, *sorted(places - {len(text)}), len(text)]
        return [text[start:end] for start, end in pairwise(bounds)]

    return cut(), cut()


@given(st.lists(two_segmentations(), max_size=4), st.sets(TEXT))
def test_segmentation_equals_the_reference(
    pairs: list[tuple[list[str], list[str]]], known: set[str]
) -> None:
    gold = [left for left, _ in pairs]
    predicted = [right for _, right in pairs]
    score = segmentation(gold, predicted, known)
    assert score.correct_words == sum(len(spans(a) & spans(b)) for a, b in pairs)
    mirrored = segmentation(predicted, gold)
    assert (mirrored.precision, mirrored.recall) == (score.recall, score.precision)
    unknown = sum(word not in known for words in gold for word in words)
    parts = (score.unknown_recall or 0) * unknown
    parts += (score.known_recall or 0) * (score.gold_words - unknown)
    assert parts == pytest.approx(score.correct_words)


def test_texts_that_differ_are_shown() -> None:
    message = (
        r"sentence 2: the texts differ at character 3 \(counted from 0\): gold has '我来到北京'"
    )
    with pytest.raises(ValueError, match=message + ", predicted has '我来到南京'"):
        segmentation([["好"], ["我来到", "北京"]], [["好"], ["我", "来到南京"]])
    with pytest.raises(
        ValueError, match=r"differ at character 2 .*gold has '北京', predicted has '北京市'"
    ):
        segmentation([["北京"]], [["北京市"]])


def test_other_misuse_of_segmentation() -> None:
    with pytest.raises(ValueError, match="predicted has 1 sentences, gold has more"):
        segmentation(GOLD, PREDICTED[:1])
    with pytest.raises(ValueError, match="gold has 0 sentences, predicted has more"):
        segmentation([], PREDICTED)
    with pytest.raises(ValueError, match="sentence 1 of predicted has an empty word"):
        segmentation([["好"]], [["好", ""]])
    with pytest.raises(TypeError, match="sentence 1 of gold is a str"):
        segmentation(["我来到"], [["我来到"]])
    with pytest.raises(TypeError, match="sentence 1 of gold has a tuple where a word"):
        segmentation([[("好", "a")]], [["好"]])  # type: ignore[list-item]
    with pytest.raises(TypeError, match="known_words is a str"):
        segmentation(GOLD, PREDICTED, "我来到")


TAGGED = [[("我", "r"), ("来到", "v"), ("北京", "ns")], [("好", "a")]]
RETAGGED = [[("我", "r"), ("来到", "v"), ("北京", "n")], [("好", "d")]]


def test_tagging_by_hand() -> None:
    score = tagging(TAGGED, RETAGGED, {"我", "北京"})
    assert (score.words, score.correct_tags, score.sentences) == (4, 2, 2)
    assert score.accuracy == 1 / 2
    assert score.unknown_rate == 1 / 2
    # Unknown: 来到 (right), 好; known: 我 (right), 北京.
    assert (score.unknown_accuracy, score.known_accuracy) == (1 / 2, 1 / 2)
    assert tagging(TAGGED, TAGGED, {"我"}).unknown_accuracy == 1
    plain = tagging(TAGGED, RETAGGED)
    assert plain.unknown_rate is plain.unknown_accuracy is plain.known_accuracy is None
    assert tagging([], []).accuracy == 0


def test_longer_tuples_are_tokens() -> None:
    tokens = [[("我", "r", 0, 1), ("来到", "v", 1, 3), ("北京", "n", 3, 5)], [("好", "d", 0, 1)]]
    assert tagging(TAGGED, tokens) == tagging(TAGGED, RETAGGED)
    assert joint(TAGGED, tokens) == joint(TAGGED, RETAGGED)


def test_tagging_wants_the_same_words() -> None:
    with pytest.raises(ValueError, match="sentence 1: word 2 is '来到' in gold, '来' in predicted"):
        tagging(TAGGED[:1], [[("我", "r"), ("来", "v"), ("到", "v"), ("北京", "ns")]])
    with pytest.raises(ValueError, match="gold has 1 words, predicted 0"):
        tagging([[("好", "a")]], [[]])


def test_joint_by_hand() -> None:
    predicted = [[("我", "r"), ("来", "v"), ("到", "v"), ("北京", "ns")], [("好", "d")]]
    score = joint(TAGGED, predicted)
    # Right: 我/r 北京/ns; 好 has the wrong tag, 来到 is cut.
    assert (score.correct_words, score.gold_words, score.predicted_words) == (2, 4, 5)
    assert (score.precision, score.recall) == (2 / 5, 2 / 4)
    assert score.f1 == pytest.approx(4 / 9)
    assert joint([], []).f1 == 0


@given(two_segmentations())
def test_joint_with_one_tag_is_segmentation(pair: tuple[list[str], list[str]]) -> None:
    gold, predicted = ([[(word, "n") for word in words]] for words in pair)
    words = segmentation([pair[0]], [pair[1]])
    score = joint(gold, predicted)
    assert (score.precision, score.recall, score.f1) == (words.precision, words.recall, words.f1)


def test_joint_wants_the_same_text() -> None:
    with pytest.raises(ValueError, match="sentence 1: the texts differ at character 0"):
        joint([[("好", "a")]], [[("坏", "a")]])


def test_reports_and_json() -> None:
    score = segmentation(GOLD, PREDICTED, KNOWN)
    assert str(score) == score.report()
    assert "precision               0.6000   3 of 5 predicted words" in score.report()
    assert "recall, unknown words   0.5000" in score.report()
    assert "unknown" not in segmentation(GOLD, PREDICTED).report()
    assert json.loads(json.dumps(score.to_dict()))["known_recall"] == score.known_recall
    assert (
        tagging(TAGGED, RETAGGED).report()
        == "accuracy                0.5000   2 of 4 words in 2 sentences"
    )
    assert joint(TAGGED, RETAGGED).to_dict()["correct_words"] == 2
    assert "F1, word + tag          0.5000" in str(joint(TAGGED, RETAGGED))
