"""EntityChunker and the names of a pipeline: laws, added words, files, misuse."""

from __future__ import annotations

import pickle
from itertools import islice, pairwise
from pathlib import Path
from typing import Literal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import classicnlp as cn
from classicnlp import Doc, ModelError, Pipeline, Span, load
from classicnlp.corpus import read_compounds
from classicnlp.corpus.entities import outermost
from classicnlp.corpus.newspaper import names_of
from classicnlp.segmentation import CharSegmenter
from classicnlp.tagging import EntityChunker, PosTagger
from tests.conftest import CORPORA, nasty_texts, nasty_words, shared_data

Sentence = list[tuple[str, str]]
WordSpan = tuple[int, int, str]

LABELS = ("nr", "ns", "nt", "nz")


def word_spans(words: Sentence, names: list[Span]) -> list[WordSpan]:
    """Return spans of characters as spans of words, which they are made of."""
    bounds = np.cumsum([0, *(len(word) for word, _ in words)]).tolist()
    return [(bounds.index(s.start), bounds.index(s.end), s.label) for s in names]


def read(
    path: Path, format: Literal["pfr", "slash"] = "slash", most: int | None = None
) -> tuple[list[Sentence], list[list[WordSpan]]]:
    parsed = [pair for pair in islice(read_compounds(path, format), most) if pair[0]]
    names = [outermost(names_of(words, compounds)) for words, compounds in parsed]
    sentences = [words for words, _ in parsed]
    return sentences, [word_spans(*pair) for pair in zip(sentences, names, strict=True)]


@pytest.fixture(scope="module")
def gold() -> tuple[list[Sentence], list[list[WordSpan]]]:
    """The sentences of corpora/ with their names."""
    pairs = [read(path) for path in sorted((CORPORA / "tagged").glob("*.txt"))]
    return [s for sentences, _ in pairs for s in sentences], [s for _, own in pairs for s in own]


@pytest.fixture(scope="module")
def chunker(gold: tuple[list[Sentence], list[list[WordSpan]]]) -> EntityChunker:
    return EntityChunker(epochs=4).fit(*gold)


@pytest.fixture(scope="module")
def small(
    small_segmenter: CharSegmenter, small_tagger: PosTagger, chunker: EntityChunker
) -> Pipeline:
    return Pipeline(small_segmenter, small_tagger, chunker=chunker)


# --- the chunker by itself -------------------------------------------------------------------


def test_it_learns_what_it_was_shown(
    gold: tuple[list[Sentence], list[list[WordSpan]]], chunker: EntityChunker
) -> None:
    sentences, spans = gold
    assert chunker.labels_ == tuple(sorted({label for own in spans for *_, label in own}))
    found = [chunker.predict(sentence) for sentence in sentences]
    assert cn.evaluate.entities(spans, found).f1 > 0.97


sentences_of_tags = st.lists(
    st.tuples(nasty_words, st.sampled_from(["nr", "ns", "n", "v", "w", "never seen"])), max_size=12
)


@given(sentence=sentences_of_tags)
def test_spans_are_in_order_apart_and_within_the_sentence(
    sentence: Sentence, chunker: EntityChunker
) -> None:
    spans = chunker.predict(sentence)
    places = [place for start, end, _ in spans for place in (start, end)]
    assert places == sorted(places)
    assert all(0 <= start < end <= len(sentence) for start, end, _ in spans)
    assert {label for *_, label in spans} <= set(chunker.labels_)


def test_spans_at_agrees_with_predict(
    gold: tuple[list[Sentence], list[list[WordSpan]]], chunker: EntityChunker
) -> None:
    for sentence in gold[0][:50]:
        text = "".join(word for word, _ in sentence)
        bounds = np.cumsum([0, *(len(word) for word, _ in sentence)]).astype(np.int32)
        tags = chunker.tag_numbers([tag for _, tag in sentence])
        assert chunker.spans_at(text, bounds, tags) == [
            Span(text[bounds[start] : bounds[end]], label, int(bounds[start]), int(bounds[end]))
            for start, end, label in chunker.predict(sentence)
        ]


def test_training_twice_gives_the_same_bytes(
    gold: tuple[list[Sentence], list[list[WordSpan]]], tmp_path: Path
) -> None:
    for name in ("one", "two"):
        EntityChunker(epochs=2).fit(gold[0][:60], gold[1][:60]).save(tmp_path / name)
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()


def test_what_was_saved_predicts_the_same(
    gold: tuple[list[Sentence], list[list[WordSpan]]], chunker: EntityChunker, tmp_path: Path
) -> None:
    chunker.save(tmp_path / "names.model")
    loaded = EntityChunker.load(tmp_path / "names.model")
    copied = pickle.loads(pickle.dumps(chunker))
    assert loaded.get_params() == chunker.get_params()
    assert (loaded.labels_, loaded.tags_) == (chunker.labels_, chunker.tags_)
    for sentence in gold[0]:
        assert loaded.predict(sentence) == chunker.predict(sentence) == copied.predict(sentence)
    with pytest.raises(ModelError, match="holds a chunker"):
        PosTagger.load(tmp_path / "names.model")


def test_own_labels_and_the_best_epoch() -> None:
    one = [("小", "a"), ("红", "a"), ("花", "n"), ("开", "v")]
    sentences = [one, [("花", "n"), ("红", "a")]] * 4
    spans = [[(0, 3, "noun phrase")], [(0, 1, "noun phrase"), (1, 2, "B-x")]] * 4
    heard: list[tuple[int, int, str]] = []
    chunker = EntityChunker(epochs=3).fit(
        sentences, spans, (sentences, spans), lambda *news: heard.append(news)
    )
    assert [chunker.predict(sentence) for sentence in sentences] == spans
    assert [(epoch, of) for epoch, of, _ in heard] == [(1, 3), (2, 3), (3, 3)]
    assert all(", dev " in message for *_, message in heard)


def test_a_given_list_tells_what_training_could_not() -> None:
    names = {f"{a}{b}": "place" for a in "甲乙丙丁" for b in "子丑寅卯"}
    others = [f"{a}{b}" for a in "纸笔茶酒" for b in "杯瓶盒桌"]
    sentences = [[(word, "n"), ("好", "a")] for word in (*names, *others)]
    spans: list[list[WordSpan]] = [[(0, 1, "ns")]] * 16 + [[]] * 16
    chunker = EntityChunker(known_from=1000).fit(sentences, spans, names={**names, "戊辰": "place"})
    assert chunker.predict([("戊辰", "n"), ("好", "a")]) == [(0, 1, "ns")]
    assert chunker.predict([("碗筷", "n"), ("好", "a")]) == []


def test_no_spans_at_all_and_no_words_at_all() -> None:
    chunker = EntityChunker(epochs=1).fit([[("我", "r")]], [[]])
    assert chunker.labels_ == ()
    assert chunker.predict([("我", "r"), ("你", "r")]) == []
    assert chunker.predict([]) == []
    with pytest.raises(ValueError, match="training data is empty"):
        EntityChunker().fit([], [])


@pytest.mark.parametrize(
    ("sentences", "spans", "message"),
    [
        ([[("我", "r")]], [], "there are 1 sentences, but spans for 0"),
        ([[("我", "r")]], [[(0, 2, "x")]], "sentence 1: "),
        ([[("我", "r")], [("", "r")]], [[], []], "sentence 2: a word must have"),
        ([[("我", "r"), ("你", "r")]], [[(0, 2, "x"), (1, 2, "y")]], "sentence 1: "),
        ([["我们"]], [[]], "sentence 1: expected pairs of word and tag"),
        ([[("我", 3)]], [[]], "sentence 1: a word and its tag must be str"),
        (
            [[("我", "r")] * 64],
            [[(i, i + 1, str(i)) for i in range(64)]],
            "at most 63 labels can be learnt, got 64",
        ),
    ],
)
def test_training_data_that_does_not_fit_is_refused(
    sentences: list[Sentence], spans: list[list[WordSpan]], message: str
) -> None:
    with pytest.raises((ValueError, TypeError), match=message):
        EntityChunker().fit(sentences, spans)


def test_misuse_is_told() -> None:
    with pytest.raises(ValueError, match="has learnt nothing yet"):
        EntityChunker().predict([("我", "r")])
    with pytest.raises(TypeError, match="names must be a mapping"):
        EntityChunker().fit([[("我", "r")]], [[]], names=["我们"])  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="at most 63 labels and kinds"):
        EntityChunker().fit([[("我", "r")]], [[]], names={f"我{i}": f"{i}" for i in range(64)})
    with pytest.raises(ValueError, match="rare must be"):
        EntityChunker(rare=1.0).fit([[("我", "r")]], [[]])


# --- in a pipeline ---------------------------------------------------------------------------


@given(text=nasty_texts)
def test_names_begin_and_end_with_words(text: str, small: Pipeline) -> None:
    doc = small(text)
    names = small.entities(text)
    assert doc.entities == names
    assert set(doc.boundaries.tolist()) >= {place for name in names for place in name[2:]}
    assert all(name.text == text[name.start : name.end] for name in names)
    assert all(one.end <= other.start for one, other in pairwise(names))
    assert doc.tokens == small.tag(text)


@given(texts=st.lists(nasty_texts, max_size=5))
def test_a_batch_has_the_names_of_each_text(texts: list[str], small: Pipeline) -> None:
    single = [small.entities(text) for text in texts]
    assert small.entities_batch(texts) == small.entities_batch(texts, workers=2) == single


@pytest.mark.parametrize("label", LABELS)
def test_added_words_with_the_tag_of_a_name_are_names(small: Pipeline, label: str) -> None:
    if label not in small.chunker.labels_:  # type: ignore[union-attr]
        pytest.skip(f"corpora/ has no {label}")
    words = {"李小福": label, "ＡＢ云": label, "走路": "v"}
    nlp = small.with_words(words, policy="force")
    text = "昨天李小福在ab云走路，李小福说"
    found = [name[:2] for name in nlp.entities(text) if name.text in {"李小福", "ab云"}]
    assert found == [("李小福", label), ("ab云", label), ("李小福", label)]
    assert nlp(text).entities == nlp.entities(text) == nlp.entities_batch([text])[0]


def test_a_saved_pipeline_finds_the_same(small: Pipeline, tmp_path: Path) -> None:
    small.save(tmp_path / "pipeline.model")
    loaded = load(tmp_path / "pipeline.model")
    for path in sorted((CORPORA / "documents").glob("*/*.txt"))[:6]:
        text = path.read_text("utf-8")
        assert loaded.entities(text) == small.entities(text)
    assert small.with_tagger(small.tagger).chunker is small.chunker  # type: ignore[arg-type]


def test_a_doc_is_pickled_with_its_names_and_without_the_model(small: Pipeline) -> None:
    doc = small("新华社杭州5月6日电")
    copy = pickle.loads(pickle.dumps(doc))
    assert isinstance(copy, Doc)
    assert copy.entities == doc.entities == small.entities(doc.text)
    assert copy.tokens == doc.tokens
    assert len(pickle.dumps(doc)) < 5_000
    assert doc.entities is doc.entities


def test_a_pipeline_without_a_chunker_says_what_to_do(
    small_segmenter: CharSegmenter, small_tagger: PosTagger, chunker: EntityChunker
) -> None:
    pipeline = Pipeline(small_segmenter, small_tagger)
    for attempt in (pipeline.entities, lambda text: pipeline.entities_batch([text])):
        with pytest.raises(ValueError, match=r"train an EntityChunker and give it to with_chunker"):
            attempt("我")
    with pytest.raises(ValueError, match=r"has no chunker; give it one"):
        _ = pipeline("我").entities
    with pytest.raises(ValueError, match="has no tagger"):
        Pipeline(small_segmenter, chunker=chunker).entities("我")
    assert pipeline.with_chunker(chunker).entities("") == []
    with pytest.raises(TypeError, match="entities"):
        pipeline.with_chunker(chunker).entities(3)  # type: ignore[arg-type]
    assert pickle.loads(pickle.dumps(pipeline("我"))).words == ["我"]


def test_the_default_model_finds_names() -> None:
    if load().chunker is None:
        pytest.skip("the embedded model has no chunker yet: run make models")
    found = {(name.text, name.label) for name in cn.entities("江泽民在北京大学会见了史密斯。")}
    assert {("江泽民", "nr"), ("北京大学", "nt")} <= found


def test_names_of_a_newspaper_from_gold_words() -> None:
    sentences, spans = read(shared_data("pfr1998", "199801.txt.xz"), "pfr", 1500)
    chunker = EntityChunker(epochs=3).fit(sentences[:1200], spans[:1200])
    found = [chunker.predict(sentence) for sentence in sentences[1200:]]
    assert cn.evaluate.entities(spans[1200:], found).f1 > 0.85
