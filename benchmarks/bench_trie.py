"""How fast a dictionary is built and matched against a text, beside the peers.

python benchmarks/bench_trie.py [--quick]
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from pathlib import Path

import common
from timing import read_texts

import classicnlp as cn
from classicnlp.lexicon import build_trie

PEERS = ("daachorse-profiled", "daachorse", "ahocorasick_rs", "marisa-trie", "pyahocorasick")
Matches = tuple[Sequence[int], ...]


def words_file() -> Path:
    """Return the words of jieba's dictionary, one a line."""

    def make() -> str:
        lines = common.dictionary_file().read_text(encoding="utf-8").splitlines()
        return "\n".join(line.split(" ")[0] for line in lines)

    return common.cached("words.txt", make)


def measure_building(words: list[str], path: Path, settings: common.Settings) -> None:
    """Words in a list to something that can be matched."""
    alphabet = cn.Lexicon(fold=True).alphabet
    size = len(words)
    contestants: list[common.Contestant] = [
        common.Own(
            "Trie", size, size, "below 1 s", work=functools.partial(build_trie, words, alphabet)
        ),
        common.Own("Lexicon", size, size, work=functools.partial(cn.Lexicon, words)),
    ]
    for name in PEERS:
        found = common.peer(name, f"build-{name}-all", path, "lines", path)
        contestants += found
    common.alternate(contestants, settings)
    base = next((c.best for c in contestants if c.name == "daachorse"), None)
    rows = []
    for contestant in contestants:
        seconds = (contestant.best, contestant.median, contestant.worst)
        ratio = f"{base / contestant.best:.2f}" if base else ""
        rows.append([contestant.name, *(f"{s:.3f}" for s in seconds), ratio, contestant.target])
    print(f"Building from {size:,} words")
    columns = ["seconds", "best", "median", "worst", "x daachorse's speed", "target"]
    common.print_table(columns, rows)


def as_tuples(match: Callable[[str], Matches], text: str) -> list[tuple[int, int, int]]:
    """Return the matches as the peers do: a list of tuples."""
    starts, ends, numbers = match(text)
    return list(zip(starts.tolist(), ends.tolist(), numbers.tolist(), strict=True))


def matches(match: Callable[[str], Matches], text: str) -> Sequence[int]:
    """Return the matches as arrays; the first of them counts them."""
    return match(text)[0]


def measure_matching(
    kind: str, match: Callable[[str], Matches], path: Path, settings: common.Settings
) -> None:
    """One text against all words."""
    texts = read_texts(path, whole=True)
    arrays = functools.partial(matches, match)
    tuples = functools.partial(as_tuples, match)
    contestants: list[common.Contestant] = [
        common.own("Trie, arrays", texts, arrays, "1.5 x the best peer"),
        common.own("Trie, list of tuples", texts, tuples),
    ]
    for name in PEERS:
        contestants += common.peer(name, f"{name}-{kind}", path, "text", words_file())
    common.alternate(contestants, settings)
    title = {"longest": "Longest matches, leftmost first", "all": "All matches"}[kind]
    beside = ("daachorse-profiled", "daachorse", "ahocorasick_rs", "pyahocorasick")
    common.print_speeds(f"{title}, one text of {len(texts[0]):,} characters", contestants, beside)
    counts = ", ".join(f"{c.name} {c.produced:,}" for c in contestants if c.name != "Trie, arrays")
    print(f"matches: {counts}\n", flush=True)


def main() -> None:
    settings = common.read_settings(__doc__)
    text = common.prose_file(1 if settings.quick else 10)
    common.prose_file(1)  # what daachorse-profiled is laid out by
    path = words_file()
    words = read_texts(path, whole=False)
    common.print_header(
        "bench_trie.py: many words against a text",
        settings,
        f"modern prose {common.megabytes_of(text):.1f} MB; the {len(words):,} words of jieba's "
        "dictionary.\n           Ours folds variants of characters, so that it finds some more; "
        "daachorse-profiled\n           was shown the first 300,000 characters when it was built",
    )
    measure_building(words, path, settings)
    trie = cn.Lexicon(words).dictionary.trie
    measure_matching("longest", trie.longest_matches, text, settings)
    measure_matching("all", trie.all_matches, text, settings)


if __name__ == "__main__":
    main()
