"""CRFsuite's half of the benchmarks of taggers; runs in the peers' environment.

    python peer_tagger.py train|items|lists FOLDER ALGORITHM ITERATIONS

FOLDER is one that `Numbered.write` of bench_perceptron.py filled. "train" trains, an iteration for
each line on standard input and the rest when that ends, and answers with its seconds; the model
then lies in FOLDER. "items" tags the test part from ItemSequences, "lists" from lists of str, as
often as a budget on standard input allows; first it answers with the number of right labels.
"""

from __future__ import annotations

import array
import json
import os
import sys
import time
from itertools import pairwise
from pathlib import Path

import pycrfsuite
from timing import run_round

Sequences = tuple[list[list[list[str]]], list[list[str]]]


def numbers(path: Path, code: str) -> array.array:
    found = array.array(code)
    found.frombytes(path.read_bytes())
    return found


def read(folder: Path, part: str) -> Sequences:
    """Return the features of each token of each sequence, and the labels."""
    names = json.loads((folder / "features.json").read_text(encoding="utf-8"))
    labels = json.loads((folder / "labels.json").read_text(encoding="utf-8"))
    offsets, first = (
        numbers(folder / f"{part}.offsets", "q"),
        numbers(folder / f"{part}.first", "q"),
    )
    features = [names[number] for number in numbers(folder / f"{part}.features", "i")]
    gold = [labels[number] for number in numbers(folder / f"{part}.gold", "i")]
    tokens = [features[low:high] for low, high in pairwise(first)]
    bounds = list(pairwise(offsets))
    return [tokens[low:high] for low, high in bounds], [gold[low:high] for low, high in bounds]


class Trainer(pycrfsuite.Trainer):
    """Waits for a line before each iteration; then says how many seconds of wall time it took."""

    answers: object = None
    start = 0.0

    def wait(self) -> None:
        sys.stdin.readline()
        self.start = time.perf_counter()

    def message(self, message: str) -> None:
        # The figure of CRFsuite itself is processor time.
        if "Seconds required for this iteration" in message:
            seconds = time.perf_counter() - self.start
            print(json.dumps([seconds]), file=self.answers, flush=True)
            self.wait()


def train(folder: Path, algorithm: str, iterations: int, answers) -> None:
    trainer = Trainer()
    trainer.answers = answers
    tokens, labels = read(folder, "train")
    for sequence, gold in zip(tokens, labels, strict=True):
        trainer.append(sequence, gold)
    trainer.select(algorithm)
    trainer.set_params({"max_iterations": iterations, "epsilon": 0.0})
    print(json.dumps(sum(map(len, labels))), file=answers, flush=True)
    trainer.wait()
    trainer.train(str(folder / algorithm))


def tag(folder: Path, algorithm: str, items: bool, answers) -> None:
    tokens, labels = read(folder, "test")
    tagger = pycrfsuite.Tagger()
    tagger.open(str(folder / algorithm))
    sequences = [pycrfsuite.ItemSequence(sequence) if items else sequence for sequence in tokens]

    def work() -> list[list[str]]:
        return [tagger.tag(sequence) for sequence in sequences]

    right = sum(
        one == other
        for predicted, gold in zip(work(), labels, strict=True)
        for one, other in zip(predicted, gold, strict=True)
    )
    print(json.dumps(right), file=answers, flush=True)
    for line in sys.stdin:
        print(json.dumps(run_round(work, float(line))), file=answers, flush=True)


def main() -> None:
    # CRFsuite prints; only our lines may reach the other side.
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    what, folder, algorithm, iterations = sys.argv[1:]
    if what == "train":
        train(Path(folder), algorithm, int(iterations), answers)
    else:
        tag(Path(folder), algorithm, what == "items", answers)


if __name__ == "__main__":
    main()
