"""Names in raw text: offsets are right, texts of any length and kind work, files are whole."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from classicnlp import Lexicon, store
from classicnlp.corpus import read_entities
from classicnlp.errors import ModelError
from classicnlp.evaluate import entities
from classicnlp.spans import Span
from classicnlp.tagging import names, restoring
from classicnlp.tagging.crf import CRFTagger
from classicnlp.tagging.hmm import HMMTagger
from classicnlp.tagging.names import EntityTagger
from classicnlp.tagging.pos import PosTagger
from classicnlp.tagging.structured import PerceptronTagger
from tests.conftest import CORPORA, nasty_texts

Data = tuple[list[str], list[list[Span]]]


def quick(**params: Any) -> CRFTagger:
    return CRFTagger(
        **{"features": "names", "epochs": 3, "max_iterations": 10, "l2": 0.1, **params}
    )


@pytest.fixture(scope="module")
def data() -> Data:
    """The texts of corpora/ and the names in them."""
    files = sorted((CORPORA / "tagged").glob("*.txt"))
    sentences = [sentence for path in files for sentence in read_entities(path, "slash")]
    return [text for text, _ in sentences], [spans for _, spans in sentences]


@pytest.fixture(scope="module")
def tagger(data: Data) -> EntityTagger:
    return EntityTagger(quick()).fit(*data)


# What it finds


def test_it_learns_names(tagger: EntityTagger, data: Data) -> None:
    texts, spans = data
    assert set(tagger.labels_) == {span.label for own in spans for span in own}
    score = tagger.score(texts, spans)
    assert score > 0.9
    assert score == entities(spans, tagger.entities_batch(texts)).f1


@given(st.lists(nasty_texts, max_size=5))
def test_spans_are_stretches_of_any_text(tagger: EntityTagger, texts: list[str]) -> None:
    found = tagger.entities_batch(texts)
    assert found == [tagger.entities(text) for text in texts]
    assert found == tagger.entities_batch(texts, workers=2)
    for text, spans in zip(texts, found, strict=True):
        end = 0
        for span in spans:
            assert end <= span.start < span.end <= len(text)
            assert span.text == text[span.start : span.end]
            assert span.label in tagger.labels_
            end = span.end


def test_no_text_has_no_names(tagger: EntityTagger) -> None:
    assert tagger.entities("") == []
    assert tagger.entities_batch([]) == []
    assert tagger.entities_batch(["", "\n", "  ", "\ud800"])[0] == []


def test_lines_of_a_text_are_texts(tagger: EntityTagger, data: Data) -> None:
    texts = data[0][:200]
    shifted = []
    start = 0
    for text in texts:
        for span in tagger.entities(text):
            shifted.append(span._replace(start=span.start + start, end=span.end + start))
        start += len(text) + 1
    assert tagger.entities("\n".join(texts)) == shifted


@pytest.mark.parametrize("unit", ["他在北京。", "我来到北京", "a", "\n", "\u3000", "，"])
def test_long_texts(tagger: EntityTagger, unit: str) -> None:
    text = unit * (100_000 // len(unit))
    spans = tagger.entities(text)
    assert all(text[span.start : span.end] == span.text for span in spans)
    assert bool(spans) == ("在北京" in unit)


def cut(text: str) -> list[str]:
    return [text[start:end] for start, end in names._pieces(text)]


@given(nasty_texts.map(lambda text: text * 60))
def test_pieces_are_all_of_the_text_but_line_breaks(text: str) -> None:
    pieces = cut(text)
    breaks = dict.fromkeys(map(ord, "\n\r\u2028\u2029\x85"))
    assert "".join(pieces) == text.translate(breaks)
    assert all(0 < len(piece) <= names.MOST_CHARACTERS for piece in pieces)


def test_pieces_end_where_sentences_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(names, "MOST_CHARACTERS", 8)
    assert cut("我来了。他走了。好") == ["我来了。他走了。", "好"]
    assert cut("我来了\r\n\n他走了") == ["我来了", "他走了"]
    assert cut("我来了他走了，我们都很好") == ["我来了他走了，", "我们都很好"]
    assert cut("我来了他走了我们都很好") == ["我来了他走了我们", "都很好"]
    assert cut("") == cut("\n") == []


def test_a_span_across_pieces_is_learnt_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(names, "MOST_CHARACTERS", 4)
    text = "我看《你好！》。好\n天"
    assert cut(text) == ["我看《", "你好！》", "。好", "天"]
    X, y = names._labelled([text], [[(2, 7, "WORK")]], "BIO")
    assert list(map("".join, X)) == ["我看《你好！》", "。好", "天"]
    assert y[0] == ["O", "O", "B-WORK", "I-WORK", "I-WORK", "I-WORK", "I-WORK"]
    X, y = names._labelled([text], [[(8, 11, "X")]], "BIO")
    assert X[-1] == list("。好\n天")
    assert y[-1] == ["O", "B-X", "I-X", "I-X"]


# How it learns


@pytest.mark.parametrize("scheme", ["BIO", "BIOES", "BMES", "BILOU", "IOB1"])
def test_any_scheme(data: Data, scheme: Any) -> None:
    texts, spans = data[0][:60], data[1][:60]
    tagger = EntityTagger(quick(), scheme).fit(texts, spans)
    assert tagger.tagger_.get_params()["scheme"] == scheme
    assert tagger.score(texts, spans) > 0.8


@pytest.mark.parametrize(
    "inner", [PerceptronTagger(features="names", epochs=5), HMMTagger(order=2)], ids=repr
)
def test_any_tagger(data: Data, tmp_path: Path, inner: Any) -> None:
    texts, spans = data[0][:60], data[1][:60]
    tagger = EntityTagger(inner).fit(texts, spans)
    assert tagger.score(texts, spans) > 0.5
    assert not hasattr(inner, "labels_")
    tagger.save(tmp_path / "names.model")
    loaded = EntityTagger.load(tmp_path / "names.model")
    assert type(loaded.tagger_) is type(inner)
    assert loaded.entities_batch(texts) == tagger.entities_batch(texts)


def test_spans_may_be_tuples_in_any_order(data: Data) -> None:
    texts, spans = data[0][:30], data[1][:30]
    tuples = [[(span.start, span.end, span.label) for span in reversed(own)] for own in spans]
    one, two = EntityTagger(quick()).fit(texts, spans), EntityTagger(quick()).fit(texts, tuples)
    assert one.entities_batch(texts) == two.entities_batch(texts)


def test_texts_without_names_are_learnt_from() -> None:
    tagger = EntityTagger(quick()).fit(["我来", ""], [[], []])
    assert tagger.labels_ == ()
    assert tagger.entities("我来") == []


@pytest.mark.parametrize(
    ("texts", "spans", "error", "message"),
    [
        ("我来", [[]], TypeError, "takes several texts, got one str"),
        (["我来"], [], ValueError, "there are 1 texts, but spans for 0"),
        (["我来"], 3, TypeError, "spans must be a list with the spans of each text"),
        (["我来"], [3], TypeError, "spans must be a list with the spans of each text"),
        (["我来", None], [[], []], TypeError, "text 2: fit() takes a str, got NoneType"),
        (["我来"], [[(0, 3, "A")]], ValueError, "text 1: span (0, 3, 'A') does not lie in"),
        (["我来"], [[(1, 1, "A")]], ValueError, "text 1: span (1, 1, 'A') does not lie in"),
        (["我来"], [[(0, 2, "A"), (1, 2, "B")]], ValueError, "text 1: spans (0, 2, 'A') and"),
        (["我来"], [[(0, 2)]], TypeError, "text 1: expected a Span or a tuple"),
        (["我来"], [[(0, 2, "")]], ValueError, "text 1: span (0, 2) has no label"),
        (
            ["我来"],
            [[Span("来", "A", 0, 1)]],
            ValueError,
            "text 1: '来' is not at 0 to 1, but '我'",
        ),
        ([], [], ValueError, "nothing to learn from"),
        (["", ""], [[], []], ValueError, "nothing to learn from"),
    ],
)
def test_what_cannot_be_learnt_from(
    texts: Any, spans: Any, error: type[Exception], message: str
) -> None:
    with pytest.raises(error) as caught:
        EntityTagger(quick()).fit(texts, spans)
    assert message in str(caught.value)


def test_wrong_parameters_and_calls() -> None:
    with pytest.raises(ValueError, match="no such scheme: 'XYZ'"):
        EntityTagger(scheme="XYZ").fit(["我"], [[]])  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="the tagger's scheme is 'BIO', but here it is 'BIOES'"):
        EntityTagger(quick(scheme="BIO")).fit(["我"], [[]])
    with pytest.raises(TypeError, match="tagger must be a SequenceTagger such as CRFTagger"):
        EntityTagger(PosTagger()).fit(["我"], [[]])  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="EntityTagger has learnt nothing yet"):
        EntityTagger().entities("我")
    tagger = EntityTagger(quick()).fit(["我在北京"], [[(2, 4, "LOC")]])
    with pytest.raises(TypeError, match=r"entities\(\) takes a str, got bytes"):
        tagger.entities(b"x")  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="several texts, got one str"):
        tagger.entities_batch("北京")
    with pytest.raises(ValueError, match="workers must be at least 1"):
        tagger.entities_batch(["北京"], workers=0)


def test_ctrl_c_keeps_what_was_learnt(data: Data) -> None:
    def stop(step: int, most: int, message: str) -> None:
        if step == 2:
            raise KeyboardInterrupt

    texts, spans = data
    tagger = EntityTagger(quick())
    with pytest.raises(KeyboardInterrupt):
        tagger.fit(texts, spans, progress=stop)
    assert tagger.score(texts, spans) > 0.5


def test_dev_is_measured(data: Data) -> None:
    texts, spans = data
    messages: list[str] = []
    dev = texts[:20], spans[:20]
    EntityTagger(quick()).fit(
        texts, spans, dev=dev, progress=lambda step, most, message: messages.append(message)
    )
    assert messages
    assert all("dev" in message for message in messages)


# Parameters and files


def test_parameters() -> None:
    tagger = EntityTagger(quick(l2=0.5), "BIO")
    assert tagger.get_params(deep=False).keys() == {"tagger", "scheme"}
    assert tagger.get_params()["tagger__l2"] == 0.5
    assert tagger.set_params(tagger__l2=2.0, scheme="BMES") is tagger
    assert (tagger.tagger.l2, tagger.scheme) == (2.0, "BMES")  # type: ignore[union-attr]
    assert "scheme='BMES'" in repr(tagger)
    assert repr(EntityTagger()) == "EntityTagger()"
    with pytest.raises(ValueError, match="EntityTagger has no parameter 'l2'"):
        tagger.set_params(l2=1.0)
    with pytest.raises(ValueError, match="CRFTagger has no parameter 'x'"):
        tagger.set_params(tagger__x=1.0)
    with pytest.raises(ValueError, match="cannot set 'tagger__l2': tagger is None"):
        EntityTagger().set_params(tagger__l2=1.0)


def test_fit_leaves_the_tagger_as_it_was(data: Data) -> None:
    inner = quick()
    before = copy.copy(vars(inner))
    EntityTagger(inner).fit(data[0][:20], data[1][:20])
    assert vars(inner) == before


def test_a_file_is_the_tagger(tagger: EntityTagger, data: Data, tmp_path: Path) -> None:
    first, second = tmp_path / "first.model", tmp_path / "second.model"
    tagger.save(first)
    loaded = restoring.load(first)
    assert isinstance(loaded, EntityTagger)
    assert loaded.labels_ == tagger.labels_
    assert loaded.entities_batch(data[0]) == tagger.entities_batch(data[0])
    loaded.save(second)
    assert first.read_bytes() == second.read_bytes()
    # The parameters are there, too, so that it can be trained once more, to the same bytes.
    loaded.fit(*data).save(second)
    assert first.read_bytes() == second.read_bytes()


def test_files_of_every_kind_are_told_apart(tagger: EntityTagger, tmp_path: Path) -> None:
    path = tmp_path / "some.model"
    X, y = [["我", "爱", "你"]], [["r", "v", "r"]]
    taggers: list[Any] = [
        tagger,
        quick(features="words").fit(X, y),
        PerceptronTagger(features="words", epochs=1).fit(X, y),
        HMMTagger().fit(X, y),
        PosTagger(epochs=1).fit([list(zip(X[0], y[0], strict=True))]),
    ]
    assert {one.kind for one in taggers} == set(restoring.TAGGERS)
    for one in taggers:
        one.save(path)
        assert type(restoring.load(path)) is type(one)
    Lexicon(["我"]).save(path)
    with pytest.raises(ModelError, match="holds a lexicon, where a tagger is needed"):
        restoring.load(path)
    with pytest.raises(FileNotFoundError):
        restoring.load(tmp_path / "missing.model")


@pytest.mark.parametrize(
    "change",
    [
        {"scheme": "XYZ"},
        {"scheme": "BIO"},
        {"tagger": None},
        {"tagger": {}},
        {"tagger": {"kind": "tagger", "parameters": {}}},
        {"tagger": {"kind": "crf", "parameters": {}}},
        {"tagger": {"kind": "crf", "parameters": None}},
        {"tagger": {"kind": ["crf"], "parameters": {}}},
    ],
)
def test_an_unsound_file_is_refused(
    tagger: EntityTagger, tmp_path: Path, change: dict[str, Any]
) -> None:
    parameters, arrays = tagger.to_store()
    path = tmp_path / "bad.model"
    store.save(path, "name tagger", {**parameters, **change}, arrays)
    with pytest.raises(ModelError, match="not a sound name tagger"):
        EntityTagger.load(path)
    store.save(path, "name tagger", parameters, {"other": np.zeros(1)})
    with pytest.raises(ModelError, match="not a sound name tagger"):
        EntityTagger.load(path)
