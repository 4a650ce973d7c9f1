"""Segmentation by BMES labels: features spelt out, and every way to cut a text."""

from __future__ import annotations

import itertools
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import NamedTuple

from classicnlp.text import default_alphabet, fold
from tests.reference import lexical

LABELS = "BMES"
NOTHING = (0, 0, 0, 0)
EDGE = 15
DIGIT = 5
CHINESE_DIGITS = fold("〇○零一二三四五六七八九")
KINDS = {CHINESE_DIGITS: 9, fold("十百千万亿两几"): 10, fold("年月日时分秒"): 11, fold("·.．"): 12}
Row = Sequence[int]
Feature = tuple[int, int, int]  # template, and what fills it
Groups = Mapping[str, Collection[int]]


class Model(NamedTuple):
    """What the weights of B, M, E and S are, and which words the groups have."""

    weights: Mapping[Feature, Row]
    groups: Groups
    group_count: int
    transitions: Sequence[Row]
    starts: Row


def labels_of(lengths: Sequence[int]) -> list[int]:
    """Return the labels of words of these lengths."""
    text = "".join("S" if n == 1 else f"B{'M' * (n - 2)}E" for n in lengths)
    return [LABELS.index(label) for label in text]


def kind_of(letter: str) -> int:
    """Return the kind of a folded character: its class, or a number of its own."""
    alphabet = default_alphabet()
    found = [kind for letters, kind in KINDS.items() if letter in letters]
    ranked = int(alphabet.symbols(letter)[0]) < alphabet.size
    return found[0] if found and ranked else int(alphabet.classes(letter)[0])


def normalised(text: str) -> str:
    """Return a folded text in which all digits are alike, and all in numbers of Chinese digits."""
    classes = default_alphabet().classes(text).tolist()
    plain = "".join("0" if kind == DIGIT else c for c, kind in zip(text, classes, strict=True))
    return re.sub(f"[{CHINESE_DIGITS}]{{3,}}", lambda run: "〇" * len(run[0]), plain)


def features_of(text: str, groups: Groups, group_count: int) -> list[list[Feature]]:
    """Return the features of each character of a stretch without white space."""
    alphabet, letters = default_alphabet(), normalised(fold(text))
    symbols = [min(symbol, alphabet.size) for symbol in alphabet.symbols(letters).tolist()]
    symbols = [0, *symbols, 0]
    kinds = [EDGE, EDGE, *map(kind_of, letters), EDGE, EDGE]
    rows = []
    for i, codes in enumerate(lexical.codes_of(groups, letters, group_count)):
        before, at, after = symbols[i : i + 3]
        windows = [kinds[k] << 8 | kinds[k + 1] << 4 | kinds[k + 2] for k in range(i, i + 3)]
        row: list[Feature] = [(1, before, 0), (2, at, 0), (3, after, 0)]
        row += [(4, before, at), (5, at, after)]
        row += [(6 + k, window, 0) for k, window in enumerate(windows)]
        for g, (begins, ends, covers) in enumerate(zip(*codes, strict=True)):
            row.append((16 + g, begins << 7 | ends << 4 | covers, 0))
        row += [(24 + g, at, covers) for g, covers in enumerate(codes[2][:2])]
        rows.append(row)
    return rows


def place_scores(model: Model, text: str) -> list[list[int]]:
    """Return the sums of the weights of B, M, E and S at each character."""
    return [
        [sum(model.weights.get(feature, NOTHING)[y] for feature in row) for y in range(4)]
        for row in features_of(text, model.groups, model.group_count)
    ]


def score(model: Model, text: str, lengths: Sequence[int]) -> int:
    """Return the score of a stretch of text cut into words of these lengths."""
    return score_of(model, place_scores(model, text), lengths)


def score_of(model: Model, places: Sequence[Row], lengths: Sequence[int]) -> int:
    """Return the score of a cut by the scores of its places."""
    labels = labels_of(lengths)
    total = model.starts[labels[0]] + sum(row[y] for row, y in zip(places, labels, strict=True))
    return total + sum(model.transitions[a][b] for a, b in itertools.pairwise(labels))


def cuts(units: Sequence[int]) -> Iterator[list[int]]:
    """Yield the lengths of the words of every way to join units (given by length) to words."""
    if not units:
        yield []
    for k in range(1, len(units) + 1):
        for rest in cuts(units[k:]):
            yield [sum(units[:k]), *rest]


def best_score(model: Model, text: str, units: Sequence[int]) -> int:
    """Return the score of the best way to cut a stretch without white space."""
    places = place_scores(model, text)
    return max(score_of(model, places, lengths) for lengths in cuts(units))


def best_path_score(model: Model, text: str) -> int:
    """Return the best score of a stretch in which every character is a unit (Viterbi, 1967)."""
    first, *rest = place_scores(model, text)
    best = {y: model.starts[y] + first[y] for y in map(LABELS.index, "BS")}
    follow = {"B": "ME", "M": "ME", "E": "BS", "S": "BS"}
    for row in rest:
        best = {
            y: row[y]
            + max(
                score + model.transitions[x][y]
                for x, score in best.items()
                if LABELS[y] in follow[LABELS[x]]
            )
            for y in range(4)
            if any(LABELS[y] in follow[LABELS[x]] for x in best)
        }
    return max(best[y] for y in map(LABELS.index, "ES") if y in best)
