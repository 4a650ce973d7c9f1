"""Constraints: masks of what is allowed, and spans that come out as they were given."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from classicnlp._ext.chain import decode
from classicnlp.corpus.schemes import PREFIXES, SCHEMES, Scheme, spans_of
from classicnlp.spans import Span
from classicnlp.tagging.constraints import fixed_spans, mask_of

INFINITY = np.inf


def labels_in(scheme: Scheme, types: tuple[str, ...] = ("LOC", "PER")) -> list[str]:
    prefixes = sorted({*PREFIXES[scheme], "B"})
    return [f"{prefix}-{type}" for type in types for prefix in prefixes] + ["O"]


@st.composite
def spans(draw: st.DrawFn) -> tuple[int, list[tuple[int, int, str]]]:
    length = draw(st.integers(0, 9))
    cuts = sorted(draw(st.sets(st.integers(0, length), max_size=6)))
    types = st.sampled_from(["LOC", "PER", None])
    chosen = [(a, b, draw(types)) for a, b in itertools.pairwise(cuts)]
    return length, [(a, b, type) for a, b, type in chosen if type is not None]


@given(spans(), st.sampled_from(SCHEMES), st.integers(0, 2**32 - 1))
def test_fixed_spans_come_out_whatever_the_scores(
    case: tuple[int, list[tuple[int, int, str]]], scheme: Scheme, seed: int
) -> None:
    length, wanted = case
    labels = labels_in(scheme)
    generator = np.random.default_rng(seed)
    scores = generator.normal(0, 10, (length, len(labels)))
    transitions = generator.normal(0, 10, (len(labels), len(labels)))
    allowed = fixed_spans(length, wanted, labels, scheme)
    scores += mask_of([allowed], labels, np.array([0, length]))
    numbers, _ = decode(np.array([0, length]), scores, transitions)
    found = spans_of([labels[number] for number in numbers], scheme)
    assert set(wanted) <= set(found)


@given(spans(), st.sampled_from(SCHEMES))
def test_what_is_far_from_spans_is_free(
    case: tuple[int, list[tuple[int, int, str]]], scheme: Scheme
) -> None:
    length, wanted = case
    allowed = fixed_spans(length, wanted, labels_in(scheme), scheme)
    assert len(allowed) == length
    for place, choice in enumerate(allowed):
        near = any(start - 1 <= place <= end for start, end, _ in wanted)
        assert choice is None or near
        within = any(start <= place < end for start, end, _ in wanted)
        assert (choice is not None and len(choice) == 1) or not within


def test_words_have_the_empty_type() -> None:
    assert fixed_spans(5, [(1, 4, "")], ["B", "E", "M", "S"], "BMES") == [
        None, ("B",), ("M",), ("E",), None,
    ]  # fmt: skip


def test_a_span_may_be_a_span_of_the_package() -> None:
    labels = ["B-PER", "I-PER", "O"]
    assert fixed_spans(2, [Span("我", "PER", 0, 1)], labels) == [("B-PER",), ("B-PER", "O")]


@pytest.mark.parametrize(
    ("spans", "labels", "scheme", "message"),
    [
        ([(0, 4, "PER")], ["B-PER", "I-PER", "O"], "BIO", "does not lie in"),
        ([(1, 1, "PER")], ["B-PER", "I-PER", "O"], "BIO", "does not lie in"),
        ([(0, 2, "PER"), (1, 3, "PER")], ["B-PER", "I-PER", "O"], "BIO", "overlap"),
        ([(0, 2, "ORG")], ["B-PER", "I-PER", "O"], "BIO", "does not know the label '[BI]-ORG'"),
        ([(0, 2, "PER")], ["B-PER", "I-PER", "O"], "IBO", "no such scheme: 'IBO'"),
        ([(1, 2, "PER")], ["I-PER"], "IOB1", "would change a span"),
    ],
)
def test_spans_that_cannot_be(
    spans: list[tuple[int, int, str]], labels: list[str], scheme: Any, message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        fixed_spans(3, spans, labels, scheme)


def test_the_mask_is_minus_infinity_where_a_label_is_not_allowed() -> None:
    allowed = [None, [], [["b", "c"], None, ("a",)]]
    mask = mask_of(allowed, "abc", np.array([0, 2, 2, 5]))
    assert mask.tolist() == [
        [0.0, 0.0, 0.0], [0.0, 0.0, 0.0],
        [-INFINITY, 0.0, 0.0], [0.0, 0.0, 0.0], [0.0, -INFINITY, -INFINITY],
    ]  # fmt: skip
    assert mask_of([], "abc", np.array([0])).shape == (0, 3)


@pytest.mark.parametrize(
    ("allowed", "error", "message"),
    [
        ([], ValueError, "X has 2 sequences, allowed has 0"),
        ([None, [None]], ValueError, "sequence 2 has 2 tokens, allowed has 1 places"),
        ([None, [None, []]], ValueError, "sequence 2, place 2: no label is allowed"),
        ([None, [{"a", "x"}, None]], ValueError, "sequence 2, place 1: unknown label 'x'"),
        ([None, [[["a"]], None]], ValueError, "unknown label"),
        ([[None, "ab"], None], TypeError, "sequence 1, place 2: expected None or a collection"),
        ([[None, 3], None], TypeError, "expected None or a collection of labels, got 3"),
    ],
)
def test_what_cannot_be_allowed(allowed: Any, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        mask_of(allowed, ["a", "b"], np.array([0, 2, 4]))
