"""Counting n-grams of all orders over any amount of text."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence

from classicnlp._ext.runs import HIGHEST_ORDER
from classicnlp.checks import require_count
from classicnlp.lm.counts import NgramCounts
from classicnlp.lm.sequences import Cutting, Item, Sequences
from classicnlp.lm.tries import LEAST_MEMORY, USUAL_BITS, USUAL_MEMORY, count_symbols


def count_ngrams(
    texts: Iterable[Item] | os.PathLike[str],
    orders: int | Iterable[int] = (1, 2, 3),
    min_count: int | Sequence[int] = 1,
    *,
    unit: str = "char",
    boundaries: bool = False,
    segmenter: Cutting | None = None,
    workers: int = 1,
    memory: int = USUAL_MEMORY,
    folder: str | os.PathLike[str] | None = None,
    progress: Callable[[int], object] | None = None,
) -> NgramCounts:
    """Count n-grams of characters or words.

    All orders are counted in one pass: the windows of the highest order are sorted, and those
    that begin alike are the lower orders. Counts are exact, and the same for any number of
    threads and any amount of memory. N-grams do not reach over the ends of lines.

    Parameters
    ----------
    texts : iterable of str, of lists of str, or of paths; or a path
        A str is a line, or several with line feeds between; a list holds the words of a sentence
        (with ``unit="word"``); a `pathlib.Path` names a UTF-8 file (.gz, .xz and .bz2 are
        decompressed, ``Path("-")`` is standard input), of which a few megabytes are in memory at
        a time. CRLF ends a line, too.
    orders : int or iterable of int
        Lengths of n-grams, 1 ... 8.
    min_count : int or sequence of int
        N-grams that occur less often are dropped; one number for all, or one for each order
        from 1 to the highest, which must not fall, so that the parts of a kept n-gram are kept.
    unit : str
        ``"char"``, or ``"word"``: what stands between white space, or what ``segmenter`` finds.
    boundaries : bool
        Whether each line begins with a symbol ``<s>`` and ends with ``</s>``.
    segmenter : segmenter or pipeline, optional
        What cuts raw text into words; no str is made of them. Words of spaces and tabs alone
        are left out.
    workers : int
        Threads.
    memory : int
        How many bytes the counting may take, besides the vocabulary; at least 2**20. Beyond it
        sorted runs go to temporary files, and so do the counts that are returned, which then
        are mapped into memory.
    folder : path, optional
        Where temporary files go, by default the system's folder for them. They have no name,
        so that none can be left behind.
    progress : callable, optional
        Called with the number of characters (of words, for lists) that were read since.

    Returns
    -------
    NgramCounts

    Raises
    ------
    TypeError
        If a text is neither str, list nor path.
    ValueError
        If an argument is out of range, a word is empty, or a word is ``<s>`` or ``</s>``
        though these mark boundaries.
    CorpusError
        If a file is not UTF-8.
    OSError
        If a file cannot be read, or the disk is full; it names the folder.

    Examples
    --------
    >>> counts = count_ngrams(["我来到北京", "我爱北京"], orders=(1, 2))
    >>> counts.count("北京"), counts.count("来北")
    (2, 0)
    >>> counts.most_common(3, order=2)
    [('北京', 2), ('我来', 1), ('我爱', 1)]
    >>> count_ngrams(["我 爱 北京"], orders=2, unit="word").to_dict()
    {('我', '爱'): 1, ('爱', '北京'): 1}
    """
    shown = _orders(orders)
    least = _least(min_count, shown[-1])
    if unit not in USUAL_BITS:
        raise ValueError(f"unit must be one of {', '.join(USUAL_BITS)}; got {unit!r}")
    if segmenter is not None and unit != "word":
        raise ValueError('a segmenter goes with unit="word"')
    if isinstance(texts, (str, bytes)):
        raise TypeError(
            f"texts must be several texts, got one {type(texts).__name__}: put a text in a list, "
            "or name a file by pathlib.Path"
        )
    require_count(workers, "workers", 1)
    require_count(memory, "memory", LEAST_MEMORY)
    sequences = Sequences(unit, boundaries, segmenter, workers)
    trie = count_symbols(
        sequences.read(texts, progress),
        sequences.vocabulary,
        least,
        unit,
        workers=workers,
        memory=memory,
        folder=folder,
    )
    return NgramCounts._made(unit, shown, sequences.vocabulary.texts(), boundaries, *trie)


def _orders(orders: int | Iterable[int]) -> tuple[int, ...]:
    """Return the orders, rising, each once."""
    given = [orders] if isinstance(orders, int) else orders
    chosen = sorted({require_count(order, "an order", 1, HIGHEST_ORDER) for order in given})
    if not chosen:
        raise ValueError("orders must name at least one order")
    return tuple(chosen)


def _least(min_count: int | Sequence[int], highest: int) -> list[int]:
    """Return the least count of each order."""
    if not isinstance(min_count, Sequence):
        return [require_count(min_count, "min_count", 0)] * highest
    least = [require_count(count, "min_count", 0) for count in min_count]
    if len(least) != highest or least != sorted(least):
        raise ValueError(
            f"min_count must be one number, or {highest} numbers that do not fall, one for each "
            f"order from 1 on; got {list(min_count)}"
        )
    return least
