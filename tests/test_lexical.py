"""What groups of words say about characters, against plain loops; arrays from strangers."""

from __future__ import annotations

import pickle
from collections.abc import Callable, Collection, Mapping

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from classicnlp._ext.lexical import LONGEST_WORD, MOST_LISTS, WordGroups
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
    own = {"中国": {0, 7}, "国人": {3}}
    for i, row in enumerate(codes_of(make_groups(own), ["中国人"])):
        covers = row[2]
        assert [g for g, code in enumerate(covers) if code] == [[0, 7], [0, 3, 7], [3]][i]


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


def changed(name: str, change: Callable[[np.ndarray], object]) -> dict[str, np.ndarray]:
    """Return the arrays of good groups with one that was tampered with."""
    arrays = {key: array.copy() for key, array in make_groups({"中国": {0}}).arrays.items()}
    change(arrays[name])
    return arrays


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("nodes", lambda nodes: nodes.__setitem__((0, 0), -1)),
        ("nodes", lambda nodes: nodes.__setitem__((0, 0), len(nodes) - 1)),
        ("nodes", lambda nodes: nodes.__setitem__((slice(None), 0), 2**31 - 1)),
        ("nodes", lambda nodes: nodes.view(np.uint16)[:, 2].fill(0)),
        ("codes", lambda codes: codes.fill(1)),
        ("codes", lambda codes: codes[1:].fill(0xFFFF)),
    ],
)
def test_arrays_that_lead_outside_are_refused(
    name: str, change: Callable[[np.ndarray], object]
) -> None:
    with pytest.raises(ValueError, match=r"must|outside"):
        WordGroups(**changed(name, change))


@pytest.mark.parametrize(
    ("codes", "nodes"),
    [
        (np.zeros(0, np.uint16), np.full((1, 2), -1, np.int32)),
        (np.zeros((1, 1), np.uint16), np.full((1, 2), -1, np.int32)),
        (np.zeros(1, np.uint16), np.zeros((0, 2), np.int32)),
        (np.zeros(1, np.uint16), np.zeros((1, 3), np.int32)),
        (np.zeros(1, np.uint16), np.zeros(2, np.int32)),
        (np.zeros(1), np.zeros((1, 2), np.int32)),
    ],
)
def test_arrays_of_other_shapes_are_refused(codes: np.ndarray, nodes: np.ndarray) -> None:
    with pytest.raises(ValueError, match=r"must|integers"):
        WordGroups(codes, nodes)


@given(st.data())
def test_arrays_that_pass_cannot_crash_a_look_up(data: st.DataObject) -> None:
    """Damaged nodes give wrong codes at worst; cycles among them end."""
    arrays = changed("codes", lambda codes: None)
    size = len(arrays["nodes"])
    for _ in range(data.draw(st.integers(1, 8))):
        slot = data.draw(st.integers(0, size - 1))
        arrays["nodes"][slot, 0] = data.draw(st.integers(0, size - 3))
        arrays["nodes"].view(np.uint16)[slot, 2] = data.draw(st.integers(1, 3))
        arrays["nodes"].view(np.uint16)[slot, 3] = data.draw(st.integers(0, 0xFFFF))
    codes = np.array(codes_of(WordGroups(**arrays), ["中国" * 20, "国"]))
    assert codes[:, :2].max() <= 4
    assert codes[:, 2].max() <= 12
