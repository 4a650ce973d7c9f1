"""Documents as the mean of their words' vectors."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from classicnlp.text import fold as folded
from classicnlp.vectorize.base import Transformer
from classicnlp.vectorize.reading import Cutting, Document
from classicnlp.vectorize.tfidf import TfidfVectorizer

if TYPE_CHECKING:
    from numpy.typing import NDArray


class WordVectors(Protocol):
    """Words and a vector for each, such as `classicnlp.embed.KeyedVectors`."""

    @property
    def words(self) -> Sequence[str]:
        """The words, by row."""

    @property
    def vectors(self) -> NDArray[Any]:
        """Their vectors, of shape (words, dimensions)."""


class VectorAverager(Transformer):
    """Turns documents into the mean of the vectors of their words.

    Parameters
    ----------
    vectors : KeyedVectors, or anything else with ``words`` and ``vectors``
        Of words that are the same once they are folded the first counts.
    segmenter, stop_words, fold, workers
        As for `CountVectorizer`.
    use_idf : bool
        Whether words count by inverse document frequency, which `fit` learns; otherwise each
        occurrence counts the same.

    Examples
    --------
    >>> from types import SimpleNamespace
    >>> known = SimpleNamespace(words=["我", "北京"], vectors=np.array([[0.0, 1.0], [2.0, 0.0]]))
    >>> VectorAverager(known).transform(["我爱北京", "她"]).tolist()
    [[1.0, 0.5], [0.0, 0.0]]
    """

    def __init__(
        self,
        vectors: WordVectors,
        segmenter: Cutting = None,
        *,
        stop_words: Iterable[str] | None = None,
        fold: bool = True,
        use_idf: bool = False,
        workers: int = 1,
    ):
        self.vectors = vectors
        self.segmenter = segmenter
        self.stop_words = stop_words
        self.fold = fold
        self.use_idf = use_idf
        self.workers = workers

    def fit(self, documents: Iterable[Document], y: Any = None) -> VectorAverager:
        """Learn how rare words are, if ``use_idf``; else only look at the parameters.

        Parameters
        ----------
        documents : iterable of str or of lists of str
        y : ignored

        Returns
        -------
        self
        """
        weighing = self._weighing()
        if self.use_idf:
            weighing.fit(documents)
        self._weights = weighing
        return self

    def transform(self, documents: Iterable[Document]) -> Any:
        """Return the mean vector of each document.

        Parameters
        ----------
        documents : iterable of str or of lists of str

        Returns
        -------
        float32 array, shape (documents, dimensions)
            A document without any known word is 0.
        """
        weights = self._fitted().transform(documents)
        means = weights @ self._table
        return self._shown(np.asarray(means, np.float32))

    def fit_transform(self, documents: Iterable[Document], y: Any = None) -> Any:
        """Learn from documents and return their mean vectors."""
        kept = list(documents) if not isinstance(documents, (str, bytes)) else documents
        return self.fit(kept).transform(kept)

    def get_feature_names_out(self, input_features: Any = None) -> NDArray[np.object_]:
        """Return a name for each dimension: vector0, vector1 and so on."""
        self._fitted()
        return np.array([f"vector{i}" for i in range(self._table.shape[1])], dtype=object)

    _weights: TfidfVectorizer | None = None

    def _fitted(self) -> TfidfVectorizer:
        if self._weights is None:
            if self.use_idf:
                raise self._not_fitted("fit()")
            self._weights = self._weighing()
        return self._weights

    def _weighing(self) -> TfidfVectorizer:
        """Return what weighs the words of a document so that the weights sum to 1."""
        words = list(self.vectors.words)
        table = np.asarray(self.vectors.vectors)
        if table.ndim != 2 or len(table) != len(words) or not words:
            raise ValueError(
                f"expected a vector for each of {len(words)} words, got shape {table.shape}"
            )
        rows = {folded(word) if self.fold else word: i for i, word in reversed([*enumerate(words)])}
        names = sorted(rows, key=rows.__getitem__)
        kept = np.fromiter((rows[name] for name in names), np.intp, len(names))
        # Vectors are large: they are copied only where some of them are left out.
        self._table = table if len(kept) == len(table) else table[kept]
        return TfidfVectorizer(
            self.segmenter,
            stop_words=self.stop_words,
            fold=self.fold,
            vocabulary=names,
            norm="l1",
            use_idf=self.use_idf,
            dtype=np.float32,
            workers=self.workers,
        )

    def __sklearn_tags__(self) -> Any:
        """Tell scikit-learn that documents come in, not numbers."""
        return self._tags(string=True, two_d_array=False)
