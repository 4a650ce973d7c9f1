"""hmmlearn's half of `bench_hmm.py`, in the peers' environment.

    python peer_hmm.py baum-welch|viterbi DATA.npz

The file holds symbols, lengths and the parameters to start with. It prints in a line of JSON what
there is to compare: the log likelihood before each of five iterations, or the sum of the labels.
For each line on standard input, a budget in seconds, it then prints a list of run times.
"""

from __future__ import annotations

import json
import sys

import numpy as np
from hmmlearn.hmm import CategoricalHMM
from timing import run_round

ITERATIONS = 5


def model_of(data, iterations: int) -> CategoricalHMM:
    model = CategoricalHMM(
        n_components=len(data["starts"]),
        n_features=data["emissions"].shape[1],
        n_iter=iterations,
        tol=-np.inf,
        init_params="",
        implementation="scaling",
    )
    model.startprob_ = data["starts"]
    model.transmat_ = data["transitions"]
    model.emissionprob_ = data["emissions"]
    return model


def main() -> None:
    job, path = sys.argv[1:]
    data = dict(np.load(path))
    symbols, lengths = data["symbols"].reshape(-1, 1), data["lengths"]
    if job == "baum-welch":
        answer = list(model_of(data, ITERATIONS).fit(symbols, lengths).monitor_.history)

        def work() -> None:
            model_of(data, 1).fit(symbols, lengths)
    else:
        model = model_of(data, 1)
        answer = int(model.predict(symbols, lengths).sum())

        def work() -> None:
            model.predict(symbols, lengths)

    print(json.dumps(answer), flush=True)
    for line in sys.stdin:
        print(json.dumps(run_round(work, float(line))), flush=True)


if __name__ == "__main__":
    main()
