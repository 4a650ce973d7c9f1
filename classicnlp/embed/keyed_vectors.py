"""Words with a vector each: similar words, analogies, files."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, Self, TypeAlias

import numpy as np

from classicnlp import store
from classicnlp._ext.alphabet import Alphabet
from classicnlp._ext.nearest import MOST_DIMENSIONS, lengths_of
from classicnlp.checks import require_count
from classicnlp.embed.nearest import Found, Index, Sketch
from classicnlp.embed.unknown import UnknownWordError, suggestions
from classicnlp.storable import Storable
from classicnlp.wordlist import ABSENT, WordList

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from classicnlp.embed.clusters import Clusters
    from classicnlp.embed.evaluation import AnalogyScore, SimilarityScore
    from classicnlp.embed.formats import Duplicates, Errors, Format

    Vector: TypeAlias = NDArray[np.floating[Any]]
    Term: TypeAlias = str | Vector | tuple[str | Vector, float]
    Restrict: TypeAlias = int | Iterable[str] | None

Method = Literal["add", "multiply"]
METHODS: tuple[Method, ...] = ("add", "multiply")
TYPES = ("float32", "float16")

# Between these the squares of a vector's numbers neither vanish nor overflow.
SMALLEST, LARGEST = 1e-100, 1e100


class Neighbour(NamedTuple):
    """A word, and how similar it is.

    Attributes
    ----------
    word : str
    similarity : float
        The cosine, -1 ... 1; of `KeyedVectors.analogy` by multiplication 0 ... 1000.
    """

    word: str
    similarity: float


class KeyedVectors(Storable):
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

    kind = "word vectors"

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

    # Words and vectors.

    @property
    def dimensions(self) -> int:
        """How many numbers a vector has."""
        return int(self.vectors.shape[1])

    def __len__(self) -> int:
        return len(self.words)

    def __contains__(self, word: object) -> bool:
        return word in self.words

    def __iter__(self) -> Iterator[str]:
        return iter(self.words)

    def __repr__(self) -> str:
        kind = "" if self.vectors.dtype == np.float32 else f" of {self.vectors.dtype}"
        return f"<KeyedVectors of {len(self):,} words, {self.dimensions} dimensions{kind}>"

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (list(self.words), self.vectors, self.vector_of)

    def __getitem__(self, words: str | Sequence[str]) -> Vector:
        """Return the vector of a word, or those of a list of words, as rows.

        Raises
        ------
        UnknownWordError
            If a word has none: a KeyError that names words that may have been meant.
        """
        if isinstance(words, str):
            return self._vector(words)
        rows = [self._vector(word) for word in words]
        return np.array(rows, self.vectors.dtype).reshape(len(rows), self.dimensions)

    def get(self, word: str, default: Any = None) -> Any:
        """Return the vector of a word, or ``default`` where it has none."""
        try:
            return self[word]
        except UnknownWordError:
            return default

    def _vector(self, word: str) -> Vector:
        number = self.words.number(word)
        if number != ABSENT:
            vector: Vector = self.vectors[number]
            return vector
        made = None if self.vector_of is None else self.vector_of(word)
        if made is None:
            raise UnknownWordError(word, suggestions(word, self.words))
        return np.asarray(made)

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

    # Similar words.

    def similarity(self, first: str, second: str) -> float:
        """Return the cosine of the vectors of two words, -1 ... 1.

        Raises
        ------
        UnknownWordError
            If a word has no vector.
        """
        return float(self.similarities(first, [second])[0])

    def similarities(self, word: str, others: Sequence[str]) -> NDArray[np.float64]:
        """Return the cosine of a word with each of others.

        Returns
        -------
        float64 array, shape (len(others),)

        Raises
        ------
        UnknownWordError
            If a word has no vector.
        """
        query = self._wide(word)[None]
        found = Index(np.ascontiguousarray(self[list(others)]))
        rows = np.arange(len(found), dtype=np.int32)
        return found.cosines(query, rows, np.array([0, len(found)]))

    def most_similar(
        self,
        positive: Term | Iterable[Term] = (),
        negative: Term | Iterable[Term] = (),
        k: int = 10,
        restrict: Restrict = None,
    ) -> list[Neighbour]:
        """Return the words that are most similar to some and least to others.

        The vectors, made of length 1, are added up, those of ``negative`` subtracted (Mikolov and
        others, 2013); the words given are not among those returned.

        Parameters
        ----------
        positive, negative : word, vector, (word or vector, weight), or an iterable of these
        k : int
            How many.
        restrict : int or iterable of str, optional
            Only among the first so many words, or among these words.

        Returns
        -------
        list of Neighbour
            The most similar one first; fewer than k where there are not so many.

        Raises
        ------
        UnknownWordError
            If a word has no vector.
        ValueError
            If there is nothing to be similar to.

        Examples
        --------
        >>> vectors = KeyedVectors(["王", "后", "男", "女"], [[2, 1], [2, -1], [0, 1], [0, -1]])
        >>> vectors.most_similar(["王", "女"], "男", k=1)[0].word
        '后'
        """
        query, known = self._question(_terms(positive, 1.0) + _terms(negative, -1.0))
        return self._neighbours(query[None], [known], k, restrict, 1)[0]

    def most_similar_batch(
        self,
        words: Iterable[Term],
        k: int = 10,
        restrict: Restrict = None,
        workers: int = 1,
    ) -> list[list[Neighbour]]:
        """Return the most similar words of each of many: `most_similar` of one by one, but faster.

        Parameters
        ----------
        words : iterable of words or vectors
        k, restrict
            As in `most_similar`.
        workers : int
            Threads; the result is the same with any number.

        Returns
        -------
        list of lists of Neighbour
        """
        questions = [self._question(_terms(word, 1.0)) for word in words]
        queries = np.array([query for query, _ in questions]).reshape(-1, self.dimensions)
        return self._neighbours(queries, [known for _, known in questions], k, restrict, workers)

    def nearest(
        self, queries: Vector, k: int = 10, restrict: Restrict = None, workers: int = 1
    ) -> Found:
        """Return the words nearest to any vectors, as arrays: the fast path without strings.

        Parameters
        ----------
        queries : array, shape (queries, dimensions)
        k, restrict, workers
            As in `most_similar_batch`.

        Returns
        -------
        Found
            numbers (of words; -1 where there are not so many) and scores (cosines), both of shape
            (queries, k).
        """
        wide = np.array([self._checked(query) for query in queries]).reshape(-1, self.dimensions)
        return self._found(wide, [[] for _ in wide], k, restrict, workers)

    def analogy(
        self,
        a: str,
        b: str,
        c: str,
        k: int = 10,
        method: Method = "add",
        restrict: Restrict = None,
    ) -> list[Neighbour]:
        """Return the words that are to ``c`` as ``b`` is to ``a``.

        Parameters
        ----------
        a, b, c : str
            Such as 法国, 巴黎, 日本.
        k : int
            How many.
        method : {"add", "multiply"}
            3CosAdd (Mikolov and others, 2013), where the cosine with b - a + c counts, or 3CosMul
            (Levy and Goldberg, 2014): cos(b) cos(c) / (cos(a) + 0.001) with cosines moved to 0 ... 1.
        restrict : int or iterable of str, optional
            Only among the first so many words, or among these words.

        Returns
        -------
        list of Neighbour
            The best one first.

        Raises
        ------
        UnknownWordError
            If a word has no vector.
        """
        return self.analogies([(a, b, c)], k, method, restrict)[0]

    def analogies(
        self,
        questions: Iterable[tuple[str, str, str]],
        k: int = 10,
        method: Method = "add",
        restrict: Restrict = None,
        workers: int = 1,
    ) -> list[list[Neighbour]]:
        """Return the answers to many questions: `analogy` of one by one, but faster.

        Parameters
        ----------
        questions : iterable of (str, str, str)
        k, method, restrict
            As in `analogy`.
        workers : int
            Threads; the result is the same with any number.

        Returns
        -------
        list of lists of Neighbour
        """
        if method not in METHODS:
            raise ValueError(f"method must be 'add' or 'multiply', got {method!r}")
        asked = [tuple(question) for question in questions]
        known = [self.words.numbers(question).tolist() for question in asked]
        if method == "add":
            signed = [((b, 1.0), (c, 1.0), (a, -1.0)) for a, b, c in asked]
            queries = np.array([self._question(terms)[0] for terms in signed])
            return self._neighbours(
                queries.reshape(-1, self.dimensions), known, k, restrict, workers
            )
        wide = np.array([[self._wide(word) for word in (b, c, a)] for a, b, c in asked])
        queries = wide.reshape(-1, 3, self.dimensions)
        return self._neighbours(queries, known, k, restrict, workers)

    def doesnt_match(self, words: Iterable[str]) -> str:
        """Return the word that is least similar to the mean of all of them.

        Raises
        ------
        UnknownWordError
            If a word has no vector.
        ValueError
            If there are no words.
        """
        given = list(words)
        mean, _ = self._question([(word, 1.0) for word in given])
        found = Index(np.ascontiguousarray(self[given]))
        rows = np.arange(len(given), dtype=np.int32)
        cosines = found.cosines(mean[None], rows, np.array([0, len(given)]))
        return given[int(np.argmin(cosines))]

    def _neighbours(
        self,
        queries: NDArray[np.float64],
        known: Sequence[Sequence[int]],
        k: int,
        restrict: Restrict,
        workers: int,
    ) -> list[list[Neighbour]]:
        found = self._found(queries, known, k, restrict, workers)
        return [
            [Neighbour(self.words[number], score) for number, score in zip(*row) if number != ABSENT]
            for row in zip(found.numbers.tolist(), found.scores.tolist(), strict=True)
        ]

    def _found(
        self,
        queries: NDArray[np.float64],
        known: Sequence[Sequence[int]],
        k: int,
        restrict: Restrict,
        workers: int,
    ) -> Found:
        """Return the best words of each query but those that are known from the question."""
        require_count(k, "k", 1)
        require_count(workers, "workers", 1)
        excluded = np.full((len(known), max(map(len, known), default=0)), ABSENT, np.int32)
        for row, numbers in zip(excluded, known, strict=True):
            row[: len(numbers)] = numbers
        if restrict is None:
            index, numbers_of = self._index, None
        elif isinstance(restrict, (int, np.integer)):
            index = self._index.part(slice(0, require_count(restrict, "restrict", 1)))
            numbers_of = None
        else:
            numbers_of = np.unique(self._numbers(restrict))
            index = self._index.part(numbers_of)
            excluded = _places_in(numbers_of, excluded)
        search = index.nearest if queries.ndim == 2 else index.multiplied
        found = search(queries, min(k, max(1, len(index))), excluded, workers)
        if numbers_of is None or not len(numbers_of):
            return found
        return Found(np.where(found.numbers < 0, ABSENT, numbers_of[found.numbers]), found.scores)

    def _numbers(self, words: Iterable[str]) -> NDArray[np.int32]:
        given = [words] if isinstance(words, str) else list(words)
        numbers = self.words.numbers(given)
        if len(numbers) and numbers.min() == ABSENT:
            word = given[int(np.argmin(numbers))]
            raise UnknownWordError(word, suggestions(word, self.words))
        return numbers

    def _question(
        self, terms: Sequence[tuple[str | Vector, float]]
    ) -> tuple[NDArray[np.float64], list[int]]:
        """Return the sum of vectors made of length 1, and the numbers of the words."""
        if not terms:
            raise ValueError("there is no word to be similar to: give at least one")
        given = [self._wide(term) for term, _ in terms]
        known = [self.words.number(term) for term, _ in terms if isinstance(term, str)]
        if len(terms) == 1 and terms[0][1] == 1.0:
            return given[0], known
        total = np.zeros(self.dimensions)
        for vector, (_, weight) in zip(given, terms, strict=True):
            length = float(lengths_of(vector[None])[0])
            total += vector * (weight / length if length else 0.0)
        return total, known

    def _wide(self, term: str | Vector) -> NDArray[np.float64]:
        return self._checked(self._vector(term) if isinstance(term, str) else term)

    def _checked(self, vector: Any) -> NDArray[np.float64]:
        """Return a vector in double precision, neither so large nor so small that it is lost."""
        wide = np.array(vector, np.float64)
        if wide.shape != (self.dimensions,):
            raise ValueError(f"a vector must have {self.dimensions} numbers, got {wide.shape}")
        largest = float(np.abs(wide).max())
        if not np.isfinite(largest):
            raise ValueError("a vector must hold finite numbers")
        if largest and not SMALLEST < largest < LARGEST:
            wide /= largest
        return wide

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
        restored._index = Index(restored.vectors, arrays["lengths"], sketch.checked(restored.vectors))
        return restored


def _terms(given: Any, weight: float) -> list[tuple[Any, float]]:
    """Return words or vectors with their weights."""
    if isinstance(given, str) or isinstance(given, np.ndarray) and given.ndim == 1:
        given = [given]
    elif isinstance(given, tuple) and len(given) == 2 and isinstance(given[1], (int, float)):
        given = [given]
    return [
        (term[0], weight * float(term[1])) if isinstance(term, tuple) else (term, weight)
        for term in given
    ]


def _places_in(rows: NDArray[np.int32], numbers: NDArray[np.int32]) -> NDArray[np.int32]:
    """Return where numbers stand among rising rows, -1 where they do not."""
    places = np.searchsorted(rows, numbers)
    found = rows[np.minimum(places, len(rows) - 1)] == numbers if len(rows) else False
    return np.where(found, places, ABSENT).astype(np.int32)


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
        raise ValueError(f"vectors must hold finite {array.dtype} numbers; that of row {row} does not")
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
