"""The classifier that scikit-learn trains: what it tells, and its files."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import classicnlp as cn
from classicnlp.vectorize import DocumentClassifier
from tests.conftest import run_apart

pytest.importorskip("sklearn")

TEXTS = ["球队赢了比赛", "股市今天上涨", "高铁开往北京", "球员进球了", "银行降低利率"] * 4
LABELS = ["体育", "财经", "旅行", "体育", "财经"] * 4


@pytest.fixture(scope="module")
def classifier() -> DocumentClassifier:
    return DocumentClassifier(percentile=100).fit(TEXTS, LABELS)


def test_it_tells_what_it_learnt(classifier: DocumentClassifier) -> None:
    assert classifier.classes_ == ("体育", "旅行", "财经")
    assert classifier.predict(TEXTS) == LABELS
    assert classifier.score(TEXTS, LABELS) == 1
    assert classifier.predict(["球员赢了", "坐高铁去北京"]) == ["体育", "旅行"]
    scores = classifier.decision_function(TEXTS)
    assert [classifier.classes_[i] for i in scores.argmax(axis=1)] == LABELS
    alone = [classifier.decision_function([text])[0] for text in TEXTS]
    np.testing.assert_allclose(alone, scores, rtol=1e-12)
    assert classifier.predict([]) == []


def test_it_is_scikit_learns_own_machine() -> None:
    from sklearn.pipeline import make_pipeline, make_union
    from sklearn.svm import LinearSVC

    from classicnlp.vectorize import ChiSquareSelector, TfidfVectorizer

    line = make_pipeline(
        make_union(
            TfidfVectorizer(sublinear_tf=True),
            TfidfVectorizer(analyzer="char", ngram_range=(1, 2), sublinear_tf=True),
        ),
        ChiSquareSelector(percentile=30),
        LinearSVC(C=2, random_state=0),
    ).fit(TEXTS, LABELS)
    ours = DocumentClassifier(percentile=30, C=2).fit(TEXTS, LABELS)
    np.testing.assert_allclose(
        ours.decision_function(TEXTS), line.decision_function(TEXTS), rtol=1e-12
    )


@pytest.mark.parametrize("classes", [2, 3])
def test_saving_and_loading(tmp_path: Path, classes: int) -> None:
    path, again = tmp_path / "classes.model", tmp_path / "again.model"
    names = {"体育": "a", "财经": "b", "旅行": "c" if classes == 3 else "b"}
    fitted = DocumentClassifier("pku", char_ngrams=(1, 3)).fit(TEXTS, [names[x] for x in LABELS])
    fitted.save(path)
    loaded = DocumentClassifier.load(path)
    assert loaded.get_params() == fitted.get_params()
    assert loaded.classes_ == fitted.classes_ == tuple("abc"[:classes])
    same = loaded.decision_function(TEXTS) == fitted.decision_function(TEXTS)
    assert same.all()
    loaded.save(again)
    assert again.read_bytes() == path.read_bytes()
    # To predict, scikit-learn is not needed.
    code = (
        "import sys; sys.modules['sklearn'] = None\n"
        "from classicnlp.vectorize import DocumentClassifier\n"
        f"print(*DocumentClassifier.load({str(path)!r}).predict(['球员进球']))"
    )
    assert run_apart(code).stdout == "a\n"


def test_files_that_are_not_sound(classifier: DocumentClassifier) -> None:
    parameters, arrays = classifier.to_store()
    wrong: list[dict[str, Any]] = [
        {"kept": arrays["kept"] + 1},
        {"kept": arrays["kept"][1:]},
        {"weights": arrays["weights"].T},
        {"offsets": arrays["offsets"][:1]},
        {"part0/letters": arrays["part0/letters"][1:]},
    ]
    for broken in wrong:
        with pytest.raises(cn.ModelError, match="somewhere: not a sound"):
            DocumentClassifier.from_store(parameters, {**arrays, **broken}, "somewhere")
    for name, value in (("classes", ["a"]), ("classes", []), ("parts", [])):
        with pytest.raises(cn.ModelError, match="somewhere: not a sound"):
            DocumentClassifier.from_store({**parameters, name: value}, arrays, "somewhere")


def test_what_it_refuses(classifier: DocumentClassifier) -> None:
    with pytest.raises(ValueError, match="learnt nothing yet"):
        DocumentClassifier().predict(TEXTS)
    with pytest.raises(ValueError, match="learnt nothing yet"):
        DocumentClassifier().to_store()
    with pytest.raises(ValueError, match="give word_ngrams, char_ngrams or both"):
        DocumentClassifier(word_ngrams=None, char_ngrams=None).fit(TEXTS, LABELS)
    with pytest.raises(ValueError, match="at least two classes, got 1"):
        DocumentClassifier().fit(TEXTS, ["a"] * len(TEXTS))
    with pytest.raises(ValueError, match="a label for each of 20 rows"):
        DocumentClassifier().fit(TEXTS, LABELS[1:])
    with pytest.raises(TypeError, match="labels must be str, got int"):
        DocumentClassifier().fit(TEXTS, [1] * len(TEXTS))  # type: ignore[list-item]
    with pytest.raises(ValueError, match="a label for each of 20 documents, got 1"):
        classifier.score(TEXTS, ["体育"])
    with pytest.raises(TypeError, match="expected several documents, got one str"):
        classifier.predict("球队")
