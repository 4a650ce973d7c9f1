"""Chi-square tests and the selection of features by them."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import sparse

from classicnlp.vectorize import ChiSquareSelector, chi_square
from tests.reference import vectors as naive

TABLE = np.array([[3, 0, 1, 0], [2, 0, 1, 0], [0, 4, 1, 0], [0, 1, 2, 0], [1, 1, 0, 0]])
CLASSES = ["a", "a", "b", "b", "c"]


@pytest.mark.parametrize("form", [np.asarray, sparse.csr_matrix, sparse.csc_matrix, list])
@pytest.mark.parametrize("dtype", [np.int64, np.int8, np.bool_, np.float32, np.float64])
def test_chi_square_by_hand_and_by_scikit_learn(form: Callable[..., Any], dtype: type) -> None:
    table = TABLE.astype(dtype)
    found = chi_square(form(table), CLASSES)
    np.testing.assert_allclose(found.statistics, naive.chi_square(table.tolist(), CLASSES))
    assert found.classes.tolist() == ["a", "b", "c"]
    selection = pytest.importorskip("sklearn.feature_selection")
    statistics, p_values = selection.chi2(table, CLASSES)
    np.testing.assert_allclose(found.statistics, statistics, rtol=1e-10)
    np.testing.assert_allclose(found.p_values, p_values, rtol=1e-10)
    for i, label in enumerate(found.classes):
        statistics, p_values = selection.chi2(table, np.array(CLASSES) == label)
        np.testing.assert_allclose(found.class_statistics[i], statistics, rtol=1e-10)
        np.testing.assert_allclose(found.class_p_values[i], p_values, rtol=1e-10)


@given(st.integers(0, 2**32 - 1), st.integers(2, 70), st.integers(2, 5))
def test_chi_square_of_any_counts(seed: int, documents: int, classes: int) -> None:
    source = np.random.default_rng(seed)
    table = source.integers(0, 3, (documents, 9)) * source.integers(0, 2, (documents, 9))
    labels = np.concatenate((np.arange(2), source.integers(0, classes, documents - 2)))
    found = chi_square(sparse.csr_matrix(table), labels)
    np.testing.assert_allclose(
        found.statistics, naive.chi_square(table.tolist(), labels.tolist()), atol=1e-12
    )
    if len(found.classes) == 2:
        np.testing.assert_allclose(found.class_statistics[0], found.statistics, rtol=1e-9)


def test_a_published_example() -> None:
    """Manning, Raghavan and Schütze (2008), example 13.4: export and poultry, 284."""
    counts = {(1, 1): 49, (1, 0): 27652, (0, 1): 141, (0, 0): 774106}
    terms = np.repeat([term for term, _ in counts], list(counts.values()))
    labels = np.repeat([label for _, label in counts], list(counts.values()))
    presence = sparse.csr_matrix(np.column_stack((terms, 1 - terms)))
    # Their table has both rows, presence and absence, so that the sum of both columns is theirs.
    assert chi_square(presence, labels).statistics.sum() == pytest.approx(284, abs=0.5)


@pytest.mark.parametrize(
    ("X", "y", "message"),
    [
        ([[1, -1], [0, 1]], [0, 1], "finite numbers that are not negative"),
        ([[1, math.nan], [0, 1]], [0, 1], "finite numbers that are not negative"),
        ([[1, math.inf], [0, 1]], [0, 1], "finite numbers that are not negative"),
        ([[1, 0], [0, 1]], [1, 1], "at least two classes, got 1"),
        ([[1, 0], [0, 1]], [1, 2, 3], r"a label for each of 2 rows, got \(3,\)"),
        ([[1, 0], [0, 1]], [1.0, math.nan], "y holds what is not a number"),
        ([[1j, 0], [0, 1]], [0, 1], "X must hold numbers, got complex128"),
    ],
)
def test_what_chi_square_refuses(X: Any, y: Any, message: str) -> None:
    for test in (chi_square, ChiSquareSelector(k=1).fit):
        with pytest.raises(ValueError, match=message):
            test(X, y)


@pytest.mark.parametrize("k", [1, 2, 5, 20, 60, 99])
def test_selectors_keep_what_those_of_scikit_learn_keep(k: int) -> None:
    selection = pytest.importorskip("sklearn.feature_selection")
    source = np.random.default_rng(1)
    X = sparse.csr_matrix(source.poisson(0.2, (80, 60)))
    y = source.integers(0, 3, 80)
    ours = ChiSquareSelector(k).fit(X, y)
    peer = selection.SelectKBest(selection.chi2, k=min(k, 60)).fit(X, y)
    assert ours.get_support().tolist() == peer.get_support().tolist()
    expected = peer.transform(X).toarray().tolist()
    assert ours.transform(X).toarray().tolist() == expected
    assert ours.fit_transform(X, y).toarray().tolist() == expected
    by_chance = ChiSquareSelector(p_value=k / 100).fit(X, y)
    peer = selection.SelectFpr(selection.chi2, alpha=k / 100).fit(X, y)
    assert by_chance.get_support().tolist() == peer.get_support().tolist()
    share = ChiSquareSelector(percentile=k).fit(X, y).get_support(indices=True)
    assert len(share) == int(60 * k / 100)
    rest = np.delete(ours.test_.statistics, share)
    assert ours.test_.statistics[share].min(initial=np.inf) >= rest.max(initial=0)


def test_selecting() -> None:
    selector = ChiSquareSelector(k=2)
    with pytest.raises(ValueError, match="learnt nothing yet: call fit"):
        selector.transform(TABLE)
    selector.fit(TABLE, CLASSES)
    assert selector.transform(TABLE).tolist() == TABLE[:, :2].tolist()
    assert selector.get_feature_names_out().tolist() == ["x0", "x1"]
    # A feature that is 0 everywhere comes last, and default is a tenth.
    assert ChiSquareSelector(k=3).fit(TABLE, CLASSES).get_support().tolist() == [True] * 3 + [False]
    assert not ChiSquareSelector().fit(TABLE, CLASSES).get_support().any()
    assert ChiSquareSelector(percentile=100).fit(TABLE, CLASSES).get_support().all()
    with pytest.raises(ValueError, match=r"X must have 4 columns.*got shape \(1, 3\)"):
        selector.transform(np.zeros((1, 3)))
    with pytest.raises(ValueError, match="expected 4 names, got 1"):
        selector.get_feature_names_out(["a"])
    for wrong in ({"k": 1, "p_value": 0.1}, {"k": 0}, {"percentile": 101}, {"p_value": -1}):
        with pytest.raises(ValueError, match=r"give one of|must be"):
            ChiSquareSelector(**wrong).fit(TABLE, CLASSES)
