"""What the benchmarks share: data, contestants in alternation, the header and the tables."""

from __future__ import annotations

import argparse
import datetime
import json
import lzma
import os
import platform
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from timing import Work, over, run_round

BENCHMARKS = Path(__file__).resolve().parent
DATA = BENCHMARKS.parent.parent / "shared" / "data"
CACHE = BENCHMARKS / ".data"
PEERS_PYTHON = BENCHMARKS / ".peers" / "bin" / "python"
HELPERS = {"cython", "setuptools"}  # in the peers' environment, but no peers

PROSE = "raw/modern_prose.txt.xz"
SENTENCES = "sighan2005/msr_train_last10percent.txt.xz"
JIEBA_DICTIONARY = "lexicon/jieba/dict.txt.xz"
JANUARY = "pfr1998/199801.txt.xz"


@dataclass(frozen=True)
class Settings:
    """How thoroughly to measure."""

    quick: bool
    rounds: int
    budget: float  # seconds of repetition a round, for what is faster than that


def read_settings(description: str | None) -> Settings:
    """Read the command line that all benchmarks have."""
    parser = argparse.ArgumentParser(description=(description or "").partition("\n")[0])
    parser.add_argument("--quick", action="store_true", help="a tenth of the text, two rounds")
    quick = parser.parse_args().quick
    return Settings(quick, 2 if quick else 5, 0.1 if quick else 0.5)


# Data.


def data_file(name: str) -> Path:
    """Return the path of a file of ../shared/data; stop with a message if it is not there."""
    path = DATA / name
    if not path.exists():
        sys.exit(
            f"{path} is missing: the benchmarks read the corpora that lie beside the "
            f"repository in ../shared/data, and none of them may be committed"
        )
    return path


def cached(name: str, make: Callable[[], str]) -> Path:
    """Return the path of a prepared file in benchmarks/.data, made where it is not yet there."""
    path = CACHE / name
    if not path.exists():
        CACHE.mkdir(exist_ok=True)
        part = path.with_suffix(".part")
        part.write_text(make(), encoding="utf-8")
        part.replace(path)
    return path


def read_xz(name: str, characters: int = -1) -> str:
    """Return the beginning of a compressed file, or all of it."""
    with lzma.open(data_file(name), "rt", encoding="utf-8") as file:
        return file.read(characters)


def sentences_file() -> Path:
    """Return a file of the MSR sentences without spaces, one a line."""
    return cached("msr.txt", lambda: read_xz(SENTENCES).replace(" ", "").strip("\n"))


def prose_file(megabytes: float) -> Path:
    """Return a file with the first megabytes of modern prose, in whole lines."""

    def make() -> str:
        start = read_xz(PROSE, int(megabytes * 1e6 / 2.8)).encode()[: int(megabytes * 1e6)]
        return start[: start.rindex(b"\n")].decode()

    return cached(f"prose_{megabytes:g}.txt", make)


def dictionary_file() -> Path:
    """Return jieba's dictionary, unpacked."""
    return cached("jieba_dictionary.txt", lambda: read_xz(JIEBA_DICTIONARY).strip("\n") + "\n")


def megabytes_of(path: Path) -> float:
    return path.stat().st_size / 1e6


# Contestants.


@dataclass
class Contestant:
    """Someone who does a job: what it is called, how much a run does, what it took."""

    name: str
    size: float  # of the input, in the unit of the table
    produced: int = 0
    target: str = ""
    seconds: list[float] = field(default_factory=list)

    def run(self, budget: float) -> list[float]:
        raise NotImplementedError

    def close(self) -> None:
        pass

    @property
    def best(self) -> float:
        return min(self.seconds)

    @property
    def median(self) -> float:
        return statistics.median(self.seconds)

    @property
    def worst(self) -> float:
        return max(self.seconds)


@dataclass
class Own(Contestant):
    """Runs in this process."""

    work: Work = lambda: None

    def run(self, budget: float) -> list[float]:
        return run_round(self.work, budget)


@dataclass
class Peer(Contestant):
    """Runs in the peers' environment, in a process of its own that stays loaded."""

    process: subprocess.Popen[str] | None = None

    def run(self, budget: float) -> list[float]:
        assert self.process is not None
        assert self.process.stdin is not None
        print(budget, file=self.process.stdin, flush=True)
        return self._answer()

    def close(self) -> None:
        if self.process is not None:
            self.process.communicate()

    def _answer(self):
        assert self.process is not None
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        if not line:
            raise RuntimeError(f"the process of {self.name} ended")
        return json.loads(line)


def own(
    name: str,
    texts: Sequence[str],
    cut: Callable[[str], Sequence],
    target: str = "",
    *,
    keep: bool = False,
) -> Own:
    """Return a contestant of ours that cuts every text; its speed is in MB/s of UTF-8."""
    work, produced = over(texts, cut, keep)
    size = (sum(len(text.encode()) for text in texts) + len(texts) - 1) / 1e6
    return Own(name, size, produced, target, work=work)


def peer(
    name: str, measurement: str, path: Path, mode: str, dictionary: Path | str = ""
) -> list[Peer]:
    """Return a contestant of the peers, loaded and warm, or none and say why."""
    if not PEERS_PYTHON.exists():
        print(f"  {name} is left out: run `python benchmarks/peers.py` to install the peers")
        return []
    script = BENCHMARKS / "peer_side.py"
    command = [PEERS_PYTHON, script, measurement, path, mode, dictionary]
    with tempfile.TemporaryFile("w+") as complaints:
        process = subprocess.Popen(
            list(map(str, command)),
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=complaints, text=True,
        )  # fmt: skip
        contestant = Peer(name, megabytes_of(path), process=process)
        try:
            contestant.produced = contestant._answer()
        except RuntimeError:
            complaints.seek(0)
            reason = (complaints.read().strip().splitlines() or ["no reason given"])[-1]
            print(f"  {name} is left out: {reason}")
            return []
    return [contestant]


def alternate(contestants: Iterable[Contestant], settings: Settings) -> None:
    """Time all in turns, A B C A B C ..., so that noise on the machine hits each of them."""
    contestants = list(contestants)
    for _ in range(settings.rounds):
        for contestant in contestants:
            contestant.seconds += contestant.run(settings.budget)
    for contestant in contestants:
        contestant.close()


def compare(
    title: str, contestants: Sequence[Contestant], beside: Sequence[str], settings: Settings
) -> None:
    """Time all in turns and print their speeds."""
    alternate(contestants, settings)
    print_speeds(title, contestants, beside)


# Output.


def print_header(title: str, settings: Settings, corpus: str) -> None:
    """Print what the figures depend on: date, machine, versions, corpus."""
    import numpy

    import classicnlp

    load = os.getloadavg()[0]
    source = Path(classicnlp.__file__).parent
    print(title)
    print(f"date       {datetime.date.today()}, load average {load:.1f} at the start")
    print(f"machine    {processor()}, {os.cpu_count()} cores, {memory_size():.0f} GB")
    versions = f"classicnlp {classicnlp.__version__}{revision(source)}, numpy {numpy.__version__}"
    print(f"software   Python {platform.python_version()}, {versions}")
    print(f"peers      {peer_versions()}")
    print(f"corpus     {corpus}")
    if settings.quick:
        print("           --quick: less text, two rounds; trust the full run")
    print(flush=True)


def revision(folder: Path) -> str:
    """Return the commit that a folder is at, where it is in a repository."""
    command = ["git", "-C", str(folder), "describe", "--always", "--dirty", "--tags"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return f" ({done.stdout.strip()})" if done.returncode == 0 else ""


def processor() -> str:
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.machine()


def memory_size() -> float:
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9


def peer_requirements() -> list[str]:
    """Return the lines of peers.txt: packages with their versions."""
    lines = (BENCHMARKS / "peers.txt").read_text(encoding="utf-8").splitlines()
    return [text for line in lines if (text := line.partition("#")[0].strip())]


def peer_versions() -> str:
    if not PEERS_PYTHON.exists():
        return "none installed; run `python benchmarks/peers.py`"
    command = [PEERS_PYTHON, "-m", "pip", "list", "--format=json", "--disable-pip-version-check"]
    listed = json.loads(subprocess.run(command, capture_output=True, check=True).stdout)
    versions = {entry["name"].replace("_", "-").lower(): entry["version"] for entry in listed}
    names = [requirement.partition("==")[0] for requirement in peer_requirements()]
    keys = [name.replace("_", "-").lower() for name in names if name not in HELPERS]
    return ", ".join(f"{key} {versions.get(key, 'not installed')}" for key in keys)


def print_table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Print a table: the first and the last column from the left, the others from the right."""
    table = [list(columns), *map(list, rows)]
    widths = [max(len(row[i]) for row in table) for i in range(len(columns))]
    for row in table:
        first, *middle, last = row
        cells = [cell.rjust(width) for cell, width in zip(middle, widths[1:-1], strict=True)]
        print("  ".join([first.ljust(widths[0]), *cells, last]).rstrip())
    print(flush=True)


def print_speeds(
    title: str, contestants: Sequence[Contestant], beside: Sequence[str], unit: str = "MB/s"
) -> None:
    """Print speeds, best, median and worst, and the ratio of the bests to some of the peers'."""
    print(title)
    by_name = {contestant.name: contestant for contestant in contestants}
    bases = [name for name in beside if name in by_name]
    columns = [unit, "best", "median", "worst", *(f"x {name}" for name in bases), "target"]
    rows = []
    for contestant in contestants:
        speed = contestant.size / contestant.best
        row = [contestant.name, shown(speed)]
        row += [
            shown(contestant.size / seconds) for seconds in (contestant.median, contestant.worst)
        ]
        for name in bases:
            base = by_name[name]
            row.append(f"{speed / (base.size / base.best):.2f}")
        rows.append([*row, contestant.target])
    print_table(columns, rows)


def shown(figure: float) -> str:
    """Return a figure with three digits that mean something."""
    return (
        f"{figure:,.0f}" if figure >= 100 else f"{figure:.1f}" if figure >= 10 else f"{figure:.2f}"
    )
