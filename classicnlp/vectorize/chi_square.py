"""Which features depend on the class of a document: Pearson's chi-square test."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy import sparse
from scipy.special import chdtrc

from classicnlp._ext.chisquare import class_sums
from classicnlp.checks import require_count, require_within
from classicnlp.vectorize.base import LARGEST_INDEX, Transformer

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

DEFAULT_PERCENTILE = 10.0


class ChiSquare:
    """What a chi-square test says of features.

    Parameters
    ----------
    observed : float64 array, shape (features, classes)
        The sum of each feature over the documents of each class.
    shares : float64 array, shape (classes,)
        Which part of all documents each class has.
    classes : array, shape (classes,)
        The distinct labels, sorted.

    Attributes
    ----------
    statistics : float64 array, shape (features,)
        How far the sums by class are from those expected; not a number for a feature that is 0
        everywhere.
    p_values : float64 array, shape (features,)
        How probable it is to be so far off by chance.
    """

    def __init__(
        self, observed: NDArray[np.float64], shares: NDArray[np.float64], classes: NDArray[Any]
    ):
        self.classes = classes
        self._totals = observed.sum(axis=1, keepdims=True)
        self._expected = self._totals * shares
        self._squares = np.square(observed - self._expected)
        with np.errstate(invalid="ignore"):
            self.statistics: NDArray[np.float64] = (self._squares / self._expected).sum(axis=1)
        self.p_values: NDArray[np.float64] = chdtrc(len(classes) - 1, self.statistics)

    @functools.cached_property
    def class_statistics(self) -> NDArray[np.float64]:
        """The statistics of each class against all others, of shape (classes, features)."""
        # What a class has too much is what all others lack.
        others = self._totals - self._expected
        with np.errstate(invalid="ignore"):
            by_class = self._squares / self._expected + self._squares / others
        return np.ascontiguousarray(by_class.T)

    @functools.cached_property
    def class_p_values(self) -> NDArray[np.float64]:
        """The p-values of each class against all others, of shape (classes, features)."""
        by_class: NDArray[np.float64] = chdtrc(1, self.class_statistics)
        return by_class


def chi_square(X: Any, y: ArrayLike) -> ChiSquare:
    """Test for each feature whether it depends on the class.

    The sums of a feature over the documents of each class are compared with those expected if the
    feature were spread by chance (Pearson, 1900; Yang and Pedersen, 1997). Counts, frequencies or
    whether a word occurs suit the test; weights such as TF-IDF work in practice.

    Parameters
    ----------
    X : sparse matrix or array, shape (documents, features)
        None of it negative.
    y : array-like, shape (documents,)
        The class of each document; at least two of them.

    Returns
    -------
    ChiSquare

    Raises
    ------
    ValueError
        If X holds what is negative, infinite or not a number, y has not one label for each
        document, or all documents have the same.

    Examples
    --------
    >>> X = [[3, 0, 1], [2, 0, 1], [0, 4, 1], [0, 1, 1]]
    >>> found = chi_square(X, ["sports", "sports", "economy", "economy"])
    >>> found.statistics.tolist()
    [5.0, 5.0, 0.0]
    >>> found.p_values.round(3).tolist()
    [0.025, 0.025, 1.0]
    """
    matrix = _as_rows(X)
    classes, numbers = _classes_of(y, matrix.shape[0])
    counts = np.bincount(numbers, minlength=len(classes))
    observed = class_sums(
        matrix.indptr.astype(np.int64, copy=False),
        matrix.indices.astype(np.int32, copy=False),
        matrix.data,
        numbers,
        matrix.shape[1],
        len(classes),
    )
    return ChiSquare(observed, counts / len(numbers), classes)


class ChiSquareSelector(Transformer):
    """Keeps the features that depend most on the class, by `chi_square`.

    Parameters
    ----------
    k : int, optional
        How many to keep: those with the highest statistics, of equal ones the later.
    percentile : float, optional
        How many of each hundred to keep; 10 if none of the three is given.
    p_value : float, optional
        Those below it are kept.

    Attributes
    ----------
    test_ : ChiSquare
        Statistics and p-values, of the features and of each class.

    Examples
    --------
    >>> X = np.array([[3, 0, 1], [2, 0, 1], [0, 4, 1], [0, 1, 1]])
    >>> selector = ChiSquareSelector(k=2).fit(X, ["sports", "sports", "economy", "economy"])
    >>> selector.get_support(indices=True).tolist()
    [0, 1]
    >>> selector.get_feature_names_out(["球", "钱", "的"]).tolist()
    ['球', '钱']
    """

    def __init__(
        self,
        k: int | None = None,
        *,
        percentile: float | None = None,
        p_value: float | None = None,
    ):
        self.k = k
        self.percentile = percentile
        self.p_value = p_value

    def fit(self, X: Any, y: ArrayLike) -> ChiSquareSelector:
        """Test the features, and choose.

        Parameters
        ----------
        X : sparse matrix or array, shape (documents, features)
        y : array-like, shape (documents,)

        Returns
        -------
        self

        Raises
        ------
        ValueError
            If `chi_square` does, or more than one way to choose is given.
        """
        self._check_params()
        self.test_ = chi_square(X, y)
        self._support = self._chosen(self.test_)
        self.n_features_in_ = len(self._support)
        return self

    def transform(self, X: Any) -> Any:
        """Return the columns that were kept.

        Parameters
        ----------
        X : sparse matrix or array, shape (documents, features)

        Returns
        -------
        scipy.sparse.csr_matrix or array
            As X is.
        """
        kept = np.flatnonzero(self._fitted())
        matrix = sparse.csr_matrix(X) if sparse.issparse(X) else np.asarray(X)
        if matrix.ndim != 2 or matrix.shape[1] != self.n_features_in_:
            raise ValueError(
                f"X must have {self.n_features_in_} columns, as when it was fitted; "
                f"got shape {matrix.shape}"
            )
        return self._shown(matrix[:, kept])

    def fit_transform(self, X: Any, y: ArrayLike) -> Any:
        """Choose features and return their columns.

        Parameters
        ----------
        X : sparse matrix or array, shape (documents, features)
        y : array-like, shape (documents,)

        Returns
        -------
        scipy.sparse.csr_matrix or array
        """
        return self.fit(X, y).transform(X)

    def get_support(self, indices: bool = False) -> NDArray[Any]:
        """Return which features are kept.

        Parameters
        ----------
        indices : bool
            Whether to return the numbers of their columns.

        Returns
        -------
        bool array of shape (features,), or int array
        """
        return np.flatnonzero(self._fitted()) if indices else self._fitted().copy()

    def get_feature_names_out(self, input_features: Any = None) -> NDArray[np.object_]:
        """Return the names of the columns that were kept.

        Parameters
        ----------
        input_features : array-like of str, optional
            The names of all columns; by default x0, x1 and so on.

        Returns
        -------
        object array of str
        """
        support = self._fitted()
        if input_features is None:
            input_features = [f"x{column}" for column in range(len(support))]
        names = np.array(input_features, dtype=object)
        if names.shape != support.shape:
            raise ValueError(f"expected {len(support)} names, got {len(names)}")
        return names[support]

    _support: NDArray[np.bool_] | None = None

    def _fitted(self) -> NDArray[np.bool_]:
        if self._support is None:
            raise self._not_fitted("fit()")
        return self._support

    def _check_params(self) -> None:
        ways = [self.k, self.percentile, self.p_value]
        if sum(way is not None for way in ways) > 1:
            raise ValueError("give one of k, percentile and p_value")
        if self.k is not None:
            require_count(self.k, "k", 1)
        if self.percentile is not None:
            require_within(self.percentile, "percentile", 0, 100)
        if self.p_value is not None:
            require_within(self.p_value, "p_value", 0, 1)

    def _chosen(self, test: ChiSquare) -> NDArray[np.bool_]:
        """Return which features to keep."""
        if self.p_value is not None:
            return test.p_values < self.p_value
        size = len(test.statistics)
        percentile = DEFAULT_PERCENTILE if self.percentile is None else self.percentile
        wanted = int(size * percentile / 100) if self.k is None else self.k
        # A feature that is 0 everywhere comes last.
        order = np.argsort(np.nan_to_num(test.statistics, nan=-1.0), kind="stable")
        chosen = np.zeros(size, bool)
        chosen[order[max(size - wanted, 0) :]] = True
        return chosen

    def __sklearn_tags__(self) -> Any:
        """Tell scikit-learn that sparse matrices and classes are wanted, and nothing negative."""
        tags = self._tags(sparse=True, positive_only=True)
        tags.target_tags.required = True
        return tags


def _as_rows(X: Any) -> Any:
    """Return X in CSR form, of a type that the kernel takes."""
    matrix = sparse.csr_matrix(X)
    if max(matrix.shape) > LARGEST_INDEX:
        raise ValueError(f"X may have up to 2**31 - 1 rows and columns, got shape {matrix.shape}")
    if matrix.data.dtype.kind in "iub":
        return matrix.astype(np.int64, copy=False)
    if matrix.data.dtype.kind != "f":
        raise ValueError(f"X must hold numbers, got {matrix.data.dtype}")
    return matrix if matrix.data.dtype == np.float32 else matrix.astype(np.float64, copy=False)


def _classes_of(y: ArrayLike, documents: int) -> tuple[NDArray[Any], NDArray[np.int32]]:
    """Return the distinct labels, and the number of each document's."""
    labels = np.asarray(y)
    if labels.shape != (documents,):
        raise ValueError(f"y must have a label for each of {documents} rows, got {labels.shape}")
    if labels.dtype.kind == "f" and not np.isfinite(labels).all():
        raise ValueError("y holds what is not a number")
    classes, numbers = np.unique(labels, return_inverse=True)
    if len(classes) < 2:
        raise ValueError(
            f"y must have at least two classes, got {len(classes)}: nothing can depend on it"
        )
    return classes, numbers.astype(np.int32)
