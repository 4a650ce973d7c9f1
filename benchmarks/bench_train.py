"""What training on one corpus alone costs and gives, beside the peers.

    python benchmarks/bench_train.py [--quick]

Each training runs once, alone, in a process of its own; all are scored by classicnlp.evaluate.
"""

from __future__ import annotations

import itertools
import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import common
from train_side import read, write

from classicnlp import evaluate
from classicnlp.corpus import read_segmented, read_tagged

TaggedSentences = list[list[tuple[str, str]]]
# Each with the F1 to reach on its official test part, which is measured elsewhere.
OTHER_CORPORA = [("sxu", "sxu/train.txt.xz", "0.965"), ("cnc", "cnc/train.txt.xz", "0.955")]


def paragraphs(settings: common.Settings) -> TaggedSentences:
    everything = list(read_tagged(common.data_file(common.JANUARY)))
    return everything[: len(everything) // 5] if settings.quick else everything


def words_of(sentences: TaggedSentences) -> list[list[str]]:
    return [[word for word, _ in sentence] for sentence in sentences]


def write_parts(name: str, parts: Sequence[list]) -> list[Path]:
    """Write the train, dev and test parts to files."""
    common.CACHE.mkdir(exist_ok=True)
    paths = [common.CACHE / f"{name}_{part}.jsonl" for part in ("train", "dev", "test")]
    for path, sentences in zip(paths, parts, strict=True):
        write(str(path), sentences)
    return paths


def train(job: str, python: Path, paths: Sequence[Path]) -> tuple[dict, list] | None:
    """Run a job of `train_side`; return what it says and what it predicted, or None."""
    if not python.exists():
        print(f"  {job} is left out: run `python benchmarks/peers.py` to install the peers")
        return None
    target = common.CACHE / f"{job}_predicted.jsonl"
    command = [python, common.BENCHMARKS / "train_side.py", job, *paths, target]
    done = subprocess.run(list(map(str, command)), capture_output=True, text=True, check=False)
    if done.returncode:
        reason = (done.stderr.strip().splitlines() or ["no reason given"])[-1]
        print(f"  {job} is left out: {reason}")
        return None
    return json.loads(done.stdout), read(str(target))


def measure_segmenters(everything: TaggedSentences) -> None:
    """Train on the first nine tenths of the paragraphs, measure on the last."""
    known, held_out, paths = parted("segmenter", words_of(everything))
    vocabulary = {word for words in known for word in words}
    contestants = [
        (
            "CharSegmenter",
            "classicnlp-segmenter",
            Path(sys.executable),
            "F1 0.960, 60 s; 0.956 on PKU's test",
        ),
        ("python-crfsuite AP, same templates", "crfsuite-segmenter", common.PEERS_PYTHON, ""),
        ("ltp-extension, its own templates", "ltp-segmenter", common.PEERS_PYTHON, ""),
    ]
    rows = []
    ours = 0.0
    for name, job, python, target in contestants:
        answer = train(job, python, paths)
        if answer is None:
            continue
        said, predicted = answer
        score = evaluate.segmentation(held_out, predicted, vocabulary)
        rows.append([name, *score_cells(score), *cost_cells(said, ours), target])
        ours = ours or total(said)
    columns = ["", "F1", "known", "unknown", "features s", "training s", "peak MB", "x the time",
               "target"]  # fmt: skip
    print(
        f"Segmenters trained on January 1998: {len(known):,} paragraphs, and {len(held_out):,} set"
    )
    print("aside, the last tenth (known, unknown: recall of such words)")
    common.print_table(columns, rows)


def parted(name: str, sentences: list, by_block: bool = True) -> tuple[list, list, list[Path]]:
    """Set the last tenth aside, or every tenth; return both parts, and files for a training."""
    if by_block:
        cut = len(sentences) * 9 // 10
        known, held_out = sentences[:cut], sentences[cut:]
    else:
        known = [sentence for i, sentence in enumerate(sentences) if i % 10 != 9]
        held_out = sentences[9::10]
    return known, held_out, write_parts(name, [known, held_out, held_out])


def measure_other_corpora(quick: bool) -> None:
    """Train a segmenter on nine tenths of a corpus and nothing else, measure on the rest.

    SXU goes from topic to topic: its last tenth has more unknown words than the official test
    part, every tenth sentence fewer. CNC is shuffled.
    """
    rows = []
    for (corpus, file, target), by_block in itertools.product(OTHER_CORPORA, (True, False)):
        sentences = list(read_segmented(common.data_file(file)))
        sentences = sentences[: len(sentences) // (5 if quick else 1)]
        known, held_out, paths = parted(corpus, sentences, by_block)
        answer = train("classicnlp-segmenter", Path(sys.executable), paths)
        if answer is None:
            continue
        said, predicted = answer
        score = evaluate.segmentation(held_out, predicted, {w for words in known for w in words})
        name = f"{corpus}, {'the last' if by_block else 'every'} tenth set aside"
        rate = f"{score.unknown_rate or 0:.4f}"
        cost = [f"{said['seconds']['training']:.1f}", f"{said['peak']:,.0f}"]
        rows.append([name, f"{len(known):,}", rate, *score_cells(score), *cost, target])
    print("CharSegmenter trained on another corpus alone (share of unknown words; recalls)")
    columns = ["", "sentences", "share", "F1", "known", "unknown", "training s", "peak MB"]
    common.print_table([*columns, "target (official test)"], rows)


def score_cells(score: evaluate.SegmentationScore) -> list[str]:
    return [
        f"{score.f1:.4f}", f"{score.known_recall or 0:.4f}", f"{score.unknown_recall or 0:.4f}",
    ]  # fmt: skip


def total(said: dict) -> float:
    """Return the seconds from sentences in memory to a model."""
    return said["seconds"].get("features", 0.0) + said["seconds"]["training"]


def cost_cells(said: dict, ours: float) -> list[str]:
    built = said["seconds"].get("features")
    return [
        f"{built:.1f}" if built is not None else "within",
        f"{said['seconds']['training']:.1f}",
        f"{said['peak']:,.0f}",
        f"{total(said) / (ours or total(said)):.2f}",
    ]


def measure_tagger(everything: TaggedSentences) -> None:
    """Train on the first 80 % of the paragraphs, choose on the next 10, measure on the last."""
    first, second = len(everything) * 8 // 10, len(everything) * 9 // 10
    parts = [everything[:first], everything[first:second], everything[second:]]
    answer = train("classicnlp-tagger", Path(sys.executable), write_parts("tagger", parts))
    if answer is None:
        return
    said, predicted = answer
    vocabulary = {word for sentence in parts[0] for word, _ in sentence}
    score = evaluate.tagging(parts[2], predicted, vocabulary)
    speeds = [said["words"] / seconds for seconds in sorted(said["speed_seconds"])]
    row = [
        "PosTagger", f"{score.accuracy:.4f}",
        f"{score.known_accuracy or 0:.4f}", f"{score.unknown_accuracy or 0:.4f}",
        f"{said['seconds']['training']:.1f}", f"{said['peak']:,.0f}",
        f"{speeds[0]:,.0f}", f"{speeds[len(speeds) // 2]:,.0f}", "",
    ]  # fmt: skip
    columns = ["", "accuracy", "known", "unknown", "training s", "peak MB"]
    columns += ["words/s best", "median", "target"]
    sizes = ", ".join(f"{len(part):,}" for part in parts)
    print(f"Part of speech on gold words: paragraphs to train, to choose on, to test: {sizes}")
    common.print_table(columns, [row])


def main() -> None:
    settings = common.read_settings(__doc__)
    everything = paragraphs(settings)
    words = sum(map(len, everything))
    common.print_header(
        "bench_train.py: corpora to models",
        settings,
        f"People's Daily, January 1998: {len(everything):,} paragraphs, {words:,} words",
    )
    measure_segmenters(everything)
    measure_other_corpora(settings.quick)
    measure_tagger(everything)


if __name__ == "__main__":
    main()
