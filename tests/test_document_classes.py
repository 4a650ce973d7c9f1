"""Documents in scikit-learn's pipelines, searches, unions and clusterings."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from scipy import sparse

import classicnlp as cn
from classicnlp.vectorize import (
    ChiSquareSelector,
    CountVectorizer,
    HashingVectorizer,
    TfidfVectorizer,
)
from tests.conftest import CORPORA

base = pytest.importorskip("sklearn.base")
cluster = pytest.importorskip("sklearn.cluster")
compose = pytest.importorskip("sklearn.compose")
metrics = pytest.importorskip("sklearn.metrics")
model_selection = pytest.importorskip("sklearn.model_selection")
naive_bayes = pytest.importorskip("sklearn.naive_bayes")
pipeline = pytest.importorskip("sklearn.pipeline")
svm = pytest.importorskip("sklearn.svm")
utils = pytest.importorskip("sklearn.utils")

VECTORIZERS: list[Callable[..., Any]] = [CountVectorizer, TfidfVectorizer, HashingVectorizer]


@pytest.fixture(scope="module")
def topics() -> tuple[list[str], list[str]]:
    """The documents of corpora/, and what each is about."""
    paths = sorted((CORPORA / "documents").glob("*/*.txt"))
    return [path.read_text("utf-8") for path in paths], [path.parent.name for path in paths]


def words_and_characters() -> Any:
    return pipeline.make_union(
        TfidfVectorizer(sublinear_tf=True),
        TfidfVectorizer(analyzer="char", ngram_range=(1, 2), sublinear_tf=True),
    )


def test_classifying_topics(topics: tuple[list[str], list[str]]) -> None:
    classifier = pipeline.make_pipeline(
        words_and_characters(), ChiSquareSelector(percentile=50), svm.LinearSVC()
    )
    scores = model_selection.cross_val_score(classifier, *topics, cv=4)
    assert scores.mean() >= 0.85
    texts, labels = topics
    names = classifier.fit(texts, labels)[:-1].get_feature_names_out()
    assert len(names) == classifier[-1].coef_.shape[1]
    assert any(name.startswith("tfidfvectorizer-1__") for name in names)


def test_searching_for_parameters(topics: tuple[list[str], list[str]]) -> None:
    line = pipeline.Pipeline(
        [("vectors", CountVectorizer()), ("best", ChiSquareSelector(k=300)),
         ("classes", naive_bayes.MultinomialNB())]
    )  # fmt: skip
    grid = {"vectors__ngram_range": [(1, 1), (1, 2)], "best__k": [50, 1000]}
    search = model_selection.GridSearchCV(line, grid, cv=3).fit(*topics)
    assert len(search.cv_results_["params"]) == 4
    assert search.best_score_ > 0.7
    assert search.best_estimator_.predict(["球队在比赛中进球，教练很高兴。"]).tolist() == ["sports"]
    assert "CountVectorizer" in search._repr_html_()


def test_clustering_topics(topics: tuple[list[str], list[str]]) -> None:
    texts, labels = topics
    matrix = TfidfVectorizer(sublinear_tf=True, min_df=2).fit_transform(texts)
    found = cluster.KMeans(6, n_init=5, random_state=0).fit_predict(matrix)
    assert metrics.adjusted_rand_score(labels, found) > 0.15


def test_a_column_of_a_table() -> None:
    line = compose.make_column_transformer((CountVectorizer(), 1), ("passthrough", [0]))
    table = np.array([[1, "我爱北京"], [2, "北京爱我"]], dtype=object)
    assert np.asarray(line.fit_transform(table)).shape == (2, 4)


@pytest.mark.parametrize("kind", VECTORIZERS)
def test_scikit_learn_sees_a_transformer_of_documents(kind: Callable[..., Any]) -> None:
    tags = utils.get_tags(kind())
    assert tags.input_tags.string
    assert not tags.input_tags.two_d_array
    assert tags.transformer_tags is not None
    assert not tags.target_tags.required


def test_scikit_learn_sees_a_selector_that_needs_classes() -> None:
    tags = utils.get_tags(ChiSquareSelector())
    assert tags.target_tags.required
    assert tags.input_tags.positive_only
    assert tags.input_tags.sparse


@pytest.mark.parametrize("kind", VECTORIZERS)
def test_a_clone_shares_the_segmenter(
    kind: Callable[..., Any], small_segmenter: cn.segmentation.CharSegmenter
) -> None:
    vectorizer = kind(small_segmenter, ngram_range=(1, 2)).set_output(transform="default")
    expected = vectorizer.fit_transform(["我爱北京", "北京爱我"])
    twin = base.clone(vectorizer)
    assert twin.segmenter is small_segmenter
    assert (twin.fit_transform(["我爱北京", "北京爱我"]) != expected).nnz == 0
    assert vars(base.clone(vectorizer))["_sklearn_output_config"] == {"transform": "default"}


def test_what_comes_out_is_chosen() -> None:
    pandas = pytest.importorskip("pandas")
    texts, labels = ["我爱北京", "北京大学"], ["a", "b"]
    vectorizer = CountVectorizer().set_output(transform="pandas")
    frame = vectorizer.fit_transform(texts)
    assert isinstance(frame, pandas.DataFrame)
    assert list(frame.columns) == vectorizer.get_feature_names_out().tolist()
    assert frame.sparse.to_coo().toarray().tolist() == (
        vectorizer.set_output(transform="default").transform(texts).toarray().tolist()
    )
    line = pipeline.make_pipeline(CountVectorizer(), ChiSquareSelector(k=1))
    frame = line.set_output(transform="pandas").fit_transform(texts, labels)
    assert frame.shape == (2, 1)


def test_what_comes_out_has_to_be_known() -> None:
    with pytest.raises(ValueError, match="must be 'default' or 'pandas', got 'numpy'"):
        CountVectorizer().set_output(transform="numpy")
    vectorizer = CountVectorizer().set_output()
    assert sparse.issparse(vectorizer.fit_transform(["我"]))
