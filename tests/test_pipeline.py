"""The pipeline and its Doc: one cut for all layers, added words, loading."""

from __future__ import annotations

import os
import tracemalloc
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given

import classicnlp as cn
from classicnlp import Doc, Lexicon, ModelError, Pipeline, Token, load, split_sentences, store
from classicnlp.segmentation import CharSegmenter, NgramSegmenter
from classicnlp.tagging import PosTagger
from tests.conftest import CORPORA, Tagged, nasty_texts

TEXT = "我来到北京。他说：“走吧！”\n今天天气很好"


@pytest.fixture(scope="module")
def small(small_segmenter: CharSegmenter, small_tagger: PosTagger) -> Pipeline:
    return Pipeline(small_segmenter, small_tagger, Lexicon({"北京": 3}), {"name": "small"})


# --- Doc -------------------------------------------------------------------------------------


@given(text=nasty_texts)
def test_a_doc_is_one_cut_seen_from_many_sides(text: str, small: Pipeline) -> None:
    doc = small(text)
    assert doc.text == text
    assert doc.words == small.segment(text)
    assert doc.boundaries.tolist() == small.boundaries(text).tolist()
    assert doc.tokens == list(doc) == small.tag(text) == doc[:]
    assert len(doc) == len(doc.words)
    assert [token.text for token in doc] == [text[t.start : t.end] for t in doc]
    assert [doc[i] for i in range(len(doc))] == doc.tokens
    assert [doc[i] for i in range(-len(doc), 0)] == doc.tokens
    assert doc[::-2] == doc.tokens[::-2]
    assert all(type(token) is Token for token in doc)
    assert small.tag_words(doc.words) == [token.tag for token in doc]


@given(text=nasty_texts)
def test_the_sentences_of_a_doc_are_its_tokens(text: str, small: Pipeline) -> None:
    doc = small(text)
    assert [token for sentence in doc.sentences for token in sentence] == doc.tokens
    assert all(doc.sentences)
    ends = np.cumsum([len(sentence) for sentence in split_sentences(text)]).tolist()
    for sentence in doc.sentences[:-1]:
        last = sentence[-1]
        assert any(last.start < end <= last.end for end in ends)


def test_sentences_are_those_of_the_text_where_no_token_crosses(small: Pipeline) -> None:
    found = ["".join(token.text for token in s) for s in small(TEXT).sentences]
    assert found == split_sentences(TEXT)


def test_a_doc_is_a_sequence(small: Pipeline) -> None:
    doc = small(TEXT)
    token = doc[2]
    assert token in doc
    assert doc.index(token) == 2
    assert doc.count(token) == 1
    assert list(reversed(doc)) == doc.tokens[::-1]
    with pytest.raises(IndexError):
        doc[len(doc)]
    with pytest.raises(IndexError):
        doc[-len(doc) - 1]
    with pytest.raises(TypeError):
        doc["我"]  # type: ignore[call-overload]
    assert repr(doc).startswith(f"<Doc of {len(doc)} tokens: '我来到北京")
    assert repr(small("")) == "<Doc of 0 tokens: ''>"
    assert small("").sentences == small("").tokens == []


def test_a_pipeline_without_a_tagger_cuts_and_says_that_it_cannot_tag(
    small_segmenter: CharSegmenter,
) -> None:
    pipeline = Pipeline(small_segmenter)
    assert [token.text for token in pipeline(TEXT)] == small_segmenter.segment(TEXT)
    assert {token.tag for token in pipeline(TEXT)} == {""}
    for call in (
        lambda: pipeline.tag(TEXT),
        lambda: pipeline.tag_batch([TEXT]),
        lambda: pipeline.tag_words(["我"]),
    ):
        with pytest.raises(ValueError, match="no tagger: train one"):
            call()


def test_the_face_is_the_default_pipeline(pku: Pipeline) -> None:
    assert cn.segment(TEXT) == pku.segment(TEXT)
    assert cn.tag(TEXT) == pku.tag(TEXT)
    assert load() is pku


# --- wrong types -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("wrong", "saying"),
    [
        (b"x", "decode it first"),
        (bytearray(b"x"), "decode it first"),
        (None, "pass an empty str for no text"),
        (["x"], "segment_batch|one text at a time"),
        (("x",), "segment_batch|one text at a time"),
        (5, "takes a str, got int"),
        (np.str_, "takes a str, got type"),
    ],
)
@pytest.mark.parametrize("call", ["segment", "boundaries", "tag", "__call__"])
def test_what_is_no_text_is_refused_with_what_to_pass(
    call: str, wrong: Any, saying: str, small: Pipeline, segmenters: dict[str, Any]
) -> None:
    for owner in (small, *segmenters.values()):
        if hasattr(owner, call):
            with pytest.raises(TypeError, match="takes a str, got") as caught:
                getattr(owner, call)(wrong)
            assert caught.match(saying)


@pytest.mark.parametrize("call", ["segment_batch", "boundaries_batch", "tag_batch"])
def test_batches_take_several_texts(call: str, small: Pipeline) -> None:
    batch = getattr(small.segmenter if call == "boundaries_batch" else small, call)
    for one in ("我", b"x"):
        with pytest.raises(TypeError, match="takes several texts, got one"):
            batch(one)
    for wrong in (None, 5):
        with pytest.raises(TypeError, match="takes several texts, got"):
            batch(wrong)
    for inner in ([None], ["我", b"x"], [["我"]]):
        for workers in (1, 2):
            with pytest.raises(TypeError, match="takes a str, got"):
                batch(inner, workers=workers)
    for workers in (0, -1):
        with pytest.raises(ValueError, match="workers must be at least 1"):
            batch(["我"], workers=workers)
    for workers in (1.5, "2", None):
        with pytest.raises(TypeError, match="workers"):
            batch(["我"], workers=workers)
    assert batch([]) == batch([], workers=2) == []


# --- added words -----------------------------------------------------------------------------


def test_added_words_are_words_with_their_tags(pku: Pipeline) -> None:
    nlp = pku.with_words({"云计算平台": "nz", "李小福": "nr", "奥利给": ""})
    tokens = {token.text: token.tag for token in nlp.tag("李小福用云计算平台，奥利给！")}
    assert tokens["李小福"] == "nr"
    assert tokens["云计算平台"] == "nz"
    assert "奥利给" in tokens
    assert nlp.tag_words(["云计算平台"]) == ["nz"]
    assert nlp.lexicon.tag("云计算平台") == "nz"
    assert nlp.tag("李小福") == nlp("李小福").tokens == nlp.tag_batch(["李小福"])[0]


def test_a_variant_of_an_added_word_has_its_tag_too(pku: Pipeline) -> None:
    nlp = pku.with_words({"云计算平台": "nz"})
    assert [(t.text, t.tag) for t in nlp.tag("雲計算平臺")] == [("雲計算平臺", "nz")]
    assert nlp.tag_words(["雲計算平臺"]) == ["nz"]


def test_added_words_stay_when_more_come_or_the_tagger_changes(
    pku: Pipeline, small_tagger: PosTagger
) -> None:
    nlp = pku.with_words({"云计算平台": "nz"}).with_words(["奥利给"]).with_tagger(small_tagger)
    assert ("云计算平台", "nz") in [(t.text, t.tag) for t in nlp.tag("云计算平台奥利给")]
    assert "奥利给" in nlp.segment("云计算平台奥利给")
    assert nlp.tagger is small_tagger


def test_adding_words_changes_no_other_pipeline(pku: Pipeline) -> None:
    before = pku.tag(TEXT)
    size = len(pku.lexicon)
    pku.with_words({"来到北京": "x", "天气很好": "y"})
    assert pku.tag(TEXT) == before
    assert len(pku.lexicon) == size
    assert "来到北京" not in pku.segment(TEXT)


@pytest.mark.parametrize("wrong", ["云计算", b"x", None, 5, [5]])
def test_what_are_no_words_are_refused(wrong: Any, small: Pipeline) -> None:
    with pytest.raises(TypeError):
        small.with_words(wrong)


def test_a_thousand_derived_pipelines_share_the_arrays(pku: Pipeline) -> None:
    pku.with_words(["先热身"])
    tracemalloc.start()
    try:
        derived = [pku.with_words({f"云计算{i}": "n", "李小福": "nr"}) for i in range(1000)]
        size, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert size / len(derived) < 5_000, f"{size / len(derived):,.0f} bytes each"
    assert isinstance(pku.segmenter, CharSegmenter)
    for pipeline in derived:
        assert isinstance(pipeline.segmenter, CharSegmenter)
        assert pipeline.segmenter._tables() is pku.segmenter._tables()
    assert derived[-1].tagger is pku.tagger
    assert np.shares_memory(pku.lexicon.base_counts, derived[-1].lexicon.base_counts)


def test_a_pipeline_over_word_graphs_takes_added_words(
    segmented: list[list[str]], small_tagger: PosTagger
) -> None:
    pipeline = Pipeline(NgramSegmenter().fit(segmented, order=1), small_tagger)
    assert len(pipeline.lexicon) > 1000
    longer = pipeline.with_words({"清华大学生": "n"})
    assert [t.tag for t in longer.tag("清华大学生")] == ["n"]


# --- saving and loading ----------------------------------------------------------------------


def test_saved_and_loaded_it_does_the_same(
    small: Pipeline, tagged: Tagged, documents: list[str], tmp_path: Path
) -> None:
    path = tmp_path / "small.model"
    small.save(path)
    loaded = load(path)
    assert loaded.tag_batch(documents) == small.tag_batch(documents)
    assert list(loaded.lexicon.items()) == list(small.lexicon.items())
    assert loaded.card["name"] == "small"
    before = path.read_bytes()
    Pipeline(loaded.segmenter, loaded.tagger, loaded.lexicon, small.card).save(path)
    assert path.read_bytes() == before


def test_parts_with_other_alphabets_are_saved_with_their_own(
    small_segmenter: CharSegmenter, tmp_path: Path
) -> None:
    path = tmp_path / "exact.model"
    Pipeline(small_segmenter, lexicon=Lexicon(["漢語"], fold=False)).save(path)
    loaded = load(path)
    assert "漢語" in loaded.lexicon
    assert "汉语" not in loaded.lexicon
    assert loaded.segment(TEXT) == small_segmenter.segment(TEXT)
    assert loaded.tagger is None


def test_the_shared_alphabet_is_stored_once(small: Pipeline, tmp_path: Path) -> None:
    path = tmp_path / "small.model"
    small.save(path)
    names = store.load(path).arrays
    assert [name for name in names if "alphabet/" in name and name.count("/") > 1] == []


def test_a_segmenter_by_itself_loads_as_a_pipeline(
    small_segmenter: CharSegmenter, segmented: list[list[str]], tmp_path: Path
) -> None:
    ngram = NgramSegmenter().fit(segmented)
    for name, segmenter in (("character", small_segmenter), ("ngram", ngram)):
        path = tmp_path / name
        segmenter.save(path)
        pipeline = load(path)
        assert pipeline.segment(TEXT) == segmenter.segment(TEXT)
        assert pipeline.tagger is None


def test_what_cannot_be_saved_says_what_to_save(
    small: Pipeline, segmented: list[list[str]], tmp_path: Path
) -> None:
    with pytest.raises(ValueError, match="save the one it came from"):
        small.with_words(["云计算"]).save(tmp_path / "x")
    with pytest.raises(ValueError, match="save its parts"):
        Pipeline(NgramSegmenter().fit(segmented)).save(tmp_path / "x")
    assert list(tmp_path.iterdir()) == []


def test_a_file_is_loaded_once_until_it_changes(small: Pipeline, tmp_path: Path) -> None:
    path = tmp_path / "small.model"
    small.save(path)
    first = load(path)
    assert load(str(path)) is first
    assert load(path.parent / "." / path.name) is first
    changed = Pipeline(small.segmenter, None, small.lexicon)
    changed.save(path)
    os.utime(path, ns=(1, 1))
    assert load(path) is not first
    assert load(path).tagger is None
    assert first.tagger is not None


def test_an_unknown_name_is_not_found_and_the_known_ones_are_told() -> None:
    for name in ("nosuch", "pku2", "alphabet", "a/b/c"):
        with pytest.raises(FileNotFoundError, match=r"no model named .* \(there is .*pku"):
            load(name)


def test_a_name_is_not_the_path_of_a_folder(tmp_path: Path) -> None:
    for name in ("", tmp_path):
        with pytest.raises(FileNotFoundError, match="no model named"):
            load(name)


@pytest.mark.parametrize("wrong", [None, 5, b"pku", ["pku"]])
def test_what_is_no_name_is_refused(wrong: Any) -> None:
    with pytest.raises(TypeError):
        load(wrong)


def test_what_is_no_pipeline_is_not_loaded(tmp_path: Path) -> None:
    path = tmp_path / "lexicon.model"
    Lexicon(["我"]).save(path)
    with pytest.raises(ModelError, match="holds a lexicon, where a pipeline or a segmenter"):
        load(path)
    with pytest.raises(ModelError, match="not a classicnlp model"):
        load(CORPORA / "README.md")


def test_a_doc_may_be_made_by_hand() -> None:
    doc = Doc("中国人", np.array([0, 2, 3], np.int32), np.array([1, 0], np.uint16), ("n", "ns"))
    assert doc.tokens == [Token("中国", "ns", 0, 2), Token("人", "n", 2, 3)]


@pytest.mark.parametrize("space", [" ", "\n", "\r\n\r\n", "\u3000\t  "])
def test_white_space_is_tagged_as_the_punctuation_that_it_stands_for(space: str) -> None:
    tokens = load("pku").tag(f"他来了{space}她走了")
    assert [token.tag for token in tokens if token.text == space] == ["w"]
    stop = load("pku").tag("他来了。她走了")
    assert [token.tag for token in tokens] == [token.tag for token in stop]
