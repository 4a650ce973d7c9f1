"""Run the benchmarks and write what they print into RESULTS.md.

    python benchmarks/run_all.py [--quick] [--only bench_segment,bench_trie]

Sections of scripts that are not run stay as they are.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from pathlib import Path

from common import BENCHMARKS

RESULTS = BENCHMARKS / "RESULTS.md"
SCRIPTS = (
    "bench_pipeline",
    "bench_segment",
    "bench_trie",
    "bench_start",
    "bench_train",
    "bench_crf",
    "bench_perceptron",
    "bench_hmm",
    "bench_ngram",
    "bench_spilling",
    "bench_lm",
    "bench_word_models",
    "bench_newwords",
    "bench_word2vec",
    "bench_glove",
    "bench_keyed_vectors",
    "bench_quality",
    "bench_traditional",
    "bench_vectorize",
    "bench_chi_square",
    "bench_classification",
    "bench_keywords",
)
INTRODUCTION = """\
# Results

Written by `python benchmarks/run_all.py`: what each script printed when it was last run. Ratios
are of the best runs, ours to the peer's, and belong to the machine in the header; `README.md`
says how they are measured.
"""


def sections() -> dict[str, str]:
    """Return the outputs that RESULTS.md holds, by script."""
    if not RESULTS.exists():
        return {}
    found = {}
    for part in RESULTS.read_text(encoding="utf-8").split("\n## ")[1:]:
        name, _, rest = part.partition("\n")
        found[name] = rest.strip().removeprefix("```text\n").removesuffix("\n```")
    return found


def run(script: str, options: list[str]) -> str | None:
    """Run a script, show what it prints, and return it; None if it failed."""
    command = [sys.executable, BENCHMARKS / f"{script}.py", *options]
    process = subprocess.Popen(list(map(str, command)), stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    lines = []
    for line in process.stdout:
        print(line, end="", flush=True)
        lines.append(line)
    return None if process.wait() else "".join(lines).strip()


def write(outputs: dict[str, str]) -> None:
    parts = [INTRODUCTION]
    for script in SCRIPTS:
        if script in outputs:
            parts.append(f"## {script}\n\n```text\n{outputs[script]}\n```\n")
    part = Path(f"{RESULTS}.part")
    part.write_text("\n".join(parts), encoding="utf-8")
    part.replace(RESULTS)


def main() -> int:
    parser = argparse.ArgumentParser(description="Run the benchmarks and write RESULTS.md.")
    parser.add_argument("--quick", action="store_true", help="a tenth of the text, two rounds")
    parser.add_argument("--only", default=",".join(SCRIPTS), help="scripts, separated by commas")
    arguments = parser.parse_args()
    chosen = arguments.only.split(",")
    unknown = [script for script in chosen if script not in SCRIPTS]
    if unknown:
        parser.error(f"no script named {', '.join(unknown)}; there are {', '.join(SCRIPTS)}")
    outputs = sections()
    failed = []
    for script in chosen:
        output = run(script, ["--quick"] if arguments.quick else [])
        if output is None:
            failed.append(script)
            continue
        outputs[script] = output
        write(outputs)
    if failed:
        print(f"failed: {', '.join(failed)}; their sections stay as they were", file=sys.stderr)
    return bool(failed)


if __name__ == "__main__":
    sys.exit(main())
