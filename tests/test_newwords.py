"""New words: the statistics against their definitions, and what segmenter and tagger add."""

from __future__ import annotations

import errno
import io
import lzma
import random
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import classicnlp as cn
from classicnlp import newwords
from classicnlp.errors import CorpusError
from classicnlp.newwords import NewWord, NewWords, discover
from classicnlp.newwords import blocks as blocks_module
from classicnlp.newwords.blocks import blocks, word_characters
from classicnlp.newwords.evidence import edge_shares, is_term
from classicnlp.segmentation import MaxMatchSegmenter
from tests.conftest import nasty_texts
from tests.reference import newwords as reference

EVERYTHING: dict[str, Any] = {"min_pmi": 0, "min_entropy": 0, "not_first": "", "not_last": ""}
# Few characters, so that strings come again: Han ones, astral ones among them, Latin, others.
CHARACTERS = "人中大aZ，1 \n\r\ud800\U00020000"
TEXTS = st.lists(st.one_of(st.text(CHARACTERS, max_size=40), nasty_texts), max_size=6)


def babble(lines: int, seed: int = 0) -> list[str]:
    """Return lines of words that are made up, some far more frequent than others."""
    rng = random.Random(seed)
    words = ["".join(chr(0x4E00 + rng.randrange(300)) for _ in range(1 + i % 4)) for i in range(90)]
    return [
        "".join(words[int(rng.paretovariate(0.5)) % len(words)] for _ in range(12)) + "。"
        for _ in range(lines)
    ]


def chosen_by(cuts: Callable[[str], list[int]]) -> Any:
    """Return a segmenter that cuts where a function says."""

    class Segmenter:
        def boundaries(self, text: str) -> Any:
            return np.array(cuts(text), np.int32)

    return Segmenter()


# --- the statistics --------------------------------------------------------------------------


@given(TEXTS, st.integers(2, 7), st.integers(2, 4))
def test_candidates_and_their_figures_are_those_of_the_definitions(
    texts: list[str], length: int, least: int
) -> None:
    found = discover(texts, length, least, **EVERYTHING)
    expected = {
        word: figures
        for word, figures in reference.candidates(texts, length, least).items()
        if figures[1] >= 0
    }
    assert {word.text for word in found} == expected.keys()
    for word in found:
        assert tuple(word[1:5]) == pytest.approx(expected[word.text], abs=1e-9)
        score = word.pmi / (len(word.text) - 1) * min(word.left_entropy, word.right_entropy)
        assert word.score == pytest.approx(score)


def test_the_limits_leave_out_what_they_say() -> None:
    texts = babble(300)
    every = discover(texts, **EVERYTHING)
    found = discover(texts, min_pmi=3, min_entropy=1.5, not_first=every[0].text[0], not_last="")
    assert found == [
        word
        for word in every
        if word.pmi >= 3
        and min(word.left_entropy, word.right_entropy) >= 1.5
        and word.text[0] != every[0].text[0]
    ]
    assert 0 < len(found) < len(every)
    last = every[0].text[-1]
    rest = discover(texts, **EVERYTHING | {"not_last": last})
    assert rest == [word for word in every if word.text[-1] != last]


def test_words_come_by_score_then_count_then_text() -> None:
    words = discover(babble(300), **EVERYTHING)
    assert words == sorted(words, key=lambda word: (-word.score, -word.count, word.text))
    assert discover(babble(300), top=7, **EVERYTHING) == words[:7]
    assert discover(babble(300), top=0) == []


def test_a_word_stands_out_of_its_contexts() -> None:
    rng = random.Random(3)
    others = [chr(0x4E00 + i) for i in range(60)]
    texts = [
        "".join(rng.choices(others, k=6)) + "麒麟阁" + "".join(rng.choices(others, k=6))
        for _ in range(50)
    ]
    best, *rest = discover(texts)
    assert (best.text, best.count) == ("麒麟阁", 50)
    assert not {"麒麟", "麟阁"} & {word.text for word in rest}


@pytest.mark.parametrize("length", [0, 1, 2, 3, 8, 63, 64, 65])
def test_one_character_again_and_again(length: int) -> None:
    found = discover(["人" * length], 7, 2, **EVERYTHING)
    expected = reference.candidates(["人" * length], 7, 2)
    assert {word.text for word in found} == {
        w for w, figures in expected.items() if figures[1] >= 0
    }


def test_no_text_at_all() -> None:
    for texts in ([], [""], ["\n\r\n"], ["，。1234"], ["\ud800" * 9]):
        assert discover(texts) == []
    assert discover([], segmenter=MaxMatchSegmenter(cn.Lexicon(["北京"]))) == []


# --- what texts are --------------------------------------------------------------------------


def test_lists_iterators_files_and_standard_input_give_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, pku: cn.Pipeline
) -> None:
    texts = babble(200)
    whole = "\n".join(texts)
    packed = tmp_path / "text.xz"
    packed.write_bytes(lzma.compress(whole.encode()))
    plain = tmp_path / "text.txt"
    plain.write_text(whole, encoding="utf-8")
    expected = discover(texts, segmenter=pku, tagger=pku)
    assert expected
    stdin = io.TextIOWrapper(io.BytesIO(whole.encode()), encoding="ascii")
    monkeypatch.setattr(sys, "stdin", stdin)
    for given_texts in (iter(texts), [whole], packed, [plain], Path("-")):
        assert discover(given_texts, segmenter=pku, tagger=pku) == expected
    assert discover([plain, "\n", *texts], min_count=10)[0].count >= 10


@pytest.mark.parametrize("size", [1, 10, 63, 64, 65, 1000])
def test_blocks_of_any_size_give_the_same(
    size: int, monkeypatch: pytest.MonkeyPatch, small_segmenter: Any
) -> None:
    texts = ["\n".join(babble(40)), *babble(40, 1), "", "a\n\nb"]
    expected = discover(texts, segmenter=small_segmenter)
    monkeypatch.setattr(blocks_module, "BLOCK", size)
    assert "\n".join(blocks(texts)) == "\n".join(texts)
    assert discover(texts, segmenter=small_segmenter) == expected


def test_threads_and_memory_change_nothing(pku: cn.Pipeline) -> None:
    texts = babble(3000)
    expected = discover(texts, segmenter=pku, tagger=pku)
    assert discover(texts, segmenter=pku, tagger=pku, workers=2) == expected
    assert discover(texts, segmenter=pku, tagger=pku, memory=1 << 20) == expected


def test_the_order_of_lines_changes_no_figure() -> None:
    texts = babble(300)
    there = {word.text: word for word in discover(texts)}
    back = {word.text: word for word in discover(texts[::-1])}
    assert there.keys() == back.keys()
    for text, word in there.items():
        assert word[1:] == pytest.approx(back[text][1:])


def test_progress_counts_characters() -> None:
    seen: list[int] = []
    discover(["云计算", "大数据\n人"], progress=seen.append)
    assert sum(seen) == len("云计算\n大数据\n人")


@given(nasty_texts)
def test_word_characters_keep_places_and_words(text: str) -> None:
    shown = word_characters(text)
    assert len(shown) == len(text)
    assert [run for run in shown.split("\n") if run] == reference.runs(text)


def test_no_file_is_left_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))

    def stop(text: str) -> list[int]:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        discover(babble(50), segmenter=chosen_by(stop), folder=tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_full_disk_is_told_with_the_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, small_segmenter: Any
) -> None:
    class Full(io.BytesIO):
        def write(self, data: Any) -> int:
            raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(blocks_module.tempfile, "TemporaryFile", lambda dir: Full())
    with pytest.raises(OSError, match="free space there, or name another folder") as raised:
        discover(["云计算"], segmenter=small_segmenter, folder=tmp_path)
    assert raised.value.errno == errno.ENOSPC
    assert raised.value.filename == str(tmp_path)


# --- known words, segmenter, tagger ----------------------------------------------------------


def test_known_words_are_left_out_however_they_are_written() -> None:
    texts = ["学雲計算，用雲計算", "说雲計算！懂雲計算", "雲計算"]
    assert [word.text for word in discover(texts, min_pmi=0)] == ["雲計算"]
    assert discover(texts, known=cn.Lexicon(["云计算"]), min_pmi=0) == []


@given(TEXTS, st.sets(st.text("人中大a", min_size=1, max_size=4), min_size=1, max_size=4))
def test_shares_are_those_of_the_occurrences(texts: list[str], words: set[str]) -> None:
    segmenter = MaxMatchSegmenter(cn.Lexicon(["人中", "中大人", "大大"]))
    wanted = sorted(words)
    shares = edge_shares(texts, wanted, segmenter, 2)
    for word, share in zip(wanted, shares.tolist(), strict=True):
        between = [
            {place, place + len(word)} <= set(segmenter.boundaries(text).tolist())
            for text in texts
            for place in range(len(text))
            if text.startswith(word, place)
        ]
        assert share == (sum(between) / len(between) if between else 0)


def test_what_a_segmenter_cuts_through_sinks() -> None:
    texts = babble(300)
    plain = discover(texts)
    never = chosen_by(lambda text: [0, len(text)])
    assert {word.score for word in discover(texts, segmenter=never)} == {0.0}
    always = chosen_by(lambda text: list(range(len(text) + 1)))
    assert discover(texts, segmenter=always) == plain
    halves = chosen_by(lambda text: list(range(0, len(text), 2)) + [len(text)] * (len(text) % 2))
    shared = {word.text: word.score for word in discover(texts, segmenter=halves)}
    assert all(0 <= shared[word.text] <= word.score for word in plain)


def test_free_phrases_are_left_out_with_a_tagger(pku: cn.Pipeline) -> None:
    names = ["紫云阁", "天水碧"]
    lines = [
        f"{before}{name}{phrase}{behind}"
        for name in names
        for before in "在到从往看"
        for phrase in ("被任命为", "很高兴地")
        for behind in "他我你谁各"
    ]
    plain = {word.text for word in discover(lines, **EVERYTHING)}
    terms = {word.text for word in discover(lines, tagger=pku, **EVERYTHING)}
    assert {"被任命为", "很高兴地", *names} <= plain
    assert set(names) <= terms
    assert not {"被任命为", "很高兴地"} & terms


@pytest.mark.parametrize(
    ("tagged", "expected"),
    [
        ("慢慢/d", True),
        ("王/nr 小明/nr", True),
        ("绿色/n 债券/n", True),
        ("监察/vn 御史/n", True),
        ("沮/Ag 授/Vg", True),
        ("挖/v 塘/n", True),
        ("发行/v 债券/n", False),
        ("债券/n 发行/v", False),
        ("很/d 新/a", False),
        ("三百/m 户/q", False),
        ("他/r 家/n", False),
        ("新/a 的/u 书/n", False),
    ],
)
def test_what_can_be_a_term(tagged: str, expected: bool) -> None:
    pairs = [token.split("/") for token in tagged.split()]
    assert is_term([cn.Token(text, tag, 0, len(text)) for text, tag in pairs]) == expected


def test_a_second_round_finds_what_the_first_made_a_word(pku: cn.Pipeline) -> None:
    words = discover(babble(300), known=pku.lexicon, top=20)
    told = pku.with_words(words.to_lexicon(tag="nz"))
    again = discover(babble(300), known=told.lexicon, segmenter=told, tagger=told)
    assert not {word.text for word in words} & {word.text for word in again}


# --- the list --------------------------------------------------------------------------------


def test_the_list_makes_a_lexicon_a_dictionary_file_and_slices(tmp_path: Path) -> None:
    words = discover(babble(300))
    assert isinstance(words[0], NewWord)
    assert isinstance(words[2:5], NewWords)
    assert words[2:5] == list(words)[2:5]
    lexicon = words[:9].to_lexicon(tag="n")
    assert [tuple(entry) for entry in lexicon.items()] == [
        (w.text, w.count, "n") for w in words[:9]
    ]
    lexicon.to_file(tmp_path / "words.txt")
    assert list(cn.Lexicon.from_file(tmp_path / "words.txt")) == list(lexicon)
    assert len(NewWords().to_lexicon()) == 0


# --- what is refused -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"texts": "云计算"}, TypeError, "put a text in a list"),
        ({"texts": [["云", "计算"]]}, TypeError, "a text must be a str or a path, got list"),
        ({"max_length": 1}, ValueError, "max_length must be in 2 ... 7, got 1"),
        ({"max_length": 8}, ValueError, "max_length must be in 2 ... 7, got 8"),
        ({"min_count": 1}, ValueError, "min_count must be at least 2"),
        ({"min_pmi": -1.0}, ValueError, "min_pmi must be a finite number from 0 on"),
        ({"min_entropy": float("nan")}, ValueError, "min_entropy must be a finite number"),
        ({"top": -1}, ValueError, "top must be at least 0"),
        ({"workers": 0}, ValueError, "workers must be at least 1"),
        ({"memory": 5}, ValueError, "memory must be at least"),
        ({"not_first": None}, TypeError, "not_first"),
        ({"known": ["云"]}, TypeError, "takes a Lexicon, got list"),
    ],
)
def test_what_is_refused(arguments: dict[str, Any], error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        discover(**{"texts": ["云计算"], **arguments})


def test_a_pipeline_without_a_tagger_is_refused(pku: cn.Pipeline) -> None:
    with pytest.raises(ValueError, match="tagger"):
        discover(["云计算"], tagger=cn.Pipeline(pku.segmenter))


def test_a_file_that_is_no_text(tmp_path: Path) -> None:
    path = tmp_path / "text.txt"
    path.write_bytes("北京\n".encode("gb18030"))
    with pytest.raises(CorpusError, match=r"text\.txt:1: not UTF-8"):
        discover(path)
    with pytest.raises(FileNotFoundError):
        discover(tmp_path / "none.txt")


def test_the_names_of_the_face() -> None:
    assert cn.newwords is newwords
