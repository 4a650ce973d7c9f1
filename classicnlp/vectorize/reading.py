"""From documents to the keys of their n-grams, some documents at a time."""

from __future__ import annotations

import collections
import functools
import itertools
import os
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias, TypeVar

import numpy as np

from classicnlp._ext.bag import KEPT, Bag, characters, cut_words, folds_of, given
from classicnlp._ext.interning import find, slots_of, text_keys
from classicnlp.checks import require_count
from classicnlp.text import default_alphabet, fold

if TYPE_CHECKING:
    from concurrent.futures import Future

    from numpy.typing import NDArray

    from classicnlp._ext.cutter import Cutter
    from classicnlp.pipeline import Pipeline
    from classicnlp.segmentation import Segmenter

Document: TypeAlias = str | Sequence[str]
Cut: TypeAlias = Callable[[str], Sequence[str]]
Cutting: TypeAlias = "str | os.PathLike[str] | Segmenter | Pipeline | Cut | None"

ANALYZERS = ("word", "char")
CHARACTERS_AT_ONCE = 1 << 18  # so many fit into the cache with all that is made of them
DOCUMENTS_AT_ONCE = 1 << 11

Item = TypeVar("Item")
Result = TypeVar("Result")


class Grams(NamedTuple):
    """The n-grams of some documents."""

    bag: Bag
    keys: NDArray[np.uint64]
    offsets: NDArray[np.int64]


class Reader:
    """Reads documents as the parameters of a vectoriser say.

    Parameters
    ----------
    segmenter, analyzer, ngram_range, stop_words, fold, punctuation
        As for `classicnlp.vectorize.CountVectorizer`.

    Raises
    ------
    TypeError, ValueError
        If a parameter is not sound.
    """

    def __init__(
        self,
        segmenter: Cutting,
        analyzer: str,
        ngram_range: tuple[int, int],
        stop_words: Iterable[str] | None,
        fold: bool,
        punctuation: bool,
    ):
        if analyzer not in ANALYZERS:
            raise ValueError(f"analyzer must be one of {', '.join(ANALYZERS)}; got {analyzer!r}")
        self.low, self.high = _checked_range(ngram_range)
        self._analyzer = analyzer
        self._kept = KEPT["signs" if punctuation else "letters"]
        self._alphabet = default_alphabet()
        self._folds = _folds() if fold else None
        self._cutter, self._cut = (None, None) if analyzer == "char" else _resolved(segmenter)
        self._stopped = None
        if stop_words is not None:
            if analyzer == "char":
                raise ValueError('stop_words are of use with analyzer="word" only')
            self._stopped = np.unique(self.keys_of(checked_words(stop_words, "stop_words")))
            self._stops = slots_of(self._stopped)

    def keys_of(self, words: Sequence[str]) -> NDArray[np.uint64]:
        """Return the keys that words, or n-grams, have in documents."""
        return text_keys([fold(word) for word in words] if self._folds is not None else list(words))

    def grams(self, documents: Sequence[Document]) -> Grams:
        """Return the n-grams of documents, all of them str or all of them lists."""
        bag = self._bag(documents)
        if self._stopped is not None:
            keys, _ = bag.keys(1, 1)
            bag.drop((find(self._stops, self._stopped, keys) >= 0).view(np.uint8))
        return Grams(bag, *bag.keys(self.low, self.high))

    def names(
        self, bag: Bag, places: NDArray[np.int64]
    ) -> tuple[NDArray[np.uint32], NDArray[np.int64]]:
        """Return the letters of some n-grams of a bag, and how many each has."""
        return bag.names(self.low, self.high, places)

    def _bag(self, documents: Sequence[Document]) -> Bag:
        alphabet, folds = self._alphabet, self._folds
        ready = not isinstance(documents[0], str)
        if self._analyzer == "char":
            if ready:
                raise TypeError('lists of words go with analyzer="word"')
            return characters(tuple(documents), alphabet, folds)  # type: ignore[arg-type]
        if ready:
            return given(tuple(documents), alphabet, folds, KEPT["all"])
        if self._cut is not None:
            words = tuple(list(self._cut(text)) for text in documents)  # type: ignore[arg-type]
            return given(words, alphabet, folds, self._kept)
        assert self._cutter is not None
        return cut_words(self._cutter, tuple(documents), alphabet, folds, self._kept)  # type: ignore[arg-type]


@functools.cache
def _folds() -> NDArray[np.uint32]:
    return folds_of(default_alphabet())


def _checked_range(ngram_range: Any) -> tuple[int, int]:
    try:
        low, high = ngram_range
    except (TypeError, ValueError):
        raise ValueError(
            f"ngram_range must be two numbers such as (1, 2), got {ngram_range!r}"
        ) from None
    require_count(low, "the first of ngram_range", 1)
    return int(low), require_count(high, "the second of ngram_range", int(low))


def checked_words(words: Iterable[str], name: str) -> list[str]:
    """Return words as a list, unless they are one str, run out when read, or hold anything else."""
    if isinstance(words, (str, bytes)):
        raise ValueError(f"{name} must be several words, got {words!r}: put it in a list")
    if not isinstance(words, Collection):
        raise TypeError(
            f"{name} must be read more than once: put the {type(words).__name__} in a list"
        )
    found = list(words)
    for word in found:
        if not isinstance(word, str):
            raise TypeError(f"{name} must hold str, got {type(word).__name__}")
    return found


def _resolved(segmenter: Cutting) -> tuple[Cutter | None, Cut | None]:
    """Return the kernel that cuts texts, or a function that does."""
    if segmenter is None or isinstance(segmenter, (str, os.PathLike)):
        # The pipeline stands above this room: it is opened when somebody asks for its model.
        from classicnlp.pipeline import load

        segmenter = load() if segmenter is None else load(segmenter)
    # A pipeline holds the segmenter that has the kernel.
    own: Any = getattr(segmenter, "segmenter", segmenter)
    if hasattr(own, "cutter"):
        return own.cutter(), None
    if not callable(own):
        raise TypeError(
            "segmenter must be a model's name or path, a segmenter, a pipeline or a function from "
            f"a text to its words, got {type(segmenter).__name__}"
        )
    return None, own


def chunks(documents: Iterable[Document]) -> Iterator[list[Document]]:
    """Yield documents in pieces of some size, in each of which all are str or none is.

    Raises
    ------
    TypeError
        If the documents are one str, or one of them is neither str, list nor tuple.
    """
    if isinstance(documents, (str, bytes)):
        kind = type(documents).__name__
        raise TypeError(f"expected several documents, got one {kind}: put it in a list")
    remaining = iter(documents)
    number = 0
    while block := list(itertools.islice(remaining, DOCUMENTS_AT_ONCE)):
        # Short texts are the rule, and looking at each of them would be felt.
        if set(map(type, block)) == {str} and sum(map(len, block)) <= CHARACTERS_AT_ONCE:
            yield block
        else:
            yield from _pieces(block, number)
        number += len(block)


def _pieces(block: list[Document], number: int) -> Iterator[list[Document]]:
    """Yield the documents of a block, of which ``number`` is the first, in smaller pieces."""
    piece: list[Document] = []
    ready = False
    room = CHARACTERS_AT_ONCE
    for place, document in enumerate(block, number):
        if not isinstance(document, (str, list, tuple)):
            raise TypeError(
                f"document {place} must be a str or a list of words, got {type(document).__name__}"
            )
        own = not isinstance(document, str)
        if piece and (own is not ready or room <= 0):
            yield piece
            piece, room = [], CHARACTERS_AT_ONCE
        ready = own
        piece.append(document)
        room -= len(document)
    yield piece


def in_order(
    work: Callable[[Item], Result], items: Iterable[Item], workers: int
) -> Iterator[Result]:
    """Yield what ``work`` makes of each item, in order, with some threads.

    Only a few items more than there are threads are read ahead.
    """
    if require_count(workers, "workers", 1) == 1:
        yield from map(work, items)
        return
    from concurrent.futures import ThreadPoolExecutor

    waiting: collections.deque[Future[Result]] = collections.deque()
    remaining = iter(items)
    with ThreadPoolExecutor(workers) as pool:
        waiting.extend(pool.submit(work, item) for item in itertools.islice(remaining, 2 * workers))
        while waiting:
            result = waiting.popleft().result()
            waiting.extend(pool.submit(work, item) for item in itertools.islice(remaining, 1))
            yield result
