"""Templates that combine columns of tokens, here and around here."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from classicnlp._ext.columns import combine, items_at
from classicnlp._ext.interning import text_keys
from classicnlp.arrays import offsets_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

FARTHEST = 128
"""How far above and below a place a template may look."""

ITEM = re.compile(r"(\w+)\[([+-]?\d{1,9})\]")


class Combination(NamedTuple):
    """A template: some columns of some rows, and the text that stands around their values.

    Attributes
    ----------
    pieces : tuple of str
        What stands before, between and behind the values in a feature's name. Templates with
        the same pieces give the same features for the same values.
    items : tuple of (int, int)
        Row (counted from here) and column of each value; one fewer than pieces.
    """

    pieces: tuple[str, ...]
    items: tuple[tuple[int, int], ...]

    @property
    def format(self) -> str:
        """What gives the name of a feature, with ``%``, of the texts of its values."""
        return "%s".join(piece.replace("%", "%%") for piece in self.pieces)


class Items(NamedTuple):
    """What some features are made of, one feature's items after another's.

    Attributes
    ----------
    keys : uint64 array
    places : int64 array
        Places of the chunk; -1 is next to the beginning of a sequence, the number of places
        next to its end.
    columns : int32 array
    """

    keys: NDArray[np.uint64]
    places: NDArray[np.int64]
    columns: NDArray[np.int32]


class Combinations:
    """Templates as arrays for the kernel.

    Parameters
    ----------
    templates : sequence of Combination

    Attributes
    ----------
    widths : int64 array
        How many values each template combines.
    formats : list of str
        What gives the names of its features.
    reach : int
        How far a template looks.
    """

    def __init__(self, templates: Sequence[Combination]):
        items = [item for template in templates for item in template.items]
        self.widths = np.array([len(template.items) for template in templates], np.int64)
        self.formats = [template.format for template in templates]
        self.reach = max((abs(row) for row, _ in items), default=0)
        self._seeds = text_keys(["\0".join(template.pieces) for template in templates])
        self._first = offsets_of(self.widths, np.int32)
        self._rows = np.array([row for row, _ in items], np.int32)
        self._columns = np.array([column for _, column in items], np.int32)

    def __len__(self) -> int:
        return len(self.formats)

    def keys(
        self, keys: NDArray[np.uint64], offsets: NDArray[np.int64], beyond: NDArray[np.uint64]
    ) -> NDArray[np.uint64]:
        """Return the key of each template at each place, one place's after another's.

        Parameters
        ----------
        keys : uint64 array, shape (places, columns)
            0 where a token has nothing in a column; a template that names it gives 0 as well.
        offsets : int64 array
            Where each sequence begins among the places, and the end of the last.
        beyond : uint64 array, shape (2, reach or more, columns)
            What stands before and after a sequence, the nearest first.
        """
        return combine(
            keys, offsets, beyond, self._seeds, self._first, self._rows, self._columns
        ).reshape(-1)

    def items_at(
        self,
        wanted: NDArray[np.int64],
        keys: NDArray[np.uint64],
        offsets: NDArray[np.int64],
        beyond: NDArray[np.uint64],
    ) -> tuple[NDArray[np.int32], Items]:
        """Return the templates and the items of some of the features that `keys` gave."""
        templates, item_keys, places, columns = items_at(
            wanted, keys, offsets, beyond, self._first, self._rows, self._columns
        )
        return templates, Items(item_keys, places, columns)


def named_templates(
    templates: Sequence[str], columns: Sequence[str]
) -> tuple[list[str], list[Combination]]:
    """Read templates that name columns, such as ``"char[-1]/char[0]"``.

    Parameters
    ----------
    templates : sequence of str
        Columns with their rows in brackets, between them ``/``.
    columns : sequence of str
        The columns that exist.

    Returns
    -------
    used : list of str
        The columns that are named.
    templates : list of Combination
        Their items are of the used columns.

    Raises
    ------
    TypeError, ValueError
        If one cannot be read; it says what is expected.

    Examples
    --------
    >>> named_templates(["char[-1]/class[0]"], ["char", "class"])
    (['char', 'class'],
     [Combination(pieces=('char[-1]/class[0]=', '/', ''), items=((-1, 0), (0, 1)))])
    """
    read = [(template, _read_items(template, columns)) for template in dict.fromkeys(templates)]
    named = {name for _, items in read for name, _ in items}
    used = [name for name in columns if name in named]
    return used, [
        Combination(
            (f"{template}=", *["/"] * (len(items) - 1), ""),
            tuple((row, used.index(name)) for name, row in items),
        )
        for template, items in read
    ]


def _read_items(template: str, columns: Sequence[str]) -> list[tuple[str, int]]:
    if not isinstance(template, str):
        raise TypeError(f"a template must be a str, got {type(template).__name__}")
    items = []
    for item in template.split("/"):
        match = ITEM.fullmatch(item)
        if match is None or match[1] not in columns or abs(int(match[2])) > FARTHEST:
            raise ValueError(
                f"template {template!r}: expected columns with a place from {-FARTHEST} to "
                f"{FARTHEST}, such as {columns[0]}[0] or {columns[0]}[-1]/{columns[0]}[0], "
                f"got {item!r}; there are the columns {', '.join(columns)}"
            )
        items.append((match[1], int(match[2])))
    return items


def templates_of(templates: str | Sequence[str], sets: dict[str, tuple[str, ...]]) -> Sequence[str]:
    """Return the templates that a parameter means: the name of a set, or templates.

    Raises
    ------
    ValueError
        If there is no set of that name, or no template at all.
    """
    names = ", ".join(map(repr, sets))
    if isinstance(templates, str) and templates in sets:
        return sets[templates]
    if not isinstance(templates, (list, tuple)) or not templates:
        raise ValueError(f"templates must be {names} or a list of templates, got {templates!r}")
    return templates


def set_of(templates: tuple[str, ...], sets: dict[str, tuple[str, ...]]) -> str | Sequence[str]:
    """Return the name of the set of just these templates, or the templates."""
    return next((name for name, members in sets.items() if members == templates), templates)
