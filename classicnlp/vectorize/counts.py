"""Documents as counts of words, or of n-grams of words or characters."""

from __future__ import annotations

import itertools
import numbers
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy import sparse

from classicnlp import store
from classicnlp._ext.counted import add_column_sums, count_rows
from classicnlp._ext.interning import Numbering
from classicnlp.arrays import offsets_of
from classicnlp.checks import require_count
from classicnlp.storable import Storable
from classicnlp.vectorize.base import Rows, Vectorizer, assembled
from classicnlp.vectorize.features import Features
from classicnlp.vectorize.reading import Cutting, Document, Reader, checked_words, chunks, in_order

if TYPE_CHECKING:
    from numpy.typing import DTypeLike, NDArray

    from classicnlp._ext.alphabet import Alphabet

Vocabulary = Mapping[str, int] | Iterable[str]


class CountVectorizer(Vectorizer, Storable):
    """Counts the words of documents: a row for each document, a column for each word.

    It does what scikit-learn's class of this name does, from raw Chinese text on, and no str is
    made of a word on the way. With scikit-learn it works in pipelines, searches and unions.

    Parameters
    ----------
    segmenter : str, path, segmenter, pipeline or callable, optional
        What cuts documents into words: the name or path of a model (by default that of
        `classicnlp.load`), anything that this package cuts with, or a function from a text to a
        list of words. Documents that are lists of words are taken as they are, every word of them.
    analyzer : {"word", "char"}
        Whether features are of words, or of characters, of which two or more blanks in a row are
        one space.
    ngram_range : (int, int)
        The fewest and the most words, or characters, of a feature. There is a space between words.
    stop_words : iterable of str, optional
        Words that are left out before n-grams are made.
    fold : bool
        Whether words are the same that differ only in width, capitals or script; features then
        have the names that `classicnlp.fold` gives.
    punctuation : bool
        Whether words without any letter or digit count, unless they are blank.
    min_df, max_df : int or float
        In how many documents a feature must stand at least and may stand at most: a number of
        them if an int, a share of all if a float.
    max_features : int, optional
        Only so many features are kept: those with the highest counts over all documents, of
        equal ones those whose names come first.
    vocabulary : iterable of str or mapping of str to int, optional
        The features, in the order of their columns; nothing is then learnt, and the four
        parameters before this one are ignored.
    binary : bool
        Whether every count above 1 is 1.
    dtype : dtype
        Of the matrix.
    workers : int
        Threads; the result is the same for any number.

    Attributes
    ----------
    vocabulary_ : dict of str to int
        The column of each feature; by default they stand in the order of their names.

    Examples
    --------
    >>> vectorizer = CountVectorizer()
    >>> matrix = vectorizer.fit_transform(["我爱北京", "北京爱我，我爱北京！"])
    >>> vectorizer.get_feature_names_out().tolist()
    ['北京', '我', '爱']
    >>> matrix.toarray().tolist()
    [[1, 1, 1], [2, 2, 2]]
    """

    kind = "count vectorizer"

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
        dtype: DTypeLike = np.int64,
        workers: int = 1,
    ):
        self.segmenter = segmenter
        self.analyzer = analyzer
        self.ngram_range = ngram_range
        self.stop_words = stop_words
        self.fold = fold
        self.punctuation = punctuation
        self.min_df = min_df
        self.max_df = max_df
        self.max_features = max_features
        self.vocabulary = vocabulary
        self.binary = binary
        self.dtype = dtype
        self.workers = workers

    def fit(self, documents: Iterable[Document], y: Any = None) -> CountVectorizer:
        """Learn the features of documents.

        Parameters
        ----------
        documents : iterable of str or of lists of str
        y : ignored

        Returns
        -------
        self

        Raises
        ------
        TypeError
            If ``documents`` is one str, or a document is neither str nor list of str.
        ValueError
            If a parameter is out of range, or no feature is left.
        """
        self._learn(documents)
        return self

    def transform(self, documents: Iterable[Document]) -> Any:
        """Return the counts of documents.

        Parameters
        ----------
        documents : iterable of str or of lists of str

        Returns
        -------
        scipy.sparse.csr_matrix, shape (documents, features)
            Of ``dtype``; words that are no features are not counted.

        Raises
        ------
        ValueError
            If nothing was learnt yet, and there is no ``vocabulary``.
        """
        return self._shown(self._matrix(self._counted(documents)))

    def fit_transform(self, documents: Iterable[Document], y: Any = None) -> Any:
        """Learn the features of documents and return their counts; the documents are read once.

        Parameters
        ----------
        documents : iterable of str or of lists of str
        y : ignored

        Returns
        -------
        scipy.sparse.csr_matrix
        """
        return self._shown(self._matrix(self._learn(documents)))

    def get_feature_names_out(self, input_features: Any = None) -> NDArray[np.object_]:
        """Return the name of each column.

        Parameters
        ----------
        input_features : ignored

        Returns
        -------
        object array of str
        """
        return np.array(self._fitted().names, dtype=object)

    @property
    def vocabulary_(self) -> dict[str, int]:
        """The column of each feature."""
        return {name: column for column, name in enumerate(self._fitted().names)}

    def inverse_transform(self, X: Any) -> list[NDArray[np.object_]]:
        """Return the features that each row of a matrix has.

        Parameters
        ----------
        X : sparse matrix or array, shape (documents, features)

        Returns
        -------
        list of object arrays of str
        """
        matrix = sparse.csr_matrix(X, copy=True)
        names = self.get_feature_names_out()
        if matrix.shape[1] != len(names):
            raise ValueError(f"X must have {len(names)} columns, got {matrix.shape[1]}")
        matrix.eliminate_zeros()
        rows = itertools.pairwise(matrix.indptr.tolist())
        return [names[matrix.indices[low:high]] for low, high in rows]

    _features: Features | None = None

    def _fitted(self) -> Features:
        if self._features is None:
            if self.vocabulary is None:
                raise self._not_fitted()
            self._features = self._given_features(self._reader())
        return self._features

    def _reader(self) -> Reader:
        return Reader(
            self.segmenter,
            self.analyzer,
            self.ngram_range,
            self.stop_words,
            self.fold,
            self.punctuation,
        )

    def _counted(self, documents: Iterable[Document]) -> list[Rows]:
        """Return the counts of documents by the features that were learnt."""
        features = self._fitted()
        return self._binary(self._read(documents, features.numbers, len(features)))

    def _binary(self, parts: list[Rows]) -> list[Rows]:
        if self.binary:
            for part in parts:
                part.counts.fill(1)
        return parts

    def _matrix(self, parts: list[Rows]) -> Any:
        counts = [part.counts for part in parts]
        return assembled(parts, counts, len(self._fitted()), np.dtype(self.dtype))

    def _learn(self, documents: Iterable[Document]) -> list[Rows]:
        """Learn the features of documents; return their counts."""
        reader = self._reader()
        if self.vocabulary is not None:
            self._features = self._given_features(reader)
            return self._counted(documents)
        least_and_most = self.min_df, self.max_df, self.max_features
        for bound, name in zip(least_and_most, ("min_df", "max_df", "max_features"), strict=True):
            _check_bound(bound, name)
        found, parts = self._all_counted(reader, documents)
        chosen = self._chosen(found, self._binary(parts))
        self._features = found.taken(chosen)
        columns = np.full(len(found), -1, np.int32)
        columns[chosen] = np.arange(len(chosen), dtype=np.int32)
        return list(in_order(lambda part: part.placed(columns), parts, self.workers))

    def _all_counted(
        self, reader: Reader, documents: Iterable[Document]
    ) -> tuple[Features, list[Rows]]:
        """Return all features in the order of their first occurrence, and their counts."""
        numbering = Numbering()
        parts, letters, lengths = [], [], []
        for bag, keys, offsets in in_order(reader.grams, chunks(documents), self.workers):
            columns, fresh = numbering.add(keys)
            parts.append(Rows(*count_rows(columns, offsets, len(numbering))))
            own_letters, own_lengths = reader.names(bag, fresh)
            letters.append(own_letters)
            lengths.append(own_lengths)
        if not len(numbering):
            raise ValueError(
                "the documents have no words: they are empty, or hold stop words, punctuation and "
                "blanks alone"
            )
        offsets = offsets_of(np.concatenate(lengths))
        return Features(np.concatenate(letters), offsets, numbering.keys()), parts

    def _chosen(self, found: Features, parts: list[Rows]) -> NDArray[np.intp]:
        """Return the features to keep, in the order of their names."""
        sums = np.zeros((2, len(found)), np.int64)
        for part in parts:
            add_column_sums(part.columns, part.counts, sums)
        frequencies, totals = sums
        documents = sum(len(part.rows) - 1 for part in parts)
        least, most = (
            bound if isinstance(bound, numbers.Integral) else bound * documents
            for bound in (self.min_df, self.max_df)
        )
        if most < least:
            raise ValueError(
                f"max_df={self.max_df} means fewer documents than min_df={self.min_df}"
            )
        kept = np.flatnonzero((frequencies >= least) & (frequencies <= most))
        if not len(kept):
            raise ValueError("no feature is left: lower min_df or raise max_df")
        kept = kept[found.taken(kept).in_order()]
        if self.max_features is not None:
            best = np.argsort(-totals[kept], kind="stable")[: self.max_features]
            kept = kept[np.sort(best)]
        return kept

    def _given_features(self, reader: Reader) -> Features:
        assert self.vocabulary is not None
        names = _in_columns(self.vocabulary)
        keys = reader.keys_of(names)
        if len(np.unique(keys)) < len(keys):
            folded = ", once they are folded" if self.fold else ""
            raise ValueError(f"vocabulary must have each feature once{folded}")
        return Features.of(names, keys)

    def to_store(self) -> tuple[dict[str, Any], dict[str, store.Array]]:
        """Return parameters and arrays for a model file."""
        arrays = self._fitted().to_arrays()
        return stored_parameters(self), arrays

    @classmethod
    def _restored(
        cls,
        parameters: dict[str, Any],
        arrays: dict[str, store.Array],
        alphabet: Alphabet,
        origin: str,
    ) -> CountVectorizer:
        features = Features.from_arrays(arrays)
        vectorizer = cls(**restored_parameters(parameters))
        vectorizer._features = features
        if parameters["fixed"]:
            vectorizer.vocabulary = features.names
        return vectorizer


def _check_bound(value: Any, name: str) -> None:
    """Raise an error unless ``value`` is what `CountVectorizer` takes."""
    if name == "max_features":
        if value is not None:
            require_count(value, name, 1)
    elif isinstance(value, (float, np.floating)):
        if not 0 <= value <= 1:
            raise ValueError(f"{name} must be a share in 0 ... 1 or a whole number, got {value}")
    else:
        require_count(value, name, 1)


def _in_columns(vocabulary: Vocabulary) -> list[str]:
    """Return the names of a given vocabulary in the order of their columns."""
    if isinstance(vocabulary, Mapping):
        names = checked_words(vocabulary, "vocabulary")
        columns = [vocabulary[name] for name in names]
        if sorted(columns) != list(range(len(names))):
            raise ValueError(
                f"vocabulary must map {len(names)} features to the columns 0 ... {len(names) - 1}"
            )
        names = [name for _, name in sorted(zip(columns, names, strict=True))]
    else:
        names = checked_words(vocabulary, "vocabulary")
        if isinstance(vocabulary, (set, frozenset)):
            names.sort()
    if not names:
        raise ValueError("vocabulary must not be empty")
    return names


def stored_parameters(vectorizer: CountVectorizer) -> dict[str, Any]:
    """Return the parameters of a vectoriser as a model file holds them."""
    parameters = vectorizer.get_params(deep=False)
    # The names that a fixed vocabulary gives stand in an array.
    parameters["fixed"] = parameters.pop("vocabulary") is not None
    segmenter = parameters["segmenter"]
    if segmenter is not None:
        try:
            parameters["segmenter"] = str(segmenter.__fspath__())
        except AttributeError:
            if not isinstance(segmenter, str):
                raise ValueError(
                    "a vectorizer is saved with the name or the path of its segmenter's model: "
                    "save the model and give its path as segmenter"
                ) from None
    if parameters["stop_words"] is not None:
        parameters["stop_words"] = sorted(parameters["stop_words"])
    parameters["ngram_range"] = list(parameters["ngram_range"])
    parameters["dtype"] = np.dtype(parameters["dtype"]).name
    return parameters


def restored_parameters(parameters: dict[str, Any]) -> dict[str, Any]:
    """Return what `stored_parameters` was given."""
    return {
        **{name: value for name, value in parameters.items() if name != "fixed"},
        "ngram_range": tuple(parameters["ngram_range"]),
        "dtype": np.dtype(parameters["dtype"]).type,
    }
