"""Spans as labels of tokens: BIO, IOB1, BIOES, BMES, BILOU, and the way from one to another.

A label is ``O`` outside of all spans, else a prefix, a hyphen and the span's type: ``B-PER``. The
type may hold hyphens itself (``B-work-of-art``). A prefix alone (``B``) has the empty type: so are
words marked by ``B M E S``.

======  ===========================  ==============================================
scheme  spans of 1, 2 and 3 tokens   legal are
======  ===========================  ==============================================
BIO     ``B``, ``B I``, ``B I I``    ``I`` only behind ``B`` or ``I`` of its type
IOB1    ``I``, ``I I``, ``I I I``    ``B`` only where it parts a span from one of its
                                     type right before it
BIOES   ``S``, ``B E``, ``B I E``    spans that are begun, carried on and ended
BMES    ``S``, ``B E``, ``B M E``    the same
BILOU   ``U``, ``B L``, ``B I L``    the same
======  ===========================  ==============================================

BIO is also called IOB2 (Tjong Kim Sang and Veenstra, 1999); IOB1 is the scheme of Ramshaw and
Marcus (1995).

Labels that a tagger got wrong are read as ``conlleval`` reads them (Tjong Kim Sang and Buchholz,
2000): a label of the middle or the end carries on the open span if that has its type, else it
begins one; whatever does not carry on a span ends it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING, Literal, NamedTuple, TypeAlias

import numpy as np

from classicnlp.spans import Span

if TYPE_CHECKING:
    from numpy.typing import NDArray

Scheme: TypeAlias = Literal["BIO", "IOB1", "BIOES", "BMES", "BILOU"]
LabelledSpan: TypeAlias = tuple[int, int, str]
"""Start, end and type."""

SCHEMES: tuple[Scheme, ...] = ("BIO", "IOB1", "BIOES", "BMES", "BILOU")

# How a span is written: its first, its middle and its last label, and the label of one by itself.
PREFIXES = {
    "BIO": ("B", "I", "I", "B"),
    "IOB1": ("I", "I", "I", "I"),
    "BIOES": ("B", "I", "E", "S"),
    "BMES": ("B", "M", "E", "S"),
    "BILOU": ("B", "I", "L", "U"),
}

# What prefixes say, in the letters of BIOES. BIO and IOB1 leave open where a span ends.
ROLES = {
    "BIO": {"B": "B", "I": "I"},
    "IOB1": {"B": "B", "I": "I"},
    "BIOES": {"B": "B", "I": "I", "E": "E", "S": "S"},
    "BMES": {"B": "B", "M": "I", "E": "E", "S": "S"},
    "BILOU": {"B": "B", "I": "I", "L": "E", "U": "S"},
}

# One of these tells a scheme from BIO and IOB1.
MARKS = {"BIO": "BI", "IOB1": "BI", "BIOES": "ES", "BMES": "MES", "BILOU": "LU"}

Reading: TypeAlias = tuple[str, str]
"""A label's role (B, I, E, S or O) and type."""

OUTSIDE: Reading = ("O", "")


class LabelError(ValueError):
    """A label that is none of its scheme, or that may not stand where it stands.

    Attributes
    ----------
    place : int
        Its place in the sequence; the length of the sequence where something is missing behind it.
    """

    def __init__(self, message: str, place: int):
        self.place = place
        super().__init__(message)


class LegalTransitions(NamedTuple):
    """What may stand where, for ``Y`` labels in a given order."""

    transitions: NDArray[np.bool_]
    """(Y, Y): whether the label of the row may be followed by that of the column."""
    starts: NDArray[np.bool_]
    """(Y,): whether a sequence may begin with the label."""
    stops: NDArray[np.bool_]
    """(Y,): whether a sequence may end with the label."""


def spans_of(
    labels: Sequence[str], scheme: Scheme = "BIO", *, repair: bool = True
) -> list[LabelledSpan]:
    """Return the spans that the labels of a sequence mark.

    Parameters
    ----------
    labels : sequence of str
        The labels of its tokens.
    scheme : {"BIO", "IOB1", "BIOES", "BMES", "BILOU"}
        Their scheme.
    repair : bool, default True
        Whether to read illegal sequences, too, as the module says.

    Returns
    -------
    list of (int, int, str)
        First token, the token behind the last one, and type, from left to right.

    Raises
    ------
    LabelError
        A label is none of the scheme, or ``repair`` is off and the sequence is illegal.
    ValueError
        There is no such scheme.
    TypeError
        ``labels`` is a str.

    Examples
    --------
    >>> spans_of(["B-PER", "I-PER", "O", "B-LOC"])
    [(0, 2, 'PER'), (3, 4, 'LOC')]
    >>> spans_of(["O", "M-PER", "E-LOC"], "BMES")
    [(1, 2, 'PER'), (2, 3, 'LOC')]
    """
    check_scheme(scheme)
    _check_sequence(labels)
    if not repair:
        _require_legal(labels, scheme)
    spans = []
    start = 0
    open_type = None
    for place, label in enumerate(labels):
        if label == "O":
            if open_type is not None:
                spans.append((start, place, open_type))
                open_type = None
            continue
        role, type = _reading(label, scheme, place)
        if role not in "IE" or type != open_type:
            if open_type is not None:
                spans.append((start, place, open_type))
            start, open_type = place, type
        if role in "ES":
            spans.append((start, place + 1, type))
            open_type = None
    if open_type is not None:
        spans.append((start, len(labels), open_type))
    return spans


def labels_of(
    length: int, spans: Iterable[LabelledSpan | Span], scheme: Scheme = "BIO"
) -> list[str]:
    """Return the labels that mark spans: the inverse of `spans_of`.

    Parameters
    ----------
    length : int
        How many tokens the sequence has.
    spans : iterable of (int, int, str) or Span
        First token, the token behind the last one, and type, in any order.
    scheme : {"BIO", "IOB1", "BIOES", "BMES", "BILOU"}
        The scheme of the labels.

    Returns
    -------
    list of str
        A label for each token.

    Raises
    ------
    ValueError
        A span is empty or reaches beyond the sequence, two spans overlap, or there is no such
        scheme.

    Examples
    --------
    >>> labels_of(5, [(0, 2, "PER"), (3, 4, "LOC")], "BIOES")
    ['B-PER', 'E-PER', 'O', 'S-LOC', 'O']
    """
    check_scheme(scheme)
    labels = ["O"] * length
    first, middle, last, single = PREFIXES[scheme]
    before: LabelledSpan = (0, 0, "")
    for span in sorted(map(as_triple, spans)):
        start, end, type = span
        if not 0 <= start < end <= length:
            raise ValueError(f"span {span} does not lie in a sequence of {length} tokens")
        if start < before[1]:
            raise ValueError(f"spans {before} and {span} overlap: labels can mark one of them")
        tail = f"-{type}" if type else ""
        if end - start == 1:
            labels[start] = single + tail
        else:
            labels[start:end] = [first + tail, *[middle + tail] * (end - start - 2), last + tail]
        if scheme == "IOB1" and before[1:] == (start, type) and start:
            labels[start] = "B" + tail
        before = span
    return labels


def convert(
    labels: Sequence[str], source: Scheme, target: Scheme, *, repair: bool = True
) -> list[str]:
    """Return the labels that mark the same spans in another scheme.

    Parameters
    ----------
    labels : sequence of str
        The labels of a sequence.
    source, target : {"BIO", "IOB1", "BIOES", "BMES", "BILOU"}
        Their scheme and the one wanted.
    repair : bool, default True
        Whether to read illegal sequences, too.

    Returns
    -------
    list of str
        Legal labels.

    Raises
    ------
    LabelError, ValueError, TypeError
        As `spans_of`.

    Examples
    --------
    >>> convert(["B-ORG", "I-ORG", "I-ORG", "B-PER"], "BIO", "BMES")
    ['B-ORG', 'M-ORG', 'E-ORG', 'S-PER']
    """
    return labels_of(len(labels), spans_of(labels, source, repair=repair), target)


def repair(labels: Sequence[str], scheme: Scheme = "BIO") -> list[str]:
    """Return the legal labels of the spans that `spans_of` reads; legal ones stay as they are.

    Parameters
    ----------
    labels : sequence of str
        The labels of a sequence.
    scheme : {"BIO", "IOB1", "BIOES", "BMES", "BILOU"}
        Their scheme.

    Returns
    -------
    list of str
        Legal labels.

    Raises
    ------
    LabelError, ValueError, TypeError
        As `spans_of`.

    Examples
    --------
    >>> repair(["I-PER", "I-LOC", "O", "B-PER"])
    ['B-PER', 'B-LOC', 'O', 'B-PER']
    >>> repair(["B-PER", "I-PER", "O"], "BIOES")
    ['B-PER', 'E-PER', 'O']
    """
    return convert(labels, scheme, scheme)


def is_legal(labels: Sequence[str], scheme: Scheme = "BIO") -> bool:
    """Return whether a sequence of labels needs no repair.

    Parameters
    ----------
    labels : sequence of str
        The labels of a sequence.
    scheme : {"BIO", "IOB1", "BIOES", "BMES", "BILOU"}
        Their scheme.

    Returns
    -------
    bool

    Raises
    ------
    LabelError
        A label is none of the scheme.
    ValueError
        There is no such scheme.
    TypeError
        ``labels`` is a str.

    Examples
    --------
    >>> is_legal(["O", "I-PER"]), is_legal(["O", "I-PER"], "IOB1")
    (False, True)
    """
    check_scheme(scheme)
    _check_sequence(labels)
    return _illegal_place(labels, scheme) is None


def legal_transitions(labels: Sequence[str], scheme: Scheme = "BIO") -> LegalTransitions:
    """Return which labels may follow which, so that a tagger can forbid the others.

    Parameters
    ----------
    labels : sequence of str
        The labels that there are, in the order that the result is to have.
    scheme : {"BIO", "IOB1", "BIOES", "BMES", "BILOU"}
        Their scheme.

    Returns
    -------
    LegalTransitions
        For each pair of labels, for each first and for each last label, whether it is legal.

    Raises
    ------
    LabelError
        A label is none of the scheme.
    ValueError
        There is no such scheme.
    TypeError
        ``labels`` is a str.

    Examples
    --------
    >>> legal = legal_transitions(["O", "B-PER", "I-PER"])
    >>> legal.transitions.tolist()
    [[True, True, False], [True, True, True], [True, True, True]]
    >>> legal.starts.tolist(), legal.stops.tolist()
    ([True, True, False], [True, True, True])
    """
    check_scheme(scheme)
    _check_sequence(labels)
    readings = [_reading(label, scheme, place) for place, label in enumerate(labels)]
    rows = [[_may_follow(left, right, scheme) for right in readings] for left in readings]
    return LegalTransitions(
        transitions=np.array(rows, dtype=np.bool_).reshape(len(readings), len(readings)),
        starts=np.array([_may_follow(OUTSIDE, reading, scheme) for reading in readings], np.bool_),
        stops=np.array([_may_follow(reading, OUTSIDE, scheme) for reading in readings], np.bool_),
    )


def scheme_of(sequences: Iterable[Sequence[str]]) -> Scheme:
    """Return the scheme of labels, where they leave no doubt.

    Labels that one scheme alone has decide. Else, as between ``BIO`` and ``IOB1``, it is the one in
    which the fewest labels stand where they may not: corpora have mistakes.

    Parameters
    ----------
    sequences : iterable of sequences of str
        The labels of each sentence.

    Returns
    -------
    {"BIO", "IOB1", "BIOES", "BMES", "BILOU"}
        The scheme.

    Raises
    ------
    ValueError
        No scheme has all these labels, there are none but ``O``, or the labels do not tell one
        scheme from another.
    TypeError
        A sequence is a str.

    Examples
    --------
    >>> scheme_of([["O", "B-PER", "M-PER", "E-PER"]])
    'BMES'
    >>> scheme_of([["B-PER", "I-PER"], ["O", "B-LOC"]])
    'BIO'
    """
    # What is illegal shows in pairs of neighbours; edges are like an O beside them.
    pairs: Counter[tuple[str, str]] = Counter()
    for labels in sequences:
        _check_sequence(labels)
        pairs.update(pairwise(("O", *labels, "O")))
    seen = {label for pair in pairs for label in pair}
    prefixes = {label.partition("-")[0] for label in seen} - {"O"}
    faults = {
        scheme: _count_illegal(pairs, scheme)
        for scheme in SCHEMES
        if all(_split(label, scheme) for label in seen) and not prefixes.isdisjoint(MARKS[scheme])
    }
    shown = ", ".join(sorted(seen)[:10]) + (", ..." if len(seen) > 10 else "")
    if not faults:
        raise ValueError(f"no scheme ({', '.join(SCHEMES)}) has these labels alone: {shown}")
    best = [scheme for scheme, count in faults.items() if count == min(faults.values())]
    if len(best) > 1:
        names = " and ".join(best)
        raise ValueError(f"the labels fit {names} alike ({shown}): say which scheme it is")
    return best[0]


def check_scheme(scheme: str) -> None:
    """Raise a ValueError unless there is such a scheme."""
    if scheme not in SCHEMES:
        raise ValueError(f"no such scheme: {scheme!r}; choose one of {', '.join(SCHEMES)}")


def as_triple(span: LabelledSpan | Span) -> LabelledSpan:
    """Return start, end and type of a span in either form.

    Parameters
    ----------
    span : (int, int, str) or Span
        The span.

    Returns
    -------
    (int, int, str)

    Raises
    ------
    TypeError
        It is neither.

    Examples
    --------
    >>> as_triple(Span("北京", "LOC", 3, 5))
    (3, 5, 'LOC')
    """
    if isinstance(span, Span):
        return span.start, span.end, span.label
    try:
        start, end, type = span
    except (TypeError, ValueError):
        raise TypeError(f"expected a Span or a tuple (start, end, type), got {span!r}") from None
    if isinstance(start, str) or isinstance(end, str) or not isinstance(type, str):
        raise TypeError(f"expected a Span or a tuple (start, end, type), got {span!r}")
    return start, end, type


def _check_sequence(labels: Sequence[str]) -> None:
    if isinstance(labels, str):
        raise TypeError(f"expected a list of labels, got the str {labels!r}")


def _reading(label: str, scheme: str, place: int) -> Reading:
    """Return a label's role and type."""
    reading = _split(label, scheme)
    if reading is None:
        letters = ", ".join(ROLES[scheme])
        raise LabelError(
            f"label {label!r} is not {scheme}: expected O, or {letters} with a type as in B-PER",
            place,
        )
    return reading


@lru_cache(maxsize=4096)
def _split(label: str, scheme: str) -> Reading | None:
    """Split a label at its first hyphen; None if it is not of the scheme."""
    if label == "O":
        return OUTSIDE
    prefix, hyphen, type = label.partition("-")
    role = ROLES[scheme].get(prefix)
    return None if role is None or (hyphen and not type) else (role, type)


def _may_follow(left: Reading, right: Reading, scheme: str) -> bool:
    """Return whether ``right`` may stand behind ``left``; edges of a sequence are OUTSIDE."""
    carried_on = left[0] in "BI" and left[1] == right[1]
    if scheme == "BIO":
        return carried_on or right[0] != "I"
    if scheme == "IOB1":
        return carried_on or right[0] != "B"
    if left[0] in "BI" or right[0] in "IE":
        return carried_on and right[0] in "IE"
    return True


def _count_illegal(pairs: Counter[tuple[str, str]], scheme: str) -> int:
    """Return how often the second of two neighbours may not follow the first."""
    readings = ((_reading(a, scheme, 0), _reading(b, scheme, 0), n) for (a, b), n in pairs.items())
    return sum(count for left, right, count in readings if not _may_follow(left, right, scheme))


def _illegal_place(labels: Sequence[str], scheme: str) -> int | None:
    """Return the first place whose label may not follow the one before; None where all may."""
    left = OUTSIDE
    for place, label in enumerate(labels):
        right = _reading(label, scheme, place)
        if not _may_follow(left, right, scheme):
            return place
        left = right
    return None if _may_follow(left, OUTSIDE, scheme) else len(labels)


def _require_legal(labels: Sequence[str], scheme: str) -> None:
    """Raise a LabelError for the first illegal place."""
    place = _illegal_place(labels, scheme)
    if place is None:
        return
    before = f"behind {labels[place - 1]!r}" if place else "at the beginning"
    what = f"label {labels[place]!r}" if place < len(labels) else "the end"
    raise LabelError(f"{what} may not stand {before} in {scheme}", place)
