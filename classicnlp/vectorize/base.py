"""What every vectoriser offers: matrices of documents, names of columns, scikit-learn's manners."""

from __future__ import annotations

import abc
import copy
from collections.abc import Iterable
from importlib import import_module
from typing import TYPE_CHECKING, Any, NamedTuple, Self

import numpy as np
from scipy import sparse

from classicnlp._ext.counted import count_rows, sort_rows
from classicnlp.arrays import offsets_of
from classicnlp.estimator import Estimator
from classicnlp.vectorize.reading import Document, Reader, chunks, in_order

if TYPE_CHECKING:
    from numpy.typing import DTypeLike, NDArray

OUTPUTS = (None, "default", "pandas")
LARGEST_INDEX = np.iinfo(np.int32).max


class Rows(NamedTuple):
    """The counts of some documents, as CSR has them."""

    rows: NDArray[np.int64]
    columns: NDArray[np.int32]
    counts: NDArray[np.int32]

    def placed(self, numbers: NDArray[np.int32] | None) -> Rows:
        """Return them with other columns, sorted; these are used up."""
        rows = sort_rows(self.rows, self.columns, self.counts, numbers)
        return Rows(rows, self.columns[: rows[-1]], self.counts[: rows[-1]])


class Transformer(Estimator):
    """Something that scikit-learn may take for a transformer of its own."""

    _sklearn_output_config: dict[str, str]

    def set_output(self, *, transform: str | None = None) -> Self:
        """Choose what `transform` returns.

        Parameters
        ----------
        transform : {"default", "pandas", None}
            A matrix, or a pandas DataFrame of sparse columns; None changes nothing.

        Returns
        -------
        self
        """
        if transform not in OUTPUTS:
            raise ValueError(f"transform must be 'default' or 'pandas', got {transform!r}")
        if transform is not None:
            self._sklearn_output_config = {"transform": transform}
        return self

    @abc.abstractmethod
    def get_feature_names_out(self, input_features: Any = None) -> NDArray[np.object_]:
        """Return the name of each column."""

    def _shown(self, matrix: Any) -> Any:
        """Return a result in the form that `set_output` chose."""
        if getattr(self, "_sklearn_output_config", {}).get("transform") != "pandas":
            return matrix
        frame = import_module("pandas").DataFrame
        names = self.get_feature_names_out()
        if sparse.issparse(matrix):
            return frame.sparse.from_spmatrix(matrix, columns=names)
        return frame(matrix, columns=names)

    def __sklearn_clone__(self) -> Self:
        """Return one that has learnt nothing, and shares what its parameters hold.

        Segmenters are immutable; scikit-learn would otherwise make new ones that know nothing.
        """
        twin = type(self)(**self.get_params(deep=False))
        if hasattr(self, "_sklearn_output_config"):
            twin._sklearn_output_config = copy.deepcopy(self._sklearn_output_config)
        return twin

    def _tags(self, **inputs: bool) -> Any:
        utils = import_module("sklearn.utils")
        return utils.Tags(
            estimator_type=None,
            target_tags=utils.TargetTags(required=False),
            transformer_tags=utils.TransformerTags(),
            input_tags=utils.InputTags(**inputs),
        )


class Vectorizer(Transformer):
    """Turns documents into rows of a sparse matrix."""

    workers: int

    @abc.abstractmethod
    def fit(self, documents: Iterable[Document], y: Any = None) -> Self:
        """Learn the columns from documents."""

    @abc.abstractmethod
    def transform(self, documents: Iterable[Document]) -> Any:
        """Return the matrix of documents."""

    @abc.abstractmethod
    def fit_transform(self, documents: Iterable[Document], y: Any = None) -> Any:
        """Learn the columns from documents and return their matrix."""

    def __sklearn_tags__(self) -> Any:
        """Tell scikit-learn that documents come in, not numbers."""
        return self._tags(string=True, two_d_array=False)

    @abc.abstractmethod
    def _reader(self) -> Reader:
        """Return what reads documents."""

    def _read(self, documents: Iterable[Document], number: Any, width: int) -> list[Rows]:
        """Return the sorted counts of documents; ``number`` gives the columns of keys."""
        reader = self._reader()

        def read(chunk: list[Document]) -> Rows:
            grams = reader.grams(chunk)
            return Rows(*count_rows(number(grams.keys), grams.offsets, width)).placed(None)

        return list(in_order(read, chunks(documents), self.workers))


def assembled(parts: list[Rows], values: list[NDArray[Any]], width: int, dtype: DTypeLike) -> Any:
    """Return the rows of all parts as one matrix; ``parts`` are used up."""
    ends = [np.diff(part.rows) for part in parts]
    rows = offsets_of(np.concatenate(ends) if ends else np.zeros(0, np.int64))
    if rows[-1] <= LARGEST_INDEX:
        rows = rows.astype(np.int32)
    columns = [part.columns for part in parts]
    parts.clear()
    indices = np.concatenate(columns) if columns else np.zeros(0, np.int32)
    columns.clear()
    data = np.concatenate(values, dtype=dtype) if values else np.zeros(0, dtype)
    values.clear()
    matrix = sparse.csr_matrix((data, indices, rows), shape=(len(rows) - 1, width))
    matrix.has_canonical_format = True
    return matrix
