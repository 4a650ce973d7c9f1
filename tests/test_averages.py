"""Documents as means of word vectors."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from classicnlp.vectorize import TfidfVectorizer, VectorAverager

WORDS = ["北京", "大学", "iPhone", "IPHONE", "。", "北京 大学"]
TABLE = np.arange(18, dtype=np.float32).reshape(6, 3) ** 2
DOCUMENTS = ["北京大学在北京。", "IPHONE和iphone", "她来了", ""]


def vectors(words: list[str] = WORDS, table: Any = TABLE) -> SimpleNamespace:
    return SimpleNamespace(words=words, vectors=table)


def test_means_by_hand() -> None:
    averager = VectorAverager(vectors(), str.split)
    found = averager.transform(["北京 大学 北京 。 没有", "IPHONE iphone", "没有", ""])
    assert found.dtype == np.float32
    expected = [(2 * TABLE[0] + TABLE[1]) / 3, TABLE[2], [0, 0, 0], [0, 0, 0]]
    np.testing.assert_allclose(found, expected, rtol=1e-6)
    exact = VectorAverager(vectors(), str.split, fold=False).transform(["IPHONE iphone iPhone"])
    np.testing.assert_allclose(exact, [(TABLE[2] + TABLE[3]) / 2], rtol=1e-6)
    stopped = VectorAverager(vectors(), str.split, stop_words=["大学"]).transform(["北京 大学"])
    np.testing.assert_allclose(stopped, [TABLE[0]], rtol=1e-6)
    assert averager.get_feature_names_out().tolist() == ["vector0", "vector1", "vector2"]


def test_rare_words_count_more() -> None:
    averager = VectorAverager(vectors(), use_idf=True)
    with pytest.raises(ValueError, match="learnt nothing yet: call fit"):
        averager.transform(DOCUMENTS)
    found = averager.fit_transform(DOCUMENTS)
    weighing = TfidfVectorizer(vocabulary=["北京", "大学", "iphone"], norm="l1")
    weights = weighing.fit_transform(DOCUMENTS).toarray()
    np.testing.assert_allclose(found, weights @ TABLE[:3], rtol=1e-6)
    threaded = averager.set_params(workers=2).fit(DOCUMENTS).transform(iter(DOCUMENTS))
    assert threaded.tolist() == found.tolist()


def test_vectors_that_do_not_fit() -> None:
    for wrong in (vectors(WORDS[:2]), vectors([], np.zeros((0, 3))), vectors(WORDS, TABLE[:, 0])):
        with pytest.raises(ValueError, match="expected a vector for each of"):
            VectorAverager(wrong).fit(DOCUMENTS)
    with pytest.raises(TypeError, match="expected several documents"):
        VectorAverager(vectors()).fit_transform("北京")


def test_scikit_learn_clones_it_without_its_vectors_being_copied() -> None:
    base = pytest.importorskip("sklearn.base")
    averager = VectorAverager(vectors(), use_idf=True).fit(DOCUMENTS)
    twin = base.clone(averager)
    assert twin.vectors is averager.vectors
    with pytest.raises(ValueError, match="learnt nothing yet"):
        twin.transform(DOCUMENTS)
