"""Between n-grams with probabilities, order by order, and the automaton that finds them fast."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from classicnlp import store
from classicnlp._ext.backoff import FILLED, Automaton, fill_buckets
from classicnlp.checks import as_array
from classicnlp.lm.grams import Level
from classicnlp.lm.vocabulary import BEGIN

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Logs = NDArray[np.float32]
    Numbers = NDArray[np.int64]

LINE = 64  # bytes of a line of the cache
LOW = np.uint64(0xFFFFFFFF)
KEY = np.uint64((1 << 63) - 1)  # of an entry: its bucket's mark is not part of it
HIGH = np.uint64(32)


class Table(NamedTuple):
    """A back-off model: of each n-gram log10 p and its back-off weight as a context.

    Attributes
    ----------
    levels : list of Level
        From order 1 on, closed: the prefix and the suffix of an n-gram are there.
    logs : list of float32 arrays
        log10 p(last word | words before).
    backoffs : list of float32 arrays
        log10 of the back-off weights, one array for each order but the highest; 0 for n-grams that
        are no context.
    """

    levels: list[Level]
    logs: list[Logs]
    backoffs: list[Logs]


def build(table: Table, flat: bool = False) -> Automaton:
    """Return the automaton of a table.

    Parameters
    ----------
    table : Table
    flat : bool
        Whether back-off weights are the probabilities of all that is missing.
    """
    levels = table.levels
    followers = [
        np.zeros(1, np.uint32)
    ]  # by order, the state after each n-gram; the empty one's is 0
    states, starts = [np.zeros(1, np.uint64)], []
    contexts: list[NDArray[np.uint32]] = [np.zeros(1, np.uint32)]
    count = 1
    for k, level in enumerate(levels):
        after = followers[k][level.suffixes]
        if k + 1 < len(levels):
            own = np.zeros(len(level), bool)
            own[levels[k + 1].parents] = True
            if not flat:
                own |= table.backoffs[k] != 0
            starts.append(count)
            numbers = np.arange(count, count + np.count_nonzero(own), dtype=np.uint32)
            states.append(_steps(table.backoffs[k][own], after[own]))
            after[own] = numbers
            count += len(numbers)
        followers.append(after)
        contexts.append(after)
    keys, steps = [], []
    for k, level in enumerate(levels[1:], 1):
        before = contexts[k][level.parents]
        keys.append((before.astype(np.uint64) << HIGH) | level.last.astype(np.uint64))
        steps.append(_steps(table.logs[k], followers[k + 1]))
    unigrams = _steps(table.logs[0], followers[1])
    entries = sum(map(len, keys))
    buckets = _aligned(int(entries / (4 * FILLED)) + 1)
    if entries:
        fill_buckets(np.concatenate(keys), np.concatenate(steps), buckets)
    return Automaton(buckets, np.concatenate(states), unigrams, np.array(starts, np.uint32), flat)


def unbuild(automaton: Automaton) -> Table:
    """Return the table of an automaton, the n-grams of each order sorted."""
    buckets, states, unigrams, starts = (
        automaton.arrays[name] for name in ("buckets", "states", "unigrams", "starts")
    )
    keys, steps = buckets[:, :4].ravel() & KEY, buckets[:, 4:].ravel()
    filled = keys != 0
    keys, steps = keys[filled], steps[filled]
    bounds = [1, *starts.tolist()[1:], len(states)] if len(starts) else [1]
    size = len(unigrams)
    below = np.zeros(size, np.int32)
    levels = [Level(below, np.arange(size, dtype=np.int32), below)]
    values = [unigrams]
    rows_of = np.zeros(len(states), np.int64)  # of each state, its row in its order
    for k in range(1, len(bounds)):
        _own_rows(values[-1], bounds[k - 1], bounds[k], rows_of)
        before = (keys >> HIGH).astype(np.int64)
        chosen = (before >= bounds[k - 1]) & (before < bounds[k])
        parents, last = rows_of[before[chosen]], (keys[chosen] & LOW).astype(np.int64)
        order = np.argsort((parents << 32) | last)
        parents, last = parents[order], last[order]
        suffixes = _suffixes(levels[-1], parents, last)
        levels.append(Level(parents.astype(np.int32), last.astype(np.int32), suffixes))
        values.append(steps[chosen][order])
    backoffs = []
    for k in range(len(bounds) - 1):
        weights = np.zeros(len(levels[k]), np.float32)
        own = np.arange(bounds[k], bounds[k + 1])
        weights[rows_of[own]] = _logs(states[own])
        backoffs.append(weights)
    return Table(levels, list(map(_logs, values)), backoffs)


def _own_rows(values: NDArray[np.uint64], low: int, high: int, rows_of: Numbers) -> None:
    """Note which n-gram of an order each of its states is."""
    after = (values >> HIGH).astype(np.int64)
    own = (after >= low) & (after < high)
    rows_of[after[own]] = np.flatnonzero(own)


def _suffixes(below: Level, parents: Numbers, last: Numbers) -> NDArray[np.int32]:
    """Return the rows of suffixes; those of the order below are sorted by parent and last word."""
    starts = below.suffixes[parents].astype(np.int64)
    if not below.parents.any():
        return last.astype(np.int32)
    known = (below.parents.astype(np.int64) << 32) | below.last
    return np.searchsorted(known, (starts << 32) | last).astype(np.int32)


def restore(arrays: dict[str, store.Array], order: int, flat: bool) -> Automaton:
    """Return the automaton of a model file.

    Raises
    ------
    KeyError, ValueError
        If the arrays are not sound.
    """
    buckets, states, unigrams = (
        as_array(arrays[name], np.uint64, name) for name in ("buckets", "states", "unigrams")
    )
    starts = as_array(arrays["starts"], np.uint32, "starts")
    if len(starts) != order - 1 or (np.diff(starts.astype(np.int64)) < 0).any():
        raise ValueError("there must be one first state for each order but the highest")
    return Automaton(buckets, states, unigrams, starts, flat)


def begin_state(automaton: Automaton) -> int:
    """Return the state at the beginning of a sentence."""
    return int(automaton.arrays["unigrams"][BEGIN] >> HIGH)


def _steps(logs: Logs, states: NDArray[np.uint32]) -> NDArray[np.uint64]:
    bits = np.ascontiguousarray(logs, np.float32).view(np.uint32)
    return (states.astype(np.uint64) << HIGH) | bits


def _logs(steps: NDArray[np.uint64]) -> Logs:
    return (steps & LOW).astype(np.uint32).view(np.float32)


def _aligned(count: int) -> NDArray[np.uint64]:
    """Return empty buckets, each in a line of the cache."""
    memory = np.zeros(8 * (count + 1), np.uint64)
    skip = (-memory.ctypes.data % LINE) // 8
    return memory[skip : skip + 8 * count].reshape(count, 8)
