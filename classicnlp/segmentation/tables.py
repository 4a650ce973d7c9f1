"""From the weights of features to the tables of `classicnlp._ext.bmes.BmesCutter`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from classicnlp._ext.alphabet import Alphabet
from classicnlp._ext.bmes import (
    COVER_LIMIT,
    FARTHEST_BASE,
    FINDING_LIMIT,
    KIND_LIMIT,
    SYMBOL_LIMIT,
    BmesCutter,
    fill_pairs,
)
from classicnlp._ext.lexical import WordGroups
from classicnlp._ext.units import Rules
from classicnlp.segmentation.features import (
    AFTER,
    AT,
    BEFORE,
    COVER,
    FINDING,
    PAIR_AFTER,
    PAIR_BEFORE,
    WINDOW,
    WINDOW_AFTER,
    WINDOW_BEFORE,
    kinds_of,
    parts_of,
)
from classicnlp.tagging.perceptron import LinearWeights

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Rows = NDArray[np.int64]

LARGEST_BYTE = 127
LARGEST_WIDE = 2000  # a dozen of them and as many bytes add up to less than 2**15
GROUPS_SHIFT = 24
NO_WORD = 0xFFFF


def cutter_of(
    alphabet: Alphabet,
    keys: NDArray[np.uint64],
    learnt: LinearWeights,
    groups: WordGroups,
    group_count: int,
    step: float,
    forbidden: NDArray[np.bool_],
    rules: Rules,
) -> BmesCutter:
    """Return a cutter with weights that are whole numbers of steps.

    Parameters
    ----------
    alphabet : Alphabet
    keys : uint64 array
        The keys of the features, from `classicnlp.segmentation.features`.
    learnt : LinearWeights
    groups : WordGroups
    group_count : int
    step : float
        What 1 stands for in the tables; weights of pairs and of covered characters are cut off at
        127 steps, others at 2,000.
    forbidden : bool array, shape (4, 4)
        Transitions that never happen.
    rules : Rules
        What is joined and parted whatever the weights say.

    Raises
    ------
    ValueError
        If the alphabet or the words are too many for the tables.
    """
    if alphabet.size >= SYMBOL_LIMIT:
        raise ValueError(f"the alphabet has too many symbols for tables: {alphabet.size}")
    template, first, second = parts_of(keys[learnt.features])
    rows = np.clip(np.round(learnt.rows / step), -LARGEST_WIDE, LARGEST_WIDE).astype(np.int64)
    unigrams = np.zeros((alphabet.size + 1, 3, 4), np.int16)
    windows = np.zeros((KIND_LIMIT**3, 3, 4), np.int16)
    for table, templates in (
        (unigrams, (BEFORE, AT, AFTER)),
        (windows, (WINDOW_BEFORE, WINDOW, WINDOW_AFTER)),
    ):
        for column, wanted in enumerate(templates):
            chosen = template == wanted
            table[first[chosen], column] = rows[chosen]
    findings = np.zeros((group_count, FINDING_LIMIT, 4), np.int16)
    covers = np.zeros((alphabet.size + 1, group_count, COVER_LIMIT), np.uint32)
    for group in range(group_count):
        chosen = template == FINDING + group
        findings[group, first[chosen]] = rows[chosen]
        chosen = template == COVER + group
        covers[first[chosen], group, second[chosen]] = _packed(rows[chosen])
    pair = first << 16 | second
    of_second, of_first = template == PAIR_BEFORE, template == PAIR_AFTER
    entries = _entries(
        (pair[of_second], _packed(rows[of_second])),
        (pair[of_first], _packed(rows[of_first])),
        _links(groups),
    )
    return BmesCutter(
        alphabet,
        unigrams.reshape(len(unigrams), -1),
        fill_pairs(entries),
        kinds_of(alphabet),
        windows.reshape(len(windows), -1),
        groups,
        findings,
        covers,
        np.where(forbidden, 0, np.round(learnt.transitions / step)).astype(np.int32),
        np.round(learnt.starts / step).astype(np.int32),
        rules,
    )


def _packed(rows: Rows) -> NDArray[np.uint32]:
    """Return four weights of 8 bits in a number, the first the lowest."""
    small = np.clip(rows, -LARGEST_BYTE, LARGEST_BYTE) & 0xFF
    return (small << np.array([0, 8, 16, 24])).sum(axis=1).astype(np.uint32)


def _entries(*columns: tuple[NDArray[np.int64], NDArray[np.uint32]]) -> NDArray[np.uint32]:
    """Return rows of a pair and what each column says of it; pairs of which none says anything are left out."""
    told = [(pairs[values != 0], values[values != 0]) for pairs, values in columns]
    pairs, place = np.unique(np.concatenate([pair for pair, _ in told]), return_inverse=True)
    entries = np.zeros((len(pairs), 1 + len(told)), np.uint32)
    entries[:, 0] = pairs
    start = 0
    for column, (own, values) in enumerate(told, 1):
        entries[place[start : start + len(own)], column] = values
        start += len(own)
    return entries


def _links(groups: WordGroups) -> tuple[NDArray[np.int64], NDArray[np.uint32]]:
    """Return the pairs that words begin with, and their links: what is in the pair's state."""
    codes, nodes = groups.arrays["codes"].astype(np.int64), groups.arrays["nodes"]
    bases, halves = nodes[:, 0].astype(np.int64), nodes.view(np.uint16)
    if int(bases.max()) > FARTHEST_BASE:
        raise ValueError("the lexicons have too many words")
    symbols = np.flatnonzero(codes)
    states = bases[0] + codes[symbols]
    there = halves[states, 2] == codes[symbols] if bases[0] else np.zeros(len(symbols), bool)
    pairs, links = [], []
    for symbol, state in zip(symbols[there].tolist(), states[there].tolist(), strict=True):
        if not bases[state]:
            continue
        seconds = bases[state] + codes[symbols]
        found = halves[seconds, 2] == codes[symbols]
        costs = halves[seconds[found], 3].astype(np.int64)
        pairs.append(symbol << 16 | symbols[found])
        links.append(np.where(costs == NO_WORD, 0, costs) << GROUPS_SHIFT | bases[seconds[found]])
    if not pairs:
        return np.zeros(0, np.int64), np.zeros(0, np.uint32)
    return np.concatenate(pairs), np.concatenate(links).astype(np.uint32)
