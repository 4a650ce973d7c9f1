"""Vectorisers: their laws, the same matrices as scikit-learn's, what they refuse, their files."""

from __future__ import annotations

import itertools
import math
import pickle
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import sparse

import classicnlp as cn
from classicnlp.segmentation import MaxMatchSegmenter
from classicnlp.vectorize import (
    CountVectorizer,
    HashingVectorizer,
    TfidfVectorizer,
    reading,
)
from classicnlp.vectorize.base import Vectorizer
from classicnlp.vectorize.features import Features
from tests.conftest import nasty_texts
from tests.reference import vectors as naive

SEGMENTER = MaxMatchSegmenter(cn.Lexicon(["北京", "我爱", "天安门", "大学", "iPhone"]))
DOCUMENTS = [
    "我爱北京天安门，天安门上太阳升。",
    "北京大学在北京。IPHONE和iPhone！",
    "",
    "大学　大学\n大学，我爱大学",
    "，。！ \n",
    "𠮷野家在大学 a b",
] * 4
VECTORIZERS: dict[str, Callable[..., Vectorizer]] = {
    "counts": CountVectorizer,
    "tfidf": TfidfVectorizer,
    "hashing": HashingVectorizer,
}
every_vectorizer = pytest.mark.parametrize("kind", VECTORIZERS)


def same(a: Any, b: Any) -> bool:
    """Return whether two CSR matrices are alike to the last bit."""
    return (
        a.shape == b.shape
        and a.dtype == b.dtype
        and a.indptr.tolist() == b.indptr.tolist()
        and a.indices.tolist() == b.indices.tolist()
        and a.data.tobytes() == b.data.tobytes()
    )


def words_of(text: str) -> list[str]:
    """Return the words that count, folded."""
    return [cn.fold(word) for word in SEGMENTER.segment(text) if naive.is_word(word)]


# --- laws ------------------------------------------------------------------------------------


@every_vectorizer
@pytest.mark.parametrize("analyzer", ["word", "char"])
def test_rows_do_not_depend_on_threads_or_company(
    kind: str, analyzer: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    vectorizer = VECTORIZERS[kind](SEGMENTER, analyzer=analyzer, ngram_range=(1, 2))
    whole = vectorizer.fit_transform(DOCUMENTS)
    assert whole.has_canonical_format
    assert same(vectorizer.transform(DOCUMENTS), whole)
    assert same(sparse.vstack([vectorizer.transform([text]) for text in DOCUMENTS]), whole)
    assert same(vectorizer.transform(iter(DOCUMENTS)), whole)
    monkeypatch.setattr(reading, "CHARACTERS_AT_ONCE", 60)
    monkeypatch.setattr(reading, "DOCUMENTS_AT_ONCE", 5)
    for workers in (1, 2, 5):
        vectorizer.set_params(workers=workers)
        assert same(vectorizer.transform(DOCUMENTS), whole)
        assert same(vectorizer.fit_transform(iter(DOCUMENTS)), whole)
        assert same(vectorizer.fit(DOCUMENTS).transform(DOCUMENTS), whole)


@every_vectorizer
def test_no_documents(kind: str) -> None:
    vectorizer = VECTORIZERS[kind](SEGMENTER).fit(DOCUMENTS)
    matrix = vectorizer.transform([])
    assert matrix.shape == (0, len(vectorizer.get_feature_names_out()))
    assert vectorizer.transform(["", "，", "未曾见过的"[:0]]).nnz == 0


@every_vectorizer
def test_lists_of_words_are_taken_as_they_are(kind: str) -> None:
    vectorizer = VECTORIZERS[kind](SEGMENTER, ngram_range=(1, 2))
    ready = [words_of(text) for text in DOCUMENTS]
    whole = vectorizer.fit_transform(DOCUMENTS)
    assert same(vectorizer.transform(ready), whole)
    mixed = [ready[i] if i % 3 else text for i, text in enumerate(DOCUMENTS)]
    assert same(vectorizer.transform(mixed), whole)
    assert same(vectorizer.transform(map(tuple, ready)), whole)
    function = VECTORIZERS[kind](SEGMENTER.segment, ngram_range=(1, 2))
    assert same(function.fit_transform(DOCUMENTS), whole)


def test_order_of_documents_permutes_rows_alone() -> None:
    backwards = TfidfVectorizer(SEGMENTER).fit_transform(DOCUMENTS[::-1])
    assert same(TfidfVectorizer(SEGMENTER).fit_transform(DOCUMENTS), backwards[::-1])


def test_a_pipeline_a_name_and_the_default_are_the_same(pku: cn.Pipeline) -> None:
    texts = ["我来到北京清华大学", "他来到了网易杭研大厦"]
    expected = CountVectorizer().fit_transform(texts)
    for segmenter in (pku, pku.segmenter, "pku", pku.segment):
        assert same(CountVectorizer(segmenter).fit_transform(texts), expected)
    known = pku.with_words(["来到北京"], policy="force")
    assert "来到北京" in CountVectorizer(known).fit(texts).vocabulary_


@given(st.lists(nasty_texts, min_size=1, max_size=5), st.booleans(), st.booleans())
def test_counts_of_anything(texts: list[str], fold: bool, punctuation: bool) -> None:
    wanted = (lambda w: not naive.is_blank(w)) if punctuation else naive.is_word
    words = [
        [cn.fold(w) if fold else w for w in SEGMENTER.segment(text) if wanted(w)] for text in texts
    ]
    vectorizer = CountVectorizer(SEGMENTER, fold=fold, punctuation=punctuation)
    if not any(words):
        with pytest.raises(ValueError, match="the documents have no words"):
            vectorizer.fit(texts)
        return
    matrix = vectorizer.fit_transform(texts)
    names = vectorizer.get_feature_names_out().tolist()
    assert names == sorted({word for own in words for word in own})
    assert vectorizer.vocabulary_ == {name: column for column, name in enumerate(names)}
    assert matrix.toarray().tolist() == [[own.count(name) for name in names] for own in words]


@given(st.sets(nasty_texts.map(lambda text: text[:9]), max_size=40))
def test_names_are_ordered_by_code_points(names: set[str]) -> None:
    features = Features.of(sorted(names, key=hash), np.arange(len(names), dtype=np.uint64))
    assert [features.names[column] for column in features.in_order()] == sorted(names)


# --- scikit-learn ----------------------------------------------------------------------------

OPTIONS: list[dict[str, Any]] = [
    {},
    {"ngram_range": (1, 3)},
    {"ngram_range": (2, 2), "stop_words": ["在", "我爱"]},
    {"min_df": 2},
    {"min_df": 0.2, "max_df": 0.4},
    {"max_df": 9},
    {"max_features": 3},
    {"vocabulary": ["大学", "北京", "没有"]},
    {"vocabulary": {"大学": 1, "北京": 0}},
    {"vocabulary": {"大学", "北京", "我爱 北京"}, "ngram_range": (1, 2)},
    {"binary": True},
    {"norm": "l1"},
    {"norm": None},
    {"use_idf": False},
    {"smooth_idf": False},
    {"sublinear_tf": True},
    {"dtype": np.float32},
    {"sublinear_tf": True, "norm": "l1", "dtype": np.float32, "ngram_range": (1, 2)},
]
WEIGHING = {"norm", "use_idf", "smooth_idf", "sublinear_tf"}


@pytest.mark.parametrize("options", OPTIONS, ids=str)
@pytest.mark.parametrize("analyzer", ["word", "char"])
def test_matrices_are_those_of_scikit_learn(options: dict[str, Any], analyzer: str) -> None:
    theirs = pytest.importorskip("sklearn.feature_extraction.text")
    if analyzer == "char" and ("stop_words" in options or "vocabulary" in options):
        options = {**options, "stop_words": None, "vocabulary": None}
    # Counts that differ: which of several with equal counts max_features keeps is not the same.
    texts = [*DOCUMENTS, "大学 大学 北京 北京 北京 在", "天安门"] + ["升升 我爱"] * 9
    cutting = {"tokenizer": words_of, "token_pattern": None}
    kept = cutting if analyzer == "word" else {}
    if options.get("smooth_idf") is False:
        options = {**options, "vocabulary": None}
    pairs = [(TfidfVectorizer, theirs.TfidfVectorizer)]
    if not WEIGHING & options.keys() and "dtype" not in options:
        pairs.append((CountVectorizer, theirs.CountVectorizer))
    for our_class, their_class in pairs:
        ours = our_class(SEGMENTER, analyzer=analyzer, **options)
        peer = their_class(
            analyzer=analyzer, lowercase=False, preprocessor=cn.fold, **kept, **options
        )
        found, expected = ours.fit_transform(texts), peer.fit_transform(texts)
        names = peer.get_feature_names_out().tolist()
        assert ours.get_feature_names_out().tolist() == names
        assert ours.vocabulary_ == {name: int(c) for name, c in peer.vocabulary_.items()}
        for matrix, wanted in ((found, expected), (ours.transform(texts), peer.transform(texts))):
            assert matrix.dtype == wanted.dtype
            assert matrix.shape == wanted.shape
            wanted.sort_indices()
            assert matrix.indices.tolist() == wanted.indices.tolist()
            assert matrix.indptr.tolist() == wanted.indptr.tolist()
            tolerance = 1e-6 if matrix.dtype == np.float32 else 1e-14
            np.testing.assert_allclose(matrix.data, wanted.data, rtol=tolerance)
        if our_class is TfidfVectorizer and options.get("use_idf", True):
            np.testing.assert_allclose(ours.idf_, peer.idf_, rtol=1e-6)
        unseen = ["没有见过的大学", ""]
        difference = ours.transform(unseen) - peer.transform(unseen)
        assert abs(difference).max() < 1e-6
        inverse = ours.inverse_transform(found)
        assert found.nnz == expected.nnz
        for row, their_row in zip(inverse, peer.inverse_transform(expected), strict=True):
            assert sorted(row) == sorted(their_row)


def test_a_worked_example() -> None:
    """The three documents of Manning, Raghavan and Schütze (2008), section 6.2.2, table 6.9."""
    counts = {"car": (27, 4, 24), "auto": (3, 33, 0), "insurance": (0, 33, 29), "best": (14, 0, 17)}
    documents = [[word for word, row in counts.items() for _ in range(row[i])] for i in range(3)]
    words = list(counts)
    vectorizer = TfidfVectorizer(vocabulary=words, use_idf=False)
    found = vectorizer.fit_transform(documents).toarray().round(2)
    expected = [[0.88, 0.1, 0, 0.46], [0.09, 0.71, 0.71, 0], [0.58, 0, 0.7, 0.41]]
    np.testing.assert_allclose(found, expected, atol=0.011)


def test_idf_is_that_of_the_formula() -> None:
    documents = [["a", "b"], ["a"], ["a", "b", "c"]]
    for smooth in (False, True):
        vectorizer = TfidfVectorizer(smooth_idf=smooth).fit(documents)
        expected = [math.log((3 + smooth) / (df + smooth)) + 1 for df in (3, 2, 1)]
        np.testing.assert_allclose(vectorizer.idf_, expected, rtol=1e-15)


def test_going_back_leaves_the_matrix_alone() -> None:
    vectorizer = CountVectorizer().fit([["a", "b", "c"]])
    matrix = sparse.csr_matrix([[0, 1, 2]])
    matrix.data[0] = 0
    assert [row.tolist() for row in vectorizer.inverse_transform(matrix)] == [["c"]]
    assert matrix.data.tolist() == [0, 2]
    with pytest.raises(ValueError, match="X must have 3 columns, got 2"):
        vectorizer.inverse_transform([[1, 2]])


# --- parameters ------------------------------------------------------------------------------


def test_words_that_do_not_count() -> None:
    texts = ["我爱北京！😀 C++", "ＩＰＨＯＮＥ iPhone 電腦"]
    features = CountVectorizer(SEGMENTER.segment).fit(texts).get_feature_names_out().tolist()
    assert features == sorted(["我爱", "北京", "c++", "iphone", "电", "脑"])
    exact = CountVectorizer(SEGMENTER, fold=False).fit(texts).vocabulary_
    assert {"ＩＰＨＯＮＥ", "iPhone", "電", "腦"} <= exact.keys()
    signs = CountVectorizer(SEGMENTER, punctuation=True).fit(texts).vocabulary_
    assert signs.keys() - set(features) == {"!", "😀"}
    stopped = CountVectorizer(SEGMENTER, stop_words=["IPHONE", "我爱"]).fit(texts)
    assert stopped.get_feature_names_out().tolist() == sorted({*features} - {"iphone", "我爱"})


def test_stop_words_are_gone_before_ngrams_are_made() -> None:
    vectorizer = CountVectorizer(SEGMENTER, stop_words={"在"}, ngram_range=(2, 2))
    vectorizer.fit(["大学在北京"])
    assert vectorizer.vocabulary_ == {"大学 北京": 0}


def test_of_equal_counts_the_first_names_are_kept() -> None:
    documents = [["b", "c", "a", "d", "d"]]
    vectorizer = CountVectorizer(max_features=3).fit(documents)
    assert vectorizer.get_feature_names_out().tolist() == ["a", "b", "d"]


def test_a_vocabulary_that_is_given_needs_no_fitting() -> None:
    vectorizer = CountVectorizer(SEGMENTER, vocabulary=["iPhone", "北京"])
    assert vectorizer.transform(["IPHONE在北京北京"]).toarray().tolist() == [[1, 2]]
    assert vectorizer.get_feature_names_out().tolist() == ["iPhone", "北京"]
    weighing = TfidfVectorizer(SEGMENTER, vocabulary=["iPhone", "北京"])
    with pytest.raises(ValueError, match="learnt nothing yet"):
        weighing.transform(["北京"])
    with pytest.raises(AttributeError, match="use_idf=True"):
        _ = weighing.idf_
    with pytest.raises(ValueError, match="'iPhone' of vocabulary stands in none"):
        weighing.set_params(smooth_idf=False).fit(["北京"])


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"analyzer": "char_wb"}, ValueError, "analyzer must be one of word, char; got 'char_wb'"),
        ({"ngram_range": (2, 1)}, ValueError, "second of ngram_range must be at least 2, got 1"),
        ({"ngram_range": (0, 1)}, ValueError, "first of ngram_range must be at least 1, got 0"),
        ({"ngram_range": 2}, ValueError, r"two numbers such as \(1, 2\), got 2"),
        ({"ngram_range": (1.0, 2)}, TypeError, "must be a whole number, got 1.0"),
        ({"stop_words": "的"}, ValueError, "stop_words must be several words, got '的'"),
        ({"stop_words": iter("的")}, TypeError, "stop_words must be read more than once"),
        ({"stop_words": [1]}, TypeError, "stop_words must hold str, got int"),
        ({"stop_words": ["a"], "analyzer": "char"}, ValueError, 'use with analyzer="word" only'),
        ({"segmenter": 3}, TypeError, "a function from a text to its words, got int"),
        ({"segmenter": "no model"}, FileNotFoundError, "no model named 'no model'"),
        ({"min_df": 0}, ValueError, "min_df must be at least 1, got 0"),
        ({"min_df": 1.5}, ValueError, "min_df must be a share in 0 ... 1"),
        ({"max_df": "x"}, TypeError, "max_df must be a whole number"),
        ({"max_features": 0}, ValueError, "max_features must be at least 1"),
        ({"min_df": 3, "max_df": 2}, ValueError, "max_df=2 means fewer documents than min_df=3"),
        ({"min_df": 99, "max_df": 99}, ValueError, "no feature is left: lower min_df"),
        ({"vocabulary": []}, ValueError, "vocabulary must not be empty"),
        ({"vocabulary": "北京"}, ValueError, "vocabulary must be several words"),
        ({"vocabulary": map(str, [1])}, TypeError, "vocabulary must be read more than once"),
        ({"vocabulary": ["a", "a"]}, ValueError, "each feature once, once they are folded"),
        ({"vocabulary": ["A", "a"]}, ValueError, "each feature once, once they are folded"),
        ({"vocabulary": ["a", "a"], "fold": False}, ValueError, "each feature once$"),
        ({"vocabulary": {"a": 0, "b": 2}}, ValueError, "map 2 features to the columns 0 ... 1"),
        ({"vocabulary": {"a": 0, "b": 0}}, ValueError, "map 2 features to the columns 0 ... 1"),
        ({"norm": "max"}, ValueError, "norm must be 'l1', 'l2' or None, got 'max'"),
        ({"dtype": np.int64}, ValueError, "dtype must be float64 or float32, got int64"),
        ({"workers": 0}, ValueError, "workers must be at least 1, got 0"),
    ],
)
def test_wrong_parameters(options: dict[str, Any], error: type, message: str) -> None:
    vectorizer = TfidfVectorizer(**{"segmenter": SEGMENTER, **options})
    with pytest.raises(error, match=message):
        vectorizer.fit(DOCUMENTS)


@every_vectorizer
def test_wrong_documents(kind: str) -> None:
    vectorizer = VECTORIZERS[kind](SEGMENTER).fit(DOCUMENTS)
    for method in (vectorizer.fit_transform, vectorizer.transform):
        with pytest.raises(TypeError, match="expected several documents, got one str"):
            method("我爱北京")
        with pytest.raises(TypeError, match="document 1 must be a str or a list of words, got int"):
            method(["我", 3])
        with pytest.raises(TypeError, match=r"document 0 must be a str .* got float"):
            method([math.nan])
        with pytest.raises(TypeError, match="a word must be a str, got int"):
            method([["我", 3]])
    with pytest.raises(TypeError, match='lists of words go with analyzer="word"'):
        VECTORIZERS[kind](analyzer="char").fit(DOCUMENTS).transform([["我"]])


def test_documents_without_words() -> None:
    for texts in ([], [""], ["，。", " "]):
        with pytest.raises(ValueError, match="the documents have no words"):
            CountVectorizer(SEGMENTER).fit(texts)
    with pytest.raises(ValueError, match="they are empty, or hold stop words"):
        CountVectorizer(SEGMENTER, stop_words=["北京"]).fit(["北京，北京"])


@pytest.mark.parametrize("options", [{"workers": 0}, {"n_features": 0}, {"n_features": 1.5}])
def test_wrong_parameters_of_hashing(options: dict[str, Any]) -> None:
    vectorizer = HashingVectorizer(SEGMENTER, **options)
    with pytest.raises((ValueError, TypeError), match="must be"):
        vectorizer.fit_transform(DOCUMENTS)


# --- hashing ---------------------------------------------------------------------------------


@pytest.mark.parametrize("width", [1, 2, 7, 1 << 12])
@pytest.mark.parametrize("binary", [False, True])
def test_hashing_adds_up_what_shares_a_column(width: int, binary: bool) -> None:
    hashing = HashingVectorizer(SEGMENTER, n_features=width, norm=None, binary=binary)
    words = CountVectorizer(SEGMENTER)
    counts = words.fit_transform(DOCUMENTS).toarray()
    # The column and sign of each word, from a document of nothing else.
    alone = hashing.transform([[name] for name in words.get_feature_names_out()])
    assert alone.nnz == len(words.vocabulary_)
    assert set(alone.data) <= ({1.0} if binary else {1.0, -1.0})
    found = hashing.transform(DOCUMENTS)
    assert found.shape == (len(DOCUMENTS), width)
    if not binary:
        assert (found.toarray() == counts @ alone.toarray()).all()
    without = HashingVectorizer(SEGMENTER, n_features=width, norm=None, alternate_sign=False)
    if not binary:
        assert (without.transform(DOCUMENTS).toarray() == counts @ abs(alone.toarray())).all()
    assert hashing.get_feature_names_out()[-1] == f"hash{width - 1}"


def test_hashing_of_one_word_is_the_same_everywhere() -> None:
    matrix = HashingVectorizer(norm=None).transform([["北京", "𠮷"]])
    assert matrix.indices.tolist() == [648473, 749380]
    assert matrix.data.tolist() == [-1, -1]


def test_hashed_rows_are_of_length_one() -> None:
    for norm, power in (("l1", 1), ("l2", 2)):
        matrix = HashingVectorizer(SEGMENTER, norm=norm, n_features=8).transform(DOCUMENTS)
        sums = (abs(matrix).power(power)).sum(axis=1).A1
        assert all(math.isclose(total, 1) or total == 0 for total in sums)


# --- files -----------------------------------------------------------------------------------


@pytest.mark.parametrize("vocabulary", [None, ["大学", "北京", "我爱"]])
@pytest.mark.parametrize("use_idf", [True, False])
def test_saving_and_loading(tmp_path: Path, vocabulary: list[str] | None, use_idf: bool) -> None:
    path = tmp_path / "vectors.model"
    options = {"stop_words": {"升"}, "ngram_range": (1, 2), "vocabulary": vocabulary}
    for vectorizer in (
        TfidfVectorizer(**options, use_idf=use_idf, dtype=np.float32),
        CountVectorizer("pku", **options, dtype="int32"),
    ):
        expected = vectorizer.fit_transform(DOCUMENTS)
        vectorizer.save(path)
        loaded = type(vectorizer).load(path)
        assert same(loaded.transform(DOCUMENTS), expected)
        assert loaded.vocabulary_ == vectorizer.vocabulary_
        loaded.save(tmp_path / "again.model")
        assert (tmp_path / "again.model").read_bytes() == path.read_bytes()
        assert loaded.fit(DOCUMENTS).vocabulary_ == vectorizer.vocabulary_
    with pytest.raises(cn.ModelError, match="holds a count vectorizer, where a tfidf"):
        TfidfVectorizer.load(path)
    with pytest.raises(ValueError, match="the path of its segmenter's model"):
        CountVectorizer(SEGMENTER).fit(DOCUMENTS).save(path)
    with pytest.raises(ValueError, match="learnt nothing yet"):
        CountVectorizer().save(path)


def test_files_that_are_not_sound() -> None:
    parameters, arrays = TfidfVectorizer().fit(DOCUMENTS).to_store()
    wrong = [
        {**arrays, "offsets": arrays["offsets"][:-1]},
        {**arrays, "offsets": arrays["offsets"][::-1]},
        {**arrays, "slots": np.zeros(8, np.int32)},
        {**arrays, "letters": arrays["letters"] | 1 << 30},
        {**arrays, "idf": arrays["idf"][1:]},
        {**arrays, "idf": arrays["idf"] * np.nan},
        {name: array for name, array in arrays.items() if name != "idf"},
    ]
    for broken in wrong:
        with pytest.raises(cn.ModelError, match="somewhere: not a sound tfidf vectorizer"):
            TfidfVectorizer.from_store(dict(parameters), broken, "somewhere")
    with pytest.raises(cn.ModelError, match="not a sound"):
        TfidfVectorizer.from_store({**parameters, "norm": "max"}, arrays, "somewhere")
    assert TfidfVectorizer.from_store(dict(parameters), arrays, "somewhere").vocabulary_


def test_pickles(pku: cn.Pipeline) -> None:
    for vectorizer in (CountVectorizer(SEGMENTER), TfidfVectorizer()):
        expected = vectorizer.fit_transform(DOCUMENTS)
        assert same(pickle.loads(pickle.dumps(vectorizer)).transform(DOCUMENTS), expected)


def test_threads_read_ahead_only_a_little() -> None:
    taken = itertools.count()
    results = reading.in_order(lambda item: item, (next(taken) for _ in range(100)), 2)
    assert next(results) == 0
    assert next(taken) <= 6
    assert len(list(results)) == 99
