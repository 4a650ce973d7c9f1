"""Language models beside KenLM: perplexity, training, queries, memory.

    CLASSICNLP_LMPLZ=/path/to/lmplz python benchmarks/bench_lm.py [--quick]

Modified Kneser-Ney of order 3 over words, which our default model has cut, and of order 5 over
characters. Nine lines of ten are learnt from, the tenth is measured on. KenLM's build_binary has to
lie beside lmplz, and its Python module in the peers' environment. lmplz writes an ARPA file, on the
machine's two cores; we once learn alone, once write the file, too, on one.
"""

from __future__ import annotations

import functools
import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

import common

import classicnlp
from classicnlp.lm import NgramModel

MEGABYTES = 20
CASES = (("words", 3), ("characters", 5))


def texts_of(unit: str, megabytes: float) -> tuple[Path, Path]:
    """Return files to learn from and to measure on, with blanks between words or characters."""
    prose = common.prose_file(megabytes).read_text(encoding="utf-8")
    lines = ["".join(line.split()) for line in prose.split("\n")]
    lines = [line for line in lines if line]

    def cut(part: list[str]) -> str:
        cut_lines = part if unit == "characters" else classicnlp.load().segment_batch(part)
        return "".join(" ".join(words) + "\n" for words in cut_lines)

    return tuple(
        common.cached(f"lm_{unit}_{megabytes:g}_{number}.txt", functools.partial(cut, part))
        for number, part in enumerate(
            ([line for i, line in enumerate(lines) if i % 10], lines[::10])
        )
    )  # type: ignore[return-value]


@dataclass
class Lmplz(common.Contestant):
    """KenLM's program, from its start to its end."""

    command: list[str] = field(default_factory=list)
    text: Path = Path()

    def run(self, budget: float) -> list[float]:
        def work() -> None:
            with self.text.open("rb") as file:
                subprocess.run(self.command, stdin=file, stderr=subprocess.DEVNULL, check=True)

        return common.run_round(work, budget)


def lmplz() -> str | None:
    """Return KenLM's program, if it was named."""
    program = os.environ.get("CLASSICNLP_LMPLZ")
    if program is None:
        print("  KenLM is left out: build it, and name lmplz in CLASSICNLP_LMPLZ")
    return program


def peak_of(code: str) -> float:
    """Return how many megabytes a Python program took at most."""
    # Not getrusage, whose peak is that of the parent where that is higher.
    ending = "\nprint(Path('/proc/self/status').read_text().split('VmHWM:')[1].split()[0])"
    done = subprocess.run(
        [sys.executable, "-c", code + ending], capture_output=True, text=True, check=True
    )
    return int(done.stdout.split()[-1]) / 1e3


def measure(unit: str, order: int, settings: common.Settings, folder: Path) -> None:
    train, test = texts_of(unit, MEGABYTES / 10 if settings.quick else MEGABYTES)
    words = len(train.read_text(encoding="utf-8").split()) / 1e6
    model = NgramModel(order=order).fit(train)
    print(f"{unit}, order {order}: {words:.2f} million, n-grams {model.sizes_}")
    ours = folder / "ours.arpa"

    def learn_and_write() -> None:
        NgramModel(order=order).fit(train).to_arpa(ours)

    contestants: list[common.Contestant] = [
        common.Own(
            "NgramModel.fit", words, work=functools.partial(NgramModel(order=order).fit, train),
            target="1.5 x lmplz",
        ),
        common.Own("NgramModel.fit and to_arpa", words, work=learn_and_write),
    ]  # fmt: skip
    program = lmplz()
    arpa, binary = folder / "kenlm.arpa", folder / "kenlm.binary"
    if program is not None:
        command = [program, "-o", str(order), "-S", "2G", "-T", str(folder), "--arpa", str(arpa)]
        contestants.append(Lmplz("lmplz", words, command=command, text=train))
    common.alternate(contestants, settings)
    common.print_speeds("training", contestants, ["lmplz"], f"million {unit}/s")
    code = f"from pathlib import Path; from classicnlp.lm import NgramModel\n\
NgramModel(order={order}).fit(Path({str(train)!r}))"
    print(f"peak of memory of our training: {peak_of(code):,.0f} MB")
    if program is not None:
        build = str(Path(program).with_name("build_binary"))
        subprocess.run([build, "probing", arpa, binary], capture_output=True, check=True)
    stored = folder / "ours.lm"
    model.save(stored)
    measure_queries(NgramModel.load(stored), stored, binary, test, settings)


def measure_queries(
    model: NgramModel, stored: Path, binary: Path, test: Path, settings: common.Settings
) -> None:
    lines = test.read_text(encoding="utf-8").split("\n")
    fit = model.measure(lines)
    places = fit.words + fit.sentences
    print(f"perplexity {fit.perplexity:.6f}, of known words {fit.perplexity_of_known:.6f}")
    lists = [line.split() for line in lines]
    size = places / 1e6
    for job, target, works in (
        (
            "score",
            "2 x KenLM",
            {
                "score_batch of str": functools.partial(model.score_batch, lines),
                "score_batch of lists": functools.partial(model.score_batch, lists),
            },
        ),
        (
            "full",
            "4 x KenLM",
            {"full_scores_batch of str": functools.partial(model.full_scores_batch, lines)},
        ),
    ):
        contestants: list[common.Contestant] = [
            common.Own(name, size, work=work, target=target) for name, work in works.items()
        ]
        if binary.exists() and common.PEERS_PYTHON.exists():
            script = common.BENCHMARKS / "peer_lm.py"
            process = subprocess.Popen(
                [str(common.PEERS_PYTHON), str(script), job, str(binary), str(test)],
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
            )  # fmt: skip
            peer = common.Peer("KenLM", size, process=process)
            total = peer._answer()
            print(f"KenLM's perplexity {10 ** (-total / places):.6f}")
            contestants.append(peer)
        common.alternate(contestants, settings)
        common.print_speeds(f"queries: {job}", contestants, ["KenLM"], "million/s")
    sizes = [f"ours {stored.stat().st_size / 1e6:,.0f} MB"]
    if binary.exists():
        sizes.append(f"KenLM's (probing) {binary.stat().st_size / 1e6:,.0f} MB")
    print(f"files, which are mapped into memory: {', '.join(sizes)}\n")


def main() -> None:
    settings = common.read_settings(__doc__)
    megabytes = MEGABYTES / 10 if settings.quick else MEGABYTES
    common.print_header(
        "bench_lm.py: language models beside KenLM",
        settings,
        f"modern prose, the first {megabytes:g} MB; nine lines of ten to learn, one to measure",
    )
    for unit, order in CASES:
        with tempfile.TemporaryDirectory() as folder:
            measure(unit, order, settings, Path(folder))


if __name__ == "__main__":
    main()
