"""Feature keys: the same for the same context, different for different ones; and their numbers."""

from __future__ import annotations

import copy
import threading
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from classicnlp._ext.attributes import attributes, names_at
from classicnlp._ext.columns import (
    check_combinations,
    combine,
    items_at,
    token_keys,
    token_lengths,
)
from classicnlp._ext.features import (
    COLUMNS_OF_WORDS,
    number,
    word_columns,
)
from classicnlp._ext.interning import (
    Numbering,
    check_slots,
    find,
    rows_at,
    select,
    slots_of,
    text_keys,
)
from tests.conftest import code_points
from tests.reference import features as reference

# Few words and few characters, so that contexts come again.
sentences = st.lists(
    st.lists(st.text(alphabet="中国a1", min_size=1, max_size=4), max_size=6), max_size=5
)


def ends(lengths: list[int]) -> np.ndarray:
    return np.concatenate([[0], np.cumsum(lengths, dtype=np.int64)]).astype(np.int64)


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


# --- keys and their numbers -------------------------------------------------------------------


def uint64(*keys: int) -> np.ndarray:
    return np.array(keys, np.uint64)


def int32(*numbers: int) -> np.ndarray:
    return np.array(numbers, np.int32)


def int64(*numbers: int) -> np.ndarray:
    return np.array(numbers, np.int64)


@given(st.lists(st.lists(code_points, max_size=4).map("".join), max_size=9))
def test_texts_have_the_keys_of_the_naive_twin(texts: list[str]) -> None:
    assert text_keys(texts).tolist() == [reference.text_key(text) for text in texts]


def test_only_texts_have_keys() -> None:
    with pytest.raises(TypeError, match="expected a str, got int"):
        text_keys(["a", 3])  # type: ignore[list-item]


@given(st.lists(st.lists(st.integers(0, 9), max_size=20), max_size=5))
def test_keys_may_be_numbered_part_by_part(parts: list[list[int]]) -> None:
    numbering = Numbering()
    ids: list[int] = []
    fresh: list[int] = []
    for part in parts:
        numbers, new = numbering.add(np.array(part, np.uint64))
        fresh += [len(ids) + place for place in new.tolist()]
        ids += numbers.tolist()
    every = [key for part in parts for key in part]
    expected, distinct, counts = reference.number(every)
    assert ids == expected
    assert numbering.keys().tolist() == distinct
    assert numbering.counts().tolist() == counts
    assert len(numbering) == len(distinct)
    assert fresh == [every.index(key) for key in distinct]


def test_what_is_half_learnt_is_not_copied() -> None:
    with pytest.raises(TypeError, match="cannot be pickled or copied"):
        copy.copy(Numbering())


def test_two_threads_do_not_add_at_once() -> None:
    numbering = Numbering()
    keys = np.arange(1, 3_000_000, dtype=np.uint64)
    failures: list[Exception] = []

    def add() -> None:
        try:
            numbering.add(keys)
        except RuntimeError as error:
            failures.append(error)

    threads = [threading.Thread(target=add) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (numbering.keys() == keys).all()
    assert (numbering.counts() == 3 - len(failures)).all()


@given(st.sets(st.integers(1, 1 << 63)), st.lists(st.integers(0, 40)))
def test_known_keys_are_found(known: set[int], others: list[int]) -> None:
    keys = uint64(*sorted(known))
    slots = slots_of(keys)
    check_slots(slots, len(keys))
    wanted = [*others, *known, 0]
    places = {key: i for i, key in enumerate(sorted(known))}
    assert find(slots, keys, uint64(*wanted)).tolist() == [places.get(key, -1) for key in wanted]


@pytest.mark.parametrize("count", [0, 1, 2, 31, 32, 33, 63, 64, 65, 4096])
def test_keys_are_found_at_the_seams_of_blocks(count: int) -> None:
    keys = np.arange(1, count + 1, dtype=np.uint64)
    wanted = np.arange(count + 2, dtype=np.uint64)
    found = find(slots_of(keys), keys, wanted)
    assert found.tolist() == [-1, *range(count), -1]


def test_tables_that_would_lead_astray_are_refused() -> None:
    for slots in ([], [-1], [-1, -1, -1], [0, 0], [-1, 2], [-1, -2]):
        with pytest.raises(ValueError, match="a table must have"):
            check_slots(int32(*slots), 2)


@given(st.data())
def test_rows_are_those_of_the_naive_twin(data: st.DataObject) -> None:
    rows = data.draw(st.lists(st.lists(st.integers(-1, 5), max_size=4), max_size=8))
    values = [[float(i + place) for i in range(len(row))] for place, row in enumerate(rows)]
    first = ends([len(row) for row in rows])
    ids = int32(*(number for row in rows for number in row))
    order = data.draw(st.lists(st.integers(0, len(rows) - 1))) if rows else []
    taken = rows_at(int64(*order), np.diff(first), ids)
    assert taken.tolist() == [number for row in order for number in rows[row]]

    numbers = data.draw(st.none() | st.permutations([-1, -1, 0, 1, 2, 3]))
    new = {-1: -1, **dict(enumerate(range(6) if numbers is None else numbers))}
    kept = [
        [(new[n], v) for n, v in zip(row, value, strict=True) if new[n] >= 0]
        for row, value in zip(rows, values, strict=True)
    ]
    weights = np.array([v for value in values for v in value])
    result = select(first, ids, weights, None if numbers is None else int32(*numbers))
    used = result[-1]
    assert np.diff(result).tolist() == [len(row) for row in kept]
    pairs = [pair for row in kept for pair in row]
    assert list(zip(ids[:used].tolist(), weights[:used].tolist(), strict=True)) == pairs


def test_rows_that_do_not_fit_are_refused() -> None:
    with pytest.raises(ValueError, match="order must name rows"):
        rows_at(int64(2), int64(1, 1), int32(1, 1))
    with pytest.raises(ValueError, match="order must name rows"):
        rows_at(int64(0), int64(-1, 3), int32(1, 1))
    with pytest.raises(ValueError, match="the rows have 2 entries, got 3"):
        rows_at(int64(0), int64(1, 1), int32(1, 1, 1))
    for first in ([], [0, 1], [0, 3, 2], [1, 2]):
        with pytest.raises(ValueError, match="first must rise from 0 to 2"):
            select(int64(*first), int32(0, 1), None, None)
    with pytest.raises(ValueError, match="one value for each entry"):
        select(int64(0, 2), int32(0, 1), np.zeros(1), None)
    with pytest.raises(ValueError, match="one new number for each old one"):
        select(int64(0, 2), int32(0, 1), None, int32(0))


# --- columns and combinations -----------------------------------------------------------------


def test_keys_of_tokens_are_those_of_their_texts() -> None:
    texts = ["我", "北京", "", "\ud800", "𠀀", "a"]
    offsets = int64(0, 2, 6)
    lists: list[Any] = [texts[:2], tuple(texts[2:])]
    keys = token_keys(lists, offsets, int32(0), 1, 0)
    assert keys[:, 0].tolist() == text_keys(texts).tolist()
    columns: list[Any] = [[(text, "x") for text in texts[:2]], [["y", text] for text in texts[2:]]]
    keys = token_keys(columns, offsets, int32(1, 0, 0), 2, 0)
    assert keys[:2, 1].tolist() == keys[:2, 2].tolist() == text_keys(texts[:2]).tolist()
    assert keys[2:, 0].tolist() == text_keys(texts[2:]).tolist()
    assert (
        token_keys(["我𠀀"], int64(0, 2), int32(0), 1, 0)[:, 0].tolist()
        == text_keys(["我", "𠀀"]).tolist()
    )
    assert token_lengths([*lists, "ab"], int64(0, 2, 6, 8), 0).tolist() == [1, 2, 0, 1, 1, 1, 1, 1]


def test_sequences_of_another_size_than_said_are_refused() -> None:
    for offsets in ([0], [0, 1, 3], [1, 2, 4], [0, 3, 4]):
        with pytest.raises(ValueError, match=r"offset for each sequence|not the length"):
            token_lengths([["a", "b"], ["c", "d"]], int64(*offsets), 0)
        with pytest.raises(ValueError, match=r"offset for each sequence|not the length"):
            token_keys([["a", "b"], ["c", "d"]], int64(*offsets), int32(0), 1, 0)
    with pytest.raises(ValueError, match="columns must be below 1, got 1"):
        token_keys([["a"]], int64(0, 1), int32(1), 1, 0)


def test_combinations_that_do_not_fit_are_refused() -> None:
    keys, offsets = np.ones((2, 1), np.uint64), int64(0, 2)
    beyond, seeds = np.ones((2, 1, 1), np.uint64), uint64(1)
    good: list[Any] = [keys, offsets, beyond, seeds, int32(0, 1), int32(-1), int32(0)]
    assert combine(*good).shape == (2, 1)
    for place, wrong, message in (
        (1, int64(0, 1), "offsets must rise"),
        (1, int64(0, 3, 2), "offsets must rise"),
        (1, int64(), "offsets must rise"),
        (2, np.ones((1, 1, 1), np.uint64), "beyond must have"),
        (2, np.ones((2, 1, 2), np.uint64), "beyond must have"),
        (3, uint64(1, 2), "each combination must have"),
        (4, int32(0, 2), "item_first must rise"),
        (4, int32(), "item_first must rise"),
        (5, int32(2), "rows must be in -1 ... 1"),
        (5, int32(1, 1), "item_first must rise"),
        (6, int32(1), "columns must be numbered from 0"),
        (6, int32(0, 0), "each item must have"),
    ):
        arguments = list(good)
        arguments[place] = wrong
        with pytest.raises(ValueError, match=message):
            combine(*arguments)
        if place != 3:
            with pytest.raises(ValueError, match=message):
                items_at(int64(0), *arguments[:3], *arguments[4:])
    for wanted in (int64(2), int64(-1), int64(1, 0)):
        with pytest.raises(ValueError, match="wanted must rise"):
            items_at(wanted, *good[:3], *good[4:])
    with pytest.raises(ValueError, match="rows must be"):
        check_combinations(int32(0, 1), int32(-5), int32(0), 1, 4)


def test_columns_of_words_that_do_not_fit_are_refused() -> None:
    symbols, classes = np.zeros(3, np.int32), np.zeros(3, np.uint8)
    assert word_columns(symbols, classes, int64(0, 3), int32(0, 12)).shape == (1, 2)
    for offsets in ([0, 2], [], [1, 3], [0, 0, 3]):
        with pytest.raises(ValueError, match="word_offsets must"):
            word_columns(symbols, classes, int64(*offsets), int32(0))
    with pytest.raises(ValueError, match="word_offsets must"):
        word_columns(symbols, classes[:2], int64(0, 3), int32(0))
    for column in (-1, len(COLUMNS_OF_WORDS)):
        with pytest.raises(ValueError, match="columns must be below 13"):
            word_columns(symbols, classes, int64(0, 3), int32(column))


# --- dictionaries -----------------------------------------------------------------------------


def test_attributes_have_the_keys_of_their_names() -> None:
    tokens = [{"w": "北京", "b": 0.5, "n": {"s": {"𠀀", "a"}}}, [], ["x:y"]]
    keys, values, first = attributes([tokens], 0)
    names = ["w:北京", "b", "n:s:a", "n:s:𠀀", "x:y"]
    assert keys.tolist() == text_keys(names).tolist()
    assert values is not None
    assert values.tolist() == [1, 0.5, 1, 1, 1]
    assert first.tolist() == [0, 4, 4, 5]
    parts = [("w", "北京"), ("b", None), ("n:s", "a"), ("n:s", "𠀀"), ("x:y", None)]
    assert names_at([tokens], first, np.arange(5)) == parts
    assert names_at([tokens], first, int64(1, 4)) == [parts[1], parts[4]]
    assert names_at([tokens], first, int64()) == []


@pytest.mark.parametrize("count", [0, 1, 1023, 1024, 1025, 5000])
def test_a_token_may_have_any_number_of_attributes(count: int) -> None:
    token = {f"f{i}": i for i in range(1, count + 1)}
    keys, values, first = attributes([[token]], 0)
    assert first.tolist() == [0, count]
    assert len(set(keys.tolist())) == count
    assert (values is None) == (count < 2)
    assert values is None or values.tolist() == list(range(1, count + 1))


@pytest.mark.parametrize("longer", [True, False])
def test_a_sequence_may_not_change_while_it_is_read(longer: bool) -> None:
    sequence: list[Any] = [{"a": 1}] * 3

    class Word(str):
        def __lt__(self, other: str) -> bool:
            if longer:
                sequence.append({})
            else:
                del sequence[2:]
            return str(self) < other

    sequence[1] = {Word("a"), Word("b")}
    with pytest.raises(ValueError, match="a sequence changed while it was read"):
        attributes([sequence], 0)
