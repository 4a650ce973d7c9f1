"""Segmentation by labels from tables: best score, units, white space."""

from __future__ import annotations

import itertools
import pickle
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from classicnlp import Pipeline
from classicnlp._ext.bmes import (
    COVER_LIMIT,
    COVERING_GROUPS,
    EDGE_KIND,
    FINDING_LIMIT,
    KIND_LIMIT,
    SYMBOL_LIMIT,
    BmesCutter,
)
from classicnlp._ext.lexical import LONGEST_WORD, MOST_LISTS, WordGroups, keys_of
from classicnlp.rules import NEUTRAL
from classicnlp.segmentation import CharSegmenter
from classicnlp.segmentation.features import (
    AT,
    BEFORE,
    COVER,
    FINDING,
    PAIR_AFTER,
    PAIR_BEFORE,
    WINDOW_BEFORE,
)
from classicnlp.segmentation.groups import GroupedWords
from classicnlp.segmentation.tables import (
    COVERED,
    LARGEST_BYTE,
    LARGEST_WIDE,
    NOTHING,
    TRUST,
    cutter_of,
)
from classicnlp.tagging.perceptron import LinearWeights
from classicnlp.text import CharacterClass, default_alphabet, fold, units
from tests.conftest import nasty_texts
from tests.reference import bmes as reference
from tests.reference import lexical as lexical_reference
from tests.reference import make_groups

LETTERS = default_alphabet().fold("".join(map(chr, range(0x4E00, 0x9FFF))))
FREQUENT = sorted(set(LETTERS), key=lambda c: int(default_alphabet().symbols(c)[0]))[:6]
PAIRS = (PAIR_BEFORE, PAIR_AFTER)
NO_TRANSITION = np.zeros((4, 4), np.bool_)

short_texts = st.lists(
    st.sampled_from(
        [*FREQUENT, "一", "年", "龘", "二〇〇", "٣", "𠀀", "，", "a1", "3.5%", "👍🏽", "e\u0301"]
    ),
    min_size=1,
    max_size=8,
).map("".join)


def random_words(generator: np.random.Generator, group_count: int) -> dict[str, list[int]]:
    """Return words of frequent letters, each in some groups."""
    words = {}
    for length in (1, 2, 2, 2, 2, 2, 3, 3, 3, 4, 4, 5, 6, 7, 7):
        word = "".join(generator.choice([*FREQUENT[:4], "一", "〇", "0"], length))
        own = np.flatnonzero(generator.random(group_count) < 0.5).tolist()
        words[reference.normalised(word)] = own
    return words


def random_model(
    text: str, seed: int, spread: int, group_count: int, words: reference.Groups | None = None
) -> reference.Model:
    """Return random words, and random weights of the features of a text and of others."""
    generator = np.random.default_rng(seed)
    words = random_words(generator, group_count) if words is None else words
    other = "".join(generator.choice([*FREQUENT, "龘", "9", "一"], 30))
    rows = [*reference.features_of(text, words, group_count)]
    rows += reference.features_of(other, words, group_count)
    weights = {}
    for feature in sorted({feature for row in rows for feature in row}):
        if generator.random() < 0.9 and not (feature[0] >= COVER and feature[1] >= COVERED):
            byte = feature[0] in PAIRS or feature[0] >= COVER
            limit = min(spread, LARGEST_BYTE if byte else LARGEST_WIDE)
            weights[feature] = generator.integers(-limit, limit + 1, 4).tolist()
    links = generator.integers(-spread, spread + 1, (5, 4)).tolist()
    return reference.Model(weights, words, group_count, links[:4], links[4])


def compiled(model: reference.Model, trusted: Iterable[str] = ()) -> BmesCutter:
    """Return a model as tables."""
    keys = [t << 42 | first << 21 | second for t, first, second in model.weights]
    learnt = LinearWeights(
        np.arange(len(keys), dtype=np.int32),
        np.array(list(model.weights.values()), np.float32).reshape(-1, 4),
        np.array(model.transitions, np.float32),
        np.array(model.starts, np.float32),
    )
    lists = [[w for w, own in model.groups.items() if g in own] for g in range(model.group_count)]
    words = GroupedWords(default_alphabet(), lists[:1], lists[1:], 2, trusted)
    keys_of_features = np.array(keys, np.uint64)
    return cutter_of(default_alphabet(), keys_of_features, learnt, words, 1.0, NO_TRANSITION)


def entry_of(arrays: Mapping[str, Any], first: int, second: int) -> np.ndarray:
    """Look a pair up in its table."""
    (key,) = keys_of(np.array([first, second], np.int32), np.array([0, 2])).tolist()
    pairs, displacements = arrays["pairs"], arrays["pair_displacements"]
    displacement = int(displacements[(key >> 32) * len(displacements) >> 32])
    mixed = (key ^ displacement * 0xA24BAED4963EE407) * 0x9FB21C651E98DF25 & (1 << 64) - 1
    entry = pairs[(mixed >> 32) * (len(pairs) - 1) >> 32]
    return entry if int(entry[0]) >> 8 == (key | 1) & 0xFFFFFF else pairs[-1]


def unpacked(weights: np.ndarray) -> list[int]:
    """Return the four weights in a number."""
    return [(int(weights) >> shift & 0xFF) - 128 for shift in (0, 8, 16, 24)]


def model_of(cutter: BmesCutter, words: list[str], texts: list[str]) -> reference.Model:
    """Read a trained model's tables back as far as they concern some texts.

    ``words`` are those of the training data.
    """
    arrays = cutter.arrays
    weights: dict[reference.Feature, list[int]] = {}

    def note(template: int, first: int, second: int, row: list[int]) -> None:
        if any(row):
            weights[template, first, second] = row

    for name, template in (("unigrams", BEFORE), ("windows", WINDOW_BEFORE)):
        for place in np.argwhere(arrays[name].reshape(-1, 3, 4).any(axis=2)).tolist():
            first, column = place
            row = arrays[name][first, 4 * column : 4 * column + 4].tolist()
            note(template + column, first, 0, row)
    rows = [row for text in texts for row in reference.features_of(text, {}, 0)]
    for template, first, second in {feature for row in rows for feature in row}:
        if template in PAIRS:
            column = 1 + PAIRS.index(template)
            row = unpacked(entry_of(arrays, first, second)[column])
            note(template, first, second, row)
    for group, finding in np.argwhere(arrays["findings"].any(axis=2)).tolist():
        note(FINDING + group, finding, 0, arrays["findings"][group, finding].tolist())
    for symbol, cover, group in np.argwhere(arrays["covers"] != NOTHING).tolist():
        note(COVER + group, symbol, cover, unpacked(arrays["covers"][symbol, cover, group]))
    groups = {
        reference.normalised(fold(word)): [0] for word in words if 2 <= len(word) <= LONGEST_WORD
    }
    transitions, starts = arrays["transitions"].tolist(), arrays["starts"].tolist()
    return reference.Model(weights, groups, len(arrays["findings"]), transitions, starts)


def assert_best(model: reference.Model, cutter: BmesCutter, text: str) -> None:
    lengths = [len(word) for word in cutter.segment(text)]
    best = reference.best_score(model, text, [run.end - run.start for run in units(text)])
    assert reference.score(model, text, lengths) == best


@given(
    short_texts,
    st.integers(0, 1 << 30),
    st.sampled_from([1, 100, 2000]),
    st.sampled_from([1, MOST_LISTS]),
)
def test_the_cut_has_the_best_score_of_all_with_random_weights(
    text: str, seed: int, spread: int, group_count: int
) -> None:
    model = random_model(text, seed, spread, group_count)
    assert_best(model, compiled(model), text)


@given(short_texts, st.integers(0, 1 << 30), st.sampled_from([1, 3, MOST_LISTS]))
def test_scores_are_the_sums_of_the_weights(text: str, seed: int, group_count: int) -> None:
    model = random_model(text, seed, 2000, group_count)
    assert compiled(model).scores(text).tolist() == reference.place_scores(model, text)


@pytest.mark.parametrize("length", [1, 2, 7, 62, 63, 64, 65, 126, 127, 128, 129, 300])
def test_the_cut_has_the_best_score_where_pairs_are_fetched_in_several_rounds(length: int) -> None:
    text = "".join(np.random.default_rng(length).choice([*FREQUENT, "一", "二"], length))
    model = random_model(text, length, 100, 3)
    lengths = [len(word) for word in compiled(model).segment(text)]
    assert reference.score(model, text, lengths) == reference.best_path_score(model, text)


@pytest.mark.parametrize("length", [62, 63, 64, 65, 70, 71, 127, 128, 129, 200])
def test_words_that_lie_over_two_rounds_are_found(length: int) -> None:
    """Each place of the text has a word of one length, in one group or two."""
    text = "".join(np.random.default_rng(length).choice([*LETTERS[:300]], length))
    spans = [(start, start + 2 + start % 6) for start in range(length - 1)]
    words = {text[a:b]: sorted({a % 3, a % 2}) for a, b in spans if b <= length}
    model = random_model(text, length, 2000, 3, words)
    assert compiled(model).scores(text).tolist() == reference.place_scores(model, text)


@given(st.text(FREQUENT, min_size=1, max_size=8), st.integers(0, 1 << 30))
def test_the_naive_ways_to_the_best_score_agree(text: str, seed: int) -> None:
    model = random_model(text, seed, 100, 2)
    assert reference.best_path_score(model, text) == reference.best_score(
        model, text, [1] * len(text)
    )


@pytest.mark.parametrize("sign", [1, -1])
def test_the_largest_weights_of_all_groups_add_up(sign: int) -> None:
    """Every template at its limit in favour of one label: no sum wraps round."""
    text = "".join(FREQUENT[:5])
    words = {text[a:b]: list(range(MOST_LISTS)) for a in range(5) for b in range(a + 2, 6)}
    wide = [0, 0, 0, sign * 10 * LARGEST_WIDE]
    features = {f for row in reference.features_of(text, words, MOST_LISTS) for f in row}
    nothing = [[0] * 4] * 4
    model = reference.Model(dict.fromkeys(features, wide), words, MOST_LISTS, nothing, [0] * 4)
    cut = compiled(model).segment(text)
    assert {len(word) == 1 for word in cut} == {sign > 0}


@given(st.text(FREQUENT[:3], max_size=30), st.integers(0, 1 << 30), st.sampled_from([1, 6]))
def test_trusted_words_have_a_bonus_for_their_labels(
    text: str, seed: int, group_count: int
) -> None:
    model = random_model(text, seed, 100, group_count)
    trusted = {text[a : a + 2 + a % 6] for a in range(0, len(text) - 1, 3)}
    found = lexical_reference.spans_of(trusted, text)
    expected = reference.place_scores(model, text)
    for place, row in enumerate(expected):
        cover = lexical_reference.cover(found, place)
        if cover:
            row["BME".index("BEBMEBMMEBME"[cover - 1])] += TRUST
    assert compiled(model, trusted).scores(text).tolist() == expected


def test_weights_beyond_the_limits_are_cut_off() -> None:
    symbol = int(default_alphabet().symbols("一")[0])
    given = {(AT, symbol, 0): [9999, -9999, 1, 0], (PAIR_AFTER, symbol, 0): [999, -999, 1, 0]}
    model = reference.Model(given, {}, 1, [[0] * 4] * 4, [0] * 4)
    assert model_of(compiled(model), [], ["一"]).weights == {
        (AT, symbol, 0): [LARGEST_WIDE, -LARGEST_WIDE, 1, 0],
        (PAIR_AFTER, symbol, 0): [LARGEST_BYTE, -LARGEST_BYTE, 1, 0],
    }


def test_the_cut_has_the_best_score_of_all_with_a_trained_model(
    small_segmenter: CharSegmenter, segmented: list[list[str]]
) -> None:
    cutter = small_segmenter.with_rules(NEUTRAL - {"apart", "count", "sign", "emoji"})._cutter
    assert isinstance(cutter, BmesCutter)
    texts = ["".join(words) for words in segmented[::3]]
    model = model_of(cutter, [word for words in segmented for word in words], texts)
    for text in texts:
        for stretch in (text[:9], text[3:11], text[-7:]):
            if not stretch.isspace() and " " not in stretch:
                assert_best(model, cutter, stretch)
        if " " not in text and len(units(text)) == len(text):
            lengths = [len(word) for word in cutter.segment(text)]
            assert reference.score(model, text, lengths) == reference.best_path_score(model, text)


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


def test_cutters_survive_pickling() -> None:
    text = "".join((FREQUENT * 4)[:20])
    cutter = compiled(random_model(text, 8, 100, 3))
    assert pickle.loads(pickle.dumps(cutter)).segment(text) == cutter.segment(text)


@pytest.mark.parametrize("count", [0, 1, 4, 5, 63, 64, 65, 128, 5000])
def test_pairs_of_one_symbol_are_found_again(count: int) -> None:
    """Each pair is found by its weights: the second character is cut off where they say so."""
    letters = sorted(set(LETTERS), key=lambda c: int(default_alphabet().symbols(c)[0]))[:5001]
    symbols = default_alphabet().symbols("".join(letters)).tolist()
    chosen = list(zip(letters[1:], symbols[1:], strict=True))[:count]
    apart, together = [0, 0, 0, 100], [0, 0, 100, -100]
    given = {(PAIR_BEFORE, symbols[0], b): apart if b % 2 else together for _, b in chosen}
    cutter = compiled(reference.Model(given, {}, 1, [[0] * 4] * 4, [0, 0, 0, 1]))
    for letter, symbol in chosen:
        assert len(cutter.segment(letters[0] + letter)) == 1 + symbol % 2


def sound_arrays() -> dict[str, Any]:
    return {
        "unigrams": np.zeros((1, 12), np.int16),
        "pairs": np.zeros((2, 3), np.uint32),
        "pair_displacements": np.zeros(1, np.uint8),
        "kinds": np.zeros(0, np.uint8),
        "windows": np.zeros((KIND_LIMIT**3, 12), np.int16),
        "groups": make_groups({}),
        "findings": np.zeros((0, FINDING_LIMIT, 4), np.int16),
        "covers": np.zeros((1, COVER_LIMIT, COVERING_GROUPS), np.uint32),
        "transitions": np.zeros((4, 4), np.int32),
        "starts": np.zeros(4, np.int32),
    }


def test_a_table_of_one_row_is_enough() -> None:
    cutter = BmesCutter(default_alphabet(), **sound_arrays())
    assert "".join(cutter.segment("我来到北京\n\U00020000")) == "我来到北京\n\U00020000"


@pytest.mark.parametrize(
    ("name", "array"),
    [
        ("unigrams", np.zeros((1, 11), np.int16)),
        ("unigrams", np.zeros((0, 12), np.int16)),
        ("unigrams", np.zeros(12, np.int16)),
        ("unigrams", np.zeros((2, 12), np.int16)),
        ("unigrams", np.full((1, 12), 11_000, np.int16)),
        ("unigrams", np.full((1, 12), -(1 << 15), np.int16)),
        ("pairs", np.zeros((1, 3), np.uint32)),
        ("pairs", np.zeros((3, 2), np.uint32)),
        ("pairs", np.zeros(8, np.uint32)),
        ("pairs", np.array([[0, 0, 0], [1, 0, 0]], np.uint32)),
        ("pairs", np.array([[257, 0, 0], [0, 0, 0], [0, 0, 0]], np.uint32)),
        ("pair_displacements", np.zeros(0, np.uint8)),
        ("pair_displacements", np.zeros((1, 1), np.uint8)),
        ("groups", make_groups({"中国人": [0]})),
        ("kinds", np.zeros(1, np.uint8)),
        ("kinds", np.zeros((0, 1), np.uint8)),
        ("windows", np.zeros((KIND_LIMIT**3 - 1, 12), np.int16)),
        ("windows", np.zeros((KIND_LIMIT**3, 11), np.int16)),
        ("windows", np.full((KIND_LIMIT**3, 12), 11_000, np.int16)),
        ("findings", np.zeros((0, FINDING_LIMIT - 1, 4), np.int16)),
        ("findings", np.zeros((0, FINDING_LIMIT, 3), np.int16)),
        ("covers", np.zeros((1, COVER_LIMIT, 1), np.uint32)),
        ("covers", np.zeros((1, COVER_LIMIT - 1, COVERING_GROUPS), np.uint32)),
        ("covers", np.zeros((2, COVER_LIMIT, COVERING_GROUPS), np.uint32)),
        ("covers", np.zeros((0, COVER_LIMIT, COVERING_GROUPS), np.uint32)),
        ("transitions", np.zeros((4, 3), np.int32)),
        ("transitions", np.full((4, 4), 1 << 24, np.int32)),
        ("starts", np.zeros(5, np.int32)),
        ("starts", np.full(4, -(1 << 31), np.int32)),
    ],
)
def test_tables_that_do_not_fit_are_refused(name: str, array: np.ndarray) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        BmesCutter(default_alphabet(), **{**sound_arrays(), name: array})


@pytest.mark.parametrize(
    ("symbols", "count", "kind", "weight", "message"),
    [
        (SYMBOL_LIMIT + 1, 0, 0, 0, "rows"),
        (3, MOST_LISTS + 1, 0, 0, "findings"),
        (3, 0, EDGE_KIND, 0, "kind"),
        (3, MOST_LISTS, 0, 4700, "too large"),
    ],
)
def test_tables_that_fit_but_are_too_large_are_refused(
    symbols: int, count: int, kind: int, weight: int, message: str
) -> None:
    arrays = sound_arrays()
    arrays["unigrams"] = np.zeros((symbols, 12), np.int16)
    arrays["kinds"] = np.full(symbols - 1, kind, np.uint8)
    arrays["findings"] = np.full((count, FINDING_LIMIT, 4), weight, np.int16)
    arrays["covers"] = np.zeros((symbols, COVER_LIMIT, COVERING_GROUPS), np.uint32)
    with pytest.raises(ValueError, match=message):
        BmesCutter(default_alphabet(), **arrays)


@given(st.data())
def test_tables_that_pass_cannot_crash_a_cut(data: st.DataObject) -> None:
    """Whatever stands in the arrays of a file: they are refused, or every text comes out whole."""
    text = "".join((FREQUENT * 12)[:70])
    sound = compiled(random_model(text, 3, 100, 2))
    arrays = {name: array.copy() for name, array in sound.arrays.items()}
    words = sound.groups.table.copy()
    for _ in range(data.draw(st.integers(1, 6))):
        where = data.draw(
            st.sampled_from(["pairs", "pair_displacements", "words", "kinds", "covers", "unigrams"])
        )
        value = data.draw(st.integers(0, 0xFFFFFFFF))
        noted = data.draw(st.sampled_from([0, 1, 3, 128, 129, 131]))
        if where == "pairs":
            rows = arrays["pairs"]
            copied = rows[data.draw(st.integers(0, len(rows) - 1)), 0]
            rows[value % len(rows), 0] = data.draw(st.sampled_from([copied, value & ~127])) | noted
        elif where == "words":
            words[value % len(words)] = (value & ~127) | noted
        elif where == "unigrams":
            arrays["unigrams"][value % 40] = value % 6000
        elif where == "pair_displacements":
            arrays[where][value % len(arrays[where])] = value % 256
        else:
            arrays[where][value % 40] = value % 17
    try:
        groups = WordGroups(words, sound.groups.displacements)
        cutter = BmesCutter(sound.alphabet, **arrays, groups=groups)
    except ValueError:
        return
    assert "".join(cutter.segment(text)) == text
