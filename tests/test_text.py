"""Characters: classes, folding that moves nothing, units, runs, sentences."""

from __future__ import annotations

import itertools
import unicodedata

import numpy as np
import pytest
from hypothesis import given

from classicnlp import fold, split_sentences
from classicnlp.text import (
    CLOSERS,
    TERMINATORS,
    CharacterClass,
    Run,
    character_classes,
    default_alphabet,
    runs,
    units,
)
from tests.conftest import nasty_texts

EVERYTHING = "".join(map(chr, range(0x110000)))


def pieces(text: str, spans: list[Run]) -> list[str]:
    return [text[span.start : span.end] for span in spans]


# --- folding ---------------------------------------------------------------------------------


def test_folding_every_code_point_keeps_length_and_is_done_after_once() -> None:
    once = fold(EVERYTHING)
    assert len(once) == len(EVERYTHING)
    assert fold(once) == once


@given(nasty_texts)
def test_folding_goes_character_by_character(text: str) -> None:
    assert fold(text) == "".join(fold(character) for character in text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("ＡＢＣａｂｃ１２３，！？", "abcabc123,!?"),
        ("NBA", "nba"),
        ("漢語國學電腦", "汉语国学电脑"),
        ("汉语", "汉语"),
        ("", ""),
        ("\ud800\0\U0010ffff", "\ud800\0\U0010ffff"),
    ],
)
def test_width_case_and_script_are_folded(text: str, expected: str) -> None:
    assert fold(text) == expected


def test_symbols_are_equal_exactly_where_folded_characters_are() -> None:
    symbols = default_alphabet().symbols(EVERYTHING)
    folded = np.frombuffer(fold(EVERYTHING).encode("utf-32-le", "surrogatepass"), np.uint32)
    character_of = np.zeros(int(symbols.max()) + 1, np.uint32)
    character_of[symbols] = folded
    assert (character_of[symbols] == folded).all()
    symbol_of = np.zeros(0x110000, np.int32)
    symbol_of[folded] = symbols
    assert (symbol_of[folded] == symbols).all()
    assert symbols.min() > 0, "symbol 0 is the padding"


# --- classes ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "characters"),
    [
        (CharacterClass.HAN, "一中國龘㐀𠀀々〇"),
        (CharacterClass.KANA, "あんアンー"),
        (CharacterClass.LATIN, "azAZＡｚ"),
        (CharacterClass.LETTER, "жЯαωא"),
        (CharacterClass.DIGIT, "0９"),
        (CharacterClass.PUNCTUATION, "，。！？、；：“”‘’（）《》—…,.!?;:'\"()-"),
        (CharacterClass.SPACE, " \t\n\r\x0b\x0c\u3000\xa0\u2028\u2029\x85\x1c\x1f"),
        (CharacterClass.EXTEND, "\u0301\u200d\ufe0f\U0001f3fd"),
        (CharacterClass.OTHER, "\0\x1b\x7f\ud800\udfff\uffff\U0010ffff😀"),
    ],
)
def test_characters_have_their_class(kind: CharacterClass, characters: str) -> None:
    found = [CharacterClass(number) for number in character_classes(characters)]
    assert found == [kind] * len(characters)


def test_every_code_point_has_a_class_and_every_white_space_is_space() -> None:
    classes = character_classes(EVERYTHING)
    assert set(np.unique(classes).tolist()) <= set(CharacterClass)
    spaces = [c for c in EVERYTHING if c.isspace() and unicodedata.category(c) != "Cc"]
    assert set(character_classes("".join(spaces)).tolist()) == {CharacterClass.SPACE}


# --- runs, units, sentences ------------------------------------------------------------------


@given(nasty_texts)
def test_runs_are_maximal_and_join_to_the_text(text: str) -> None:
    found = runs(text)
    assert "".join(pieces(text, found)) == text
    classes = character_classes(text)
    for run in found:
        assert set(classes[run.start : run.end].tolist()) == {run.kind}
    assert all(a.kind != b.kind for a, b in itertools.pairwise(found))


@given(nasty_texts)
def test_units_tile_the_text(text: str) -> None:
    found = units(text)
    assert "".join(pieces(text, found)) == text
    assert [run.start for run in found] == [0, *(run.end for run in found)][: len(found)]
    classes = character_classes(text)
    for run in found:
        assert run.end > run.start
        assert run.kind == classes[run.start]
        spaces = (classes[run.start : run.end] == CharacterClass.SPACE).tolist()
        assert all(spaces) or not any(spaces), "white space is apart"


@pytest.mark.parametrize(
    "unit",
    [
        "https://a.cn/x?y=1#z", "www.a.cn", "a.b@c.com", "iPhone15", "don't", "3.14", "1,000,000",
        "60%", "ひらがな", "   ", "\r\n", "👨‍👩‍👧", "👍🏽", "🇨🇳", "e\u0301", "Жук",
        "２０２４", "ＡＢＣ",
    ],
)  # fmt: skip
def test_a_unit_stands_whole_between_chinese(unit: str) -> None:
    text = f"我{unit}我"
    assert pieces(text, units(text)) == ["我", unit, "我"]


@pytest.mark.parametrize("unit", ["\u200d😀", "\u0301a", "\ufe0f\u200d😀"])
def test_white_space_before_does_not_change_the_units(unit: str) -> None:
    alone = pieces(unit, units(unit))
    for space in (" ", "\n", "  "):
        text = space + unit
        assert pieces(text, units(text)) == [space, *alone]


@given(nasty_texts)
def test_sentences_join_to_the_text_and_end_where_they_may(text: str) -> None:
    sentences = split_sentences(text)
    assert "".join(sentences) == text
    assert all(sentences)
    for sentence in sentences[:-1]:
        assert any(c in TERMINATORS for c in sentence)
        assert sentence[-1] in TERMINATORS | CLOSERS
    for sentence in sentences:
        body = sentence.rstrip("".join(TERMINATORS | CLOSERS))
        assert not set(body) & TERMINATORS


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        ("没有标点", ["没有标点"]),
        (
            "他说：“走吧！”天黑了……我们3.5公里外见。",
            ["他说：“走吧！”", "天黑了……", "我们3.5公里外见。"],
        ),
        ("真的？！是啊。", ["真的？！", "是啊。"]),
        ("一\n\n二\r\n三", ["一\n\n", "二\r\n", "三"]),
        ("。。。", ["。。。"]),
        ("“一。”", ["“一。”"]),
        ("\ud800。\U00020000", ["\ud800。", "\U00020000"]),
    ],
)
def test_sentences_are_those_expected(text: str, expected: list[str]) -> None:
    assert split_sentences(text) == expected


@pytest.mark.parametrize("function", [fold, character_classes, runs, units, split_sentences])
@pytest.mark.parametrize("wrong", [b"x", None, 5, ["x"]])
def test_what_is_no_text_is_refused_with_what_to_pass(function: object, wrong: object) -> None:
    with pytest.raises(TypeError, match="takes a str, got"):
        function(wrong)  # type: ignore[operator]
