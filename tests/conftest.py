"""What the tests share: the project's own corpora, models trained on them, nasty text."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from classicnlp import Pipeline, load
from classicnlp.corpus import read_tagged
from classicnlp.segmentation import CharSegmenter, MaxMatchSegmenter, NgramSegmenter, Segmenter
from classicnlp.tagging import PosTagger

ROOT = Path(__file__).parent.parent
CORPORA = ROOT / "corpora"
SHARED_DATA = ROOT.parent / "shared" / "data"

Tagged = list[list[tuple[str, str]]]

# The first example of a test may load a model: a deadline would measure that.
settings.register_profile(
    "default", deadline=None, max_examples=40, suppress_health_check=[HealthCheck.too_slow]
)
settings.register_profile("short", settings.get_profile("default"), max_examples=10)
settings.register_profile("long", settings.get_profile("default"), max_examples=2000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "default"))

# --- time ------------------------------------------------------------------------------------

LINEAR = 60
"""Seconds of the processor for a million characters, even under the sanitizers on a busy machine:
what takes the square of their number takes hours."""


def seconds_of(call: Callable[[], object]) -> float:
    start = time.process_time()
    call()
    return time.process_time() - start


# --- text ------------------------------------------------------------------------------------

PIECES = [
    "我", "来到", "北京", "清华大学", "研究生命的起源", "結婚的和尚未結婚的", "雲計算", "手机",
    "，", "。", "！？", "……", "“", "”", "（", "·", "、",
    " ", "  ", "\t", "\n", "\r\n", "\u3000", "\u2028", "\x85", "\xa0", "\0", "\x1f", "\x7f",
    "a", "Z", "iPhone15", "don't", "Ｎ", "ＢＡ", "C++", "é", "e\u0301", "straße", "İ", "ß",
    "0", "3.14%", "1,000,000", "２０２４", "½", "٣",
    "https://a.cn/x?y=1", "www.", "http://", "a.b@c.com", "a@b", "@", ".", "-", "'",
    "ひらがな", "カタカナ", "한국어", "Ж", "ฉัน", "עברית", "\u202e", "\ufeff",
    "😀", "👨‍👩‍👧", "👍🏽", "🇨🇳", "🇨", "\u200d", "\ufe0f", "\u0301", "\U000e0101",
    "\U00020000", "\U0010ffff", "\uffff", "\ud800", "\udc00", "\udfff\ud800",
]  # fmt: skip

code_points = st.one_of(
    st.integers(0, 0x10FFFF), st.integers(0x4E00, 0x9FFF), st.integers(0, 0x2FF)
).map(chr)
"""Any code point, lone surrogates among them; Chinese and Latin ones often."""

nasty_texts = st.lists(st.one_of(st.sampled_from(PIECES), code_points), max_size=40).map("".join)
"""Whatever a str can hold."""

nasty_words = st.lists(st.one_of(st.sampled_from(PIECES), code_points), min_size=1, max_size=3).map(
    "".join
)

# --- data and models -------------------------------------------------------------------------


@pytest.fixture(scope="session")
def tagged() -> Tagged:
    """All tagged sentences of corpora/."""
    files = sorted((CORPORA / "tagged").glob("*.txt"))
    return [sentence for path in files for sentence in read_tagged(path, "slash")]


@pytest.fixture(scope="session")
def segmented(tagged: Tagged) -> list[list[str]]:
    """The words of all tagged sentences of corpora/."""
    return [[word for word, _ in sentence] for sentence in tagged]


@pytest.fixture(scope="session")
def documents() -> list[str]:
    """The raw documents of corpora/."""
    return [path.read_text("utf-8") for path in sorted((CORPORA / "documents").glob("*/*.txt"))]


@pytest.fixture(scope="session")
def small_segmenter(segmented: list[list[str]]) -> CharSegmenter:
    """A segmenter trained on corpora/."""
    return CharSegmenter(epochs=5).fit(segmented, lexicons=[])


@pytest.fixture(scope="session")
def small_tagger(tagged: Tagged) -> PosTagger:
    """A tagger trained on corpora/."""
    return PosTagger(epochs=5, known_from=3).fit(tagged)


@pytest.fixture(scope="session")
def pku() -> Pipeline:
    """The embedded model."""
    return load("pku")


@pytest.fixture(scope="session")
def segmenters(
    segmented: list[list[str]], small_segmenter: CharSegmenter, pku: Pipeline
) -> dict[str, Segmenter | Pipeline]:
    """One segmenter of every kind, over words of corpora/."""
    bigram = NgramSegmenter().fit(segmented)
    lexicon = bigram.lexicon
    added = {"清华大学": "nt", "雲計算": "n", "a b": "x", "。\n": "w", "\ud800我": "x"}
    return {
        "forward": MaxMatchSegmenter(lexicon, "forward"),
        "backward": MaxMatchSegmenter(lexicon, "backward"),
        "bidirectional": MaxMatchSegmenter(lexicon.with_words(added), "bidirectional"),
        "unigram": NgramSegmenter(lexicon),
        "unigram with words": NgramSegmenter(lexicon).with_words(added).without_words(["北京"]),
        "bigram": bigram,
        "bigram with words": bigram.with_words(added),
        "character": small_segmenter,
        "character with words": small_segmenter.with_words(added),
        "pku": pku,
        "pku with words": pku.with_words(added),
    }


KINDS = (
    "forward", "backward", "bidirectional", "unigram", "unigram with words", "bigram",
    "bigram with words", "character", "character with words", "pku", "pku with words",
)  # fmt: skip
"""The keys of the fixture `segmenters`, to parametrize over."""


def shared_data(*parts: str) -> Path:
    """Return a path under ../shared/data; skip the test where there is none."""
    path = SHARED_DATA.joinpath(*parts)
    if not path.exists():
        pytest.skip(f"needs {path}")
    return path


def run_apart(code: str, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run Python code in a process of its own, so that a crash there is a failure here."""
    return subprocess.run(
        [sys.executable, "-X", "faulthandler", "-W", "error", "-c", code, *arguments],
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=300,
        env={**os.environ, "PYTHONIOENCODING": "utf-8", **environment},
        check=False,
    )
