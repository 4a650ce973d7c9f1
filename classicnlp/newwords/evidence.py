"""What a segmenter and a tagger think of candidates."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import numpy as np

from classicnlp.lexicon import build_trie
from classicnlp.text import default_alphabet

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from classicnlp._ext.trie import Trie
    from classicnlp.lm.sequences import Cutting
    from classicnlp.spans import Token

FUNCTION_TAGS = "rupdcymqfeohkwx"
"""First letters of the tags of words that are no part of a name or term."""


def edge_shares(
    blocks: Iterable[str], texts: list[str], segmenter: Cutting, workers: int
) -> NDArray[np.float64]:
    """Return in what share of its occurrences a segmenter cuts at both ends of each candidate.

    Parameters
    ----------
    blocks : iterable of str
        The text.
    texts : list of str
        Distinct candidates, each of which occurs.
    segmenter : segmenter or pipeline
    workers : int
        Threads.

    Returns
    -------
    float64 array, shape (len(texts),)
    """
    trie, numbers = build_trie(texts, default_alphabet().exact())
    occurrences = np.zeros(len(texts), np.int64)
    cut = np.zeros(len(texts), np.int64)

    def count(block: str) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        return _count_edges(block, trie, segmenter)

    given = iter(blocks)
    with ThreadPoolExecutor(workers) as pool:
        # A few blocks at a time: map would read all that there are.
        while some := list(itertools.islice(given, workers)):
            for all_of_block, cut_of_block in pool.map(count, some):
                occurrences += all_of_block
                cut += cut_of_block
    return (cut / np.maximum(occurrences, 1))[numbers]


def _count_edges(
    block: str, trie: Trie, segmenter: Cutting
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return how often each key occurs, and how often between two cuts."""
    edges = np.zeros(len(block) + 1, np.bool_)
    edges[segmenter.boundaries(block)] = True
    starts, ends, values = trie.all_matches(block)
    between = values[edges[starts] & edges[ends]]
    return np.bincount(values, minlength=trie.size), np.bincount(between, minlength=trie.size)


def is_term(tokens: Sequence[Token]) -> bool:
    """Say whether the tagged words of a candidate can be one name, term or idiom.

    One word always can. Several can if they end in something nominal or in a bound morpheme,
    with no function word, number or verb of two characters and more among them: a simplification
    of the patterns of Justeson and Katz (1995), made for the tags of Peking University.

    >>> from classicnlp import Token
    >>> is_term([Token("绿色", "n", 0, 2), Token("债券", "n", 2, 4)])
    True
    >>> is_term([Token("发行", "v", 0, 2), Token("债券", "n", 2, 4)])
    False
    """
    if len(tokens) == 1:
        return True
    if any(token.tag[0] in FUNCTION_TAGS for token in tokens):
        return False
    if any(token.tag[0] == "v" and token.tag != "vn" and len(token.text) > 1 for token in tokens):
        return False
    last = tokens[-1].tag
    return last[0] in "nNjltis" or last in ("vn", "an") or last.endswith("g")
