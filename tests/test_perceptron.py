"""Perceptron training: the weights of the naive twin, averages, and what it learns."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from classicnlp._ext.perceptron import RULES, Learner
from classicnlp.arrays import offsets_of
from classicnlp.segmentation.character import CharSegmenter
from classicnlp.tagging import PosTagger
from classicnlp.tagging.perceptron import (
    FORBIDDEN,
    SEQUENCES_AT_ONCE,
    LinearWeights,
    Sequences,
    Step,
    learn,
    train,
)
from tests.conftest import Tagged
from tests.reference.perceptron import Perceptron, Place

FEATURES = 5
LABELS = 3
EDGES = 2
EVERY = list(range(LABELS))
PAIRS = frozenset({(0, 0, 1), (0, 2, 2), (1, 0, 0), (1, 1, 0), (1, 1, 2), (1, 2, 1)})

Data = list[list[Place]]


@st.composite
def places(draw: st.DrawFn) -> Place:
    candidates = draw(st.lists(st.integers(0, LABELS - 1), min_size=1, unique=True).map(sorted))
    features = draw(st.lists(st.integers(-1, FEATURES - 1), max_size=3))
    return Place(features, draw(st.sampled_from(candidates)), candidates)


@st.composite
def rich_places(draw: st.DrawFn) -> Place:
    features = draw(st.lists(st.integers(0, FEATURES - 1), max_size=3))
    values = [draw(st.sampled_from([0.25, 0.5, 1.0, -2.0, 3.0])) for _ in features]
    edges = draw(st.lists(st.integers(0, EDGES - 1), max_size=2).map(tuple))
    return Place(features, draw(st.sampled_from(EVERY)), EVERY, values, edges)


data_sets = st.lists(st.lists(places(), max_size=4), max_size=5)
rich_data_sets = st.lists(st.lists(rich_places(), max_size=4), max_size=5)


def sequences_of(data: Data, rich: bool = False, labels: int = LABELS) -> Sequences:
    flat = [place for sentence in data for place in sentence]
    values = [value for place in flat for value in place.values or ()]
    plain = Sequences(
        offsets_of([len(sentence) for sentence in data]),
        offsets_of([len(place.features) for place in flat]),
        np.array([feature for place in flat for feature in place.features], np.int32),
        np.array([place.gold for place in flat], np.uint8),
        offsets_of([len(place.candidates) for place in flat]),
        np.array([label for place in flat for label in place.candidates], np.uint8),
        FEATURES,
        labels,
    )
    if not rich:
        return plain
    return plain._replace(
        candidate_first=None,
        candidate_labels=None,
        values=np.array(values, np.float64),
        edge_first=offsets_of([len(place.edges) for place in flat]),
        edges=np.array([edge for place in flat for edge in place.edges], np.int32),
    )


def learner_of(pairs: frozenset[tuple[int, int, int]] = frozenset()) -> Learner:
    ordered = sorted(pairs)
    first = offsets_of([sum(pair[0] == edge for pair in ordered) for edge in range(EDGES)])
    return Learner(FEATURES, LABELS, first, np.array([a * LABELS + b for _, a, b in ordered], "i4"))


def assert_same(learner: Learner, twin: Perceptron, near: float = 1e-9) -> None:
    """Assert that weights, and weights averaged over the steps, are those of the twin."""
    assert learner.step == len(twin.history)
    assert learner.used == int((learner.rows >= 0).sum())
    average = twin.average()

    def check(name: tuple[object, ...], weight: float, total: float) -> None:
        assert weight == pytest.approx(twin.weights[name], abs=near)
        assert weight - total / learner.step == pytest.approx(average.get(name, 0), abs=near)

    for feature, label in itertools.product(range(FEATURES), EVERY):
        row = learner.rows[feature]
        weight = learner.weights[row, label] if row >= 0 else 0.0
        total = learner.sums[row, label] if row >= 0 else 0.0
        check(("feature", feature, label), float(weight), float(total))
    for a in EVERY:
        check(("start", a), learner.chain[0, a], learner.chain_sums[0, a])
        for b in EVERY:
            name = "transition", a, b
            check(name, learner.chain[a + 1, b], learner.chain_sums[a + 1, b])
    for number, pair in enumerate(sorted(twin.pairs)):
        check(("edge", *pair), learner.edge_weights[number], learner.edge_sums[number])


@given(data_sets, st.integers(0, 3), st.randoms(use_true_random=False))
def test_weights_and_sums_and_mistakes_are_those_of_the_naive_twin(
    data: Data, margin: int, random: object
) -> None:
    learner, twin = learner_of(), Perceptron(LABELS, margin)
    sequences = sequences_of(data)
    for _ in range(3):
        order = list(range(len(data)))
        random.shuffle(order)  # type: ignore[attr-defined]
        mistakes = learn(learner, sequences, np.array(order, np.int64), Step(margin=margin))
        assert mistakes == sum(twin.learn(data[s]) for s in order if data[s])
    assert_same(learner, twin)


@given(rich_data_sets, st.integers(0, 2))
def test_values_and_features_of_transitions_are_those_of_the_naive_twin(
    data: Data, margin: int
) -> None:
    learner, twin = learner_of(PAIRS), Perceptron(LABELS, margin, pairs=PAIRS)
    sequences = sequences_of(data, rich=True)
    for _ in range(3):
        mistakes = learn(learner, sequences, np.arange(len(data)), Step(margin=margin))
        assert mistakes == sum(twin.learn(sentence) for sentence in data if sentence)
    assert_same(learner, twin)


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("aggressiveness", [0.02, 1.0])
def test_passive_aggressive_steps_are_those_of_the_naive_twin(
    rule: str, aggressiveness: float
) -> None:
    generator = np.random.default_rng(5)
    data = [
        [
            Place(
                generator.integers(0, FEATURES, 2).tolist(),
                int(generator.integers(LABELS)),
                EVERY,
                generator.normal(size=2).tolist(),
                (int(generator.integers(EDGES)),),
            )
            for _ in range(generator.integers(0, 6))
        ]
        for _ in range(20)
    ]
    twin = Perceptron(LABELS, 1.0, pairs=PAIRS, rule=rule, aggressiveness=aggressiveness)
    learner, step = learner_of(PAIRS), Step(rule, 1.0, aggressiveness)
    for _ in range(2):
        mistakes = learn(learner, sequences_of(data, rich=True), np.arange(20), step)
        assert mistakes == sum(twin.learn(sentence) for sentence in data if sentence)
        assert_same(learner, twin, near=1e-4)


def test_a_passive_aggressive_step_is_just_long_enough() -> None:
    data = sequences_of([[Place([0, 1], 2, EVERY, [0.5, -3.0])]], rich=True)
    for rule in RULES[1:3]:
        learner = learner_of()
        assert learn(learner, data, np.zeros(1, np.int64), Step(rule, 1.0)) == 1
        scores = 0.5 * learner.weights[0] - 3.0 * learner.weights[1] + learner.chain[0]
        # Label 0 was the best of three equal ones.
        assert scores[2] - scores[0] == pytest.approx(1.0, rel=1e-6)


@pytest.mark.parametrize("labels", [1, 2, 3, 4, 5, 15, 16, 17, 31, 44, 63, 64, 65, 256])
@pytest.mark.parametrize("few", [False, True])
def test_any_number_of_labels(labels: int, few: bool) -> None:
    """Whole numbers, so that sums of rows are exact in any order: against sums by NumPy."""
    generator = np.random.default_rng(labels)
    learner = Learner(9, labels, np.zeros(1, np.int64), np.zeros(0, np.int32))
    weights = generator.integers(-99, 99, (9, labels))
    learner.rows[:9] = np.arange(9)
    learner.weights[:9] = weights
    learner.used = 9
    features = generator.integers(0, 9, (50, 6))
    gold = generator.integers(0, labels, 50)
    width = min(2, labels) if few else labels
    candidates = np.stack([(gold + k) % labels for k in range(width)], axis=1)
    candidates.sort(axis=1)
    data = Sequences(
        np.arange(51, dtype=np.int64), np.arange(0, 301, 6, dtype=np.int64),
        features.reshape(-1).astype(np.int32), gold.astype(np.int32),
        np.arange(0, 50 * width + 1, width, dtype=np.int64),
        candidates.reshape(-1).astype(np.uint8), 9, labels,
    )  # fmt: skip
    wrong = 0
    for s in range(50):
        scores = learner.weights[features[s]].sum(axis=0) + learner.chain[0]
        right = candidates[s][scores[candidates[s]].argmax()] == gold[s]
        assert learn(learner, data, np.array([s]), Step()) == (not right)
        wrong += not right
    assert wrong or labels == 1


@given(data_sets, st.integers(1, 3))
def test_the_average_is_that_of_the_weights_over_all_steps_and_runs(data: Data, runs: int) -> None:
    sequences = sequences_of(data)
    twins = [Perceptron(LABELS, margin=1) for _ in range(runs)]
    generator = np.random.default_rng(7)
    for _, average in train(sequences, 3, seed=7, margin=1, runs=runs):
        for twin in twins:
            for s in generator.permutation(len(data)).tolist():
                if data[s]:
                    twin.learn(data[s])
        learnt = average()
        expected: dict[object, float] = {}
        for twin in twins:
            for name, weight in twin.average().items():
                expected[name] = expected.get(name, 0) + weight / runs
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
        data.append([Place([label, 3 + label % 2], label, EVERY) for label in labels])
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


def test_all_labels_as_candidates_are_as_good_as_no_candidates() -> None:
    data, order = separable(), np.arange(30, dtype=np.int64)
    listed, free = learner_of(), learner_of()
    learn(listed, data, order, Step(margin=2))
    learn(free, data._replace(candidate_first=None, candidate_labels=None), order, Step(margin=2))
    assert listed.weights.tobytes() == free.weights.tobytes()
    assert listed.chain.tobytes() == free.chain.tobytes()


def test_forbidden_transitions_keep_their_weight_and_are_never_taken() -> None:
    forbidden = np.zeros((LABELS, LABELS), bool)
    forbidden[0, 1] = forbidden[2, 2] = True
    gold = [[0, 2, 1, 0, 2] for _ in range(9)]
    data = sequences_of([[Place([label], label, EVERY) for label in row] for row in gold])
    twin = Perceptron(LABELS, 3, frozenset({(0, 1), (2, 2)}))
    generator = np.random.default_rng(0)
    for wrong, average in train(data, 4, 0, 3, forbidden):
        order = generator.permutation(len(gold)).tolist()
        sentences = [[Place([label], label, EVERY) for label in gold[s]] for s in order]
        assert wrong == sum(twin.learn(sentence) for sentence in sentences)
        assert (average().transitions[forbidden] == FORBIDDEN).all()
    *_, (_, mean) = train(data, 2, 0, 3, forbidden, runs=3)
    assert (mean().transitions[forbidden] == FORBIDDEN).all()
    assert not twin.weights["transition", 0, 1]
    assert not twin.weights["transition", 2, 2]


def test_no_data_is_no_mistake() -> None:
    learner = learner_of()
    nothing = np.zeros(0, np.int64)
    assert learn(learner, sequences_of([]), nothing, Step()) == 0
    assert learn(learner, sequences_of([[], []]), np.array([1, 0]), Step()) == 0
    assert (learner.step, learner.used) == (1, 0)


def test_more_sequences_than_are_learnt_at_once() -> None:
    count = SEQUENCES_AT_ONCE + 10
    data = sequences_of([[Place([i % 2], i % 2, EVERY)] for i in range(count)])
    learner = learner_of()
    learn(learner, data, np.arange(count), Step())
    assert learner.step == count + 1


def test_a_place_without_features_is_learnt_by_its_neighbours() -> None:
    data = [[Place([0], 0, EVERY), Place([], 2, EVERY), Place([-1], 1, EVERY)]] * 4
    mistakes = [wrong for wrong, _ in train(sequences_of(data), 9, seed=0, margin=0)]
    assert mistakes[-1] == 0


def test_training_data_is_learnt_by_heart(segmented: list[list[str]], tagged: Tagged) -> None:
    segmenter = CharSegmenter(epochs=30, prune=0.0).fit(segmented, lexicons=[])
    right = sum(segmenter.segment("".join(words)) == words for words in segmented)
    assert right >= 0.98 * len(segmented)  # what is left crosses units
    tagger = PosTagger(epochs=15, prune=0.0).fit(tagged)
    words = [[word for word, _ in sentence] for sentence in tagged]
    tags = [tag for sentence in tagged for _, tag in sentence]
    predicted = [tag for sentence in words for tag in tagger.predict(sentence)]
    assert np.mean([a == b for a, b in zip(predicted, tags, strict=True)]) >= 0.99
