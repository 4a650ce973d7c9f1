"""PerceptronTagger: what it learns, that it goes on learning, that it is the same every time."""

from __future__ import annotations

import itertools
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from classicnlp._ext.perceptron import RULES
from classicnlp.corpus import read_tagged
from classicnlp.corpus.schemes import is_legal
from classicnlp.errors import ModelError
from classicnlp.segmentation.character import LABELS, labels_of
from classicnlp.tagging.features import WordFeatures
from classicnlp.tagging.structured import PerceptronTagger
from tests.conftest import Tagged, shared_data

X = [["我", "爱", "北京"], ["北京", "欢迎", "你"], ["你", "爱", "我"], [], ["来"]]
Y = [["r", "v", "ns"], ["ns", "v", "r"], ["r", "v", "r"], [], ["v"]]

EDGES = "U00:%x[0,0]\nU01:%x[-1,0]\nB00\nB01:%x[0,0]\nB02:%x[-1,1]"
"""A template with features of transitions."""

Labelled = tuple[list[list[str]], list[list[str]]]


@pytest.fixture(scope="module")
def words(tagged: Tagged) -> Labelled:
    return (
        [[word for word, _ in sentence] for sentence in tagged],
        [[tag for _, tag in sentence] for sentence in tagged],
    )


@pytest.fixture(scope="module")
def characters(segmented: list[list[str]]) -> Labelled:
    return (
        [list("".join(words)) for words in segmented],
        [[LABELS[label] for label in labels_of(words)] for words in segmented],
    )


def columns(tokens: list[list[str]]) -> list[list[tuple[str, str]]]:
    return [[(token, str(len(token))) for token in sequence] for sequence in tokens]


def dictionaries(tokens: list[list[str]]) -> list[list[dict[str, Any]]]:
    return [
        [{"w": token, "last": token[-1], "length": len(token) / 2} for token in sequence]
        for sequence in tokens
    ]


def everything(tagger: PerceptronTagger, sequences: list[Any]) -> object:
    """Return whatever a tagger says of sequences."""
    marginals = [rows.tolist() for rows in tagger.predict_marginals(sequences)]
    return tagger.predict(sequences), tagger.n_best(sequences, 3), marginals


# --- what it learns ----------------------------------------------------------------------------


@pytest.mark.parametrize("rule", RULES)
def test_training_data_is_learnt_by_heart(words: Labelled, rule: str) -> None:
    tagger = PerceptronTagger(epochs=15, algorithm=rule).fit(*words)
    assert tagger.score(*words) >= 0.99


def test_characters_are_learnt_by_heart(characters: Labelled) -> None:
    tagger = PerceptronTagger(epochs=30, scheme="BMES").fit(*characters)
    assert tagger.score(*characters) >= 0.99
    assert tagger.labels_ == ("B", "E", "M", "S")
    assert all(is_legal(labels, "BMES") for labels in tagger.predict(characters[0]))


def test_values_of_features_count(words: Labelled) -> None:
    tokens, labels = dictionaries(words[0]), words[1]
    assert PerceptronTagger(epochs=15).fit(tokens, labels).score(tokens, labels) >= 0.95
    # One feature, whose value alone decides.
    signs = [[{"x": value} for value in (-2.5, 0.5, 3.0, -0.5)]]
    wanted = [["minus", "plus", "plus", "minus"]]
    for rule in RULES:
        tagger = PerceptronTagger(algorithm=rule, epochs=20).fit(signs * 10, wanted * 10)
        assert tagger.predict(signs) == wanted


def test_features_of_transitions_are_learnt() -> None:
    # The label is kept at "k" and changes at "c": no feature of a place can tell which it is.
    generator = np.random.default_rng(0)
    sequences, wanted = [], []
    for _ in range(60):
        tokens = ["a", *generator.choice(["k", "c"], 7).tolist()]
        flips = np.cumsum([token == "c" for token in tokens]) % 2
        sequences.append(columns([tokens])[0])
        wanted.append(["xy"[flip] for flip in flips])
    tagger = PerceptronTagger(EDGES, epochs=20).fit(sequences[:40], wanted[:40])
    assert tagger.score(sequences[40:], wanted[40:]) == 1.0
    plain = PerceptronTagger("U00:%x[0,0]\nU01:%x[-1,0]", epochs=20)
    assert plain.fit(sequences[:40], wanted[:40]).score(sequences[40:], wanted[40:]) < 0.9


def test_early_stop_keeps_the_best_epoch(words: Labelled) -> None:
    parts = [[part[i::2] for part in words] for i in (0, 1)]
    messages: list[str] = []
    tagger = PerceptronTagger(epochs=50, early_stop=2).fit(
        *parts[0], dev=tuple(parts[1]), progress=lambda *told: messages.append(told[2])
    )
    figures = [float(message.rpartition(" ")[2]) for message in messages]
    assert len(messages) == min(tagger.best_epoch_ + 2, 50)
    assert max(figures) == figures[tagger.best_epoch_ - 1]
    assert tagger.score(*parts[1]) == pytest.approx(max(figures), abs=5e-5)
    again = PerceptronTagger(epochs=tagger.best_epoch_).fit(*parts[0])
    assert everything(again, parts[1][0]) == everything(tagger, parts[1][0])


def test_progress_is_told(words: Labelled) -> None:
    told: list[tuple[int, int, str]] = []
    PerceptronTagger(epochs=3).fit(*words, progress=lambda *what: told.append(what))
    assert [(epoch, most) for epoch, most, _ in told] == [(1, 3), (2, 3), (3, 3)]
    assert all("wrong while training" in message for _, _, message in told)


@pytest.mark.slow
def test_parts_of_speech_of_the_peoples_daily() -> None:
    sentences = [s for s in read_tagged(shared_data("pfr1998", "199801.txt.xz"), "slash") if s]
    cut, end = len(sentences) * 8 // 10, len(sentences) * 9 // 10
    parts = [
        (
            [[word for word, _ in sentence] for sentence in part],
            [[tag for _, tag in sentence] for sentence in part],
        )
        for part in (sentences[:cut], sentences[end:])
    ]
    tagger = PerceptronTagger("words").fit(*parts[0])
    assert tagger.score(*parts[1]) >= 0.963


# --- the same every time -----------------------------------------------------------------------


def test_the_same_seed_gives_the_same_file(words: Labelled, tmp_path: Path) -> None:
    files = []
    for seed in (1, 1, 2):
        tagger = PerceptronTagger(epochs=2, seed=seed).fit(*words)
        tagger.seed = 0
        tagger.save(tmp_path / "model")
        files.append((tmp_path / "model").read_bytes())
    assert files[0] == files[1]
    assert files[0] != files[2]


def shaped(kind: str, tokens: list[list[str]]) -> tuple[Any, Any]:
    """Return features of a kind, and tokens as these take them."""
    if kind == "template":
        return EDGES, columns(tokens)
    if kind == "dictionaries":
        return "dictionaries", dictionaries(tokens)
    return WordFeatures(kind), tokens


@pytest.mark.parametrize("kind", ["plain", "tagged", "template", "dictionaries"])
def test_saved_and_loaded_it_says_the_same(words: Labelled, kind: str, tmp_path: Path) -> None:
    features, tokens = shaped(kind, words[0])
    tagger = PerceptronTagger(features, epochs=2).fit(tokens, words[1])
    tagger.save(tmp_path / "model")
    loaded = PerceptronTagger.load(tmp_path / "model")
    assert repr(loaded) == repr(tagger)
    assert loaded.labels_ == tagger.labels_
    assert everything(loaded, tokens[:40]) == everything(tagger, tokens[:40])
    with pytest.raises(FileNotFoundError):
        PerceptronTagger.load(tmp_path / "none")
    (tmp_path / "model").write_bytes((tmp_path / "model").read_bytes()[:-9])
    with pytest.raises(ModelError):
        PerceptronTagger.load(tmp_path / "model")


def test_one_by_one_is_all_at_once(words: Labelled) -> None:
    tagger = PerceptronTagger(epochs=2).fit(*words)
    tokens = words[0][:60]
    alone = [tagger.predict([sequence])[0] for sequence in tokens]
    assert tagger.predict(tokens) == alone
    assert [paths[0].labels for paths in tagger.n_best(tokens, 1)] == alone
    marginals = tagger.predict_marginals(tokens)
    assert all(rows.sum(axis=1) == pytest.approx(np.ones(len(rows))) for rows in marginals)


def test_fitting_again_forgets_what_was_learnt(words: Labelled) -> None:
    once = PerceptronTagger(epochs=2).fit(*words)
    twice = PerceptronTagger(epochs=2).fit(X, Y).fit(*words)
    assert everything(once, words[0][:20]) == everything(twice, words[0][:20])


def test_what_is_allowed_is_kept_to(words: Labelled) -> None:
    tagger = PerceptronTagger(epochs=2).fit(*words)
    tokens = words[0][0]
    allowed = [{tagger.labels_[i % 2], tagger.labels_[2]} for i in range(len(tokens))]
    assert all(
        label in choice
        for label, choice in zip(tagger.predict([tokens], [allowed])[0], allowed, strict=True)
    )


# --- Ctrl-C, and learning more -----------------------------------------------------------------


def interrupt_after(epochs: int) -> Any:
    def progress(epoch: int, _: int, __: str) -> None:
        if epoch == epochs:
            raise KeyboardInterrupt

    return progress


def test_on_an_interrupt_what_was_learnt_is_kept(words: Labelled) -> None:
    tagger = PerceptronTagger(epochs=9)
    with pytest.raises(KeyboardInterrupt):
        tagger.fit(*words, progress=interrupt_after(2))
    shorter = PerceptronTagger(epochs=2).fit(*words)
    assert everything(tagger, words[0][:20]) == everything(shorter, words[0][:20])
    with pytest.raises(KeyboardInterrupt):
        tagger.fit(*words, dev=words, progress=interrupt_after(3))
    assert tagger.best_epoch_ in (1, 2, 3)
    assert tagger.score(*words) > 0.9


@pytest.mark.parametrize("kind", ["plain", "template", "dictionaries"])
def test_learning_in_two_parts_is_learning_at_once(words: Labelled, kind: str) -> None:
    features, tokens = shaped(kind, words[0])
    labels = words[1]
    names = sorted({label for sequence in labels for label in sequence})
    once = PerceptronTagger(features).partial_fit(tokens, labels, names)
    parts = PerceptronTagger(features).partial_fit(tokens[:50], labels[:50], names)
    for start in range(50, len(tokens), 100):
        parts.partial_fit(tokens[start : start + 100], labels[start : start + 100])
    assert parts.labels_ == once.labels_
    if kind != "template":  # pairs of labels that are new have no weight before they come
        assert everything(parts, tokens[:40]) == everything(once, tokens[:40])
    assert parts.score(tokens, labels) == pytest.approx(once.score(tokens, labels), abs=0.02)


def test_hashed_features_are_learnt_in_parts_too(words: Labelled, tmp_path: Path) -> None:
    once = PerceptronTagger(WordFeatures(hash_bits=12)).partial_fit(*words)
    parts = PerceptronTagger(WordFeatures(hash_bits=12))
    parts.partial_fit(words[0][:9], words[1][:9], once.labels_)
    parts.partial_fit(words[0][9:], words[1][9:])
    assert parts.labels_ == tuple(sorted(once.labels_)) == once.labels_
    assert everything(parts, words[0][:40]) == everything(once, words[0][:40])
    assert len(set(parts._extractor.names())) == len(parts._extractor.names())
    parts.save(tmp_path / "model")
    loaded = PerceptronTagger.load(tmp_path / "model")
    assert everything(loaded, words[0][:40]) == everything(once, words[0][:40])
    assert loaded.top_features(30) == parts.top_features(30)


def test_features_of_both_parts_are_known_by_name(words: Labelled) -> None:
    tokens, labels = dictionaries(words[0]), words[1]
    tagger = PerceptronTagger().partial_fit(tokens[:20], labels[:20])
    before = tagger._extractor.names()
    tagger.partial_fit(tokens[20:], labels[20:])
    after = tagger._extractor.names()
    assert after[: len(before)] == before
    assert len(set(after)) == len(after) > len(before)
    assert {name for name, _, _ in tagger.top_features(50)} <= set(after)


def test_more_columns_than_before_are_refused() -> None:
    tagger = PerceptronTagger(EDGES).partial_fit(columns(X), Y)
    before = everything(tagger, columns(X))
    with pytest.raises(ValueError, match="columns"):
        tagger.partial_fit([[("我", "1", "x")]], [["r"]])
    assert everything(tagger, columns(X)) == before


def test_partial_fit_goes_on_from_fit(words: Labelled) -> None:
    tagger = PerceptronTagger(epochs=1).fit(*words)
    before = tagger.score(*words)
    for _ in range(5):
        assert tagger.partial_fit(*words) is tagger
    assert tagger.score(*words) > before


def test_new_labels_and_features_may_come() -> None:
    tagger = PerceptronTagger("words").partial_fit(X, Y)
    assert tagger.labels_ == ("ns", "r", "v")
    tagger.partial_fit([["一", "本", "书"]] * 9, [["m", "q", "n"]] * 9, labels=["a", "r"])
    assert tagger.labels_ == ("ns", "r", "v", "a", "m", "n", "q")
    assert tagger.predict([["一", "本", "书"]]) == [["m", "q", "n"]]
    assert tagger.predict(X[:3]) == Y[:3]


def test_new_labels_may_come_to_features_of_transitions() -> None:
    tagger = PerceptronTagger(EDGES).partial_fit(columns(X), Y)
    for _ in range(9):
        tagger.partial_fit(columns([["一", "本", "书"]]), [["m", "q", "n"]])
        tagger.partial_fit(columns(X), Y)
    assert tagger.predict(columns([["一", "本", "书"], *X])) == [["m", "q", "n"], *Y]


def test_learning_goes_on_after_loading(words: Labelled, tmp_path: Path) -> None:
    tagger = PerceptronTagger(epochs=1, scheme=None).fit(*words)
    tagger.save(tmp_path / "model")
    loaded = PerceptronTagger.load(tmp_path / "model")
    before = loaded.score(*words)
    for _ in range(5):
        loaded.partial_fit(*words)
    assert loaded.score(*words) > before
    # Without a mistake the averaged weights stay as they are.
    easy = PerceptronTagger(WordFeatures("plain"), epochs=30, margin=0).fit(X, Y)
    easy.save(tmp_path / "model")
    again = PerceptronTagger.load(tmp_path / "model").partial_fit(X, Y)
    assert again.n_best(X) == easy.n_best(X)


def test_a_scheme_holds_while_learning_goes_on(tmp_path: Path) -> None:
    sequences, wanted = [list("我来到北京")] * 3, [["O", "O", "O", "B-LOC", "I-LOC"]] * 3
    tagger = PerceptronTagger("characters", scheme="BIO").fit(sequences, wanted)
    tagger.save(tmp_path / "model")
    loaded = PerceptronTagger.load(tmp_path / "model").partial_fit(sequences, wanted)
    for one in (tagger, loaded):
        assert one.predict(sequences) == wanted
        texts = ["".join(two) for two in itertools.permutations("北京我", 2)]
        assert all(is_legal(labels) for labels in one.predict([list(text) for text in texts]))
        assert np.isneginf(one.transitions_[one.labels_.index("O"), one.labels_.index("I-LOC")])


# --- edges -------------------------------------------------------------------------------------


def test_one_label_is_always_right() -> None:
    tagger = PerceptronTagger("words").fit([["我"], ["你", "他"]], [["r"], ["r", "r"]])
    assert tagger.predict([["谁", "知道"], []]) == [["r", "r"], []]
    assert tagger.predict_marginals([["谁"]])[0].tolist() == [[1.0]]


def test_tokens_never_seen_get_some_label() -> None:
    tagger = PerceptronTagger("words").fit(X, Y)
    assert set(tagger.predict([["外星人", "😀", "\ud800"]])[0]) <= set(tagger.labels_)


def test_a_hundred_thousand_tokens() -> None:
    tokens = ["我", "爱", "你"] * 33_334
    labels = ["r", "v", "r"] * 33_334
    tagger = PerceptronTagger("words", epochs=2).fit([tokens, *X[:3]], [labels, *Y[:3]])
    assert tagger.predict([tokens]) == [labels]


@pytest.mark.parametrize(
    ("params", "error", "message"),
    [
        ({"epochs": 0}, ValueError, "epochs must be at least 1"),
        ({"min_count": 0}, ValueError, "min_count must be at least 1"),
        ({"seed": -1}, ValueError, "seed must be at least 0"),
        ({"seed": 0.5}, TypeError, "seed must be a whole number"),
        ({"algorithm": "winnow"}, ValueError, "algorithm must be one of averaged, passive"),
        ({"margin": -1}, ValueError, "margin must be a finite number from 0"),
        ({"margin": "big"}, TypeError, "margin must be a number"),
        ({"aggressiveness": 0}, ValueError, "aggressiveness must be above 0"),
        ({"early_stop": 0}, ValueError, "early_stop must be at least 1"),
        ({"early_stop": 3}, ValueError, "early_stop needs dev"),
        ({"scheme": "IBO"}, ValueError, "no such scheme"),
        ({"features": "letters"}, ValueError, "features must be"),
    ],
)
def test_unusable_parameters_are_told(
    params: dict[str, Any], error: type[Exception], message: str
) -> None:
    tagger = PerceptronTagger(**params)
    with pytest.raises(error, match=message):
        tagger.fit(X, Y)


@pytest.mark.parametrize(
    ("tokens", "labels", "error", "message"),
    [
        ([], [], ValueError, "nothing to learn from"),
        ([[]], [[]], ValueError, "nothing to learn from"),
        ([["我"]], [["r", "v"]], ValueError, "sequence 1 has 1 tokens, but 2 labels"),
        ([["我"]], [], ValueError, "X has 1 sequences, y has 0"),
        ("我", ["r"], TypeError, "got one str"),
        ([["我"]], [[1]], TypeError, "a label must be a str"),
        ([[{"x": float("nan")}]], [["r"]], ValueError, "nan|finite|number"),
    ],
)
@pytest.mark.parametrize("method", ["fit", "partial_fit"])
def test_data_that_cannot_be_learnt_from_is_told(
    tokens: Any, labels: Any, error: type[Exception], message: str, method: str
) -> None:
    tagger = PerceptronTagger()
    with pytest.raises(error, match=message):
        getattr(tagger, method)(tokens, labels)
    with pytest.raises(ValueError, match="PerceptronTagger has learnt nothing yet"):
        tagger.predict(X)


def test_data_that_cannot_be_learnt_from_leaves_the_tagger_as_it_was() -> None:
    tagger = PerceptronTagger(epochs=3).fit(dictionaries(X), Y)
    before = everything(tagger, dictionaries(X))
    for method in (tagger.fit, tagger.partial_fit):
        with pytest.raises(ValueError, match=r"nan|finite"):
            method([[{"new": 1.0, "x": float("nan")}]], [["z"]])
        assert everything(tagger, dictionaries(X)) == before


def test_parameters_are_kept_as_given() -> None:
    tagger = PerceptronTagger("words", epochs=3, margin=0.5)
    assert tagger.get_params()["margin"] == 0.5
    assert repr(tagger.set_params(epochs=4)) == (
        "PerceptronTagger(features='words', epochs=4, margin=0.5)"
    )
    with pytest.raises(ValueError, match="no parameter 'epoch'"):
        tagger.set_params(epoch=4)
