"""Features by the templates of CRF++ and Wapiti, over columns."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple, Self

import numpy as np

from classicnlp import store
from classicnlp._ext.columns import token_keys
from classicnlp._ext.interning import Numbering, text_keys
from classicnlp.checks import require_count
from classicnlp.errors import require_text
from classicnlp.tagging.features.base import Chunk, Token
from classicnlp.tagging.features.columns import ColumnFeatures, Columns
from classicnlp.tagging.features.combinations import FARTHEST, Combination

if TYPE_CHECKING:
    from numpy.typing import NDArray

MACRO = re.compile(
    r"%(?P<command>[xXtTmM])\[\s*(?P<row>[+-]?\d{1,9})\s*,\s*(?P<column>\d{1,9})\s*"
    r'(?:,\s*"(?P<pattern>(?:[^"\\]|\\.)*)"\s*)?\]'
)


class View(NamedTuple):
    """A column as a macro sees it.

    Attributes
    ----------
    column : int
    command : str
        ``x`` for the text itself, ``t`` for whether the pattern is found in it (true, false),
        ``m`` for what the pattern finds in it first, or nothing.
    lower : bool
        Whether the result is in lower case.
    pattern : str or None
        A regular expression of Python's.
    """

    column: int
    command: str = "x"
    lower: bool = False
    pattern: str | None = None

    @property
    def plain(self) -> bool:
        """Whether the column is seen as it is."""
        return self.command == "x" and not self.lower

    def changed(self, text: str) -> str:
        """Return what is seen where the column holds ``text``."""
        if self.command != "x":
            match = re.search(self.pattern or "", text)
            if self.command == "t":
                text = "false" if match is None else "true"
            else:
                text = "" if match is None else match[0]
        return text.lower() if self.lower else text

    def at(self, chunk: Chunk, place: int) -> str:
        """Return what is seen at a place of a chunk."""
        token = chunk.token(place)
        return self.changed(token if isinstance(token, str) else token[self.column])


class Template(NamedTuple):
    """What a template says.

    Attributes
    ----------
    views : tuple of View
        The columns that it names, and how; items of combinations name them by number.
    features, edges : tuple of Combination
        Of places, and of transitions.
    lines : tuple of int
        The line of each view's first use.
    """

    views: tuple[View, ...]
    features: tuple[Combination, ...]
    edges: tuple[Combination, ...]
    lines: tuple[int, ...]


def parse_template(text: str) -> Template:
    """Read a template of CRF++ or Wapiti.

    A line that begins with U gives features of a place, one with B features of the transition
    into it, one with ``*`` (Wapiti) both. ``%x[row,column]`` stands for the text in a column of
    the token that many rows away. ``%t[row,column,"pattern"]`` stands for true or false,
    ``%m[row,column,"pattern"]`` for what the pattern, a regular expression, finds first; the
    same in upper case, for the result in lower case. A B without columns stands for what every
    tagger has anyway. Lines that begin with # are comments.

    Parameters
    ----------
    text : str

    Returns
    -------
    Template

    Raises
    ------
    ValueError
        If a line cannot be read; it names the line and says what is expected.

    Examples
    --------
    >>> template = parse_template("# words\\nU01:%x[-1,0]/%x[0,0]\\nB")
    >>> template.features
    (Combination(pieces=('U01:', '/', ''), items=((-1, 0), (0, 0))),)
    """
    views: dict[View, int] = {}
    features: list[Combination] = []
    edges: list[Combination] = []
    for number, line in enumerate(text.split("\n"), 1):
        line = line.strip()
        if not line or line.startswith("#"):
            continue
        if line[0] not in "UuBb*":
            raise _error(number, f"expected U, B, * or # at its beginning, got {line!r}")
        combination = _read_line(line[0].upper() + line[1:], number, views)
        if line[0] in "Uu*":
            features.append(combination)
        if line[0] in "Bb*" and combination.items:
            edges.append(combination)
    if not features and not edges and not text.strip():
        raise ValueError("the template is empty: expected lines such as U01:%x[0,0]")
    return Template(tuple(views), tuple(features), tuple(edges), tuple(views.values()))


def _read_line(line: str, number: int, views: dict[View, int]) -> Combination:
    pieces: list[str] = []
    items: list[tuple[int, int]] = []
    end = 0
    while (start := line.find("%", end)) >= 0:
        match = MACRO.match(line, start)
        if match is None:
            raise _error(number, _wrong_macro(line[start:]))
        view = _read_view(match, number)
        if abs(int(match["row"])) > FARTHEST:
            raise _error(number, f"rows are from -{FARTHEST} to {FARTHEST}, got {match['row']}")
        views.setdefault(view, number)
        pieces.append(line[end:start])
        items.append((int(match["row"]), list(views).index(view)))
        end = match.end()
    return Combination((*pieces, line[end:]), tuple(items))


def _read_view(match: re.Match[str], number: int) -> View:
    command, pattern = match["command"].lower(), match["pattern"]
    if (pattern is None) != (command == "x"):
        raise _error(number, _wrong_macro(match[0]))
    if pattern is not None:
        try:
            re.compile(pattern)
        except (re.error, OverflowError, RecursionError) as error:
            raise _error(number, f'"{pattern}" is no regular expression: {error}') from None
    return View(int(match["column"]), command, match["command"].isupper(), pattern)


def _wrong_macro(text: str) -> str:
    command = text[1:2].lower()
    if command == "x":
        return f"expected %x[row,column] such as %x[-1,0], got {text!r}"
    if command and command in "tm":
        example = f'%{command}[row,column,"pattern"] such as %{command}[0,0,"^[0-9]"]'
        return f"expected {example}, got {text!r}"
    return f"expected x, t or m after %, got {text!r}"


def _error(number: int, message: str) -> ValueError:
    return ValueError(f"line {number} of the template: {message}")


def default_template(width: int) -> str:
    """Return a template for tokens of that many columns.

    The first column's tokens from two before to two after and their neighbouring pairs; of each
    other column the same within one; and pairs of the first column with each other one.

    Examples
    --------
    >>> print(default_template(1))
    U00:%x[-2,0]
    U01:%x[-1,0]
    U02:%x[0,0]
    U03:%x[1,0]
    U04:%x[2,0]
    U05:%x[-1,0]/%x[0,0]
    U06:%x[0,0]/%x[1,0]
    U07:%x[-1,0]/%x[1,0]
    B
    """
    lines = []
    for column in range(width):
        near = 2 if column == 0 else 1
        lines += [f"%x[{row},{column}]" for row in range(-near, near + 1)]
        pairs = ((-1, 0), (0, 1), (-1, 1))
        lines += [f"%x[{a},{column}]/%x[{b},{column}]" for a, b in pairs]
        lines += [f"%x[0,0]/%x[0,{column}]"] if column else []
    return "\n".join([f"U{number:02}:{line}" for number, line in enumerate(lines)] + ["B"])


class TemplateFeatures(ColumnFeatures):
    """Features by a template of CRF++ or Wapiti, over columns.

    A token is a tuple or list of str, its columns, or a str if it has but one; a sequence may be
    a str, whose tokens are its characters. Beyond the ends stand ``_B-1``, ``_B-2`` … and
    ``_B+1``, ``_B+2`` … as in CRF++. Lines that differ in nothing but their macros give the same
    features, as there. No string is made for any feature: of 64-bit hashes of the values, two
    among a million are the same by chance once in ten million times.

    Parameters
    ----------
    template : str
        The lines of the template; see `parse_template`.
    hash_bits : int, optional
        Number features by so many bits of their hashes (1 to 28) instead of learning which there
        are; some then share a number.

    Examples
    --------
    >>> features = TemplateFeatures("U00:%x[0,0]\\nU01:%x[-1,0]/%x[0,1]\\nB")
    >>> seen = features.fit_transform([[("我", "r"), ("来", "v")]], min_count=1)
    >>> features.names()
    ['U00:我', 'U01:_B-1/r', 'U00:来', 'U01:我/v']
    >>> features.transform([[("来", "r")]]).features.tolist()
    [2, 1]
    """

    kind = "templates"

    def __init__(self, template: str, hash_bits: int | None = None):
        self.template = template
        self.hash_bits = hash_bits

    def to_store(self) -> tuple[dict[str, Any], dict[str, store.Array]]:
        """Return parameters (for JSON) and arrays for a model file."""
        parameters, arrays = super().to_store()
        return {**parameters, "width": self._width}, arrays

    @classmethod
    def from_store(cls, parameters: dict[str, Any], arrays: dict[str, store.Array]) -> Self:
        """Restore what `to_store` gave; KeyError, TypeError or ValueError if it is not sound."""
        template = require_text(parameters["template"], "from_store")
        extractor = cls(template, parameters["hash_bits"])
        extractor._set(require_count(parameters["width"], "width", 1))
        return extractor._restore(arrays)

    def _prepare(self, sequences: Sequence[Sequence[Token]]) -> None:
        if not isinstance(self.template, str):
            raise TypeError(f"template must be a str, got {type(self.template).__name__}")
        token = next((sequence[0] for sequence in sequences if len(sequence)), None)
        if token is None:
            columns = [view.column for view in parse_template(self.template).views]
            self._set(max(columns, default=0) + 1)
        elif isinstance(token, str):
            self._set(1)
        elif isinstance(token, (tuple, list)) and token:
            self._set(len(token))
        else:
            wanted = "a str, or a tuple or list of at least one column"
            raise TypeError(f"the first token must be {wanted}, got {token!r}")

    def _set(self, width: int) -> None:
        self._parsed = parse_template(self.template)
        self._width = width
        for view, line in zip(self._parsed.views, self._parsed.lines, strict=True):
            if view.column >= width:
                raise _error(
                    line,
                    f"there is no column {view.column} (counted from 0): tokens have {width}",
                )

    def _templates(self) -> tuple[Sequence[Combination], Sequence[Combination]]:
        return self._parsed.features, self._parsed.edges

    def _columns(self) -> Columns:
        return _Views(self._parsed.views, self._width)


class _Views:
    """The columns of tokens as the macros of a template see them."""

    def __init__(self, views: Sequence[View], width: int):
        self.width = len(views)
        self._views = views
        self._columns = np.array([view.column for view in views], np.int32)
        self._token_width = width
        self._changes = {i: _Change(view) for i, view in enumerate(views) if not view.plain}

    def keys(self, chunk: Chunk) -> NDArray[np.uint64]:
        """Return the key of each view of each place."""
        width = self._token_width
        keys = token_keys(chunk.sequences, chunk.offsets, self._columns, width, chunk.start)
        for i, change in self._changes.items():
            keys[:, i] = change.keys(keys[:, i].copy(), chunk)
        return keys

    def text(self, chunk: Chunk, place: int, column: int) -> str:
        """Return what is seen at a place, as text for a feature's name."""
        return self._views[column].at(chunk, place)

    def beyond(self, text: str, column: int) -> str:
        """Return what is seen beyond the ends, where ``text`` stands for the token."""
        return self._views[column].changed(text)


class _Change:
    """A view of a column that is not the column itself; made once for each text."""

    def __init__(self, view: View):
        self._view = view
        self._numbering = Numbering()
        self._results = np.empty(0, np.uint64)

    def keys(self, keys: NDArray[np.uint64], chunk: Chunk) -> NDArray[np.uint64]:
        """Return the keys of what is seen, from those of the column."""
        numbers, fresh = self._numbering.add(keys)
        results = [self._view.at(chunk, place) for place in fresh.tolist()]
        self._results = np.concatenate([self._results, text_keys(results)])
        return self._results[numbers]
