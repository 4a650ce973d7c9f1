"""The word graph of a text and all its paths, cheapest first."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple

from classicnlp.text import fold, units

UNKNOWN = -1
ADDED = -2


class Edge(NamedTuple):
    """A word, or a unit that is none."""

    start: int
    end: int
    word: int
    cost: int


Path = list[Edge]


def graph(
    numbers: Mapping[str, int], costs: Mapping[int, int], unknown: list[int], text: str
) -> list[Edge]:
    """List the words of a text that end and begin where units do, and the units that are none.

    ``numbers`` has the words in their folded form; ``unknown`` has the cost of a unit that is
    no word, by the class of its first character.
    """
    spans, folded = units(text), fold(text)
    ends = {span.end for span in spans}
    edges = []
    for span in spans:
        for end in sorted(end for end in ends if end > span.start):
            word = numbers.get(folded[span.start : end], UNKNOWN)
            if word != UNKNOWN:
                edges.append(Edge(span.start, end, word, costs[word]))
            elif end == span.end:
                edges.append(Edge(span.start, end, UNKNOWN, unknown[span.kind]))
    return edges


def paths(edges: list[Edge], length: int, start: int = 0) -> Iterator[Path]:
    """Yield every way through the graph."""
    if start == length:
        yield []
    for edge in edges:
        if edge.start == start:
            for rest in paths(edges, length, edge.end):
                yield [edge, *rest]


def rank(
    edges: list[Edge], length: int, cost: Callable[[Path], int]
) -> list[tuple[int, list[int]]]:
    """Return (cost, ends) of every path, cheapest first.

    Of equal costs the one whose last word that differs begins earlier comes first.
    """
    ranked = sorted(
        (cost(path), [e.start for e in path[::-1]], path) for path in paths(edges, length)
    )
    return [(total, [edge.end for edge in path]) for total, _, path in ranked]


def unigram_cost(path: Path) -> int:
    return sum(edge.cost for edge in path)


def bigram_cost(
    pairs: Mapping[tuple[int, int], int], backoff: Mapping[int, int], boundary: int
) -> Callable[[Path], int]:
    """Return the cost of a path by pairs of words; ``boundary`` stands for the text's two ends.

    Unknown units are in no pair, and neither are words of the overlay, from ``boundary`` on;
    these cost the same after any word.
    """

    def known(word: int) -> int:
        return word if word < boundary else UNKNOWN

    def step(previous: int, following: int, alone: int) -> int:
        if previous == UNKNOWN or following == ADDED:
            return alone
        return pairs.get((previous, following), backoff[previous] + alone)

    def cost(path: Path) -> int:
        before = [boundary, *(known(edge.word) for edge in path)]
        words = [ADDED if edge.word >= boundary else edge.word for edge in path]
        alone = [edge.cost for edge in path]
        after = [*zip(words, alone, strict=True), (boundary, 0)]
        return sum(step(p, word, alone) for p, (word, alone) in zip(before, after, strict=True))

    return cost
