"""Feature keys: the same for the same context, different for different ones; and their numbers."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from classicnlp._ext.features import (
    TEMPLATES_OF_CHARACTERS,
    TEMPLATES_OF_WORDS,
    character_features,
    number,
    word_features,
)
from classicnlp.text import default_alphabet
from tests.conftest import code_points
from tests.reference import features as reference

symbols = st.integers(0, (1 << 21) - 1)
# Few words and few characters, so that contexts come again.
sentences = st.lists(
    st.lists(st.text(alphabet="中国a1", min_size=1, max_size=4), max_size=6), max_size=5
)


def ends(lengths: list[int]) -> np.ndarray:
    return np.concatenate([[0], np.cumsum(lengths, dtype=np.int64)]).astype(np.int64)


def keys_of(texts: list[list[str]]) -> tuple[list[list[int]], list[int]]:
    """Return the keys of all words of all sentences, and of the words by themselves."""
    alphabet = default_alphabet()
    words = [word for sentence in texts for word in sentence]
    joined = "".join(words)
    keys, whole = word_features(
        alphabet.symbols(joined),
        alphabet.classes(joined),
        ends([len(word) for word in words]),
        ends([len(sentence) for sentence in texts]),
    )
    assert keys.shape == (len(words), len(TEMPLATES_OF_WORDS))
    assert whole.shape == (len(words),)
    return keys.tolist(), whole.tolist()


def contexts_of(texts: list[list[str]]) -> list[list[reference.Context]]:
    alphabet = default_alphabet()
    return [
        row
        for sentence in texts
        for row in reference.word_contexts(
            sentence, [alphabet.classes(word).tolist() for word in sentence]
        )
    ]


@given(st.lists(st.lists(symbols, max_size=6), max_size=5))
def test_characters_have_the_keys_of_the_naive_twin(texts: list[list[int]]) -> None:
    flat = np.array([symbol for text in texts for symbol in text], np.int32)
    keys = character_features(flat, ends([len(text) for text in texts]))
    assert keys.shape == (len(flat), len(TEMPLATES_OF_CHARACTERS))
    assert keys.tolist() == [row for text in texts for row in reference.character_keys(text)]


@pytest.mark.parametrize("offsets", [[], [1, 3], [0, 2], [0, 4]])
def test_offsets_that_do_not_span_the_symbols_are_refused(offsets: list[int]) -> None:
    with pytest.raises(ValueError, match="offsets must run from 0"):
        character_features(np.zeros(3, np.int32), np.array(offsets, np.int64))


@given(sentences)
def test_words_have_equal_keys_exactly_where_their_contexts_are_equal(
    texts: list[list[str]],
) -> None:
    keys, _ = keys_of(texts)
    contexts = contexts_of(texts)
    assert [[key == 0 for key in row] for row in keys] == [
        [context == () for context in row] for row in contexts
    ]
    pairs = {
        (key, context)
        for key_row, context_row in zip(keys, contexts, strict=True)
        for key, context in zip(key_row, context_row, strict=True)
    }
    assert len(pairs) == len({key for key, _ in pairs}) == len({context for _, context in pairs})


@given(sentences, sentences)
def test_a_sentence_has_the_same_keys_wherever_it_stands(
    before: list[list[str]], texts: list[list[str]]
) -> None:
    alone, whole = keys_of(texts)
    joined, joined_whole = keys_of(before + texts)
    count = sum(len(sentence) for sentence in before)
    assert joined[count:] == alone
    assert joined_whole[count:] == whole


@given(st.lists(st.lists(code_points, min_size=1, max_size=3).map("".join), max_size=5))
def test_words_that_fold_alike_have_the_same_key(words: list[str]) -> None:
    folded = [default_alphabet().fold(word) for word in words]
    assert keys_of([words])[1] == keys_of([folded])[1]


def test_a_word_has_one_key_in_any_sentence() -> None:
    _, whole = keys_of([["中国", "a"], ["a", "中国", "中国"], ["中"]])
    assert whole[0] == whole[3] == whole[4]
    assert whole[1] == whole[2]
    assert len(set(whole)) == 3


def test_word_offsets_that_do_not_span_the_symbols_are_refused() -> None:
    zeros, classes = np.zeros(3, np.int32), np.zeros(3, np.uint8)
    with pytest.raises(ValueError, match="number of symbols"):
        word_features(zeros, classes, np.array([0, 2]), np.array([0, 1]))
    with pytest.raises(ValueError, match="number of symbols"):
        word_features(zeros, classes[:2], np.array([0, 3]), np.array([0, 1]))
    with pytest.raises(ValueError, match="number of words"):
        word_features(zeros, classes, np.array([0, 3]), np.array([0, 2]))


@given(st.lists(st.integers(0, 9), max_size=40))
def test_numbers_are_those_of_the_naive_twin(keys: list[int]) -> None:
    ids, distinct, counts = number(np.array(keys, np.uint64))
    assert (ids.tolist(), distinct.tolist(), counts.tolist()) == reference.number(keys)


def test_numbers_stay_dense_when_the_table_grows() -> None:
    generator = np.random.default_rng(0)
    known = generator.integers(1, 1 << 63, 150_000, dtype=np.uint64)
    keys = known[generator.integers(0, len(known), 400_000)]
    keys[::7] = 0
    ids, distinct, counts = number(keys)
    assert (ids[::7] == -1).all()
    seen = ids >= 0
    assert (distinct[ids[seen]] == keys[seen]).all()
    assert len(distinct) == len(np.unique(keys)) - 1 > 65_536
    assert (np.bincount(ids[seen]) == counts).all()
    _, first = np.unique(ids[seen], return_index=True)
    assert (np.diff(first) > 0).all(), "numbers must rise in the order of first occurrence"


@pytest.mark.parametrize("count", [32_767, 32_768, 32_769, 65_535, 65_536, 65_537])
def test_every_key_has_its_number_at_the_sizes_where_the_table_grows(count: int) -> None:
    keys = np.arange(1, count + 1, dtype=np.uint64)
    ids, distinct, counts = number(np.concatenate([keys, keys[::-1]]))
    assert (ids[:count] == np.arange(count)).all()
    assert (ids[count:] == np.arange(count)[::-1]).all()
    assert (distinct == keys).all()
    assert (counts == 2).all()
