"""Tagging words from tables: the naive twin's tags, known words, boundaries that are none."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from classicnlp._ext.features import word_features
from classicnlp._ext.words import WordTagger, fill_table
from classicnlp.tagging import PosTagger
from classicnlp.text import default_alphabet
from tests.conftest import Tagged, nasty_words
from tests.reference import candidates as chain

LABELS = 4
Table = dict[int, dict[int, int]]

sentences = st.lists(
    st.sampled_from(["我", "中国", "国中", "a1", "大学生", "３", "é"]), min_size=1, max_size=5
)


def keys_of(words: list[str]) -> tuple[list[list[int]], list[int]]:
    text = "".join(words)
    alphabet = default_alphabet()
    ends = np.concatenate([[0], np.cumsum([len(word) for word in words])]).astype(np.int64)
    keys, whole = word_features(
        alphabet.symbols(text), alphabet.classes(text), ends, np.array([0, len(words)])
    )
    return keys.tolist(), whole.tolist()


def boundaries_of(words: list[str]) -> np.ndarray:
    return np.cumsum([0, *(len(word) for word in words)]).astype(np.int32)


def filled(table: Table) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Return the arrays of a table from keys to labels with weights."""
    first = np.cumsum([0, *(len(row) for row in table.values())]).astype(np.int32)
    slots, slot_first, order = fill_table(np.array(list(table), np.uint64), first)
    labels = np.array([label for row in table.values() for label in row], np.uint8)
    weights = np.array([weight for row in table.values() for weight in row.values()], np.int16)
    return slots, slot_first, labels[order], weights[order]


def tagger_of(
    features: Table, words: Table, open_labels: list[int], transitions: Any, starts: Any
) -> WordTagger:
    slots, first, labels, weights = filled(features)
    word_slots, word_first, word_labels, _ = filled(words)
    return WordTagger(
        default_alphabet(), slots, first, labels, weights, word_slots, word_first, word_labels,
        np.array(open_labels, np.uint8), np.array(transitions, np.int32),
        np.array(starts, np.int32),
    )  # fmt: skip


@given(sentences, sentences, st.integers(0, 1 << 30), st.sampled_from([1, 50, 32_767]))
def test_the_tags_are_those_of_the_naive_twin(
    words: list[str], others: list[str], seed: int, spread: int
) -> None:
    generator = np.random.default_rng(seed)

    def some_labels() -> list[int]:
        return np.flatnonzero(generator.random(LABELS) < 0.6).tolist() or [0]

    def integers(*shape: int) -> list[Any]:
        return generator.integers(-spread, spread + 1, shape).tolist()

    features: Table = {
        key: {label: integers(1)[0] for label in some_labels()}
        for row in (*keys_of(words)[0], *keys_of(others)[0])
        for key in row
        if key and generator.random() < 0.6
    }
    known: Table = {
        key: dict.fromkeys(some_labels(), 0)
        for key in (*keys_of(words)[1], *keys_of(others)[1])
        if generator.random() < 0.5
    }
    open_labels, transitions, starts = some_labels(), integers(LABELS, LABELS), integers(LABELS)
    tagger = tagger_of(features, known, open_labels, transitions, starts)
    keys, whole = keys_of(words)
    emissions = [
        {
            label: sum(features.get(key, {}).get(label, 0) for key in row)
            for label in known.get(word, open_labels)
        }
        for row, word in zip(keys, whole, strict=True)
    ]
    # A word with one candidate is not scored, which moves all paths alike.
    _, path = chain.best_path(emissions, transitions, starts)
    assert tagger.tag("".join(words), boundaries_of(words)).tolist() == path


def test_many_keys_are_all_found_in_their_table() -> None:
    generator = np.random.default_rng(0)
    keys = np.unique(generator.integers(1, 1 << 63, 5000, dtype=np.uint64))
    widths = generator.integers(0, 4, len(keys))
    first = np.concatenate([[0], np.cumsum(widths)]).astype(np.int32)
    slots, slot_first, order = fill_table(keys, first)
    assert len(slots) & (len(slots) - 1) == 0
    assert (slots != 0).sum() == len(keys)
    assert sorted(order.tolist()) == list(range(first[-1]))
    assert slot_first[0] == 0
    assert slot_first[-1] == len(order)
    # The entries of a key stay together and in order.
    starts = {tuple(range(a, b)) for a, b in zip(first.tolist(), first[1:].tolist(), strict=False)}
    blocks = zip(slot_first.tolist(), slot_first[1:].tolist(), strict=False)
    assert {tuple(order[a:b].tolist()) for a, b in blocks} | {()} == starts | {()}


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


def sound() -> dict[str, Any]:
    return {
        "feature_slots": np.zeros(2, np.uint32), "feature_first": np.zeros(3, np.int32),
        "feature_labels": np.zeros(0, np.uint8), "feature_weights": np.zeros(0, np.int16),
        "word_slots": np.zeros(2, np.uint32), "word_first": np.zeros(3, np.int32),
        "word_labels": np.zeros(0, np.uint8), "open_labels": np.array([0], np.uint8),
        "transitions": np.zeros((1, 1), np.int32), "starts": np.zeros(1, np.int32),
    }  # fmt: skip


def test_a_tagger_without_features_still_tags() -> None:
    tagger = WordTagger(default_alphabet(), **sound())
    assert tagger.tag("我爱你", np.array([0, 1, 3], np.int32)).tolist() == [0, 0]


@pytest.mark.parametrize(
    ("name", "array"),
    [
        ("feature_slots", np.ones(2, np.uint32)),
        ("feature_slots", np.zeros(3, np.uint32)),
        ("feature_slots", np.zeros((2, 2), np.uint32)),
        ("feature_first", np.zeros(2, np.int32)),
        ("feature_first", np.array([0, 2, 1], np.int32)),
        ("feature_first", np.array([-1, 0, 0], np.int32)),
        ("feature_first", np.array([0, 0, 5], np.int32)),
        ("feature_labels", np.zeros(1, np.uint8)),
        ("feature_weights", np.zeros(1, np.int16)),
        ("word_slots", np.ones(2, np.uint32)),
        ("word_slots", np.array([1, 0], np.uint32)),
        ("word_first", np.array([0, 1, 0], np.int32)),
        ("word_labels", np.zeros(3, np.uint8)),
        ("open_labels", np.zeros(0, np.uint8)),
        ("open_labels", np.ones(1, np.uint8)),
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
