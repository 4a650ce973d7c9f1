"""How labels are written: beside their tokens in lines or columns, or as JSON."""

from __future__ import annotations

import json
from argparse import Namespace
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from classicnlp.cli.tokens import Sentence, Token

if TYPE_CHECKING:
    from numpy.typing import NDArray


class Labelled(NamedTuple):
    """The labels of a sentence: one path of labels or several, the best first.

    Attributes
    ----------
    paths : list of (float or None, list of str)
        The probability of the whole path where it is wanted, and the labels.
    marginals : array of shape (tokens, labels), optional
        The probability of every label of every token.
    """

    paths: list[tuple[float | None, list[str]]]
    marginals: NDArray[Any] | None = None


def shown_line(
    arguments: Namespace, labels: Sequence[str], sentence: Sentence, labelled: Labelled
) -> str:
    """Return tokens with labels as a line; several paths are a line each, and a blank one."""
    if arguments.json:
        return shown_json(labels, sentence, labelled)
    lines = []
    for probability, path in labelled.paths:
        parts = [
            arguments.tag_delimiter.join(fields)
            for fields in _fields(labels, sentence.tokens, path, labelled.marginals)
        ]
        whole = arguments.delimiter.join(parts)
        lines.append(whole if probability is None else f"{probability:.6f}\t{whole}")
    return "".join([line + "\n" for line in ([*lines, ""] if arguments.n_best else lines)])


def shown_block(
    arguments: Namespace, labels: Sequence[str], sentence: Sentence, labelled: Labelled
) -> str:
    """Return tokens with labels a line each, and a blank line.

    Before each of several paths stands its number and probability, as CRF++ writes them.
    """
    if arguments.json:
        return shown_json(labels, sentence, labelled)
    separator = arguments.separator or "\t"
    lines = []
    for number, (probability, path) in enumerate(labelled.paths):
        if probability is not None:
            lines.append(f"# {number} {probability:.6f}")
        fields = _fields(labels, sentence.tokens, path, labelled.marginals)
        lines += [separator.join(filter(None, row)) for row in fields]
        lines.append("")
    return "".join([line + "\n" for line in lines])


def shown_json(labels: Sequence[str], sentence: Sentence, labelled: Labelled) -> str:
    """Return tokens with labels as a line of JSON."""
    rows = [dict(token.fields) for token in sentence.tokens]
    found: dict[str, Any] = {} if sentence.text is None else {"text": sentence.text}
    found["tokens"] = rows
    if labelled.paths[0][0] is not None:
        found["paths"] = [
            {"probability": probability, "tags": path} for probability, path in labelled.paths
        ]
    else:
        for row, label in zip(rows, labelled.paths[0][1], strict=True):
            row["tag"] = label
    if labelled.marginals is not None:
        for row, own in zip(rows, labelled.marginals.tolist(), strict=True):
            row["probabilities"] = dict(zip(labels, own, strict=True))
    return json.dumps(found, ensure_ascii=False) + "\n"


def _fields(
    labels: Sequence[str], tokens: list[Token], path: list[str], marginals: NDArray[Any] | None
) -> Iterator[list[str]]:
    """Yield each token, its label, and the label's probability if there is one."""
    for place, (token, label) in enumerate(zip(tokens, path, strict=True)):
        fields = [token.shown, label]
        if marginals is not None:
            fields.append(f"{marginals[place, labels.index(label)]:.6f}")
        yield fields
