"""One training in a process of its own; `bench_train.py` runs it here or with the peers' Python.

    python train_side.py JOB TRAIN DEV TEST PREDICTED

The files hold a sentence a line as JSON: a list of words, or of pairs of word and tag. Prints a
line of JSON: seconds by part, peak memory in MB, and whatever else the job has to say.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from pathlib import Path

from timing import run_round

Sentences = list[list]
EPOCHS = 20  # as many as CharSegmenter's own
SPEED_ROUNDS = 5


def read(path: str) -> Sentences:
    with Path(path).open(encoding="utf-8") as file:
        return [json.loads(line) for line in file]


def write(path: str, sentences: Iterable[list]) -> None:
    with Path(path).open("w", encoding="utf-8") as file:
        for sentence in sentences:
            print(json.dumps(sentence, ensure_ascii=False), file=file)


class Clock:
    """Seconds by the name of the part that took them."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}
        self._last = time.perf_counter()

    def part(self, name: str) -> None:
        now = time.perf_counter()
        self.seconds[name] = now - self._last
        self._last = now


def classicnlp_segmenter(train: Sentences, dev: Sentences, test: Sentences, clock: Clock):
    from classicnlp.segmentation import CharSegmenter

    clock.part("import")
    # The embedded lexicon has words of the parts that are set aside here.
    segmenter = CharSegmenter().fit(train, lexicons=[])
    clock.part("training")
    predicted = segmenter.segment_batch(["".join(words) for words in test])
    clock.part("prediction")
    return predicted, {"note": f"{segmenter.epochs} epochs"}


def classicnlp_tagger(train: Sentences, dev: Sentences, test: Sentences, clock: Clock):
    from classicnlp.tagging import PosTagger

    pairs = [[(word, tag) for word, tag in sentence] for sentence in train]
    held_out = [[(word, tag) for word, tag in sentence] for sentence in dev]
    words = [[word for word, _ in sentence] for sentence in test]
    clock.part("import")
    tagger = PosTagger().fit(pairs, dev=held_out)
    clock.part("training")
    tags = [tagger.predict(sentence) for sentence in words]
    clock.part("prediction")
    seconds: list[float] = []
    for _ in range(SPEED_ROUNDS):
        seconds += run_round(lambda: [tagger.predict(sentence) for sentence in words], 0.5)
    predicted = [list(zip(*both, strict=True)) for both in zip(words, tags, strict=True)]
    count = sum(map(len, words))
    return predicted, {
        "note": f"{tagger.epochs} epochs, the best on dev",
        "words": count,
        "speed_seconds": seconds,
    }


def crfsuite_segmenter(train: Sentences, dev: Sentences, test: Sentences, clock: Clock):
    import pycrfsuite

    trainer = pycrfsuite.Trainer(verbose=False)
    clock.part("import")
    for words in train:
        trainer.append(features("".join(words)), labels(words))
    clock.part("features")
    trainer.select("ap")
    trainer.set_params({"max_iterations": EPOCHS, "epsilon": 0.0})
    with tempfile.TemporaryDirectory() as folder:
        model = str(Path(folder, "model"))
        trainer.train(model)
        clock.part("training")
        tagger = pycrfsuite.Tagger()
        tagger.open(model)
        texts = ["".join(words) for words in test]
        predicted = [words_of(text, tagger.tag(features(text))) for text in texts]
        clock.part("prediction")
    return predicted, {"note": f"{EPOCHS} epochs"}


def features(text: str) -> list[list[str]]:
    """Return the six templates at each character: C-1 C0 C1 C-1C0 C0C1 C-1C1."""
    characters = ["<edge>", *text, "<edge>"]
    return [
        [f"a{a}", f"b{b}", f"c{c}", f"d{a}{b}", f"e{b}{c}", f"f{a}{c}"]
        for a, b, c in zip(characters, characters[1:], characters[2:], strict=False)
    ]


def labels(words: Iterable[str]) -> list[str]:
    return [
        label
        for word in words
        for label in ("S" if len(word) == 1 else "B" + "M" * (len(word) - 2) + "E")
    ]


def words_of(text: str, tags: Iterable[str]) -> list[str]:
    words: list[str] = []
    for character, tag in zip(text, tags, strict=True):
        if words and tag in "ME":
            words[-1] += character
        else:
            words.append(character)
    return words


def ltp_segmenter(train: Sentences, dev: Sentences, test: Sentences, clock: Clock):
    from ltp_extension.perceptron import CWSTrainer

    trainer = CWSTrainer()
    trainer.epoch = EPOCHS
    trainer.verbose = False
    clock.part("import")
    with tempfile.TemporaryDirectory() as folder:
        for name, sentences in (("train", train), ("dev", dev)):
            lines = "\n".join(" ".join(words) for words in sentences)
            Path(folder, name).write_text(lines + "\n", encoding="utf-8")
        trainer.load_train_data(str(Path(folder, "train")))
        trainer.load_eval_data(str(Path(folder, "dev")))
        clock.part("features")
        model = trainer.train()
        clock.part("training")
    predicted = [model.predict("".join(words)) for words in test]
    clock.part("prediction")
    return predicted, {"note": f"{EPOCHS} epochs, chosen on the same part"}


JOBS: dict[str, Callable] = {
    "classicnlp-segmenter": classicnlp_segmenter,
    "classicnlp-tagger": classicnlp_tagger,
    "crfsuite-segmenter": crfsuite_segmenter,
    "ltp-segmenter": ltp_segmenter,
}


def peak_memory() -> float:
    """Return the peak in MB of this program alone: ru_maxrss has its parent's in it."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) * 1024 / 1e6
    raise RuntimeError("/proc/self/status does not tell the peak of memory")


def main() -> None:
    # Trainers print; only our line may reach the other side.
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    job, *paths, target = sys.argv[1:]
    train, dev, test = map(read, paths)
    clock = Clock()
    predicted, said = JOBS[job](train, dev, test, clock)
    result = {"seconds": clock.seconds, "peak": peak_memory(), **said}
    write(target, predicted)
    print(json.dumps(result), file=answers, flush=True)


if __name__ == "__main__":
    main()
