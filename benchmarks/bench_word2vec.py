"""word2vec beside gensim, fastText and its authors' program: speed, similarity, analogies.

    CLASSICNLP_WORD2VEC=/path/to/word2vec python benchmarks/bench_word2vec.py [--quick]

Modern prose that our default model has cut. Everybody trains from the same file to vectors,
vocabulary and all, in a process of its own, in turns; window 5, 5 noise words, subsampling 1e-3,
words from 5 occurrences on. Speed is in words of the text times epochs; of one thread in seconds of
the processor, of two in those of the clock. Similarity and analogies are means of three seeds.
"""

from __future__ import annotations

import functools
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import common

import classicnlp
from classicnlp.embed import KeyedVectors

MEGABYTES = 30
EPOCHS = 3
SEEDS = (1, 2, 3)
PEERS = ("gensim", "fasttext")
CASES = (
    ("skip-gram", False, 100, 1, "2 x the best"),
    ("skip-gram", False, 300, 1, "2 x the best"),
    ("skip-gram", False, 100, 2, "2 x the best"),
    ("cbow", False, 100, 1, "1.5 x the best"),
    ("cbow", False, 300, 1, "1.5 x the best"),
    ("skip-gram", True, 100, 1, "1.5 x the best"),
    ("cbow", True, 100, 1, "1.5 x the best"),
)
SIMILARITY = "wordvec/wordsim-240.txt"
ANALOGIES = "wordvec/ca_translated.txt"


def words_file(megabytes: float) -> Path:
    """Return a file of sentences with blanks between words."""
    prose = common.prose_file(megabytes).read_text(encoding="utf-8")
    lines = ["".join(line.split()) for line in prose.split("\n")]

    def cut() -> str:
        cut_lines = classicnlp.load().segment_batch([line for line in lines if line])
        return "".join(" ".join(words) + "\n" for words in cut_lines)

    return common.cached(f"words_{megabytes:g}.txt", cut)


@dataclass
class Trainer(common.Contestant):
    """A program that is started for each training."""

    text: Path = Path()
    vectors: Path = Path()
    options: dict[str, Any] = field(default_factory=dict)

    def run(self, budget: float) -> list[float]:
        clock, processor = self.train(SEEDS[0])
        return [processor if self.options["threads"] == 1 else clock]

    def train(self, seed: int) -> tuple[float, float]:
        """Train; return the seconds of the clock and of processors."""
        options = {**self.options, "seed": seed}
        if self.name == "word2vec.c":
            return self.train_by_c(options)
        python = common.PEERS_PYTHON if self.name in PEERS else sys.executable
        script = str(common.BENCHMARKS / "word2vec_side.py")
        command = [python, script, self.name, self.text, self.vectors, json.dumps(options)]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        clock, processor = json.loads(done.stdout.splitlines()[-1])
        return clock, processor

    def train_by_c(self, options: dict[str, Any]) -> tuple[float, float]:
        given = {
            "train": self.text, "output": self.vectors, "size": options["dimensions"], "window": 5,
            "negative": 0 if options["tree"] else 5, "hs": int(options["tree"]), "sample": 1e-3,
            "cbow": int(options["architecture"] == "cbow"), "threads": options["threads"],
            "iter": options["epochs"], "min-count": 5, "alpha": 0.025, "binary": 1, "debug": 0,
        }  # fmt: skip
        command = [os.environ["CLASSICNLP_WORD2VEC"]]
        command += [part for name, value in given.items() for part in (f"-{name}", str(value))]
        before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
        subprocess.run(command, stdout=subprocess.DEVNULL, check=True)
        clock = time.perf_counter() - start
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        return clock, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def names() -> list[str]:
    """Return who takes part."""
    found = ["classicnlp"]
    if common.PEERS_PYTHON.exists():
        found += PEERS
    if "CLASSICNLP_WORD2VEC" in os.environ:
        found.append("word2vec.c")
    else:
        print("  word2vec.c is left out: build it, and name it in CLASSICNLP_WORD2VEC")
    return found


def measure(
    text: Path, words: int, case: tuple[str, bool, int, int, str], settings: common.Settings
) -> None:
    architecture, tree, dimensions, threads, target = case
    options = {
        "architecture": architecture, "tree": tree, "dimensions": dimensions, "threads": threads,
        "epochs": EPOCHS,
    }  # fmt: skip
    kind = "hierarchical softmax" if tree else "5 noise words"
    with tempfile.TemporaryDirectory() as folder:
        contestants = [
            Trainer(
                name, EPOCHS * words / 1e3, target=target if name == "classicnlp" else "",
                text=text, vectors=Path(folder, name), options=options,
            )
            for name in names()
        ]  # fmt: skip
        common.alternate(contestants, settings)
        title = f"{architecture}, {kind}, {dimensions} dimensions, {threads} thread(s)"
        others = [contestant.name for contestant in contestants[1:]]
        common.print_speeds(title, contestants, others, "1,000 words/s")
        if dimensions == 100 and threads == 1 and not settings.quick:
            print_quality(contestants)


def print_quality(contestants: list[Trainer]) -> None:
    """Print how well vectors agree with people, and solve analogies, over three seeds."""
    rows = []
    for contestant in contestants:
        figures = []
        for seed in SEEDS:
            contestant.train(seed)
            read = functools.partial(KeyedVectors.from_file, contestant.vectors)
            # The authors' program cuts long words within a character.
            vectors = read(errors="replace", duplicates="first")
            similarity = vectors.evaluate_similarity(common.data_file(SIMILARITY))
            analogies = vectors.evaluate_analogies(common.data_file(ANALOGIES))
            figures.append((similarity.spearman, analogies.accuracy))
        means = [statistics.mean(column) for column in zip(*figures, strict=True)]
        shown = ", ".join(f"{spearman:.3f}" for spearman, _ in figures)
        rows.append([contestant.name, *(f"{mean:.4f}" for mean in means), shown])
    common.print_table(["quality", "wordsim-240", "analogies", "wordsim by seed"], rows)


def main() -> None:
    settings = common.read_settings(__doc__)
    megabytes = MEGABYTES / 10 if settings.quick else MEGABYTES
    text = words_file(megabytes)
    words = len(text.read_text(encoding="utf-8").split())
    common.print_header(
        "bench_word2vec.py: word2vec beside gensim, fastText and the original",
        settings,
        f"modern prose, the first {megabytes:g} MB cut into {words / 1e6:.2f} million words",
    )
    for case in CASES:
        measure(text, words, case, settings)


if __name__ == "__main__":
    main()
