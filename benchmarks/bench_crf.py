"""Training a CRF on the People's Daily of January 1998 beside CRFsuite, on the same features.

    python benchmarks/bench_crf.py [--quick]

Characters: six templates, four labels. Words: ten of the templates of words, 44 tags. The first
nine tenths of the paragraphs train, the last is predicted. Each side is a process of its own; the
rounds of both alternate. An iteration's time is that of L-BFGS with all that belongs to it.
"""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
from pathlib import Path

import common
import numpy as np

from classicnlp import evaluate
from classicnlp.corpus import read_tagged
from classicnlp.tagging.features import CharacterFeatures, WordFeatures

L2 = 1.0  # CRFsuite's own default
ITERATIONS = 12
TO_THE_END = 150
WORDS = (
    "word[-1]", "word[0]", "word[1]", "word[-1]/word[0]", "word[0]/word[1]", "prefix1[0]",
    "prefix2[0]", "suffix1[0]", "suffix2[0]", "shape[0]",
)  # fmt: skip


def bmes(word: str) -> str:
    return "S" if len(word) == 1 else "B" + "M" * (len(word) - 2) + "E"


def prepare(kind: str, sentences: list) -> Path:
    """Write numbered features and labels of both parts to a file."""
    cut = len(sentences) * 9 // 10
    if kind == "characters":
        extractor = CharacterFeatures()
        X = ["".join(word for word, _ in sentence) for sentence in sentences]
        y = [list("".join(bmes(word) for word, _ in sentence)) for sentence in sentences]
    else:
        extractor = WordFeatures(WORDS)
        X = [[word for word, _ in sentence] for sentence in sentences]
        y = [[tag for _, tag in sentence] for sentence in sentences]
    labels = sorted({label for sequence in y for label in sequence})
    numbers = {label: i for i, label in enumerate(labels)}
    arrays = {}
    for part, low, high in (("train", 0, cut), ("dev", cut, len(sentences))):
        seen = extractor.transform(X[low:high]) if low else extractor.fit_transform(X[low:high], 1)
        arrays |= {
            f"{part}_offsets": seen.offsets,
            f"{part}_first": seen.first,
            f"{part}_features": seen.features,
            f"{part}_gold": np.array(
                [numbers[label] for s in y[low:high] for label in s], np.int32
            ),
        }
    path = common.CACHE / f"crf_{kind}.npz"
    common.CACHE.mkdir(exist_ok=True)
    np.savez(path, **arrays, feature_count=seen.feature_count, label_count=len(labels))
    (common.CACHE / f"crf_{kind}.json").write_text(json.dumps([labels, X[cut:], y[cut:]]))
    return path


def run(job: str, path: Path, **options) -> list[dict]:
    python = common.PEERS_PYTHON if job == "crfsuite" else Path(sys.executable)
    command = [python, common.BENCHMARKS / "crf_side.py", job, path, json.dumps(options)]
    done = subprocess.run(list(map(str, command)), capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"{job} failed: {(done.stderr.strip().splitlines() or ['?'])[-1]}")
    lines = [line for line in done.stdout.splitlines() if line.startswith("{")]
    return [json.loads(line) for line in lines]


def seconds(said: list[dict]) -> float:
    """Return the median time of an iteration after the first, which searches longer."""
    return statistics.median([line["seconds"] for line in said if "seconds" in line][1:])


def figure(kind: str, path: Path, predicted: list[int]) -> float:
    """Return the accuracy of tags, or F1 of words."""
    labels, X, y = json.loads(path.with_suffix(".json").read_text())
    names = iter([labels[label] for label in predicted])
    tagged = [[(token, next(names)) for token in sequence] for sequence in X]
    if kind == "words":
        gold = [list(zip(*pair, strict=True)) for pair in zip(X, y, strict=True)]
        return evaluate.tagging(gold, tagged).accuracy
    gold = [list(zip(*pair, strict=True)) for pair in zip(X, y, strict=True)]
    return evaluate.segmentation(map(words_of, gold), map(words_of, tagged)).f1


def words_of(tagged: list[tuple[str, str]]) -> list[str]:
    words: list[str] = []
    for character, label in tagged:
        if words and label in "ME":
            words[-1] += character
        else:
            words.append(character)
    return words


def measure_iterations(kind: str, path: Path, rounds: int) -> None:
    weights = str(common.CACHE / f"crf_{kind}_weights.npz")
    sides = {"CRFsuite": [], "classicnlp": [], "classicnlp, two threads": []}
    for _ in range(rounds):
        options = {"l2": L2, "iterations": ITERATIONS}
        sides["CRFsuite"].append(run("crfsuite", path, **options, weights=weights))
        sides["classicnlp"].append(run("classicnlp", path, **options))
        sides["classicnlp, two threads"].append(run("classicnlp", path, **options, workers=2))
    rows = []
    base = min(map(seconds, sides["CRFsuite"]))
    targets = {"classicnlp": "5", "classicnlp, two threads": "8"}
    for name, rounds_said in sides.items():
        best = min(map(seconds, rounds_said))
        peak = min(line["peak"] for said in rounds_said for line in said if "peak" in line)
        rows.append(
            [name, f"{best:.3f}", f"{base / best:.1f}", f"{peak:,.0f}", targets.get(name, "")]
        )
    print(f"{kind}: seconds of an L-BFGS iteration (least median of {rounds} rounds), peak MB")
    common.print_table(["", "seconds", "x CRFsuite", "peak MB", "target"], rows)
    theirs = [line["value"] for line in sides["CRFsuite"][-1] if "value" in line][-1]
    ours = run("value", path, l2=L2, weights=weights)[0]["value"]
    print(f"{kind}: objective at CRFsuite's weights after {ITERATIONS} iterations: "
          f"{theirs:.6f} there, {ours:.6f} here, {abs(ours - theirs) / theirs:.1e} apart "
          "(target 1e-6)\n")  # fmt: skip


def measure_whole(kind: str, path: Path, iterations: int) -> None:
    """Compare the time from the first evaluation to the figure that CRFsuite ends with."""
    theirs = run("crfsuite", path, l2=L2, iterations=iterations)
    wanted = figure(kind, path, theirs[-1]["predicted"])
    spent = next(line["training"] for line in theirs if "training" in line)
    rows = [["CRFsuite", f"{spent:.1f}", "1.0", f"{wanted:.4f}", ""]]
    for workers in (1, 2):
        ours = run("classicnlp", path, l2=L2, iterations=15, epochs=3, workers=workers)
        predictions = [line["predicted"] for line in ours if "predicted" in line]
        times = [line["total"] for line in ours if "total" in line]
        ends = [*times[:3], times[-1]]
        names = ["AdaGrad, 1 epoch", "2 epochs", "3 epochs", "and 15 iterations"]
        for name, end, predicted in zip(names, ends, predictions, strict=True):
            reached = figure(kind, path, predicted)
            row = [f"classicnlp, {name}, {workers} threads", f"{end:.1f}", f"{spent / end:.1f}"]
            rows.append([*row, f"{reached:.4f}", "8, at no lower figure"])
    print(f"{kind}: whole training; {iterations} iterations of CRFsuite at most")
    common.print_table(["", "seconds", "x CRFsuite", "F1 or accuracy", "target"], rows)


def main() -> None:
    settings = common.read_settings(__doc__)
    sentences = list(read_tagged(common.data_file(common.JANUARY)))
    if settings.quick:
        sentences = sentences[: len(sentences) // 10]
    corpus = f"{common.JANUARY}, {len(sentences):,} paragraphs, nine tenths to train"
    common.print_header("CRF training", settings, corpus)
    for kind, iterations in (("characters", TO_THE_END), ("words", TO_THE_END // 2)):
        path = prepare(kind, sentences)
        measure_iterations(kind, path, 1 if settings.quick else 2)
        measure_whole(kind, path, iterations)


if __name__ == "__main__":
    main()
