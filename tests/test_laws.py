"""The laws of DESIGN.md §2 that every segmenter and the pipeline keep, whatever the text."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from classicnlp import Pipeline
from classicnlp.segmentation import Segmenter
from classicnlp.text import units
from tests.conftest import KINDS, LINEAR, code_points, nasty_texts, seconds_of

Segmenters = dict[str, Segmenter | Pipeline]
every_kind = pytest.mark.parametrize("kind", KINDS)
seams = st.one_of(
    nasty_texts,
    st.text(code_points, max_size=70),
    st.builds(lambda text, n: text * n, nasty_texts, st.sampled_from([2, 63, 64, 65, 300])),
)


# --- 1: nothing is lost ----------------------------------------------------------------------


@every_kind
@given(text=seams)
def test_words_join_to_the_text_and_lie_between_the_boundaries(
    text: str, kind: str, segmenters: Segmenters
) -> None:
    segmenter = segmenters[kind]
    words = segmenter.segment(text)
    assert "".join(words) == text
    assert all(words)
    boundaries = segmenter.boundaries(text)
    assert boundaries.dtype == np.int32
    places = boundaries.tolist()
    assert places[0] == 0
    assert places[-1] == len(text)
    assert [text[a:b] for a, b in pairwise(places)] == words


@every_kind
@given(text=nasty_texts)
def test_no_boundary_lies_within_a_unit_but_at_an_added_word(
    text: str, kind: str, segmenters: Segmenters
) -> None:
    inside = {
        i for run in units(text, segmenters[kind].held_rules) for i in range(run.start + 1, run.end)
    }
    assert not inside & set(segmenters[kind].boundaries(text).tolist())


@given(text=seams)
def test_tokens_are_spans_of_the_text(text: str, pku: Pipeline) -> None:
    tokens = pku.tag(text)
    assert "".join(token.text for token in tokens) == text
    assert all(text[token.start : token.end] == token.text for token in tokens)
    assert [token.text for token in tokens] == pku.segment(text)
    assert {token.tag for token in tokens} <= set(pku.tagger.tags_)  # type: ignore[union-attr]


@every_kind
def test_every_code_point_by_itself_and_between_others_survives(
    kind: str, segmenters: Segmenters
) -> None:
    every = "".join(map(chr, range(0, 0x110000, 7)))
    apart = "中".join(every)
    for text in (every, apart, every[::-1]):
        assert "".join(segmenters[kind].segment(text)) == text


@every_kind
@pytest.mark.parametrize("width", ["narrow", "two bytes", "four bytes"])
def test_the_width_of_a_strs_units_makes_no_difference(
    width: str, kind: str, segmenters: Segmenters
) -> None:
    """The same characters in a str of wider units, by one wide character at the end."""
    segmenter = segmenters[kind]
    text = "He said 3.14% ok. " if width == "narrow" else "我来到北京，说OK。 "
    wide = {"narrow": "中", "two bytes": "\U00020000", "four bytes": "\U00020000\U00020001"}[width]
    assert segmenter.segment(text + wide)[: len(segmenter.segment(text))] == segmenter.segment(text)


# --- 2: immutable, shared by threads ----------------------------------------------------------


@every_kind
def test_threads_that_share_a_segmenter_get_what_one_gets(
    kind: str, segmenters: Segmenters, documents: list[str]
) -> None:
    segmenter = segmenters[kind]
    expected = [segmenter.segment(text) for text in documents]
    start = threading.Barrier(4)

    def hammer(number: int) -> bool:
        start.wait()
        order = documents[number:] + documents[:number]
        results = [segmenter.segment(text) for text in order]
        return results == expected[number:] + expected[:number]

    with ThreadPoolExecutor(4) as pool:
        assert all(pool.map(hammer, range(4)))


def test_threads_that_share_a_pipeline_get_what_one_gets(
    pku: Pipeline, documents: list[str]
) -> None:
    expected = [pku.tag(text) for text in documents]
    start = threading.Barrier(4)

    def hammer(number: int) -> bool:
        start.wait()
        mine = pku.with_words({f"词{number}": "n"})
        return all(
            [pku.tag(text) for text in documents] == expected and mine.segment("北京") == ["北京"]
            for _ in range(2)
        )

    with ThreadPoolExecutor(4) as pool:
        assert all(pool.map(hammer, range(4)))


def test_the_gil_is_released_while_a_text_is_cut(pku: Pipeline, documents: list[str]) -> None:
    text = "".join(documents) * 40
    ticks = 0
    done = threading.Event()

    def cut() -> None:
        pku.boundaries(text)
        done.set()

    thread = threading.Thread(target=cut)
    thread.start()
    while not done.wait(0.0005):
        ticks += 1
    thread.join()
    assert ticks > 2, "another thread has to run while the kernel does"


# --- 3 and 4: same input, same output; batch equals one by one ---------------------------------


@every_kind
@given(texts=st.lists(nasty_texts, max_size=6), workers=st.integers(1, 3))
def test_a_batch_is_cut_as_one_by_one(
    texts: list[str], workers: int, kind: str, segmenters: Segmenters
) -> None:
    segmenter = segmenters[kind]
    expected = [segmenter.segment(text) for text in texts]
    assert segmenter.segment_batch(texts) == expected
    assert segmenter.segment_batch(iter(texts), workers=workers) == expected
    if isinstance(segmenter, Segmenter):
        places = [segmenter.boundaries(text).tolist() for text in texts]
        found = segmenter.boundaries_batch(tuple(texts), workers=workers)
        assert [boundaries.tolist() for boundaries in found] == places
        assert segmenter(texts[0] if texts else "") == (expected[0] if texts else [])


@every_kind
def test_workers_make_no_difference_to_a_batch_of_many_chunks(
    kind: str, segmenters: Segmenters, documents: list[str]
) -> None:
    texts = [*documents, "", *documents[::-1]] * 5
    segmenter = segmenters[kind]
    one = segmenter.segment_batch(texts)
    assert one == segmenter.segment_batch(texts, workers=2) == segmenter.segment_batch(texts, 5)
    assert one == [segmenter.segment(text) for text in texts]


@given(texts=st.lists(nasty_texts, max_size=5), workers=st.integers(1, 3))
def test_a_batch_is_tagged_as_one_by_one(texts: list[str], workers: int, pku: Pipeline) -> None:
    expected = [pku.tag(text) for text in texts]
    assert pku.tag_batch(texts, workers=workers) == expected
    assert [pku(text).tokens for text in texts] == expected


@every_kind
@given(text=nasty_texts)
def test_the_same_text_is_cut_the_same_again(text: str, kind: str, segmenters: Segmenters) -> None:
    copy = text.encode("utf-32", "surrogatepass").decode("utf-32", "surrogatepass")
    assert segmenters[kind].segment(copy) == segmenters[kind].segment(text)


# --- a million characters ----------------------------------------------------------------------

MILLION: dict[str, Callable[[], str]] = {
    "one character": lambda: "一" * 1_000_000,
    "an unknown character": lambda: "\U00020000" * 1_000_000,
    "digits": lambda: "7" * 1_000_000,
    "Latin": lambda: "a" * 1_000_000,
    "a word": lambda: "北京大学" * 250_000,
    "words without punctuation": lambda: "他说的确实在理研究生命的起源" * 71_428,
    "white space": lambda: " " * 1_000_000,
    "lines": lambda: "中\n" * 500_000,
    "combining marks": lambda: "a" + "\u0301" * 999_999,
    "emoji joined to one": lambda: "👨\u200d" * 500_000,
    "flags": lambda: "🇨" * 1_000_000,
    "NUL": lambda: "\0" * 1_000_000,
    "lone surrogates": lambda: "\udc00\ud800" * 500_000,
    "almost e-mail addresses": lambda: "a@b." * 250_000,
    "almost URLs": lambda: "http://。" * 125_000,
    "a URL": lambda: "www." * 250_000,
    "a number": lambda: "1,234.5" * 142_857,
}


@pytest.mark.parametrize("what", MILLION)
@pytest.mark.parametrize(
    "kind", ["bidirectional", "unigram with words", "bigram", "character with words", "pku"]
)
def test_a_million_characters_take_linear_time(
    what: str, kind: str, segmenters: Segmenters
) -> None:
    text = MILLION[what]()
    words: list[str] = []
    assert seconds_of(lambda: words.extend(segmenters[kind].segment(text))) < LINEAR
    assert "".join(words) == text


@pytest.mark.parametrize("what", ["one character", "a word", "NUL", "lines"])
def test_a_million_characters_are_tagged_in_seconds(what: str, pku: Pipeline) -> None:
    text = MILLION[what]()
    assert seconds_of(lambda: pku.boundaries(text)) < LINEAR
    assert seconds_of(lambda: pku.tag(text)) < LINEAR


def test_words_that_overlap_for_ever_take_seconds_at_most(segmenters: Segmenters) -> None:
    """Every place lies within some word, so that no window has an end."""
    bidirectional, unigram = segmenters["bidirectional"], segmenters["unigram"]
    from classicnlp.segmentation import MaxMatchSegmenter

    text = "中国" * 500_000
    chain = ["中国中", "国中国", "中国", "国中"]
    derived = MaxMatchSegmenter(bidirectional.lexicon.with_words(chain))  # type: ignore[union-attr]
    assert seconds_of(lambda: derived.segment(text)) < LINEAR
    longer = unigram.with_words(chain)  # type: ignore[union-attr]
    assert seconds_of(lambda: longer.segment(text)) < LINEAR
    assert "".join(longer.segment(text)) == "".join(derived.segment(text)) == text
