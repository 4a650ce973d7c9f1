"""Maximum matching as the textbook has it, over the stretches that are words or units."""

from __future__ import annotations

from tests.reference.lattice import Edge

Cut = list[int]


def forward(edges: list[Edge], length: int) -> Cut:
    """Return the ends of the words: from the left, always the longest."""
    ends = [0]
    while ends[-1] < length:
        ends.append(max(edge.end for edge in edges if edge.start == ends[-1]))
    return ends[1:]


def backward(edges: list[Edge], length: int) -> Cut:
    """Return the ends of the words: from the right, always the longest."""
    ends = [length]
    while ends[-1] > 0:
        ends.append(min(edge.start for edge in edges if edge.end == ends[-1]))
    return ends[-2::-1]


def bidirectional(edges: list[Edge], length: int) -> Cut:
    """Return the better cut of each stretch between boundaries that both directions share.

    Fewer words are better, then fewer single characters, then the backward cut.
    """
    cuts = [forward(edges, length), backward(edges, length)]
    chosen: Cut = []
    start = 0
    for end in sorted(set(cuts[0]) & set(cuts[1])):
        parts = [[e for e in cut if start < e <= end] for cut in cuts]
        chosen += parts[0] if badness(parts[0], start) < badness(parts[1], start) else parts[1]
        start = end
    return chosen


def badness(ends: Cut, start: int) -> tuple[int, int]:
    starts = [start, *ends]
    return len(ends), sum(end - begin == 1 for begin, end in zip(starts, ends, strict=False))
