"""What words with vectors can be asked: which are similar, which word an analogy wants."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from numbers import Real
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, TypeAlias

import numpy as np

from classicnlp._ext.nearest import lengths_of
from classicnlp.checks import require_count
from classicnlp.embed.nearest import Found, Index
from classicnlp.embed.unknown import UnknownWordError, suggestions
from classicnlp.wordlist import ABSENT, WordList

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Vector: TypeAlias = NDArray[np.floating[Any]]
    Term: TypeAlias = str | Vector | tuple[str | Vector, float]
    Restrict: TypeAlias = int | Iterable[str] | None

Method = Literal["add", "multiply"]
METHODS: tuple[Method, ...] = ("add", "multiply")

# Between these the squares of a vector's numbers neither vanish nor overflow.
SMALLEST, LARGEST = 1e-100, 1e100
LARGEST_WEIGHT = 1e6


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


class SimilarWords:
    """What `KeyedVectors` answers about its words."""

    words: WordList
    vectors: Vector
    vector_of: Callable[[str], Vector | None] | None
    _index: Index

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
        >>> from classicnlp.embed import KeyedVectors
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
            (Levy and Goldberg, 2014): cos(b) cos(c) / (cos(a) + 0.001), cosines moved to 0 ... 1.
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
        known = [self.words.numbers_of(question).tolist() for question in asked]
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
            [
                Neighbour(self.words[number], score)
                for number, score in zip(*row, strict=True)
                if number != ABSENT
            ]
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
        numbers = self.words.numbers_of(given)
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
        if not all(abs(weight) <= LARGEST_WEIGHT for _, weight in terms):
            raise ValueError(f"weights must be within {LARGEST_WEIGHT:g} of 0")
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


def _terms(given: Any, weight: float) -> list[tuple[Any, float]]:
    """Return words or vectors with their weights."""
    alone = isinstance(given, str) or (isinstance(given, np.ndarray) and given.ndim == 1)
    weighted = isinstance(given, tuple) and len(given) == 2 and isinstance(given[1], Real)
    if alone or weighted:
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
