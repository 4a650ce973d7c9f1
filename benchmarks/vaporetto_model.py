"""Train a model for Vaporetto and write it in its format: its Python package cannot train.

    python vaporetto_model.py TRAIN MODEL

`train_models.py` runs it with the peers' Python. TRAIN holds a list of words a line, as JSON. The
model is the one that Vaporetto's own trainer makes with its default settings and the solver that
its manual names: n-grams up to three of characters and of character types, three characters to each
side of a place, no dictionary; characters in full width, as KyTea has them; a linear SVM with an L1
penalty and squared hinge loss by LIBLINEAR (solver 5, C = 1, tolerance 0.01); weights in 16 bits.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from sklearn.svm import LinearSVC

MAGIC = b"VaporettoTokenizer 0.5.0\n"
WINDOW = 3
LONGEST = 3  # n-gram
COST = 1.0
TOLERANCE = 0.01
WEIGHT_LIMIT = (1 << 15) - 1
SYMBOL_BITS = 21  # of a code point in the key of an n-gram
HALF_WIDTH = "(){}<>[]/_,%?+:!&*@=-.\"'｢｣､｡･～－―─–"
FULL_WIDTH = "（）｛｝＜＞［］／＿，％？＋：！＆＊＠＝−。”’「」、。・〜ーーーー"

DIGIT, ROMAN, HIRAGANA, KATAKANA, HAN, OTHER = range(1, 7)
TYPE_RANGES = [
    (DIGIT, "0", "9"), (DIGIT, "０", "９"), (ROMAN, "A", "Z"), (ROMAN, "a", "z"),
    (ROMAN, "Ａ", "Ｚ"), (ROMAN, "ａ", "ｚ"), (HIRAGANA, "\u3040", "\u3096"),
    (KATAKANA, "\u30a0", "\u30fa"), (KATAKANA, "\u30fc", "\u30ff"), (KATAKANA, "\uff66", "\uff9f"),
    (HAN, "\u3400", "\u4dbf"), (HAN, "\u4e00", "\u9fff"), (HAN, "\uf900", "\ufaff"),
    (HAN, "\U00020000", "\U0002a6df"), (HAN, "\U0002a700", "\U0002b73f"),
    (HAN, "\U0002b740", "\U0002b81f"), (HAN, "\U0002b820", "\U0002ceaf"),
    (HAN, "\U0002f800", "\U0002fa1f"),
]  # fmt: skip

Weights = dict[tuple[int, ...], list[int]]  # of an n-gram, by where it ends


def full_width() -> dict[int, int]:
    """Return the map that KyTea applies to a text before all else."""
    alphanumeric = [*range(ord("0"), ord("9") + 1), *range(ord("A"), ord("Z") + 1)]
    alphanumeric += range(ord("a"), ord("z") + 1)
    shifted = {code: code + 0xFEE0 for code in alphanumeric}
    return shifted | {ord(a): ord(b) for a, b in zip(HALF_WIDTH, FULL_WIDTH, strict=True)}


def types_of(codes: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the type of each character."""
    types = np.full(len(codes), OTHER, np.int64)
    for kind, first, last in TYPE_RANGES:
        types[(codes >= ord(first)) & (codes <= ord(last))] = kind
    return types


class Corpus:
    """All characters in a row, where their sentences begin and end, and the places between them."""

    def __init__(self, sentences: Iterable[Sequence[str]]):
        sentences = [words for words in sentences if words]
        mapping = full_width()
        texts = ["".join(words).translate(mapping) for words in sentences]
        codes = np.frombuffer("".join(texts).encode("utf-32-le"), np.uint32)
        self.characters = codes.astype(np.int64)
        self.types = types_of(self.characters)
        lengths = np.array([len(text) for text in texts])
        ends = np.cumsum(lengths)
        self.start = np.repeat(ends - lengths, lengths)
        self.end = np.repeat(ends, lengths)
        words = np.cumsum([len(word) for words in sentences for word in words])
        starts_word = np.zeros(len(codes) + 1, bool)
        starts_word[words] = True
        # A place is named by the character behind it; there is none before a sentence's first.
        self.places = np.flatnonzero(np.arange(len(codes)) != self.start)
        self.labels = starts_word[self.places]


class Group:
    """The n-grams of one length over characters or types, each at every offset from a place."""

    def __init__(self, symbols: NDArray[np.int64], corpus: Corpus, length: int):
        self.length = length
        self.offsets = range(-WINDOW, WINDOW - length + 1)
        count = len(symbols) - length + 1
        keys = np.zeros(count, np.int64)
        for shift in range(length):
            keys = keys << SYMBOL_BITS | symbols[shift : shift + count]
        self.keys, self.numbers = np.unique(keys, return_inverse=True)
        self._corpus = corpus

    @property
    def size(self) -> int:
        return len(self.keys) * len(self.offsets)

    def columns(self, offset: int) -> tuple[NDArray[np.bool_], NDArray[np.int64]]:
        """Tell which places have an n-gram at ``offset`` in their sentence, and its columns."""
        corpus = self._corpus
        first = corpus.places + offset
        inside = (first >= corpus.start[corpus.places]) & (
            first + self.length <= corpus.end[corpus.places]
        )
        columns = self.numbers[first[inside]] * len(self.offsets) + (offset - self.offsets[0])
        return inside, columns

    def weights(self, row: NDArray[np.int64]) -> Iterator[tuple[tuple[int, ...], list[int]]]:
        """Yield the n-grams that have weights, with one for each place around, the last first."""
        table = row.reshape(len(self.keys), len(self.offsets))[:, ::-1]
        mask = (1 << SYMBOL_BITS) - 1
        for number in np.flatnonzero(table.any(axis=1)):
            key = int(self.keys[number])
            shifts = range(SYMBOL_BITS * (self.length - 1), -1, -SYMBOL_BITS)
            yield tuple(key >> shift & mask for shift in shifts), table[number].tolist()


def design_matrix(corpus: Corpus, groups: Sequence[Group]) -> sparse.csr_matrix:
    """Return a row for each place, with a one for each n-gram around it."""
    jobs = [(group, offset) for group in groups for offset in group.offsets]
    per_place = np.zeros(len(corpus.places), np.int64)
    for group, offset in jobs:
        per_place += group.columns(offset)[0]
    pointers = np.concatenate([[0], np.cumsum(per_place)])
    indices = np.empty(pointers[-1], np.int32)
    free = pointers[:-1].copy()
    base = 0
    for group in groups:
        for offset in group.offsets:
            inside, columns = group.columns(offset)
            indices[free[inside]] = columns + base
            free[inside] += 1
        base += group.size
    shape = (len(corpus.places), base)
    return sparse.csr_matrix((np.ones(len(indices)), indices, pointers.astype(np.int32)), shape)


def train(corpus: Corpus) -> tuple[Weights, Weights, int]:
    """Return the weights of n-grams of characters and of types, and the bias, as integers."""
    lengths = range(1, LONGEST + 1)
    groups = [Group(corpus.characters, corpus, length) for length in lengths]
    groups += [Group(corpus.types, corpus, length) for length in lengths]
    svm = LinearSVC(
        penalty="l1", loss="squared_hinge", dual=False, C=COST, tol=TOLERANCE, random_state=0
    )
    svm.fit(design_matrix(corpus, groups), corpus.labels)
    scale = WEIGHT_LIMIT / max(np.abs(svm.coef_).max(), abs(svm.intercept_[0]))
    row = np.trunc(svm.coef_[0] * scale).astype(np.int64)
    bounds = np.cumsum([0, *(group.size for group in groups)])
    found: list[Weights] = [{}, {}]
    for i, group in enumerate(groups):
        found[i // LONGEST].update(group.weights(row[bounds[i] : bounds[i + 1]]))
    return found[0], found[1], int(svm.intercept_[0] * scale)


# The format is what the Rust crate bincode 2 writes: numbers below 251 in a byte, others behind
# a byte that tells their width; signed ones folded to even and odd; lists behind their length.


def number(value: int) -> bytes:
    for mark, width in ((251, 2), (252, 4), (253, 8)):
        if value < 251:
            return bytes([value])
        if value < 1 << 8 * width:
            return bytes([mark]) + value.to_bytes(width, "little")
    raise ValueError(f"{value} does not fit 64 bits")


def signed(value: int) -> bytes:
    return number(2 * value if value >= 0 else -2 * value - 1)


def block(content: bytes) -> bytes:
    return number(len(content)) + content


def ngram_model(ngrams: Iterable[tuple[bytes, list[int]]]) -> bytes:
    ordered = sorted(ngrams)
    parts = [number(len(ordered))]
    for ngram, weights in ordered:
        parts += [block(ngram), number(len(weights)), *map(signed, weights)]
    return b"".join(parts)


def model_bytes(characters: Weights, types: Weights, bias: int) -> bytes:
    by_text = (("".join(map(chr, ngram)).encode(), w) for ngram, w in characters.items())
    by_types = ((bytes(ngram), w) for ngram, w in types.items())
    no_dictionary = no_tags = number(0)
    windows = bytes([WINDOW, WINDOW])
    return b"".join([
        MAGIC, ngram_model(by_text), ngram_model(by_types), no_dictionary, signed(bias), windows,
        no_tags,
    ])  # fmt: skip


def main() -> None:
    source, target = map(Path, sys.argv[1:])
    with source.open(encoding="utf-8") as file:
        corpus = Corpus(map(json.loads, file))
    part = target.with_suffix(".part")
    part.write_bytes(model_bytes(*train(corpus)))
    part.replace(target)


if __name__ == "__main__":
    main()
