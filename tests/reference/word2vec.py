"""word2vec in plain Python: windows, noise and gradient steps, one at a time."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Matrix = NDArray[np.float64]
Outputs = dict[int, tuple[float, int]]
"""By row of the outputs: the label, and how often it was drawn."""

TILE = 6
SENTENCE = 4096
MEASURED = 16
BITS = (1 << 64) - 1


def sigmoid(x: float) -> float:
    return 1 / (1 + math.exp(-x))


class Random:
    """splitmix64."""

    def __init__(self, seed: int):
        self.state = seed

    def bits(self) -> int:
        self.state = self.state + 0x9E3779B97F4A7C15 & BITS
        z = self.state
        z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9 & BITS
        z = (z ^ z >> 27) * 0x94D049BB133111EB & BITS
        return z ^ z >> 31

    def below(self, bound: int) -> tuple[int, int]:
        """Return a number below the bound, and 32 bits that are left."""
        bits = self.bits()
        return (bits >> 32) * bound >> 32, bits & 0xFFFFFFFF


@dataclass
class Word2Vec:
    """What changes, and how."""

    inputs: Matrix
    outputs: Matrix
    keep: Sequence[int]
    noise: Sequence[tuple[int, int]]
    paths: Sequence[Sequence[tuple[int, float]]] | None = None
    parts: Sequence[Sequence[int]] | None = None
    window: int = 5
    negatives: int = 5
    together: bool = False
    loss: float = 0.0
    words: int = 0

    def learn(self, ids: Sequence[int], rate: float, fall: float, least: float, seed: int) -> None:
        random = Random(seed)
        sentence: list[int] = []
        first = 0
        for i, word in enumerate([*ids, -1]):
            if word < 0 or len(sentence) == SENTENCE:
                self.learn_sentence(sentence, max(rate - fall * first, least), random)
                sentence, first = [], i
            if word >= 0 and random.bits() >> 32 < self.keep[word]:
                sentence.append(word)

    def learn_sentence(self, sentence: list[int], rate: float, random: Random) -> None:
        if len(sentence) > 1:
            for i, word in enumerate(sentence):
                reach = 1 + random.below(self.window)[0]
                outputs = self.draw(word, random)
                around = sentence[max(i - reach, 0) : i] + sentence[i + 1 : i + 1 + reach]
                self.learn_place(around, outputs, rate, (self.words + i) % MEASURED == 0)
        self.words += len(sentence)

    def draw(self, word: int, random: Random) -> Outputs:
        if self.paths is not None:
            return {node: (label, 1) for node, label in self.paths[word]}
        outputs: Outputs = {word: (1.0, 1)}
        for _ in range(self.negatives):
            drawn, bits = random.below(len(self.noise))
            threshold, other = self.noise[drawn]
            drawn = drawn if bits < threshold else other
            if drawn != word:
                outputs[drawn] = (0.0, outputs.get(drawn, (0.0, 0))[1] + 1)
        return outputs

    def rows_of(self, word: int) -> list[int]:
        return [word] if self.parts is None else list(self.parts[word])

    def learn_place(self, around: list[int], outputs: Outputs, rate: float, measured: bool) -> None:
        groups = [self.rows_of(word) for word in around]
        if self.together:
            groups = [[row for rows in groups for row in rows]]
        plain = self.parts is None and not self.together
        before = [self.inputs[rows].mean(axis=0) for rows in groups]
        # Rows themselves, so that a word that is there twice is changed twice; or copies of means.
        hidden = [self.inputs[rows[0]] for rows in groups] if plain else [m.copy() for m in before]
        items = list(outputs.items())
        for k in range(0, len(items), TILE):
            tile = items[k : k + TILE]
            self.loss += measured * sum(loss_of(h, self.outputs, tile) for h in hidden)
            step(hidden, self.outputs, tile, rate)
        if not plain:
            for rows, old, new in zip(groups, before, hidden, strict=True):
                for row in rows:
                    self.inputs[row] += new - old


def loss_of(
    hidden: Matrix, outputs: Matrix, tile: Sequence[tuple[int, tuple[float, int]]]
) -> float:
    """-sum of log p: of the outputs with label 1 that they are meant, of the others that not."""
    return -sum(
        times * math.log(sigmoid((1 if label else -1) * float(hidden @ outputs[row])))
        for row, (label, times) in tile
    )


def step(
    hidden: Sequence[Matrix],
    outputs: Matrix,
    tile: Sequence[tuple[int, tuple[float, int]]],
    rate: float,
) -> None:
    """Move all hidden vectors and outputs of a tile against the gradient of the loss."""
    old = {row: outputs[row].copy() for row, _ in tile}
    steps = [
        {row: rate * times * (label - sigmoid(float(h @ old[row]))) for row, (label, times) in tile}
        for h in hidden
    ]
    for h, of_rows in zip(hidden, steps, strict=True):
        start = h.copy()
        for row, size in of_rows.items():
            outputs[row] += size * start
            h += size * old[row]
