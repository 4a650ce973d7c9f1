"""Universal parts of speech: an answer for each tag, and the same tokens under other names."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest

from classicnlp import Pipeline
from classicnlp.tagging.universal import UNIVERSAL, names_in, universal

UPOS = {
    "ADJ", "ADP", "ADV", "AUX", "CCONJ", "DET", "INTJ", "NOUN", "NUM", "PART", "PRON", "PROPN",
    "PUNCT", "SCONJ", "SYM", "VERB", "X",
}  # fmt: skip
DOCUMENTED = Path(__file__).parents[1] / "docs" / "tags.md"
TEXTS = ["我来到北京清华大学。", "", "他说：“3月5日，天气很好！”", "云计算平台"]


def test_each_of_the_44_tags_has_one_of_the_17_answers(pku: Pipeline) -> None:
    assert pku.tagger is not None
    assert set(UNIVERSAL) == set(pku.tagger.tags_)
    assert len(UNIVERSAL) == 44
    assert set(UNIVERSAL.values()) <= UPOS


def test_the_documentation_has_the_same_table() -> None:
    rows = re.findall(r"\| ((?:`\w+` ?)+) \| [\w ]+ \| `([A-Z]+)`", DOCUMENTED.read_text("utf-8"))
    documented = {tag: answer for tags, answer in rows for tag in re.findall(r"\w+", tags)}
    assert documented == {tag: UNIVERSAL[tag] for tag in set(UNIVERSAL) - {"na", "vvn"}}


@pytest.mark.parametrize("tag", ["", "NN", "N", "vN", "名词"])
def test_a_tag_of_another_set_is_x(tag: str) -> None:
    assert universal(tag) == "X"


def test_there_are_two_tag_sets(pku: Pipeline) -> None:
    assert names_in("own", ["n", "?"]) == ("n", "?")
    assert names_in("universal", ["n", "?"]) == ("NOUN", "X")
    for call in (pku.tag, lambda text, tagset: pku.tag_batch([text], 1, tagset)):
        with pytest.raises(ValueError, match="tagset must be one of own, universal; got 'ud'"):
            call("我", tagset="ud")  # type: ignore[operator]


@pytest.mark.parametrize("words", [{}, {"云计算平台": "n", "天气": "NN", "我": "r"}])
def test_only_the_tags_of_tokens_change(pku: Pipeline, words: dict[str, str]) -> None:
    nlp = pku.with_words(words) if words else pku
    for text in TEXTS:
        own, other = nlp.tag(text), nlp.tag(text, tagset="universal")
        assert other == [token._replace(tag=universal(token.tag)) for token in own]
        assert own == nlp.tag(text, "own") == nlp(text).tokens
    assert nlp.tag_batch(TEXTS, 2, "universal") == [nlp.tag(text, "universal") for text in TEXTS]


def test_tokens_and_marginals_are_over_the_same_words(pku: Pipeline) -> None:
    assert pku.tagger is not None
    for text in TEXTS:
        boundaries = pku.boundaries(text)
        (tokens,) = pku.tagger.tokens_of(pku.segmenter.cutter(), [text])
        assert tokens == pku.tag(text)
        assert [0, *(token.end for token in tokens)] == boundaries.tolist()
        marginals = pku.tagger.marginals_at(text, boundaries)
        assert marginals.shape == (len(tokens),)
        assert ((marginals > 0) & (marginals <= 1 + 1e-9)).all()
        assert np.isfinite(marginals).all()
