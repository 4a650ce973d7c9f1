"""Documents as counts of words in columns that a hash names, so that nothing has to be learnt."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import numpy as np

from classicnlp.checks import require_count
from classicnlp.vectorize.base import Rows, Vectorizer, assembled
from classicnlp.vectorize.reading import Cutting, Document, Reader
from classicnlp.vectorize.tfidf import check_weighing, weighed

if TYPE_CHECKING:
    from numpy.typing import DTypeLike, NDArray

MOST_FEATURES = 1 << 28


class HashingVectorizer(Vectorizer):
    """Counts the words of documents in columns that a hash of the word names.

    Nothing is learnt, so that any amount of text may stream by, and matrices made in different
    places fit together; but columns have no names, and words may share one (Weinberger, Dasgupta,
    Langford, Smola and Attenberg, 2009). A word has the same column on any machine.

    Parameters
    ----------
    segmenter, analyzer, ngram_range, stop_words, fold, punctuation, workers
        As for `CountVectorizer`.
    n_features : int
        Columns, up to 2**28.
    binary : bool
        Whether every count above 1 is 1.
    norm : {"l2", "l1", None}
        By what rows are divided: the root of the sum of squares, the sum of amounts, or nothing.
    alternate_sign : bool
        Whether half of the words count negative, so that the inner product of two rows is, on
        average over hashes, the one without shared columns.
    dtype : dtype
        float64 or float32.

    Examples
    --------
    >>> matrix = HashingVectorizer(norm=None, alternate_sign=False).transform(["我爱北京，北京！"])
    >>> matrix.shape, sorted(matrix.data.tolist())
    ((1, 1048576), [1.0, 1.0, 2.0])
    """

    def __init__(
        self,
        segmenter: Cutting = None,
        *,
        analyzer: str = "word",
        ngram_range: tuple[int, int] = (1, 1),
        stop_words: Iterable[str] | None = None,
        fold: bool = True,
        punctuation: bool = False,
        n_features: int = 1 << 20,
        binary: bool = False,
        norm: str | None = "l2",
        alternate_sign: bool = True,
        dtype: DTypeLike = np.float64,
        workers: int = 1,
    ):
        self.segmenter = segmenter
        self.analyzer = analyzer
        self.ngram_range = ngram_range
        self.stop_words = stop_words
        self.fold = fold
        self.punctuation = punctuation
        self.n_features = n_features
        self.binary = binary
        self.norm = norm
        self.alternate_sign = alternate_sign
        self.dtype = dtype
        self.workers = workers

    def fit(self, documents: Iterable[Document], y: Any = None) -> HashingVectorizer:
        """Check the parameters; there is nothing to learn.

        Parameters
        ----------
        documents : ignored
        y : ignored

        Returns
        -------
        self
        """
        self._fitted()
        return self

    def transform(self, documents: Iterable[Document]) -> Any:
        """Return the matrix of documents.

        Parameters
        ----------
        documents : iterable of str or of lists of str

        Returns
        -------
        scipy.sparse.csr_matrix, shape (documents, n_features)
            Of ``dtype``.

        Raises
        ------
        ValueError
            If a parameter is out of range.
        """
        width = self._fitted()
        parts = [self._merged(part) for part in self._read(documents, self._columns, 2 * width)]
        weights = weighed(parts, None, False, self.norm, self.dtype, self.workers)
        return self._shown(assembled(parts, weights, width, self.dtype))

    def fit_transform(self, documents: Iterable[Document], y: Any = None) -> Any:
        """Return the matrix of documents, as `transform` does."""
        return self.transform(documents)

    def get_feature_names_out(self, input_features: Any = None) -> NDArray[np.object_]:
        """Return names made of the numbers of columns, since a hash cannot be read backwards.

        Returns
        -------
        object array of str
        """
        return np.array([f"hash{column}" for column in range(self._fitted())], dtype=object)

    def _columns(self, keys: NDArray[np.uint64]) -> NDArray[np.int32]:
        """Return twice the column of each key, and one more where a word counts negative."""
        columns = (keys >> np.uint64(1)) % np.uint64(self.n_features) << np.uint64(1)
        if self.alternate_sign:
            columns |= keys & np.uint64(1)
        return columns.astype(np.int32)

    def _merged(self, part: Rows) -> Rows:
        """Return counts with signs, the two of a column added up."""
        rows, columns, counts = part
        first = np.ones(len(columns), bool)
        first[1:] = columns[1:] >> 1 != columns[:-1] >> 1
        first[rows[:-1][np.diff(rows) > 0]] = True
        before = np.concatenate(([0], np.cumsum(first)))
        signed = np.where(columns & 1, -counts, counts)
        sums = np.add.reduceat(signed, np.flatnonzero(first)) if len(signed) else signed
        if self.binary:
            sums.fill(1)
        return Rows(before[rows], columns[first] >> 1, sums.astype(np.int32))

    def _fitted(self) -> int:
        check_weighing(self.norm, self.dtype)
        return require_count(self.n_features, "n_features", 1, MOST_FEATURES)

    def _reader(self) -> Reader:
        return Reader(
            self.segmenter,
            self.analyzer,
            self.ngram_range,
            self.stop_words,
            self.fold,
            self.punctuation,
        )
