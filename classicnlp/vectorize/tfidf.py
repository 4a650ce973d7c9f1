"""Documents as words weighed by how rare they are."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import numpy as np

from classicnlp import store
from classicnlp._ext.counted import NORMS, add_column_sums, weigh_rows
from classicnlp._ext.elementary import logs
from classicnlp.vectorize.base import Rows, assembled
from classicnlp.vectorize.counts import CountVectorizer, Vocabulary
from classicnlp.vectorize.reading import Cutting, Document, in_order

if TYPE_CHECKING:
    from numpy.typing import DTypeLike, NDArray

    from classicnlp._ext.alphabet import Alphabet

DTYPES = (np.dtype(np.float64), np.dtype(np.float32))


class TfidfVectorizer(CountVectorizer):
    """Weighs the words of documents by term frequency and inverse document frequency.

    The weight of a word is its count in the document times idf = log((1 + n) / (1 + df)) + 1 of n
    documents of which df have it (Spärck Jones, 1972; Salton and Buckley, 1988), each row then
    divided by its length. It does what scikit-learn's class of this name does, from raw Chinese
    text on: for the same words the matrices are equal.

    Parameters
    ----------
    segmenter, analyzer, ngram_range, stop_words, fold, punctuation, min_df, max_df, max_features,
    vocabulary, binary, workers
        As for `CountVectorizer`.
    dtype : dtype
        float64 or float32.
    norm : {"l2", "l1", None}
        By what rows are divided: the root of the sum of squares, the sum, or nothing.
    use_idf : bool
        Whether counts are multiplied by idf.
    smooth_idf : bool
        Whether idf is computed as if there were one more document, with every word; otherwise it
        is log(n / df) + 1.
    sublinear_tf : bool
        Whether 1 + log(count) stands for a count.

    Attributes
    ----------
    vocabulary_ : dict of str to int
    idf_ : float64 array
        A weight for each column; there is none without ``use_idf``.

    Examples
    --------
    >>> vectorizer = TfidfVectorizer()
    >>> matrix = vectorizer.fit_transform(["我爱北京", "我爱足球"])
    >>> dict(zip(vectorizer.get_feature_names_out(), vectorizer.idf_.round(3).tolist()))
    {'北京': 1.405, '我': 1.0, '爱': 1.0, '足球': 1.405}
    >>> matrix.toarray().round(2).tolist()
    [[0.7, 0.5, 0.5, 0.0], [0.0, 0.5, 0.5, 0.7]]
    """

    kind = "tfidf vectorizer"

    def __init__(
        self,
        segmenter: Cutting = None,
        *,
        analyzer: str = "word",
        ngram_range: tuple[int, int] = (1, 1),
        stop_words: Iterable[str] | None = None,
        fold: bool = True,
        punctuation: bool = False,
        min_df: float = 1,
        max_df: float = 1.0,
        max_features: int | None = None,
        vocabulary: Vocabulary | None = None,
        binary: bool = False,
        dtype: DTypeLike = np.float64,
        norm: str | None = "l2",
        use_idf: bool = True,
        smooth_idf: bool = True,
        sublinear_tf: bool = False,
        workers: int = 1,
    ):
        super().__init__(
            segmenter,
            analyzer=analyzer,
            ngram_range=ngram_range,
            stop_words=stop_words,
            fold=fold,
            punctuation=punctuation,
            min_df=min_df,
            max_df=max_df,
            max_features=max_features,
            vocabulary=vocabulary,
            binary=binary,
            dtype=dtype,
            workers=workers,
        )
        self.norm = norm
        self.use_idf = use_idf
        self.smooth_idf = smooth_idf
        self.sublinear_tf = sublinear_tf

    def transform(self, documents: Iterable[Document]) -> Any:
        """Return the weights of documents.

        Parameters
        ----------
        documents : iterable of str or of lists of str

        Returns
        -------
        scipy.sparse.csr_matrix, shape (documents, features)
            Of ``dtype``.

        Raises
        ------
        ValueError
            If nothing was learnt yet.
        """
        if self.use_idf and self._idf is None:
            raise self._not_fitted()
        return super().transform(documents)

    @property
    def idf_(self) -> NDArray[np.float64]:
        """The weight of each column."""
        if self._idf is None:
            raise AttributeError("there is an idf_ after fit() with use_idf=True")
        return self._idf

    _idf: NDArray[np.float64] | None = None

    def _learn(self, documents: Iterable[Document]) -> list[Rows]:
        check_weighing(self.norm, self.dtype)
        parts = super()._learn(documents)
        self._idf = self._learnt_idf(parts) if self.use_idf else None
        return parts

    def _learnt_idf(self, parts: list[Rows]) -> NDArray[np.float64]:
        features = self._fitted()
        sums = np.zeros((2, len(features)), np.int64)
        for part in parts:
            add_column_sums(part.columns, part.counts, sums)
        more = int(bool(self.smooth_idf))
        frequencies = sums[0] + more
        if not frequencies.all():
            unseen = features.names[int(np.argmin(frequencies))]
            raise ValueError(
                f"{unseen!r} of vocabulary stands in none of the documents, and so has no idf: "
                "leave it out, or use smooth_idf=True"
            )
        documents = sum(len(part.rows) - 1 for part in parts) + more
        return logs(documents / frequencies) + 1.0

    def _matrix(self, parts: list[Rows]) -> Any:
        check_weighing(self.norm, self.dtype)
        weights = weighed(parts, self._idf, self.sublinear_tf, self.norm, self.dtype, self.workers)
        return assembled(parts, weights, len(self._fitted()), self.dtype)

    def to_store(self) -> tuple[dict[str, Any], dict[str, store.Array]]:
        """Return parameters and arrays for a model file."""
        parameters, arrays = super().to_store()
        return parameters, arrays if self._idf is None else {**arrays, "idf": self._idf}

    @classmethod
    def _restored(
        cls,
        parameters: dict[str, Any],
        arrays: dict[str, store.Array],
        alphabet: Alphabet,
        origin: str,
    ) -> TfidfVectorizer:
        vectorizer = super()._restored(parameters, arrays, alphabet, origin)
        assert isinstance(vectorizer, TfidfVectorizer)
        check_weighing(vectorizer.norm, vectorizer.dtype)
        if vectorizer.use_idf:
            idf = np.ascontiguousarray(arrays["idf"], np.float64)
            if idf.shape != (len(vectorizer._fitted()),) or not np.isfinite(idf).all():
                raise ValueError("there must be an idf for each feature")
            vectorizer._idf = idf
        return vectorizer


def check_weighing(norm: Any, dtype: Any) -> None:
    """Raise a ValueError unless rows can be weighed so."""
    if norm not in NORMS:
        raise ValueError(f"norm must be 'l1', 'l2' or None, got {norm!r}")
    if np.dtype(dtype) not in DTYPES:
        raise ValueError(f"dtype must be float64 or float32, got {np.dtype(dtype).name}")


def weighed(
    parts: list[Rows],
    factors: NDArray[np.float64] | None,
    sublinear: bool,
    norm: str | None,
    dtype: DTypeLike,
    workers: int,
) -> list[NDArray[Any]]:
    """Return the weights of the entries of each part."""
    narrow = np.dtype(dtype) == np.float32

    def weigh(part: Rows) -> NDArray[Any]:
        return weigh_rows(*part, factors, bool(sublinear), NORMS[norm], narrow)

    return list(in_order(weigh, parts, workers))
