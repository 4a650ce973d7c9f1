"""GloVe beside its authors' programs: counting pairs of words, an epoch, the counts themselves.

    CLASSICNLP_GLOVE=/path/to/GloVe/build python benchmarks/bench_glove.py [--quick]

Modern prose that our default model has cut; window 15, 100 dimensions, words from 5 occurrences on,
one thread, seconds of the processor. Counting is from the text to pairs: ours counts words, too,
theirs is told the vocabulary; its shuffling, which ours does not need, is shown apart. An epoch of
theirs is a run of two without a run of one.
"""

from __future__ import annotations

import os
import resource
import subprocess
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import common
import numpy as np
from bench_word2vec import words_file

from classicnlp.embed import GloVe, Progress
from classicnlp.embed.pairs import count_pairs
from classicnlp.embed.reading import Text, read_text

MEGABYTES = 30
WINDOW = 15
DIMENSIONS = 100


@dataclass
class Own(common.Contestant):
    """Something of ours that says itself how many seconds of the processor it took."""

    work: Callable[[], float] = time.process_time

    def run(self, budget: float) -> list[float]:
        return [self.work()]


def of_children(commands: list[tuple[list[str], Path | None, Path | None]]) -> float:
    """Run programs, each with its input and output; return the seconds of the processor."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    for command, source, target in commands:
        with (
            Path(source or os.devnull).open("rb") as read,
            Path(target or os.devnull).open("wb") as write,
        ):
            subprocess.run(command, stdin=read, stdout=write, stderr=subprocess.DEVNULL, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def count(text: Path) -> tuple[Text, np.ndarray]:
    read = read_text(text, 5, None, 1)
    return read, count_pairs(read.ids, len(read.words), WINDOW)


def seconds_of_counting(text: Path) -> float:
    start = time.process_time()
    count(text)
    return time.process_time() - start


def seconds_of_an_epoch(text: Path) -> float:
    """Return what the second epoch took."""
    ends: list[float] = []

    def mark(progress: Progress) -> None:
        if progress.done * 2 in (progress.total, 2 * progress.total):
            ends.append(time.process_time())

    GloVe(DIMENSIONS, WINDOW, epochs=2).fit(text, progress=mark)
    return ends[-1] - ends[0]


class Theirs:
    """The authors' programs, and the files between them."""

    def __init__(self, build: Path, text: Path, folder: Path):
        self.build, self.text = build, text
        self.words, self.pairs, self.shuffled = (
            folder / name for name in ("vocab.txt", "pairs.bin", "shuffled.bin")
        )
        self.vectors = folder / "vectors"
        of_children([([str(build / "vocab_count"), "-min-count", "5"], text, self.words)])

    def count(self) -> float:
        command = [str(self.build / "cooccur"), "-memory", "4", "-window-size", str(WINDOW)]
        return of_children([([*command, "-vocab-file", str(self.words)], self.text, self.pairs)])

    def shuffle(self) -> float:
        return of_children(
            [([str(self.build / "shuffle"), "-memory", "4"], self.pairs, self.shuffled)]
        )

    def epoch(self) -> float:
        command = [
            str(self.build / "glove"), "-input-file", str(self.shuffled), "-threads", "1",
            "-vocab-file", str(self.words), "-save-file", str(self.vectors), "-binary", "1",
            "-vector-size", str(DIMENSIONS), "-seed", "1", "-iter",
        ]  # fmt: skip
        one, two = (of_children([([*command, count], None, None)]) for count in ("1", "2"))
        return two - one


def compare_counts(theirs: Theirs, own: tuple[Text, np.ndarray]) -> None:
    """Print how far our counts are from theirs."""
    text, pairs = own
    record = np.dtype([("row", "<i4"), ("column", "<i4"), ("count", "<f8")])
    found = np.fromfile(theirs.pairs, record)
    lines = theirs.words.read_text(encoding="utf-8").splitlines()
    numbers = {word: number for number, word in enumerate(text.words)}
    of_theirs = np.array([numbers[line.rpartition(" ")[0]] for line in lines])
    rows, columns = of_theirs[found["row"] - 1], of_theirs[found["column"] - 1]
    lower = rows >= columns
    order = np.lexsort((columns[lower], rows[lower]))
    same = len(order) == len(pairs) and (
        (rows[lower][order] == pairs[:, 0]).all() and (columns[lower][order] == pairs[:, 1]).all()
    )
    print(f"pairs: ours {len(pairs):,}, theirs {len(order):,}, the same words: {bool(same)}")
    if same:
        counts = pairs[:, 2].copy().view(np.float32)
        ratio = np.abs(counts / found["count"][lower][order] - 1).max()
        print(f"counts differ by at most {ratio:.1e} of theirs\n")


def main() -> None:
    settings = common.read_settings(__doc__)
    megabytes = MEGABYTES / 10 if settings.quick else MEGABYTES
    text = words_file(megabytes)
    own = count(text)
    words, pairs = own[0].counts.sum() / 1e6, 2 * len(own[1]) / 1e6
    common.print_header(
        "bench_glove.py: GloVe beside its authors' programs",
        settings,
        f"modern prose, the first {megabytes:g} MB cut into words, {words:.2f} million of them "
        "frequent enough",
    )
    counting: list[common.Contestant] = [
        Own("classicnlp", words, target="1.5 x theirs", work=lambda: seconds_of_counting(text))
    ]
    epochs: list[common.Contestant] = [
        Own("classicnlp", pairs, target="1.5 x theirs", work=lambda: seconds_of_an_epoch(text))
    ]
    with tempfile.TemporaryDirectory() as folder:
        if "CLASSICNLP_GLOVE" in os.environ:
            theirs = Theirs(Path(os.environ["CLASSICNLP_GLOVE"]), text, Path(folder))
            theirs.count()
            compare_counts(theirs, own)
            counting.append(Own("cooccur", words, work=theirs.count))
            counting.append(Own("shuffle", words, work=theirs.shuffle))
            epochs.append(Own("glove", pairs, work=theirs.epoch))
        else:
            print("  GloVe is left out: build it, and name its folder in CLASSICNLP_GLOVE")
        common.alternate(counting, settings)
        common.print_speeds("counting pairs", counting, ["cooccur"], "million words/s")
        common.alternate(epochs, settings)
        common.print_speeds("an epoch", epochs, ["glove"], "million pairs/s")


if __name__ == "__main__":
    main()
