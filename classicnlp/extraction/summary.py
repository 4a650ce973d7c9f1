"""Summaries: the sentences of a text that have most in common with the others."""

from __future__ import annotations

from collections.abc import Iterable
from importlib import import_module
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

import numpy as np

from classicnlp._ext.elementary import logs
from classicnlp.arrays import offsets_of
from classicnlp.checks import require_count
from classicnlp.errors import require_text
from classicnlp.extraction.content import Cutting, content_finder, cut, cutting
from classicnlp.extraction.random_walk import DAMPING, MAX_ITERATIONS, TOLERANCE, pagerank
from classicnlp.text import split_sentences

if TYPE_CHECKING:
    from numpy.typing import NDArray

Matrix: TypeAlias = Any
"""A scipy.sparse.csr_array; scipy is imported when there is something to rank."""


class RankedSentence(NamedTuple):
    """A sentence, how much it has in common with the others, and where it stands.

    Attributes
    ----------
    text : str
        Without the white space around it.
    weight : float
        Its rank; those of all sentences of a text add up to 1.
    start, end : int
        In code points; ``text[start:end]`` is the sentence.
    """

    text: str
    weight: float
    start: int
    end: int


class Summarizer:
    """Ranks the sentences of texts by TextRank (Mihalcea and Tarau, 2004); immutable.

    Sentences are linked by the number of different words that both have, stop words left out,
    divided by the sum of the logarithms of their lengths; `pagerank` of that graph is what they
    weigh.

    Parameters
    ----------
    pipeline : Pipeline or Segmenter, optional
        What cuts texts into words; by default the embedded model.
    stop_words : iterable of str, optional
        Words that make no sentences alike, in place of `STOP_WORDS`.
    damping, tolerance, max_iterations
        As for `pagerank`.

    Examples
    --------
    >>> text = "猫喜欢晒太阳。今天下雨。太阳出来，猫就在窗台上晒太阳。"
    >>> [sentence.text for sentence in Summarizer().rank(text)]
    ['猫喜欢晒太阳。', '太阳出来，猫就在窗台上晒太阳。', '今天下雨。']
    """

    def __init__(
        self,
        pipeline: Cutting | None = None,
        stop_words: Iterable[str] | None = None,
        damping: float = DAMPING,
        tolerance: float = TOLERANCE,
        max_iterations: int = MAX_ITERATIONS,
    ):
        self.pipeline = cutting(pipeline)
        self._finder = content_finder(stop_words)
        self.damping = damping
        self.tolerance = tolerance
        self.max_iterations = max_iterations

    def rank(self, text: str) -> list[RankedSentence]:
        """Return all sentences of ``text``, the heaviest first; of equal ones the earlier.

        Parameters
        ----------
        text : str
            Any text. A stretch of white space is no sentence.

        Returns
        -------
        list of RankedSentence

        Raises
        ------
        TypeError
            If ``text`` is no str.
        """
        spans = sentence_spans(require_text(text, "summarize"))
        links = similarities(self._words(text, spans))
        weights = pagerank(links, self.damping, self.tolerance, self.max_iterations).ranks
        order = np.argsort(-weights, kind="stable").tolist()
        ranked = [(spans[i], float(weights[i])) for i in order]
        return [RankedSentence(text[a:b], weight, a, b) for (a, b), weight in ranked]

    def summarize(self, text: str, sentences: int = 3) -> list[RankedSentence]:
        """Return the heaviest sentences of ``text``, in the order of the text.

        Parameters
        ----------
        text : str
            Any text.
        sentences : int
            How many at most.

        Returns
        -------
        list of RankedSentence
        """
        require_count(sentences, "sentences", 0)
        return sorted(self.rank(text)[:sentences], key=lambda sentence: sentence.start)

    def _words(self, text: str, spans: list[tuple[int, int]]) -> Matrix:
        """Return how often each sentence has each word that counts, a row for each sentence."""
        sparse = import_module("scipy.sparse")
        (boundaries,) = cut(self.pipeline, [text])
        ids, places, keys = self._finder.terms(text, boundaries)
        # A word belongs to the sentence in which it begins.
        starts = np.array([start for start, _ in spans], np.int64)
        rows = np.searchsorted(starts, boundaries[places], "right") - 1
        shape = (len(spans), len(keys))
        counts = sparse.coo_array((np.ones(len(ids)), (rows, ids)), shape=shape).tocsr()
        return counts


def summarize(text: str, sentences: int = 3) -> list[str]:
    """Return the sentences of ``text`` that have most in common with the others, in their order.

    `Summarizer` tells weights and places, and takes another pipeline or other stop words.

    Parameters
    ----------
    text : str
        Any text.
    sentences : int
        How many at most.

    Returns
    -------
    list of str

    Raises
    ------
    TypeError
        If ``text`` is no str.
    ValueError
        If ``sentences`` is below 0.

    Examples
    --------
    >>> summarize("猫喜欢晒太阳。今天下雨。太阳出来，猫就在窗台上晒太阳。", sentences=2)
    ['猫喜欢晒太阳。', '太阳出来，猫就在窗台上晒太阳。']
    """
    return [sentence.text for sentence in Summarizer().summarize(text, sentences)]


def sentence_spans(text: str) -> list[tuple[int, int]]:
    """Return start and end of each sentence, without white space around it.

    >>> sentence_spans("来了。 \\n走了。")
    [(0, 3), (5, 8)]
    """
    pieces = split_sentences(text)
    spans = []
    for start, piece in zip(offsets_of(map(len, pieces)).tolist(), pieces, strict=False):
        lead = len(piece) - len(piece.lstrip())
        if lead < len(piece):
            spans.append((start + lead, start + len(piece.rstrip())))
    return spans


def similarities(counts: Matrix) -> Matrix:
    """Return how alike each two sentences are, of which ``counts`` has a row each.

    |words of both| / (log |words of one| + log |words of the other|), 0 where a sentence has fewer
    than two words.
    """
    sparse = import_module("scipy.sparse")
    lengths: NDArray[np.float64] = np.asarray(counts.sum(axis=1))
    present = counts.sign()
    common = (present @ present.T).tocoo()
    sizes = logs(np.maximum(lengths, 1.0))
    total = sizes[common.row] + sizes[common.col]
    linked = (common.row != common.col) & (np.minimum(lengths[common.row], lengths[common.col]) > 1)
    rows, columns = common.row[linked], common.col[linked]
    values = common.data[linked] / total[linked]
    return sparse.csr_array((values, (rows, columns)), shape=common.shape)
