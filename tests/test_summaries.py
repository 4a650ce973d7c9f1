"""Summaries: sentences that have most in common with the others."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from classicnlp import Lexicon
from classicnlp.extraction import Summarizer, summarize
from classicnlp.extraction.summary import sentence_spans, similarities
from classicnlp.segmentation import MaxMatchSegmenter
from classicnlp.text import split_sentences
from tests.conftest import nasty_texts
from tests.reference import keywords as reference

TEXT = "猫喜欢晒太阳。今天下雨。太阳出来，猫就在窗台上晒太阳。"


def test_the_sentences_most_alike_are_chosen_in_their_order() -> None:
    assert summarize(TEXT, 2) == ["猫喜欢晒太阳。", "太阳出来，猫就在窗台上晒太阳。"]
    assert summarize(TEXT, 0) == []
    assert summarize("天黑了。\n" + TEXT, 2) == summarize(TEXT, 2)


@given(nasty_texts, st.integers(0, 5))
def test_a_summary_is_made_of_the_text(text: str, sentences: int) -> None:
    summarizer = Summarizer()
    ranked = summarizer.rank(text)
    assert len(ranked) == len(sentence_spans(text))
    weights = [sentence.weight for sentence in ranked]
    assert weights == sorted(weights, reverse=True)
    assert not weights or sum(weights) == pytest.approx(1)
    chosen = summarizer.summarize(text, sentences)
    assert len(chosen) == min(sentences, len(ranked))
    assert chosen == sorted(ranked[:sentences], key=lambda sentence: sentence.start)
    for sentence in chosen:
        assert text[sentence.start : sentence.end] == sentence.text == sentence.text.strip()
    assert summarize(text, sentences) == [sentence.text for sentence in chosen]


def test_weights_are_pagerank_of_how_alike_sentences_are() -> None:
    words = ["山", "水", "风", "雨", "云"]
    text = "山水风。水风雨。云。云雨。"
    summarizer = Summarizer(MaxMatchSegmenter(Lexicon(words)), stop_words=(), tolerance=1e-13)
    sets = [set("山水风"), set("水风雨"), set("云"), set("云雨")]
    links = np.zeros((4, 4))
    for i in range(4):
        for j in range(4):
            if i != j and len(sets[i]) > 1 and len(sets[j]) > 1:
                total = math.log(len(sets[i])) + math.log(len(sets[j]))
                links[i, j] = len(sets[i] & sets[j]) / total
    expected = reference.pagerank(links, 0.85)
    found = sorted(summarizer.rank(text), key=lambda sentence: sentence.start)
    assert [sentence.weight for sentence in found] == pytest.approx(expected.tolist(), abs=1e-12)


def test_a_sentence_without_content_is_like_no_other() -> None:
    from scipy import sparse

    counts = sparse.csr_array(np.array([[1.0, 2.0], [0, 0], [1, 1], [1, 0]]))
    alike = similarities(counts).toarray()
    assert alike[0, 2] == alike[2, 0] == pytest.approx(2 / (math.log(3) + math.log(2)))
    assert np.count_nonzero(alike) == 2


@given(nasty_texts)
def test_spans_are_the_sentences_without_white_space_around(text: str) -> None:
    stripped = [piece.strip() for piece in split_sentences(text)]
    assert [text[a:b] for a, b in sentence_spans(text)] == [piece for piece in stripped if piece]


def test_wrong_arguments_are_refused() -> None:
    with pytest.raises(TypeError, match=r"summarize\(\) takes a str, got NoneType"):
        summarize(None)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="sentences must be at least 0"):
        summarize(TEXT, -1)
    with pytest.raises(TypeError, match="stop_words must be several words"):
        Summarizer(stop_words="的")
