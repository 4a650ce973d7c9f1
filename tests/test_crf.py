"""The CRF's kernels: objective and gradient against all paths, against differences, and laws."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from classicnlp._ext.crf import observed_pairs
from classicnlp._ext.elementary import exps, logs
from classicnlp.arrays import offsets_of
from classicnlp.tagging.crf_training import CrfTraining
from classicnlp.tagging.observations import Observations
from tests.reference import crf as naive

FEATURES = 6
EDGES = 3

values = st.sampled_from([1.0, 1.0, 0.5, -2.0, 0.0])


@st.composite
def data_sets(draw: st.DrawFn, with_edges: bool = False) -> tuple[int, list[naive.Sequence]]:
    labels = draw(st.integers(1, 4))

    def sequence() -> naive.Sequence:
        length = draw(st.integers(0, 4))
        numbers = st.lists(st.integers(0, FEATURES - 1), max_size=4)
        valued = [[(f, draw(values)) for f in draw(numbers)] for _ in range(length)]
        edges = [
            draw(st.lists(st.integers(0, EDGES - 1), max_size=2)) if with_edges else []
            for _ in range(length)
        ]
        return naive.Sequence(valued, edges, [draw(st.integers(0, labels - 1)) for _ in valued])

    data = [sequence() for _ in range(draw(st.integers(1, 11)))]
    if not any(one.gold for one in data):
        data.append(naive.Sequence([[(0, 1.0)]], [[]], [0]))
    return labels, data


def observations_of(data: list[naive.Sequence]) -> Observations:
    places = [place for one in data for place in one.features]
    edges = [place for one in data for place in one.edges]
    features = [pair for place in places for pair in place]
    plain = all(value == 1.0 for _, value in features)
    return Observations(
        offsets_of([len(one.gold) for one in data]),
        offsets_of(map(len, places)),
        np.array([feature for feature, _ in features], np.int32),
        None if plain else np.array([value for _, value in features], np.float64),
        FEATURES,
        offsets_of(map(len, edges)),
        np.array([edge for place in edges for edge in place], np.int32),
        EDGES,
    ).check()


def gold_of(data: list[naive.Sequence]) -> np.ndarray:
    return np.array([label for one in data for label in one.gold], np.int32)


def training_of(labels: int, data: list[naive.Sequence], **options: object) -> CrfTraining:
    return CrfTraining(observations_of(data), gold_of(data), labels, **options)  # type: ignore[arg-type]


def naive_weights(training: CrfTraining, weights: np.ndarray) -> naive.Weights:
    """Return the weights of the model that training makes, feature by feature."""
    states, edges, _ = np.split(weights, training._splits)
    rows = np.repeat(np.arange(FEATURES), np.diff(training.states.first)).tolist()
    pairs = zip(rows, training.states.labels.tolist(), strict=True)
    edge_rows = np.repeat(
        np.arange(len(training._edges.first) - 1), np.diff(training._edges.first)
    ).tolist()
    count = training.label_count
    edge_pairs = [(p // count, p % count) for p in training._edges.labels.tolist()]
    return naive.Weights(
        dict(zip(pairs, states.tolist(), strict=True)),
        {(f, *pair): w for f, pair, w in zip(edge_rows, edge_pairs, edges.tolist(), strict=True)},
        training._transitions(weights),
    )


@pytest.mark.parametrize("workers", [1, 3])
@given(case=data_sets(with_edges=True), seed=st.integers(0, 1 << 30))
def test_objective_is_that_of_all_paths(
    workers: int, case: tuple[int, list[naive.Sequence]], seed: int
) -> None:
    labels, data = case
    training = training_of(labels, data, l2=0.5, workers=workers)
    weights = np.random.default_rng(seed).normal(size=training.size)
    value = training.evaluate(weights, np.empty(training.size))
    training.close()
    given_weights = naive_weights(training, weights)
    expected = naive.negative_log_likelihood(data, given_weights, labels)
    expected += naive.penalty(given_weights, 0.5)
    assert value == pytest.approx(expected, rel=1e-5, abs=1e-5)


@given(case=data_sets(with_edges=True), seed=st.integers(0, 1 << 30))
def test_gradient_is_that_of_finite_differences(
    case: tuple[int, list[naive.Sequence]], seed: int
) -> None:
    labels, data = case
    training = training_of(labels, data, l2=0.1)
    weights = np.random.default_rng(seed).normal(size=training.size)
    gradient = np.empty(training.size)
    training.evaluate(weights, gradient)
    for k in range(training.size):
        step = np.zeros(training.size)
        step[k] = 1e-4
        above, below = (
            naive.negative_log_likelihood(data, here, labels) + naive.penalty(here, 0.1)
            for here in (naive_weights(training, weights + s) for s in (step, -step))
        )
        assert gradient[k] == pytest.approx((above - below) / 2e-4, rel=1e-4, abs=1e-4)


@given(case=data_sets(), seed=st.integers(0, 1 << 30))
def test_gradient_is_the_same_with_any_number_of_threads(
    case: tuple[int, list[naive.Sequence]], seed: int
) -> None:
    labels, data = case
    results = []
    for workers in (1, 2, 5):
        training = training_of(labels, data * 9, workers=workers)
        weights = np.random.default_rng(seed).normal(size=training.size)
        gradient = np.empty(training.size)
        value = training.evaluate(weights, gradient)
        training.close()
        results.append((value, gradient.tobytes()))
    assert results[0] == results[1] == results[2]


def random_data(lengths: list[int], labels: int, seed: int) -> list[naive.Sequence]:
    generator = np.random.default_rng(seed)
    return [
        naive.Sequence(
            [[(f, 1.0) for f in generator.integers(0, FEATURES, 3).tolist()] for _ in range(n)],
            [[] for _ in range(n)],
            generator.integers(0, labels, n).tolist(),
        )
        for n in lengths
    ]


@pytest.mark.parametrize("labels", [1, 2, 3, 4, 5, 7, 8, 13, 44])
def test_expected_counts_add_up(labels: int) -> None:
    """For whatever weights: each place has one label, each step one transition."""
    data = random_data([0, 1, 2, 63, 64, 65, 7, 7, 7, 1, 30], labels, 5)
    training = training_of(labels, data, l2=0.0, all_states=True)
    weights = np.random.default_rng(1).normal(size=training.size)
    gradient = np.empty(training.size)
    training.evaluate(weights, gradient)
    assert gradient[-labels * labels :].sum() == pytest.approx(0.0, abs=1e-6)
    # A feature's expected counts add up to how often it occurs, which is what was observed.
    states = gradient[: FEATURES * labels].reshape(FEATURES, labels)
    np.testing.assert_allclose(states.sum(axis=1), 0.0, atol=1e-6)


def test_weights_of_any_size_give_finite_values() -> None:
    data = random_data([40, 3, 1], 4, 2)
    for size in (0.0, 1e-30, 50.0, 1e4):
        training = training_of(4, data, l2=0.0, all_states=True)
        weights = np.random.default_rng(0).normal(size=training.size) * size
        gradient = np.empty(training.size)
        assert math.isfinite(training.evaluate(weights, gradient))
        assert np.isfinite(gradient).all()


def test_a_long_sequence() -> None:
    training = training_of(4, random_data([100_000], 4, 3))
    gradient = np.empty(training.size)
    value = training.evaluate(np.zeros(training.size), gradient)
    assert value == pytest.approx(100_000 * math.log(4), rel=1e-9)


def test_online_learning_lowers_the_objective_and_repeats_itself() -> None:
    data = random_data([12] * 60, 3, 4)
    runs = []
    for workers in (1, 2):
        training = training_of(3, data, l2=0.1, workers=workers)
        gradient = np.empty(training.size)
        start = training.evaluate(np.zeros(training.size), gradient)
        epochs = list(training.online(np.zeros(training.size), 3, 0.3, seed=7))
        assert training.evaluate(epochs[-1], gradient) < start
        training.close()
        runs.append(b"".join(weights.tobytes() for weights in epochs))
    assert runs[0] == runs[1]


@given(case=data_sets(with_edges=True))
def test_batch_training_ends_where_the_gradient_vanishes(
    case: tuple[int, list[naive.Sequence]],
) -> None:
    labels, data = case
    training = training_of(labels, data, l2=0.5)
    for number, iteration in enumerate(training.batch(np.zeros(training.size), 0.0)):
        last = iteration
        if number == 60:
            break
    assert last.gradient_norm < 1e-2


@given(case=data_sets())
def test_l1_leaves_no_weight_that_does_not_pay(case: tuple[int, list[naive.Sequence]]) -> None:
    """At the optimum |gradient| = l1 where there is a weight, and is below elsewhere."""
    labels, data = case
    training = training_of(labels, data, l2=0.1)
    for number, iteration in enumerate(training.batch(np.zeros(training.size), 0.7)):
        weights = iteration.x.copy()
        if number == 80:
            break
    gradient = np.empty(training.size)
    training.evaluate(weights, gradient)
    used = weights != 0
    np.testing.assert_allclose(gradient[used], -0.7 * np.sign(weights[used]), atol=2e-2)
    assert (np.abs(gradient[~used]) < 0.7 + 2e-2).all()


@given(case=data_sets())
def test_observed_pairs_are_counted(case: tuple[int, list[naive.Sequence]]) -> None:
    labels, data = case
    seen = observations_of(data)
    first, pair_labels, sums = observed_pairs(
        seen.first, seen.features, seen.values, gold_of(data), FEATURES, labels
    )
    expected: dict[tuple[int, int], float] = {}
    for one in data:
        for place, label in zip(one.features, one.gold, strict=True):
            for feature, value in place:
                expected[feature, label] = expected.get((feature, label), 0.0) + value
    rows = np.repeat(np.arange(FEATURES), np.diff(first)).tolist()
    assert list(zip(rows, pair_labels.tolist(), strict=True)) == sorted(expected)
    assert sums.tolist() == pytest.approx([expected[pair] for pair in sorted(expected)])


def test_exponentials_and_logarithms_are_those_of_the_library_to_the_last_bits() -> None:
    x = np.linspace(-690, 690, 100_001)
    np.testing.assert_allclose(exps(x), np.exp(x), rtol=1e-15)
    positive = np.concatenate([np.exp(x[::7]), np.linspace(0.5, 2, 10_001)])
    np.testing.assert_allclose(logs(positive), np.log(positive), rtol=1e-15, atol=1e-18)
    assert logs(np.ones(1))[0] == 0.0
    assert exps(np.zeros(1))[0] == 1.0
