"""Counting more text than memory holds: peak of memory, space on the disk, seconds.

    python benchmarks/bench_spilling.py [--quick]

The text is modern prose again and again, in each copy with other second halves of its lines, so
that most n-grams are old and some are new. 3 GB are as much a part of 10 GB as 300 MB of 1 GB.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from pathlib import Path

import common

MEGABYTES = 3000
MEMORY = 300 * 1000**2


def large_file(megabytes: float) -> Path:
    """Return a file of so much text."""
    path = common.CACHE / f"large_{megabytes:g}.txt"
    if path.exists():
        return path
    lines = [line for line in common.read_xz(common.PROSE).split("\n") if line]
    firsts = [line[: len(line) // 2] for line in lines]
    rests = [line[len(line) // 2 :] for line in lines]
    common.CACHE.mkdir(exist_ok=True)
    part = path.with_suffix(".part")
    with part.open("w", encoding="utf-8") as file:
        copy = 0
        while file.tell() < megabytes * 1e6:
            shift = copy * 100_003 % len(lines)
            shifted = rests[shift:] + rests[:shift]
            file.writelines(f"{first}{rest}\n" for first, rest in zip(firsts, shifted, strict=True))
            copy += 1
    part.replace(path)
    return path


def spilled_bytes(process: int) -> int:
    """Return how much disk the temporary files of a process take."""
    total = 0
    for link in Path(f"/proc/{process}/fd").iterdir():
        try:
            if link.readlink().name.endswith("(deleted)"):
                total += link.stat().st_blocks * 512
        except OSError:  # closed in between
            continue
    return total


def measure(path: Path, workers: int) -> list[str]:
    script = str(common.BENCHMARKS / "count_side.py")
    command = [sys.executable, script, str(path), "char", str(MEMORY), str(workers)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    most = 0
    while process.poll() is None:
        most = max(most, spilled_bytes(process.pid))
        time.sleep(0.5)
    assert process.stdout is not None
    seconds, peak, distinct = json.loads(process.stdout.read())
    figures = (f"{peak / 1e6:,.0f}", f"{most / 1e6:,.0f}", f"{seconds:,.0f}", f"{distinct:,}")
    return [f"workers={workers}", *figures]


def main() -> None:
    settings = common.read_settings(__doc__)
    path = large_file(MEGABYTES / 10 if settings.quick else MEGABYTES)
    common.print_header(
        "bench_spilling.py: counting characters, orders 1-4, beyond memory", settings,
        f"modern prose with variations, {common.megabytes_of(path):,.0f} MB",
    )  # fmt: skip
    rows = [measure(path, workers) for workers in (1, 2)]
    print(f"memory={MEMORY / 1e6:.0f} MB")
    common.print_table(["", "peak of memory, MB", "on disk, MB", "s", "different n-grams"], rows)


if __name__ == "__main__":
    main()
