"""One start in a fresh process; `bench_start.py` runs it in our environment or the peers'.

    python start_side.py SUBJECT TEXTS [DICTIONARY]

Prints a line of JSON: seconds of the import and of the first answer, memory after the first answer
and after all texts. Then it waits for a line on standard input, so that others can start meanwhile.
"""

from __future__ import annotations

import contextlib
import json
import logging
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path

SENTENCE = "我来到北京清华大学"
CACHE = Path(__file__).resolve().parent / ".data"


def import_classicnlp() -> Callable[[str], list]:
    import classicnlp

    return classicnlp.segment


def import_everything() -> Callable[[str], list]:
    import classicnlp

    def analyse(text: str) -> list:
        nlp = classicnlp.load()
        with contextlib.suppress(AttributeError, ValueError):  # of a model without names
            nlp.entities(text)
        return nlp.tag(text)

    return analyse


def import_numpy() -> Callable[[str], list]:
    import numpy  # noqa: F401

    return list


def import_lexicon() -> Callable[[str], list]:
    from classicnlp.segmentation import NgramSegmenter

    loaded: list[NgramSegmenter] = []

    def segment(text: str) -> list:
        if not loaded:
            loaded.append(NgramSegmenter.load(sys.argv[3]))
        return loaded[0].segment(text)

    return segment


def import_rjieba() -> Callable[[str], list]:
    import rjieba

    return rjieba.cut


def import_cppjieba() -> Callable[[str], list]:
    import cppjieba_py_dat

    loaded: list = []

    def cut(text: str) -> list:
        if not loaded:
            loaded.append(cppjieba_py_dat.Jieba(dat_cache_dir=str(Path(sys.argv[2]).parent)))
        return loaded[0].cut(text)

    return cut


def import_jieba() -> Callable[[str], list]:
    import jieba

    jieba.setLogLevel(logging.ERROR)
    return jieba.lcut


def import_vaporetto() -> Callable[[str], list]:
    import vaporetto

    model = (CACHE / "vaporetto.model").read_bytes()
    loaded: list = []

    def cut(text: str) -> list:
        if not loaded:
            loaded.append(vaporetto.Vaporetto(model))
        return [token.surface() for token in loaded[0].tokenize(text)]

    return cut


def import_ltp() -> Callable[[str], list]:
    from ltp_extension.perceptron import CWSModel

    loaded: list = []

    def cut(text: str) -> list:
        if not loaded:
            loaded.append(CWSModel.load(str(CACHE / "ltp.model")))
        return loaded[0].predict(text)

    return cut


def import_pkuseg() -> Callable[[str], list]:
    import pkuseg

    loaded: list = []

    def cut(text: str) -> list:
        if not loaded:
            loaded.append(pkuseg.pkuseg())
        return loaded[0].cut(text)

    return cut


SUBJECTS: dict[str, Callable[[], Callable[[str], list]]] = {
    "python": lambda: list,
    "numpy": import_numpy,
    "classicnlp": import_classicnlp,
    "classicnlp-all": import_everything,
    "classicnlp-dictionary": import_lexicon,
    "rjieba": import_rjieba,
    "cppjieba": import_cppjieba,
    "jieba": import_jieba,
    "pkuseg": import_pkuseg,
    "vaporetto": import_vaporetto,
    "ltp-extension": import_ltp,
}


def memory() -> dict[str, float]:
    """Return the resident memory in MB, and how much of it is private, dirty, shared."""
    figures: dict[str, float] = {}
    for line in Path("/proc/self/smaps_rollup").read_text().splitlines()[1:]:
        name, _, rest = line.partition(":")
        figures[name] = int(rest.split()[0]) * 1024 / 1e6
    return figures


def model_memory() -> dict[str, float]:
    """Return the same of the pages of mapped model files alone."""
    figures: dict[str, float] = {}
    within = False
    for line in Path("/proc/self/smaps").read_text().splitlines():
        name, *rest = line.split()
        if not name.endswith(":"):  # the address of the next mapping
            within = line.endswith(".model")
        elif within and rest[-1] == "kB":
            name = name.removesuffix(":")
            figures[name] = figures.get(name, 0) + int(rest[0]) * 1024 / 1e6
    return figures


def main() -> None:
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    texts = Path(sys.argv[2]).read_bytes()
    start = time.perf_counter()
    cut = SUBJECTS[sys.argv[1]]()
    imported = time.perf_counter()
    cut(SENTENCE)
    answered = time.perf_counter()
    result = {"import": imported - start, "first": answered - imported, "after_first": memory()}
    for text in texts.splitlines():
        cut(text.decode())
    result["after_texts"] = memory()
    result["model"] = model_memory()
    print(json.dumps(result), file=answers, flush=True)
    sys.stdin.readline()


if __name__ == "__main__":
    main()
