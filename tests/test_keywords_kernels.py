"""The kernels behind keywords, beside their naive references."""

from __future__ import annotations

import itertools
import pickle
from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from classicnlp._ext.graph import cooccurrences, walk
from classicnlp._ext.interning import text_keys
from classicnlp._ext.keywords import KeywordRanker, make_keywords
from classicnlp._ext.terms import TermFinder
from classicnlp._ext.wordtable import WordTable
from classicnlp.arrays import offsets_of
from classicnlp.extraction import Keyword
from classicnlp.extraction.content import content_finder, keys_of
from classicnlp.text import CharacterClass, character_classes, default_alphabet, fold
from tests.conftest import nasty_words
from tests.reference import keywords as reference

STOP = frozenset("的了")
LETTERS = {CharacterClass.HAN, CharacterClass.KANA, CharacterClass.LATIN, CharacterClass.LETTER}
WORDS = [
    "水",
    "火",
    "山川",
    "河流",
    "漢",
    "汉",
    "的",
    "，",
    "9",
    "9月",
    "5G",
    "Ab",
    "aB",
    "😀",
    "\ud800",
    "文化",
]

cuts = st.lists(st.sampled_from(WORDS), max_size=70)
"""The words of a text: few different ones, so that phrases come again."""


@pytest.fixture(scope="module")
def finder() -> TermFinder:
    return content_finder(STOP)


def counting(word: str) -> str | None:
    """Return a word folded, None if it does not count."""
    classes = set(character_classes(word).tolist())
    number = CharacterClass.DIGIT in classes and CharacterClass.LATIN not in classes
    return fold(word) if classes & LETTERS and not number and fold(word) not in STOP else None


def bounds(words: list[str]) -> np.ndarray:
    return offsets_of(map(len, words), np.int32)


# --- tables ----------------------------------------------------------------------------------


@given(st.dictionaries(nasty_words, st.floats(-1e6, 1e6), max_size=80), st.floats(-10, 10))
def test_a_table_has_the_number_of_each_word(values: dict[str, float], missing: float) -> None:
    table = WordTable(text_keys(list(values)), np.array(list(values.values())), missing)
    assert table.look_up(text_keys(list(values))).tolist() == list(values.values())
    others = [word for word in ("别的词", "x") if word not in values]
    assert table.look_up(text_keys(others)).tolist() == [missing] * len(others)


def test_a_table_refuses_what_does_not_fit() -> None:
    keys = text_keys(["一"])
    with pytest.raises(ValueError, match="one number for each"):
        WordTable(keys, np.zeros(2))
    with pytest.raises(ValueError, match="uint64 array"):
        WordTable(keys.astype(np.int64), np.zeros(1))
    with pytest.raises(ValueError, match="finite"):
        WordTable(keys, np.array([np.nan]))


# --- words that count ------------------------------------------------------------------------


@given(st.lists(st.one_of(nasty_words, st.sampled_from(WORDS)), max_size=40), st.data())
def test_words_that_count_are_numbered_as_they_come(words: list[str], data: st.DataObject) -> None:
    finder = content_finder(STOP)
    wanted = data.draw(
        st.none() | st.lists(st.integers(0, 1), min_size=len(words), max_size=len(words))
    )
    marks = None if wanted is None else np.array(wanted, np.uint8)
    ids, places, keys = finder.terms("".join(words), bounds(words), marks)
    expected = [
        (place, word)
        for place, word in enumerate(map(counting, words))
        if word is not None and (wanted is None or wanted[place])
    ]
    assert places.tolist() == [place for place, _ in expected]
    distinct = list(dict.fromkeys(word for _, word in expected))
    assert ids.tolist() == [distinct.index(word) for _, word in expected]
    assert keys.tolist() == text_keys(distinct).tolist()


@pytest.mark.parametrize("count", [0, 1, 2, 63, 64, 65, 1000])
def test_any_number_of_words_is_numbered(finder: TermFinder, count: int) -> None:
    words = [chr(0x4E00 + i) for i in range(count)] * 2
    ids, places, _ = finder.terms("".join(words), bounds(words))
    kept = [place for place, word in enumerate(words) if counting(word)]
    assert places.tolist() == kept
    # No two of these characters are variants of each other, or the numbers would be fewer.
    distinct = list(dict.fromkeys(fold(words[place]) for place in kept))
    assert ids.tolist() == [distinct.index(fold(words[place])) for place in kept]


@pytest.mark.parametrize("wrong", [[], [0], [1, 2], [0, 2, 2], [0, 3], [0, 1], [0, -1, 2]])
def test_boundaries_must_be_those_of_the_text(finder: TermFinder, wrong: list[int]) -> None:
    with pytest.raises(ValueError, match="boundaries must ascend from 0 to 2"):
        finder.terms("山水", np.array(wrong, np.int32))
    ranker = KeywordRanker(finder, None, 1, 4, 0.0)
    with pytest.raises(ValueError, match="boundaries must ascend from 0 to 2"):
        ranker.rank(["山水"], [np.array(wrong, np.int32)], None, 3)


def test_marks_must_be_as_many_as_words(finder: TermFinder) -> None:
    with pytest.raises(ValueError, match="a mark for each of 1 words, got 2"):
        finder.terms("山水", bounds(["山水"]), np.ones(2, np.uint8))
    with pytest.raises(ValueError, match="for 1 texts"):
        KeywordRanker(finder, None, 1, 4, 0.0).rank(["山水"], [bounds(["山水"])], [], 3)


# --- graphs ----------------------------------------------------------------------------------


@given(st.lists(st.integers(0, 6), max_size=40), st.integers(2, 9))
def test_neighbours_are_counted(ids: list[int], window: int) -> None:
    numbers = list(dict.fromkeys(ids))
    ids = [numbers.index(number) for number in ids]
    first, sources, weights = cooccurrences(np.array(ids, np.int32), window)
    found = np.zeros((len(first) - 1, len(first) - 1))
    for node in range(len(found)):
        row = slice(first[node], first[node + 1])
        assert len(set(sources[row].tolist())) == len(sources[row])
        found[node, sources[row]] = weights[row]
    assert np.array_equal(found, reference.cooccurrences(ids, window))


@given(
    st.integers(1, 12).flatmap(
        lambda size: st.lists(
            st.lists(st.sampled_from([0, 0, 0, 1, 2, 0.5]), min_size=size, max_size=size),
            min_size=size,
            max_size=size,
        )
    ),
    st.sampled_from([0.0, 0.5, 0.85, 0.99]),
)
def test_a_walk_ends_where_a_step_changes_nothing(links: list[list[float]], damping: float) -> None:
    matrix = np.array(links)
    incoming = matrix.T
    first = offsets_of((incoming > 0).sum(axis=1))
    sources = np.concatenate([np.flatnonzero(row) for row in incoming]).astype(np.int32)
    ranks, steps, residual = walk(first, sources, incoming[incoming > 0], damping, 1e-13, 10_000)
    assert residual < 1e-13
    assert 0 < steps < 10_000
    assert np.allclose(ranks, reference.pagerank(matrix, damping), rtol=0, atol=1e-10)
    assert ranks.sum() == pytest.approx(1)


def test_a_walk_over_nothing_takes_no_step() -> None:
    ranks, steps, residual = walk(np.zeros(1, np.int64), np.zeros(0), np.zeros(0), 0.85, 1e-9, 9)
    assert (ranks.tolist(), steps, residual) == ([], 0, 0.0)


@pytest.mark.parametrize(
    ("first", "sources", "weights", "message"),
    [
        ([0, 2, 1], [0, 0], [1, 1], "first must rise"),
        ([1, 1], [], [], "first must rise"),
        ([0, 2], [0], [1], "a source and a weight for each"),
        ([0, 1], [0], [1, 2], "a source and a weight for each"),
        ([0, 1], [1], [1], "does not exist"),
        ([0, 1], [-1], [1], "does not exist"),
        ([0, 1], [0], [-1], "not below 0"),
        ([0, 1], [0], [np.inf], "finite"),
    ],
)
def test_a_walk_refuses_what_is_no_graph(
    first: list[int], sources: list[int], weights: list[float], message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        walk(np.array(first), np.array(sources, int), np.array(weights, float), 0.85, 1e-9, 9)


@pytest.mark.parametrize("wrong", [(1.0, 1e-9, 9), (-0.1, 1e-9, 9), (0.85, 0.0, 9), (0.5, 1e-9, 0)])
def test_a_walk_refuses_parameters_out_of_range(wrong: tuple[float, float, int]) -> None:
    with pytest.raises(ValueError, match="damping must be in"):
        walk(np.zeros(2, np.int64), np.zeros(0), np.zeros(0), *wrong)


@pytest.mark.parametrize(("ids", "window"), [([0, -1], 5), ([0, 3], 5), ([0, 1], 1), ([], 0)])
def test_neighbours_refuse_what_is_out_of_range(ids: list[int], window: int) -> None:
    with pytest.raises(ValueError, match=r"(ids|window) must be"):
        cooccurrences(np.array(ids, np.int32), window)


# --- keywords --------------------------------------------------------------------------------


@given(
    st.lists(cuts, max_size=4),
    st.sampled_from(["tf", "tfidf", "textrank"]),
    st.integers(0, 4),
    st.integers(1, 5),
    st.sampled_from([0.0, 0.4, 1.0]),
    st.integers(0, 12),
)
def test_keywords_are_those_of_the_reference(
    texts: list[list[str]], method: str, least: int, longest: int, cohesion: float, most: int
) -> None:
    values = {"水": 3.0, "汉": 2.5, "ab": 0.125}
    table = WordTable(text_keys(list(values)), np.array(list(values.values())), 1.5)
    ranker = KeywordRanker(
        content_finder(STOP), table if method == "tfidf" else None, least, longest, cohesion,
        3 if method == "textrank" else 0, tolerance=1e-13, most_steps=1000,
    )  # fmt: skip
    joined, places = ["".join(words) for words in texts], [bounds(words) for words in texts]
    offsets, weights, ends, spans, *_ = ranker.rank(joined, places, None, most)
    for number, words in enumerate(texts):
        counted = list(map(counting, words))
        units = units_of(counted, method, values)
        expected = reference.rank(counted, units.__getitem__, least, longest, cohesion, most)
        own = range(offsets[number], offsets[number + 1])
        if method == "textrank":
            # The walk rounds: what weighs the same may come in any order, or cover the other.
            known = reference.weights(counted, units.__getitem__, longest, cohesion)
            for i in own:
                start = places[number].tolist().index(spans[ends[i], 0])
                stop = places[number].tolist().index(spans[ends[i], 1])
                assert weights[i] == pytest.approx(known[tuple(counted[start:stop])], rel=1e-9)
            if longest == 1:
                wanted = [found.weight for found in expected]
                assert weights[own].tolist() == pytest.approx(wanted, rel=1e-9)
            continue
        assert weights[own].tolist() == [found.weight for found in expected]
        found_spans = [spans[ends[i] : ends[i + 1]].tolist() for i in own]
        assert found_spans == [
            [
                [int(places[number][at]), int(places[number][at + len(found.words)])]
                for at in found.places
            ]
            for found in expected
        ]


def units_of(words: list[str | None], method: str, values: dict[str, float]) -> dict[str, float]:
    """Return what an occurrence of each word counts for."""
    counts = reference.counted(words)
    total = sum(counts.values())
    if method == "textrank":
        sequence = [word for word in words if word is not None]
        numbers = list(dict.fromkeys(sequence))
        links = reference.cooccurrences([numbers.index(word) for word in sequence], 3)
        ranks = reference.pagerank(links, 0.85) if numbers else []
        return {word: rank / counts[word] for word, rank in zip(numbers, ranks, strict=True)}
    if method == "tfidf":
        return {word: values.get(word, 1.5) / total for word in counts}
    return dict.fromkeys(counts, 1 / max(total, 1))


@given(st.lists(cuts, min_size=1, max_size=5))
def test_many_texts_are_ranked_as_each_alone(texts: list[list[str]]) -> None:
    ranker = KeywordRanker(content_finder(STOP), None, 1, 4, 0.3, 4)
    joined, places = ["".join(words) for words in texts], [bounds(words) for words in texts]
    together = ranker.rank(joined, places, None, 8)
    alone = [ranker.rank([text], [cut], None, 8) for text, cut in zip(joined, places, strict=True)]
    assert np.array_equal(together[1], np.concatenate([found[1] for found in alone]))
    assert np.array_equal(together[3], np.concatenate([found[3] for found in alone]))
    for kept in (4, 5):
        assert together[kept].tolist() == [found[kept][0] for found in alone]


def test_marks_leave_words_out_where_they_stand() -> None:
    words = ["水", "火", "水", "水"]
    ranker = KeywordRanker(content_finder(STOP), None, 1, 1, 0.0)
    *_, ends, spans, _, _ = ranker.rank(
        ["".join(words)], [bounds(words)], [np.array([0, 1, 1, 1], np.uint8)], 9
    )
    assert [spans[a:b].tolist() for a, b in itertools.pairwise(ends)] == [
        [[2, 3], [3, 4]],
        [[1, 2]],
    ]


def test_a_long_text_has_all_its_words() -> None:
    rng = np.random.default_rng(7)
    words = [chr(0x4E00 + i) for i in rng.integers(0, 3000, 40_000)]
    ranker = KeywordRanker(content_finder(()), None, 1, 4, 0.0)
    _, weights, ends, spans, *_ = ranker.rank(["".join(words)], [bounds(words)], None, 10**6)
    counts = Counter(map(fold, words))
    assert (np.diff(weights) <= 0).all()
    for i, (start, stop) in enumerate(spans[ends[:-1]].tolist()):
        if stop - start == 1:
            assert ends[i + 1] - ends[i] == counts[fold(words[start])]
    # Each occurs a dozen times and no phrase so often that it would outweigh its words.
    assert sum(stop - start == 1 for start, stop in spans[ends[:-1]].tolist()) == len(counts)


@pytest.mark.parametrize(
    "wrong",
    [
        {"least_length": -1}, {"longest_phrase": 0}, {"longest_phrase": 17}, {"cohesion": 1.1},
        {"cohesion": float("nan")}, {"window": 1}, {"window": -3}, {"damping": 1.0},
        {"tolerance": 0.0}, {"most_steps": 0},
    ],
)  # fmt: skip
def test_a_ranker_refuses_numbers_out_of_range(finder: TermFinder, wrong: dict[str, float]) -> None:
    settings = {"least_length": 1, "longest_phrase": 4, "cohesion": 0.0, **wrong}
    with pytest.raises(ValueError, match="must be"):
        KeywordRanker(finder, None, **settings)  # type: ignore[arg-type]


def test_keywords_are_made_of_arrays_that_belong_together() -> None:
    offsets, ends = np.array([0, 0, 2]), np.array([0, 2, 3])
    weights, spans = np.array([0.5, 0.25]), np.array([[0, 1], [2, 3], [1, 2]], np.int32)
    found = make_keywords(Keyword, ["", "山水山"], offsets, weights, ends, spans)
    assert found == [[], [Keyword("山", 0.5, ((0, 1), (2, 3))), Keyword("水", 0.25, ((1, 2),))]]
    assert type(found[1][0]) is Keyword
    for wrong in ([0, 2], [0, 0, 1], [1, 1, 2], [0, 3, 2], [0, 0, 2, 2]):
        with pytest.raises(ValueError, match="offsets and ends must rise"):
            make_keywords(Keyword, ["", ""], np.array(wrong), weights, ends, spans)
    for wrong in ([0, 3], [0, 0, 3], [0, 2, 2], [1, 2, 3], [0, 4, 3]):
        with pytest.raises(ValueError, match="offsets and ends must rise"):
            make_keywords(Keyword, ["", ""], offsets, weights, np.array(wrong), spans)
    with pytest.raises(TypeError):
        make_keywords(str, ["", "山水山"], offsets, weights, ends, spans)


def test_a_ranker_takes_texts_alone(finder: TermFinder) -> None:
    with pytest.raises(TypeError, match="takes a str, got bytes"):
        KeywordRanker(finder, None, 1, 4, 0.0).rank([b"a"], [bounds(["a"])], None, 1)  # type: ignore[list-item]


def test_tables_and_finders_are_copied_by_pickle() -> None:
    finder = TermFinder(default_alphabet(), WordTable(keys_of(STOP), np.ones(2), 0.5))
    twin = pickle.loads(pickle.dumps(finder))
    words = ["山", "的", "水"]
    for mine, theirs in zip(
        finder.terms("山的水", bounds(words)), twin.terms("山的水", bounds(words)), strict=True
    ):
        assert np.array_equal(mine, theirs)
    assert twin.passed_over.missing == 0.5
