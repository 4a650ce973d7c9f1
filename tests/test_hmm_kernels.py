"""The kernels of hidden Markov models: what their naive twins say, and at every size."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from classicnlp._ext import affixes, chain
from classicnlp._ext.contexts import Contexts
from classicnlp._ext.elementary import exps, logs
from classicnlp._ext.hmm import HiddenMarkovModel
from classicnlp._ext.trigrams import Trigrams
from classicnlp.arrays import offsets_of
from tests.reference import hmm as reference

# --- expected counts --------------------------------------------------------------------------


def rows_of_probabilities(random: np.random.Generator, *shape: int) -> np.ndarray:
    weights = random.random(shape) * (random.random(shape) < 0.8) + 1e-3
    return weights / weights.sum(axis=-1, keepdims=True)


def random_model(random: np.random.Generator, states: int, symbols: int) -> reference.Model:
    return reference.Model(
        rows_of_probabilities(random, states).tolist(),
        rows_of_probabilities(random, states, states).tolist(),
        rows_of_probabilities(random, states, symbols).tolist(),
        random.random(states).tolist(),
    )


def kernel_of(model: reference.Model) -> HiddenMarkovModel:
    starts, transitions, emissions, stops = map(np.array, model)
    return HiddenMarkovModel(starts, transitions, np.ascontiguousarray(emissions.T), stops)


@given(st.integers(0, 10**9), st.integers(1, 4), st.lists(st.integers(0, 4), max_size=4))
def test_expected_counts_are_those_of_all_paths(seed: int, states: int, lengths: list[int]) -> None:
    random = np.random.default_rng(seed)
    model = random_model(random, states, 3)
    sequences = [random.integers(0, 3, length).tolist() for length in lengths]
    symbols = np.array([o for sequence in sequences for o in sequence], np.int32)
    found = kernel_of(model).expect(offsets_of(lengths), symbols)
    wanted = [np.array([math.log(reference.likelihood(model, s)) for s in sequences])]
    counted = [reference.expected(model, sequence) for sequence in sequences]
    ends, changes, emissions = (
        sum((np.array(counts[i]) for counts in counted), np.zeros(shape))
        for i, shape in enumerate([(2, states), (states, states), (states, 3)])
    )
    wanted += [ends[0], changes, emissions.T, ends[1]]
    for array, other in zip(found, wanted, strict=True):
        np.testing.assert_allclose(array, other, rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("states", [1, 2, 3, 4, 5, 7, 8, 9, 16, 17, 39, 40, 41, 63, 64, 65])
def test_every_number_of_states_gives_what_the_chain_gives(states: int) -> None:
    random = np.random.default_rng(states)
    lengths = [0, 1, 2, 31, 32, 33, 34, 63, 64, 65, 130, 255, 256, 257, 511, 512, 513, 1100]
    symbols = random.integers(0, 6, sum(lengths)).astype(np.int32)
    starts, transitions = (
        rows_of_probabilities(random, states),
        rows_of_probabilities(random, states, states),
    )
    emissions, stops = rows_of_probabilities(random, 6, states), random.random(states) + 0.01
    offsets = offsets_of(lengths)
    model = HiddenMarkovModel(starts, transitions, emissions, stops)
    found = model.expect(offsets, symbols)
    marginals, log_z, pairs = chain.posteriors(
        offsets, np.log(emissions)[symbols], np.log(transitions), np.log(starts), np.log(stops)
    )
    counts = np.zeros((6, states))
    np.add.at(counts, symbols, marginals)
    full = offsets[1:] > offsets[:-1]
    wanted = [
        log_z, marginals[offsets[:-1][full]].sum(axis=0), pairs, counts,
        marginals[offsets[1:][full] - 1].sum(axis=0),
    ]  # fmt: skip
    for array, other in zip(found, wanted, strict=True):
        np.testing.assert_allclose(array, other, rtol=1e-9, atol=1e-9)
    quick = model.expect(offsets, symbols, counting=False)
    assert quick[0].tobytes() == found[0].tobytes()
    assert not quick[2].any()


def test_an_impossible_sequence_is_not_counted() -> None:
    model = HiddenMarkovModel(np.array([1.0, 0.0]), np.eye(2), np.array([[1.0, 0.0], [0.0, 1.0]]))
    logarithms, starts, changes, emissions, stops = model.expect(
        np.array([0, 2, 4]), np.array([0, 1, 0, 0], np.int32)
    )
    assert logarithms.tolist() == [-math.inf, 0.0]
    assert starts.tolist() == stops.tolist() == [1.0, 0.0]
    assert changes.tolist() == [[1.0, 0.0], [0.0, 0.0]]
    assert emissions.tolist() == [[2.0, 0.0], [0.0, 0.0]]


def test_a_part_of_the_sequences_may_be_counted() -> None:
    random = np.random.default_rng(0)
    model = kernel_of(random_model(random, 5, 4))
    symbols = random.integers(0, 4, 100).astype(np.int32)
    whole = model.expect(np.array([0, 40, 100]), symbols)
    parts = model.expect(np.array([0, 40]), symbols), model.expect(np.array([40, 100]), symbols)
    np.testing.assert_array_equal(whole[0], np.concatenate([parts[0][0], parts[1][0]]))
    np.testing.assert_allclose(whole[2], parts[0][2] + parts[1][2])


@pytest.mark.parametrize(
    ("offsets", "symbols"),
    [([], [0]), ([0, 2], [0]), ([1, 0], [0]), ([-1, 1], [0]), ([0, 1], [3]), ([0, 1], [-1])],
)
def test_numbers_out_of_range_are_refused(offsets: list[int], symbols: list[int]) -> None:
    model = kernel_of(random_model(np.random.default_rng(0), 2, 3))
    with pytest.raises(ValueError, match="must"):
        model.expect(np.array(offsets, np.int64), np.array(symbols, np.int32))


@pytest.mark.parametrize("shapes", [(0, 0, 0), (2, 3, 2), (2, 2, 3)])
def test_shapes_that_do_not_fit_are_refused(shapes: tuple[int, int, int]) -> None:
    starts, transitions, emissions = shapes
    with pytest.raises(ValueError, match="expected"):
        HiddenMarkovModel(
            np.zeros(starts), np.zeros((transitions, transitions)), np.zeros((4, emissions))
        )


def test_logarithms_and_exponentials() -> None:
    x = np.concatenate([np.linspace(1e-6, 3, 99), 10.0 ** np.arange(-300, 300)])
    np.testing.assert_allclose(logs(x), np.log(x), rtol=1e-14, atol=1e-16)
    assert logs(np.zeros(2)).tolist() == [-math.inf, -math.inf]
    y = np.linspace(-700, 700, 999)
    np.testing.assert_allclose(exps(y), np.exp(y), rtol=1e-14)
    assert exps(np.array([-math.inf, -1e9])).tolist() == [0.0, 0.0]
    assert logs(np.zeros(0)).size == exps(np.zeros(0)).size == 0


# --- second order -----------------------------------------------------------------------------


class Case:
    """One sequence of random candidates with random scores, for kernel and twin."""

    def __init__(self, seed: int, labels: int, length: int, paired: bool):
        random = np.random.default_rng(seed)
        self.table = random.random((labels + 1,) * 3)
        if seed % 3 == 0:
            self.table[random.random(self.table.shape) < 0.3] = 0.0
        # Powers of two and whole scores, so that many paths are equal.
        if seed % 3 == 1:
            self.table = 0.5 ** random.integers(0, 3, self.table.shape)
        self.candidates = [
            sorted(random.permutation(labels)[: random.integers(1, labels + 1)].tolist())
            for _ in range(length)
        ]
        self.labels = np.array([c for place in self.candidates for c in place], np.int32)
        self.first = offsets_of(map(len, self.candidates))
        self.around = [[labels], *self.candidates, [labels]]
        sizes = [len(a) * len(b) for a, b in zip(self.around, self.around[1:], strict=False)]
        self.pairs = offsets_of(sizes)
        count = self.pairs[-1] if paired else len(self.labels)
        self.scores = np.round(random.normal(size=count), 0 if seed % 3 == 1 else 9)
        self.keep = random.random(len(self.labels) + 1) if paired else None
        self.add = random.random(count) if paired else None
        self.twin = reference.Trigrams(self.candidates, self.step, labels)

    @property
    def arguments(self) -> tuple:
        return self.first, self.labels, self.scores, self.keep, self.add

    def step(self, t: int, a: int, b: int, c: int) -> float:
        p = self.table[a, b, c]
        here = self.around[t + 1].index(c)
        if self.keep is None or self.add is None:
            score = self.scores[self.first[t] + here] if t < len(self.candidates) else 0.0
        else:
            before = self.around[t].index(b)
            pair = self.pairs[t] + before * len(self.around[t + 1]) + here
            keep = self.keep[self.first[t - 1] + before if t else -1]
            p, score = keep * p + self.add[pair], self.scores[pair]
        return math.log(p) + score if p > 0 else -math.inf


cases = st.builds(Case, st.integers(0, 10**9), st.integers(1, 4), st.integers(0, 5), st.booleans())


def whole(case: Case) -> np.ndarray:
    return np.array([0, len(case.candidates)], np.int64)


@given(cases, st.integers(1, 40))
def test_the_best_paths_are_the_best_of_all(case: Case, k: int) -> None:
    model, best = Trigrams(case.table), case.twin.best()
    labels, scores = model.decode(whole(case), *case.arguments)
    paths, tops = model.decode_best(*case.arguments, k)
    assert len(tops) == len(paths) == min(k, len(best))
    np.testing.assert_allclose(tops, [score for score, _ in best[:k]], rtol=1e-9, atol=1e-12)
    assert len({tuple(path) for path in paths.tolist()}) == len(paths)
    for path, score in zip(paths.tolist(), tops.tolist(), strict=True):
        assert case.twin.score(path) == pytest.approx(score)
    if best:
        assert scores[0] == tops[0]
        assert labels.tolist() == paths[0].tolist()
    else:
        assert scores[0] == -math.inf


@given(cases)
def test_marginals_and_triples_are_those_of_all_paths(case: Case) -> None:
    model, best = Trigrams(case.table), case.twin.best()
    marginals, log_z, triples = model.posteriors(whole(case), *case.arguments, counting=True)
    if not best:
        assert log_z[0] == -math.inf
        assert not marginals.any()
        return
    assert log_z[0] == pytest.approx(math.log(sum(math.exp(score) for score, _ in best)))
    wanted = np.concatenate([*map(np.array, case.twin.marginals()), np.zeros(0)])
    np.testing.assert_allclose(marginals, wanted, rtol=1e-9, atol=1e-12)
    counts = np.zeros_like(triples)
    boundary = len(case.table) - 1
    for score, path in best if case.candidates else []:
        steps = [boundary, boundary, *path, boundary]
        for three in zip(steps, steps[1:], steps[2:], strict=False):
            counts[three] += math.exp(score - log_z[0])
    np.testing.assert_allclose(triples, counts, rtol=1e-9, atol=1e-12)
    assert not model.posteriors(whole(case), *case.arguments)[2].any()


def test_of_equal_paths_the_smaller_label_at_the_last_difference_comes_first() -> None:
    first = np.array([0, 2, 4, 6])
    labels = np.array([0, 1] * 3, np.int32)
    paths, _ = Trigrams(np.ones((3, 3, 3))).decode_best(first, labels, np.zeros(6), None, None, 8)
    wanted = [[a, b, c] for c in (0, 1) for b in (0, 1) for a in (0, 1)]
    assert paths.tolist() == wanted


@given(st.integers(0, 10**9), st.lists(st.integers(0, 4), max_size=5), st.booleans())
def test_sequences_together_are_as_each_alone(seed: int, lengths: list[int], paired: bool) -> None:
    alone = [Case(seed + i * 3, 3, length, paired) for i, length in enumerate(lengths)]
    model = Trigrams(np.random.default_rng(seed).random((4, 4, 4)))
    for case in alone:
        if case.keep is not None:
            case.keep[-1] = 0.5

    def joined(name: str) -> np.ndarray | None:
        arrays = [getattr(case, name) for case in alone]
        if name == "keep" and paired:
            arrays = [*(array[:-1] for array in arrays), [0.5]]
        return np.concatenate([*arrays, np.zeros(0)]) if paired or name == "scores" else None

    widths = [len(c) for case in alone for c in case.candidates]
    labels = np.concatenate([*(case.labels for case in alone), np.zeros(0, np.int32)])
    arguments = (
        offsets_of(lengths),
        offsets_of(widths),
        labels,
        joined("scores"),
        joined("keep"),
        joined("add"),
    )
    found, scores = model.decode(*arguments)
    marginals, log_z, _ = model.posteriors(*arguments)
    each = [model.decode(whole(case), *case.arguments) for case in alone]
    sums = [model.posteriors(whole(case), *case.arguments) for case in alone]
    assert found.tolist() == [label for labels, _ in each for label in labels.tolist()]
    assert scores.tolist() == [score for _, one in each for score in one.tolist()]
    assert marginals.tolist() == [p for one, _, _ in sums for p in one.tolist()]
    assert log_z.tolist() == [z for _, one, _ in sums for z in one.tolist()]


@pytest.mark.parametrize("length", [63, 64, 65])
def test_one_label_has_one_path(length: int) -> None:
    first = np.arange(length + 1)
    model = Trigrams(np.full((2, 2, 2), 0.5))
    arguments = first, np.zeros(length, np.int32), np.ones(length)
    labels, scores = model.decode(np.array([0, length]), *arguments)
    assert scores[0] == pytest.approx(length + (length + 1) * math.log(0.5))
    assert not labels.any()
    assert model.posteriors(np.array([0, length]), *arguments)[0].tolist() == [1.0] * length


@pytest.mark.parametrize(
    "change",
    [
        {"offsets": [0, 1]},
        {"offsets": [0, 3, 2]},
        {"first": [0, 2, 2]},
        {"first": [0, 1, 5]},
        {"labels": [0, 2, 0, 1]},
        {"labels": [1, 0, 0, 1]},
        {"labels": [0, -1, 0, 1]},
        {"scores": [0.0] * 3},
        {"keep": [1.0] * 5},
        {"add": [1.0] * 8},
        {"keep": [1.0] * 4, "add": [1.0] * 8, "scores": [0.0] * 8},
        {"keep": [1.0] * 5, "add": [1.0] * 7, "scores": [0.0] * 8},
    ],
)
def test_candidates_that_do_not_fit_are_refused(change: dict[str, list]) -> None:
    arguments: dict = {
        "offsets": [0, 2], "first": [0, 2, 4], "labels": [0, 1, 0, 1], "scores": [0.0] * 4,
    }  # fmt: skip
    types = {"offsets": np.int64, "first": np.int64, "labels": np.int32}
    arguments |= change
    given_arrays = {name: np.array(x, types.get(name)) for name, x in arguments.items()}
    with pytest.raises(ValueError, match=r"must|expected|no candidates"):
        Trigrams(np.ones((3, 3, 3))).decode(**given_arrays)


@pytest.mark.parametrize("table", [np.ones((1, 1, 1)), np.ones((2, 2)), -np.ones((2, 2, 2))])
def test_tables_that_are_none_are_refused(table: np.ndarray) -> None:
    with pytest.raises(ValueError, match=r"expected|negative"):
        Trigrams(table)


def test_fewer_than_one_path_is_refused() -> None:
    case = Case(2, 2, 2, False)
    with pytest.raises(ValueError, match="at least 1"):
        Trigrams(case.table).decode_best(*case.arguments, 0)


# --- contexts ---------------------------------------------------------------------------------


def no_contexts(**change: object) -> dict[str, object]:
    """Arguments for one label, and two entries of which the second follows the first."""
    arguments = {
        "label_count": 1, "entry_count": 2, "trust": 4.0,
        "after_first": np.array([0, 1, 2, 3]), "after_labels": np.array([0, 1, 0], np.int32),
        "after_counts": np.ones(3, np.int32), "after_kinds": np.ones(3, np.int32),
        "before_first": np.array([0, 1, 2]), "before_entries": np.array([2, 0], np.int32),
        "before_counts": np.ones(2, np.int32),
        "label_first": np.array([0, 1, 2]), "label_labels": np.array([1, 0], np.int32),
        "label_counts": np.ones(2, np.int32),
        "pair_counts": np.array([[1, 1], [1, 0]], np.int32),
        "pair_kinds": np.array([[1, 1], [1, 0]], np.int32),
    }  # fmt: skip
    return arguments | change


def test_contexts_by_hand() -> None:
    contexts = Contexts(**no_contexts())  # type: ignore[arg-type]
    scores, keep, add = contexts.pairs(
        np.array([0, 2]), np.array([0, 1, 2]), np.zeros(2, np.int32),
        np.array([0, 1], np.int32), np.array([0.5, 0.25]),
    )  # fmt: skip
    # Each mixture believes one event of one kind by a fifth; the boundary has no own probability.
    first, second = (0.2 + 0.8 * (0.2 + 0.8 * p) for p in (0.5, 0.25))
    np.testing.assert_allclose(np.exp(scores), [first, second, 1.0])
    np.testing.assert_allclose(keep, [0.8, 0.8, 0.8])
    np.testing.assert_allclose(add, [0.2, 0.2, 0.2])


def test_contexts_know_nothing_of_unknown_tokens() -> None:
    contexts = Contexts(**no_contexts())  # type: ignore[arg-type]
    scores, keep, add = contexts.pairs(
        np.array([0, 1, 2]), np.array([0, 1, 2]), np.zeros(2, np.int32),
        np.array([-1, 0], np.int32), np.array([0.5, 0.0]),
    )  # fmt: skip
    np.testing.assert_allclose(keep, [1.0, 0.8, 0.8])
    np.testing.assert_allclose(add, [0.2, 0.0, 0.2, 0.2 * 0])
    np.testing.assert_allclose(np.exp(scores), [0.8 * 0.8 * 0.5, 1.0, 0.2 + 0.8 * 0.2, 1.0])


@pytest.mark.parametrize(
    "change",
    [
        {"label_count": 0},
        {"entry_count": 1},
        {"trust": 0.0},
        {"after_labels": np.array([0, 2, 0], np.int32)},
        {"after_counts": np.zeros(3, np.int32)},
        {"after_kinds": np.ones(2, np.int32)},
        {"after_first": np.array([0, 2, 1, 3])},
        {"before_entries": np.array([3, 0], np.int32)},
        {"label_labels": np.array([-1, 0], np.int32)},
        {"pair_counts": np.ones((1, 1), np.int32)},
        {"pair_kinds": -np.ones((2, 2), np.int32)},
    ],
)
def test_contexts_that_do_not_fit_are_refused(change: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"expected|do not fit|negative"):
        Contexts(**no_contexts(**change))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("offsets", "first", "labels", "entries", "emissions"),
    [
        ([0, 1], [0, 1, 2], 2, [0, 1], 2),
        ([0, 2], [0, 1, 1], 2, [0, 1], 2),
        ([0, 2], [0, 1, 2], 2, [0, 2], 2),
        ([0, 2], [0, 1, 2], 2, [0, -2], 2),
        ([0, 2], [0, 1, 2], 2, [0, 1], 1),
        ([0, 3, 2], [0, 1, 2], 2, [0, 1], 2),
        ([], [0, 1, 2], 2, [0, 1], 2),
    ],
)
def test_candidates_of_contexts_are_checked(
    offsets: list[int], first: list[int], labels: int, entries: list[int], emissions: int
) -> None:
    contexts = Contexts(**no_contexts())  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="fit together"):
        contexts.pairs(
            np.array(offsets, np.int64), np.array(first, np.int64), np.zeros(labels, np.int32),
            np.array(entries, np.int32), np.ones(emissions),
        )  # fmt: skip


# --- affixes ----------------------------------------------------------------------------------

tables = st.lists(
    st.dictionaries(st.integers(0, 3), st.integers(1, 9), min_size=1), min_size=1, max_size=6
)


@given(tables, st.data())
def test_guesses_are_those_of_the_naive_twin(
    rows: list[dict[int, int]], data: st.DataObject
) -> None:
    steps = data.draw(st.integers(0, 3))
    numbers = data.draw(
        st.lists(st.integers(-1, len(rows) - 1), min_size=2 * steps + 1, max_size=2 * steps + 1)
    )
    weight, least = data.draw(st.sampled_from([(0.5, 0.0), (0.55, 1e-3), (1.0, 0.5)]))
    pairs = [sorted(row.items()) for row in rows]
    found = affixes.guess(
        np.array([[0, *numbers]], np.int32),
        offsets_of(map(len, pairs)),
        np.array([label for row in pairs for label, _ in row], np.int32),
        np.array([count for row in pairs for _, count in row], np.int32),
        4, 2.0, weight, least,
    )  # fmt: skip
    names = [str(number) for number in numbers]
    keys = [["0"], names[:1], names[1 : 1 + steps], names[1 + steps :]]
    seen = {str(i): row for i, row in enumerate(rows)}
    wanted = reference.guess(keys, seen, 4, 2.0, weight, least)
    # At the threshold rounding decides.
    if all(abs(p - least * max(wanted)) > 1e-9 for p in wanted):
        np.testing.assert_allclose(found[0], wanted, rtol=1e-9, atol=1e-12)


def test_rows_of_affixes_are_checked() -> None:
    first, ones = np.array([0, 1]), np.ones(1, np.int32)
    for rows in ([[0, 1]], [[0, -2]], [[0]], [[0, 0, 0]]):
        with pytest.raises(ValueError, match="rows"):
            affixes.guess(np.array(rows, np.int32), first, ones, ones, 2, 2.0, 0.5, 0.0)
