"""Train the models that `bench_pipeline.py` needs and nobody ships.

    python benchmarks/train_models.py

Our default model without the paragraphs set aside, a model for Vaporetto and one for ltp-extension
from the same paragraphs, in benchmarks/.data. Run it once, and when the default model has changed;
what is there already stays.
"""

from __future__ import annotations

import hashlib
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import common
import held_out
from held_out import build_models

from classicnlp import models

VAPORETTO = common.CACHE / "vaporetto.model"
LTP = common.CACHE / "ltp.model"


def our_model() -> Path:
    """Return where our model without the paragraphs set aside belongs.

    The name tells of which default model it is the twin, so that an old one is not taken.
    """
    digest = hashlib.sha256(models.path_of("pku").read_bytes()).hexdigest()[:12]
    return common.CACHE / f"pku_held_out_{digest}.model"


def train_ours(target: Path) -> str | None:
    build_models.train(common.DATA, without=held_out.texts()).save(target)
    return None


def train_peer(script: str) -> Callable[[Path], str | None]:
    """Return a function that trains with the peers' Python, and returns a complaint if it fails."""

    def train(target: Path) -> str | None:
        if not common.PEERS_PYTHON.exists():
            return "run `python benchmarks/peers.py` to install the peers"
        command = [common.PEERS_PYTHON, common.BENCHMARKS / script, held_out.train_file(), target]
        done = subprocess.run(list(map(str, command)), capture_output=True, text=True, check=False)
        return (done.stderr.strip().splitlines() or ["failed"])[-1] if done.returncode else None

    return train


def main() -> None:
    common.CACHE.mkdir(exist_ok=True)
    jobs = [
        (our_model(), train_ours),
        (VAPORETTO, train_peer("vaporetto_model.py")),
        (LTP, train_peer("ltp_model.py")),
    ]
    for target, train in jobs:
        if target.exists():
            print(f"{target.name:32} is there", flush=True)
            continue
        started = time.perf_counter()
        complaint = train(target)
        spent = time.perf_counter() - started
        print(f"{target.name:32} {complaint or f'trained in {spent:.0f} s'}", flush=True)


if __name__ == "__main__":
    main()
