"""Segmentation by labels from tables: best score, units, white space."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from classicnlp import Pipeline
from classicnlp._ext.bmes import NO_PAIR, SYMBOL_LIMIT, BmesCutter, check_table, fill_pairs
from classicnlp.rules import NEUTRAL
from classicnlp.segmentation import CharSegmenter
from classicnlp.text import CharacterClass, default_alphabet, units
from tests.conftest import nasty_texts
from tests.reference import bmes as reference

RANKED = 40  # symbols with a row of their own in random tables
LETTERS = default_alphabet().fold("".join(map(chr, range(0x4E00, 0x9FFF))))
FREQUENT = sorted(set(LETTERS), key=lambda c: int(default_alphabet().symbols(c)[0]))[:6]

short_texts = st.lists(
    st.sampled_from([*FREQUENT, "一", "龘", "𠀀", "，", "a1", "3.5%", "👍🏽", "e\u0301"]),
    min_size=1,
    max_size=8,
).map("".join)


def random_tables(seed: int, spread: int) -> tuple[reference.Tables, BmesCutter]:
    """Return the same random weights for the twin and as a cutter."""
    generator = np.random.default_rng(seed)
    alphabet = default_alphabet()
    seen = [int(symbol) for symbol in alphabet.symbols("".join(FREQUENT))]
    symbols = [0, RANKED, *(symbol for symbol in seen if symbol < RANKED)]
    pairs = [(a, b) for a in symbols for b in symbols if generator.random() < 0.7]

    def rows(*shape: int) -> np.ndarray:
        return generator.integers(-spread, spread + 1, shape).astype(np.int16)

    unigrams = rows(RANKED + 1, 12)
    keys = np.array([(a << 16) | b for a, b in pairs], np.uint32)
    pair_rows, skip_rows = rows(len(pairs), 8), rows(len(pairs), 4)
    transitions, starts = rows(4, 4).astype(np.int32), rows(4).astype(np.int32)
    cutter = BmesCutter(
        alphabet, unigrams, *fill_pairs(keys, pair_rows), *fill_pairs(keys, skip_rows),
        transitions, starts,
    )  # fmt: skip
    twin = reference.Tables(
        *(unigrams[:, k : k + 4].tolist() for k in (0, 4, 8)),
        dict(zip(pairs, pair_rows[:, :4].tolist(), strict=True)),
        dict(zip(pairs, pair_rows[:, 4:].tolist(), strict=True)),
        dict(zip(pairs, skip_rows.tolist(), strict=True)),
        transitions.tolist(),
        starts.tolist(),
    )
    return twin, cutter


def tables_of(cutter: BmesCutter) -> reference.Tables:
    """Read a trained model's tables back as dictionaries."""
    arrays = cutter.arrays

    def entries(name: str, weights: str, part: slice) -> dict[tuple[int, int], list[int]]:
        filled = np.flatnonzero(arrays[name] != NO_PAIR).tolist()
        keys = arrays[name].tolist()
        return {
            (keys[k] >> 16, keys[k] & 0xFFFF): arrays[weights][k, part].tolist() for k in filled
        }

    return reference.Tables(
        *(arrays["unigrams"][:, k : k + 4].tolist() for k in (0, 4, 8)),
        entries("pairs", "pair_weights", slice(0, 4)),
        entries("pairs", "pair_weights", slice(4, 8)),
        entries("skips", "skip_weights", slice(0, 4)),
        arrays["transitions"].tolist(),
        arrays["starts"].tolist(),
    )


def assert_best(tables: reference.Tables, cutter: BmesCutter, text: str) -> None:
    symbols = default_alphabet().symbols(text).tolist()
    lengths = [len(word) for word in cutter.segment(text)]
    best = reference.best_score(tables, symbols, [run.end - run.start for run in units(text)])
    assert reference.score(tables, symbols, lengths) == best


@given(short_texts, st.integers(0, 1 << 30), st.sampled_from([1, 100, 32_767]))
def test_the_cut_has_the_best_score_of_all_with_random_tables(
    text: str, seed: int, spread: int
) -> None:
    tables, cutter = random_tables(seed, spread)
    assert_best(tables, cutter, text)


def test_the_cut_has_the_best_score_of_all_with_a_trained_model(
    small_segmenter: CharSegmenter, segmented: list[list[str]]
) -> None:
    cutter = small_segmenter.with_rules(NEUTRAL - {"apart", "count", "sign", "emoji"})._cutter
    assert isinstance(cutter, BmesCutter)
    tables = tables_of(cutter)
    for words in segmented[::3]:
        text = "".join(words)
        for stretch in (text[:9], text[3:11], text[-7:]):
            if not stretch.isspace() and " " not in stretch:
                assert_best(tables, cutter, stretch)


def test_a_long_text_is_cut_by_its_best_score(small_segmenter: CharSegmenter) -> None:
    """Scores are kept small by subtraction: ten thousand characters must not drift."""
    text = "他说的确实在理，" * 1250
    cut = small_segmenter.segment(text)
    period = small_segmenter.segment("他说的确实在理，" * 3)
    middle = len(period) // 3
    assert cut[: 2 * middle] == period[: 2 * middle]
    assert cut[-middle:] == period[-middle:]
    assert cut[middle : 2 * middle] * 1248 == cut[middle:-middle]


@given(text=nasty_texts)
def test_units_are_never_cut(text: str, small_segmenter: CharSegmenter) -> None:
    rules = small_segmenter.held_rules
    inside = {i for run in units(text, rules) for i in range(run.start + 1, run.end)}
    assert not inside & set(small_segmenter.boundaries(text).tolist())


def space_runs(text: str) -> list[tuple[int, int]]:
    runs = [run for run in units(text) if run.kind == CharacterClass.SPACE]
    return [(run.start, run.end) for run in runs]


@given(text=nasty_texts)
def test_a_run_of_white_space_is_a_word_of_its_own(
    text: str, small_segmenter: CharSegmenter
) -> None:
    cut = small_segmenter.boundaries(text).tolist()
    assert set(space_runs(text)) <= set(itertools.pairwise(cut))


@given(text=nasty_texts)
def test_stretches_between_white_space_are_cut_each_by_itself(
    text: str, small_segmenter: CharSegmenter
) -> None:
    expected, start = [], 0
    for low, high in [*space_runs(text), (len(text), len(text))]:
        expected += [*small_segmenter.segment(text[start:low]), text[low:high]]
        start = high
    assert small_segmenter.segment(text) == [word for word in expected if word]


def test_lines_are_cut_as_if_they_were_alone(pku: Pipeline, documents: list[str]) -> None:
    for text in documents[:12]:
        words: list[str] = []
        for line in text.splitlines(keepends=True):
            words += pku.segment(line.rstrip("\n"))
            words += ["\n"] * line.endswith("\n")
        assert pku.segment(text) == words


@given(st.lists(st.integers(0, NO_PAIR - 1), unique=True, max_size=40))
def test_every_pair_is_found_in_its_table_and_a_slot_is_left_empty(pairs: list[int]) -> None:
    rows = np.arange(3 * len(pairs), dtype=np.int16).reshape(-1, 3)
    table, weights = fill_pairs(np.array(pairs, np.uint32), rows)
    assert (table == NO_PAIR).sum() == len(table) - len(pairs) > 0
    assert not weights[-1].any()
    check_table(table, weights, 3)
    found = {int(key): weights[k].tolist() for k, key in enumerate(table) if key != NO_PAIR}
    assert found == dict(zip(pairs, rows.tolist(), strict=True))


def sound_arrays() -> dict[str, Any]:
    pairs, pair_weights = fill_pairs(np.zeros(0, np.uint32), np.zeros((0, 8), np.int16))
    skips, skip_weights = fill_pairs(np.zeros(0, np.uint32), np.zeros((0, 4), np.int16))
    return {
        "unigrams": np.zeros((1, 12), np.int16),
        "pairs": pairs, "pair_weights": pair_weights,
        "skips": skips, "skip_weights": skip_weights,
        "transitions": np.zeros((4, 4), np.int32), "starts": np.zeros(4, np.int32),
    }  # fmt: skip


def test_a_table_of_one_row_is_enough() -> None:
    cutter = BmesCutter(default_alphabet(), **sound_arrays())
    assert "".join(cutter.segment("我来到北京\n\U00020000")) == "我来到北京\n\U00020000"


@pytest.mark.parametrize(
    ("name", "array"),
    [
        ("unigrams", np.zeros((1, 11), np.int16)),
        ("unigrams", np.zeros((0, 12), np.int16)),
        ("unigrams", np.zeros(12, np.int16)),
        ("unigrams", np.zeros((SYMBOL_LIMIT + 1, 12), np.int16)),
        ("pairs", np.zeros(2, np.uint32)),
        ("pairs", np.full(3, NO_PAIR, np.uint32)),
        ("pairs", np.full(1, NO_PAIR, np.uint32)),
        ("pairs", np.full((2, 2), NO_PAIR, np.uint32)),
        ("pair_weights", np.zeros((2, 8), np.int16)),
        ("pair_weights", np.zeros((3, 4), np.int16)),
        ("skips", np.zeros(2, np.uint32)),
        ("skip_weights", np.zeros((3, 8), np.int16)),
        ("transitions", np.zeros((4, 3), np.int32)),
        ("transitions", np.full((4, 4), 1 << 24, np.int32)),
        ("starts", np.zeros(5, np.int32)),
        ("starts", np.full(4, -(1 << 31), np.int32)),
    ],
)
def test_tables_that_do_not_fit_are_refused(name: str, array: np.ndarray) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        BmesCutter(default_alphabet(), **{**sound_arrays(), name: array})
