"""The peers' half of a benchmark; `common.Peer` runs it in the peers' environment.

    python peer_side.py MEASUREMENT INPUT lines|kept|text [DICTIONARY OR MODEL]

It prepares the measurement, runs it once, and says in a line of JSON what the run produced.
For each line on standard input, a budget in seconds, it then prints a list of run times.
"""

from __future__ import annotations

import functools
import json
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from timing import Work, over, read_texts, run_round

Job = tuple[Work, int]
CACHE = Path(__file__).resolve().parent / ".data"
PROFILE_CHARACTERS = 300_000

# Segmentation and tagging: a function that returns the function which cuts one text.


def rjieba_cutter(method: str, hmm: bool) -> Callable[[str], list]:
    import rjieba

    return functools.partial(getattr(rjieba.Jieba(), method), hmm=hmm)


def cppjieba_cutter(method: str, **options: bool) -> Callable[[str], list]:
    import cppjieba_py_dat

    jieba = cppjieba_py_dat.Jieba(dat_cache_dir=str(CACHE))
    return functools.partial(getattr(jieba._jieba_cpp, method), **options)


def jieba_cutter(dictionary: str, tags: bool, hmm: bool) -> Callable[[str], list]:
    import logging

    import jieba

    jieba.setLogLevel(logging.ERROR)
    tokenizer = jieba.Tokenizer(dictionary)
    tokenizer.tmp_dir = str(CACHE)
    tokenizer.initialize()
    if tags:
        import jieba.posseg

        return jieba.posseg.POSTokenizer(tokenizer).lcut
    return functools.partial(tokenizer.lcut, HMM=hmm)


def vaporetto_cutter(model: str) -> Callable[[str], list]:
    import vaporetto

    tokenizer = vaporetto.Vaporetto(Path(model).read_bytes())
    return lambda text: [token.surface() for token in tokenizer.tokenize(text)]


def vaporetto_joiner(model: str, norm: bool) -> Callable[[str], str]:
    """Return its fastest way to tell boundaries: one string with spaces between the words.

    Without ``norm`` the text is not put into full width first, which its model expects.
    """
    import vaporetto

    return vaporetto.Vaporetto(Path(model).read_bytes(), norm=norm).tokenize_to_string


def ltp_cutter(model: str) -> Callable[[str], list]:
    from ltp_extension.perceptron import CWSModel

    return CWSModel.load(model).predict


def pkuseg_cutter() -> Callable[[str], list]:
    import pkuseg

    return pkuseg.pkuseg().cut


CUTTERS: dict[str, Callable[[str], Callable[[str], Sequence]]] = {
    "rjieba": lambda _: rjieba_cutter("cut", False),
    "rjieba-hmm": lambda _: rjieba_cutter("cut", True),
    "rjieba-tag": lambda _: rjieba_cutter("tag", True),
    "cppjieba": lambda _: cppjieba_cutter("cut", hmm=False),
    "cppjieba-hmm": lambda _: cppjieba_cutter("cut", hmm=True),
    "cppjieba-tag": lambda _: cppjieba_cutter("tag"),
    "jieba": lambda dictionary: jieba_cutter(dictionary, False, False),
    "jieba-hmm": lambda dictionary: jieba_cutter(dictionary, False, True),
    "jieba-tag": lambda dictionary: jieba_cutter(dictionary, True, True),
    "vaporetto": vaporetto_cutter,
    "vaporetto-string": lambda model: vaporetto_joiner(model, True),
    "vaporetto-string-raw": lambda model: vaporetto_joiner(model, False),
    "ltp": ltp_cutter,
    "pkuseg": lambda _: pkuseg_cutter(),
}

# Dictionary matching: functions of the words that return a function which matches one text.


def daachorse_longest(words: Sequence[str]) -> Callable[[str], Sequence]:
    import daachorse

    kind = daachorse.MATCH_KIND_LEFTMOST_LONGEST
    return daachorse.CharwiseDoubleArrayAhoCorasick(words, kind).find


def daachorse_all(words: Sequence[str]) -> Callable[[str], Sequence]:
    import daachorse

    return daachorse.CharwiseDoubleArrayAhoCorasick(words).find_overlapping


def profile() -> list[str]:
    """Return text by which daachorse lays out its states."""
    return [(CACHE / "prose_1.txt").read_text(encoding="utf-8")[:PROFILE_CHARACTERS]]


def daachorse_profiled_longest(words: Sequence[str]) -> Callable[[str], Sequence]:
    import daachorse

    kind = daachorse.MATCH_KIND_LEFTMOST_LONGEST
    return daachorse.CharwiseDoubleArrayAhoCorasick(words, kind, corpus=profile()).find


def daachorse_profiled_all(words: Sequence[str]) -> Callable[[str], Sequence]:
    import daachorse

    return daachorse.CharwiseDoubleArrayAhoCorasick(words, corpus=profile()).find_overlapping


def pyahocorasick_automaton(words: Sequence[str]):
    import ahocorasick

    automaton = ahocorasick.Automaton()
    for number, word in enumerate(words):
        automaton.add_word(word, number)
    automaton.make_automaton()
    return automaton


def pyahocorasick_longest(words: Sequence[str]) -> Callable[[str], Sequence]:
    automaton = pyahocorasick_automaton(words)
    return lambda text: list(automaton.iter_long(text))


def pyahocorasick_all(words: Sequence[str]) -> Callable[[str], Sequence]:
    automaton = pyahocorasick_automaton(words)
    return lambda text: list(automaton.iter(text))


def ahocorasick_rs_longest(words: Sequence[str]) -> Callable[[str], Sequence]:
    import ahocorasick_rs

    kind = ahocorasick_rs.MatchKind.LeftmostLongest
    return ahocorasick_rs.AhoCorasick(words, matchkind=kind).find_matches_as_indexes


def ahocorasick_rs_all(words: Sequence[str]) -> Callable[[str], Sequence]:
    import ahocorasick_rs

    automaton = ahocorasick_rs.AhoCorasick(words)
    return functools.partial(automaton.find_matches_as_indexes, overlapping=True)


def marisa_longest(words: Sequence[str]) -> Callable[[str], Sequence]:
    import marisa_trie

    prefixes = marisa_trie.Trie(words).prefixes
    width = max(map(len, words))

    def match(text: str) -> list[tuple[int, int]]:
        found = []
        start = 0
        while start < len(text):
            words = prefixes(text[start : start + width])
            end = start + (len(words[-1]) if words else 1)
            if words:
                found.append((start, end))
            start = end
        return found

    return match


def marisa_all(words: Sequence[str]) -> Callable[[str], Sequence]:
    import marisa_trie

    prefixes = marisa_trie.Trie(words).prefixes
    width = max(map(len, words))
    return lambda text: [
        (start, start + len(word))
        for start in range(len(text))
        for word in prefixes(text[start : start + width])
    ]


MATCHERS: dict[str, Callable[[Sequence[str]], Callable[[str], Sequence]]] = {
    "daachorse-longest": daachorse_longest,
    "daachorse-all": daachorse_all,
    "daachorse-profiled-longest": daachorse_profiled_longest,
    "daachorse-profiled-all": daachorse_profiled_all,
    "pyahocorasick-longest": pyahocorasick_longest,
    "pyahocorasick-all": pyahocorasick_all,
    "ahocorasick_rs-longest": ahocorasick_rs_longest,
    "ahocorasick_rs-all": ahocorasick_rs_all,
    "marisa-trie-longest": marisa_longest,
    "marisa-trie-all": marisa_all,
}


def prepare(measurement: str, path: str, mode: str, dictionary: str) -> Job:
    """Return the work of a measurement and what one run of it produces."""
    if measurement.startswith("build-"):
        words = read_texts(dictionary, whole=False)
        build = MATCHERS[measurement.removeprefix("build-")]
        build(words)
        return functools.partial(build, words), len(words)
    texts = read_texts(path, mode == "text")
    if measurement in CUTTERS:
        return over(texts, CUTTERS[measurement](dictionary), mode == "kept")
    return over(texts, MATCHERS[measurement](read_texts(dictionary, whole=False)))


def main() -> None:
    # Some peers print; only our lines may reach the other side.
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    measurement, path, mode, *rest = sys.argv[1:]
    work, produced = prepare(measurement, path, mode, rest[0] if rest else "")
    print(json.dumps(produced), file=answers, flush=True)
    for line in sys.stdin:
        print(json.dumps(run_round(work, float(line))), file=answers, flush=True)


if __name__ == "__main__":
    main()
