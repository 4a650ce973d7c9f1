"""Train a segmenter of ltp-extension, which comes without models.

    python ltp_model.py TRAIN MODEL

`train_models.py` runs it with the peers' Python. TRAIN holds a list of words a line, as JSON; the
last hundredth chooses among the epochs.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from ltp_extension.perceptron import CWSTrainer
from train_side import EPOCHS, read


def main() -> None:
    source, target = sys.argv[1:]
    sentences = read(source)
    cut = len(sentences) * 99 // 100
    trainer = CWSTrainer()
    trainer.epoch = EPOCHS
    trainer.verbose = False
    with tempfile.TemporaryDirectory() as folder:
        for name, part in (("train", sentences[:cut]), ("dev", sentences[cut:])):
            lines = "\n".join(" ".join(words) for words in part)
            Path(folder, name).write_text(lines + "\n", encoding="utf-8")
        trainer.load_train_data(str(Path(folder, "train")))
        trainer.load_eval_data(str(Path(folder, "dev")))
        model = trainer.train()
    part = f"{target}.part"
    model.save(part)
    Path(part).replace(target)


if __name__ == "__main__":
    main()
