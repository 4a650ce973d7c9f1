"""Best paths, sums over paths, samples: as by brute force, at every size, whatever is forbidden."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from classicnlp._ext import chain
from tests.reference import chain as reference
from tests.reference.chain import Chain

INFINITY = math.inf


@st.composite
def chains(draw: st.DrawFn, whole: bool = False) -> Chain:
    """Short chains, of whole numbers (whose sums are exact) or of any, with -inf here and there."""
    length, labels = draw(st.integers(1, 4)), draw(st.integers(1, 4))
    generator = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    spread = draw(st.sampled_from([0, 1, 3, 30, 10_000]))
    forbidden = draw(st.sampled_from([0.0, 0.0, 0.2, 0.6]))
    own = draw(st.booleans())

    def scores(*shape: int) -> np.ndarray:
        values = generator.uniform(-spread, spread, shape)
        values = np.round(values) if whole else values
        values[generator.random(shape) < forbidden] = -INFINITY
        return values

    transitions = scores(length, labels, labels) if own else scores(labels, labels)
    return Chain(scores(length, labels), transitions, scores(labels), scores(labels))


def one(length: int) -> np.ndarray:
    """Return the offsets of one sequence."""
    return np.array([0, length], np.int64)


def decode(given: Chain) -> tuple[tuple[int, ...], float]:
    labels, scores = chain.decode(one(len(given.emissions)), *given)
    return tuple(labels.tolist()), float(scores[0])


def long_chain(length: int, labels: int, seed: int = 0, spread: float = 2.0) -> Chain:
    generator = np.random.default_rng(seed)
    shapes = [(length, labels), (labels, labels), (labels,), (labels,)]
    return Chain(*(generator.normal(0, spread, shape) for shape in shapes))


# --- best paths --------------------------------------------------------------------------------


@given(chains(whole=True))
def test_the_best_path_is_the_best_of_all_and_ties_go_by_the_rule(given: Chain) -> None:
    ranked = given.ranked()
    path, score = decode(given)
    if ranked:
        assert (score, path) == ranked[0]
    else:
        assert score == -INFINITY


@given(chains(whole=True), st.integers(1, 30))
def test_the_best_paths_are_the_first_of_all_and_ties_go_by_the_rule(given: Chain, k: int) -> None:
    paths, scores = chain.decode_best(*given, k)
    found = [(score, tuple(path)) for score, path in zip(scores, paths.tolist(), strict=True)]
    assert found == given.ranked()[:k]


@given(chains())
def test_scores_are_those_of_the_paths(given: Chain) -> None:
    paths, scores = chain.decode_best(*given, 8)
    assert len({tuple(path) for path in paths.tolist()}) == len(paths)
    assert (np.diff(scores) <= 0).all()
    for path, score in zip(paths.tolist(), scores, strict=True):
        assert score == pytest.approx(given.score(tuple(path)), rel=1e-12, abs=1e-9)
    if len(paths):
        assert decode(given) == (tuple(paths[0].tolist()), scores[0])


def test_of_equal_paths_the_smaller_label_at_the_last_difference_comes_first() -> None:
    # Only the changes 0 → 1 and 1 → 0 score: 010 and 101 are the best, and 010 ends smaller.
    nothing = np.zeros(2)
    paths, _ = chain.decode_best(np.zeros((3, 2)), np.eye(2)[::-1].copy(), nothing, nothing, 2)
    assert paths.tolist() == [[0, 1, 0], [1, 0, 1]]
    labels, _ = chain.decode(one(3), np.zeros((3, 2)), np.eye(2)[::-1].copy())
    assert labels.tolist() == [0, 1, 0]


@pytest.mark.parametrize("labels", [1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 31, 44, 63, 64, 65, 300])
@pytest.mark.parametrize("own", [False, True])
def test_any_number_of_labels(labels: int, own: bool) -> None:
    length = 12
    generator = np.random.default_rng(labels)
    scores = generator.integers(-9, 9, (length, labels)).astype(float)
    shape = (length, labels, labels) if own else (labels, labels)
    transitions = generator.integers(-9, 9, shape).astype(float)
    given = Chain(scores, transitions, np.zeros(labels), generator.integers(-9, 9, labels) * 1.0)
    best, back = given.starts + given.emissions[0], []
    for place in range(1, length):
        ways = best[:, None] + (transitions[place] if own else transitions)
        back.append(ways.argmax(axis=0))
        best = ways.max(axis=0) + given.emissions[place]
    path = [int((best + given.stops).argmax())]
    for before in reversed(back):
        path.insert(0, int(before[path[0]]))
    assert decode(given) == (tuple(path), (best + given.stops).max())
    found, found_scores = chain.decode_best(*given, 3)
    assert found[0].tolist() == path
    assert [given.score(tuple(other)) for other in found.tolist()] == found_scores.tolist()
    marginals, log_z, pairs = chain.posteriors(one(length), *given)
    assert marginals.sum(axis=1) == pytest.approx(np.ones(length), abs=1e-12)
    assert pairs.sum() == pytest.approx(length - 1, abs=1e-10)
    forward = given.starts + given.emissions[0]
    for place in range(1, length):
        ways = forward[:, None] + (transitions[place] if own else transitions)
        forward = np.logaddexp.reduce(ways, axis=0) + given.emissions[place]
    assert log_z[0] == pytest.approx(np.logaddexp.reduce(forward + given.stops), rel=1e-12)
    assert marginals[-1] == pytest.approx(np.exp(forward + given.stops - log_z[0]), abs=1e-12)


def test_no_random_path_beats_the_best() -> None:
    given = long_chain(64, 9)
    path, score = decode(given)
    assert given.score(path) == pytest.approx(score, rel=1e-12)
    others = np.random.default_rng(1).integers(0, 9, (200, 64)).tolist()
    assert all(given.score(tuple(other)) < score for other in others)


def test_more_paths_than_there_are_cannot_be_had() -> None:
    given = long_chain(2, 3)
    paths, _ = chain.decode_best(*given, 10**12)
    assert len(paths) == 9


# --- sums over paths ---------------------------------------------------------------------------


@given(chains())
def test_posteriors_are_those_of_all_paths_added_up(given: Chain) -> None:
    marginals, log_z, pairs = chain.posteriors(one(len(given.emissions)), *given)
    wanted, wanted_z, wanted_pairs = reference.posteriors(given)
    assert marginals == pytest.approx(wanted, abs=1e-9)
    assert log_z[0] == pytest.approx(wanted_z, rel=1e-12, abs=1e-9)
    assert pairs == pytest.approx(wanted_pairs, abs=1e-9)


@given(chains())
def test_the_two_references_agree(given: Chain) -> None:
    for a, b in zip(reference.posteriors(given), reference.posteriors_in_logs(given), strict=True):
        assert a == pytest.approx(b, abs=1e-9, rel=1e-12)


@pytest.mark.parametrize("labels", [2, 4, 5])
@pytest.mark.parametrize("spread", [1.0, 100.0, 10_000.0])
@pytest.mark.parametrize("masked", [0.0, 0.3])
def test_weights_of_any_size_and_masks(labels: int, spread: float, masked: float) -> None:
    given = long_chain(40, labels, spread=spread)
    generator = np.random.default_rng(labels)
    forbidden = generator.random(given.emissions.shape) < masked
    forbidden[np.arange(40), generator.integers(0, labels, 40)] = False
    given.emissions[forbidden] = -INFINITY
    marginals, log_z, pairs = chain.posteriors(one(40), *given)
    wanted, wanted_z, wanted_pairs = reference.posteriors_in_logs(given)
    assert log_z[0] == pytest.approx(wanted_z, rel=1e-11)
    assert marginals == pytest.approx(wanted, abs=1e-7)
    assert pairs == pytest.approx(wanted_pairs, abs=1e-6)
    assert (marginals[forbidden] == 0).all()


def test_a_label_that_only_the_far_end_saves_is_not_lost() -> None:
    # Label 1 loses 500 a place to label 0, and label 0 is forbidden at the end: nothing of label 1
    # would be left among numbers of double precision.
    emissions = np.tile([0.0, -500.0], (6, 1))
    transitions = np.array([[0.0, -INFINITY], [-INFINITY, 0.0]])
    emissions[5] = -INFINITY, 0.0
    marginals, log_z, pairs = chain.posteriors(one(6), emissions, transitions)
    assert log_z[0] == -2500
    assert marginals.tolist() == [[0.0, 1.0]] * 6
    assert pairs.tolist() == [[0.0, 0.0], [0.0, 5.0]]
    drawn = chain.sample(one(6), emissions, transitions, None, None, np.full(6, 0.5))
    assert drawn.tolist() == [1] * 6


def test_a_label_that_cannot_be_reached_may_be_as_likely_as_it_likes() -> None:
    emissions = np.tile([0.0, 300.0], (50, 1))
    transitions = np.array([[0.0, -INFINITY], [-INFINITY, 0.0]])
    starts = np.array([0.0, -INFINITY])
    marginals, log_z, _ = chain.posteriors(one(50), emissions, transitions, starts)
    assert log_z[0] == 0
    assert marginals.tolist() == [[1.0, 0.0]] * 50


def test_a_place_without_features_is_uniform() -> None:
    marginals, log_z, _ = chain.posteriors(one(3), np.zeros((3, 5)), np.zeros((5, 5)))
    assert marginals == pytest.approx(np.full((3, 5), 0.2))
    assert log_z[0] == pytest.approx(3 * math.log(5), rel=1e-15)


# --- published examples ------------------------------------------------------------------------


def test_healthy_and_fever() -> None:
    """Wikipedia, "Viterbi algorithm": normal, cold, dizzy come from Healthy, Healthy, Fever."""
    start, change = np.array([0.6, 0.4]), np.array([[0.7, 0.3], [0.4, 0.6]])
    emit = np.array([[0.5, 0.1], [0.4, 0.3], [0.1, 0.6]])
    labels, scores = chain.decode(one(3), np.log(emit), np.log(change), np.log(start))
    assert labels.tolist() == [0, 0, 1]
    assert math.exp(scores[0]) == pytest.approx(0.01512, rel=1e-12)


def test_umbrellas() -> None:
    """Wikipedia, "Forward–backward algorithm": rain given umbrella, umbrella, none, two more."""
    change = np.log([[0.7, 0.3], [0.3, 0.7]])
    umbrella, none = [0.9, 0.2], [0.1, 0.8]
    emit = np.log([umbrella, umbrella, none, umbrella, umbrella])
    marginals, _, _ = chain.posteriors(one(5), emit, change, np.log([0.5, 0.5]))
    assert marginals[:, 0].round(4).tolist() == [0.8673, 0.8204, 0.3075, 0.8204, 0.8673]


def test_weather() -> None:
    """Rabiner (1989), section II: after a sunny day sun sun rain rain sun cloud sun: 1.536e-4."""
    change = np.array([[0.4, 0.3, 0.3], [0.2, 0.6, 0.2], [0.1, 0.1, 0.8]])
    days = [2, 2, 2, 0, 0, 2, 1, 2]
    seen = np.full((8, 3), -INFINITY)
    seen[np.arange(8), days] = 0
    starts = np.array([-INFINITY, -INFINITY, 0.0])
    marginals, log_z, pairs = chain.posteriors(one(8), seen, np.log(change), starts)
    assert math.exp(log_z[0]) == pytest.approx(1.536e-4, rel=1e-12)
    assert marginals.argmax(axis=1).tolist() == days
    assert pairs.tolist() == [[1, 0, 1], [0, 0, 1], [1, 1, 2]]


def test_three_coins() -> None:
    """Rabiner's exercise: ten tosses of three coins with heads 0.5, 0.75, 0.25, all changes 1/3.

    Of H H H H T H T T T T the best states are 2 2 2 2 3 2 3 3 3 3, with 0.75**10 / 3**10; that is
    1.5**10 = 57.67 times as likely as the first coin all along.
    """
    heads = np.log([0.5, 0.75, 0.25])
    tails = np.log([0.5, 0.25, 0.75])
    tosses = np.array([heads if toss == "H" else tails for toss in "HHHHTHTTTT"])
    given = Chain(tosses, np.full((3, 3), -math.log(3)), np.full(3, -math.log(3)), np.zeros(3))
    path, score = decode(given)
    assert path == (1, 1, 1, 1, 2, 1, 2, 2, 2, 2)
    assert math.exp(score) == pytest.approx(0.75**10 / 3**10, rel=1e-12)
    assert math.exp(score - given.score((0,) * 10)) == pytest.approx(57.67, abs=0.01)


# --- samples -----------------------------------------------------------------------------------


@given(chains(), st.integers(0, 2**32 - 1))
def test_samples_are_those_of_the_naive_twin(given: Chain, seed: int) -> None:
    length = len(given.emissions)
    uniforms = np.random.default_rng(seed).random(length)
    drawn = chain.sample(one(length), *given, uniforms)
    if given.ranked():
        assert drawn.tolist() == reference.sample(given, uniforms)
    else:
        assert drawn.tolist() == [-1] * length


def test_labels_are_drawn_as_often_as_they_are_likely() -> None:
    given = long_chain(6, 3, seed=5, spread=1.0)
    many = 20_000
    offsets = np.arange(0, 6 * many + 1, 6)
    uniforms = np.random.default_rng(0).random(6 * many)
    emissions = np.tile(given.emissions, (many, 1))
    drawn = chain.sample(offsets, emissions, *given[1:], uniforms).reshape(many, 6)
    marginals, _, pairs = chain.posteriors(one(6), *given)
    shares = np.stack([(drawn == label).mean(axis=0) for label in range(3)], axis=1)
    assert shares == pytest.approx(marginals, abs=0.015)
    changes = np.zeros((3, 3))
    np.add.at(changes, (drawn[:, :-1].ravel(), drawn[:, 1:].ravel()), 1 / many)
    assert changes == pytest.approx(pairs, abs=0.03)


def test_the_ends_of_the_uniforms() -> None:
    emissions = np.array([[-INFINITY, 0.0, 0.0, -INFINITY]])
    nothing = np.zeros((4, 4))
    for uniform, label in ((0.0, 1), (0.5, 2), (1 - 2**-53, 2)):
        drawn = chain.sample(one(1), emissions, nothing, None, None, np.array([uniform]))
        assert drawn.tolist() == [label]


# --- batches, sizes, what cannot be ------------------------------------------------------------


@pytest.mark.parametrize("labels", [3, 4, 20])
@pytest.mark.parametrize("own", [False, True])
def test_a_batch_is_its_sequences_one_by_one(labels: int, own: bool) -> None:
    lengths = [0, 1, 7, 0, 63, 64, 65, 1, 0]
    offsets = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)
    places = int(offsets[-1])
    given = long_chain(places, labels)
    transitions = given.transitions
    if own:
        transitions = np.random.default_rng(2).normal(size=(places, labels, labels))
    rest = given.starts, given.stops
    uniforms = np.random.default_rng(3).random(places)
    paths, scores = chain.decode(offsets, given.emissions, transitions, *rest)
    marginals, log_z, pairs = chain.posteriors(offsets, given.emissions, transitions, *rest)
    drawn = chain.sample(offsets, given.emissions, transitions, *rest, uniforms)
    total = np.zeros((labels, labels))
    for s, (low, high) in enumerate(pairwise(offsets)):
        part = given.emissions[low:high], transitions[low:high] if own else transitions, *rest
        path, score = chain.decode(one(high - low), *part)
        assert (path.tolist(), score[0]) == (paths[low:high].tolist(), scores[s])
        some, z, changes = chain.posteriors(one(high - low), *part)
        assert some.tobytes() == marginals[low:high].tobytes()
        assert z[0] == log_z[s]
        total += changes
        own_draw = chain.sample(one(high - low), *part, uniforms[low:high])
        assert own_draw.tolist() == drawn[low:high].tolist()
        if low == high:
            assert (score[0], z[0]) == (0, 0)
    assert pairs == pytest.approx(total, rel=1e-12)


def test_places_may_share_their_transitions_or_have_the_same() -> None:
    given = long_chain(70, 6)
    repeated = np.repeat(given.transitions[None], 70, axis=0)
    own = given._replace(transitions=repeated)
    assert decode(given) == decode(own)
    for a, b in zip(
        chain.posteriors(one(70), *given), chain.posteriors(one(70), *own), strict=True
    ):
        assert a == pytest.approx(b, rel=1e-10, abs=1e-12)


def test_nothing_at_all() -> None:
    nothing = np.zeros((0, 3))
    for offsets, sequences in ((np.zeros(1, np.int64), 0), (np.zeros(4, np.int64), 3)):
        labels, scores = chain.decode(offsets, nothing, np.zeros((3, 3)))
        assert (labels.shape, labels.dtype, scores.tolist()) == ((0,), np.int32, [0.0] * sequences)
        marginals, log_z, pairs = chain.posteriors(offsets, nothing, np.zeros((3, 3)))
        assert (marginals.shape, log_z.tolist()) == ((0, 3), [0.0] * sequences)
        assert not pairs.any()
        assert chain.sample(offsets, nothing, np.zeros((3, 3)), None, None, np.zeros(0)).size == 0
    paths, scores = chain.decode_best(nothing, np.zeros((3, 3)), None, None, 5)
    assert (paths.shape, scores.tolist()) == ((1, 0), [0.0])


@pytest.mark.parametrize("labels", [1, 4, 9])
def test_a_hundred_thousand_places(labels: int) -> None:
    given = long_chain(100_000, labels, spread=100.0)
    path, score = decode(given)
    assert given.score(path) == pytest.approx(score, rel=1e-10)
    marginals, log_z, pairs = chain.posteriors(one(100_000), *given)
    assert log_z[0] >= score * (1 - 1e-12)
    assert marginals.sum(axis=1) == pytest.approx(np.ones(100_000), abs=1e-6)
    assert pairs.sum() == pytest.approx(99_999, rel=1e-9)
    paths, scores = chain.decode_best(*given, 2)
    assert (tuple(paths[0].tolist()), scores[0]) == (path, score)
    drawn = chain.sample(one(100_000), *given, np.full(100_000, 0.5))
    assert 0 <= drawn.min() <= drawn.max() < labels


@pytest.mark.parametrize("bad", [-INFINITY, math.nan])
@pytest.mark.parametrize("place", [0, 2, 4])
def test_a_sequence_without_a_path_says_so(bad: float, place: int) -> None:
    offsets = np.array([0, 5, 10], np.int64)
    emissions = np.zeros((10, 4))
    emissions[place] = bad
    _, scores = chain.decode(offsets, emissions, np.zeros((4, 4)))
    assert scores.tolist() == [-INFINITY, 0.0]
    marginals, log_z, _ = chain.posteriors(offsets, emissions, np.zeros((4, 4)))
    assert log_z.tolist() == [-INFINITY, pytest.approx(5 * math.log(4))]
    assert not marginals[:5].any()
    assert marginals[5:] == pytest.approx(np.full((5, 4), 0.25))
    paths, scores = chain.decode_best(emissions[:5], np.zeros((4, 4)), None, None, 3)
    assert (paths.shape, scores.shape) == ((0, 5), (0,))
    drawn = chain.sample(offsets, emissions, np.zeros((4, 4)), None, None, np.zeros(10))
    assert drawn[:5].tolist() == [-1] * 5


@given(st.integers(0, 2**32 - 1), st.integers(1, 6))
def test_scores_that_are_no_numbers_do_no_harm(seed: int, labels: int) -> None:
    generator = np.random.default_rng(seed)
    given = long_chain(9, labels, seed)
    for scores in given:
        odd = generator.random(scores.shape) < 0.2
        scores[odd] = generator.choice([math.nan, INFINITY, -INFINITY, 1e308, -1e308], odd.sum())
    path, _ = decode(given)
    assert all(0 <= label < labels for label in path)
    chain.posteriors(one(9), *given)
    chain.decode_best(*given, 4)
    drawn = chain.sample(one(9), *given, generator.random(9))
    assert ((drawn >= -1) & (drawn < labels)).all()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"offsets": np.array([0, 3])}, "offsets must rise from 0 to 2"),
        ({"offsets": np.array([1, 2])}, "offsets must rise from 0 to 2"),
        ({"offsets": np.array([0, 2, 1, 2])}, "offsets must rise from 0 to 2"),
        ({"offsets": np.zeros(0, np.int64)}, "offsets must rise from 0 to 2"),
        ({"emissions": np.zeros((2, 0))}, "at least one label"),
        (
            {"transitions": np.zeros((3, 2))},
            r"expected transitions of shape \(3, 3\) or \(2, 3, 3\)",
        ),
        ({"transitions": np.zeros((3, 3, 3))}, "expected transitions"),
        ({"starts": np.zeros(2)}, "expected 3 starts and stops"),
        ({"stops": np.zeros(4)}, "expected 3 starts and stops"),
        ({"emissions": np.zeros((2, 3), np.float32)}, "mismatch"),
    ],
)
def test_shapes_that_do_not_fit_are_refused(change: dict[str, np.ndarray], message: str) -> None:
    arguments = {
        "offsets": np.array([0, 2]), "emissions": np.zeros((2, 3)),
        "transitions": np.zeros((3, 3)), "starts": np.zeros(3), "stops": np.zeros(3),
    } | change  # fmt: skip
    with pytest.raises(ValueError, match=message):
        chain.decode(**arguments)
    with pytest.raises(ValueError, match=message):
        chain.posteriors(**arguments)
    with pytest.raises(ValueError, match=message):
        chain.sample(**arguments, uniforms=np.zeros(2))


def test_uniforms_and_k_are_checked() -> None:
    with pytest.raises(ValueError, match="expected 2 uniforms, got 3"):
        chain.sample(one(2), np.zeros((2, 3)), np.zeros((3, 3)), None, None, np.zeros(3))
    with pytest.raises(ValueError, match="k of at least 1, got 0"):
        chain.decode_best(np.zeros((2, 3)), np.zeros((3, 3)), None, None, 0)


@pytest.mark.parametrize("place", range(3))
def test_nothing_is_taken_for_an_array(place: int) -> None:
    arguments: list[np.ndarray | None] = [one(1), np.zeros((1, 1)), np.zeros((1, 1))]
    arguments[place] = None
    with pytest.raises((TypeError, ValueError)):
        chain.decode(*arguments)  # type: ignore[arg-type]
