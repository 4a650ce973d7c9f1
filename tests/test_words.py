"""Tagging words from tables: the naive twin's tags, known words, boundaries that are none."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from classicnlp._ext.features import COLUMNS_OF_WORDS, word_columns
from classicnlp._ext.table import check_table, fill_table, sieve_of
from classicnlp._ext.word_features import CONTEXT, word_features
from classicnlp._ext.words import WordTagger
from classicnlp.arrays import offsets_of
from classicnlp.lexicon import Lexicon
from classicnlp.segmentation import MaxMatchSegmenter
from classicnlp.spans import Token
from classicnlp.tagging import PosTagger
from classicnlp.text import default_alphabet
from tests.conftest import Tagged, nasty_words
from tests.reference import candidates as chain

KEPT = 6
Weights = dict[int, int]

sentences = st.lists(
    st.sampled_from(["我", "中国", "国中", "a1", "大学生", "３", "é", "，"]), min_size=1, max_size=4
)


def keys_of(words: list[str], classes: list[int]) -> list[list[int]]:
    text, alphabet = "".join(words), default_alphabet()
    return word_features(
        alphabet.symbols(text),
        alphabet.classes(text),
        offsets_of(map(len, words)),
        np.array([0, len(words)]),
        np.array(classes, np.int32),
    ).tolist()


def word_key(word: str) -> int:
    """The hash of a word is the key of its column."""
    alphabet = default_alphabet()
    column = np.array([COLUMNS_OF_WORDS.index("word")], np.int32)
    offsets = np.array([0, len(word)])
    return int(word_columns(alphabet.symbols(word), alphabet.classes(word), offsets, column)[0, 0])


def boundaries_of(words: list[str]) -> np.ndarray:
    return np.cumsum([0, *(len(word) for word in words)]).astype(np.int32)


def table(rows: dict[int, list[int]], dtype: type) -> tuple[np.ndarray, np.ndarray]:
    """Return the arrays of a table from keys to cells."""
    slots, order = fill_table(np.array(list(rows), np.uint64), offsets_of(map(len, rows.values())))
    return slots, np.array([cell for row in rows.values() for cell in row], dtype)[order]


def feature_cells(row: Weights) -> list[int]:
    return [label * 256 + (weight & 255) for label, weight in row.items()]


@dataclass
class Twin:
    """What a tagger holds, as dictionaries: of a word its class, and weights of its labels."""

    features: dict[int, Weights]
    words: dict[str, tuple[int, Weights]]
    open: list[int]
    transitions: list[list[int]]
    starts: list[int]
    sharpness: float

    @classmethod
    def by_chance(cls, words: list[str], labels: int, spread: int, seed: int) -> Twin:
        generator = np.random.default_rng(seed)

        def integers(*shape: int, most: int = spread) -> list[Any]:
            return generator.integers(-most, most + 1, shape).tolist()

        def some(most: int) -> Weights:
            chosen = np.flatnonzero(generator.random(labels) < 0.6).tolist() or [0]
            return {label: integers(1, most=most)[0] for label in chosen}

        known = {
            word: (integers(1, most=2)[0] + 2, some(spread) if generator.random() < 0.7 else {})
            for word in words
            if generator.random() < 0.7
        }
        classes = [known.get(word, (0,))[0] for word in words]
        keys = {key for row in keys_of(words, classes) for key in row if key}
        return cls(
            {key: some(min(spread, 127)) for key in sorted(keys) if generator.random() < 0.6},
            known,
            sorted(some(1)),
            integers(labels, labels),
            integers(labels),
            float(generator.choice([1.0, 0.1, 0.001])),
        )

    def kernel(self) -> WordTagger:
        rows = {
            word_key(word): [number, *(weight * 256 + label for label, weight in own.items())]
            for word, (number, own) in self.words.items()
        }
        return WordTagger(
            default_alphabet(),
            *table({key: feature_cells(row) for key, row in self.features.items()}, np.uint16),
            *table(rows, np.int32),
            np.array(self.open, np.uint8),
            np.array(self.transitions, np.int32),
            np.array(self.starts, np.int32),
            self.sharpness,
        )

    def emissions(self, words: list[str]) -> list[Weights]:
        classes = [self.words.get(word, (0,))[0] for word in words]
        result = []
        for word, row in zip(words, keys_of(words, classes), strict=True):
            own = self.words.get(word, (0, {}))[1]
            if len(own) == 1:  # it is not scored, which moves all paths alike
                result.append(own)
                continue
            seen = row[: len(CONTEXT)] if own else row
            sums = {
                label: own.get(label, 0)
                + sum(self.features.get(key, {}).get(label, 0) for key in seen)
                for label in own or self.open
            }
            if not own:
                best = sorted(sums, key=lambda label: (-sums[label], label))[:KEPT]
                sums = {label: sums[label] for label in sorted(best)}
            result.append(sums)
        return result


twins = given(
    sentences,
    st.integers(0, 1 << 30),
    st.sampled_from([1, 50, 32_767]),
    st.sampled_from([1, 4, 12]),
)


@twins
def test_the_tags_are_those_of_the_naive_twin(
    words: list[str], seed: int, spread: int, labels: int
) -> None:
    twin = Twin.by_chance(words, labels, spread, seed)
    _, path = chain.best_path(twin.emissions(words), twin.transitions, twin.starts)
    assert twin.kernel().tag("".join(words), boundaries_of(words)).tolist() == path


@twins
def test_the_marginals_are_those_of_the_naive_twin(
    words: list[str], seed: int, spread: int, labels: int
) -> None:
    twin = Twin.by_chance(words, labels, min(spread, 50), seed)
    twin.sharpness = min(twin.sharpness, 0.1)  # else less likely than is told apart
    expected = chain.marginals(twin.emissions(words), twin.transitions, twin.starts, twin.sharpness)
    kernel, text, boundaries = twin.kernel(), "".join(words), boundaries_of(words)
    path, first, candidates, probabilities = kernel.marginals(text, boundaries)
    assert path.tolist() == kernel.tag(text, boundaries).tolist()
    for i, row in enumerate(expected):
        own = slice(first[i], first[i + 1])
        assert candidates[own].tolist() == list(row)
        assert probabilities[own].tolist() == pytest.approx(list(row.values()), abs=1e-9)


@twins
def test_probabilities_add_up_to_1_however_extreme_the_scores_are(
    words: list[str], seed: int, spread: int, labels: int
) -> None:
    twin = Twin.by_chance(words, labels, spread, seed)
    twin.sharpness = 1.0
    _, first, _, probabilities = twin.kernel().marginals("".join(words), boundaries_of(words))
    sums = np.add.reduceat(probabilities, first[:-1])
    assert sums.tolist() == pytest.approx([1.0] * len(words))
    assert (probabilities >= 0).all()


def test_many_keys_are_all_found_in_their_table() -> None:
    generator = np.random.default_rng(0)
    keys = np.unique(generator.integers(1, 1 << 63, 5000, dtype=np.uint64))
    widths = generator.integers(0, 4, len(keys))
    first = offsets_of(widths)
    slots, order = fill_table(keys, first)
    assert (slots[:-1, 0] != 0).sum() == len(keys)
    assert sorted(order.tolist()) == list(range(first[-1]))
    check_table(slots, order)
    # The cells of a key stay together and in order.
    starts = {tuple(range(a, b)) for a, b in zip(first.tolist(), first[1:].tolist(), strict=False)}
    blocks = zip(slots[:, 1].tolist(), slots[1:, 1].tolist(), strict=False)
    assert {tuple(order[a:b].tolist()) for a, b in blocks} | {()} == starts | {()}


@pytest.mark.parametrize("count", [0, 1, 10, 3000])
def test_a_sieve_keeps_the_keys_of_its_table(count: int) -> None:
    generator = np.random.default_rng(count)
    keys = np.unique(generator.integers(1, 1 << 63, count, dtype=np.uint64))
    slots, _ = fill_table(keys, np.arange(len(keys) + 1))
    words, shift = sieve_of(slots)
    assert len(words) == 1 << (32 - shift)

    def kept(tried: np.ndarray) -> np.ndarray:
        marks = (tried >> np.uint64(32)) | np.uint64(1)
        one = np.uint64(1)
        bits = (one << (marks >> one) % np.uint64(64)) | (
            one << (marks >> np.uint64(7)) % np.uint64(64)
        )
        return (words[marks >> np.uint64(shift)] & bits) == bits

    assert kept(keys).all()
    if count > 1000:
        assert kept(generator.integers(1, 1 << 63, 10_000, dtype=np.uint64)).mean() < 1 / 30


def test_a_word_seen_often_gets_only_tags_that_it_was_seen_with(tagged: Tagged) -> None:
    known_from = 4
    tagger = PosTagger(epochs=3, known_from=known_from).fit(tagged)
    seen: dict[str, list[str]] = {}
    for sentence in tagged:
        for word, tag in sentence:
            seen.setdefault(word, []).append(tag)
    generator = np.random.default_rng(0)
    vocabulary = sorted(seen)
    for _ in range(50):
        words = [vocabulary[i] for i in generator.integers(0, len(vocabulary), 20)]
        for word, tag in zip(words, tagger.predict(words), strict=True):
            if len(seen[word]) >= known_from:
                variants = [other for other in seen if _folds_to(other, word)]
                assert any(tag in seen[other] for other in variants)


def _folds_to(one: str, other: str) -> bool:
    return default_alphabet().fold(one) == default_alphabet().fold(other)


@given(words=st.lists(nasty_words, max_size=8))
def test_any_words_get_a_tag_each(words: list[str], small_tagger: PosTagger) -> None:
    tags = small_tagger.predict(words)
    assert len(tags) == len(words)
    assert set(tags) <= set(small_tagger.tags_)


@pytest.mark.parametrize(
    ("text", "boundaries"),
    [
        ("我爱你", []),
        ("我爱你", [0]),
        ("我爱你", [3]),
        ("我爱你", [0, 2]),
        ("我爱你", [1, 3]),
        ("我爱你", [0, 4]),
        ("我爱你", [0, 1, 1, 3]),
        ("我爱你", [0, 2, 1, 3]),
        ("我爱你", [0, 5, 3]),
        ("我爱你", [0, -1, 3]),
        ("我爱你", [0, 3, 3]),
        ("", []),
        ("", [0, 0]),
        ("", [1]),
    ],
)
def test_boundaries_that_are_none_of_the_text_are_refused(
    text: str, boundaries: list[int], small_tagger: PosTagger
) -> None:
    with pytest.raises(ValueError, match="boundaries must ascend from 0 to"):
        small_tagger._fitted().tag(text, np.array(boundaries, np.int32))


def test_no_words_have_no_tags(small_tagger: PosTagger) -> None:
    assert small_tagger.predict([]) == []
    assert small_tagger._fitted().tag("", np.zeros(1, np.int32)).tolist() == []


def test_a_batch_is_tagged_as_one_by_one(small_tagger: PosTagger, tagged: Tagged) -> None:
    words = [[word for word, _ in sentence] for sentence in tagged[:40]]
    texts = ["".join(sentence) for sentence in words]
    cuts = [boundaries_of(sentence) for sentence in words]
    kernel = small_tagger._fitted()
    single = [kernel.tag(text, cut).tolist() for text, cut in zip(texts, cuts, strict=True)]
    assert [labels.tolist() for labels in kernel.tag_batch(texts, cuts)] == single
    with pytest.raises(ValueError, match=r"shorter|longer"):
        kernel.tag_batch(texts, cuts[:-1])


def test_tokens_have_the_places_of_a_cut_and_the_tags_of_its_words(
    small_tagger: PosTagger, tagged: Tagged
) -> None:
    texts = ["".join(word for word, _ in sentence) for sentence in tagged[:40]]
    texts += ["", "𠀀\ud800 \t\n", *["我" * 300 + " a"] * 200, "我" * 128, "我" * 129]
    segmenter = MaxMatchSegmenter(Lexicon({word for sentence in tagged for word, _ in sentence}))
    kernel, names = small_tagger._fitted(), small_tagger.tags_
    tokens = kernel.tokens_batch(Token, segmenter.cutter(), texts, names)
    for text, own in zip(texts, tokens, strict=True):
        assert kernel.tokens_batch(Token, segmenter.cutter(), [text], names) == [own]
        words = segmenter.segment(text)
        assert [token.text for token in own] == words
        assert [token.tag for token in own] == small_tagger.predict(words)
        assert [0, *(token.end for token in own)] == boundaries_of(words).tolist()
        assert [token.start for token in own] == boundaries_of(words)[:-1].tolist()
        assert all(type(token) is Token for token in own)


def test_tokens_need_a_name_for_each_label_and_texts(small_tagger: PosTagger) -> None:
    kernel, names = small_tagger._fitted(), small_tagger.tags_
    cutter = MaxMatchSegmenter(Lexicon(["我"])).cutter()
    with pytest.raises(ValueError, match="expected a name for each of"):
        kernel.tokens_batch(Token, cutter, ["我"], ("r",))
    with pytest.raises(TypeError, match="named tuple of four fields"):
        kernel.tokens_batch(tuple, cutter, ["我"], names)
    texts: Any = ["我", b"x"]
    with pytest.raises(TypeError, match="str"):
        kernel.tokens_batch(Token, cutter, texts, names)


def sound() -> dict[str, Any]:
    return {
        "feature_slots": np.zeros((3, 2), np.uint32), "feature_cells": np.zeros(0, np.uint16),
        "word_slots": np.zeros((3, 2), np.uint32), "word_cells": np.zeros(0, np.int32),
        "open_labels": np.array([0], np.uint8),
        "transitions": np.zeros((1, 1), np.int32), "starts": np.zeros(1, np.int32),
    }  # fmt: skip


def one_row(cells: int) -> np.ndarray:
    """A table of two slots, of which the first has some cells."""
    return np.array([[7, 0], [0, cells], [0, cells]], np.uint32)


def test_a_tagger_without_features_still_tags() -> None:
    tagger = WordTagger(default_alphabet(), **sound())
    assert tagger.tag("我爱你", np.array([0, 1, 3], np.int32)).tolist() == [0, 0]


@pytest.mark.parametrize(
    ("name", "array"),
    [
        ("feature_slots", np.ones((3, 2), np.uint32)),
        ("feature_slots", np.zeros((2, 2), np.uint32)),
        ("feature_slots", np.zeros((3, 3), np.uint32)),
        ("feature_slots", np.zeros(3, np.uint32)),
        ("feature_slots", np.array([[0, 0], [0, 2], [0, 1]], np.uint32)),
        ("feature_slots", np.array([[0, 1], [0, 1], [0, 1]], np.uint32)),
        ("feature_slots", one_row(5)),
        ("feature_cells", np.zeros(1, np.uint16)),
        ("word_slots", np.ones((3, 2), np.uint32)),
        ("word_slots", one_row(1)),
        ("word_cells", np.zeros(3, np.int32)),
        ("open_labels", np.zeros(0, np.uint8)),
        ("open_labels", np.ones(1, np.uint8)),
        ("open_labels", np.zeros(2, np.uint8)),
        ("transitions", np.zeros((1, 2), np.int32)),
        ("transitions", np.zeros((0, 0), np.int32)),
        ("transitions", np.zeros((257, 257), np.int32)),
        ("transitions", np.full((1, 1), -(1 << 31), np.int32)),
        ("starts", np.zeros(2, np.int32)),
        ("starts", np.full(1, 1 << 24, np.int32)),
    ],
)
def test_tables_that_do_not_fit_are_refused(name: str, array: np.ndarray) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        WordTagger(default_alphabet(), **{**sound(), name: array})


@pytest.mark.parametrize("cells", [[-1, 0], [0, 1], [0, 255]])
def test_rows_of_words_that_lead_nowhere_are_refused(cells: list[int]) -> None:
    words = {"word_slots": one_row(2), "word_cells": np.array(cells, np.int32)}
    with pytest.raises(ValueError, match=r"of words do not fit|must not be below 0"):
        WordTagger(default_alphabet(), **{**sound(), **words})


@pytest.mark.parametrize("sharpness", [0.0, -1.0, 1.5, float("nan")])
def test_a_sharpness_out_of_range_is_refused(sharpness: float) -> None:
    with pytest.raises(ValueError, match="sharpness must be"):
        WordTagger(default_alphabet(), **sound(), sharpness=sharpness)
