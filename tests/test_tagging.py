"""The part-of-speech tagger: what it learns, keeps, refuses and saves."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from classicnlp import Lexicon, ModelError, fold
from classicnlp.evaluate import tagging
from classicnlp.tagging import PosTagger
from tests.conftest import Tagged, nasty_words

SMALL = [[("我", "r"), ("爱", "v"), ("你", "r")], [("你", "r"), ("来", "v")]] * 3


def words_of(sentences: Tagged) -> list[list[str]]:
    return [[word for word, _ in sentence] for sentence in sentences]


def test_it_learns_from_the_words_around(tagged: Tagged) -> None:
    """What follows 一 is a verb here and a noun there; the neighbour tells."""
    data = [[("他", "r"), ("会", "v"), ("来", "v")], [("开", "v"), ("会", "n"), ("了", "u")]] * 9
    tagger = PosTagger(epochs=5).fit(data)
    assert tagger.predict(["他", "会", "来"]) == ["r", "v", "v"]
    assert tagger.predict(["开", "会", "了"]) == ["v", "n", "u"]


def test_it_generalises_to_sentences_it_has_not_seen(tagged: Tagged) -> None:
    dev, rest = tagged[::8], [sentence for i, sentence in enumerate(tagged) if i % 8]
    tagger = PosTagger(epochs=8, known_from=5).fit(rest)
    predicted = [list(zip(words, tagger.predict(words), strict=True)) for words in words_of(dev)]
    assert tagging(dev, predicted).accuracy > 0.70


def test_tags_are_all_that_were_seen_in_order(tagged: Tagged, small_tagger: PosTagger) -> None:
    seen = {tag for sentence in tagged for _, tag in sentence}
    assert small_tagger.tags_ == tuple(sorted(seen))


@given(words=st.lists(nasty_words, max_size=6))
def test_a_prediction_has_a_tag_for_each_word_and_comes_again(
    words: list[str], small_tagger: PosTagger
) -> None:
    tags = small_tagger.predict(words)
    assert len(tags) == len(words)
    assert small_tagger.predict(tuple(words)) == tags


def test_one_tag_is_enough_and_256_are_allowed() -> None:
    assert PosTagger(epochs=1).fit([[("我", "x")]]).predict(["你", "他"]) == ["x", "x"]
    characters = sorted({fold(chr(c)) for c in range(0x4E00, 0x5000)})[:256]
    many = [[(character, f"t{i}")] for i, character in enumerate(characters)]
    tagger = PosTagger(epochs=3, known_from=1).fit(many)
    assert [tagger.predict([word])[0] for [(word, _)] in many] == [tag for [(_, tag)] in many]
    with pytest.raises(ValueError, match="at most 256 different tags"):
        PosTagger(epochs=1).fit([*many, [("鿿", "one more")]])


def test_fit_twice_and_fit_again_give_the_same_bytes(tagged: Tagged, tmp_path: Path) -> None:
    paths = [tmp_path / name for name in "abc"]
    tagger = PosTagger(epochs=2, seed=5)
    tagger.fit(tagged).save(paths[0])
    tagger.fit(tagged).save(paths[1])
    PosTagger(epochs=2, seed=5).fit(iter(tagged)).save(paths[2])
    one, two, three = (path.read_bytes() for path in paths)
    assert one == two == three
    PosTagger(epochs=2, seed=6).fit(tagged).save(paths[0])
    assert paths[0].read_bytes() != one


def test_saved_and_loaded_it_tags_alike(
    small_tagger: PosTagger, tagged: Tagged, tmp_path: Path
) -> None:
    path = tmp_path / "tagger.model"
    small_tagger.save(path)
    loaded = PosTagger.load(path)
    assert loaded.tags_ == small_tagger.tags_
    assert loaded.get_params() == small_tagger.get_params()
    for words in words_of(tagged):
        assert loaded.predict(words) == small_tagger.predict(words)
    before = path.read_bytes()
    loaded.save(path)
    assert path.read_bytes() == before


def test_the_best_epoch_on_dev_is_kept(tagged: Tagged) -> None:
    dev, rest = tagged[::8], [sentence for i, sentence in enumerate(tagged) if i % 8]
    said: list[str] = []
    tagger = PosTagger(epochs=5, known_from=5).fit(
        rest, dev=iter(dev), progress=lambda epoch, epochs, message: said.append(message)
    )
    predicted = [list(zip(words, tagger.predict(words), strict=True)) for words in words_of(dev)]
    assert len(said) == 5
    best = max(message.split()[-1] for message in said)
    assert f"{tagging(dev, predicted).accuracy:.4f}" == best


def test_a_stronger_pruning_makes_a_smaller_model(tagged: Tagged) -> None:
    def size(prune: float) -> int:
        return PosTagger(epochs=2, prune=prune).fit(tagged)._fitted().arrays["feature_cells"].size

    assert size(0.3) < size(0.02) < size(0.0)


@given(words=st.lists(nasty_words, max_size=6))
def test_the_probabilities_of_a_words_tags_add_up_to_1(
    words: list[str], small_tagger: PosTagger
) -> None:
    rows = small_tagger.marginals(words)
    assert len(rows) == len(words)
    for row in rows:
        assert set(row) <= set(small_tagger.tags_)
        assert sum(row.values()) == pytest.approx(1.0)
        assert list(row.values()) == sorted(row.values(), reverse=True)
    boundaries = np.cumsum([0, *map(len, words)]).astype(np.int32)
    chosen = small_tagger.marginals_at("".join(words), boundaries).tolist()
    assert chosen == [row[tag] for row, tag in zip(rows, small_tagger.predict(words), strict=True)]


def test_a_tagger_that_learnt_nothing_says_so(tmp_path: Path) -> None:
    for call in (lambda: PosTagger().predict(["我"]), lambda: PosTagger().save(tmp_path / "x")):
        with pytest.raises(ValueError, match=r"learnt nothing yet: call fit\(\) or load\(\)"):
            call()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("empty", [[], [[]], [[("", "n")]]])
def test_training_needs_words(empty: Tagged) -> None:
    with pytest.raises(ValueError, match="training data is empty"):
        PosTagger().fit(empty)


@pytest.mark.parametrize("epochs", [0, -1])
def test_training_needs_an_epoch(epochs: int) -> None:
    with pytest.raises(ValueError, match="epochs"):
        PosTagger(epochs=epochs).fit(SMALL)


@pytest.mark.parametrize(
    ("words", "error", "saying"),
    [
        ("我爱你", TypeError, "segment it first"),
        ([b"x"], TypeError, "a word must be a str, got bytes"),
        (["我", None], TypeError, "a word must be a str, got NoneType"),
        ([5], TypeError, "a word must be a str, got int"),
        (["我", ""], ValueError, "at least one character"),
        (None, TypeError, "words"),
        (5, TypeError, "words"),
        (b"abc", TypeError, "words|a word must be a str"),
    ],
)
def test_what_are_no_words_are_refused_with_a_reason(
    words: Any, error: type[Exception], saying: str, small_tagger: PosTagger
) -> None:
    with pytest.raises(error, match=saying):
        small_tagger.predict(words)


def test_another_kind_of_model_is_not_loaded(tmp_path: Path) -> None:
    Lexicon(["我"]).save(tmp_path / "model")
    with pytest.raises(ModelError, match="holds a lexicon, where a tagger was expected"):
        PosTagger.load(tmp_path / "model")


def test_parameters_are_kept_as_given() -> None:
    given = {
        "epochs": 3, "seed": 1, "margin": 2, "known_from": 4, "min_count": 3, "prune": 0.5,
        "runs": 2,
    }  # fmt: skip
    assert PosTagger(**given).get_params() == given  # type: ignore[arg-type]
