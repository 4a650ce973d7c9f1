"""One side of bench_crf.py in a process of its own, here or with the peers' Python.

    python crf_side.py JOB DATA.npz OPTIONS

The data are numbered features (see `bench_crf.py`), the same for both sides: CRFsuite gets each
number as a string. Prints lines of JSON: an iteration each, then what it took, and last what the
model predicts for the dev part.
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
from itertools import pairwise
from pathlib import Path

import numpy as np


def say(**what: object) -> None:
    print(json.dumps(what), flush=True)


def peak() -> float:
    """Return the most memory that this process ever had, in MB."""
    status = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) / 1e3 for line in status if line.startswith("VmHWM"))


def items(data, part: str, names: list[str]):
    """Yield a part's sequences as CRFsuite takes them."""
    import pycrfsuite

    offsets, first, features = (data[f"{part}_{name}"] for name in ("offsets", "first", "features"))
    for low, high in zip(offsets[:-1].tolist(), offsets[1:].tolist(), strict=True):
        bounds = first[low : high + 1].tolist()
        numbers = features[bounds[0] : bounds[-1]].tolist()
        start = bounds[0]
        tokens = [[names[f] for f in numbers[i - start : j - start]] for i, j in pairwise(bounds)]
        yield low, high, pycrfsuite.ItemSequence(tokens)


def crfsuite(data, options: dict) -> None:
    import pycrfsuite

    class Trainer(pycrfsuite.Trainer):
        def on_iteration(self, log: str, info: dict) -> None:
            say(value=info["loss"], seconds=info["time"], total=time.perf_counter() - started)

    names = list(map(str, range(int(data["feature_count"]))))
    trainer = Trainer(algorithm="lbfgs", verbose=True)
    trainer.set_params({"c1": 0.0, "c2": options["l2"], "max_iterations": options["iterations"]})
    gold = data["train_gold"]
    for low, high, sequence in items(data, "train", names):
        trainer.append(sequence, list(map(str, gold[low:high].tolist())))
    started = time.perf_counter()
    with tempfile.TemporaryDirectory() as folder:
        path = str(Path(folder, "model.crfsuite"))
        trainer.train(path)
        say(training=time.perf_counter() - started, peak=peak())
        tagger = pycrfsuite.Tagger()
        tagger.open(path)
        predicted = []
        for _, _, sequence in items(data, "dev", names):
            predicted += map(int, tagger.tag(sequence))
        if options.get("weights"):
            save_weights(tagger, options["weights"])
    say(predicted=predicted)


def save_weights(tagger, path: str) -> None:
    info = tagger.info()
    states = [(int(f), int(y), w) for (f, y), w in info.state_features.items()]
    steps = [(int(i), int(j), w) for (i, j), w in info.transitions.items()]
    np.savez(path, states=np.array(states), transitions=np.array(steps))


def classicnlp(data, options: dict) -> None:
    training = own_training(data, options)
    epochs = options.get("epochs", 0)
    started = time.perf_counter()
    weights = np.zeros(training.size)
    predicted_at = []
    for learnt in training.online(weights, epochs, 0.5, 0):
        say(online=True, total=time.perf_counter() - started)
        weights = learnt
        predicted_at.append(learnt)
    last = time.perf_counter()
    for number, iteration in enumerate(training.batch(weights, 0.0)):
        now = time.perf_counter()
        if number:
            say(value=iteration.value, seconds=now - last, total=now - started)
        last = now
        weights = iteration.x
        if number == options["iterations"]:
            break
    say(training=time.perf_counter() - started, peak=peak())
    for epoch in [*predicted_at, weights]:
        say(predicted=predict(training.model(epoch), data))


def own_training(data, options: dict):
    from classicnlp.tagging.crf_training import CrfTraining

    return CrfTraining(
        own_observations(data, "train"), data["train_gold"], int(data["label_count"]),
        options["l2"], all_transitions=False, workers=options.get("workers", 1),
    )  # fmt: skip


def own_observations(data, part: str):
    from classicnlp.tagging.observations import Observations

    arrays = (data[f"{part}_{name}"] for name in ("offsets", "first", "features"))
    return Observations(*arrays, None, int(data["feature_count"])).check()


def predict(model, data) -> list[int]:
    from classicnlp._ext import chain
    from classicnlp._ext.linear import emissions

    seen = own_observations(data, "dev")
    scores = emissions(
        seen.first, seen.features, None, model.cells, model.rows, model.weights,
        model.weight_labels,
    )  # fmt: skip
    return chain.decode(seen.offsets, scores, model.transitions)[0].tolist()


def value_at(data, options: dict) -> None:
    """Print our objective at the weights that CRFsuite saved."""
    training = own_training(data, options)
    saved = np.load(options["weights"])
    labels = training.label_count
    given = {(int(f), int(y)): w for f, y, w in saved["states"].tolist()}
    rows = np.repeat(np.arange(len(training.states.first) - 1), np.diff(training.states.first))
    pairs = zip(rows.tolist(), training.states.labels.tolist(), strict=True)
    transitions = np.zeros((labels, labels))
    for i, j, w in saved["transitions"].tolist():
        transitions[int(i), int(j)] = w
    weights = np.concatenate(
        [[given.get(pair, 0.0) for pair in pairs], transitions[training.learnt_transitions]]
    )
    say(value=training.evaluate(weights, np.empty(training.size)))


def main() -> None:
    job, path, options = sys.argv[1:]
    jobs = {"crfsuite": crfsuite, "classicnlp": classicnlp, "value": value_at}
    jobs[job](np.load(path), json.loads(options))


if __name__ == "__main__":
    main()
