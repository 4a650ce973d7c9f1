"""What a character tagger learns from: features of places, and words without a fold's own."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from classicnlp import Lexicon
from classicnlp._ext.bmes import EDGE_KIND
from classicnlp._ext.lexical import GOES_ON_BIT, LONGEST_WORD, MOST_LISTS
from classicnlp.segmentation.features import (
    AFTER,
    AT,
    BEFORE,
    WINDOW_AFTER,
    WINDOW_BEFORE,
    characters_of,
    features_of,
    normalised,
    parts_of,
)
from classicnlp.segmentation.groups import GroupedWords
from classicnlp.text import CharacterClass, default_alphabet, fold
from tests.conftest import nasty_texts, nasty_words
from tests.reference import bmes as reference
from tests.reference import lexical as lexical_reference
from tests.reference import make_groups

ALPHABET = default_alphabet()
WORDS = {"中国": [0, 2], "国人": [1], "中国人": [2], "〇〇〇": [0], "年度": [1], "a中": [2]}
Rows = list[list[reference.Feature]]

pieces = st.sampled_from([*"中国國人年度一二九○9٣aＡ，·十两", "\U00020000", "\ud800", "\0", "１"])
stretches = st.lists(pieces, max_size=12).map("".join)


def rows_of(texts: list[str], words: dict[str, list[int]] = WORDS, count: int = 3) -> Rows:
    """Return the features of each character as tuples."""
    characters = characters_of(ALPHABET, texts)
    codes = make_groups(words).codes_of(characters.symbols, characters.offsets)
    keys = features_of(characters, codes[:, :, :count])
    assert keys.shape == (len("".join(texts)), 8 + count + min(count, 2))
    parts = np.stack([part.reshape(keys.shape) for part in parts_of(keys)], axis=2)
    return [[(t, a, b) for t, a, b in row] for row in parts.tolist()]


@given(st.lists(stretches, max_size=4), st.integers(0, 3))
def test_features_are_those_of_the_naive_twin(texts: list[str], count: int) -> None:
    expected = [row for text in texts for row in reference.features_of(text, WORDS, count)]
    assert rows_of(texts, count=count) == expected


@given(st.lists(stretches, min_size=1, max_size=4), st.sampled_from([" ", "\u3000", "\n\t"]))
def test_a_stretch_between_white_space_has_the_features_that_it_has_alone(
    texts: list[str], space: str
) -> None:
    """A text is cut stretch by stretch: what is learnt must look the same."""
    joined = rows_of([space.join(texts)])
    start = 0
    for text in texts:
        assert joined[start : start + len(text)] == rows_of([text])
        start += len(text) + len(space)


@given(st.lists(nasty_texts, max_size=4))
def test_sentences_have_the_features_that_they_have_alone(texts: list[str]) -> None:
    assert rows_of(texts) == [row for text in texts for row in rows_of([text])]


def test_beyond_the_ends_lie_edges() -> None:
    symbol = int(ALPHABET.symbols("中")[0])
    (row,) = rows_of(["中"], {}, 0)
    han, edge = int(CharacterClass.HAN), EDGE_KIND
    assert row[:3] == [(BEFORE, 0, 0), (AT, symbol, 0), (AFTER, 0, 0)]
    assert row[5:] == [
        (WINDOW_BEFORE, edge << 8 | edge << 4 | han, 0),
        (WINDOW_BEFORE + 1, edge << 8 | han << 4 | edge, 0),
        (WINDOW_AFTER, han << 8 | edge << 4 | edge, 0),
    ]


def test_white_space_is_an_edge() -> None:
    characters = characters_of(ALPHABET, ["中 国"])
    assert characters.symbols[1] == 0
    assert characters.kinds.tolist() == [CharacterClass.HAN, EDGE_KIND, CharacterClass.HAN]


@given(st.lists(nasty_words, max_size=5))
def test_normalised_words_are_those_of_the_naive_twin(words: list[str]) -> None:
    found = normalised(ALPHABET, words)
    assert [fold(word) for word in found] == [reference.normalised(fold(word)) for word in words]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("１９９８年", "0000年"),
        ("一九九八年", "〇〇〇〇年"),
        ("三八", "三八"),
        ("二〇〇", "〇〇〇"),
        ("二十一", "二十一"),
        ("a\0b1\0", "a\0b0\0"),
    ],
)
def test_digits_are_alike(text: str, expected: str) -> None:
    assert normalised(ALPHABET, [text]) == [expected]
    assert rows_of([text]) == rows_of([expected])


# --- groups ----------------------------------------------------------------------------------


def own_words(grouped: GroupedWords, sentences: list[list[str]]) -> list[list[Any]]:
    """Return, for each sentence, the codes of the beginnings of the training data's words."""
    characters = characters_of(ALPHABET, ["".join(words) for words in sentences])
    begins = grouped.codes_of(characters)[:, 0, 0].tolist()
    return [begins[a:b] for a, b in itertools.pairwise(characters.offsets.tolist())]


def noted_of(grouped: GroupedWords) -> dict[str, int]:
    """Return what is noted of strings of two characters when all words are known."""
    letters = ALPHABET.arrays["letters"]
    pairs, notes = grouped.pairs()
    strings = ["".join(map(chr, letters[pair])) for pair in pairs]
    return dict(zip(strings, notes.tolist(), strict=True))


def test_a_fold_does_not_see_words_that_stand_in_it_alone() -> None:
    sentences = [["北京", "人"], ["北京", "大学"], ["大学", "生活"], ["上海", "人"]]
    grouped = GroupedWords(ALPHABET, sentences, [], 2)
    # 北京 and 上海 stand in one half only; 大学 in both.
    assert own_words(grouped, sentences) == [[0, 0, 0], [0, 0, 1, 0], [1, 0, 0, 0], [0, 0, 0]]
    others = [["上海", "生活"], ["生活", "人"], ["北京", "人"], ["北京", "大学"]]
    assert own_words(grouped, others) == [[1, 0, 1, 0], [1, 0, 0], [1, 0, 0], [1, 0, 1, 0]]
    assert noted_of(grouped) == dict.fromkeys(["北京", "大学", "生活", "上海"], 1)


def test_variants_of_a_word_are_one_word_of_a_fold() -> None:
    sentences = [["漢語", "汉语"], ["人"]]
    grouped = GroupedWords(ALPHABET, sentences, [], 2)
    assert own_words(grouped, sentences) == [[0, 0, 0, 0], [0]]
    assert own_words(grouped, [["人"], ["漢語"]]) == [[0], [1, 0]]


words = st.text("中国人", min_size=1, max_size=LONGEST_WORD + 1)


@given(
    st.lists(st.lists(words, max_size=4), min_size=1, max_size=7),
    st.lists(st.lists(words, max_size=5), max_size=MOST_LISTS - 1),
    st.integers(2, 9),
)
def test_each_fold_sees_the_words_of_the_others_and_of_all_lexicons(
    sentences: list[list[str]], lexicons: list[list[str]], folds: int
) -> None:
    grouped = GroupedWords(ALPHABET, sentences, lexicons, folds)
    characters = characters_of(ALPHABET, ["".join(words) for words in sentences])
    assert grouped.count == 1 + len(lexicons)
    expected = []
    runs = min(folds, len(sentences))
    ends = [len(sentences) * (k + 1) // runs for k in range(runs)]
    for start, end in itertools.pairwise([0, *ends]):
        lists = [{w for words in sentences[:start] + sentences[end:] for w in words}, *lexicons]
        groups = {
            word: [g for g, own in enumerate(lists) if word in own]
            for word in set(itertools.chain(*lists))
        }
        for words in sentences[start:end]:
            expected += lexical_reference.codes_of(groups, "".join(words), grouped.count)
    assert grouped.codes_of(characters).tolist() == expected


@pytest.mark.parametrize("count", [0, 1, 2, 9, 10, 11, 25])
def test_there_may_be_fewer_sentences_than_folds(count: int) -> None:
    sentences = [["中国", "人"]] * count
    grouped = GroupedWords(ALPHABET, sentences, [], 10)
    characters = characters_of(ALPHABET, ["".join(words) for words in sentences])
    codes = grouped.codes_of(characters)
    assert codes.shape == (3 * count, 3, 1)
    # What stands in one sentence alone is unknown there.
    assert codes[:, 0, 0].tolist() == [int(count > 1), 0, 0] * count


def test_lexicons_come_in_every_form() -> None:
    sentences = [["人"], ["人"]]
    forms: list[Any] = [
        ["中国", "人", "中华人民共和国"], ("中国",), iter(["中国"]), {"中国": 7},
        Lexicon({"中国": 3}), [("中國", 5, "ns")],
    ]  # fmt: skip
    grouped = GroupedWords(ALPHABET, sentences, forms, 2)
    assert noted_of(grouped) == {"中国": 0b1111110, "中华": GOES_ON_BIT}


def test_words_longer_than_two_are_noted_with_what_they_begin_with() -> None:
    words = ["中国人", "中国", "国人", "一二三四五六七八", "人", "中\U00020000", "1998年"]
    grouped = GroupedWords(ALPHABET, [["国人"]], [words, ["中国人民"]], 2)
    assert noted_of(grouped) == {"中国": 2 | GOES_ON_BIT, "国人": 3, "00": GOES_ON_BIT}
    # 中国人, 中国人民; 000, 0000, 0000年.
    assert (grouped.longer().table != 0).sum() == 5


@pytest.mark.parametrize("wrong", ["中国", [5], [b"x"], [["中国"]]])
def test_a_lexicon_that_is_no_collection_of_words_is_refused(wrong: Any) -> None:
    with pytest.raises(TypeError, match=r"word|str"):
        GroupedWords(ALPHABET, [["人"]], [wrong], 2)


def test_too_many_lexicons_are_refused() -> None:
    GroupedWords(ALPHABET, [["人"]], [["中国"]] * 6, 2)
    with pytest.raises(ValueError, match="at most 6 lexicons can be used, got 7"):
        GroupedWords(ALPHABET, [["人"]], [["中国"]] * 7, 2)


def test_training_does_not_see_trusted_words() -> None:
    sentences = [["中国", "人"], ["国人", "中"]] * 3
    characters = characters_of(ALPHABET, ["".join(words) for words in sentences])
    plain = GroupedWords(ALPHABET, sentences, [["国人"]], 2)
    grouped = GroupedWords(ALPHABET, sentences, [["国人"]], 2, {"中国": 3, "人": 1, "国人中": 1})
    assert (grouped.count, grouped.trusted, plain.trusted) == (2, True, False)
    assert grouped.codes_of(characters).tolist() == plain.codes_of(characters).tolist()
    assert noted_of(grouped) == {"中国": 1 | 4, "国人": 1 | 2 | GOES_ON_BIT}


def test_trusted_words_are_a_list_too() -> None:
    lexicons = [["中国"]] * 6
    # None but those of one character are none at all.
    assert not GroupedWords(ALPHABET, [["人"]], lexicons, 2, ["人"]).trusted
    with pytest.raises(ValueError, match="at most 5 lexicons can be used, got 6"):
        GroupedWords(ALPHABET, [["人"]], lexicons, 2, ["国人"])
    with pytest.raises(TypeError, match="put it in a list"):
        GroupedWords(ALPHABET, [["人"]], [], 2, "国人")
