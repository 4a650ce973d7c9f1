"""Names in the People's Daily corpus: its tags and brackets read as entities."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate

from classicnlp.corpus.tagged import Compound, TaggedWord
from classicnlp.spans import Span

PERSON = "nr"
NAME_TAGS = frozenset({PERSON, "ns", "nt", "nz"})
"""Persons, places, organisations and other names (Yu et al., 2002)."""

DOUBLE_SURNAMES = frozenset(
    (
        "欧阳", "司马", "诸葛", "上官", "司徒", "令狐", "皇甫", "公孙", "慕容", "尉迟",
        "端木", "东方", "南宫", "西门", "独孤", "夏侯", "长孙", "宇文", "轩辕", "申屠",
        "濮阳", "澹台", "公冶", "太史", "钟离", "闻人", "赫连", "淳于",
    )
)  # fmt: skip


def names_of(words: Sequence[TaggedWord], compounds: Sequence[Compound]) -> list[Span]:
    """Return the names of a sentence, those within others too.

    A name is a word tagged ``nr``, ``ns``, ``nt`` or ``nz``, or a compound of such a label. Persons
    are split into surname and given name in this corpus (江/nr 泽民/nr) and joined again here: a
    word ``nr`` of one character, or a well-known surname of two, with the word ``nr`` behind it;
    and where both have one character and a word ``nr`` of two follows, with that one as well
    (陈/nr 方/nr 安生/nr).

    Parameters
    ----------
    words : sequence of (str, str)
        The words with their tags.
    compounds : sequence of Compound
        The bracketed compounds, from `classicnlp.corpus.read_compounds`.

    Returns
    -------
    list of Span
        The names with their labels, by start, the longer before the shorter.

    Examples
    --------
    >>> words = [("江", "nr"), ("泽民", "nr"), ("在", "p"), ("北京", "ns"), ("大学", "n")]
    >>> [(name.text, name.label) for name in names_of(words, [Compound(3, 5, "nt")])]
    [('江泽民', 'nr'), ('北京大学', 'nt'), ('北京', 'ns')]
    """
    text = "".join(word for word, _ in words)
    bounds = [0, *accumulate(len(word) for word, _ in words)]
    found = {(start, end, label) for start, end, label in compounds if label in NAME_TAGS}
    place = 0
    while place < len(words):
        tag = words[place][1]
        end = _person_end(words, place) if tag == PERSON else place + 1
        if tag in NAME_TAGS:
            found.add((place, end, tag))
        place = end
    ordered = sorted(found, key=lambda name: (name[0], -name[1], name[2]))
    return [
        Span(text[bounds[start] : bounds[end]], label, bounds[start], bounds[end])
        for start, end, label in ordered
    ]


def _person_end(words: Sequence[TaggedWord], start: int) -> int:
    """Return the place behind the person whose first word stands at ``start``."""
    run = []
    for word, tag in words[start : start + 3]:
        if tag != PERSON:
            break
        run.append(word)
    if len(run) > 1 and run[0] in DOUBLE_SURNAMES:
        return start + 2
    if len(run) > 1 and len(run[0]) == 1:
        married = len(run) == 3 and len(run[1]) == 1 and len(run[2]) == 2
        return start + (3 if married else 2)
    return start + 1
