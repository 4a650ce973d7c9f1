"""Perceptron training: the weights of the naive twin, averages, and what it learns."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from classicnlp._ext.perceptron import train_pass
from classicnlp.segmentation.character import CharSegmenter
from classicnlp.tagging import PosTagger
from classicnlp.tagging.perceptron import FORBIDDEN, LinearWeights, Sequences, train
from tests.conftest import Tagged
from tests.reference.perceptron import Perceptron, Place

FEATURES = 5
LABELS = 3


@st.composite
def places(draw: st.DrawFn) -> Place:
    candidates = draw(st.lists(st.integers(0, LABELS - 1), min_size=1, unique=True).map(sorted))
    features = draw(st.lists(st.integers(-1, FEATURES - 1), max_size=3))
    return Place(features, draw(st.sampled_from(candidates)), candidates)


data_sets = st.lists(st.lists(places(), max_size=4), max_size=5)


def offsets_of(lengths: list[int]) -> np.ndarray:
    return np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)


def sequences_of(data: list[list[Place]]) -> Sequences:
    flat = [place for sentence in data for place in sentence]
    return Sequences(
        offsets_of([len(sentence) for sentence in data]),
        offsets_of([len(place.features) for place in flat]),
        np.array([feature for place in flat for feature in place.features], np.int32),
        np.array([place.gold for place in flat], np.uint8),
        offsets_of([len(place.candidates) for place in flat]),
        np.array([label for place in flat for label in place.candidates], np.uint8),
        FEATURES,
        LABELS,
    )


class Arrays:
    """The arrays that `train_pass` changes."""

    def __init__(self) -> None:
        self.rows = np.full(FEATURES, -1, np.int32)
        self.weights = np.zeros((FEATURES + 1, LABELS), np.int32)
        self.sums = np.zeros((FEATURES + 1, LABELS), np.int64)
        self.transitions = np.zeros((LABELS, LABELS), np.int32)
        self.transition_sums = np.zeros((LABELS, LABELS), np.int64)
        self.starts = np.zeros(LABELS, np.int32)
        self.start_sums = np.zeros(LABELS, np.int64)

    def learn(
        self, data: Sequences, order: list[int], step: int = 1, used: int = 0, margin: int = 0
    ) -> tuple[int, int, int]:
        return train_pass(
            data.offsets, data.first, data.features, data.gold,
            data.candidate_first, data.candidate_labels, np.array(order, np.int64),
            step, used, margin, self.rows, self.weights, self.sums,
            self.transitions, self.transition_sums, self.starts, self.start_sums,
        )  # fmt: skip


@given(data_sets, st.integers(0, 3), st.randoms(use_true_random=False))
def test_weights_and_sums_and_mistakes_are_those_of_the_naive_twin(
    data: list[list[Place]], margin: int, random: object
) -> None:
    arrays, twin = Arrays(), Perceptron(LABELS, margin)
    sequences = sequences_of(data)
    step, used = 1, 0
    for _ in range(3):
        order = list(range(len(data)))
        random.shuffle(order)  # type: ignore[attr-defined]
        mistakes, step, used = arrays.learn(sequences, order, step, used, margin)
        assert mistakes == sum(twin.learn(data[s]) for s in order if data[s])
    assert step == len(twin.history)
    assert used == int((arrays.rows >= 0).sum())
    for feature in range(FEATURES):
        row = arrays.rows[feature]
        for label in range(LABELS):
            name = "feature", feature, label
            weight = int(arrays.weights[row, label]) if row >= 0 else 0
            assert weight == twin.weights[name]
            total = int(arrays.sums[row, label]) if row >= 0 else 0
            assert weight - total / step == pytest.approx(twin.average().get(name, 0), abs=1e-9)
    average = twin.average()
    for a in range(LABELS):
        assert arrays.starts[a] == twin.weights["start", a]
        mean = arrays.starts[a] - arrays.start_sums[a] / step
        assert mean == pytest.approx(average.get(("start", a), 0), abs=1e-9)
        for b in range(LABELS):
            assert arrays.transitions[a, b] == twin.weights["transition", a, b]
            mean = arrays.transitions[a, b] - arrays.transition_sums[a, b] / step
            assert mean == pytest.approx(average.get(("transition", a, b), 0), abs=1e-9)


@given(data_sets)
def test_the_average_is_that_of_the_weights_over_all_steps(data: list[list[Place]]) -> None:
    sequences = sequences_of(data)
    twin = Perceptron(LABELS, margin=1)
    generator = np.random.default_rng(7)
    for _, average in train(sequences, 3, seed=7, margin=1):
        for s in generator.permutation(len(data)).tolist():
            if data[s]:
                twin.learn(data[s])
        learnt, expected = average(), twin.average()
        rows = dict(zip(learnt.features.tolist(), learnt.rows.tolist(), strict=True))
        for feature in range(FEATURES):
            row = rows.get(feature, [0.0] * LABELS)
            wanted = [expected.get(("feature", feature, label), 0) for label in range(LABELS)]
            assert row == pytest.approx(wanted, abs=1e-5)
        for a in range(LABELS):
            wanted = [expected.get(("transition", a, b), 0) for b in range(LABELS)]
            assert learnt.transitions[a].tolist() == pytest.approx(wanted, abs=1e-5)


def separable() -> Sequences:
    generator = np.random.default_rng(3)
    data = []
    for _ in range(30):
        labels = generator.integers(0, LABELS, 5).tolist()
        data.append([Place([label, 3 + label % 2], label, [0, 1, 2]) for label in labels])
    return sequences_of(data)


def test_separable_data_is_learnt_without_a_mistake() -> None:
    mistakes = [wrong for wrong, _ in train(separable(), 10, seed=0, margin=0)]
    assert mistakes[0] > 0
    assert mistakes[-1] == 0


def test_with_a_margin_the_right_label_wins_by_it() -> None:
    margin = 5
    *_, (wrong, average) = train(separable(), 60, seed=0, margin=margin)
    assert wrong == 0, "with a margin a place counts as a mistake until it wins by the margin"
    learnt = average()
    weights = dict(zip(learnt.features.tolist(), learnt.rows, strict=True))
    for label in range(LABELS):
        scores = sum(weights.get(f, np.zeros(LABELS)) for f in (label, 3 + label % 2))
        assert int(np.argmax(scores)) == label


def weights_of(data: Sequences, seed: int) -> LinearWeights:
    *_, (_, average) = train(data, 5, seed=seed, margin=2)
    return average()


def test_the_same_seed_gives_the_same_bytes() -> None:
    data = separable()
    one, same, other = weights_of(data, 1), weights_of(data, 1), weights_of(data, 2)
    for name in ("features", "rows", "transitions", "starts"):
        assert getattr(one, name).tobytes() == getattr(same, name).tobytes()
    assert one.rows.tobytes() != other.rows.tobytes()


def test_forbidden_transitions_keep_their_weight_and_are_never_taken() -> None:
    data = separable()
    forbidden = np.zeros((LABELS, LABELS), bool)
    forbidden[0, 1] = forbidden[2, 2] = True
    gold = [[0, 2, 1, 0, 2] for _ in range(9)]
    data = sequences_of([[Place([label], label, [0, 1, 2]) for label in row] for row in gold])
    twin = Perceptron(LABELS, 3, frozenset({(0, 1), (2, 2)}))
    generator = np.random.default_rng(0)
    for wrong, average in train(data, 4, 0, 3, forbidden):
        order = generator.permutation(len(gold)).tolist()
        sentences = [[Place([label], label, [0, 1, 2]) for label in gold[s]] for s in order]
        assert wrong == sum(twin.learn(sentence) for sentence in sentences)
        assert (average().transitions[forbidden] == FORBIDDEN).all()
    assert not twin.weights["transition", 0, 1]
    assert not twin.weights["transition", 2, 2]


def test_no_data_is_no_mistake() -> None:
    arrays = Arrays()
    assert arrays.learn(sequences_of([]), []) == (0, 1, 0)
    assert arrays.learn(sequences_of([[], []]), [1, 0]) == (0, 1, 0)


def test_a_place_without_features_is_learnt_by_its_neighbours() -> None:
    data = [[Place([0], 0, [0, 1, 2]), Place([], 2, [0, 1, 2]), Place([-1], 1, [0, 1, 2])]] * 4
    mistakes = [wrong for wrong, _ in train(sequences_of(data), 9, seed=0, margin=0)]
    assert mistakes[-1] == 0


def test_training_data_is_learnt_by_heart(segmented: list[list[str]], tagged: Tagged) -> None:
    segmenter = CharSegmenter(epochs=30, prune=0.0).fit(segmented)
    right = sum(segmenter.segment("".join(words)) == words for words in segmented)
    assert right >= 0.98 * len(segmented)  # what is left crosses units
    tagger = PosTagger(epochs=15, prune=0.0).fit(tagged)
    words = [[word for word, _ in sentence] for sentence in tagged]
    tags = [tag for sentence in tagged for _, tag in sentence]
    predicted = [tag for sentence in words for tag in tagger.predict(sentence)]
    assert np.mean([a == b for a, b in zip(predicted, tags, strict=True)]) >= 0.99
