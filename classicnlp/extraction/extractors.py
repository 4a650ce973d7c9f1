"""Keywords: the words and phrases that a text is about, by frequency, rarity or rank."""

from __future__ import annotations

import functools
from collections.abc import Iterable
from importlib import import_module
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, TypeAlias

import numpy as np

from classicnlp._ext.graph import WIDEST, cooccurrences
from classicnlp._ext.keywords import KeywordRanker, make_keywords
from classicnlp._ext.terms import TermFinder
from classicnlp.checks import require_count, require_within
from classicnlp.errors import require_text
from classicnlp.estimator import Estimator
from classicnlp.extraction.content import (
    Boundaries,
    Cutting,
    content_finder,
    cut,
    cut_and_marked,
    cutting,
    words_of,
)
from classicnlp.extraction.idf import IdfTable
from classicnlp.extraction.random_walk import (
    DAMPING,
    MAX_ITERATIONS,
    TOLERANCE,
    check_walk,
    warn_of_walks,
)
from classicnlp.segmentation.base import checked_texts, in_chunks
from classicnlp.text import fold

if TYPE_CHECKING:
    from numpy.typing import NDArray

Method: TypeAlias = Literal["tfidf", "textrank", "tf"]

LONGEST_PHRASE = 4  # words
COHESION = 0.3
EVERY = (1 << 31) - 1  # more keywords than any text has


class Keyword(NamedTuple):
    """A word or phrase, what it weighs, and where it occurs.

    Attributes
    ----------
    word : str
        As it is written where it first occurs.
    weight : float
        By the method; comparable within a text.
    positions : tuple of (int, int)
        Start and end of every occurrence, in code points; ``text[start:end]`` is the keyword,
        up to width, case and script.
    """

    word: str
    weight: float
    positions: tuple[tuple[int, int], ...]


class WordGraph(NamedTuple):
    """Words that stand near each other in a text.

    Attributes
    ----------
    words : list of str
        In the order of their first occurrence, folded.
    links : scipy.sparse.csr_array, shape (words, words)
        How often each two are neighbours; symmetric.
    """

    words: list[str]
    links: Any


class KeywordExtractor(Estimator):
    """What all extractors of keywords share; see `TfidfExtractor`."""

    pipeline: Cutting | None
    stop_words: Iterable[str] | None
    tags: Iterable[str] | None
    min_length: int
    phrases: bool
    cohesion: float

    def extract(self, text: str, k: int | None = 10) -> list[Keyword]:
        """Return the keywords of ``text``, the heaviest first.

        Of equal ones that which occurs first comes first. A word, or phrase, that is part of a
        heavier phrase is left out.

        Parameters
        ----------
        text : str
            Any text.
        k : int, optional
            How many at most; None for all.

        Returns
        -------
        list of Keyword

        Raises
        ------
        TypeError
            If ``text`` is no str.
        ValueError
            If ``k`` or a parameter of the extractor is out of range.
        """
        return self._extract([require_text(text, "keywords")], k)[0]

    def extract_batch(
        self, texts: Iterable[str], k: int | None = 10, workers: int = 1
    ) -> list[list[Keyword]]:
        """Return the keywords of each text, in order; ``workers`` threads share the work."""
        extract = functools.partial(self._extract, k=k)
        return in_chunks(extract, checked_texts(texts, "keywords"), workers)

    def _extract(self, texts: list[str], k: int | None) -> list[list[Keyword]]:
        most = EVERY if k is None else require_count(k, "k", 0, EVERY)
        cuts, marks = self._cut(texts)
        offsets, weights, ends, spans, iterations, residuals = self._ranker().rank(
            texts, cuts, marks, most
        )
        self._report(iterations, residuals)
        return make_keywords(Keyword, texts, offsets, weights, ends, spans)

    def _cut(self, texts: list[str]) -> tuple[list[Boundaries], list[NDArray[np.uint8]] | None]:
        """Return the boundaries of each text, and which words have the wanted tags."""
        pipeline = cutting(self.pipeline)
        if self.tags is None:
            return cut(pipeline, texts), None
        return cut_and_marked(pipeline, texts, words_of(self.tags, "tags"))

    def _ranker(self) -> KeywordRanker:
        """Return the kernel for the parameters as they are now."""
        require_count(self.min_length, "min_length", 1, EVERY)
        require_within(self.cohesion, "cohesion", 0, 1)
        longest = LONGEST_PHRASE if self.phrases else 1
        finder = content_finder(self.stop_words)
        return self._compiled(finder, self.min_length, longest, self.cohesion)

    def _compiled(
        self, finder: TermFinder, min_length: int, longest: int, cohesion: float
    ) -> KeywordRanker:
        return KeywordRanker(finder, None, min_length, longest, cohesion)

    def _report(self, iterations: NDArray[np.int32], residuals: NDArray[np.float64]) -> None:
        """Say so if something in the ranking went wrong."""


class FrequencyExtractor(KeywordExtractor):
    """Extracts keywords by how often they occur.

    Parameters
    ----------
    pipeline, stop_words, tags, min_length, phrases, cohesion
        As for `TfidfExtractor`.

    Examples
    --------
    >>> FrequencyExtractor().extract("猫追老鼠，老鼠躲猫，猫累了。", k=1)
    [Keyword(word='老鼠', weight=0.25, positions=((2, 4), (5, 7)))]
    """

    def __init__(
        self,
        pipeline: Cutting | None = None,
        stop_words: Iterable[str] | None = None,
        tags: Iterable[str] | None = None,
        min_length: int = 2,
        phrases: bool = True,
        cohesion: float = COHESION,
    ):
        self.pipeline = pipeline
        self.stop_words = stop_words
        self.tags = tags
        self.min_length = min_length
        self.phrases = phrases
        self.cohesion = cohesion

    def _fitted(self) -> FrequencyExtractor:
        # There is nothing to learn.
        return self


class TfidfExtractor(KeywordExtractor):
    """Extracts keywords by how often they occur, and how rare they are elsewhere.

    Words that count have a letter in them and are no stop words. An occurrence of one weighs its
    inverse document frequency, divided by the number of words of the text that count (Salton and
    Buckley, 1988). Two to four such words that stand side by side at least twice may be a phrase;
    an occurrence of it weighs what its words do, divided by the square root of their number.

    Parameters
    ----------
    pipeline : Pipeline or Segmenter, optional
        What cuts texts into words; by default the embedded model.
    stop_words : iterable of str, optional
        Words that are no keywords and in no phrase, in place of `STOP_WORDS`.
    tags : iterable of str, optional
        Only words that the pipeline tags so count where they are, such as ``("n", "vn", "nz")``; by
        default all. Tagging takes more time than all the rest.
    min_length : int
        Characters that a keyword has at least; shorter words may still be in phrases.
    phrases : bool
        Whether keywords may be phrases.
    cohesion : float
        Of the occurrences of its rarest word a phrase has at least this share, 0 ... 1.
    idf : IdfTable, optional
        How rare words are, until `fit` counts it; by default the embedded table.

    Attributes
    ----------
    idf_ : IdfTable
        What `fit` counted.

    Examples
    --------
    >>> text = "植物靠光合作用生长。光合作用需要阳光，阳光充足，光合作用就快。"
    >>> [keyword.word for keyword in TfidfExtractor().extract(text, k=2)]
    ['光合作用', '阳光']
    """

    def __init__(
        self,
        pipeline: Cutting | None = None,
        stop_words: Iterable[str] | None = None,
        tags: Iterable[str] | None = None,
        min_length: int = 2,
        phrases: bool = True,
        cohesion: float = COHESION,
        idf: IdfTable | None = None,
    ):
        self.pipeline = pipeline
        self.stop_words = stop_words
        self.tags = tags
        self.min_length = min_length
        self.phrases = phrases
        self.cohesion = cohesion
        self.idf = idf

    def fit(self, documents: Iterable[str], y: object = None, workers: int = 1) -> TfidfExtractor:
        """Count how rare words are in documents of one's own.

        Parameters
        ----------
        documents : iterable of str
            Raw texts, as for `IdfTable.from_documents`.
        y : object
            Not looked at; scikit-learn's pipelines pass it.
        workers : int
            Threads for cutting.

        Returns
        -------
        TfidfExtractor
            Itself.

        Raises
        ------
        TypeError, ValueError
            As `IdfTable.from_documents` does.
        """
        self.idf_ = IdfTable.from_documents(documents, self.pipeline, workers=workers)
        return self

    def _compiled(
        self, finder: TermFinder, min_length: int, longest: int, cohesion: float
    ) -> KeywordRanker:
        table = self.idf_ if hasattr(self, "idf_") else self.idf or IdfTable.embedded()
        return KeywordRanker(finder, table.table, min_length, longest, cohesion)

    def _fitted(self) -> IdfTable:
        if not hasattr(self, "idf_"):
            raise self._not_fitted("fit(), or extract() with the table that there is")
        return self.idf_


class TextRankExtractor(KeywordExtractor):
    """Extracts keywords by rank in the graph of neighbouring words (Mihalcea and Tarau, 2004).

    Words that count, as for `TfidfExtractor`, are linked as often as they stand near each other;
    `pagerank` of that graph is what they weigh. An occurrence of a phrase weighs what one of each
    of its words does, divided by the square root of their number.

    Parameters
    ----------
    pipeline, stop_words, tags, min_length, phrases, cohesion
        As for `TfidfExtractor`.
    window : int
        Neighbours are words among any so many in a row; words that do not count are skipped. 2 or
        more.
    damping, tolerance, max_iterations
        As for `pagerank`. There is a warning where the iterations do not suffice.

    Examples
    --------
    >>> text = "植物靠光合作用生长。光合作用需要阳光，阳光充足，光合作用就快。"
    >>> [keyword.word for keyword in TextRankExtractor().extract(text, k=2)]
    ['光合作用', '阳光']
    """

    def __init__(
        self,
        pipeline: Cutting | None = None,
        stop_words: Iterable[str] | None = None,
        tags: Iterable[str] | None = None,
        min_length: int = 2,
        phrases: bool = True,
        cohesion: float = COHESION,
        window: int = 5,
        damping: float = DAMPING,
        tolerance: float = TOLERANCE,
        max_iterations: int = MAX_ITERATIONS,
    ):
        self.pipeline = pipeline
        self.stop_words = stop_words
        self.tags = tags
        self.min_length = min_length
        self.phrases = phrases
        self.cohesion = cohesion
        self.window = window
        self.damping = damping
        self.tolerance = tolerance
        self.max_iterations = max_iterations

    def graph(self, text: str) -> WordGraph:
        """Return the graph of neighbouring words whose `pagerank` weighs the words of ``text``.

        Examples
        --------
        >>> words, links = TextRankExtractor(window=2).graph("猫追老鼠，老鼠躲猫。")
        >>> words, links.toarray()[2].tolist()
        (['猫', '追', '老鼠', '躲'], [0.0, 1.0, 0.0, 1.0])
        """
        sparse = import_module("scipy.sparse")
        require_count(self.window, "window", 2, WIDEST)
        cuts, marks = self._cut([require_text(text, "graph")])
        finder = content_finder(self.stop_words)
        ids, places, keys = finder.terms(text, cuts[0], None if marks is None else marks[0])
        folded = fold(text)
        firsts = places[np.unique(ids, return_index=True)[1]]
        starts, stops = cuts[0][firsts].tolist(), cuts[0][firsts + 1].tolist()
        words = [folded[start:stop] for start, stop in zip(starts, stops, strict=True)]
        first, sources, weights = cooccurrences(ids, self.window)
        links = sparse.csr_array((weights, sources, first), shape=(len(keys), len(keys)))
        return WordGraph(words, links)

    def _compiled(
        self, finder: TermFinder, min_length: int, longest: int, cohesion: float
    ) -> KeywordRanker:
        require_count(self.window, "window", 2, WIDEST)
        check_walk(self.damping, self.tolerance, self.max_iterations)
        walk = (self.window, self.damping, self.tolerance, self.max_iterations)
        return KeywordRanker(finder, None, min_length, longest, cohesion, *walk)

    def _report(self, iterations: NDArray[np.int32], residuals: NDArray[np.float64]) -> None:
        unfinished = int((residuals >= self.tolerance).sum())
        if unfinished:
            warn_of_walks(unfinished, self.max_iterations)

    def _fitted(self) -> TextRankExtractor:
        # There is nothing to learn.
        return self


EXTRACTORS: dict[str, type[FrequencyExtractor | TfidfExtractor | TextRankExtractor]] = {
    "tfidf": TfidfExtractor,
    "textrank": TextRankExtractor,
    "tf": FrequencyExtractor,
}


def keywords(
    text: str,
    k: int | None = 10,
    method: Method = "tfidf",
    *,
    tags: Iterable[str] | None = None,
    stop_words: Iterable[str] | None = None,
    min_length: int = 2,
    phrases: bool = True,
) -> list[Keyword]:
    """Return the keywords of ``text`` by the default model, the heaviest first.

    Parameters
    ----------
    text : str
        Any text.
    k : int, optional
        How many at most; None for all.
    method : {"tfidf", "textrank", "tf"}
        By frequency and rarity (`TfidfExtractor`), by rank among neighbouring words
        (`TextRankExtractor`), or by frequency alone (`FrequencyExtractor`).
    tags : iterable of str, optional
        Only words with these tags count, such as ``("n", "vn", "nz")``.
    stop_words : iterable of str, optional
        Words that do not count, in place of ``classicnlp.extraction.STOP_WORDS``.
    min_length : int
        Characters that a keyword has at least.
    phrases : bool
        Whether keywords may be phrases: words that stand side by side more than once.

    Returns
    -------
    list of Keyword
        With the word, its weight, and start and end of every occurrence.

    Raises
    ------
    TypeError
        If ``text`` is no str.
    ValueError
        If there is no such method, or a number is out of range.

    Examples
    --------
    >>> text = "植物靠光合作用生长。光合作用需要阳光，阳光充足，光合作用就快。"
    >>> best, second = keywords(text, k=2)
    >>> best.word, best.positions
    ('光合作用', ((3, 7), (10, 14), (24, 28)))
    """
    if method not in EXTRACTORS:
        raise ValueError(f"method must be one of {', '.join(EXTRACTORS)}, got {method!r}")
    extractor = EXTRACTORS[method](
        stop_words=stop_words, tags=tags, min_length=min_length, phrases=phrases
    )
    return extractor.extract(text, k)
