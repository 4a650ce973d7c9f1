"""HMMTagger: counts, smoothing, unknown words, training without labels, the taggers' contract."""

from __future__ import annotations

import itertools
import math
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from classicnlp.errors import ModelError
from classicnlp.tagging.hmm import HMMTagger
from classicnlp.tagging.hmm_model import TRUST
from classicnlp.tagging.hmm_smoothing import (
    SMOOTHINGS,
    Smoothing,
    deleted_weights,
    smooth_emissions,
    smooth_transitions,
    transition_counts,
)
from tests.conftest import Tagged
from tests.reference import hmm as reference

X = [["我", "爱", "北京"], ["北京", "欢迎", "你"], [], ["你", "爱", "我"]]
Y = [["r", "v", "ns"], ["ns", "v", "r"], [], ["r", "v", "r"]]


def words_and_tags(sentences: Tagged) -> tuple[list[list[str]], list[list[str]]]:
    words = [[word for word, _ in sentence] for sentence in sentences]
    return words, [[tag for _, tag in sentence] for sentence in sentences]


# --- published examples ------------------------------------------------------------------------


def test_the_example_of_healthy_and_fever() -> None:
    """Wikipedia, "Viterbi algorithm"."""
    doctor = HMMTagger.from_probabilities(
        [0.6, 0.4], [[0.7, 0.3], [0.4, 0.6]], [[0.5, 0.4, 0.1], [0.1, 0.3, 0.6]],
        labels=["healthy", "fever"], tokens=["normal", "cold", "dizzy"],
    )  # fmt: skip
    seen = [["normal", "cold", "dizzy"]]
    assert doctor.predict(seen) == [["healthy", "healthy", "fever"]]
    assert math.exp(doctor.n_best(seen, 1)[0][0].score) == pytest.approx(0.01512)


def test_the_example_of_the_umbrella() -> None:
    """Wikipedia, "Forward-backward algorithm", after Russell and Norvig."""
    guard = HMMTagger.from_probabilities(
        # The example's distribution before the first day, (0.5, 0.5), one change later.
        [0.5, 0.5], [[0.7, 0.3], [0.3, 0.7]], [[0.9, 0.1], [0.2, 0.8]],
        labels=["rain", "dry"], tokens=["umbrella", "none"],
    )  # fmt: skip
    days = ["umbrella", "umbrella", "none", "umbrella", "umbrella"]
    rain = guard.predict_marginals([days])[0][:, 0]
    np.testing.assert_allclose(rain, [0.8673, 0.8204, 0.3075, 0.8204, 0.8673], atol=5e-5)


def test_the_example_of_the_weather() -> None:
    """Rabiner (1989), section II.A: sun-sun-sun-rain-rain-sun-cloudy-sun has p = 1.536e-4."""
    weather = HMMTagger.from_probabilities(
        [0, 0, 1], [[0.4, 0.3, 0.3], [0.2, 0.6, 0.2], [0.1, 0.1, 0.8]], np.eye(3)
    )
    assert math.exp(weather.score([[2, 2, 2, 0, 0, 2, 1, 2]])) == pytest.approx(1.536e-4)


# --- counts and smoothing ----------------------------------------------------------------------


def test_without_smoothing_probabilities_are_relative_frequencies() -> None:
    tagger = HMMTagger(
        order=1, contexts=False, smoothing="add-k", emission_smoothing="add-k", pseudocount=0
    )
    tagger.fit(X, Y)
    assert tagger.labels_ == ("ns", "r", "v")
    assert tagger.vocabulary_ == tuple(sorted(["我", "爱", "北京", "欢迎", "你"]))
    np.testing.assert_allclose(tagger.start_probabilities_, [1 / 3, 2 / 3, 0])
    np.testing.assert_allclose(
        tagger.transition_probabilities_, [[0, 0, 1 / 2], [0, 0, 1 / 2], [1 / 3, 2 / 3, 0]]
    )
    assert tagger.stop_probabilities_ is not None
    np.testing.assert_allclose(tagger.stop_probabilities_, [1 / 2, 1 / 2, 0])
    emissions = dict(
        zip(tagger.vocabulary_, tagger.emission_probabilities_.T.tolist(), strict=True)
    )
    assert emissions["北京"] == [1, 0, 0]
    assert emissions["我"] == [0, 1 / 2, 0]
    assert emissions["爱"] == [0, 0, pytest.approx(2 / 3)]


def test_add_k_by_hand() -> None:
    counts = transition_counts(np.array([0, 3]), np.array([0, 1, 0], np.int32), 2, 1)
    assert counts.tolist() == [[0, 1, 1], [1, 0, 0], [1, 0, 0]]
    p = smooth_transitions(counts, "add-k", 0.5)
    np.testing.assert_allclose(p[0], [0.5 / 3.5, 1.5 / 3.5, 1.5 / 3.5])
    np.testing.assert_allclose(p[1], [1.5 / 2.5, 0.5 / 2.5, 0.5 / 2.5])


def test_absolute_discounting_by_hand() -> None:
    # Of the counts 4, 1 and 2, one is 1 and one is 2: the discount is 1 / (1 + 2).
    p = smooth_transitions(np.array([[4, 1], [2, 0]]), "absolute", 0.0)
    # Of the columns' counts 6 and 1 none is 2: the discount is 1/2.
    general = (np.array([5.5, 0.5]) + 2 * 0.5 * 0.5) / 7
    np.testing.assert_allclose(p[0], (np.array([4, 1]) - 1 / 3 + 2 / 3 * general) / 5)
    np.testing.assert_allclose(p[1], (np.array([5 / 3, 0]) + 1 / 3 * general) / 2)


def test_weights_of_interpolation_by_hand() -> None:
    # Without itself, each of the 4 is predicted by (4 - 1) / (5 - 1) from its row, but by
    # (6 - 1) / (7 - 1) from all; the 1 and the 2 by (1 - 1) / 4 or 0 / 6, and 1 / 1 or 5 / 6.
    general, particular = deleted_weights([np.array([6, 1]), np.array([[4, 1], [2, 0]])])
    assert (general, particular) == (pytest.approx((5 + 1) / 9), pytest.approx((2 + 1) / 9))


@given(st.integers(0, 10**9), st.sampled_from([1, 2]), st.sampled_from(SMOOTHINGS))
def test_smoothed_transitions_are_distributions(
    seed: int, order: int, smoothing: Smoothing
) -> None:
    random = np.random.default_rng(seed)
    lengths = random.integers(0, 5, random.integers(1, 6))
    labels = random.integers(0, 3, lengths.sum()).astype(np.int32)
    offsets = np.concatenate([[0], np.cumsum(lengths)])
    counts = transition_counts(offsets, labels, 3, order)
    assert counts.sum() == lengths.sum() + (lengths > 0).sum()
    if lengths.sum():
        p = smooth_transitions(counts, smoothing, 0.5)
        np.testing.assert_allclose(p.sum(axis=-1), 1.0)
        assert (p[counts > 0] > 0).all()


@given(st.integers(0, 10**9), st.sampled_from(SMOOTHINGS), st.sampled_from([None, 1, 2]))
def test_smoothed_emissions_are_distributions(
    seed: int, smoothing: Smoothing, known_from: int | None
) -> None:
    random = np.random.default_rng(seed)
    symbols = np.unique(random.integers(0, 9, 30), return_inverse=True)[1].astype(np.int32)
    labels = random.integers(0, 3, 30).astype(np.int32)
    if len(np.unique(labels)) < 3:
        return
    count = symbols.max() + 1
    found = smooth_emissions(symbols, labels, count, 3, smoothing, 0.5, known_from)
    totals = np.bincount(found.labels, found.probabilities, minlength=3)
    if known_from is None:
        np.testing.assert_allclose(totals + found.unknown, 1.0)
    assert (totals <= 1 + 1e-9).all()
    owners = np.repeat(np.arange(count), np.diff(found.first))
    pairs = set(zip(symbols.tolist(), labels.tolist(), strict=True))
    listed = set(zip(owners.tolist(), found.labels.tolist(), strict=True))
    assert pairs <= listed
    assert known_from != 1 or pairs == listed


def test_tokens_seen_often_only_get_labels_that_they_were_seen_with() -> None:
    data = [["a", "b"]] * 5 + [["c", "b"]], [["x", "y"]] * 5 + [["z", "y"]]
    marginals = {}
    for known_from in (1, 3, None):
        tagger = HMMTagger(known_from=known_from, contexts=False, emission_smoothing="add-k")
        often, rare = tagger.fit(*data).predict_marginals([["a"], ["c"]])
        marginals[known_from] = (often > 0).sum(), (rare > 0).sum()
    assert marginals == {1: (1, 1), 3: (1, 3), None: (3, 3)}


# --- all paths ---------------------------------------------------------------------------------


def log_probability(
    tagger: HMMTagger, words: list[str], labels: list[str], contexts: reference.Contexts | None
) -> float:
    """Return log p(words, labels) from the tagger's probabilities, one after the other."""
    number = {label: i for i, label in enumerate(tagger.labels_)}
    assert tagger._model is not None
    table, boundary = tagger._model.transitions, len(number)
    assert tagger.vocabulary_ is not None
    emissions = tagger.emission_probabilities_
    pairs = [
        reference.BOUNDARY,
        reference.BOUNDARY,
        *zip(words, labels, strict=True),
        reference.BOUNDARY,
    ]
    total = 0.0
    for two, one, here in zip(pairs, pairs[1:], pairs[2:], strict=False):
        a, b, c = (number.get(pair[1], boundary) for pair in (two, one, here))
        p = table[a, b, c] if table.ndim == 3 else table[b, c]
        q = emissions[c, tagger.vocabulary_.index(here[0])] if here[0] else 1.0
        if contexts is not None:
            p = contexts.label(here[1], one, p)
            q = contexts.token(here, one, q) if here[0] else 1.0
        total += math.log(p * q) if p * q > 0 else -math.inf
    return total


@given(
    st.integers(0, 10**9),
    st.sampled_from([1, 2]),
    st.booleans(),
    st.sampled_from(SMOOTHINGS),
    st.lists(st.sampled_from("abc"), min_size=1, max_size=4),
)
def test_paths_and_sums_are_those_of_all_paths(
    seed: int, order: int, contexts: bool, smoothing: Smoothing, words: list[str]
) -> None:
    random = np.random.default_rng(seed)
    sentences = [
        [(str(random.choice(list("abc"))), str(random.choice(list("xyz")))) for _ in range(length)]
        for length in random.integers(1, 5, 4)
    ] + [[("a", "x"), ("b", "y"), ("c", "z")]]
    tagger = HMMTagger(order, contexts, smoothing, known_from=None)
    tagger.fit(*words_and_tags(sentences))
    counted = reference.Contexts(sentences, TRUST) if contexts else None
    paths = {
        labels: log_probability(tagger, words, list(labels), counted)
        for labels in itertools.product(tagger.labels_, repeat=len(words))
    }
    ordered = sorted(paths.values(), reverse=True)
    total = math.log(sum(map(math.exp, ordered)))
    found = tagger.n_best([words], 5)[0]
    assert [path.score for path in found] == pytest.approx(ordered[: len(found)])
    for path in found:
        assert paths[tuple(path.labels)] == pytest.approx(path.score)
        assert path.probability == pytest.approx(math.exp(path.score - total))
    assert tagger.predict([words]) == [found[0].labels]
    assert tagger.log_likelihood([words])[0] == pytest.approx(total)
    marginals = tagger.predict_marginals([words])[0]
    for place, row in enumerate(marginals):
        for label, p in zip(tagger.labels_, row, strict=True):
            wanted = sum(math.exp(s - total) for path, s in paths.items() if path[place] == label)
            assert p == pytest.approx(wanted, abs=1e-9)


# --- unknown words -----------------------------------------------------------------------------


def test_unknown_words_get_labels_by_suffix_prefix_and_shape() -> None:
    names = ["国家", "专家", "作家", "画家", "美化", "绿化", "净化", "老化"]
    sentences = [[(name, "n" if name[-1] == "家" else "v"), ("，", "w")] for name in names] * 2
    sentences += [[(number, "m"), ("年", "q")] for number in ("12", "345", "1998", "３０")]
    tagger = HMMTagger().fit(*words_and_tags(sentences))
    found = tagger.predict([["银行家", "，"], ["现代化", "，"], ["2024", "年"]])
    assert found == [["n", "w"], ["v", "w"], ["m", "q"]]


def test_unknown_words_are_tagged_well_on_held_out_text(tagged: Tagged) -> None:
    train, test = tagged[::2], tagged[1::2]
    known = {word for sentence in train for word, _ in sentence}
    tagger = HMMTagger().fit(*words_and_tags(train))
    words, tags = words_and_tags(test)
    unknown = [
        gold == label
        for sentence, golds, labels in zip(words, tags, tagger.predict(words), strict=True)
        for word, gold, label in zip(sentence, golds, labels, strict=True)
        if word not in known
    ]
    commonest = Counter(tag for sentence in tags for tag in sentence).most_common(1)[0][1]
    assert sum(unknown) / len(unknown) > 1.3 * commonest / sum(map(len, tags))


def test_any_str_can_be_an_unknown_word(tagged: Tagged) -> None:
    tagger = HMMTagger().fit(*words_and_tags(tagged[:50]))
    words = ["", " ", "\ud800", "é\u0301", "😀", "中" * 1000, "\0"]
    assert len(tagger.predict([words])[0]) == len(words)
    np.testing.assert_allclose(tagger.predict_marginals([words])[0].sum(axis=1), 1.0)


def test_where_no_word_is_rare_all_words_are_like_unknown_ones() -> None:
    tagger = HMMTagger(rare_to=1).fit([["a", "b"]] * 5, [["x", "y"]] * 5)
    assert tagger.predict([["a", "c"]]) == [["x", "y"]]


def test_numbers_not_seen_are_one_symbol() -> None:
    tagger = HMMTagger().fit([[0, 1, 0], [1, 0]], [["a", "b", "a"], ["b", "a"]])
    assert tagger.predict([[0, 7, 0]]) == [["a", "b", "a"]]
    assert tagger.log_likelihood([[7]]) == tagger.log_likelihood([[2]])


# --- training without labels -------------------------------------------------------------------


def random_sequences(seed: int, symbols: int, lengths: list[int]) -> list[list[int]]:
    random = np.random.default_rng(seed)
    return [random.integers(0, symbols, length).tolist() for length in lengths]


@given(st.integers(0, 10**9), st.sampled_from([1, 2]), st.integers(1, 4))
def test_the_log_likelihood_never_decreases(seed: int, order: int, labels: int) -> None:
    data = random_sequences(seed, 4, [5, 1, 0, 9])
    tagger = HMMTagger(order, max_iterations=8, tolerance=0, seed=seed % 97).fit_em(
        data, labels=labels
    )
    history = [*tagger.log_likelihoods_, tagger.score(data)]
    assert all(b >= a - 1e-9 * abs(a) for a, b in itertools.pairwise(history))
    assert tagger.labels_ == tuple(map(str, range(labels)))
    np.testing.assert_allclose(tagger.emission_probabilities_.sum(axis=1), 1.0)
    np.testing.assert_allclose(tagger.transition_probabilities_.sum(axis=-1), 1.0)


def test_an_iteration_is_what_all_paths_say() -> None:
    random = np.random.default_rng(3)
    starts, transitions, emissions = (
        p / p.sum(axis=-1, keepdims=True)
        for p in (random.random((2,)), random.random((2, 2)), random.random((2, 3)))
    )
    data = [[0, 1, 2, 1], [2, 2, 0]]
    first = HMMTagger.from_probabilities(starts, transitions, emissions)
    found = HMMTagger(order=1, max_iterations=1).fit_em(data, first)
    model = reference.Model(starts.tolist(), transitions.tolist(), emissions.tolist(), [1.0, 1.0])
    expected = [reference.expected(model, sequence) for sequence in data]
    ends, changes, seen = (sum(np.array(counts[i]) for counts in expected) for i in range(3))
    np.testing.assert_allclose(found.start_probabilities_, ends[0] / 2)
    np.testing.assert_allclose(
        found.transition_probabilities_, changes / changes.sum(axis=1, keepdims=True)
    )
    np.testing.assert_allclose(
        found.emission_probabilities_, seen / seen.sum(axis=1, keepdims=True)
    )
    likelihoods = [reference.likelihood(model, sequence) for sequence in data]
    assert found.log_likelihoods_ == [pytest.approx(math.log(math.prod(likelihoods)))]


def test_hidden_labels_are_found_again() -> None:
    truth = HMMTagger.from_probabilities(
        [0.5, 0.5], [[0.95, 0.05], [0.1, 0.9]], [[0.8, 0.15, 0.05], [0.05, 0.15, 0.8]]
    )
    drawn = [truth.sample(200, seed) for seed in range(20)]
    data, labels = [tokens for tokens, _ in drawn], [labels for _, labels in drawn]
    learnt = HMMTagger(order=1, max_iterations=60).fit_em(data, labels=2)
    right = learnt.score(data, labels)
    assert max(right, 1 - right) > 0.93  # which label has which name, nobody can know


@pytest.mark.parametrize("order", [1, 2])
def test_threads_do_not_change_a_bit(order: int) -> None:
    data = random_sequences(0, 20, [50] * 400)
    one, two = (
        HMMTagger(order, max_iterations=2, workers=workers).fit_em(data, labels=3).to_store()
        for workers in (1, 2)
    )
    assert {name: array.tobytes() for name, array in one[1].items()} == {
        name: array.tobytes() for name, array in two[1].items()
    }


@pytest.mark.parametrize("order", [1, 2])
def test_training_may_go_on_from_labelled_data(order: int) -> None:
    labelled = HMMTagger(order).fit(X, Y)
    words = [["你", "欢迎", "上海"], ["上海", "爱", "你"]]
    before = labelled.log_likelihood(words).sum()
    tagger = HMMTagger(order, max_iterations=5).fit_em(words, initial=labelled)
    assert tagger.labels_ == labelled.labels_
    assert tagger.score(words) > before
    assert tagger.vocabulary_ is not None
    assert set(tagger.vocabulary_) == {word for sentence in X + words for word in sentence}
    # What did not occur is not forgotten, nor are suffixes.
    assert tagger.predict([["我", "爱", "北京"]]) == [["r", "v", "ns"]]
    assert tagger.stop_probabilities_ is not None
    more = tagger.fit_em(words, initial=tagger).log_likelihoods_
    assert all(b >= a - 1e-9 * abs(a) for a, b in itertools.pairwise(more))


def test_an_interrupt_leaves_the_last_complete_iteration() -> None:
    data = random_sequences(1, 5, [30, 30])

    def interrupt(iteration: int, most: int, message: str) -> None:
        assert most == 50
        assert "log likelihood" in message
        if iteration == 3:
            raise KeyboardInterrupt

    tagger = HMMTagger(order=1, max_iterations=50, tolerance=0)
    with pytest.raises(KeyboardInterrupt):
        tagger.fit_em(data, labels=2, progress=interrupt)
    three = HMMTagger(order=1, max_iterations=3, tolerance=0).fit_em(data, labels=2)
    assert tagger.emission_probabilities_.tobytes() == three.emission_probabilities_.tobytes()


def test_training_ends_when_nothing_is_gained() -> None:
    tagger = HMMTagger(order=1, tolerance=1e-3).fit_em(random_sequences(2, 4, [40]), labels=2)
    gains = np.diff(tagger.log_likelihoods_) / 40
    assert gains[-1] < 1e-3
    assert (gains[:-1] >= 1e-3).all()


@pytest.mark.parametrize("order", [1, 2])
def test_an_impossible_sequence_is_named(order: int) -> None:
    labelled = HMMTagger(order, smoothing="add-k", pseudocount=0).fit([[0, 1]], [["a", "b"]])
    with pytest.raises(ValueError, match="sequence 2 is impossible"):
        HMMTagger(order).fit_em([[0, 1], [1, 0]], initial=labelled)


# --- samples -----------------------------------------------------------------------------------


def test_samples_have_the_probabilities_of_the_model() -> None:
    starts, transitions = [0.3, 0.7], [[0.6, 0.4], [0.2, 0.8]]
    emissions = [[0.5, 0.5, 0.0], [0.1, 0.2, 0.7]]
    model = HMMTagger.from_probabilities(starts, transitions, emissions)
    tokens, labels = model.sample(20_000, seed=5)
    pairs = Counter(itertools.pairwise(labels))
    seen = Counter(zip(labels, tokens, strict=True))
    for i, row in enumerate(transitions):
        total = sum(pairs[str(i), str(j)] for j in range(2))
        assert [pairs[str(i), str(j)] / total for j in range(2)] == pytest.approx(row, abs=0.02)
        total = sum(seen[str(i), m] for m in range(3))
        assert [seen[str(i), m] / total for m in range(3)] == pytest.approx(emissions[i], abs=0.02)
    firsts = Counter(model.sample(1, seed)[1][0] for seed in range(500))
    assert firsts["1"] / 500 == pytest.approx(0.7, abs=0.06)


@pytest.mark.parametrize("order", [1, 2])
def test_samples_of_a_model_with_contexts_follow_its_probabilities(order: int) -> None:
    tagger = HMMTagger(order).fit(X * 3, Y * 3)
    first = Counter(tuple(map(tuple, tagger.sample(1, seed))) for seed in range(2000))
    contexts = reference.Contexts(
        [list(zip(x, y, strict=True)) for x, y in zip(X * 3, Y * 3, strict=True)], TRUST
    )
    weights = {}
    for word in tagger.vocabulary_ or ():
        for label in tagger.labels_:
            number = tagger.labels_.index(label)
            q = tagger.emission_probabilities_[number, (tagger.vocabulary_ or ()).index(word)]
            p = contexts.label(label, reference.BOUNDARY, tagger.start_probabilities_[number])
            weights[(word,), (label,)] = p * contexts.token((word, label), reference.BOUNDARY, q)
    for pair, weight in weights.items():
        # Nothing unknown is drawn, and no end: what is left adds up to a little less than 1.
        assert first[pair] / 2000 == pytest.approx(weight / sum(weights.values()), abs=0.05)


def test_the_same_seed_gives_the_same_sample() -> None:
    tagger = HMMTagger().fit(X, Y)
    assert tagger.sample(30, 1) == tagger.sample(30, 1) != tagger.sample(30, 2)
    assert tagger.sample(0) == ([], [])
    tokens, labels = tagger.sample(9)
    assert len(tokens) == len(labels) == 9


def test_a_sample_ends_where_nothing_can_follow() -> None:
    tagger = HMMTagger(1, smoothing="add-k", pseudocount=0).fit([[0, 1]], [["a", "b"]])
    assert tagger.sample(5) == ([0, 1], ["a", "b"])


# --- the taggers' contract ---------------------------------------------------------------------

ORDERS_AND_CONTEXTS = list(itertools.product([1, 2], [True, False]))


@pytest.fixture(scope="module", params=ORDERS_AND_CONTEXTS, ids=str)
def tagger(request: pytest.FixtureRequest, tagged: Tagged) -> HMMTagger:
    order, contexts = request.param
    return HMMTagger(order, contexts).fit(*words_and_tags(tagged[::2]))


def test_batches_are_as_one_by_one(tagger: HMMTagger, tagged: Tagged) -> None:
    words, _ = words_and_tags(tagged[1:60])
    words.insert(3, [])
    assert tagger.predict(words) == [tagger.predict([sentence])[0] for sentence in words]
    together, alone = (
        tagger.predict_marginals(words),
        [tagger.predict_marginals([w])[0] for w in words],
    )
    assert [m.tobytes() for m in together] == [m.tobytes() for m in alone]
    assert tagger.n_best(words, 2) == [tagger.n_best([sentence], 2)[0] for sentence in words]


def test_the_laws_of_paths_and_marginals(tagger: HMMTagger, tagged: Tagged) -> None:
    words, tags = words_and_tags(tagged[1:40:2])
    predicted, paths = tagger.predict(words), tagger.n_best(words, 4)
    for sentence, labels, best in zip(words, predicted, paths, strict=True):
        assert best[0].labels == labels
        assert len({tuple(path.labels) for path in best}) == len(best)
        scores = [path.score for path in best]
        assert scores == sorted(scores, reverse=True)
        assert sum(path.probability for path in best) <= 1 + 1e-9
        assert len(labels) == len(sentence)
    for marginals in tagger.predict_marginals(words):
        np.testing.assert_allclose(marginals.sum(axis=1), 1.0)
    assert tagger.score(words) == pytest.approx(tagger.log_likelihood(words).sum())
    assert 0.5 < tagger.score(words, tags) <= 1


def test_allowed_labels_are_kept_to(tagger: HMMTagger, tagged: Tagged) -> None:
    words, _ = words_and_tags(tagged[1:8])
    free = tagger.predict(words)
    other = [next(label for label in tagger.labels_ if label != labels[0]) for labels in free]
    allowed = [
        [{label}] + [None] * (len(labels) - 1) for label, labels in zip(other, free, strict=True)
    ]
    for labels, best, marginals, label in zip(
        tagger.predict(words, allowed), tagger.n_best(words, 3, allowed),
        tagger.predict_marginals(words, allowed), other, strict=True,
    ):  # fmt: skip
        assert labels[0] == label
        assert all(path.labels[0] == label for path in best)
        assert marginals[0, tagger.labels_.index(label)] == pytest.approx(1.0)
    assert tagger.predict(words, [None] * len(words)) == free
    fixed = [[{label} for label in labels] for labels in free]
    assert tagger.predict(words, fixed) == free
    with pytest.raises(ValueError, match="unknown label"):
        tagger.predict([["我"]], [[{"no such"}]])


def test_what_is_saved_predicts_the_same(tagger: HMMTagger, tagged: Tagged, tmp_path: Path) -> None:
    words, _ = words_and_tags(tagged[1::2])
    tagger.save(tmp_path / "one")
    restored = HMMTagger.load(tmp_path / "one")
    assert restored.get_params() == tagger.get_params()
    assert restored.predict(words) == tagger.predict(words)
    assert restored.log_likelihood(words).tobytes() == tagger.log_likelihood(words).tobytes()
    assert restored.sample(20, 3) == tagger.sample(20, 3)
    restored.save(tmp_path / "two")
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()


def test_learning_twice_gives_the_same_bytes(tagged: Tagged, tmp_path: Path) -> None:
    for name in ("one", "two"):
        HMMTagger().fit(*words_and_tags(tagged)).save(tmp_path / name)
        HMMTagger(1, seed=4, max_iterations=3).fit_em(random_sequences(0, 9, [50]), labels=3).save(
            tmp_path / f"{name}-em"
        )
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()
    assert (tmp_path / "one-em").read_bytes() == (tmp_path / "two-em").read_bytes()


def test_models_without_labels_are_saved_too(tmp_path: Path) -> None:
    data = random_sequences(0, 9, [50])
    tagger = HMMTagger(1, max_iterations=3).fit_em(data, labels=["A", "B"])
    tagger.save(tmp_path / "model")
    restored = HMMTagger.load(tmp_path / "model")
    assert restored.predict(data) == tagger.predict(data)
    assert restored.stop_probabilities_ is None
    words = HMMTagger(2, max_iterations=3).fit_em(["天地玄黄", "宇宙洪荒"], labels=2)
    words.save(tmp_path / "words")
    assert HMMTagger.load(tmp_path / "words").predict(["天洪", "?"]) == words.predict(["天洪", "?"])


def test_a_model_that_is_not_sound_is_refused() -> None:
    parameters, arrays = HMMTagger().fit(X, Y).to_store()
    changes = {
        "model/transitions": np.ones((2, 2, 2)),
        "model/emissions/labels": arrays["model/emissions/labels"] + 9,
        "model/emissions/probabilities": np.full_like(
            arrays["model/emissions/probabilities"], np.nan
        ),
        "model/contexts/after_labels": arrays["model/contexts/after_labels"] + 99,
        "symbols/offsets": arrays["symbols/offsets"][::-1],
        "unknown/labels": arrays["unknown/labels"] + 9,
        "unknown/first": arrays["unknown/first"][:-1],
    }
    for name, array in changes.items():
        with pytest.raises(ModelError, match="not a sound hmm"):
            HMMTagger.from_store(parameters, {**arrays, name: array}, "here")
    for change in (
        {"labels": ["a"]},
        {"symbols": 3},
        {"params": {"order": 1}},
        {"params": {"orders": 1}},
    ):
        with pytest.raises(ModelError, match="not a sound hmm"):
            HMMTagger.from_store({**parameters, **change}, arrays, "here")


def test_long_sequences_work() -> None:
    long = ["我", "爱", "北京"] * 33_334
    for order, contexts in ORDERS_AND_CONTEXTS:
        tagger = HMMTagger(order, contexts).fit(X, Y)
        assert tagger.predict([long])[0][-3:] == ["r", "v", "ns"]
        assert tagger.predict_marginals([long])[0].shape == (len(long), 3)
    numbers = np.arange(100_000) % 7
    assert (
        len(HMMTagger(1, max_iterations=2).fit_em([numbers], labels=4).predict([numbers])[0])
        == 100_000
    )


def test_one_label_and_one_token() -> None:
    for order, contexts in ORDERS_AND_CONTEXTS:
        tagger = HMMTagger(order, contexts).fit([["字"]], [["S"]])
        assert tagger.predict([["字", "新"], [], ["字"]]) == [["S", "S"], [], ["S"]]
        assert tagger.n_best([[]])[0][0][:2] == ([], 0.0)
        assert tagger.predict_marginals([[]])[0].shape == (0, 1)
        assert tagger.predict([]) == []


def test_characters_are_segmented_better_with_contexts(segmented: list[list[str]]) -> None:
    def letters(sentences: list[list[str]]) -> tuple[list[str], list[list[str]]]:
        marks = [
            [m for w in s for m in ("S" if len(w) == 1 else "B" + "M" * (len(w) - 2) + "E")]
            for s in sentences
        ]
        return ["".join(sentence) for sentence in sentences], marks

    train, test = letters(segmented[::2]), letters(segmented[1::2])
    plain, rich = (
        HMMTagger(contexts=contexts).fit(*train).score(*test) for contexts in (False, True)
    )
    assert rich > plain > 0.5


def test_nothing_learnt_is_said() -> None:
    tagger = HMMTagger()
    for use in (
        lambda: tagger.predict([["a"]]),
        lambda: tagger.sample(3),
        lambda: tagger.score([["a"]]),
    ):
        with pytest.raises(ValueError, match="has learnt nothing yet"):
            use()


@pytest.mark.parametrize(
    ("X", "y", "error"),
    [
        ([["a"]], [["x", "y"]], "1 tokens, but 2 labels"),
        ([["a"]], [], "1 sequences"),
        ([], [], "nothing to learn"),
        ([[]], [[]], "nothing to learn"),
        ([["a", 1]], [["x", "y"]], "must be a str"),
        ([[1, "a"]], [["x", "y"]], "whole numbers"),
        ([[0.5]], [["x"]], "whole numbers"),
        ([[-1]], [["x"]], "from 0"),
        ([[1 << 30]], [["x"]], "must be in"),
        ([["a"]], [[1]], "label must be a str"),
        ("ab", [["x"]], "list of sequences"),
        ([7], [["x"]], "list of tokens"),
    ],
)
def test_bad_data_is_refused(X: list, y: list, error: str) -> None:
    with pytest.raises((TypeError, ValueError), match=error):
        HMMTagger().fit(X, y)


def test_tokens_of_another_kind_are_refused() -> None:
    words, numbers = HMMTagger().fit(X, Y), HMMTagger().fit([[0, 1]], [["a", "b"]])
    with pytest.raises(TypeError, match="must be a str"):
        words.predict([[3]])
    with pytest.raises(TypeError, match="hashed"):
        words.predict([[["a"]]])
    with pytest.raises(TypeError, match="whole numbers"):
        numbers.predict([["a"]])
    with pytest.raises(TypeError, match="of one kind"):
        HMMTagger().fit_em([[0, 1]], initial=words)


@pytest.mark.parametrize(
    ("parameters", "error"),
    [
        ({"order": 3}, "order"),
        ({"smoothing": "none"}, "smoothing"),
        ({"emission_smoothing": None}, "emission_smoothing"),
        ({"pseudocount": -1}, "pseudocount"),
        ({"known_from": 0}, "known_from"),
        ({"rare_to": 0}, "rare_to"),
        ({"max_iterations": 0}, "max_iterations"),
        ({"tolerance": math.nan}, "tolerance"),
        ({"seed": -1}, "seed"),
        ({"workers": 0}, "workers"),
    ],
)
def test_bad_parameters_are_refused(parameters: dict, error: str) -> None:
    with pytest.raises((TypeError, ValueError), match=error):
        HMMTagger(**parameters).fit(X, Y)


def test_bad_starts_are_refused() -> None:
    data = [[0, 1]]
    with pytest.raises(ValueError, match="how many labels"):
        HMMTagger().fit_em(data)
    with pytest.raises(ValueError, match="differ"):
        HMMTagger().fit_em(data, labels=["a", "a"])
    with pytest.raises(TypeError, match="number or a list"):
        HMMTagger().fit_em(data, labels=[])
    with pytest.raises(ValueError, match="of order 2"):
        HMMTagger(2).fit_em(data, initial=HMMTagger(1).fit([[0]], [["a"]]))
    with pytest.raises(ValueError, match="255 labels"):
        HMMTagger(2).fit_em(data, labels=256)
    with pytest.raises(ValueError, match="learnt nothing"):
        HMMTagger(2).fit_em(data, initial=HMMTagger(2))


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        (([1.0], [[1.0]], [[0.5, 0.6]]), "add up"),
        (([1.0], [[1.0]], [[-0.5, 1.5]]), "from 0 to 1"),
        (([math.nan], [[1.0]], [[1.0]]), "from 0 to 1"),
        (([1.0], [1.0], [[1.0]]), "dimensions"),
        (([0.5, 0.5], [[1.0]], [[1.0]]), "shapes"),
        (([1.0], [[1.0]], [[1.0]], ["a", "b"]), "names"),
        (([1.0], [[1.0]], [[1.0]], ["a"], ["x", "y"]), "different words"),
        (([1.0], [[1.0]], [[0.5, 0.5]], ["a"], ["x", "x"]), "different words"),
    ],
)
def test_bad_probabilities_are_refused(arguments: tuple, error: str) -> None:
    with pytest.raises(ValueError, match=error):
        HMMTagger.from_probabilities(*arguments)


def test_parameters_follow_scikit_learns_contract() -> None:
    tagger = HMMTagger(1, rare_to=3)
    assert HMMTagger(**tagger.get_params()).get_params() == tagger.get_params()
    assert tagger.set_params(order=2).order == 2
    assert repr(tagger) == "HMMTagger(rare_to=3)"
    messages: list[tuple[int, int, str]] = []
    assert tagger.fit(X, Y, dev=(X, Y), progress=lambda *said: messages.append(said)) is tagger
    assert messages == [(1, 1, "dev accuracy 1.0000")]


def test_many_labels_need_a_plain_model_of_first_order() -> None:
    names = [[str(i) for i in range(300)]]
    with pytest.raises(ValueError, match="set order=1 and contexts=False"):
        HMMTagger(order=1).fit(names, names)
    tagger = HMMTagger(order=1, contexts=False).fit(names, names)
    assert tagger.predict(names) == names
