"""Documents to classes: scikit-learn's linear SVM over our features, in a model file of ours."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from importlib import import_module
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy import sparse

from classicnlp import store
from classicnlp.checks import as_names
from classicnlp.estimator import Estimator
from classicnlp.storable import Storable, tables_of
from classicnlp.vectorize.chi_square import ChiSquareSelector
from classicnlp.vectorize.reading import Cutting, Document
from classicnlp.vectorize.tfidf import TfidfVectorizer

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from classicnlp._ext.alphabet import Alphabet

INSTALL = "training a classifier needs scikit-learn: pip install 'classicnlp[sklearn]'"

Range = tuple[int, int]


class DocumentClassifier(Estimator, Storable):
    """Tells the class of documents.

    TF-IDF weights of words and of characters, those of them that depend most on the class by
    `chi_square`, and a linear support vector machine that scikit-learn trains (Fan, Chang, Hsieh,
    Wang and Lin, 2008). To predict and to load a saved one, scikit-learn is not needed.

    Parameters
    ----------
    segmenter : str, path, segmenter, pipeline or callable, optional
        What cuts documents into words, as for `CountVectorizer`.
    word_ngrams, char_ngrams : (int, int) or None
        The fewest and the most words, or characters, of a feature; None for no such features.
    percentile : float
        How many of each hundred features are kept.
    C : float
        How much errors in training cost; the smaller, the smoother.
    workers : int
        Threads that read documents; the result is the same for any number.

    Attributes
    ----------
    classes_ : tuple of str
        The labels, sorted.

    Examples
    --------
    >>> texts = ["球队赢了比赛", "股市今天上涨", "球员进球了", "银行降低利率"] * 3
    >>> labels = ["sports", "economy", "sports", "economy"] * 3
    >>> classifier = DocumentClassifier(percentile=100).fit(texts, labels)
    >>> classifier.predict(["球员在比赛中进球"])
    ['sports']
    """

    kind = "document classifier"

    def __init__(
        self,
        segmenter: Cutting = None,
        *,
        word_ngrams: Range | None = (1, 1),
        char_ngrams: Range | None = (1, 2),
        percentile: float = 50.0,
        C: float = 0.3,
        workers: int = 1,
    ):
        self.segmenter = segmenter
        self.word_ngrams = word_ngrams
        self.char_ngrams = char_ngrams
        self.percentile = percentile
        self.C = C
        self.workers = workers

    def fit(self, documents: Iterable[Document], labels: Sequence[str]) -> DocumentClassifier:
        """Learn from documents whose class is known.

        Parameters
        ----------
        documents : iterable of str or of lists of str
        labels : sequence of str
            The class of each document; at least two of them.

        Returns
        -------
        self

        Raises
        ------
        ImportError
            If scikit-learn is not installed; it names the command that installs it.
        ValueError
            If a parameter is out of range, the numbers of documents and labels differ, or all
            documents have the same class.
        """
        try:
            svm = import_module("sklearn.svm")
        except ImportError:
            raise ImportError(INSTALL) from None
        kept = list(documents) if not isinstance(documents, (str, bytes)) else documents
        wanted = list(labels)
        for label in wanted:
            if not isinstance(label, str):
                raise TypeError(f"labels must be str, got {type(label).__name__}")
        vectorizers = self._vectorizers()
        matrix = sparse.hstack([part.fit_transform(kept) for part in vectorizers], format="csr")
        selector = ChiSquareSelector(percentile=self.percentile)
        chosen = selector.fit_transform(matrix, wanted)
        machine = svm.LinearSVC(C=self.C, random_state=0).fit(chosen, wanted)
        self._parts = vectorizers
        self._kept = selector.get_support(indices=True)
        self._weights = np.ascontiguousarray(machine.coef_.T)
        self._offsets = np.asarray(machine.intercept_, np.float64).reshape(-1)
        self.classes_ = tuple(map(str, machine.classes_))
        return self

    def decision_function(self, documents: Iterable[Document]) -> NDArray[np.float64]:
        """Return how far documents are on the side of each class.

        Parameters
        ----------
        documents : iterable of str or of lists of str

        Returns
        -------
        float64 array, shape (documents, classes)
            Of two classes the first has what the second has with the other sign.
        """
        vectorizers = self._fitted()
        kept = list(documents) if not isinstance(documents, (str, bytes)) else documents
        matrix = sparse.hstack([part.transform(kept) for part in vectorizers], format="csr")
        scores = np.asarray(matrix[:, self._kept] @ self._weights) + self._offsets
        return np.hstack((-scores, scores)) if len(self.classes_) == 2 else scores

    def predict(self, documents: Iterable[Document]) -> list[str]:
        """Return the class of each document.

        Parameters
        ----------
        documents : iterable of str or of lists of str

        Returns
        -------
        list of str
            Of classes that are equally likely the first.
        """
        best = np.argmax(self.decision_function(documents), axis=1)
        return [self.classes_[number] for number in best.tolist()]

    def score(self, documents: Iterable[Document], labels: Sequence[str]) -> float:
        """Return the share of documents whose class is told rightly."""
        predicted = self.predict(documents)
        wanted = list(labels)
        if len(wanted) != len(predicted) or not wanted:
            raise ValueError(
                f"expected a label for each of {len(predicted)} documents, got {len(wanted)}"
            )
        return sum(map(str.__eq__, predicted, wanted)) / len(wanted)

    _parts: list[TfidfVectorizer] | None = None

    def _fitted(self) -> list[TfidfVectorizer]:
        if self._parts is None:
            raise self._not_fitted()
        return self._parts

    def _vectorizers(self) -> list[TfidfVectorizer]:
        ranges = {"word": self.word_ngrams, "char": self.char_ngrams}
        if not any(ranges.values()):
            raise ValueError("give word_ngrams, char_ngrams or both")
        return [
            TfidfVectorizer(
                self.segmenter if analyzer == "word" else None,
                analyzer=analyzer,
                ngram_range=ngram_range,
                sublinear_tf=True,
                workers=self.workers,
            )
            for analyzer, ngram_range in ranges.items()
            if ngram_range is not None
        ]

    def to_store(self) -> tuple[dict[str, Any], dict[str, store.Array]]:
        """Return parameters and arrays for a model file."""
        parts: list[dict[str, Any]] = []
        arrays: dict[str, store.Array] = {}
        for number, part in enumerate(self._fitted()):
            parameters, own = part.to_store()
            parts.append(parameters)
            arrays |= store.nested(f"part{number}", own)
        arrays |= {"kept": self._kept, "weights": self._weights, "offsets": self._offsets}
        params = {name: value for name, value in self.get_params().items() if name != "segmenter"}
        return {"params": params, "parts": parts, "classes": list(self.classes_)}, arrays

    @classmethod
    def _restored(
        cls,
        parameters: dict[str, Any],
        arrays: dict[str, store.Array],
        alphabet: Alphabet,
        origin: str,
    ) -> DocumentClassifier:
        params = dict(parameters["params"])
        for name in ("word_ngrams", "char_ngrams"):
            params[name] = params[name] and tuple(params[name])
        classifier = cls(**params)
        classifier.classes_ = as_names(parameters["classes"], "classes")
        classifier._parts = [
            TfidfVectorizer.from_store(own, store.within(f"part{number}", arrays), origin)
            for number, own in enumerate(parameters["parts"])
        ]
        if not classifier._parts:
            raise ValueError("it has no features")
        classifier.segmenter = classifier._parts[0].segmenter
        tables = tables_of(arrays)
        classifier._kept = np.ascontiguousarray(tables["kept"], np.int64)
        classifier._weights = np.ascontiguousarray(tables["weights"], np.float64)
        classifier._offsets = np.ascontiguousarray(tables["offsets"], np.float64)
        classifier._check_tables()
        return classifier

    def _check_tables(self) -> None:
        width = sum(len(part.vocabulary_) for part in self._fitted())
        columns = 1 if len(self.classes_) == 2 else len(self.classes_)
        if (
            self._kept.ndim != 1
            or (len(self._kept) and not 0 <= self._kept.min() <= self._kept.max() < width)
            or self._weights.shape != (len(self._kept), columns)
            or self._offsets.shape != (columns,)
        ):
            raise ValueError("kept features, weights and offsets do not fit")
