"""How long from nothing to the first answer, and in how much memory, beside the peers.

    python benchmarks/bench_start.py [--quick]

Each start is a fresh process; files are in the page cache, and jieba's cache file is written.
"""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import time
import tracemalloc
from dataclasses import dataclass, field
from pathlib import Path

import common

import classicnlp as cn
from classicnlp.segmentation import CharSegmenter, NgramSegmenter

DICTIONARY_MODEL = common.CACHE / "jieba_dictionary.model"
OURS = Path(sys.executable)
PEERS = ("rjieba", "cppjieba", "jieba", "pkuseg", "vaporetto", "ltp-extension")


@dataclass
class Subject:
    """What is started, and what each start said."""

    name: str
    key: str
    python: Path
    target: str = ""
    results: list[dict] = field(default_factory=list)


def subjects() -> list[Subject]:
    limits = "import 0.1 s, first 0.1 s, 70 MB"
    found = [
        Subject("Python alone", "python", OURS),
        Subject("Python, numpy", "numpy", OURS),
        Subject("classicnlp pku", "classicnlp", OURS, limits),
        Subject("classicnlp dictionary", "classicnlp-dictionary", OURS),
    ]
    if common.PEERS_PYTHON.exists():
        found += [Subject(name, name, common.PEERS_PYTHON) for name in PEERS]
    return found


def start(subject: Subject) -> subprocess.Popen[str]:
    """Start a process that answers, says its figures, and waits."""
    script = common.BENCHMARKS / "start_side.py"
    command = [subject.python, script, subject.key, common.sentences_file(), DICTIONARY_MODEL]
    return subprocess.Popen(
        list(map(str, command)),
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
    )  # fmt: skip


def figures(process: subprocess.Popen[str]) -> dict:
    assert process.stdout is not None
    line = process.stdout.readline()
    return json.loads(line) if line else {}


def measure_starts(found: list[Subject], settings: common.Settings) -> list[Subject]:
    """Start each in turn, once to warm up and then for every round."""
    for number in range(settings.rounds + 1):
        for subject in found:
            process = start(subject)
            result = figures(process)
            process.communicate("\n")
            if number and result:
                subject.results.append(result)
    for subject in found:
        if not subject.results:
            print(f"  {subject.name} is left out: it, or its model, is not there")
    return [subject for subject in found if subject.results]


def print_starts(found: list[Subject]) -> None:
    columns = [
        "seconds",
        "import",
        "median",
        "first answer",
        "median",
        "both",
        "x rjieba",
        "target",
    ]
    rows = []
    both = {subject.name: best(subject, "import") + best(subject, "first") for subject in found}
    for subject in found:
        row = [subject.name]
        for part in ("import", "first"):
            median = statistics.median(result[part] for result in subject.results)
            row += [f"{best(subject, part):.3f}", f"{median:.3f}"]
        ratio = f"{both[subject.name] / both['rjieba']:.2f}" if "rjieba" in both else ""
        rows.append([*row, f"{both[subject.name]:.3f}", ratio, subject.target])
    print("From a fresh process to the first words (best and median)")
    common.print_table(columns, rows)


def best(subject: Subject, part: str) -> float:
    return min(result[part] for result in subject.results)


def print_memory(found: list[Subject]) -> None:
    parts = ["resident", "private", "shared"]
    columns = ["MB after the first answer:", *parts, "all texts: resident", *parts[1:], "x rjieba"]
    columns.append("target")
    rows = []
    residents = {s.name: s.results[-1]["after_texts"]["Rss"] for s in found}
    for subject in found:
        row = [subject.name]
        for moment in ("after_first", "after_texts"):
            row += [f"{figure:.1f}" for figure in split(subject.results[-1][moment])]
        resident = residents[subject.name]
        ratio = f"{resident / residents['rjieba']:.2f}" if "rjieba" in residents else ""
        target = "below 70 MB" if subject.target else ""
        rows.append([*row, ratio, target])
    print("Memory after the first answer, and after all MSR sentences")
    common.print_table(columns, rows)


def split(memory: dict[str, float]) -> tuple[float, float, float]:
    """Return resident, private and shared memory."""
    private = memory["Private_Clean"] + memory["Private_Dirty"]
    shared = memory["Shared_Clean"] + memory["Shared_Dirty"]
    return memory["Rss"], private, shared


def measure_sharing(found: list[Subject]) -> None:
    """Start a second process while the first lives, and look at the second's pages."""
    rows = []
    for subject in found:
        first = start(subject)
        figures(first)
        second = start(subject)
        result = figures(second)
        for process in (second, first):
            process.communicate("\n")
        row = [subject.name, *(f"{figure:.1f}" for figure in split(result["after_texts"]))]
        model = result["model"]
        if model:
            row += [f"{figure:.1f}" for figure in split(model)] + [f"{model['Private_Dirty']:.1f}"]
        else:
            row += ["-"] * 4
        rows.append([*row, "model shared, 0 dirty" if subject.target else ""])
    print("A second process while the first lives; its pages of the model file")
    parts = ["resident", "private", "shared"]
    columns = ["MB", *parts, "model: resident", *parts[1:], "dirty", "target"]
    common.print_table(columns, rows)


def measure_derived(quick: bool) -> None:
    """Make pipelines with a word of their own each, and look at the memory that they take."""
    nlp = cn.load()
    assert isinstance(nlp.segmenter, CharSegmenter)
    nlp.with_words(["热身"])
    count = 1_000 if quick else 10_000
    rows = []
    for policy in ("prefer", "force"):
        tracemalloc.start()
        derived = [nlp.with_words({f"云计算{i}": "n"}, policy) for i in range(count)]
        size, _ = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        begin = time.perf_counter()
        derived = [nlp.with_words({f"云计算{i}": "n"}, policy) for i in range(count)]
        seconds = time.perf_counter() - begin
        segmenters = (pipeline.segmenter for pipeline in derived)
        shared = all(s._tables() is nlp.segmenter._tables() for s in segmenters)
        figures = [f"{size / count / 1000:.2f}", f"{1e6 * seconds / count:.0f}"]
        rows.append([policy, *figures, "yes" if shared else "NO", "5 kB, shared"])
    print(f"{count:,} pipelines by with_words, a word each")
    common.print_table(["policy", "kB each", "us each", "arrays shared", "target"], rows)


def main() -> None:
    settings = common.read_settings(__doc__)
    common.print_header(
        "bench_start.py: from nothing to the first words",
        settings,
        "the first answer to a sentence of nine characters; then "
        f"{common.megabytes_of(common.sentences_file()):.2f} MB of MSR sentences",
    )
    lexicon = cn.Lexicon.from_file(common.dictionary_file())
    NgramSegmenter(lexicon).save(DICTIONARY_MODEL)
    found = measure_starts(subjects(), settings)
    print_starts(found)
    print_memory(found)
    measure_sharing([s for s in found if s.key not in ("python", "numpy")])
    measure_derived(settings.quick)


if __name__ == "__main__":
    main()
