"""The lattice cutter against every path through the word graph."""

from __future__ import annotations

import itertools
import math
from typing import NamedTuple

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from classicnlp._ext.lattice import LatticeCutter
from classicnlp._ext.wordcosts import SCALE, WordCosts
from classicnlp.lm.automaton import Table, begin_state, build
from classicnlp.lm.grams import Level
from classicnlp.lm.vocabulary import BEGIN, END
from classicnlp.text import fold
from tests.conftest import LINEAR, seconds_of
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


class Drawn(NamedTuple):
    """A model of whole costs, its number of each word of a lexicon, and the same for the kernel."""

    model: reference.BackOff
    numbers: list[int]
    kernel: WordCosts


@st.composite
def models(draw: st.DrawFn, words: int, order: int) -> Drawn:
    """Draw a model with all n-grams of some sentences."""
    largest = draw(st.integers(3, 6))
    grams = {(number,) for number in range(largest + 1)}
    for sentence in draw(st.lists(st.lists(st.integers(3, largest)), max_size=5)):
        marked = (BEGIN, *sentence, END)
        for end, n in itertools.product(range(1, len(marked) + 1), range(1, order + 1)):
            grams.add(marked[max(end - n, 0) : end])
    levels = [sorted(gram for gram in grams if len(gram) == k) for k in range(1, order + 1)]
    costs = {gram: draw(COSTS) for level in levels for gram in level}
    backoffs = {gram: draw(COSTS) for level in levels[:-1] for gram in level}
    known = st.sampled_from([-1, *range(3, largest + 1)])
    numbers = draw(st.lists(known, min_size=words, max_size=words))
    model = reference.BackOff(costs, backoffs)
    automaton = build(table_of(levels, model))
    kernel = WordCosts(automaton, np.array(numbers, np.int32), begin_state(automaton), END)
    return Drawn(model, numbers, kernel)


def table_of(levels: list[list[tuple[int, ...]]], model: reference.BackOff) -> Table:
    rows: dict[tuple[int, ...], int] = {(): 0}
    made, logs, backoffs = [], [], []
    for level in levels:
        cells = [(rows[gram[:-1]], gram[-1], rows[gram[1:]]) for gram in level]
        made.append(Level(*np.array(cells, np.int32).reshape(-1, 3).T.copy()))
        logs.append(logs_of([model.costs[gram] for gram in level]))
        backoffs.append(logs_of([model.backoffs.get(gram, 0) for gram in level]))
        rows |= {gram: row for row, gram in enumerate(level)}
    return Table(made, logs, backoffs[:-1])


def logs_of(costs: list[int]) -> np.ndarray:
    return (-np.array(costs) / (math.log(10) * SCALE)).astype(np.float32)


def parts_of(words: int, further: int) -> st.SearchStrategy[list[reference.Parts]]:
    cell = st.tuples(st.integers(-1, words - 1), COSTS)
    part = st.tuples(st.lists(cell, max_size=2), COSTS)
    return st.lists(part, min_size=further, max_size=further)


@settings(max_examples=200)
@given(cases(), TEXT, st.integers(1, 6), st.integers(1, 4), st.data())
def test_paths_by_a_language_model_are_the_cheapest(
    case: Case, text: str, k: int, order: int, data: st.DataObject
) -> None:
    drawn = data.draw(models(len(case.words), order))
    plainly = case.cutter
    costs = np.array(
        [*case.words.values(), *case.added.values(), *[0] * len(case.removed)], np.int64
    )
    unknown = np.array(case.unknown, np.int32)
    parts = data.draw(parts_of(len(case.words), len(costs) - len(case.words)))
    first = np.cumsum([0, *(len(written) for written, _ in parts)]).astype(np.int32)
    written = [cell for cells, _ in parts for cell in cells]
    discounts = np.array([discount for _, discount in parts], np.int32)
    kernel = drawn.kernel.with_parts(first, np.array(written, np.int32).reshape(-1, 2), discounts)
    cutter = LatticeCutter(plainly.dictionary, costs, unknown, kernel)
    by_word = {len(case.words) + i: part for i, part in enumerate(parts) if part[0]}
    cost = reference.model_cost(drawn.model, drawn.numbers, order, (BEGIN, END), by_word)
    ranked = reference.rank(case.graph(text), len(text), cost)
    assert cutter.boundaries(text).tolist() == [0, *ranked[0][1]]
    if not text:
        return
    assert plain(cutter.n_best(text, k)) == ranked[:k]
    rows = cutter.path(text)
    assert rows[:, 1].tolist() == ranked[0][1]
    assert rows[:, 2].sum() == ranked[0][0]


def test_the_word_before_the_last_decides() -> None:
    """The cheapest way to 丙 is by 甲 and 乙, but 戊 is cheap after 甲乙 and 丙 alone."""
    words = [(0,), (BEGIN,), (END,), (3,), (4,), (5,), (6,)]
    grams = [words, [(3, 5), (4, 5), (5, 6)], [(3, 5, 6)]]
    costs = {gram: 9 for level in grams for gram in level}
    costs |= {(3,): 4, (4,): 3, (3, 5): 1, (4, 5): 1, (5, 6): 5, (3, 5, 6): 1}
    automaton = build(table_of(grams, reference.BackOff(costs, {})))
    numbers = np.array([-1, 3, 4, 5, 6], np.int32)
    kernel = WordCosts(automaton, numbers, begin_state(automaton), END)
    dictionary = make_dictionary(["甲", "甲乙", "乙", "丙", "戊"])
    cutter = LatticeCutter(dictionary, np.zeros(5, np.int64), np.full(9, 9, np.int32), kernel)
    #   甲乙 4  丙 1  戊 1  end 9      甲 0  乙 3  丙 1  戊 5  end 9
    assert plain(cutter.n_best("甲乙丙戊", 2)) == [(15, [2, 3, 4]), (18, [1, 2, 3, 4])]


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
    ends: list[int] = []
    assert seconds_of(lambda: ends.extend(cutter.boundaries(text)[-1:])) < LINEAR
    assert ends == [len(text)]


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
        LatticeCutter(dictionary, one, unknown, costs_for([3, 3]))
    other = LatticeCutter(make_dictionary(["国"]), one, unknown)
    with pytest.raises(ValueError, match="another base trie"):
        LatticeCutter(dictionary, one[:0], unknown, None, other)


def costs_for(numbers: list[int], begin: int = 0, end: int = END) -> WordCosts:
    words = [[(0,), (BEGIN,), (END,), (3,)]]
    automaton = build(table_of(words, reference.BackOff({(i,): 1 for i in range(4)}, {})))
    return WordCosts(automaton, np.array(numbers, np.int32), begin, end)


@pytest.mark.parametrize(
    ("numbers", "begin", "end", "message"),
    [
        ([-2], 0, END, "numbers must be in -1 ... 3"),
        ([4], 0, END, "numbers must be in -1 ... 3"),
        ([3], 1, END, "no state 1"),
        ([3], 0, 4, "no word 4"),
        ([3], 0, -1, "no word -1"),
    ],
)
def test_costs_name_what_the_model_has(
    numbers: list[int], begin: int, end: int, message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        costs_for(numbers, begin, end)


@pytest.mark.parametrize(
    ("first", "parts", "discounts", "message"),
    [
        ([0], [[0, 1]], [], "there must be 0 parts"),
        ([0, 2], [[0, 1]], [0], "there must be 2 parts"),
        ([0, 1], [[0, 1, 2]], [0], "there must be 1 parts"),
        ([0, 1, 0], [[0, 1]], [0, 0], "first must rise"),
        ([1, 1], [[0, 1]], [0], "first must rise"),
        ([0, 1], [[0, 1]], [], "a place for each of 0 words"),
        ([0, 1], [[1, 1]], [0], "from -1 to 0"),
        ([0, 1], [[-2, 1]], [0], "from -1 to 0"),
    ],
)
def test_parts_are_words_of_the_lexicon(
    first: list[int], parts: list[list[int]], discounts: list[int], message: str
) -> None:
    arrays = (np.array(array, np.int32) for array in (first, parts, discounts))
    with pytest.raises(ValueError, match=message):
        costs_for([3]).with_parts(*arrays)


@pytest.mark.parametrize("k", [0, -1, 10**10])
def test_an_impossible_number_of_paths_is_refused(k: int) -> None:
    with pytest.raises(ValueError, match="number of paths must be 1"):
        Case({}, {}, [], [9] * 9).cutter.n_best("中", k)


def test_an_empty_text_has_one_empty_path() -> None:
    assert plain(Case({}, {}, [], [9] * 9).cutter.n_best("", 3)) == [(0, [])]
