"""Pairs of words and GloVe: the kernels against their references, laws of training, odd input."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from classicnlp._ext import cooccurrence, glove, word2vec
from classicnlp.embed import GloVe, Progress
from classicnlp.embed.glove import stride_over
from classicnlp.embed.matrices import padded, zeros
from classicnlp.embed.pairs import count_pairs
from classicnlp.errors import ModelError
from tests.reference import glove as reference
from tests.test_word2vec import COLOURS, FRUITS, cosine, random_ids, small_text

every_width = pytest.mark.parametrize("lanes", word2vec.LANES)


def counted(pairs: Any) -> dict[tuple[int, int], float]:
    counts = pairs[:, 2].copy().view(np.float32)
    return {
        (row, column): count
        for (row, column), count in zip(pairs[:, :2].tolist(), counts.tolist(), strict=True)
    }


# Counting.


@pytest.mark.parametrize("window", [1, 2, 5, 20, 21, 50])
@pytest.mark.parametrize("words", [1, 2, 63, 64, 65])
def test_pairs_are_those_of_the_reference(window: int, words: int) -> None:
    ids = random_ids(np.random.default_rng(window * words), words, 700)
    pairs = count_pairs(ids, words, window)
    expected = reference.count_pairs(ids.tolist(), window)
    found = counted(pairs)
    assert list(found) == sorted(expected)
    assert found == pytest.approx(
        {pair: float(count) for pair, count in expected.items()}, rel=2e-7
    )
    assert len(found) == len(pairs)


def test_threads_and_files_change_nothing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("classicnlp.embed.pairs.PLACES_AT_ONCE", 50)
    ids = random_ids(np.random.default_rng(1), 40, 2000)
    expected = count_pairs(ids, 40, 7)
    seen: list[int] = []
    for options in ({"workers": 3}, {"memory": 100, "folder": tmp_path}, {"progress": seen.append}):
        assert (count_pairs(ids, 40, 7, **options) == expected).all()  # type: ignore[arg-type]
    assert sum(seen) == (ids >= 0).sum()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("ids", [[], [-1], [0], [0, -1, 0], [-1, -1, 2, -1]])
def test_texts_without_pairs(ids: list[int]) -> None:
    assert count_pairs(np.array(ids, np.int32), 3, 5).shape == (0, 3)


def test_counting_refuses_what_does_not_fit() -> None:
    ids = np.array([0, 1, 2], np.int32)
    with pytest.raises(ValueError, match="words that do not exist"):
        cooccurrence.places_of(ids, 2)
    starts, places = cooccurrence.places_of(ids, 3)
    for window, first, last in ((0, 0, 3), (5, 2, 1), (5, 0, 4), (5, -1, 2)):
        with pytest.raises(ValueError, match="no such words"):
            cooccurrence.count_rows(ids, starts, places, window, first, last)
    with pytest.raises(ValueError, match="outside of the text"):
        cooccurrence.count_rows(ids[:1], starts, places, 5, 0, 3)
    with pytest.raises(ValueError, match="do not fit"):
        cooccurrence.count_rows(ids, starts[::-1].copy(), places, 5, 0, 3)


# The kernel.


def rows_of(source: np.random.Generator, words: int, dimensions: int) -> Any:
    """Return rows of a word and of a context, as matrices of the kernel."""
    half = padded(dimensions + 2)
    both = []
    for fixed in (dimensions + 1, dimensions):
        matrix = zeros(words, 2 * half)
        matrix[:, : dimensions + 2] = source.normal(0, 0.5, (words, dimensions + 2))
        matrix[:, fixed] = 1
        matrix[:, half:] = 1
        both.append(matrix)
    return both


@every_width
@pytest.mark.parametrize("dimensions", [1, 14, 15, 40])
@pytest.mark.parametrize("count", [1, 63, 64, 65, 130])
def test_fitting_is_that_of_the_reference(lanes: int, dimensions: int, count: int) -> None:
    source = np.random.default_rng(dimensions + count)
    words, contexts = rows_of(source, 9, dimensions)
    width = dimensions + 2
    plain = reference.GloVe(
        words[:, :width].astype(float), contexts[:, :width].astype(float), 5, 0.7
    )
    pairs = np.empty((30, 3), np.int32)
    pairs[:, 1::-1] = np.sort(source.integers(0, 9, (30, 2)), axis=1)
    numbers = source.uniform(0.1, 9, 30).astype(np.float32)
    pairs[:, 2] = numbers.view(np.int32)
    trainer = glove.Trainer(
        words, contexts, pairs, dimensions=dimensions, most=5, exponent=0.7, lanes=lanes
    )
    found = trainer.train(3, 11, count, 0.1)
    expected = 0.0
    for i in range(count):
        place = (3 + 11 * i) % 30
        row, column = pairs[place, :2].tolist()
        expected += plain.step(row, column, float(numbers[place]), 0.1)
        if row != column:
            expected += plain.step(column, row, float(numbers[place]), 0.1)
    assert found == pytest.approx(expected, rel=1e-4)
    np.testing.assert_allclose(words[:, :width], plain.words, atol=2e-4)
    np.testing.assert_allclose(contexts[:, :width], plain.contexts, atol=2e-4)
    assert (words[:, dimensions + 1] == 1).all()
    assert (contexts[:, dimensions] == 1).all()


def test_steps_of_the_reference_go_against_the_gradient() -> None:
    source = np.random.default_rng(2)
    words, contexts = (source.normal(0, 0.5, (1, 6)) for _ in range(2))
    words[0, -1] = contexts[0, -2] = 1
    before = (words.copy(), contexts.copy())

    def slope(number: int, k: int) -> float:
        ends = []
        for change in (1e-6, -1e-6):
            moved = [matrix[0].copy() for matrix in before]
            moved[number][k] += change
            ends.append(reference.loss_of(moved[0], moved[1], 3.0, 10.0, 0.75))
        return (ends[0] - ends[1]) / 2e-6

    model = reference.GloVe(words, contexts, 10.0, 0.75)
    model.step(0, 0, 3.0, 0.05)
    for number, fixed in ((0, 5), (1, 4)):
        moved = (words, contexts)[number] - before[number]
        # All squares are 1 at first, so that this step is the plain one.
        expected = [0.0 if k == fixed else -0.05 * slope(number, k) for k in range(6)]
        np.testing.assert_allclose(moved[0], expected, atol=1e-8)


def test_fitting_refuses_what_does_not_fit() -> None:
    words, contexts = rows_of(np.random.default_rng(0), 4, 3)
    pairs = np.array([[3, 0, np.float32(1).view(np.int32)]], np.int32)
    given = {"dimensions": 3, "most": 10, "exponent": 0.75, "lanes": 4}
    trainer = glove.Trainer(words, contexts, pairs, **given)  # type: ignore[arg-type]
    for place, stride, count in ((1, 1, 1), (-1, 1, 1), (0, 2, 1), (0, -1, 1), (0, 1, -1)):
        with pytest.raises(ValueError, match="no such pairs"):
            trainer.train(place, stride, count, 0.1)
    wrong = pairs.copy()
    for place, value in ((0, 4), (0, -1), (1, 4), (2, 0), (2, np.float32("inf").view(np.int32))):
        wrong[:] = pairs
        wrong[0, place] = value
        with pytest.raises(ValueError, match="rows that exist"):
            glove.Trainer(words, contexts, wrong, **given)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="one shape"):
        glove.Trainer(words[:2], contexts, pairs, **given)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="room for the dimensions"):
        glove.Trainer(words, contexts, pairs, **{**given, "dimensions": 15})  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="room for the dimensions"):
        glove.Trainer(words, contexts, pairs[:0], **given)  # type: ignore[arg-type]


@pytest.mark.parametrize("count", [1, 2, 3, 10, 64, 97, 1000])
def test_a_stride_leads_everywhere(count: int) -> None:
    for epoch in range(5):
        stride = stride_over(count, epoch)
        assert 1 <= stride <= count
        assert math.gcd(stride, count) == 1


# Training.


@pytest.mark.parametrize("workers", [1, 2])
def test_words_of_one_kind_become_similar(workers: int) -> None:
    losses: list[Progress] = []
    model = GloVe(8, 3, epochs=30, workers=workers).fit(small_text(), progress=losses.append)
    assert losses[-1].loss < losses[0].loss / 2
    assert losses[-1].done == losses[-1].total == 30 * model.pairs_
    vectors = model.vectors_
    within, across = (
        np.mean([cosine(vectors[a], vectors[b]) for a in COLOURS for b in others if a != b])
        for others in (COLOURS, FRUITS)
    )
    assert within > across + 0.5
    assert model.context_vectors_.vectors.shape == vectors.vectors.shape


def test_the_same_bytes_each_time() -> None:
    one, two = (GloVe(8, min_count=1).fit(small_text()).vectors_.vectors for _ in range(2))
    assert one.tobytes() == two.tobytes()
    other = GloVe(8, min_count=1, seed=1).fit(small_text()).vectors_.vectors
    assert other.tobytes() != one.tobytes()


def test_a_model_comes_back_from_its_file(tmp_path: Path) -> None:
    model = GloVe(8, min_count=1, folder=tmp_path).fit([*small_text(), ["\ud800", "两 字", "😀"]])
    path = tmp_path / "vectors.model"
    model.save(path)
    back = GloVe.load(path)
    assert back.get_params() == {**model.get_params(), "folder": None}
    assert list(back.vectors_.words) == list(model.vectors_.words)
    assert back.vectors_.vectors.tobytes() == model.vectors_.vectors.tobytes()
    assert back.context_vectors_.vectors.tobytes() == model.context_vectors_.vectors.tobytes()
    assert (back.counts_ == model.counts_).all()
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(ModelError, match="truncated"):
        GloVe.load(path)


@pytest.mark.parametrize("text", [[], [["一"]], [["一"], ["一"]], [["一", "二"]]])
def test_nothing_to_learn_from(text: list[list[str]]) -> None:
    with pytest.raises(ValueError, match="no two words that occur min_count = 2 times"):
        GloVe(min_count=2).fit(text)


def test_a_vocabulary_of_one_word() -> None:
    model = GloVe(3, min_count=1).fit([["一", "一"]])
    assert np.isfinite(model.vectors_["一"]).all()


def test_training_that_diverges_is_stopped() -> None:
    with pytest.raises(ValueError, match=r"diverged.*lower learning_rate"):
        GloVe(8, min_count=1, learning_rate=1e30).fit(small_text())


def test_an_interrupt_keeps_what_was_learnt() -> None:
    def interrupt(progress: Progress) -> None:
        raise KeyboardInterrupt

    model = GloVe(8, min_count=1)
    with pytest.raises(KeyboardInterrupt):
        model.fit(small_text(), progress=interrupt)
    assert len(model.vectors_) == 12


@pytest.mark.parametrize(
    ("name", "value"),
    [("dimensions", 0), ("window", 0), ("epochs", 0), ("most", 0.0), ("exponent", -1.0)],
)
def test_parameters_out_of_range(name: str, value: Any) -> None:
    with pytest.raises(ValueError, match=f"{name} must be"):
        GloVe(**{name: value}).fit(small_text())
