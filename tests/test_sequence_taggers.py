"""The laws that all sequence taggers keep, whatever their features, and what they refuse."""

from __future__ import annotations

import itertools
import math
import random
import re
import threading
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import cache, partial
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from classicnlp import Lexicon, ModelError
from classicnlp.corpus.schemes import Scheme, legal_transitions, spans_of
from classicnlp.tagging.base import SequenceTagger
from classicnlp.tagging.constraints import fixed_spans
from classicnlp.tagging.crf import CRFTagger
from classicnlp.tagging.hmm import HMMTagger
from classicnlp.tagging.linear import LinearTagger
from classicnlp.tagging.structured import PerceptronTagger
from tests.conftest import nasty_words

Words = list[list[str]]

TEMPLATE = "U00:%x[0,0]\nU01:%x[-1,0]/%x[0,0]\nU02:%x[0,1]\nB01:%x[0,0]"
WORDS = {
    "r": ["我", "你", "他们", "这"],
    "v": ["爱", "来", "欢迎", "会", "这"],
    "n": ["北京", "大学", "会", "人"],
    "w": ["，", "。"],
}
FOLLOWS = {"": "rn", "r": "vn", "v": "nrw", "n": "vw", "w": "rn"}


def sentences(count: int, seed: int) -> tuple[Words, Words]:
    """Draw sentences of a small language, some of them empty, and their labels."""
    draw = random.Random(seed)
    X: Words = []
    y: Words = []
    for _ in range(count):
        labels: list[str] = []
        for _ in range(draw.choice([0, 1, 2, 3, 5, 8, 13])):
            labels.append(draw.choice(FOLLOWS[labels[-1] if labels else ""]))
        X.append([draw.choice(WORDS[label]) for label in labels])
        y.append(labels)
    return X, y


class Case(NamedTuple):
    """A tagger, and what it takes for a word."""

    name: str
    make: Callable[..., SequenceTagger]
    token: Callable[[str], Any]

    def tokens(self, X: Iterable[Iterable[str]]) -> list[list[Any]]:
        return [[self.token(word) for word in words] for words in X]


VOCABULARY = sorted({word for words in WORDS.values() for word in words})
TOKENS: dict[str, Callable[[str], Any]] = {
    "characters": lambda word: word[0],
    "words": lambda word: word,
    "dictionaries": lambda word: {"w": word, "length": len(word) / 2, "bias": True},
    "templates": lambda word: (word, word[-1:]),
    "numbers": lambda word: VOCABULARY.index(word) if word in VOCABULARY else len(VOCABULARY),
}


def crf(features: str) -> Callable[..., SequenceTagger]:
    return partial(CRFTagger, features, max_iterations=25)


def perceptron(features: str) -> Callable[..., SequenceTagger]:
    return partial(PerceptronTagger, features, epochs=4)


LINEAR = [
    Case(f"{name}-{kind}", make(TEMPLATE if kind == "templates" else kind), TOKENS[kind])
    for name, make in (("crf", crf), ("perceptron", perceptron))
    for kind in ("characters", "words", "dictionaries", "templates")
]
CASES = [
    *LINEAR,
    Case("hmm-characters", HMMTagger, TOKENS["characters"]),
    Case("hmm-words", HMMTagger, TOKENS["words"]),
    Case("hmm-order-1", partial(HMMTagger, order=1), TOKENS["words"]),
    Case("hmm-numbers", HMMTagger, TOKENS["numbers"]),
]
ONE_OF_EACH = [case for case in CASES if case.name.endswith("-words")]

every_case = pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
every_linear_case = pytest.mark.parametrize("case", LINEAR, ids=lambda case: case.name)
every_class = pytest.mark.parametrize("case", ONE_OF_EACH, ids=lambda case: case.name)

X_TRAIN, Y_TRAIN = sentences(60, 1)
X_TEST, Y_TEST = sentences(30, 2)


@cache
def fitted(case: Case) -> SequenceTagger:
    """The tagger after training; nobody changes it."""
    return case.make().fit(case.tokens(X_TRAIN), Y_TRAIN)


def written(tagger: SequenceTagger, path: Path) -> bytes:
    tagger.save(path)
    return path.read_bytes()


# --- learning --------------------------------------------------------------------------------


@every_case
def test_it_learns_what_follows_what(case: Case) -> None:
    assert fitted(case).score(case.tokens(X_TEST), Y_TEST) > 0.9


@every_case
def test_labels_are_those_of_training_in_order(case: Case) -> None:
    assert fitted(case).labels_ == ("n", "r", "v", "w")


@every_case
def test_fit_twice_and_fit_again_give_the_same_bytes(case: Case, tmp_path: Path) -> None:
    tagger = case.make(seed=3)
    first = written(tagger.fit(case.tokens(X_TRAIN), Y_TRAIN), tmp_path / "a")
    again = written(tagger.fit(case.tokens(X_TRAIN), Y_TRAIN), tmp_path / "b")
    iterators: Any = iter(case.tokens(X_TRAIN)), iter(Y_TRAIN)
    other = case.make(seed=3).fit(*iterators)
    assert first == again == written(other, tmp_path / "c")


@pytest.mark.parametrize("options", [{}, {"l1": 0.3}, {"margin": 0.5, "epochs": 0}])
@pytest.mark.parametrize("features", ["words", TEMPLATE], ids=["words", "templates"])
def test_the_number_of_threads_makes_no_difference(
    features: str, options: dict[str, Any], tmp_path: Path
) -> None:
    token = TOKENS["words" if features == "words" else "templates"]
    X, y = [[token(word) for word in words] for words in X_TRAIN * 5], Y_TRAIN * 5
    files = []
    for workers in (1, 2):
        tagger = CRFTagger(features, workers=workers, **options).fit(X, y)
        files.append(written(tagger.set_params(workers=1), tmp_path / "model"))
    assert files[0] == files[1]


@every_case
def test_parameters_are_not_changed_by_fitting(case: Case) -> None:
    assert repr(fitted(case)) == repr(case.make())


@every_class
def test_what_holds_tokens_and_labels_makes_no_difference(case: Case) -> None:
    expected = fitted(case).predict(X_TEST)
    as_tuples = tuple(map(tuple, X_TRAIN)), tuple(map(tuple, Y_TRAIN))
    as_arrays = [np.array(words, dtype=str) for words in X_TRAIN], [np.array(y) for y in Y_TRAIN]
    given: list[Any] = [as_tuples, as_arrays]
    for X, y in given:
        tagger = case.make().fit(X, y)
        predicted = tagger.predict(tuple(map(tuple, X_TEST)))
        assert predicted == expected
        assert {type(label) for labels in predicted for label in labels} == {str}
        assert tagger.score(X, y) == fitted(case).score(X_TRAIN, Y_TRAIN)


@pytest.mark.parametrize("case", [case for case in LINEAR if "words" in case.name])
def test_the_most_accurate_weights_on_dev_are_kept(case: Case) -> None:
    said: list[str] = []
    generator = np.random.default_rng(0)
    X = [generator.integers(0, 40, 6).astype(str).tolist() for _ in range(80)]
    y = [[str(int(token) % 3) if int(token) % 4 else "0" for token in words] for words in X]
    dev: Any = iter(X[40:]), iter(y[40:])
    tagger = case.make().fit(X[:40], y[:40], dev, lambda *step: said.append(step[2]))
    figures = [re.search(r"dev ([\d.]+)", message)[1] for message in said]  # type: ignore[index]
    assert max(figures) == f"{tagger.score(X[40:], y[40:]):.4f}"


def test_the_objective_falls_from_iteration_to_iteration() -> None:
    for l1 in (0.0, 0.5):
        said: list[str] = []
        tagger = CRFTagger("words", l1=l1, tolerance=0.0, max_iterations=40)
        tagger.fit(X_TRAIN, Y_TRAIN, progress=lambda *step, said=said: said.append(step[2]))
        values = [float(m[1]) for text in said if (m := re.search(r"objective ([-\d.]+)", text))]
        assert len(values) > 10
        assert values == sorted(values, reverse=True)
        assert f"{tagger.objective_:.2f}" == f"{values[-1]:.2f}"


# --- predicting ------------------------------------------------------------------------------


@every_case
def test_a_batch_is_the_same_as_one_by_one(case: Case) -> None:
    tagger, X = fitted(case), case.tokens(X_TEST)
    assert tagger.predict(X) == [tagger.predict([sequence])[0] for sequence in X]
    for together, alone in zip(
        tagger.predict_marginals(X),
        [tagger.predict_marginals([sequence])[0] for sequence in X],
        strict=True,
    ):
        np.testing.assert_array_equal(together, alone)
    assert tagger.n_best(X, 3) == [tagger.n_best([sequence], 3)[0] for sequence in X]


@every_case
def test_marginals_are_the_sums_over_all_paths(case: Case) -> None:
    tagger = fitted(case)
    count = len(tagger.labels_)
    X = case.tokens(words[:3] for words in X_TEST)
    for sequence, paths, marginals in zip(
        X, tagger.n_best(X, count**3), tagger.predict_marginals(X), strict=True
    ):
        assert marginals.shape == (len(sequence), count)
        assert math.fsum(path.probability for path in paths) == pytest.approx(1.0, abs=1e-9)
        expected = np.zeros_like(marginals)
        for path in paths:
            for place, label in enumerate(path.labels):
                expected[place, tagger.labels_.index(label)] += path.probability
        np.testing.assert_allclose(marginals, expected, atol=1e-9)
        np.testing.assert_allclose(marginals.sum(axis=1), 1.0, atol=1e-9)


@every_case
def test_the_best_paths_are_sorted_and_distinct_and_begin_with_the_prediction(case: Case) -> None:
    tagger, X = fitted(case), case.tokens(X_TEST)
    for k in (1, 2, 7):
        for labels, paths in zip(tagger.predict(X), tagger.n_best(X, k), strict=True):
            scores = [path.score for path in paths]
            assert paths[0].labels == labels
            assert scores == sorted(scores, reverse=True)
            assert len({tuple(path.labels) for path in paths}) == len(paths) <= k
            assert all(len(path.labels) == len(labels) for path in paths)
            assert all(0.0 <= path.probability <= 1.0 for path in paths)
            for path in paths:
                share = math.exp(path.score - paths[0].score) * paths[0].probability
                assert path.probability == pytest.approx(share, rel=1e-9, abs=1e-12)


@every_linear_case
def test_there_are_as_many_best_paths_as_paths(case: Case) -> None:
    paths = fitted(case).n_best(case.tokens([["我", "爱", "人"]]), 1000)[0]
    every = set(itertools.product("nrvw", repeat=3))
    assert {tuple(path.labels) for path in paths} == every
    assert len(paths) == len(every)


def test_the_log_likelihood_is_the_log_of_the_probabilities_of_paths() -> None:
    for case in LINEAR[:4]:
        tagger = fitted(case)
        assert isinstance(tagger, CRFTagger)
        X, y = case.tokens(X_TEST), Y_TEST
        assert tagger.log_likelihood(X, y) <= 0
        total = 0.0
        for sequence, labels in zip(X, y, strict=True):
            if len(sequence) <= 3:
                found = tagger.n_best([sequence], 64)[0]
                probability = {tuple(path.labels): path.probability for path in found}
                alone = tagger.log_likelihood([sequence], [labels])
                assert alone == pytest.approx(math.log(probability[tuple(labels)]), abs=1e-9)
            total += tagger.log_likelihood([sequence], [labels])
        assert tagger.log_likelihood(X, y) == pytest.approx(total, rel=1e-12)


@every_case
def test_threads_that_share_a_tagger_get_what_one_gets(case: Case) -> None:
    tagger, X = fitted(case), case.tokens(X_TEST)
    expected = tagger.predict(X), tagger.n_best(X, 3)
    start = threading.Barrier(4)

    def hammer(_: int) -> bool:
        start.wait()
        return all((tagger.predict(X), tagger.n_best(X, 3)) == expected for _ in range(3))

    with ThreadPoolExecutor(4) as pool:
        assert all(pool.map(hammer, range(4)))


@every_case
def test_the_score_is_the_share_of_right_labels(case: Case) -> None:
    tagger, X = fitted(case), case.tokens(X_TEST)
    right = [
        a == b
        for gold, found in zip(Y_TEST, tagger.predict(X), strict=True)
        for a, b in zip(gold, found, strict=True)
    ]
    assert tagger.score(X, Y_TEST) == sum(right) / len(right)


# --- constraints -----------------------------------------------------------------------------


@every_case
def test_only_allowed_labels_are_given(case: Case) -> None:
    tagger, X = fitted(case), case.tokens(X_TRAIN)
    draw = random.Random(5)
    allowed: list[Any] = [
        [draw.choice([None, {label, draw.choice("nrvw")}]) for label in labels]
        for labels in Y_TRAIN
    ]
    allowed[::5] = [None] * len(allowed[::5])
    predicted = tagger.predict(X, allowed)
    marginals, best = tagger.predict_marginals(X, allowed), tagger.n_best(X, 4, allowed)
    for choices, labels, table, paths in zip(allowed, predicted, marginals, best, strict=True):
        assert paths[0].labels == labels
        np.testing.assert_allclose(table.sum(axis=1), 1.0)
        for place, choice in enumerate(choices or []):
            if choice is not None:
                assert {labels[place], *(path.labels[place] for path in paths)} <= choice
                out = [i for i, label in enumerate(tagger.labels_) if label not in choice]
                assert (table[place, out] == 0).all()


@every_case
def test_constraints_that_allow_everything_change_nothing(case: Case) -> None:
    tagger, X = fitted(case), case.tokens(X_TEST)
    everything = [[tagger.labels_] * len(sequence) for sequence in X]
    assert tagger.predict(X, everything) == tagger.predict(X, [None] * len(X)) == tagger.predict(X)


@every_case
def test_wrong_constraints_are_refused_with_the_name_of_the_sequence(case: Case) -> None:
    tagger, X = fitted(case), case.tokens([["我"], ["我", "爱"]])
    for allowed, error, saying in (
        ([None], ValueError, "X has 2 sequences, allowed has 1"),
        ([None, [None]], ValueError, "sequence 2 has 2 tokens, allowed has 1 places"),
        ([None, [None, []]], ValueError, "sequence 2, place 2: no label is allowed"),
        ([None, [{"x"}, None]], ValueError, "sequence 2, place 1: unknown label 'x'"),
        ([None, ["r", None]], TypeError, "sequence 2, place 1: expected None or a collection"),
    ):
        for call in (tagger.predict, tagger.predict_marginals, tagger.n_best):
            with pytest.raises(error, match=saying):
                call(X, allowed=allowed)


@every_case
def test_sequences_are_counted_from_the_first_of_all(case: Case) -> None:
    """Taggers work on some thousand tokens at a time: messages count on."""
    tagger, X = fitted(case), case.tokens([["我", "爱"] * 6000] * 4)
    allowed: list[Any] = [None, None, None, [{"x"}] * 12_000]
    with pytest.raises(ValueError, match="sequence 4"):
        tagger.predict(X, allowed)


# --- schemes ---------------------------------------------------------------------------------

SCHEME_LABELS: dict[Scheme, list[str]] = {
    "BIO": ["B-L", "B-P", "I-L", "I-P", "O"],
    "BIOES": ["B-L", "B-P", "E-L", "E-P", "I-L", "I-P", "O", "S-L", "S-P"],
    "BMES": ["B", "E", "M", "S"],
}


@pytest.mark.parametrize("make", [CRFTagger, PerceptronTagger])
@pytest.mark.parametrize("scheme", SCHEME_LABELS)
def test_a_scheme_is_never_broken(make: Any, scheme: Scheme, tmp_path: Path) -> None:
    labels = SCHEME_LABELS[scheme]
    legal = legal_transitions(labels, scheme)
    draw = random.Random(4)
    X = [[draw.choice("甲乙丙丁") for _ in range(draw.randint(0, 9))] for _ in range(40)]
    y = [[draw.choice(labels) for _ in words] for words in X]  # as illegal as can be
    tagger = make(features="characters", scheme=scheme).fit(X, y)
    tagger.save(tmp_path / "model")
    for each in (tagger, make.load(tmp_path / "model")):
        for paths in each.n_best(X, 20):
            for path in paths:
                numbers = [labels.index(label) for label in path.labels]
                if numbers:
                    assert legal.starts[numbers[0]]
                    assert legal.stops[numbers[-1]]
                assert all(legal.transitions[pair] for pair in itertools.pairwise(numbers))
        assert each.predict(X) == [paths[0].labels for paths in each.n_best(X, 1)]


@pytest.mark.parametrize("make", [CRFTagger, PerceptronTagger])
def test_constraints_that_a_scheme_leaves_no_path_for_are_named(make: Any) -> None:
    X, y = [["a", "b", "c"], ["c"]], [["B-P", "I-P", "O"], ["O"]]
    tagger = make(features="words", scheme="BIO").fit(X, y)
    for call in (tagger.predict, tagger.predict_marginals, tagger.n_best):
        with pytest.raises(ValueError, match="sequence 2 has no path"):
            call([["a"], ["a"]], allowed=[None, [{"I-P"}]])


@pytest.mark.parametrize("make", [CRFTagger, PerceptronTagger])
def test_labels_of_another_scheme_are_refused_before_training(make: Any) -> None:
    said: list[str] = []
    with pytest.raises(ValueError, match="label 'S-P' is not BIO"):
        make(scheme="BIO").fit([["a"]], [["S-P"]], progress=lambda *step: said.append(step[2]))
    assert said == []


@every_class
def test_fixed_spans_come_out_exactly(case: Case) -> None:
    draw = random.Random(7)
    labels = SCHEME_LABELS["BIO"]
    X = [[draw.choice("甲乙丙丁戊") for _ in range(9)] for _ in range(40)]
    y = [[draw.choice(["O", "O", "B-L", "B-P"]) for _ in words] for words in X]
    for sequence in y:
        for place in range(1, len(sequence)):
            if sequence[place - 1] != "O" and draw.random() < 0.5:
                sequence[place] = f"I-{sequence[place - 1][2:]}"
    options = {"known_from": None} if case.name.startswith("hmm") else {"scheme": "BIO"}
    tagger = case.make(**options).fit(X, y)
    assert list(tagger.labels_) == labels
    spans = [(1, 3, "P"), (5, 6, "L")]
    allowed = [fixed_spans(9, spans, tagger.labels_)] * len(X)
    for found in tagger.predict(X, allowed):
        assert {(1, 3, "P"), (5, 6, "L")} <= set(spans_of(found, "BIO"))


# --- saving ----------------------------------------------------------------------------------


@every_case
def test_saved_and_loaded_it_predicts_alike(case: Case, tmp_path: Path) -> None:
    tagger, X = fitted(case), case.tokens(X_TEST)
    before = written(tagger, tmp_path / "model")
    loaded = type(tagger).load(tmp_path / "model")
    assert loaded.labels_ == tagger.labels_
    assert loaded.get_params() == tagger.get_params()
    assert loaded.predict(X) == tagger.predict(X)
    assert loaded.n_best(X, 3) == tagger.n_best(X, 3)
    for a, b in zip(loaded.predict_marginals(X), tagger.predict_marginals(X), strict=True):
        np.testing.assert_array_equal(a, b)
    assert written(loaded, tmp_path / "again") == before


@every_class
def test_another_kind_of_model_is_not_loaded(case: Case, tmp_path: Path) -> None:
    Lexicon(["我"]).save(tmp_path / "lexicon")
    for other in ONE_OF_EACH:
        fitted(other).save(tmp_path / other.name)
    for path in tmp_path.iterdir():
        if path.name != case.name:
            with pytest.raises(ModelError, match=r"holds an? .* where an? .* was expected"):
                type(fitted(case)).load(path)


@every_case
def test_a_file_that_was_cut_or_changed_is_refused(case: Case, tmp_path: Path) -> None:
    whole = written(fitted(case), tmp_path / "model")
    path = tmp_path / "changed"
    for k in range(25):
        place = len(whole) * k // 25
        flipped = bytearray(whole)
        flipped[place] ^= 0x41
        for content in (whole[:place], bytes(flipped)):
            path.write_bytes(content)
            with pytest.raises(ModelError):
                type(fitted(case)).load(path)


@every_case
def test_a_file_with_wrong_numbers_and_a_right_checksum_does_no_harm(case: Case) -> None:
    """Whoever makes such a file gets an error, or predictions; never memory that is not his."""
    tagger, X = fitted(case), case.tokens(X_TEST[:8])
    parameters, arrays = tagger.to_store()
    refused = 0
    for name, array in arrays.items():
        if "alphabet/" in name or not array.size:
            continue
        for changed in _changes(array):
            try:
                loaded = type(tagger).from_store(parameters, {**arrays, name: changed}, "a file")
            except ModelError:
                refused += 1
                continue
            with suppress(ValueError):
                loaded.predict(X)
                loaded.n_best(X, 2)
                loaded.predict_marginals(X)
    assert refused > 0


def _changes(array: np.ndarray) -> list[np.ndarray]:
    changes = [array[:-1], np.concatenate([array, array[-1:]])]
    if array.dtype.kind in "iu":
        for place, value in itertools.product((0, array.size // 2, -1), (-1, 0, 1 << 30)):
            changed = array.copy()
            changed.reshape(-1)[place] = np.int64(value).astype(array.dtype)
            changes.append(changed)
    elif array.dtype.kind == "f":
        for weight in (np.nan, np.inf, -np.inf):
            changed = array.copy()
            changed.reshape(-1)[0] = weight
            changes.append(changed)
    return changes


# --- little data, odd data -------------------------------------------------------------------


@every_case
def test_of_nothing_there_is_nothing_to_say(case: Case) -> None:
    tagger = fitted(case)
    assert tagger.predict([]) == []
    assert tagger.predict_marginals([]) == []
    assert tagger.n_best([]) == []
    assert tagger.score([], []) == tagger.score([[]], [[]]) == 0.0
    assert tagger.predict([[], []]) == [[], []]
    assert [table.shape for table in tagger.predict_marginals([[], []])] == [(0, 4), (0, 4)]
    (paths,) = tagger.n_best([[]], 3)
    assert [(path.labels, path.probability) for path in paths] == [([], 1.0)]
    assert tagger.predict([[]], [[]]) == [[]]


@every_case
def test_there_must_be_something_to_learn_from(case: Case) -> None:
    nothing: list[Any] = [[], [[]], [[], []]]
    for X in nothing:
        with pytest.raises(ValueError, match=r"nothing to learn from|no tokens"):
            case.make().fit(X, X)


@every_case
def test_one_label_and_one_token_are_enough(case: Case, tmp_path: Path) -> None:
    X = case.tokens([["我"]])
    tagger = case.make().fit(X, [["r"]])
    unseen = "我" if case.name == "hmm-numbers" else "你"  # numbers say nothing about others
    assert tagger.predict(case.tokens([[unseen, "我", "我"], []])) == [["r", "r", "r"], []]
    np.testing.assert_allclose(tagger.predict_marginals(X)[0], [[1.0]])
    (paths,) = tagger.n_best(X, 9)
    assert [path.labels for path in paths] == [["r"]]
    assert paths[0].probability == pytest.approx(1.0)
    tagger.save(tmp_path / "model")
    assert type(tagger).load(tmp_path / "model").predict(X) == [["r"]]


@every_case
def test_tokens_that_were_never_seen_get_labels(case: Case) -> None:
    for labels in fitted(case).predict(case.tokens([["鑫", "淼"], ["我", "鑫"], ["犇"] * 70])):
        assert set(labels) <= set("nrvw")


@every_class
@given(words=st.lists(nasty_words, min_size=1, max_size=5))
def test_any_str_is_a_token(case: Case, words: list[str]) -> None:
    labels = ["n" if place % 2 else "v" for place in range(len(words))]
    assert len(fitted(case).predict([words])[0]) == len(words)
    tagger = case.make().fit([words], [labels])
    assert len(tagger.predict([words])[0]) == len(words)


@every_class
def test_lone_surrogates_and_wide_characters_survive_saving(case: Case, tmp_path: Path) -> None:
    X = [["\ud800", "\U00020000", "\udc00\ud800"], ["\U0010ffff", "\0", "é"]] * 3
    y = [["a", "b", "c"], ["c", "a", "b"]] * 3
    tagger = case.make().fit(X, y)
    assert tagger.predict(X) == y
    tagger.save(tmp_path / "model")
    assert type(tagger).load(tmp_path / "model").predict(X) == y


@every_case
def test_a_hundred_thousand_tokens(case: Case) -> None:
    words = list(itertools.islice(itertools.cycle(["我", "爱", "北京", "，", "鑫"]), 100_000))
    tagger, X = fitted(case), case.tokens([words])
    (labels,) = tagger.predict(X)
    (marginals,) = tagger.predict_marginals(X)
    assert len(labels) == 100_000
    np.testing.assert_allclose(marginals.sum(axis=1), 1.0, atol=1e-9)
    assert labels[500:-500] == (labels[500:505] * 20_000)[: 100_000 - 1000]


@every_linear_case
def test_without_any_feature_transitions_decide(case: Case, tmp_path: Path) -> None:
    X, y = case.tokens([["我", "爱"]] * 5), [["r", "v"]] * 5
    tagger = case.make(min_count=100).fit(X, y)
    assert tagger.predict(case.tokens([["我", "爱"], ["爱", "我"]])) == [["r", "v"]] * 2
    tagger.save(tmp_path / "model")
    assert type(tagger).load(tmp_path / "model").predict(X) == tagger.predict(X)
    assert isinstance(tagger, LinearTagger)
    assert tagger.top_features() == []


@pytest.mark.parametrize("make", [crf("dictionaries"), perceptron("dictionaries")])
def test_dictionaries_without_items_are_places_without_features(
    make: Callable[..., SequenceTagger],
) -> None:
    X: list[list[Any]] = [[{}, {}], [{}], []]
    tagger = make().fit(X, [["a", "b"], ["a"], []])
    assert [len(labels) for labels in tagger.predict([*X, [{}] * 9])] == [2, 1, 0, 9]


@pytest.mark.parametrize("make", [crf("dictionaries"), perceptron("dictionaries")])
@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_values_that_are_no_numbers_are_refused(
    make: Callable[..., SequenceTagger], value: float
) -> None:
    X = [[{"a": 1.0}], [{"a": 1.0}, {"b": value}]]
    for call in (
        lambda: make().fit(X, [["x"], ["x", "y"]]),
        lambda: make().fit([[{"a": 1.0, "b": 2.0}]], [["x"]]).predict(X),
    ):
        with pytest.raises(ValueError, match=r"(?s)(token 2.*sequence 2|sequence 2.*token 2)"):
            call()


@every_class
def test_lengths_must_fit_and_the_first_that_does_not_is_named(case: Case) -> None:
    X = [["我"], ["我", "爱"], ["爱"]]
    for call in (case.make().fit, fitted(case).score):
        with pytest.raises(ValueError, match="sequence 2 has 2 tokens, but 1 labels"):
            call(X, [["r"], ["r"], []])
        with pytest.raises(ValueError, match="X has 3 sequences, y has 1"):
            call(X, [["r"]])
    with pytest.raises(ValueError, match="sequence 1 has 1 tokens, but 2 labels"):
        case.make().fit([["我"]], [["r"]], dev=([["我"]], [["r", "v"]]))


@every_class
@pytest.mark.parametrize("X", ["我爱你", b"abc", None, 5, [5], [None], [b"ab"], [{"a": 1}]])
def test_what_are_no_sequences_are_refused(case: Case, X: Any) -> None:
    with pytest.raises(TypeError):
        case.make().fit(X, [["r", "v"]])
    with pytest.raises(TypeError):
        fitted(case).predict(X)


@every_class
@pytest.mark.parametrize("token", [None, 1.5, b"x", ["x"], object()])
def test_tokens_of_no_known_kind_are_refused(case: Case, token: Any) -> None:
    for X in ([[token, "我"]], [["我", token]]):
        with pytest.raises(TypeError):
            case.make().fit(X, [["r", "v"]])
        with pytest.raises(TypeError):
            fitted(case).predict(X)


@every_class
@pytest.mark.parametrize("label", [None, 1, 1.5, b"x", ["x"]])
def test_labels_must_be_str(case: Case, label: Any) -> None:
    with pytest.raises(TypeError, match=r"a label must be a str, got .* in sequence 2"):
        case.make().fit([["我"], ["我", "爱"]], [["r"], ["r", label]])


@every_class
def test_labels_are_lists_of_labels_not_one_str(case: Case) -> None:
    with pytest.raises(TypeError):
        case.make().fit([["我"], ["爱"]], "rv")
    with pytest.raises(TypeError):
        fitted(case).score([["我"], ["爱"]], "rv")


@every_case
def test_a_tagger_that_learnt_nothing_says_so(case: Case, tmp_path: Path) -> None:
    tagger, X = case.make(), case.tokens([["我"]])
    for call in (
        lambda: tagger.predict(X),
        lambda: tagger.predict_marginals(X),
        lambda: tagger.n_best(X),
        lambda: tagger.score(X, [["r"]]),
        lambda: tagger.save(tmp_path / "model"),
    ):
        with pytest.raises(ValueError, match="has learnt nothing yet: call fit"):
            call()
    assert list(tmp_path.iterdir()) == []


@every_case
def test_ctrl_c_keeps_what_was_learnt_so_far(case: Case) -> None:
    tagger, X = case.make(), case.tokens(X_TRAIN)
    last = 1 if case.name.startswith("hmm") else 2

    def interrupt(step: int, most: int, message: str) -> None:
        if step == last:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        tagger.fit(X, Y_TRAIN, progress=interrupt)
    assert tagger.score(X, Y_TRAIN) > 0.8


# --- features of linear taggers --------------------------------------------------------------


@pytest.mark.parametrize("make", [CRFTagger, PerceptronTagger])
def test_features_of_transitions_learn_what_others_cannot(make: Any) -> None:
    """One token keeps the label before it, the other one changes it."""
    draw = random.Random(0)
    X = [
        [draw.choice("甲乙"), *(draw.choice(["同", "异"]) for _ in range(draw.randint(1, 8)))]
        for _ in range(200)
    ]
    y = []
    for words in X:
        labels = [words[0] == "甲"]
        for word in words[1:]:
            labels.append(labels[-1] if word == "同" else not labels[-1])
        y.append([str(label) for label in labels])
    template = "U01:%x[0,0]"
    without = make(features=template).fit(X[:150], y[:150])
    tagger = make(features=f"{template}\nB01:%x[0,0]").fit(X[:150], y[:150])
    assert without.score(X[150:], y[150:]) < 0.8
    assert tagger.score(X[150:], y[150:]) == 1.0


def test_an_l1_penalty_leaves_fewer_weights() -> None:
    counts = [
        len(CRFTagger("words", l1=l1, l2=0.1).fit(X_TRAIN, Y_TRAIN).top_features(1 << 20))
        for l1 in (0.0, 0.3, 3.0)
    ]
    assert counts[0] > counts[1] > counts[2] > 0


@pytest.mark.parametrize("make", [CRFTagger, PerceptronTagger])
def test_what_tells_most_is_among_the_top_features(make: Any) -> None:
    draw = random.Random(3)
    X = [[draw.choice("甲乙丙丁") for _ in range(6)] for _ in range(50)]
    y = [["x" if word == "丙" else draw.choice("yz") for word in words] for words in X]
    tagger = make(features="U01:%x[0,0]\nU02:%x[-1,0]").fit(X, y)
    best = tagger.top_features(1)
    assert [(name, label) for name, label, _ in best] == [("U01:丙", "x")]
    of_label = tagger.top_features(50, "z")
    weights = [abs(weight) for _, _, weight in of_label]
    assert {label for _, label, _ in of_label} == {"z"}
    assert weights == sorted(weights, reverse=True)
    with pytest.raises(ValueError, match="no such label: 'a'; there are x, y, z"):
        tagger.top_features(label="a")
    assert tagger.transitions_.shape == (3, 3)
