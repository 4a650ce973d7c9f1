"""Words with a vector each: made, measured, grouped, read and written."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Self

import numpy as np

from classicnlp import store
from classicnlp._ext.alphabet import Alphabet
from classicnlp._ext.nearest import MOST_DIMENSIONS
from classicnlp.embed.nearest import Index, Sketch
from classicnlp.embed.similar import SimilarWords
from classicnlp.storable import Storable
from classicnlp.wordlist import WordList

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from classicnlp.embed.clusters import Clusters
    from classicnlp.embed.evaluation import AnalogyScore, SimilarityScore
    from classicnlp.embed.formats import Duplicates, Errors, Format
    from classicnlp.embed.similar import Method, Restrict, Vector

TYPES = ("float32", "float16")


class KeyedVectors(SimilarWords, Storable):
    """Words with a vector each; immutable.

    Similarity is the cosine of two vectors; that of a vector of zeros is 0 to all. What is searched
    for is found exactly, as if every vector had been compared, and is the same on every machine; of
    words that are equally similar the first one of the list comes first.

    Parameters
    ----------
    words : iterable of str
        Distinct; the most frequent ones first, where that is known.
    vectors : float32 or float16 array, shape (words, dimensions)
        Finite numbers, up to 65,536 dimensions. Copied unless it is read-only; other types are
        converted to float32.
    vector_of : callable, optional
        What gives the vector of a word that is not there, or None: a model with subwords. It is
        not saved.

    Attributes
    ----------
    words : WordList
        The words by number; a sequence of str.
    vectors : float32 or float16 array, shape (words, dimensions)
        Read-only.
    vector_of : callable or None

    Raises
    ------
    ValueError
        If a word is there twice, there is not one vector for each, or one is not finite.

    Examples
    --------
    >>> vectors = KeyedVectors(["北京", "上海", "吃"], [[3, 1], [2, 1], [-1, 2]])
    >>> vectors["上海"].tolist()
    [2.0, 1.0]
    >>> vectors.most_similar("北京", k=1)
    [Neighbour(word='上海', similarity=0.98994949...)]
    >>> vectors.doesnt_match(["北京", "上海", "吃"])
    '吃'
    """

    kind = "table of word vectors"

    def __init__(
        self,
        words: Iterable[str],
        vectors: Any,
        vector_of: Callable[[str], Vector | None] | None = None,
    ):
        self.words = words if isinstance(words, WordList) else WordList(words)
        self.vectors = _checked_vectors(vectors, len(self.words))
        self.vector_of = vector_of
        self._index = Index(self.vectors)

    def __repr__(self) -> str:
        kind = "" if self.vectors.dtype == np.float32 else f" of {self.vectors.dtype}"
        return f"<KeyedVectors of {len(self):,} words, {self.dimensions} dimensions{kind}>"

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (list(self.words), self.vectors, self.vector_of)

    def astype(self, dtype: str) -> KeyedVectors:
        """Return the same words with numbers of another type.

        Parameters
        ----------
        dtype : {"float32", "float16"}
            Halves take half the room; a cosine changes by about 0.0001.

        Returns
        -------
        KeyedVectors

        Raises
        ------
        ValueError
            If a number is too large for the type.
        """
        if np.dtype(dtype).name not in TYPES:
            raise ValueError(f"dtype must be {' or '.join(TYPES)}, got {dtype!r}")
        if np.dtype(dtype) == self.vectors.dtype:
            return self
        with np.errstate(over="ignore"):
            converted = self.vectors.astype(dtype)
        converted.flags.writeable = False
        return KeyedVectors(self.words, converted, self.vector_of)

    # What is in a room of its own.

    def cluster(
        self, k: int, words: Iterable[str] | None = None, seed: int = 0, iterations: int = 50
    ) -> Clusters:
        """Return groups of similar words, by k-means over vectors of length 1.

        Spherical k-means (Dhillon and Modha, 2001), begun as k-means++ (Arthur and Vassilvitskii,
        2007).

        Parameters
        ----------
        k : int
            How many groups.
        words : iterable of str, optional
            Which words; by default all.
        seed : int
            Where the first centres come from.
        iterations : int
            At most so many passes; it ends earlier when no word changes its group.

        Returns
        -------
        Clusters

        Raises
        ------
        UnknownWordError
            If a word has no vector.
        ValueError
            If there are fewer words than groups.
        """
        from classicnlp.embed.clusters import cluster

        return cluster(self, k, words, seed, iterations)

    def evaluate_similarity(
        self, pairs: str | os.PathLike[str] | Iterable[tuple[str, str, float]]
    ) -> SimilarityScore:
        """Return how well similarities agree with what people say (Spearman, 1904).

        Parameters
        ----------
        pairs : path, or iterable of (word, word, score)
            Of a file each line is a pair and its score, between tabs or spaces; lines that begin
            with ``#`` are skipped.

        Returns
        -------
        SimilarityScore
            The rank correlation over the pairs whose words are both known, and how many are not.

        Raises
        ------
        CorpusError
            If a line is no pair with a score.
        """
        from classicnlp.embed.evaluation import evaluate_similarity

        return evaluate_similarity(self, pairs)

    def evaluate_analogies(
        self,
        questions: str | os.PathLike[str] | Mapping[str, Iterable[Sequence[str]]],
        method: Method = "add",
        restrict: Restrict = None,
        workers: int = 1,
    ) -> AnalogyScore:
        """Return how many analogies are solved: the best answer is the expected word.

        Parameters
        ----------
        questions : path, or mapping from sections to iterables of (a, b, c, expected)
            Of a file each line is a question, ``: name`` begins a section.
        method, restrict, workers
            As in `analogies`.

        Returns
        -------
        AnalogyScore
            By section: solved, asked, and how many were left out for a word that is not known.

        Raises
        ------
        CorpusError
            If a line has not four words.
        """
        from classicnlp.embed.evaluation import evaluate_analogies

        return evaluate_analogies(self, questions, method, restrict, workers)

    def project(self, words: Iterable[str], dimensions: int = 2) -> NDArray[np.float64]:
        """Return words as points on the principal axes of their vectors (Pearson, 1901).

        Parameters
        ----------
        words : iterable of str
        dimensions : int

        Returns
        -------
        float64 array, shape (words, dimensions)
            The number that is largest on an axis is positive.
        """
        from classicnlp.embed.plotting import project

        return project(self[list(words)], dimensions)

    def plot(
        self,
        words: Iterable[str],
        path: str | os.PathLike[str] | None = None,
        font: str | os.PathLike[str] | None = None,
        groups: Sequence[int] | None = None,
    ) -> Any:
        """Draw words as points in a plane; needs the extra ``plot``.

        Parameters
        ----------
        words : iterable of str
        path : path, optional
            A picture to write: ``.png``, ``.svg``, ``.pdf``.
        font : path or name, optional
            A font that has the characters; by default one is looked for.
        groups : sequence of int, optional
            A number for each word, such as `Clusters.labels`: words of a group have one colour.

        Returns
        -------
        matplotlib.figure.Figure

        Raises
        ------
        ImportError
            If matplotlib is not installed.
        ValueError
            If no font has the characters.
        """
        from classicnlp.embed.plotting import plot

        return plot(self, words, path, font, groups)

    # Files.

    @classmethod
    def load(cls, path: str | os.PathLike[str], verify: bool = False) -> Self:
        """Map a file written by `save`: milliseconds, whatever its size.

        Parameters
        ----------
        path : str or path
            The file.
        verify : bool
            Whether to read all of it and compare its checksum.

        Returns
        -------
        KeyedVectors

        Raises
        ------
        FileNotFoundError
            If there is no such file.
        ModelError
            If the file is truncated, altered, of a newer format, or of another kind.
        """
        stored = store.load(path, cls.kind, verify)
        return cls.from_store(stored.parameters, stored.arrays, str(path))

    @classmethod
    def from_file(
        cls,
        path: str | os.PathLike[str],
        format: Format | None = None,
        *,
        limit: int | None = None,
        errors: Errors = "strict",
        duplicates: Duplicates = "refuse",
        dtype: str = "float32",
    ) -> KeyedVectors:
        """Read a file of another program: word2vec, GloVe, fastText (.vec), gensim.

        Parameters
        ----------
        path : str or path
            The file (also .gz, .xz or .bz2).
        format : {"word2vec", "word2vec-binary", "glove"}, optional
            By default the beginning of the file tells. ``"word2vec"`` is text with a first line of
            how many words and dimensions there are, ``"glove"`` the same without that line.
        limit : int, optional
            Only the first so many words.
        errors : {"strict", "replace", "ignore"}
            What becomes of bytes that are not UTF-8: word2vec cuts long words within a character.
        duplicates : {"refuse", "first"}
            Whether a word that is there twice is refused, or its first vector kept.
        dtype : {"float32", "float16"}
            How numbers are kept.

        Returns
        -------
        KeyedVectors

        Raises
        ------
        FileNotFoundError
            If there is no such file.
        CorpusError
            If the file is no such file, truncated, or holds what is no finite number: file and
            line, or the offset of the byte.
        """
        from classicnlp.embed.formats import read_vectors

        return cls(*read_vectors(path, format, limit, errors, duplicates, dtype))

    def to_file(
        self,
        path: str | os.PathLike[str],
        format: Format = "word2vec",
        *,
        blank: str | None = None,
    ) -> None:
        """Write a file that other programs read, whole or not at all.

        Parameters
        ----------
        path : str or path
            The file; compressed where it ends in ``.gz``, ``.xz`` or ``.bz2``.
        format : {"word2vec", "word2vec-binary", "glove"}
            As in `from_file`. Numbers in text come back as they were.
        blank : str, optional
            What to write for white space in words, such as ``"_"``: it would end the word.

        Raises
        ------
        ValueError
            If a word cannot stand in such a file.
        """
        from classicnlp.embed.formats import write_vectors

        write_vectors(self, path, format, blank)

    def to_store(self) -> tuple[dict[str, Any], dict[str, store.Array]]:
        """Return parameters and arrays for a model file."""
        index = self._index
        arrays = {
            **store.nested("words", self.words.to_arrays()),
            **store.nested("sketch", index.sketch._asdict()),
            "vectors": self.vectors,
            "lengths": index.lengths,
        }
        return {}, arrays

    @classmethod
    def _restored(
        cls,
        parameters: dict[str, Any],
        arrays: dict[str, store.Array],
        alphabet: Alphabet,
        origin: str,
    ) -> Self:
        restored = cls.__new__(cls)
        restored.words = WordList.from_arrays(store.within("words", arrays))
        # Whether all numbers are finite would be known only after reading the whole file.
        restored.vectors = _shaped(arrays["vectors"], len(restored.words))
        restored.vector_of = None
        sketch = Sketch(**store.within("sketch", arrays))
        restored._index = Index.restored(restored.vectors, arrays["lengths"], sketch)
        return restored


def _checked_vectors(vectors: Any, count: int) -> Vector:
    """Return vectors as rows that nobody can change."""
    array = np.asarray(vectors)
    if array.dtype.kind not in "fiu":
        raise TypeError(f"vectors must be numbers, got {array.dtype}")
    if array.dtype.name not in TYPES or array.flags.writeable or not array.flags.c_contiguous:
        with np.errstate(over="ignore"):
            array = np.array(
                array, array.dtype if array.dtype.name in TYPES else np.float32, order="C"
            )
        array.flags.writeable = False
    array = _shaped(array, count)
    # A sum would do for both, but may overflow.
    if array.size and not (np.isfinite(array.min()) and np.isfinite(array.max())):
        row = int(np.argmin(np.isfinite(array).all(axis=1)))
        raise ValueError(
            f"vectors must hold finite {array.dtype} numbers; that of row {row} does not"
        )
    return array


def _shaped(vectors: Vector, count: int) -> Vector:
    if vectors.ndim == 1 and not count:
        vectors = vectors.reshape(0, 1)
    if vectors.ndim != 2 or len(vectors) != count:
        raise ValueError(f"expected a row for each of {count} words, got shape {vectors.shape}")
    if vectors.dtype.name not in TYPES or not 1 <= vectors.shape[1] <= MOST_DIMENSIONS:
        raise ValueError(
            f"vectors must have 1 ... {MOST_DIMENSIONS:,} dimensions of {' or '.join(TYPES)}, "
            f"got {vectors.shape[1]:,} of {vectors.dtype}"
        )
    return vectors
