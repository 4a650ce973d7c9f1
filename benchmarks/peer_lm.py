"""The peers' half of `bench_lm.py`, in the peers' environment.

    python peer_lm.py score|full MODEL FILE

It prints in a line of JSON the sum of log10 p over the lines. For each line on standard input, a
budget in seconds, it then prints a list of run times.
"""

from __future__ import annotations

import json
import sys

import kenlm
from timing import read_texts, run_round


def main() -> None:
    job, path, text = sys.argv[1:]
    model = kenlm.Model(path)
    lines = read_texts(text, False)

    def score() -> float:
        return sum([model.score(line) for line in lines])

    def full() -> float:
        return sum([row[0] for line in lines for row in model.full_scores(line)])

    work = {"score": score, "full": full}[job]
    print(json.dumps(work()), flush=True)
    for line in sys.stdin:
        print(json.dumps(run_round(work, float(line))), flush=True)


if __name__ == "__main__":
    main()
