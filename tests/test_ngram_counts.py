"""N-gram counts against a Counter; threads, spilling, files; arrays from strangers."""

from __future__ import annotations

import bz2
import gzip
import itertools
import lzma
import pickle
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import classicnlp as cn
from classicnlp import store
from classicnlp._ext.levels import LevelBuilder, check_level, find, suffix_rows
from classicnlp._ext.runs import Merge, first_symbols, repack, sort_windows, words_of
from classicnlp._ext.vocabulary import Characters, Words
from classicnlp.errors import CorpusError, ModelError
from classicnlp.lm import NgramCounts, count_ngrams, spilling
from classicnlp.segmentation import MaxMatchSegmenter
from tests.conftest import nasty_texts, run_apart
from tests.reference import ngrams as reference

# Few characters, so that n-grams come again: of every width, white space, lone surrogates, NUL.
CHARACTERS = "人中a \t\r\n\0\x85\u2028\u3000\ud800\U00020000"
TEXTS = st.lists(st.one_of(st.text(CHARACTERS, max_size=40), nasty_texts), max_size=6)
ALL = range(1, 9)
SMALL = 1 << 20


def characters(texts: list[str]) -> list[str]:
    return [line for text in texts for line in reference.lines(text)]


def words(texts: list[str]) -> list[list[str]]:
    return [reference.words(line) for text in texts for line in reference.lines(text)]


def by_tuples(counts: NgramCounts, order: int) -> dict[tuple[str, ...], int]:
    return {tuple(ngram): count for ngram, count in counts.items(order)}


def assert_same(one: NgramCounts, other: NgramCounts) -> None:
    """Every array is equal, byte for byte."""
    parameters, arrays = one.to_store()
    others, other_arrays = other.to_store()
    assert parameters == others
    assert arrays.keys() == other_arrays.keys()
    for name, array in arrays.items():
        assert array.dtype == other_arrays[name].dtype
        assert array.tobytes() == other_arrays[name].tobytes(), name


def babble(lines: int, seed: int = 0) -> list[str]:
    """Return lines over a growing alphabet, some characters far more frequent than others."""
    rng = random.Random(seed)
    return [
        "".join(chr(0x4E00 + int(rng.paretovariate(0.6)) % (20 + number)) for _ in range(24))
        for number in range(lines)
    ]


# --- against a Counter -----------------------------------------------------------------------


@settings(max_examples=150)
@given(TEXTS, st.booleans())
def test_characters_are_counted_as_by_a_counter(texts: list[str], boundaries: bool) -> None:
    counts = count_ngrams(texts, ALL, boundaries=boundaries)
    for order in ALL:
        expected = reference.count_ngrams(characters(texts), order, boundaries)
        assert by_tuples(counts, order) == expected
        assert counts.size(order) == len(expected)
        assert counts.total(order) == expected.total()


@settings(max_examples=150)
@given(TEXTS, st.booleans())
def test_words_are_counted_as_by_a_counter(texts: list[str], boundaries: bool) -> None:
    sentences = words(texts)
    counts = count_ngrams(texts, ALL, unit="word", boundaries=boundaries)
    for order in ALL:
        expected = reference.count_ngrams(sentences, order, boundaries)
        assert counts.to_dict(order) == expected
    assert_same(counts, count_ngrams(sentences, ALL, unit="word", boundaries=boundaries))


@given(TEXTS, st.lists(st.integers(0, 4), min_size=3, max_size=3).map(sorted))
def test_rare_ngrams_are_dropped_and_still_in_the_totals(
    texts: list[str], least: list[int]
) -> None:
    counts = count_ngrams(texts, 3, least)
    for order, fewest in enumerate(least, 1):
        expected = reference.count_ngrams(characters(texts), order)
        kept = {ngram: count for ngram, count in expected.items() if count >= fewest}
        assert by_tuples(counts, order) == kept
        assert counts.total(order) == expected.total()
    assert counts.find(counts.ids(3)).tolist() == list(range(counts.size(3)))


@pytest.mark.parametrize("length", [0, 1, 2, 7, 8, 9, 23, 24, 25, 63, 64, 65, 2047, 2048, 2049])
def test_one_character_again_and_again(length: int) -> None:
    counts = count_ngrams(["人" * length], ALL)
    for order in ALL:
        expected = max(0, length - order + 1)
        assert counts.to_dict(order) == ({"人" * order: expected} if expected else {})


@pytest.mark.parametrize("symbols", [2, 3, 255, 256, 257, 65535, 65536, 65537])
def test_alphabets_of_every_width(symbols: int) -> None:
    text = "".join(map(chr, range(0x1000, 0x1000 + symbols)))
    texts = [text[:40], text, text[-40:], text[-30::-1][:40]]
    counts = count_ngrams(texts, [2, 8])
    for order in (2, 8):
        assert by_tuples(counts, order) == reference.count_ngrams(texts, order)


def test_no_text_at_all() -> None:
    for counts in (count_ngrams([]), count_ngrams([""]), count_ngrams(["\n\r\n", ""])):
        assert len(counts) == 0
        assert counts.to_dict() == {}
        assert counts.most_common(5) == []
        assert counts.vocabulary == [""]
    assert count_ngrams([], boundaries=True).to_dict() == {}
    assert count_ngrams(["", "\n"], 2, boundaries=True).to_dict() == {("<s>", "</s>"): 2}


def test_a_text_is_its_lines() -> None:
    text = "我来到\r\n北京\n\n清华\r大学"
    assert_same(count_ngrams([text], 3), count_ngrams(["我来到", "北京", "", "清华\r大学"], 3))
    assert_same(count_ngrams([text + "\n"], 3), count_ngrams([text], 3))


def test_the_marks_of_boundaries() -> None:
    counts = count_ngrams(["我 爱", "我"], [1, 2], unit="word", boundaries=True)
    assert counts.vocabulary == ["", "<s>", "</s>", "我", "爱"]
    assert counts.to_dict(2) == {
        ("<s>", "我"): 2, ("我", "</s>"): 1, ("我", "爱"): 1, ("爱", "</s>"): 1,
    }  # fmt: skip
    assert count_ngrams(["<s> 我"], 1, unit="word").count("<s>") == 1
    assert count_ngrams(["<s>"], 3, boundaries=True).count(("<s>", "<", "s")) == 1
    for text in ("我 <s>", "</s>", ["我", "</s>"]):
        with pytest.raises(ValueError, match="mark where sentences begin and end"):
            count_ngrams([text], unit="word", boundaries=True)


# --- what the counts offer -------------------------------------------------------------------


@given(TEXTS, st.integers(1, 2))
def test_arrays_are_a_trie_in_order(texts: list[str], least: int) -> None:
    counts = count_ngrams(texts, 4, least)
    for order in range(1, 5):
        ids = counts.ids(order)
        rows = list(map(tuple, ids.tolist()))
        assert rows == sorted(set(rows))
        assert counts.find(ids).tolist() == list(range(len(rows)))
        assert ids[:, -1].tolist() == counts.last(order).tolist()
        assert (counts.counts(order) >= least).all()
        if order > 1:
            shorter = counts.ids(order - 1)
            assert (shorter[counts.parents(order)] == ids[:, :-1]).all()
            assert (shorter[counts.suffixes(order)] == ids[:, 1:]).all()
        for row, (start, end) in enumerate(itertools.pairwise(counts.ranges(order).tolist())):
            assert set(counts.parents(order)[start:end].tolist()) <= {row}


@given(TEXTS, st.integers(0, 30))
def test_the_most_common(texts: list[str], k: int) -> None:
    counts = count_ngrams(texts, [1, 3])
    everything = counts.most_common()
    assert dict(everything) == counts.to_dict()
    assert [n for _, n in everything] == sorted((n for _, n in everything), reverse=True)
    assert counts.most_common(k) == everything[:k]
    assert counts.most_common(k, order=3) == [e for e in everything if len(e[0]) == 3][:k]


def test_looking_up() -> None:
    counts = count_ngrams(["研究生命的起源", "研究生"], [1, 2, 3])
    assert counts.count("研究") == counts.count(["研", "究"]) == 2
    assert "研究生" in counts
    assert "究研" not in counts
    assert "研究生命" not in counts
    assert "" not in counts
    assert 5 not in counts
    assert counts.id_of("研") == 1
    assert counts.id_of("没") == counts.id_of("") == 0
    assert len(counts) == len(list(counts)) == 7 + 6 + 5
    assert counts.find(np.array([[1, 2], [2, 1], [0, 0], [-1, 99]])).tolist() == [0, -1, -1, -1]
    assert count_ngrams(["研究 生命"], 1, unit="word").count("研究") == 1
    assert "研究" in count_ngrams(["研究 生命"], 1, unit="word")
    with pytest.raises(ValueError, match=r"order must be in 1 \.\.\. 3"):
        counts.counts(4)
    with pytest.raises(ValueError, match="ids must have shape"):
        counts.find(np.zeros((1, 4), np.int32))
    with pytest.raises(TypeError, match="made by count_ngrams"):
        NgramCounts()


# --- what comes in ---------------------------------------------------------------------------


COMPRESSORS: dict[str, Callable[[bytes], bytes]] = {
    "": bytes,
    ".gz": gzip.compress,
    ".xz": lzma.compress,
    ".bz2": bz2.compress,
}


@pytest.mark.parametrize("suffix", COMPRESSORS)
@pytest.mark.parametrize("end", ["", "\n"])
def test_files(tmp_path: Path, suffix: str, end: str) -> None:
    lines = ["我来到北京", "", "清华大学\U00020000", "北京"]
    path = tmp_path / f"text.txt{suffix}"
    path.write_bytes(COMPRESSORS[suffix](("\ufeff" + "\r\n".join(lines) + end).encode()))
    expected = count_ngrams(lines, 3, boundaries=True)
    assert_same(count_ngrams(path, 3, boundaries=True), expected)
    assert_same(count_ngrams([lines[0], path], 3), count_ngrams([lines[0], *lines], 3))


def test_bad_files(tmp_path: Path) -> None:
    path = tmp_path / "text.txt"
    path.write_bytes("我\n来\n".encode() + b"\xb9\xfa\n")
    with pytest.raises(CorpusError, match=r"text.txt:3: not UTF-8: byte 0xb9 at offset 8"):
        count_ngrams(path)
    with pytest.raises(FileNotFoundError):
        count_ngrams(tmp_path / "none.txt")


def test_raw_text_cut_by_a_segmenter() -> None:
    segmenter = MaxMatchSegmenter(cn.Lexicon(["我", "来到", "北京"]))
    texts = ["我来到 北京\n\t我\r\n", "来到北京", ""]
    lines = [["我", "来到", "北京"], ["我"], ["来到", "北京"], []]
    expected = count_ngrams(lines, 3, unit="word", boundaries=True)
    for cutter in (segmenter, cn.Pipeline(segmenter)):
        counts = count_ngrams(texts, 3, unit="word", boundaries=True, segmenter=cutter)
        assert_same(counts, expected)


def test_progress_adds_up() -> None:
    seen: list[int] = []
    count_ngrams(["我来", "到北京"] * 20_000, 1, progress=seen.append)
    assert sum(seen) == 100_000
    assert len(seen) > 1


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        (("我来",), TypeError, "put a text in a list, or name a file by pathlib.Path"),
        (([b"a"],), TypeError, "a text must be a str, a list of words or a path, got bytes"),
        (([["我"]],), TypeError, 'lists of words are counted with unit="word"'),
        ((["我"], 9), ValueError, "an order must be in 1 ... 8"),
        ((["我"], []), ValueError, "at least one order"),
        ((["我"], 2, [1]), ValueError, "one number, or 2 numbers that do not fall"),
        ((["我"], 2, [2, 1]), ValueError, "one number, or 2 numbers that do not fall"),
        ((["我"], 2, -1), ValueError, "min_count must be at least 0"),
    ],
)
def test_wrong_arguments(arguments: tuple[Any, ...], error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        count_ngrams(*arguments)


def test_wrong_words_and_options() -> None:
    with pytest.raises(ValueError, match="a word must not be empty"):
        count_ngrams([["我", ""]], unit="word")
    with pytest.raises(TypeError, match="a word must be a str, got int"):
        count_ngrams([["我", 5]], unit="word")  # type: ignore[list-item]
    with pytest.raises(ValueError, match="unit must be one of char, word"):
        count_ngrams([], unit="syllable")
    with pytest.raises(ValueError, match="a segmenter goes with unit"):
        count_ngrams([], segmenter=MaxMatchSegmenter(cn.Lexicon(["我"])))
    with pytest.raises(ValueError, match="memory must be at least 1048576"):
        count_ngrams([], memory=1000)


# --- threads and memory ----------------------------------------------------------------------


@pytest.mark.parametrize("workers", [2, 3, 7])
@pytest.mark.parametrize("unit", ["char", "word"])
def test_any_number_of_threads_gives_the_same(workers: int, unit: str) -> None:
    texts = [" ".join(line) for line in babble(3000)]
    alone = count_ngrams(texts, [5], unit=unit)
    assert_same(count_ngrams(texts, [5], unit=unit, workers=workers), alone)
    assert_same(count_ngrams(["人"], [5], workers=workers), count_ngrams(["人"], [5]))


@pytest.mark.parametrize("workers", [2, 3, 8])
@pytest.mark.parametrize("symbols", [1, 2, 5, 40])
@pytest.mark.parametrize("order", [1, 3, 8])
def test_runs_that_are_held_are_shared_among_threads(
    workers: int, symbols: int, order: int
) -> None:
    """So few symbols repeat so often that all runs stay in memory, whatever is in the text."""
    source = random.Random(symbols)
    text = [
        "".join(chr(0x4E00 + source.randrange(symbols)) for _ in range(source.randrange(90)))
        for _ in range(1500)
    ]
    several = count_ngrams(text, order, memory=SMALL, workers=workers)
    assert_same(several, count_ngrams(text, order))


@pytest.mark.parametrize(("order", "fan_in"), [(3, 128), (8, 128), (4, 2), (8, 3)])
def test_spilling_changes_nothing(
    order: int, fan_in: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    texts = babble(9000)  # the alphabet, and so the width of a window, grows on the way
    expected = count_ngrams(texts, order)
    monkeypatch.setattr(spilling, "FAN_IN", fan_in)
    monkeypatch.setattr(spilling, "PART", 1 << 8)
    files: list[object] = []
    run_of = spilling.FileRun.__init__
    monkeypatch.setattr(
        spilling.FileRun, "__init__", lambda self, *rest: files.append(self) or run_of(self, *rest)
    )
    spilt = count_ngrams(texts, order, memory=SMALL, folder=tmp_path, workers=2)
    assert len(files) > 3
    assert_same(spilt, expected)
    assert list(tmp_path.iterdir()) == []
    least = count_ngrams(texts, order, 3, memory=SMALL, folder=tmp_path)
    assert_same(least, count_ngrams(texts, order, 3))


def test_one_line_longer_than_memory() -> None:
    line = "".join(babble(6000))
    assert_same(count_ngrams([line], 8, memory=SMALL), count_ngrams([line], 8))


def test_what_spills_is_mapped_and_can_be_saved(tmp_path: Path) -> None:
    texts = babble(9000)
    spilt = count_ngrams(texts, 6, memory=SMALL, folder=tmp_path)
    assert not spilt.counts(6).flags.writeable
    spilt.save(tmp_path / "counts")
    assert_same(NgramCounts.load(tmp_path / "counts"), count_ngrams(texts, 6))
    assert [path.name for path in tmp_path.iterdir()] == ["counts"]


def test_a_full_disk_is_told_and_leaves_nothing(tmp_path: Path) -> None:
    code = """
import random, resource, sys
from classicnlp.lm import count_ngrams
resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 17, 1 << 17))
rng = random.Random(0)
texts = ["".join(chr(0x4E00 + rng.randrange(3000)) for _ in range(40)) for _ in range(9000)]
try:
    count_ngrams(texts, 4, memory=1 << 20, folder=sys.argv[1])
except OSError as error:
    print(error.filename, error.strerror)
"""
    done = run_apart(code, str(tmp_path))
    assert done.stderr == ""
    assert done.stdout.startswith(f"{tmp_path} File too large while n-gram counts were spilled")
    assert "free space there, name another folder, or allow more memory" in done.stdout
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_not_there_is_told() -> None:
    with pytest.raises(FileNotFoundError, match=r"spilled to this folder.*'/no/such/folder'"):
        count_ngrams(babble(9000), 4, memory=SMALL, folder="/no/such/folder")


def test_an_interrupted_count_leaves_nothing(tmp_path: Path) -> None:
    def lines() -> Any:
        yield from babble(9000)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        count_ngrams(lines(), 4, memory=SMALL, folder=tmp_path)
    assert list(tmp_path.iterdir()) == []


# --- files -----------------------------------------------------------------------------------


@given(TEXTS, st.booleans(), st.sampled_from(["char", "word"]))
@settings(max_examples=20)
def test_save_then_load(
    tmp_path_factory: pytest.TempPathFactory, texts: list[str], boundaries: bool, unit: str
) -> None:
    path = tmp_path_factory.mktemp("counts") / "counts"
    counts = count_ngrams(texts, [2, 3], unit=unit, boundaries=boundaries)
    counts.save(path)
    loaded = NgramCounts.load(path)
    assert_same(loaded, counts)
    assert loaded.to_dict() == counts.to_dict()
    assert (loaded.orders, loaded.vocabulary) == (counts.orders, counts.vocabulary)


def test_counts_can_be_pickled() -> None:
    counts = count_ngrams(["我来到北京"], 2)
    assert_same(pickle.loads(pickle.dumps(counts)), counts)


@pytest.mark.parametrize(
    "change",
    [
        {"last_1": np.array([1, 99], np.int32)},
        {"last_1": np.array([2, 1], np.int32)},
        {"last_1": np.array([0, 1], np.int32)},
        {"first_2": np.array([0, 2, 1])},
        {"first_2": np.array([0, 1])},
        {"first_2": np.array([-1, 1, 1])},
        {"first_1": np.array([0, 3])},
        {"counts_1": np.array([1])},
        {"offsets": np.array([0, 0, 9, 2])},
        {"offsets": np.array([], np.int64)},
        {"letters": np.array([0x110000, 5], np.uint32)},
        {"unit": "letter"},
        {"boundaries": 1},
        {"orders": [2, 1]},
        {"orders": [9]},
        {"totals": [1]},
        {"totals": [1, -1]},
    ],
)
def test_an_altered_file_is_refused(tmp_path: Path, change: dict[str, Any]) -> None:
    parameters, arrays = count_ngrams(["我来"], 2).to_store()
    for name, value in change.items():
        (parameters if name in parameters else arrays)[name] = value
    store.save(tmp_path / "counts", NgramCounts.kind, parameters, arrays)
    with pytest.raises(ModelError, match="not a sound n-gram counts"):
        NgramCounts.load(tmp_path / "counts")


# --- kernels ---------------------------------------------------------------------------------


@settings(max_examples=100)
@given(
    st.lists(st.integers(0, 5), max_size=120),
    st.integers(1, 8),
    st.sampled_from([3, 8, 9, 21, 22, 31]),
)
def test_windows_are_sorted_and_counted(symbols: list[int], order: int, bits: int) -> None:
    starts = len(symbols) * 2 // 3
    padded = symbols + [0] * order
    expected: dict[tuple[int, ...], int] = {}
    for i in range(starts):
        window = padded[i : i + order]
        if window[0]:
            cut = window.index(0) if 0 in window else order
            key = tuple(window[:cut] + [0] * (order - cut))
            expected[key] = expected.get(key, 0) + 1
    windows, counts = sorted_windows(symbols, starts, order, bits)
    assert list(unpacked(windows, order, bits)) == sorted(expected)
    assert counts.tolist() == [expected[key] for key in sorted(expected)]
    wider = min(31, bits + 9)
    assert list(unpacked(repack(windows, order, bits, wider), order, wider)) == sorted(expected)


def sorted_windows(
    symbols: list[int], starts: int, order: int, bits: int
) -> tuple[np.ndarray, np.ndarray]:
    windows = np.zeros((starts, words_of(order, bits)), np.uint64)
    counts = np.zeros(starts, np.int64)
    array = np.array(symbols, np.int32)
    n = sort_windows(array, starts, order, bits, 1, (1 << bits) - 1, windows, counts)
    return windows[:n], counts[:n]


def unpacked(windows: np.ndarray, order: int, bits: int) -> list[tuple[int, ...]]:
    per = 64 // bits
    rows = []
    for row in windows.tolist():
        sizes = [min(per, order - w * per) for w in range(len(row))]
        rows.append(
            tuple(
                word >> bits * (size - 1 - k) & ((1 << bits) - 1)
                for word, size in zip(row, sizes, strict=True)
                for k in range(size)
            )
        )
    return rows


def test_counts_beyond_32_bits_add_up() -> None:
    """Two runs of huge counts, merged, and then made into levels."""
    windows = np.array([[1 << 8], [1 << 8 | 2]], np.uint64)
    large = np.array([3 << 40, (1 << 31) - 1])
    merge = Merge(1, 2)
    for run in range(2):
        merge.feed(run, windows, large)
    out, counts = np.empty((8, 1), np.uint64), np.empty(8, np.int64)
    used = dry = 0
    while len(merge):
        used, dry = merge.take(out, counts, used)
    assert (used, dry) == (2, 0)
    assert counts[:2].tolist() == [6 << 40, (1 << 32) - 2]
    builder = LevelBuilder(2, 8, [1, 1 << 33])
    parts = [builder.add(out[:2], counts[:2]), builder.finish()]
    unigrams, bigrams = (np.concatenate([part[k][1] for part in parts]) for k in range(2))
    assert unigrams.tolist() == [(6 << 40) + (1 << 32) - 2]
    assert bigrams.tolist() == []
    assert builder.totals() == [(6 << 40) + (1 << 32) - 2, (1 << 32) - 2]


def test_kernels_refuse_what_does_not_fit() -> None:
    symbols, room = np.array([1, 2, 0], np.int32), np.zeros((3, 1), np.uint64)
    numbers = np.zeros(3, np.int64)
    for bad in (np.array([4], np.int32), np.array([-1], np.int32)):
        with pytest.raises(ValueError, match=r"symbols must be in 0 \.\.\. 3"):
            sort_windows(bad, 1, 2, 2, 1, 4, room, numbers)
    with pytest.raises(ValueError, match=r"starts must be in 0 \.\.\. 3"):
        sort_windows(symbols, 4, 2, 2, 1, 4, room, numbers)
    with pytest.raises(ValueError, match="room for 2 windows, got 1"):
        sort_windows(symbols, 3, 2, 2, 1, 4, room[:1], numbers)
    with pytest.raises(ValueError, match="a window takes 2 words"):
        sort_windows(symbols, 3, 8, 9, 1, 4, room, numbers)
    with pytest.raises(ValueError, match=r"bits must be in 1 \.\.\. 31"):
        words_of(2, 32)
    with pytest.raises(ValueError, match="symbols must be in"):
        first_symbols(symbols, 3, 2)
    with pytest.raises(ValueError, match="more bits than 8"):
        repack(room, 2, 8, 7)
    with pytest.raises(ValueError, match="windows must rise"):
        LevelBuilder(2, 8, [1, 1]).add(np.array([[2], [1]], np.uint64), np.ones(2, np.int64))
    with pytest.raises(ValueError, match="symbols from the front on"):
        LevelBuilder(2, 8, [1, 1]).add(np.array([[5]], np.uint64), np.ones(1, np.int64))
    with pytest.raises(ValueError, match="least counts that do not fall"):
        LevelBuilder(2, 8, [2, 1])
    merge = Merge(1, 1)
    merge.feed(0, room, np.ones(3, np.int64))
    with pytest.raises(ValueError, match="has not run dry"):
        merge.feed(0, room, np.ones(3, np.int64))
    with pytest.raises(ValueError, match=r"run must be in 0 \.\.\. 0"):
        merge.feed(1, room, np.ones(3, np.int64))
    with pytest.raises(ValueError, match=r"used must be in 0 \.\.\. 3"):
        merge.take(room, np.ones(3, np.int64), 4)
    with pytest.raises(ValueError, match="boundaries must rise from 0 to 2"):
        Words(False).encode_cut(["我来"], [np.array([0, 3], np.int32)])
    with pytest.raises(ValueError, match="a level must hold"):
        check_level(np.array([1], np.int32), np.array([0, 2]), 1, 5)
    with pytest.raises(ValueError, match="suffix of an n-gram is not"):
        suffix_rows(
            np.array([3], np.int32), np.array([0, 1]), np.zeros(1, np.int64),
            np.array([1], np.int32), np.array([0, 1]),
        )  # fmt: skip
    with pytest.raises(ValueError, match="up to 0 symbols"):
        find([], [], np.zeros((1, 1), np.int32))
    for unfinished in (Characters(False), Words(True), Merge(1, 1), LevelBuilder(1, 1, [1])):
        with pytest.raises(TypeError, match="cannot be pickled"):
            pickle.dumps(unfinished)
