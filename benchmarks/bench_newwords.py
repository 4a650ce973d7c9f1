"""New words in raw text: how many of the best are words, how many words are found, how fast.

    python benchmarks/bench_newwords.py [--quick]

Precision is that of the 200 best ones that the embedded lexicon lacks, by the judgements in
new_words.tsv, which were made by hand: a word, a name or a term is right, a fragment or a free
phrase is not. Recall is that of the words of the embedded lexicon that occur 50 times or more, all
of them hidden, at as many answers as there are such words. Both are measured on texts that nothing
was chosen by: two of the four novels, and the statutes.
"""

from __future__ import annotations

import csv
import dataclasses
import functools
import itertools
import json
import operator
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import common

import classicnlp as cn
from classicnlp.newwords import NewWord, discover
from classicnlp.text import CharacterClass, character_classes

NOVELS = ("raw/novels/水浒传.txt", "raw/novels/西游记.txt")
LAWS = "raw/laws.md.txt.xz"
JUDGED = common.BENCHMARKS / "new_words.tsv"
ZHUXIAN = tuple(f"zhuxian/{part}.zhuxian.wordpos" for part in ("train", "dev"))
HAN = CharacterClass.HAN
RIGHT = {"word", "name", "term"}
WITH_MODEL = "discover, with the model"
TOP = 200
FREQUENT = 50
ROUNDS, A_ROUND = 4, 25
EVERYTHING = {"min_pmi": 0, "min_entropy": 0, "not_first": "", "not_last": ""}

Rank = Callable[[NewWord], float]
RANKINGS: dict[str, Rank] = {
    "cohesion alone (PMI)": operator.attrgetter("pmi"),
    "entropy alone": lambda word: min(word.left_entropy, word.right_entropy),
    "PMI x entropy": lambda word: word.pmi * min(word.left_entropy, word.right_entropy),
}


def texts() -> dict[str, Path]:
    """Return the texts that are judged."""
    novels = common.cached(
        "novels.txt",
        lambda: "\n".join(common.data_file(name).read_text(encoding="utf-8") for name in NOVELS),
    )
    return {"novels": novels, "laws": common.cached("laws.txt", lambda: common.read_xz(LAWS))}


def judgements() -> dict[tuple[str, str], str]:
    with JUDGED.open(encoding="utf-8", newline="") as file:
        rows = csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
        return {(row["text"], row["word"]): row["judgement"] for row in rows}


def print_precision(given: dict[str, Path], nlp: cn.Pipeline) -> None:
    """Print how many of the best are words."""
    judged = judgements()
    rows = []
    for name, path in given.items():
        every = discover(path, known=nlp.lexicon, **EVERYTHING)
        lists = {
            "cohesion alone (PMI)": sorted(every, key=lambda word: (-word.pmi, -word.count, word)),
            "discover": discover(path, known=nlp.lexicon),
            WITH_MODEL: discover(path, known=nlp.lexicon, segmenter=nlp, tagger=nlp),
        }
        for ranking, words in lists.items():
            said = [judged.get((name, word.text), "not judged") for word in words[:TOP]]
            right = sum(judgement in RIGHT for judgement in said)
            shares = [str(said.count(kind)) for kind in ("fragment", "phrase", "not judged")]
            rows.append([f"{name}: {ranking}", f"{right / TOP:.3f}", *shares, ""])
    print(f"Precision of the {TOP} best, judged by hand")
    common.print_table(["", "right", "fragments", "phrases", "not judged", ""], rows)


def print_recall(given: dict[str, Path], lexicon: cn.Lexicon) -> None:
    """Print how many hidden words are found."""
    rows = []
    for name, path in given.items():
        every = discover(path, min_count=FREQUENT, **EVERYTHING)
        hidden = frequent_words(path, lexicon)
        lists = {
            ranking: sorted(every, key=lambda word, rank=rank: (-rank(word), word.text))
            for ranking, rank in RANKINGS.items()
        }
        lists["discover"] = discover(path, min_count=FREQUENT)
        for ranking, words in lists.items():
            found = [word.text in hidden for word in words]
            rows.append(
                [f"{name}: {ranking}", f"{len(hidden):,}", f"{sum(found[:TOP]) / TOP:.3f}",
                 f"{sum(found[:len(hidden)]) / len(hidden):.3f}",
                 f"{sum(found) / len(hidden):.3f}", f"{len(words):,}", ""]
            )  # fmt: skip
    print(f"Recall of hidden dictionary words that occur {FREQUENT} times or more")
    columns = ["", "words", f"precision at {TOP}", "recall at words", "recall", "answers", ""]
    common.print_table(columns, rows)


def frequent_words(path: Path, lexicon: cn.Lexicon) -> set[str]:
    """Return the words of the lexicon with two to six characters that occur often."""
    counts = cn.lm.count_ngrams(path, range(2, 7), (1, *[FREQUENT] * 5))
    texts = (ngram for ngram, _ in counts.items() if isinstance(ngram, str))
    return {text for text in texts if text in lexicon and HAN in character_classes(text)}


def print_rounds(nlp: cn.Pipeline) -> None:
    """Print how much better a web novel is segmented after each round of finding and telling."""
    gold = [
        [token.rpartition("_")[0] for token in line.split()]
        for name in ZHUXIAN
        for line in common.data_file(name).read_text(encoding="utf-8").split("\n")
    ]
    lines = ["".join(words) for words in gold]
    vocabulary = {word for words in gold for word in words}
    rows = []
    for number in range(ROUNDS + 1):
        score = cn.evaluate.segmentation(gold, nlp.segment_batch(lines))
        figures = [f"{figure:.4f}" for figure in (score.precision, score.recall, score.f1)]
        words = discover(lines, known=nlp.lexicon, segmenter=nlp, tagger=nlp, top=A_ROUND)
        right = sum(word.text in vocabulary for word in words)
        rows.append([f"after {number} rounds", *figures, f"{right} of {len(words)}", ""])
        nlp = nlp.with_words(words.to_lexicon())
    print(f"Rounds of {A_ROUND} words over the raw text of a web novel")
    columns = ["", "precision", "recall", "F1", "words of the next round that gold has", ""]
    common.print_table(columns, rows)


def print_speed(settings: common.Settings, nlp: cn.Pipeline) -> None:
    """Print how fast we are beside Jiagu."""
    path = common.prose_file(1 if settings.quick else 10)
    size = common.megabytes_of(path)
    few = dataclasses.replace(settings, rounds=2)
    contestants: list[common.Contestant] = [
        common.Own(
            name, size, work=functools.partial(discover, path, segmenter=model, tagger=model)
        )
        for name, model in (("discover", None), ("discover, with the model", nlp))
    ]
    jiagu = peer(path)
    common.alternate([*contestants, *jiagu], few)
    common.print_speeds(f"{size:.0f} MB, one thread", [*contestants, *jiagu], ["jiagu"])


class Jiagu(common.Peer):
    """Says at the end how much memory it took."""

    def close(self) -> None:
        assert self.process is not None
        rest, _ = self.process.communicate()
        print(f"  {self.name}: peak of memory {json.loads(rest) / 1e6:,.0f} MB")


def peer(path: Path) -> list[Jiagu]:
    if not common.PEERS_PYTHON.exists():
        print("  jiagu is left out: run `python benchmarks/peers.py` to install the peers")
        return []
    process = subprocess.Popen(
        [str(common.PEERS_PYTHON), str(common.BENCHMARKS / "peer_newwords.py"), str(path)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    contestant = Jiagu("jiagu", common.megabytes_of(path), process=process)
    contestant._answer()
    return [contestant]


def print_whole(path: Path) -> None:
    """Print seconds and memory for all of the prose, each in a process of its own."""
    rows = []
    for kind, workers in itertools.product(("plain", "model"), (1, 2)):
        arguments = [str(path), kind, str(workers)]
        command = [sys.executable, str(common.BENCHMARKS / "newwords_side.py"), *arguments]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        seconds, busy, peak, words = json.loads(done.stdout)
        name = "discover" if kind == "plain" else WITH_MODEL
        rows.append(
            [f"{name}, workers={workers}", f"{seconds:.1f}", f"{busy:.1f}",
             f"{peak / 1e6:,.0f}", f"{words:,}", "60 s, 4,000 MB"]
        )  # fmt: skip
    print(f"{common.megabytes_of(path):.0f} MB")
    common.print_table(["", "s", "s of CPU", "MB", "words", "target"], rows)


def main() -> None:
    settings = common.read_settings(__doc__)
    whole = (
        common.prose_file(10)
        if settings.quick
        else common.cached("prose.txt", lambda: common.read_xz(common.PROSE))
    )
    common.print_header(
        "bench_newwords.py: new words in raw text", settings,
        "two novels, statutes; modern prose for speed",
    )  # fmt: skip
    nlp = cn.load()
    given = texts()
    print_precision(given, nlp)
    print_recall(given, nlp.lexicon)
    print_rounds(nlp)
    print_speed(settings, nlp)
    print_whole(whole)


if __name__ == "__main__":
    main()
