"""What all cutters share: words from boundaries, one text or many, in any number of threads."""

from __future__ import annotations

import itertools
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from classicnlp._ext.cutter import Cutter
from classicnlp._ext.lattice import LatticeCutter
from classicnlp._ext.maxmatch import BIDIRECTIONAL, MaxMatchCutter
from tests.reference import make_dictionary

# Words of one to six characters, some of which look alike once they are packed into numbers.
WORDS = [
    "中",
    "国",
    "中国",
    "中\0",
    "\0中",
    "\0",
    "国中国",
    "中国中国",
    "中国中国中",
    "国" * 6,
    "é中",
    "ÿÿ",
]
CUTTERS = [
    MaxMatchCutter(make_dictionary(WORDS), BIDIRECTIONAL),
    LatticeCutter(make_dictionary(WORDS), np.arange(len(WORDS)), np.full(9, 20, np.int32)),
]
TEXT = st.text("中国\0éÿa1 ，\u3400\uffff\U00010000\U0001f600\ud800\udc00", max_size=40)

pytestmark = pytest.mark.parametrize("cutter", CUTTERS, ids=["maxmatch", "lattice"])


@settings(max_examples=400)
@given(text=TEXT | st.text())
def test_nothing_is_lost(cutter: Cutter, text: str) -> None:
    boundaries = cutter.boundaries(text).tolist()
    words = cutter.segment(text)
    assert boundaries[0] == 0
    assert boundaries[-1] == len(text)
    assert words == [text[a:b] for a, b in itertools.pairwise(boundaries)]
    assert all(words)


@given(texts=st.lists(TEXT, max_size=20))
def test_a_batch_is_its_texts_one_by_one(cutter: Cutter, texts: list[str]) -> None:
    assert cutter.segment_batch(texts) == [cutter.segment(text) for text in texts]
    assert cutter.segment_batch(iter(texts)) == cutter.segment_batch(texts)
    batch = cutter.boundaries_batch(texts)
    assert [b.tolist() for b in batch] == [cutter.boundaries(text).tolist() for text in texts]


@pytest.mark.parametrize("count", [0, 1, 63, 64, 65, 2047, 2048, 2049, 4097])
def test_batches_at_the_seams(cutter: Cutter, count: int) -> None:
    texts = ["中国中国，中国" * (i % 7) for i in range(count)]
    texts[count // 2 : count // 2] = ["国中" * 30_000]
    assert cutter.segment_batch(texts) == [cutter.segment(text) for text in texts]


@pytest.mark.parametrize("length", [1, 127, 128, 129, 142, 143, 2047, 2048, 2049, 4097])
@pytest.mark.parametrize("character", ["中", "a", "\U0001f600", "\ud800", "\0"])
def test_lengths_at_the_seams(cutter: Cutter, length: int, character: str) -> None:
    assert "".join(cutter.segment(character * length)) == character * length


def test_words_are_in_canonical_form(cutter: Cutter) -> None:
    """A str of narrow characters is made of narrow units, whatever text it was cut from."""
    for text in ("é，中", "é，\U0001f600", "é，", "é é"):
        assert cutter.segment(text)[0] == "é"
        assert {"é": 1}[cutter.segment(text)[0]] == 1


def test_more_words_than_the_cache_has_room_for(cutter: Cutter) -> None:
    text = "，".join(chr(a) + chr(b) for a in range(0x4E00, 0x4F40) for b in range(0x5000, 0x5100))
    for _ in range(2):
        assert "".join(cutter.segment(text)) == text


def test_threads_share_a_cutter(cutter: Cutter) -> None:
    generator = np.random.default_rng(0)
    texts = ["".join(generator.choice([*"中国\0é，"], n)) for n in generator.integers(0, 3000, 200)]
    expected = cutter.segment_batch(texts)
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(cutter.segment, texts * 3)) == expected * 3
        assert list(pool.map(cutter.segment_batch, [texts] * 8)) == [expected] * 8


@pytest.mark.parametrize("thing", [None, b"bytes", 7, ["中"]])
def test_only_a_str_is_a_text(cutter: Cutter, thing: object) -> None:
    for method in (cutter.segment, cutter.boundaries):
        with pytest.raises(TypeError, match="str"):
            method(thing)
    for batch in (cutter.segment_batch, cutter.boundaries_batch):
        with pytest.raises(TypeError, match="str"):
            batch(["中", thing])


def test_a_subclass_of_str_is_a_text(cutter: Cutter) -> None:
    class Line(str):
        __slots__ = ()

    words = cutter.segment(Line("中国"))
    assert "".join(words) == "中国"
    assert {type(word) for word in words} == {str}
