"""The trie against a dict; arrays from strangers."""

from __future__ import annotations

import pickle
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from classicnlp._ext.trie import LONGEST_KEY, Trie, build_nodes
from classicnlp.text import default_alphabet, fold
from tests.conftest import LINEAR, seconds_of
from tests.reference import make_trie
from tests.reference import trie as reference

# Few characters, so that words overlap: ranked and rare ones, variants, of every width.
CHARACTERS = "中国國aAＡéß\u3400\U00020000\U0001f600\ud800\0"
WORDS = st.lists(st.text(CHARACTERS, min_size=1, max_size=5), max_size=30)
TEXTS = st.text(CHARACTERS + "Z", max_size=40)


def numbered(words: list[str]) -> dict[str, int]:
    """Return each folded word's first number."""
    return {fold(word): number for number, word in reversed(list(enumerate(words)))}


def rows(matches: tuple[np.ndarray, np.ndarray, np.ndarray]) -> list[tuple[int, ...]]:
    return [tuple(row) for row in np.stack(matches, axis=1).tolist()]


@settings(max_examples=300)
@given(WORDS, TEXTS)
def test_matches_are_those_of_a_dict(words: list[str], text: str) -> None:
    trie, numbers, folded = make_trie(words), numbered(words), fold(text)
    assert rows(trie.all_matches(text)) == reference.all_matches(numbers, folded)
    assert rows(trie.longest_matches(text)) == reference.longest_matches(numbers, folded)
    for start in range(len(text) + 1):
        assert trie.prefixes(text, start) == reference.prefixes(numbers, folded, start)


@given(WORDS, TEXTS)
def test_find_finds_the_words_and_nothing_else(words: list[str], text: str) -> None:
    trie, numbers = make_trie(words), numbered(words)
    assert trie.size == len(words)
    for word in words:
        assert trie.find(word) == numbers[fold(word)]
    assert trie.find(text) == numbers.get(fold(text), -1)
    assert trie.find("") == -1


def test_an_exact_trie_tells_variants_apart() -> None:
    trie = make_trie(["国", "A"], default_alphabet().exact())
    assert [trie.find(word) for word in ("国", "國", "A", "a")] == [0, -1, 1, -1]


@pytest.mark.parametrize("count", [0, 1, 63, 64, 65, 2047, 2048, 2049, 4097])
def test_many_words(count: int) -> None:
    words = [chr(0x4E00 + i % 5000) + chr(0x4E00 + i * 7 % 5000) for i in range(count)]
    trie, numbers = make_trie(words), numbered(words)
    assert [trie.find(word) for word in words] == [numbers[fold(word)] for word in words]


def test_it_survives_pickling() -> None:
    trie = pickle.loads(pickle.dumps(make_trie(["中国", "中"])))
    assert trie.prefixes("中国人") == [(1, 1), (2, 0)]


@pytest.mark.parametrize("start", [-1, 3])
def test_a_start_outside_the_text_is_refused(start: int) -> None:
    with pytest.raises(IndexError, match="start must be in 0"):
        make_trie(["中"]).prefixes("中国", start)


def test_all_matches_of_a_long_repetition_take_linear_time() -> None:
    trie = make_trie(["人" * n for n in (1, 2, 8)])
    counts: list[int] = []
    assert seconds_of(lambda: counts.append(len(trie.all_matches("人" * 10**6)[0]))) < LINEAR
    assert counts == [3 * 10**6 - 8]


def changed(name: str, change: Callable[[np.ndarray], object]) -> dict[str, np.ndarray]:
    """Return the arrays of a good trie with one that was tampered with."""
    arrays = {
        key: array.copy() for key, array in make_trie(["中国", "中", "\U00020000"]).arrays.items()
    }
    change(arrays[name])
    return arrays


def checks(nodes: np.ndarray) -> np.ndarray:
    return nodes.view(np.uint16)[:, 2]


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("nodes", lambda nodes: nodes.__setitem__((0, 0), -1)),
        ("nodes", lambda nodes: nodes.__setitem__((0, 0), len(nodes) - 1)),
        ("nodes", lambda nodes: nodes.__setitem__((slice(None), 0), 2**31 - 1)),
        ("nodes", lambda nodes: checks(nodes).fill(0)),
        ("nodes", lambda nodes: nodes.view(np.uint16)[:, 3].fill(7)),
        ("values", lambda values: values.fill(3)),
        ("values", lambda values: values.fill(-2)),
        ("values", lambda values: values.fill(-1)),
        ("codes", lambda codes: codes.fill(1)),
        ("codes", lambda codes: codes[1:].fill(0xFFFF)),
        ("codes", lambda codes: codes[1:].fill(500)),
        ("rare", lambda rare: rare.fill(0)),
    ],
)
def test_arrays_that_lead_outside_are_refused(
    name: str, change: Callable[[np.ndarray], object]
) -> None:
    with pytest.raises(ValueError, match=r"must|outside|agree|at most"):
        Trie(default_alphabet(), **changed(name, change), size=3)


@settings(max_examples=300)
@given(st.data())
def test_arrays_that_pass_cannot_crash_a_look_up(data: st.DataObject) -> None:
    """Damaged nodes give wrong answers at worst; cycles among them end."""
    arrays = changed("rare", lambda rare: None)
    size = len(arrays["nodes"])
    for _ in range(data.draw(st.integers(1, 8))):
        slot = data.draw(st.integers(0, size - 1))
        arrays["nodes"][slot, 0] = data.draw(st.integers(0, size - 5))
        checks(arrays["nodes"])[slot] = data.draw(st.integers(1, 4))
    trie = Trie(default_alphabet(), **arrays, size=3)
    for text in ("", "中", "中国\U00020000" * 20):
        for start, end, value in rows(trie.all_matches(text)):
            assert 0 <= start < end <= len(text)
            assert 0 <= value < 3
        trie.longest_matches(text)
        trie.find(text)


def test_a_cycle_ends_at_the_longest_key() -> None:
    nodes = np.zeros((20, 2), np.int32)
    nodes[:, 0] = 1
    nodes.view(np.uint16)[:, 2] = 1
    nodes.view(np.uint16)[:, 3] = [0xFFFF, 0xFFFF, 0, *[0xFFFF] * 17]
    values = np.full(20, -1, np.int32)
    values[2] = 0
    symbol = int(default_alphabet().symbols("中")[0])
    codes = np.zeros(symbol + 1, np.uint16)
    codes[symbol] = 1
    trie = Trie(default_alphabet(), codes, np.zeros(0, np.int32), nodes, values, 1)
    starts, ends, _ = trie.all_matches("中" * (LONGEST_KEY + 50))
    assert (ends - starts).max() == LONGEST_KEY


def test_too_many_characters_are_refused() -> None:
    nodes, values, _ = build_nodes(
        np.ones(1, np.uint16), np.array([0, 1]), np.zeros(1, np.int32), 1
    )
    rare = np.arange(10_000, 10_000 + 65_535, dtype=np.int32)
    with pytest.raises(ValueError, match="at most 65,534"):
        Trie(default_alphabet(), np.zeros(1, np.uint16), rare, nodes, values, 1)
