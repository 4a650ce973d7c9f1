"""Label schemes: what labels mark, which may follow which, and the way from one to another."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise, product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from classicnlp.corpus.schemes import (
    PREFIXES,
    ROLES,
    SCHEMES,
    LabelError,
    LabelledSpan,
    Scheme,
    convert,
    is_legal,
    labels_of,
    legal_transitions,
    repair,
    scheme_of,
    spans_of,
)
from classicnlp.spans import Span

every_scheme = pytest.mark.parametrize("scheme", SCHEMES)
types = st.sampled_from(["PER", "LOC", "PER.NOM", "work-of-art", "-", "O", "B-X", "人名", ""])


@st.composite
def marked(draw: st.DrawFn, max_length: int = 12) -> tuple[int, list[LabelledSpan]]:
    """A length and spans side by side or apart."""
    bounds = sorted(draw(st.sets(st.integers(0, max_length), max_size=8)))
    length = draw(st.integers(bounds[-1] if bounds else 0, max_length))
    spans = [(start, end, draw(types)) for start, end in pairwise(bounds) if draw(st.booleans())]
    return length, spans


def any_labels(scheme: Scheme) -> st.SearchStrategy[list[str]]:
    """Labels of a scheme in any order, most sequences of which are illegal."""
    labels = [f"{prefix}-{type}" for prefix in ROLES[scheme] for type in ("X", "Y-Z")]
    return st.lists(st.sampled_from(["O", *ROLES[scheme], *labels]), max_size=10)


def conlleval(labels: Sequence[str], scheme: Scheme) -> list[LabelledSpan]:
    """The reference: conlleval's rule by neighbours, here with S and with E that ends a span.

    A span begins at each B and S, and at an I or E behind O, E, S or another type. It ends before
    whatever is not its I or E.
    """

    def read(place: int) -> tuple[str, str]:
        if not 0 <= place < len(labels):
            return "O", ""
        prefix, _, type = labels[place].partition("-")
        return ROLES[scheme].get(prefix, "O"), type

    spans = []
    for start in range(len(labels)):
        role, type = read(start)
        before, type_before = read(start - 1)
        if role == "O" or (role in "IE" and before in "BI" and type_before == type):
            continue
        end = start
        while read(end)[0] in "BI" and read(end + 1)[0] in "IE" and read(end + 1)[1] == type:
            end += 1
        spans.append((start, end + 1, type))
    return spans


# Spans and labels


@pytest.mark.parametrize(
    ("scheme", "labels"),
    [
        ("BIO", "B-P I-P I-P B-P O B-L I-L B-P"),
        ("IOB1", "I-P I-P I-P B-P O I-L I-L I-P"),
        ("BIOES", "B-P I-P E-P S-P O B-L E-L S-P"),
        ("BMES", "B-P M-P E-P S-P O B-L E-L S-P"),
        ("BILOU", "B-P I-P L-P U-P O B-L L-L U-P"),
    ],
)
def test_each_scheme_by_hand(scheme: Scheme, labels: str) -> None:
    spans = [(0, 3, "P"), (3, 4, "P"), (5, 7, "L"), (7, 8, "P")]
    assert labels_of(8, spans, scheme) == labels.split()
    assert spans_of(labels.split(), scheme, repair=False) == spans


@every_scheme
@given(sentence=marked())
def test_spans_of_labels_of_spans(scheme: Scheme, sentence: tuple[int, list[LabelledSpan]]) -> None:
    length, spans = sentence
    labels = labels_of(length, reversed(spans), scheme)
    assert len(labels) == length
    assert spans_of(labels, scheme, repair=False) == spans
    assert repair(labels, scheme) == labels


@every_scheme
@pytest.mark.parametrize("target", SCHEMES)
@given(sentence=marked())
def test_conversion_there_and_back(
    scheme: Scheme, target: Scheme, sentence: tuple[int, list[LabelledSpan]]
) -> None:
    labels = labels_of(*sentence, scheme)
    converted = convert(labels, scheme, target, repair=False)
    assert is_legal(converted, target)
    assert convert(converted, target, scheme, repair=False) == labels


@every_scheme
@given(data=st.data())
def test_reading_is_conllevals(scheme: Scheme, data: st.DataObject) -> None:
    labels = data.draw(any_labels(scheme))
    assert spans_of(labels, scheme) == conlleval(labels, scheme)


@every_scheme
@given(data=st.data())
def test_repair_is_legal_keeps_the_spans_and_is_done_once(
    scheme: Scheme, data: st.DataObject
) -> None:
    labels = data.draw(any_labels(scheme))
    repaired = repair(labels, scheme)
    assert is_legal(repaired, scheme)
    assert spans_of(repaired, scheme, repair=False) == spans_of(labels, scheme)
    assert repair(repaired, scheme) == repaired
    assert (repaired == labels) == is_legal(labels, scheme)


def test_empty_sequences_and_one_token() -> None:
    for scheme in SCHEMES:
        assert spans_of([], scheme) == []
        assert labels_of(0, [], scheme) == repair([], scheme) == []
        assert is_legal([], scheme)
        assert labels_of(1, [], scheme) == ["O"]
        assert labels_of(1, [(0, 1, "X")], scheme) == [PREFIXES[scheme][3] + "-X"]


def test_types_may_hold_hyphens_and_be_empty() -> None:
    assert spans_of(["B-work-of-art", "I-work-of-art"]) == [(0, 2, "work-of-art")]
    assert spans_of(list("BMESS"), "BMES") == [(0, 3, ""), (3, 4, ""), (4, 5, "")]
    assert labels_of(3, [(0, 2, ""), (2, 3, "")], "BMES") == list("BES")
    assert spans_of(["B", "I-X"]) == [(0, 1, ""), (1, 2, "X")]


def test_spans_of_the_package_are_spans() -> None:
    spans = [Span("京", "LOC", 2, 3), Span("我", "PER", 0, 1)]
    assert labels_of(3, spans) == ["B-PER", "O", "B-LOC"]


# Legality


@pytest.mark.parametrize(
    ("scheme", "labels", "place", "message"),
    [
        ("BIO", "O I-X", 1, r"label 'I-X' may not stand behind 'O' in BIO"),
        ("BIO", "I-X", 0, "label 'I-X' may not stand at the beginning in BIO"),
        ("BIO", "B-X I-Y", 1, "'I-Y' may not stand behind 'B-X'"),
        ("IOB1", "B-X", 0, "'B-X' may not stand at the beginning"),
        ("IOB1", "I-X B-Y", 1, "'B-Y' may not stand behind 'I-X'"),
        ("BIOES", "B-X", 1, "the end may not stand behind 'B-X' in BIOES"),
        ("BIOES", "S-X E-X", 1, "'E-X' may not stand behind 'S-X'"),
        ("BMES", "B-X M-X O", 2, "'O' may not stand behind 'M-X'"),
        ("BILOU", "B-X U-X", 1, "'U-X' may not stand behind 'B-X'"),
    ],
)
def test_illegal_sequences_are_refused_where_asked(
    scheme: Scheme, labels: str, place: int, message: str
) -> None:
    assert not is_legal(labels.split(), scheme)
    with pytest.raises(LabelError, match=message) as caught:
        spans_of(labels.split(), scheme, repair=False)
    assert caught.value.place == place
    spans_of(labels.split(), scheme)


def test_iob1_begins_with_i_and_parts_with_b() -> None:
    assert is_legal(["I-X", "B-X", "I-X", "O", "I-X", "I-Y"], "IOB1")
    assert spans_of(["I-X", "B-X", "I-X"], "IOB1") == [(0, 1, "X"), (1, 3, "X")]


@every_scheme
def test_legal_transitions_are_those_of_legal_sequences(scheme: Scheme) -> None:
    labels = ["O", *(f"{prefix}-{type}" for type in "XY" for prefix in ROLES[scheme])]
    legal = legal_transitions(labels, scheme)
    assert legal.transitions.dtype == legal.starts.dtype == legal.stops.dtype == np.bool_
    for length in range(4):
        for path in product(range(len(labels)), repeat=length):
            allowed = all(legal.transitions[a, b] for a, b in pairwise(path))
            if path:
                allowed = allowed and bool(legal.starts[path[0]] and legal.stops[path[-1]])
            assert is_legal([labels[i] for i in path], scheme) == allowed


def test_transitions_of_no_labels() -> None:
    legal = legal_transitions([])
    assert [array.shape for array in legal] == [(0, 0), (0,), (0,)]


# Guessing


@pytest.mark.parametrize(
    ("scheme", "sentences"),
    [
        ("BIO", ["O", "B-X I-X", ""]),
        ("BIO", ["B-X"]),
        ("BIO", ["B-X I-X", "B-X", "O I-X"]),
        ("IOB1", ["O I-X", "I-X B-X"]),
        ("IOB1", ["I-X I-X", "I-Y", "B-X"]),
        ("BIOES", ["B-X I-X E-X"]),
        ("BIOES", ["I-X E-X"]),
        ("BMES", ["B-X M-X"]),
        ("BMES", ["S", "B M E"]),
        ("BILOU", ["U-X"]),
    ],
)
def test_schemes_are_recognised(scheme: Scheme, sentences: list[str]) -> None:
    assert scheme_of(sentence.split() for sentence in sentences) == scheme


@pytest.mark.parametrize(
    ("sentences", "message"),
    [
        ([], r"no scheme \(BIO, IOB1, BIOES, BMES, BILOU\) has these labels alone: $"),
        (["O O"], "these labels alone: O$"),
        (["n v"], "these labels alone: O, n, v$"),
        (["M-X U-X"], "these labels alone: M-X, O, U-X$"),
        (["B-", "B-X"], "these labels alone: B-, B-X, O$"),
        (["S-X O", "B-X E-X"], "the labels fit BIOES and BMES alike .*: say which"),
        (["B-X", "I-X"], r"the labels fit BIO and IOB1 alike \(B-X, I-X, O\): say which"),
    ],
)
def test_labels_that_leave_doubt_are_refused(sentences: list[str], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        scheme_of(sentence.split() for sentence in sentences)


@every_scheme
@given(sentence=marked())
def test_a_guess_from_legal_labels_is_never_wrong(
    scheme: Scheme, sentence: tuple[int, list[LabelledSpan]]
) -> None:
    labels = labels_of(*sentence, scheme)
    try:
        guess = scheme_of([labels])
    except ValueError:
        return
    assert spans_of(labels, guess, repair=False) == spans_of(labels, scheme)


# Misuse


def test_labels_of_another_scheme_are_named() -> None:
    message = r"label 'M-X' is not BIO: expected O, or B, I with a type as in B-PER"
    with pytest.raises(LabelError, match=message) as caught:
        spans_of(["B-X", "M-X"])
    assert caught.value.place == 1
    for label in ("", "X", "B-", "O-X", "o", "b-X", "B_X", "-X"):
        with pytest.raises(LabelError, match="is not BIO"):
            is_legal([label])
        with pytest.raises(LabelError, match="is not BIO"):
            legal_transitions(["O", label])


@pytest.mark.parametrize(
    ("spans", "message"),
    [
        ([(0, 2, "X"), (1, 3, "Y")], r"spans \(0, 2, 'X'\) and \(1, 3, 'Y'\) overlap"),
        ([(1, 2, "Y"), (0, 3, "X")], "overlap"),
        ([(0, 1, "X"), (0, 1, "X")], "overlap"),
        ([(1, 1, "X")], r"span \(1, 1, 'X'\) does not lie in a sequence of 3 tokens"),
        ([(2, 1, "X")], "does not lie"),
        ([(-1, 1, "X")], "does not lie"),
        ([(2, 4, "X")], "does not lie"),
    ],
)
def test_spans_that_labels_cannot_mark(spans: list[LabelledSpan], message: str) -> None:
    for scheme in SCHEMES:
        with pytest.raises(ValueError, match=message):
            labels_of(3, spans, scheme)


def test_other_misuse() -> None:
    with pytest.raises(ValueError, match="no such scheme: 'IOB2'; choose one of BIO, IOB1,"):
        spans_of([], "IOB2")  # type: ignore[arg-type]
    for function in (spans_of, is_legal, legal_transitions):
        with pytest.raises(TypeError, match="expected a list of labels, got the str 'BMES'"):
            function("BMES", "BMES")
    with pytest.raises(TypeError, match="expected a list of labels"):
        scheme_of(["BMES"])
    for span in ((0, 1), ("北京", 0, 1), (0, 1, 2), 7, ("北京", "LOC", 0, 2)):
        with pytest.raises(TypeError, match=r"expected a Span or a tuple \(start, end, type\)"):
            labels_of(3, [span])  # type: ignore[list-item]
