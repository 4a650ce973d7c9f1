"""The word graph of a text and all its paths, cheapest first."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple

from classicnlp.text import fold, units

UNKNOWN = -1


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


class BackOff(NamedTuple):
    """A back-off model of whole costs: those of n-grams, and what giving up a context costs."""

    costs: Mapping[tuple[int, ...], int]
    backoffs: Mapping[tuple[int, ...], int]

    def cost(self, word: int, context: tuple[int, ...]) -> int:
        if (*context, word) in self.costs:
            return self.costs[*context, word]
        return self.backoffs.get(context, 0) + self.cost(word, context[1:])

    def forgetting(self, context: tuple[int, ...]) -> int:
        return sum(self.backoffs.get(context[i:], 0) for i in range(len(context)))


Parts = tuple[list[tuple[int, int]], int]
"""What a word is written with, (word, cost alone) each, and how much less it costs than that."""


def model_cost(
    model: BackOff,
    numbers: list[int],
    order: int,
    bounds: tuple[int, int],
    parts: Mapping[int, Parts],
) -> Callable[[Path], int]:
    """Return the cost of a path by a model of words.

    ``numbers`` has for each word of the lexicon that of the model, -1 where there is none. Such
    words, unknown units and words of the overlay, which stand behind those of the lexicon, leave
    no context; the last cost the same after any word, unless they have parts.
    """

    def step(word: int, alone: int, context: tuple[int, ...]) -> tuple[int, tuple[int, ...]]:
        context = context[max(len(context) - order + 1, 0) :]
        if 0 <= word < len(numbers) and numbers[word] != UNKNOWN:
            return model.cost(numbers[word], context), (*context, numbers[word])
        return alone + (model.forgetting(context) if word < len(numbers) else 0), ()

    def cost(path: Path) -> int:
        context: tuple[int, ...] = bounds[:1]
        total = 0
        for edge in path:
            written, discount = parts.get(edge.word, ([(edge.word, edge.cost)], 0))
            sum_of_parts = 0
            for word, alone in written:
                own, context = step(word, alone, context)
                sum_of_parts += own
            total += max(sum_of_parts - discount, 0)
        return total + model.cost(bounds[1], context[max(len(context) - order + 1, 0) :])

    return cost
