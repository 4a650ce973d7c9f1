"""The kernel that groups words: the naive twin's features, marks and paths, nasty input."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from classicnlp._ext.chunks import (
    REACH,
    TEMPLATES_OF_CHUNKS,
    Chunker,
    NameTable,
    chunk_features,
    name_keys,
    spans_of_labels,
)
from classicnlp._ext.table import fill_table
from classicnlp.text import default_alphabet
from tests.conftest import nasty_words
from tests.reference import candidates as chain
from tests.reference import chunks as reference

ALPHABET = default_alphabet()
TAGS = 3
KINDS = 2
LABELS = 4 * KINDS + 1

few_words = st.lists(
    st.sampled_from(["我", "中国", "国中", "a1", "大学生", "３", "é", "中", "国"]), max_size=7
)
Rows = dict[int, dict[int, int]]


def offsets(words: Sequence[str]) -> np.ndarray:
    return np.cumsum([0, *map(len, words)])


def table_of(kinds: dict[str, int]) -> NameTable:
    names = sorted(name for name in kinds if len(name) > 1)
    keys, reach = name_keys(ALPHABET.symbols("".join(names)), offsets(names))
    slots, order = fill_table(keys, np.arange(len(names) + 1))
    return NameTable(slots, np.array([kinds[name] for name in names], np.uint8)[order], reach)


def keys_of(
    words: list[str], tags: list[int], marks: list[int]
) -> tuple[list[list[int]], list[int]]:
    text = "".join(words)
    keys, known = chunk_features(
        ALPHABET.symbols(text), ALPHABET.classes(text), offsets(words),
        np.array([0, len(words)]), np.array(tags, np.uint16), np.array(marks, np.uint8),
    )  # fmt: skip
    return keys.tolist(), known.tolist()


def filled(rows: Rows) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    first = np.cumsum([0, *map(len, rows.values())])
    slots, order = fill_table(np.array(list(rows), np.uint64), first)
    labels = np.array([label for row in rows.values() for label in row], np.uint8)
    weights = np.array([weight for row in rows.values() for weight in row.values()], np.int16)
    return slots, labels[order], weights[order]


def chunker_of(
    features: Rows, known: Rows, of_tags: list[list[int]], links: Any, names: NameTable
) -> Chunker:
    slots, labels, weights = filled(features)
    word_slots, word_labels, _ = filled(known)
    return Chunker(
        ALPHABET, slots, 256 * weights.astype(np.int32) + labels, word_slots, word_labels,
        np.cumsum([0, *map(len, of_tags)]).astype(np.int32),
        np.array([label for row in of_tags for label in row], np.uint8),
        np.array(links[1:], np.int32), np.array(links[0], np.int32), names,
    )  # fmt: skip


def random_chunker(
    generator: np.random.Generator, sentences: list[tuple[list[str], list[int]]], spread: int
) -> tuple[Chunker, dict[str, int], Rows, Rows, list[list[int]], Any]:
    """Return a chunker with random tables over the features of some sentences, and the tables."""

    def choice() -> list[int]:
        return [0, *(np.flatnonzero(generator.random(LABELS - 1) < 0.4) + 1).tolist()]

    kinds = {
        "".join(words[a : a + 2]): int(generator.integers(1, 4))
        for words, _ in sentences
        for a in range(len(words))
    }
    features: Rows = {}
    known: Rows = {}
    for words, tags in sentences:
        keys, whole = keys_of(words, tags, reference.mark_names(words, kinds))
        for key in (key for row in keys for key in row):
            if key and generator.random() < 0.6:
                features[key] = {
                    label: int(generator.integers(-spread, spread + 1)) for label in choice()
                }
        for key in whole:
            if generator.random() < 0.5:
                known[key] = dict.fromkeys(choice(), 0)
    of_tags = [choice() for _ in range(TAGS + 1)]
    links = generator.integers(-spread, spread + 1, (LABELS + 1, LABELS)).tolist()
    chunker = chunker_of(features, known, of_tags, links, table_of(kinds))
    return chunker, kinds, features, known, of_tags, links


def legal_only(links: list[list[int]]) -> list[list[int]]:
    """Return transitions in which spans go on until they end; the first row is the outside's."""
    return [
        [
            weight if reference.may_follow(before, after) else -(10**12)
            for after, weight in enumerate(row)
        ]
        for before, row in enumerate(links)
    ]


@given(few_words, few_words, st.integers(0, 1 << 30), st.sampled_from([1, 50, 32_767]))
def test_the_labels_are_those_of_the_naive_twin(
    words: list[str], others: list[str], seed: int, spread: int
) -> None:
    words = words[:4]
    generator = np.random.default_rng(seed)
    tags = generator.integers(0, TAGS + 1, len(words)).tolist()
    more = generator.integers(0, TAGS, len(others)).tolist()
    chunker, kinds, features, known, of_tags, links = random_chunker(
        generator, [(words, tags), (others, more)], spread
    )
    marks = reference.mark_names(words, kinds)
    given_tags = [
        TAGS + 1 + int(generator.integers(KINDS)) if generator.random() < 0.2 else tag
        for tag in tags
    ]
    keys, whole = keys_of(words, given_tags, marks)
    emissions = []
    for row, word, tag in zip(keys, whole, given_tags, strict=True):
        choices = list(known.get(word, of_tags[min(tag, TAGS)]))
        if tag > TAGS:
            choices = [4 * (tag - TAGS)]
        emissions.append(
            {
                label: sum(features.get(key, {}).get(label, 0) for key in row)
                if len(choices) > 1
                else 0
                for label in choices
            }
        )
    # Behind the last word stands a place that is outside.
    starts, transitions = legal_only(links[:1])[0], legal_only(links[1:])
    _, path = chain.best_path([*emissions, {0: 0}], transitions, starts)
    labels = chunker.label(
        "".join(words), offsets(words).astype(np.int32), np.array(given_tags, np.uint16)
    )
    assert labels.tolist() == path[:-1]
    boundaries = offsets(words).astype(np.int32)
    spans = chunker.spans("".join(words), boundaries, np.array(given_tags, np.uint16))
    assert spans == spans_of_labels(labels, boundaries)


@given(few_words, few_words, st.integers(0, 1 << 30))
def test_features_agree_where_the_naive_contexts_do(
    words: list[str], others: list[str], seed: int
) -> None:
    generator = np.random.default_rng(seed)
    keys_by_context: dict[tuple[object, ...], int] = {}
    for sentence in (words, others):
        tags = generator.integers(0, TAGS, len(sentence)).tolist()
        marks = generator.integers(0, 9, len(sentence)).tolist()
        keys, _ = keys_of(sentence, tags, marks)
        folded = [ALPHABET.fold(word) for word in sentence]
        classes = [ALPHABET.classes(word).tolist() for word in sentence]
        contexts = reference.chunk_contexts(folded, classes, tags, marks)
        for row, seen in zip(keys, contexts, strict=True):
            assert len(row) == len(seen) == len(TEMPLATES_OF_CHUNKS)
            for key, context in zip(row, seen, strict=True):
                assert (key == 0) == (context == ())
                if context:
                    assert keys_by_context.setdefault(context, key) == key
    assert len(set(keys_by_context.values())) == len(keys_by_context)


@given(
    few_words,
    st.dictionaries(
        st.lists(st.sampled_from(["中", "国", "中国", "a1", "é我"]), min_size=1, max_size=4).map(
            "".join
        ),
        st.integers(1, 63),
        max_size=12,
    ),
)
def test_names_are_marked_as_by_the_naive_twin(words: list[str], kinds: dict[str, int]) -> None:
    long = {name: kind for name, kind in kinds.items() if len(name) > 1}
    folded = {ALPHABET.fold(name): kind for name, kind in long.items()}
    marks = table_of(folded).mark(
        ALPHABET.symbols("".join(words)), offsets(words), np.array([0, len(words)])
    )
    assert marks.tolist() == reference.mark_names([ALPHABET.fold(word) for word in words], folded)


@pytest.mark.parametrize("count", [1, 7, 8, 9, 63, 64, 65])
def test_names_have_eight_words_at_most(count: int) -> None:
    words = ["国"] * count
    table = table_of({"国" * length: 1 for length in range(2, count + 1)})
    marks = table.mark(ALPHABET.symbols("".join(words)), offsets(words), np.array([0, count]))
    expected = reference.mark_names(words, {"国" * k: 1 for k in range(2, count + 1)})
    assert marks.tolist() == expected


@given(st.lists(st.integers(0, 12), max_size=12))
def test_whatever_the_labels_spans_are_the_naive_twins(labels: list[int]) -> None:
    places = np.arange(len(labels) + 1, dtype=np.int32)
    spans = spans_of_labels(np.array(labels, np.uint8), places)
    assert spans == reference.spans_of_labels(labels)
    assert all(one[1] <= other[0] for one, other in pairwise(spans))
    wider = spans_of_labels(np.array(labels, np.uint8), 3 * places)
    assert wider == [(3 * start, 3 * end, kind) for start, end, kind in spans]
    with pytest.raises(ValueError, match="boundaries"):
        spans_of_labels(np.array(labels, np.uint8), places[1:])


@given(words=st.lists(nasty_words, max_size=8), seed=st.integers(0, 1 << 30))
def test_any_words_get_a_label_each(words: list[str], seed: int) -> None:
    generator = np.random.default_rng(seed)
    tags = generator.integers(0, TAGS + KINDS + 1, len(words)).tolist()
    chunker, *_ = random_chunker(generator, [(words, [min(tag, TAGS - 1) for tag in tags])], 9)
    labels = chunker.label(
        "".join(words), offsets(words).astype(np.int32), np.array(tags, np.uint16)
    )
    assert len(labels) == len(words)
    for word, tag, label in zip(words, tags, labels.tolist(), strict=True):
        if tag > TAGS:
            assert label == 4 * (tag - TAGS)
        elif word[0].isspace() and ALPHABET.classes(word)[0] == ALPHABET.classes(" ")[0]:
            assert label == 0


def sound() -> dict[str, Any]:
    return {
        "feature_slots": np.zeros((3, 2), np.uint32), "feature_cells": np.zeros(0, np.int32),
        "word_slots": np.zeros((3, 2), np.uint32),
        "word_labels": np.zeros(0, np.uint8), "tag_first": np.array([0, 1, 3], np.int32),
        "tag_labels": np.array([0, 0, 4], np.uint8), "transitions": np.zeros((5, 5), np.int32),
        "starts": np.zeros(5, np.int32), "names": table_of({}),
    }  # fmt: skip


def test_a_chunker_without_features_still_labels() -> None:
    chunker = Chunker(ALPHABET, **sound())
    labels = chunker.label("我爱你", np.array([0, 1, 3], np.int32), np.array([0, 2], np.uint16))
    assert labels.tolist() == [0, 4]
    assert chunker.label("", np.zeros(1, np.int32), np.zeros(0, np.uint16)).tolist() == []


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"transitions": np.zeros((4, 4), np.int32)}, "1 \\+ 4 k labels"),
        ({"transitions": np.zeros((0, 0), np.int32)}, "1 \\+ 4 k labels"),
        ({"transitions": np.full((5, 5), 1 << 24, np.int32)}, "weighs"),
        ({"starts": np.zeros(4, np.int32)}, "expected 5 starts"),
        ({"feature_cells": np.zeros(1, np.int32)}, "cells must begin"),
        ({"feature_cells": np.zeros((1, 1), np.int32)}, "cells must begin"),
        ({"feature_slots": np.zeros(3, np.uint32)}, "two columns"),
        ({"feature_slots": np.array([[1, 0], [1, 0], [0, 0]])}, "an empty slot"),
        ({"feature_slots": np.array([[0, 0], [0, 1], [0, 0]])}, "slot by slot"),
        ({"word_slots": np.zeros(3, np.uint32)}, "two columns"),
        (
            {
                "word_slots": np.array([[1, 0], [0, 2], [0, 2]]),
                "word_labels": np.array([0, 5], np.uint8),
            },
            "do not fit",
        ),
        (
            {
                "word_slots": np.array([[1, 0], [0, 1], [0, 1]]),
                "word_labels": np.array([4], np.uint8),
            },
            "may not be outside",
        ),
        (
            {
                "feature_slots": np.array([[1, 0], [0, 1], [0, 1]]),
                "feature_cells": np.array([5], np.int32),
            },
            "do not fit",
        ),
        (
            {
                "feature_slots": np.array([[1, 0], [0, 1], [0, 1]]),
                "feature_cells": np.array([1 << 24], np.int32),
            },
            "weighs",
        ),
        ({"tag_labels": np.array([0, 4, 4], np.uint8)}, "may not be outside"),
        ({"tag_labels": np.array([0, 0, 5], np.uint8)}, "do not fit"),
        ({"tag_labels": np.array([0, 0], np.uint8)}, "do not fit"),
        ({"tag_first": np.array([0], np.int32)}, "must rise from 0"),
        ({"tag_first": np.array([0, 3, 2], np.int32)}, "must rise from 0"),
        ({"tag_first": np.array([0, 0, 3], np.int32)}, "may not be outside"),
        ({"names": None}, "names"),
    ],
)
def test_arrays_that_do_not_fit_are_refused(change: dict[str, Any], message: str) -> None:
    with pytest.raises((ValueError, TypeError), match=message):
        Chunker(ALPHABET, **{**sound(), **change})


@pytest.mark.parametrize(
    ("slots", "kinds", "reach", "message"),
    [
        ([[0, 0]], [], REACH, "at least 2 slots"),
        ([[1, 0], [0, 1], [0, 1]], [], REACH, "cells must begin"),
        ([[1, 0], [0, 1], [0, 1]], [0], REACH, "the kind of a name"),
        ([[1, 0], [0, 1], [0, 1]], [64], REACH, "the kind of a name"),
        ([[1, 0], [0, 1], [0, 1]], [1], 5, "reach must have"),
    ],
)
def test_name_tables_that_do_not_fit_are_refused(
    slots: list[list[int]], kinds: list[int], reach: int, message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        NameTable(np.array(slots, np.uint32), np.array(kinds, np.uint8), np.zeros(reach, np.uint8))


@pytest.mark.parametrize(
    ("boundaries", "tags", "message"),
    [
        ([], [], "boundaries must ascend"),
        ([0, 2], [0], "boundaries must ascend"),
        ([0, 1, 1, 3], [0, 0, 0], "boundaries must ascend"),
        ([0, 5, 3], [0, 0], "boundaries must ascend"),
        ([0, 3], [0, 0], "expected 1 tags"),
        ([0, 3], [3], "must be at most 2"),
    ],
)
def test_boundaries_and_tags_that_do_not_fit_are_refused(
    boundaries: list[int], tags: list[int], message: str
) -> None:
    chunker = Chunker(ALPHABET, **sound())
    with pytest.raises(ValueError, match=message):
        chunker.label("我爱你", np.array(boundaries, np.int32), np.array(tags, np.uint16))
