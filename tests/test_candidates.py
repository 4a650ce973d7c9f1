"""Viterbi over label sequences: best, by the stated tie rule, at every size."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from classicnlp._ext.candidates import best_path
from tests.reference import candidates as reference


def int32(values: object) -> np.ndarray:
    return np.array(values, np.int32)


@st.composite
def chains(draw: st.DrawFn) -> tuple[list[list[int]], list[list[int]], list[int]]:
    length, labels = draw(st.integers(1, 5)), draw(st.integers(1, 4))
    spread = draw(st.sampled_from([0, 1, 2, 1000, (1 << 31) - 1]))
    row = st.lists(st.integers(-spread, spread), min_size=labels, max_size=labels)
    emissions = draw(st.lists(row, min_size=length, max_size=length))
    transitions = draw(st.lists(row, min_size=labels, max_size=labels))
    return emissions, transitions, draw(row)


@given(chains())
def test_the_path_is_the_best_of_all_and_ties_go_by_the_rule(
    chain: tuple[list[list[int]], list[list[int]], list[int]],
) -> None:
    emissions, transitions, starts = chain
    score, path = best_path(int32(emissions), int32(transitions), int32(starts))
    rows = [dict(enumerate(row)) for row in emissions]
    assert (score, path.tolist()) == reference.best_path(rows, transitions, starts)


def test_of_equal_paths_the_smaller_label_at_the_last_difference_wins() -> None:
    # Only the changes 0 → 1 and 1 → 0 score: 010 and 101 are the best, and 010 ends smaller.
    _, path = best_path(np.zeros((3, 2), np.int32), int32([[0, 1], [1, 0]]), int32([0, 0]))
    assert path.tolist() == [0, 1, 0]


def test_a_sequence_of_no_places_has_an_empty_path_of_score_zero() -> None:
    score, path = best_path(
        np.zeros((0, 3), np.int32), np.zeros((3, 3), np.int32), int32([1, 2, 3])
    )
    assert score == 0
    assert path.dtype == np.uint8
    assert path.shape == (0,)


def test_one_label_leaves_no_choice() -> None:
    score, path = best_path(int32([[5], [-7], [11]]), int32([[100]]), int32([1000]))
    assert score == 5 - 7 + 11 + 200 + 1000
    assert path.tolist() == [0, 0, 0]


def test_256_labels_are_told_apart() -> None:
    generator = np.random.default_rng(0)
    wanted = generator.integers(0, 256, 300)
    wanted[:3] = 255, 0, 255
    emissions = np.zeros((300, 256), np.int32)
    emissions[np.arange(300), wanted] = 1
    score, path = best_path(emissions, np.zeros((256, 256), np.int32), np.zeros(256, np.int32))
    assert score == 300
    assert path.tolist() == wanted.tolist()


def test_scores_are_exact_where_32_bits_would_overflow() -> None:
    largest = (1 << 31) - 1
    emissions = np.full((1000, 2), largest, np.int32)
    score, _ = best_path(emissions, np.full((2, 2), largest, np.int32), int32([largest, 0]))
    assert score == 2000 * largest


def test_the_path_beats_random_ones_where_there_are_too_many_to_list() -> None:
    generator = np.random.default_rng(1)
    emissions = generator.integers(-99, 99, (64, 9)).astype(np.int32)
    transitions = generator.integers(-99, 99, (9, 9)).astype(np.int32)
    starts = generator.integers(-99, 99, 9).astype(np.int32)
    score, path = best_path(emissions, transitions, starts)
    rows = [dict(enumerate(row)) for row in emissions.tolist()]
    args = rows, transitions.tolist(), starts.tolist()
    assert reference.path_score(*args, path.tolist()) == score
    others = generator.integers(0, 9, (200, 64)).tolist()
    assert all(reference.path_score(*args, other) <= score for other in others)


def test_the_published_example_of_healthy_and_fever() -> None:
    """Wikipedia, "Viterbi algorithm": normal, cold, dizzy come from Healthy, Healthy, Fever."""
    start = [0.6, 0.4]
    change = [[0.7, 0.3], [0.4, 0.6]]
    emit = [{"normal": 0.5, "cold": 0.4, "dizzy": 0.1}, {"normal": 0.1, "cold": 0.3, "dizzy": 0.6}]

    def logs(values: object) -> np.ndarray:
        return np.round(np.log(np.array(values)) * 1e6).astype(np.int32)

    seen = [[emit[y][what] for y in range(2)] for what in ("normal", "cold", "dizzy")]
    score, path = best_path(logs(seen), logs(change), logs(start))
    assert path.tolist() == [0, 0, 1]
    assert math.exp(score / 1e6) == pytest.approx(0.01512, rel=1e-5)


@pytest.mark.parametrize(
    ("emissions", "transitions", "starts"),
    [
        ((2, 3), (3, 2), 3),
        ((2, 3), (2, 3), 3),
        ((2, 3), (3, 3), 2),
        ((2, 0), (0, 0), 0),
        ((2, 257), (257, 257), 257),
    ],
)
def test_shapes_that_do_not_fit_are_refused(
    emissions: tuple[int, int], transitions: tuple[int, int], starts: int
) -> None:
    with pytest.raises(ValueError, match="expected"):
        best_path(*(np.zeros(shape, np.int32) for shape in (emissions, transitions, starts)))


@pytest.mark.parametrize("place", range(3))
def test_nothing_is_taken_for_an_array(place: int) -> None:
    arguments = [np.zeros((1, 1), np.int32), np.zeros((1, 1), np.int32), np.zeros(1, np.int32)]
    arguments[place] = None  # type: ignore[call-overload]
    with pytest.raises(TypeError):
        best_path(*arguments)
