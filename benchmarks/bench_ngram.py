"""Counting n-grams of characters, orders 1-4, beside CountVectorizer, Counter and KenLM's lmplz.

    CLASSICNLP_LMPLZ=/path/to/lmplz python benchmarks/bench_ngram.py [--quick]

The slow peers count ten megabytes; we those and all of the prose. Of lmplz the first of its five
stages is timed, by the lines that it prints: it counts and sorts the highest order alone. It reads
characters with spaces between, and we the same file, so that both have the same vocabulary.
"""

from __future__ import annotations

import dataclasses
import functools
import json
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import common

from classicnlp.lm import count_ngrams

ORDERS = (1, 2, 3, 4)
SLOW = (("CountVectorizer", "count-vectorizer"), ("Counter", "counter"))
STAGES = ("=== 1/5", "=== 2/5")


def slow_peers(path: Path) -> list[common.Peer]:
    """Return the peers in Python."""
    if not common.PEERS_PYTHON.exists():
        print("  peers are left out: run `python benchmarks/peers.py` to install them")
        return []
    found = []
    for name, job in SLOW:
        process = subprocess.Popen(
            [str(common.PEERS_PYTHON), str(common.BENCHMARKS / "peer_ngram.py"), job, str(path)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        contestant = common.Peer(name, common.megabytes_of(path), process=process)
        contestant._answer()
        found.append(contestant)
    return found


def our_counts(path: Path, unit: str, target: str = "") -> list[common.Own]:
    """Return us with one thread and with two."""
    return [
        common.Own(
            f"count_ngrams, {workers} thread" + "s" * (workers > 1), common.megabytes_of(path),
            target=target if workers == 1 else "",
            work=functools.partial(
                count_ngrams, path, ORDERS, unit=unit, boundaries=unit == "word",
                workers=workers,
            ),
        )
        for workers in (1, 2)
    ]  # fmt: skip


@dataclass
class Lmplz(common.Contestant):
    """KenLM's program, stopped when its counting is done."""

    program: str = ""
    path: Path = Path()
    memory: str = ""

    def run(self, budget: float) -> list[float]:
        with tempfile.TemporaryDirectory() as folder, self.path.open("rb") as text:
            process = subprocess.Popen(
                [self.program, "-o", str(ORDERS[-1]), "-S", "2G", "-T", folder,
                 "--arpa", os.devnull, "--discount_fallback"],
                stdin=text, stderr=subprocess.PIPE, text=True,
            )  # fmt: skip
            assert process.stderr is not None
            begun: list[float] = []
            for line in process.stderr:
                if line.startswith(STAGES):
                    begun.append(time.perf_counter())
                if len(begun) == len(STAGES):
                    break
            status = Path(f"/proc/{process.pid}/status").read_text()
            self.memory = next(
                line.split()[1] for line in status.splitlines() if line.startswith("VmHWM")
            )
            process.kill()
            process.wait()
        return [begun[1] - begun[0]]


def lmplz(path: Path) -> list[Lmplz]:
    program = os.environ.get("CLASSICNLP_LMPLZ", "")
    if not program:
        print("  lmplz is left out: name a built one in CLASSICNLP_LMPLZ")
        return []
    return [Lmplz("lmplz, counting", common.megabytes_of(path), program=program, path=path)]


def print_memory(path: Path, unit: str) -> None:
    """Print our peak under several budgets, each in a process of its own."""
    rows = []
    for memory, workers in ((2 << 30, 1), (1 << 30, 1), (1 << 28, 1), (1 << 28, 2)):
        arguments = [str(path), unit, str(memory), str(workers)]
        command = [sys.executable, str(common.BENCHMARKS / "count_side.py"), *arguments]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        seconds, peak, distinct = json.loads(done.stdout)
        rows.append(
            [f"memory={memory >> 20} MiB, workers={workers}", f"{peak / 1e6:,.0f}",
             f"{seconds:.1f}", f"{distinct:,}", ""]
        )  # fmt: skip
    print("Peak of memory, with the counts themselves (where it spills, in mapped files)")
    common.print_table(["", "MB", "s", "n-grams", ""], rows)


def main() -> None:
    settings = common.read_settings(__doc__)
    small = common.prose_file(1 if settings.quick else 10)
    whole = common.prose_file(10) if settings.quick else prose()
    common.print_header(
        "bench_ngram.py: counting n-grams of characters, orders 1-4", settings,
        f"modern prose, {common.megabytes_of(whole):.0f} MB",
    )  # fmt: skip
    peers = slow_peers(small)
    contestants = [*our_counts(small, "char", "60 x, 15 x"), *peers]
    few = dataclasses.replace(settings, rounds=2)
    for _ in range(few.rounds):
        for contestant in contestants:
            contestant.seconds += contestant.run(few.budget)
    common.print_speeds(
        f"{common.megabytes_of(small):.0f} MB", contestants, [name for name, _ in SLOW]
    )
    ours = len(count_ngrams(small, ORDERS))
    print(f"different n-grams: count_ngrams {ours:,}")
    for contestant in peers:
        assert contestant.process is not None
        rest, _ = contestant.process.communicate()
        distinct, peak = json.loads(rest)
        print(f"  {contestant.name} {distinct:,}, peak of memory {peak / 1e6:,.0f} MB")
    print()
    contestants = our_counts(whole, "char")
    common.alternate(contestants, settings)
    common.print_speeds(f"{common.megabytes_of(whole):.0f} MB", contestants, [])
    spaced = spaced_file(whole)
    kenlm = lmplz(spaced)
    contestants = [*our_counts(spaced, "word", "2 x"), *kenlm]
    common.alternate(contestants, settings)
    title = f"the same with spaces between, {common.megabytes_of(spaced):.0f} MB, as words"
    common.print_speeds(title, contestants, ["lmplz, counting"])
    for contestant in kenlm:
        print(f"  lmplz: peak of memory {int(contestant.memory) / 1e3:,.0f} MB\n")
    print_memory(whole, "char")


def prose() -> Path:
    return common.cached("prose.txt", lambda: common.read_xz(common.PROSE))


def spaced_file(path: Path) -> Path:
    """Return the text with a space between each two characters."""

    def make() -> str:
        lines = path.read_text(encoding="utf-8").split("\n")
        return "\n".join(" ".join("".join(line.split())) for line in lines)

    return common.cached(f"spaced_{path.name}", make)


if __name__ == "__main__":
    main()
