"""What groups of words say about characters, against plain loops; arrays from strangers."""

from __future__ import annotations

import pickle
from collections.abc import Collection, Mapping

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from classicnlp._ext.lexical import LONGEST_WORD, MOST_LISTS, WordGroups, keys_of, place_keys
from classicnlp.text import default_alphabet, fold
from tests.reference import lexical as reference
from tests.reference import make_groups

# Few characters, so that words overlap: ranked ones, variants, and two without a rank.
CHARACTERS = "中国國人aＡ\U00020000\ud800"
groups = st.dictionaries(
    st.text(CHARACTERS, min_size=1, max_size=LONGEST_WORD + 2).map(fold),
    st.sets(st.integers(0, MOST_LISTS - 1), min_size=1),
    max_size=25,
)
texts = st.text(CHARACTERS, max_size=20)


def codes_of(groups: WordGroups, texts: list[str]) -> list[list[list[int]]]:
    symbols = default_alphabet().symbols("".join(texts))
    offsets = np.cumsum([0, *map(len, texts)])
    codes = groups.codes_of(symbols, offsets)
    assert codes.shape == (len(symbols), 3, MOST_LISTS)
    assert codes.dtype == np.uint8
    return codes.tolist()


@settings(max_examples=200)
@given(groups, st.lists(texts, max_size=4))
def test_codes_are_those_of_plain_loops(
    groups: Mapping[str, Collection[int]], texts: list[str]
) -> None:
    expected = [row for text in texts for row in reference.codes_of(groups, fold(text), MOST_LISTS)]
    assert codes_of(make_groups(groups), texts) == expected


@given(st.data())
def test_codes_are_those_of_plain_loops_among_many_words(data: st.DataObject) -> None:
    """Words cut from the text itself overlap at every place and in every way."""
    text = data.draw(st.text("中国人", min_size=20, max_size=70))
    spans = st.tuples(st.integers(0, len(text) - 2), st.integers(2, LONGEST_WORD))
    drawn = data.draw(st.lists(st.tuples(spans, st.integers(0, MOST_LISTS - 1)), min_size=30))
    words: dict[str, set[int]] = {}
    for (start, length), group in drawn:
        words.setdefault(text[start : start + length], set()).add(group)
    assert codes_of(make_groups(words), [text]) == reference.codes_of(words, text, MOST_LISTS)


@pytest.mark.parametrize(
    ("words", "text", "begins", "ends", "covers"),
    [
        (["中国"], "中国人", [1, 0, 0], [0, 1, 0], [1, 2, 0]),
        (["中国人"], "中国人", [2, 0, 0], [0, 0, 2], [3, 4, 5]),
        (["中国人民"], "中国人民", [3, 0, 0, 0], [0, 0, 0, 3], [6, 7, 8, 9]),
        (["中华人民国"], "中华人民国", [4, 0, 0, 0, 0], [0, 0, 0, 0, 4], [10, 11, 11, 11, 12]),
        (["中国", "国人"], "中国人", [1, 1, 0], [0, 1, 1], [1, 2, 2]),
        (["中国", "国人民"], "中国人民", [1, 2, 0, 0], [0, 1, 0, 2], [1, 3, 4, 5]),
        (["一二三四五六七"], "一二三四五六七", [4, *[0] * 6], [*[0] * 6, 4], [10, *[11] * 5, 12]),
        (["一二三四五六七八"], "一二三四五六七八", [0] * 8, [0] * 8, [0] * 8),
        (["中"], "中", [0], [0], [0]),
        ([], "中国", [0, 0], [0, 0], [0, 0]),
        (["ｎｂａ", "雲計算"], "NBA云计算", [2, 0, 0] * 2, [0, 0, 2] * 2, [3, 4, 5] * 2),
    ],
)  # fmt: skip
def test_worked_examples(
    words: list[str], text: str, begins: list[int], ends: list[int], covers: list[int]
) -> None:
    codes = codes_of(make_groups({word: {0} for word in words}), [text])
    assert [[row[kind][0] for row in codes] for kind in range(3)] == [begins, ends, covers]
    assert all(kind[1:] == [0] * (MOST_LISTS - 1) for row in codes for kind in row)


def test_a_word_is_found_in_its_groups_only() -> None:
    own = {"中国": {0, 6}, "国人": {3}}
    for i, row in enumerate(codes_of(make_groups(own), ["中国人"])):
        covers = row[2]
        assert [g for g, code in enumerate(covers) if code] == [[0, 6], [0, 3, 6], [3]][i]


def test_a_word_over_two_sentences_is_not_found() -> None:
    groups = make_groups({"中国": {0}, "国人民": {1}})
    assert not np.any(codes_of(groups, ["中", "国", "", "人民"]))
    assert codes_of(groups, ["人中", "国", "国人民中"])[3:] == codes_of(groups, ["国人民中"])


@pytest.mark.parametrize("texts", [[], [""], ["", ""], ["中"], ["", "中", ""]])
def test_no_character_and_one(texts: list[str]) -> None:
    groups = make_groups({"中国": {0}})
    assert codes_of(groups, texts) == [[[0] * MOST_LISTS] * 3] * len("".join(texts))


def test_symbols_that_no_alphabet_has_are_in_no_word() -> None:
    symbols = default_alphabet().symbols("中国")
    groups = make_groups({"中国": {0}})
    for wrong in (-1, -(1 << 31), (1 << 31) - 1):
        text = np.array([symbols[0], wrong, symbols[1], wrong], np.int32)
        assert not groups.codes_of(text, np.array([0, 4])).any()


@pytest.mark.parametrize("offsets", [[], [0], [0, 2], [1, 3], [0, 4], [0, 2, 1, 3], [0, -1, 3]])
def test_offsets_that_do_not_span_the_symbols_are_refused(offsets: list[int]) -> None:
    with pytest.raises(ValueError, match="offsets must"):
        make_groups({}).codes_of(np.zeros(3, np.int32), np.array(offsets, np.int64))


def test_they_survive_pickling() -> None:
    groups = make_groups({"中国": {0}, "国人": {5}})
    assert codes_of(pickle.loads(pickle.dumps(groups)), ["中国人"]) == codes_of(groups, ["中国人"])


symbols = st.integers(1, (1 << 21) - 1)  # symbol 0 is in no word
strings = st.lists(st.lists(symbols, min_size=2, max_size=9), max_size=30)


def keys(strings: list[list[int]]) -> np.ndarray:
    flat = np.array([symbol for string in strings for symbol in string], np.int32)
    return keys_of(flat, np.cumsum([0, *map(len, strings)]))


@given(strings)
def test_a_string_has_a_key_of_its_own_wherever_it_stands(strings: list[list[int]]) -> None:
    found = keys(strings).tolist()
    assert [int(keys([string])[0]) for string in strings] == found
    assert len(set(found)) == len(set(map(tuple, strings)))


@pytest.mark.parametrize("offsets", [[], [0], [0, 2], [0, 2, 4], [0, 1, 3], [0, 3, 3]])
def test_only_strings_of_two_and_more_have_keys(offsets: list[int]) -> None:
    with pytest.raises(ValueError, match=r"offsets must|two characters"):
        keys_of(np.zeros(3, np.int32), np.array(offsets, np.int64))


@given(st.lists(st.lists(st.integers(0, 9000), min_size=2, max_size=7), max_size=140))
def test_every_key_has_a_slot_of_its_own_with_its_check(strings: list[list[int]]) -> None:
    found = np.unique(keys(strings))
    table, displacements, places = place_keys(found)
    assert len(displacements) == len(found) // 2 + 1
    assert len(set(places.tolist())) == len(found)
    assert table[places].tolist() == [(key << 8 | 256) & 0xFFFFFFFF for key in found.tolist()]
    assert not np.delete(table, places).any()


def test_tables_are_nearly_full() -> None:
    keys = np.random.default_rng(5).integers(0, 2**64, 100_000, np.uint64, endpoint=False)
    table, _, _ = place_keys(np.unique(keys))
    assert len(table) <= 1.07 * len(keys)


def test_keys_that_no_hash_function_made_are_refused() -> None:
    with pytest.raises(ValueError, match="share a bucket"):
        place_keys(np.unique(np.random.default_rng(7).integers(0, 2**32, 5000, np.uint64)))


def test_a_key_that_comes_twice_is_refused() -> None:
    with pytest.raises(ValueError, match="two keys are the same"):
        place_keys(np.array([3, 5, 3], np.uint64))


@pytest.mark.parametrize("count", [0, 1, 4, 5, 63, 64, 65, 5000])
def test_words_of_a_large_table_are_found_and_others_are_not(count: int) -> None:
    """One other string in ten million is taken for a word: of 50,000 none or, by chance, one."""
    generator = np.random.default_rng(count)
    strings = np.unique(generator.integers(1, 9000, (count + 50_000, 2)), axis=0).astype(np.int32)
    strings = generator.permutation(strings)
    table, displacements, places = place_keys(keys(strings[:count].tolist()))
    table[places] |= 1
    offsets = np.arange(0, 2 * len(strings) + 1, 2)
    codes = WordGroups(table, displacements).codes_of(strings.reshape(-1), offsets)
    assert codes[: 2 * count : 2, 0, 0].all()
    assert codes[2 * count :, 0, 0].sum() <= 1


@pytest.mark.parametrize(
    ("table", "displacements"),
    [(np.zeros(0), np.zeros(1)), (np.zeros((2, 2)), np.zeros(1)), (np.zeros(1), np.zeros(0))],
)
def test_tables_of_another_shape_are_refused(table: np.ndarray, displacements: np.ndarray) -> None:
    with pytest.raises(ValueError, match="must have one dimension"):
        WordGroups(table.astype(np.uint32), displacements.astype(np.uint8))


def test_tables_of_anything_but_integers_are_refused() -> None:
    with pytest.raises(ValueError, match="integers"):
        WordGroups(np.zeros(5), np.zeros(3, np.uint8))
    with pytest.raises(ValueError, match="integers"):
        WordGroups(np.zeros(5, np.uint32), np.zeros(3))


@given(st.data())
def test_tables_that_pass_cannot_crash_a_look_up(data: st.DataObject) -> None:
    """Damaged tables give wrong codes at worst."""
    groups = make_groups({"中国人民": {0}, "国人": {2}, "人中": {3}})
    table, displacements = groups.table.copy(), groups.displacements.copy()
    damaged = st.one_of(st.integers(0, 0xFFFFFFFF), st.sampled_from(table.tolist()))
    for _ in range(data.draw(st.integers(1, 8))):
        slot = data.draw(st.integers(0, len(table) - 1))
        table[slot] = data.draw(damaged) | data.draw(st.sampled_from([0, 128, 255]))
        displacements[slot % len(displacements)] = data.draw(st.integers(0, 255))
    codes = np.array(codes_of(WordGroups(table, displacements), ["中国人民" * 20, "国"]))
    assert codes[:, :2].max() <= 4
    assert codes[:, 2].max() <= 12
