"""The lattice cutter against every path through the word graph."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from classicnlp._ext.lattice import Bigrams, LatticeCutter, fill_pairs
from classicnlp.text import fold
from tests.reference import lattice as reference
from tests.reference import make_dictionary

CHARACTERS = "人民國国大学aＡ1.5 ，か\u0301é\u3400\U0001f600\ud800\0"
WORD = st.text(CHARACTERS, min_size=1, max_size=4)
# Short, since every path through the text is looked at.
TEXT = st.text(CHARACTERS, max_size=9)
COSTS = st.integers(0, 4)  # few, so that ties are common


class Case(NamedTuple):
    """A lexicon with changes, and what it comes to."""

    words: dict[str, int]  # with their costs
    added: dict[str, int]
    removed: list[str]
    unknown: list[int]

    @property
    def cutter(self) -> LatticeCutter:
        dictionary = make_dictionary([*self.words], [*self.added], self.removed)
        costs = [*self.words.values(), *self.added.values(), *[0] * len(self.removed)]
        return LatticeCutter(
            dictionary, np.array(costs, np.int64), np.array(self.unknown, np.int32)
        )

    @property
    def numbers(self) -> dict[str, int]:
        """The number of each word that counts."""
        numbers = {word: i for i, word in enumerate(self.words)}
        numbers |= {word: len(self.words) + i for i, word in enumerate(self.added)}
        return {word: number for word, number in numbers.items() if word not in self.removed}

    @property
    def costs(self) -> dict[int, int]:
        return dict(enumerate([*self.words.values(), *self.added.values()]))

    def graph(self, text: str) -> list[reference.Edge]:
        return reference.graph(self.numbers, self.costs, self.unknown, text)


LEXICON = st.dictionaries(WORD.map(fold), COSTS, max_size=20)


@st.composite
def cases(draw: st.DrawFn, changes: bool = True) -> Case:
    words = draw(LEXICON)
    added = draw(LEXICON) if changes else {}
    candidates = sorted({*words, *draw(LEXICON)} - added.keys())
    removed = (
        draw(st.lists(st.sampled_from(candidates), unique=True)) if changes and candidates else []
    )
    return Case(words, added, removed, draw(st.lists(COSTS, min_size=9, max_size=9)))


def plain(ranked: list[tuple[int, np.ndarray]]) -> list[tuple[int, list[int]]]:
    return [(cost, ends.tolist()) for cost, ends in ranked]


@settings(max_examples=300)
@given(cases(), TEXT)
def test_the_graph_has_the_words_and_the_unknown_units(case: Case, text: str) -> None:
    assert [tuple(edge) for edge in case.cutter.graph(text).tolist()] == case.graph(text)


@settings(max_examples=300)
@given(cases(), TEXT, st.integers(1, 6))
def test_paths_are_the_cheapest(case: Case, text: str, k: int) -> None:
    ranked = reference.rank(case.graph(text), len(text), reference.unigram_cost)
    assert case.cutter.boundaries(text).tolist() == [0, *ranked[0][1]]
    assert plain(case.cutter.n_best(text, k)) == ranked[:k]


def bigrams_of(pairs: Mapping[tuple[int, int], int], backoff: list[int]) -> Bigrams:
    keys = np.array([previous << 32 | following for previous, following in pairs], np.uint64)
    keys, costs = fill_pairs(keys, np.array([*pairs.values()], np.int32))
    return Bigrams(keys, costs, np.array(backoff, np.int32))


@settings(max_examples=300)
@given(cases(), TEXT, st.integers(1, 6), st.data())
def test_paths_by_pairs_are_the_cheapest(
    case: Case, text: str, k: int, data: st.DataObject
) -> None:
    boundary = len(case.words)
    number = st.integers(0, boundary)
    pairs = data.draw(st.dictionaries(st.tuples(number, number), COSTS))
    backoff = data.draw(st.lists(COSTS, min_size=boundary + 1, max_size=boundary + 1))
    plainly = case.cutter
    costs = np.array(
        [*case.words.values(), *case.added.values(), *[0] * len(case.removed)], np.int64
    )
    cutter = LatticeCutter(
        plainly.dictionary, costs, np.array(case.unknown, np.int32), bigrams_of(pairs, backoff)
    )
    cost = reference.bigram_cost(pairs, dict(enumerate(backoff)), boundary)
    ranked = reference.rank(case.graph(text), len(text), cost)
    if text:
        assert plain(cutter.n_best(text, k)) == ranked[:k]
    assert cutter.boundaries(text).tolist() == [0, *ranked[0][1]]


@settings(max_examples=200)
@given(cases(), st.text(CHARACTERS, max_size=300))
def test_an_overlay_is_as_good_as_a_new_trie(case: Case, text: str) -> None:
    kept = {word: cost for word, cost in case.words.items() if word not in case.removed}
    rebuilt = Case({**kept, **case.added}, {}, [], case.unknown)
    assert case.cutter.segment(text) == rebuilt.cutter.segment(text)
    assert [cost for cost, _ in case.cutter.n_best(text, 3)] == [
        cost for cost, _ in rebuilt.cutter.n_best(text, 3)
    ]


@given(cases(), st.dictionaries(WORD.map(fold), COSTS, min_size=1, max_size=5), TEXT)
def test_a_cutter_may_share_its_base_costs(case: Case, more: dict[str, int], text: str) -> None:
    base = Case(case.words, {}, [], case.unknown).cutter
    whole = make_dictionary([*case.words], [*more])
    costs, unknown = (
        np.array([*case.words.values(), *more.values()], np.int64),
        np.array(case.unknown, np.int32),
    )
    shared = type(whole)(
        base.dictionary.trie, whole.overlay, np.zeros(len(more), np.uint8), whole.longest
    )
    cutter = LatticeCutter(shared, costs[len(case.words) :], unknown, None, base)
    assert cutter.arrays["nodes"] is base.arrays["nodes"]
    assert cutter.segment(text) == LatticeCutter(whole, costs, unknown).segment(text)


def test_a_lattice_worked_by_hand() -> None:
    #        研  究  生  命         研究 生命  3 + 3 = 6
    #        └ 3 ┘ └ 3 ┘            研究生 命  4 + 5 = 9
    #        └─ 4 ──┘ 5             研 究 生 命: 9 each
    words = {"研究": 3, "研究生": 4, "生命": 3, "命": 5}
    cutter = Case(words, {}, [], [9] * 9).cutter
    assert cutter.segment("研究生命") == ["研究", "生命"]
    assert plain(cutter.n_best("研究生命", 3)) == [(6, [2, 4]), (9, [3, 4]), (17, [2, 3, 4])]


def test_of_equal_costs_the_longer_last_word_wins() -> None:
    cutter = Case({"一": 1, "二": 1, "三": 1, "一二": 1, "二三": 1}, {}, [], [9] * 9).cutter
    assert plain(cutter.n_best("一二三", 3)) == [(2, [1, 3]), (2, [2, 3]), (3, [1, 2, 3])]


def test_the_removed_word_of_a_unit_is_an_unknown_unit() -> None:
    case = Case({"iphone": 1, "中": 2}, {}, ["iphone", "中"], [7] * 9)
    assert case.cutter.graph("iPhone中").tolist() == [[0, 6, -1, 7], [6, 7, -1, 7]]


@pytest.mark.parametrize(
    "length", [0, 1, 63, 64, 65, 127, 128, 129, 140, 150, 2047, 2048, 2049, 4097, 9000]
)
@pytest.mark.parametrize("pieces", ["人", "人民", "a", "1.", "人a大1民 ，", "国\U0001f600"])
def test_lengths_at_the_seams(length: int, pieces: str) -> None:
    """Long texts are cut window by window, with the result of one window."""
    words = {"人": 3, "人人": 5, "民人民": 4, "国": 1, "大学": 1, "民人": 2}
    case = Case(words, {"人人人": 7}, ["民人"], [9] * 9)
    text = (pieces * length)[:length]
    whole = case.cutter.n_best(text, 1)[0][1]  # is never cut into windows
    assert case.cutter.boundaries(text).tolist() == [0, *whole.tolist()]


def test_windows_do_not_show() -> None:
    generator = np.random.default_rng(1)
    words = {
        "".join(generator.choice([*"人民大学中国"], n)): int(c)
        for n, c in generator.integers(1, 7, (60, 2))
    }
    case = Case(words, {"人大": 1}, [], [9] * 9)
    for _ in range(5):
        text = "".join(generator.choice([*"人民大学中国，a1 "], 20_000))
        assert case.cutter.boundaries(text).tolist() == [
            0,
            *case.cutter.n_best(text, 1)[0][1].tolist(),
        ]


@pytest.mark.parametrize("piece", ["人", "1", "a", "大学", "好", " ", "か", "人，"])
def test_a_million_characters_take_linear_time(piece: str) -> None:
    cutter = Case(
        {"人": 3, "人人": 5, "大学": 2, "人人人人人": 4}, {"人人人": 2}, [], [9] * 9
    ).cutter
    text = piece * (10**6 // len(piece))
    start = time.perf_counter()
    assert cutter.boundaries(text)[-1] == len(text)
    assert time.perf_counter() - start < 2


def test_an_unreachable_price_is_refused() -> None:
    dictionary = make_dictionary(["中"])
    for unknown in (-1, 2**30):
        with pytest.raises(ValueError, match="unknown_costs must lie in"):
            LatticeCutter(dictionary, np.zeros(1, np.int64), np.full(9, unknown, np.int32))


def test_arrays_that_do_not_fit_are_refused() -> None:
    dictionary, unknown = make_dictionary(["中"]), np.zeros(9, np.int32)
    one, two = np.zeros(1, np.int64), np.zeros(2, np.int64)
    with pytest.raises(ValueError, match="costs must have an item for each word"):
        LatticeCutter(dictionary, two, unknown)
    with pytest.raises(ValueError, match="costs must hold integers"):
        LatticeCutter(dictionary, np.array([np.nan]), unknown)
    with pytest.raises(ValueError, match="unknown_costs must have 9 items"):
        LatticeCutter(dictionary, one, unknown[:8])
    with pytest.raises(ValueError, match="belong to another lexicon"):
        LatticeCutter(dictionary, one, unknown, bigrams_of({}, [0, 0, 0]))
    other = LatticeCutter(make_dictionary(["国"]), one, unknown)
    with pytest.raises(ValueError, match="another base trie"):
        LatticeCutter(dictionary, one[:0], unknown, None, other)


@pytest.mark.parametrize("size", [0, 1, 3])
def test_pairs_need_a_table_of_a_power_of_two(size: int) -> None:
    with pytest.raises(ValueError, match="power of two"):
        Bigrams(np.zeros(size, np.uint64), np.zeros(size, np.int32), np.zeros(1, np.int32))


def test_a_full_table_is_refused() -> None:
    with pytest.raises(ValueError, match="must be empty"):
        Bigrams(np.zeros(2, np.uint64), np.zeros(2, np.int32), np.zeros(1, np.int32))


@pytest.mark.parametrize("k", [0, -1, 10**10])
def test_an_impossible_number_of_paths_is_refused(k: int) -> None:
    with pytest.raises(ValueError, match="number of paths must be 1"):
        Case({}, {}, [], [9] * 9).cutter.n_best("中", k)


def test_an_empty_text_has_one_empty_path() -> None:
    assert plain(Case({}, {}, [], [9] * 9).cutter.n_best("", 3)) == [(0, [])]
