"""Maximum matching in three directions against the textbook."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from classicnlp._ext.maxmatch import BACKWARD, BIDIRECTIONAL, FORWARD, MaxMatchCutter
from classicnlp.text import fold
from tests.conftest import LINEAR, seconds_of
from tests.reference import lattice, make_dictionary, maxmatch

CHARACTERS = "人民國国大学aＡ1.5 ，か\u0301é\u3400\U0001f600\ud800\0"
TWINS = {
    FORWARD: maxmatch.forward,
    BACKWARD: maxmatch.backward,
    BIDIRECTIONAL: maxmatch.bidirectional,
}
LEXICON = st.lists(st.text(CHARACTERS, min_size=1, max_size=5).map(fold), max_size=40, unique=True)


@settings(max_examples=300)
@given(LEXICON, LEXICON, st.data(), st.text(CHARACTERS, max_size=40))
def test_cuts_are_those_of_the_textbook(
    words: list[str], added: list[str], data: st.DataObject, text: str
) -> None:
    candidates = sorted({*words} - {*added})
    removed = data.draw(st.lists(st.sampled_from(candidates), unique=True)) if candidates else []
    numbers = {word: 0 for word in [*words, *added] if word not in removed}
    edges = lattice.graph(numbers, {0: 0}, [0] * 9, text)
    dictionary = make_dictionary(words, added, removed)
    for direction, twin in TWINS.items():
        assert MaxMatchCutter(dictionary, direction).boundaries(text).tolist() == [
            0,
            *twin(edges, len(text)),
        ]


@pytest.mark.parametrize(
    ("direction", "expected"),
    [
        (FORWARD, ["研究生", "命", "起源"]),
        (BACKWARD, ["研究", "生命", "起源"]),
        (BIDIRECTIONAL, ["研究", "生命", "起源"]),
    ],
)
def test_the_origin_of_life(direction: int, expected: list[str]) -> None:
    cutter = MaxMatchCutter(make_dictionary(["研究", "研究生", "生命", "起源"]), direction)
    assert cutter.segment("研究生命起源") == expected


@pytest.mark.parametrize(
    ("words", "text", "expected"),
    [
        # Fewer words: forward 2, backward 3.
        (["一二三", "四五", "二三四", "五"], "一二三四五", ["一二三", "四五"]),
        # As many words: forward leaves no single character, backward two.
        (["一二", "三四", "五六", "二三四五"], "一二三四五六", ["一二", "三四", "五六"]),
        # As many of both: backward.
        (["一二", "二三"], "一二三", ["一", "二三"]),
    ],
)
def test_how_the_better_direction_is_chosen(
    words: list[str], text: str, expected: list[str]
) -> None:
    assert MaxMatchCutter(make_dictionary(words), BIDIRECTIONAL).segment(text) == expected


@pytest.mark.parametrize("direction", TWINS)
@pytest.mark.parametrize("length", [0, 1, 63, 64, 65, 142, 143, 2047, 2048, 2049, 4097])
def test_lengths_at_the_seams(direction: int, length: int) -> None:
    generator = np.random.default_rng(length)
    words = ["人民", "民人", "人民大", "大学", "学生", "生人"]
    text = "".join(generator.choice([*"人民大学生，a1"], length))
    edges = lattice.graph(dict.fromkeys(words, 0), {0: 0}, [0] * 9, text[:65])
    cutter = MaxMatchCutter(make_dictionary(words), direction)
    assert cutter.boundaries(text[:65]).tolist() == [0, *TWINS[direction](edges, len(text[:65]))]
    # A place after which no word goes on and before which none ends cuts the text in two.
    parts = text.replace("，", "，|").split("|")
    assert cutter.segment(text) == [word for part in parts for word in cutter.segment(part)]


@pytest.mark.parametrize("direction", TWINS)
@pytest.mark.parametrize("piece", ["人", "大学", "1", "a", "好"])
def test_a_million_characters_take_linear_time(direction: int, piece: str) -> None:
    cutter = MaxMatchCutter(make_dictionary(["人人", "大学", "人" * 50], ["人人人"]), direction)
    text = piece * (10**6 // len(piece))
    ends: list[int] = []
    assert seconds_of(lambda: ends.extend(cutter.boundaries(text)[-1:])) < LINEAR
    assert ends == [len(text)]


def test_words_longer_than_the_dictionary_says_are_passed_over() -> None:
    dictionary = make_dictionary(["人", "人人", "人人人"])
    short = type(dictionary)(dictionary.trie, None, np.zeros(0, np.uint8), 2)
    assert MaxMatchCutter(short, FORWARD).segment("人人人") == ["人人", "人"]


def test_shapes_that_do_not_fit_are_refused() -> None:
    good = make_dictionary(["中"], ["国"])
    with pytest.raises(ValueError, match="an item for each word of the overlay"):
        type(good)(good.trie, good.overlay, np.zeros(2, np.uint8), 1)
    with pytest.raises(ValueError, match="longest must be"):
        type(good)(good.trie, None, np.zeros(0, np.uint8), -1)
