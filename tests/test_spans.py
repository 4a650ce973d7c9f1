"""Best words and confidences where some words count for more, against every way to cut."""

from __future__ import annotations

import itertools
import time

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from classicnlp._ext.spans import Spans
from classicnlp._ext.userwords import LARGEST_REWARD, NEVER
from tests.reference import spans as reference


@st.composite
def scored_texts(draw: st.DrawFn) -> reference.Text:
    """A text of up to 9 places; small scores make ties, large ones strain the sums."""
    n = draw(st.integers(1, 9))
    generator = np.random.default_rng(draw(st.integers(0, 1 << 30)))
    spread = draw(st.sampled_from([1, 3, 1000, 1 << 20]))
    shares = draw(st.sampled_from([(1, 0, 0, 0), (0.7, 0.2, 0.1, 0), (0.4, 0.2, 0.3, 0.1)]))
    marks = generator.choice([0, 2, 4, 12], n, p=shares)
    every = list(itertools.combinations(range(n + 1), 2))
    kept = [span for span in every if generator.random() < draw(st.sampled_from([0, 0.2, 0.8]))]
    rewards = {}
    for span in kept:
        reward = int(generator.integers(-3 * spread, 3 * spread + 1))
        rewards[span] = NEVER if generator.random() < 0.3 else reward
    return reference.Text(
        generator.integers(-spread, spread + 1, (n, 4)).tolist(),
        generator.integers(-spread, spread + 1, (4, 4)).tolist(),
        generator.integers(-spread, spread + 1, 4).tolist(),
        marks.tolist(),
        rewards,
    )


def spans_of(text: reference.Text) -> Spans:
    rows = [(*span, reward) for span, reward in sorted(text.rewards.items())]
    return Spans(
        np.array(text.scores), np.array(text.transitions), np.array(text.starts),
        np.array(text.marks), np.array(rows, np.int64).reshape(-1, 3),
    )  # fmt: skip


@given(scored_texts())
def test_the_best_words_are_those_of_the_naive_twin(text: reference.Text) -> None:
    ends, score = spans_of(text).best()
    lengths = np.diff(ends, prepend=0).tolist()
    assert score == reference.score(text, lengths)
    assert lengths == reference.best(text)


@given(scored_texts(), st.sampled_from([1.0, 0.1, 1e-3]))
def test_confidences_are_those_of_the_naive_twin(text: reference.Text, scale: float) -> None:
    spans = spans_of(text)
    for lengths in itertools.islice(reference.allowed_cuts(text), 6):
        ends = np.cumsum(lengths)
        expected = reference.confidences(text, lengths, scale)
        # A forbidden word weighs -2**36, of which a double keeps 16 digits.
        assert spans.confidences(ends, scale) == pytest.approx(expected, abs=1e-4)
        if NEVER not in text.rewards.values():
            assert spans.confidences(ends, scale) == pytest.approx(expected, abs=1e-7)


@given(scored_texts())
def test_confidences_of_all_words_over_a_place_add_up_to_one(text: reference.Text) -> None:
    spans = spans_of(text)
    shares: dict[tuple[int, int], float] = {}
    for lengths in reference.allowed_cuts(text):
        found = spans.confidences(np.cumsum(lengths), 0.01).tolist()
        shares.update(zip(reference.spans_of(lengths), found, strict=True))
    for place in range(len(text.scores)):
        whole = sum(share for (start, end), share in shares.items() if start <= place < end)
        assert whole == pytest.approx(1, abs=1e-4)


@given(scored_texts())
def test_the_scores_of_words_add_up_to_that_of_the_path(text: reference.Text) -> None:
    spans = spans_of(text)
    for lengths in itertools.islice(reference.allowed_cuts(text), 6):
        scores = spans.word_scores(np.cumsum(lengths))
        assert scores.sum() == reference.score(text, lengths)


def test_a_forbidden_word_comes_out_where_nothing_else_is_possible() -> None:
    zeros = np.zeros((1, 4))
    spans = Spans(zeros.astype(int), np.zeros((4, 4), int), np.zeros(4, int), [0], [[0, 1, NEVER]])
    ends, score = spans.best()
    assert ends.tolist() == [1]
    assert score == NEVER
    assert spans.confidences([1], 1.0).tolist() == [1.0]


def long_spans(n: int, longest: int) -> Spans:
    generator = np.random.default_rng(n)
    starts = np.repeat(np.arange(n), 2)
    ends = np.minimum(starts + np.tile([1, longest], n), n)
    rows = np.unique(np.stack([starts, ends, np.full(2 * n, 5)], 1), axis=0)
    scores = generator.integers(-99, 99, (n, 4))
    return Spans(scores, np.zeros((4, 4), int), np.zeros(4, int), np.zeros(n, np.uint8), rows)


def test_time_is_linear_in_the_text() -> None:
    """Ten times the text takes far less than a hundred times as long."""
    seconds = []
    for n in (20_000, 200_000):
        spans = long_spans(n, 20)
        begin = time.process_time()
        ends, _ = spans.best()
        assert spans.confidences(ends, 0.1).max() <= 1
        seconds.append(time.process_time() - begin)
    assert seconds[1] < 40 * max(seconds[0], 0.002)


def test_a_text_of_forbidden_words_alone_keeps_its_sums_in_range() -> None:
    n = 300_000
    rows = np.stack([np.arange(n), np.arange(1, n + 1), np.full(n, NEVER)], 1)
    marks = np.full(n, 4, np.uint8)
    spans = Spans(np.zeros((n, 4), int), np.zeros((4, 4), int), np.zeros(4, int), marks, rows)
    ends, score = spans.best()
    assert len(ends) == n
    assert score == n * NEVER


SOUND = {
    "scores": np.zeros((2, 4), np.int32), "transitions": np.zeros((4, 4), np.int32),
    "starts": np.zeros(4, np.int32), "marks": np.zeros(2, np.uint8),
    "matches": np.zeros((0, 3), np.int64),
}  # fmt: skip


@pytest.mark.parametrize(
    ("name", "array"),
    [
        ("scores", np.zeros((0, 4), int)),
        ("scores", np.zeros((2, 3), int)),
        ("scores", np.zeros((2, 4))),
        ("transitions", np.zeros((4, 3), int)),
        ("starts", np.zeros(3, int)),
        ("marks", np.zeros(3, int)),
        ("marks", np.full(2, 256)),
        ("matches", np.zeros((1, 2), int)),
        ("matches", [[0, 3, 0]]),
        ("matches", [[-1, 1, 0]]),
        ("matches", [[1, 1, 0]]),
        ("matches", [[0, 2, 0], [0, 1, 0]]),
        ("matches", [[0, 1, 0], [0, 1, 0]]),
        ("matches", [[0, 1, LARGEST_REWARD + 1]]),
        ("matches", [[0, 1, NEVER - 1]]),
    ],
)
def test_arrays_that_do_not_fit_are_refused(name: str, array: object) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        Spans(**{**SOUND, name: array})


def test_ends_and_scale_are_checked() -> None:
    spans = Spans(**SOUND)
    for wrong in ([], [1], [2, 2], [0, 2], [3], [[2]], [1.0, 2.0]):
        with pytest.raises(ValueError, match="ends"):
            spans.word_scores(wrong)
    for scale in (0.0, -1.0, float("nan"), float("inf")):
        with pytest.raises(ValueError, match="scale"):
            spans.confidences([2], scale)
