"""From the weights of features to the tables of `classicnlp._ext.bmes.BmesCutter`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from classicnlp._ext.alphabet import Alphabet
from classicnlp._ext.bmes import (
    COVER_LIMIT,
    COVERING_GROUPS,
    FINDING_LIMIT,
    KIND_LIMIT,
    SYMBOL_LIMIT,
    BmesCutter,
)
from classicnlp._ext.lexical import keys_of, place_keys
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
from classicnlp.segmentation.groups import GroupedWords
from classicnlp.tagging.perceptron import LinearWeights

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Rows = NDArray[np.int64]

LARGEST_BYTE = 127
NOTHING = np.uint32(0x80808080)  # four weights of 0
LARGEST_WIDE = 2000  # thirteen of them and nine bytes add up to less than 2**15
# What speaks for each label of a trusted word: about as much as anything can speak against it.
TRUST = 180
# The labels of the places that `WordGroups.codes_of` tells apart: BE, BME, BMME, BM…E.
LABELS_OF_COVERS = tuple(map("BMES".index, "BEBMEBMMEBME"))
COVERED = 4096  # symbols with weights of their own for what covers them: rarer ones teach little


def cutter_of(
    alphabet: Alphabet,
    keys: NDArray[np.uint64],
    learnt: LinearWeights,
    words: GroupedWords,
    step: float,
    forbidden: NDArray[np.bool_],
    rules: Rules | None = None,
) -> BmesCutter:
    """Return a cutter with weights that are whole numbers of steps.

    Parameters
    ----------
    alphabet : Alphabet
    keys : uint64 array
        The keys of the features, from `classicnlp.segmentation.features`.
    learnt : LinearWeights
    words : GroupedWords
    step : float
        What 1 stands for in the tables; weights of pairs and of covered characters are cut off at
        127 steps, others at 2,000.
    forbidden : bool array, shape (4, 4)
        Transitions that never happen.
    rules : Rules, optional
        What is joined and parted whatever the weights say.

    Raises
    ------
    ValueError
        If the alphabet is too large for the tables.
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
    group_count = words.count + words.trusted
    findings = np.zeros((group_count, FINDING_LIMIT, 4), np.int16)
    covers = np.full((min(COVERED, alphabet.size) + 1, COVER_LIMIT, COVERING_GROUPS), NOTHING)
    for group in range(words.count):
        chosen = template == FINDING + group
        findings[group, first[chosen]] = rows[chosen]
    for group in range(min(words.count, COVERING_GROUPS)):
        chosen = (template == COVER + group) & (first < len(covers) - 1)
        covers[first[chosen], second[chosen], group] = _packed(rows[chosen])
    if words.trusted:
        for cover, label in enumerate(LABELS_OF_COVERS, 1):
            findings[-1, cover::COVER_LIMIT, label] = TRUST
    of_second, of_first = template == PAIR_BEFORE, template == PAIR_AFTER
    noted, notes = words.pairs()
    pairs, displacements = _pair_table(
        (noted, notes),
        (np.stack([first, second], axis=1)[of_second], _packed(rows[of_second])),
        (np.stack([first, second], axis=1)[of_first], _packed(rows[of_first])),
    )
    return BmesCutter(
        alphabet,
        unigrams.reshape(len(unigrams), -1),
        pairs,
        displacements,
        kinds_of(alphabet),
        windows.reshape(len(windows), -1),
        words.longer(),
        findings,
        covers,
        np.where(forbidden, 0, np.round(learnt.transitions / step)).astype(np.int32),
        np.round(learnt.starts / step).astype(np.int32),
        rules,
    )


def _packed(rows: Rows) -> NDArray[np.uint32]:
    """Return four weights of 8 bits in a number, each plus 128, the first the lowest."""
    small = np.clip(rows, -LARGEST_BYTE, LARGEST_BYTE) + 128
    packed: Rows = (small << np.array([0, 8, 16, 24])).sum(axis=1)
    return packed.astype(np.uint32)


def _pair_table(
    *columns: tuple[NDArray[np.integer], NDArray[np.uint32]],
) -> tuple[NDArray[np.uint32], NDArray[np.uint8]]:
    """Return the table of pairs: of each column the pairs, and what it says of them; displacements.

    Pairs of which none says anything are left out.
    """
    nothing = (0, NOTHING, NOTHING)
    told = [
        (pairs[values != none].astype(np.int64), values[values != none])
        for (pairs, values), none in zip(columns, nothing, strict=True)
    ]
    both = np.concatenate([pairs[:, 0] << 32 | pairs[:, 1] for pairs, _ in told])
    distinct, number = np.unique(both, return_inverse=True)
    symbols = np.stack([distinct >> 32, distinct & 0xFFFFFFFF], axis=1).astype(np.int32)
    keys = keys_of(symbols.reshape(-1), np.arange(0, 2 * len(distinct) + 1, 2))
    checks, displacements, places = place_keys(keys)
    table = np.empty((len(checks) + 1, len(told)), np.uint32)
    table[:] = nothing
    table[:-1, 0] = checks
    start = 0
    for column, (own, values) in enumerate(told):
        row = places[number[start : start + len(own)]]
        table[row, column] = values if column else table[row, column] | values
        start += len(own)
    return table, displacements
