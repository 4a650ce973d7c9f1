"""The kernels of language models: keys of words, lines of ARPA files, the automaton."""

from __future__ import annotations

import pickle
import random
import threading

import numpy as np
import pytest

from classicnlp._ext.arpa import format_grams, parse_grams
from classicnlp._ext.backoff import Automaton, fill_buckets, sums
from classicnlp._ext.interning import text_keys
from classicnlp._ext.wordkeys import word_keys
from classicnlp.lm import NgramModel

BLANKS = " \t\n\r\0"
LETTERS = [*BLANKS, "a", "é", "\xa0", "\u3000", "我", "爱", "\ud800", "𠮷", "😀"]


def cut(sentence: str | list[str], characters: bool) -> list[str]:
    """Return the words of a sentence, the naive way."""
    if isinstance(sentence, list):
        return sentence
    if characters:
        return [c for c in sentence if c not in BLANKS]
    for blank in BLANKS:
        sentence = sentence.replace(blank, " ")
    return [word for word in sentence.split(" ") if word]


@pytest.mark.parametrize("characters", [False, True])
@pytest.mark.parametrize("end", [0, 7])
def test_keys_are_those_of_the_words(characters: bool, end: int) -> None:
    source = random.Random(3)
    sentences: list[str | list[str]] = [
        "",
        [],
        " ",
        "我",
        ["我", "a b"],
        "\xe9" * 65,
        "我爱 " * 700,
    ]
    for length in [*range(20), 63, 64, 65]:
        sentences.append("".join(source.choices(LETTERS, k=length)))
    words = [cut(sentence, characters) for sentence in sentences]
    first = 0
    while first < len(sentences):
        keys, offsets, places = word_keys(sentences, first, 40, characters, end)
        for i, (low, high) in enumerate(
            zip(offsets[:-1].tolist(), offsets[1:].tolist(), strict=True)
        ):
            own, sentence = words[first + i], sentences[first + i]
            stop = high - bool(end)
            assert keys[low:stop].tolist() == text_keys(own).tolist()
            assert keys[stop:high].tolist() == [end] * bool(end)
            spans = places[:, low:stop].T.tolist()
            if isinstance(sentence, str):
                assert [sentence[a:b] for a, b in spans] == own
            else:
                assert [sentence[a] for a, _ in spans] == own
        first += len(offsets) - 1
    assert first == len(sentences)


def test_words_of_the_wrong_kind() -> None:
    for sentences in ([5], [["我", None]], ["我", b"bytes"]):
        with pytest.raises(TypeError, match="must be a str"):
            word_keys(sentences, 0, 100, False)
    assert len(word_keys([], 0, 100, False)[0]) == 0
    assert len(word_keys(["我"], 1, 100, False)[0]) == 0


def test_numbers_come_back_as_they_were() -> None:
    source = np.random.default_rng(0)
    numbers = np.concatenate([
        -source.random(20_000) * 10.0 ** source.integers(-8, 2, 20_000),
        source.random(2000) * 10.0 ** source.integers(-6, 2, 2000),
        [0.0, -1.0, -10.0, -98.9, 1.0, -0.5, -1e-7, -0.30103, 38.5],
    ]).astype(np.float32)  # fmt: skip
    numbers = numbers[numbers > -99]
    ids = np.zeros((len(numbers), 1), np.int32)
    letters, offsets = np.frombuffer("我".encode(), np.uint8), np.array([0, 3])
    lines = format_grams(ids, numbers, numbers, letters, offsets).decode().split("\n")[:-1]
    logs, backoffs, keys, places = parse_grams(lines, 1)
    assert logs.tobytes() == numbers.tobytes()
    assert backoffs.tobytes() == numbers.tobytes()
    assert set(keys.ravel().tolist()) == set(text_keys(["我"]).tolist())
    assert all(
        line[low:high] == "我" for line, (low, high) in zip(lines, places.tolist(), strict=True)
    )


def test_numbers_are_read_as_python_reads_them() -> None:
    texts = [
        "-1", "+1.5", "-.5", "2.", "-1e-3", "1E2", "-0.000000000000001", "1e30", "-1e-40", "0",
        "-12345678901234567890e-19", "-0.1234567890123456789012345", "3e5", "00012.50",
    ]  # fmt: skip
    logs, _, _, _ = parse_grams([f"{text}\tx" for text in texts], 1)
    wanted = np.array([float(text) for text in texts]).astype(np.float32)
    np.testing.assert_allclose(logs, wanted, rtol=1e-7)
    for never in ("-99", "-inf", "-Infinity", "-100.5", "-1e99"):
        assert parse_grams([f"{never} x"], 1)[0].tolist() == [-np.inf]


@pytest.mark.parametrize(
    "line",
    ["", " ", "x 我", "- 我", ". 我", "1", "1 ", "1e 我", "1e+ 我", "1..2 我", "1x 我", "1 我 x",
     "1 我 2 3", "\\end\\", "e5 我", "１ 我"],
)  # fmt: skip
def test_lines_that_are_no_n_grams(line: str) -> None:
    good = "-1.5\t我\t-2"
    assert len(parse_grams([good, line, good], 1)[0]) == 1


def test_arrays_that_do_not_fit_are_refused() -> None:
    letters, offsets = np.frombuffer(b"ab", np.uint8), np.array([0, 1, 2])
    ids, logs = np.zeros((1, 1), np.int32), np.zeros(1, np.float32)
    for wrong in (
        (ids + 2, logs, None, letters, offsets),
        (ids - 1, logs, None, letters, offsets),
        (ids, logs[:0], None, letters, offsets),
        (ids, logs, logs[:0], letters, offsets),
        (ids, logs, None, letters, np.array([0, 2, 1])),
        (ids, logs, None, letters, np.array([0, 1, 3])),
    ):
        with pytest.raises(ValueError, match="must"):
            format_grams(*wrong)
    buckets = np.zeros((1, 8), np.uint64)
    one = np.ones(1, np.uint64)
    for keys in (one * 0, np.array([5, 5], np.uint64), one << np.uint64(63)):
        with pytest.raises(ValueError, match="keys must be distinct"):
            fill_buckets(keys, keys, buckets.copy())
    with pytest.raises(ValueError, match="do not fit"):
        fill_buckets(np.arange(1, 5, dtype=np.uint64), np.zeros(4, np.uint64), buckets)
    with pytest.raises(ValueError, match="rise"):
        sums(logs, np.array([0, 2]))


def automaton() -> Automaton:
    model = NgramModel(order=3).fit([["我", "爱", "北京"], ["我", "爱", "你"]] * 3)
    found = model._automaton
    assert found is not None
    return found


def test_the_automaton_checks_what_it_is_given() -> None:
    machine = automaton()
    arrays = {name: array.copy() for name, array in machine.arrays.items()}
    whole = (arrays["buckets"], arrays["states"], arrays["unigrams"], arrays["starts"])
    circle = arrays["states"].copy()
    circle[1] |= np.uint64(1) << np.uint64(32)
    for wrong in (
        (whole[0][:0], *whole[1:]),
        (whole[0][:, :7].copy(), *whole[1:]),
        (whole[0], whole[1][:0], *whole[2:]),
        (whole[0], circle, *whole[2:]),
        (*whole[:2], whole[2][:0], whole[3]),
    ):
        with pytest.raises(ValueError, match=r"needs a bucket|lower number"):
            Automaton(*wrong, False)
    ids, begin = np.array([0, 1], np.int32), np.zeros(1, np.uint32)
    for given in (
        (ids, np.array([0, 1]), begin),
        (ids, np.array([0, 3, 2]), begin),
        (ids, np.zeros(0, np.int64), begin),
        (ids - 1, np.array([0, 2]), begin),
        (ids + machine.words, np.array([0, 2]), begin),
        (ids, np.array([0, 2]), begin + 10_000),
        (ids, np.array([0, 2]), begin[:0]),
        (ids, np.array([0, 2]), begin, np.zeros(1, np.uint8)),
    ):
        with pytest.raises(ValueError, match="must"):
            machine.score(*given)


def test_no_table_whatever_is_in_it_leads_out_of_the_arrays() -> None:
    source = np.random.default_rng(1)
    machine = automaton()
    ids = source.integers(0, machine.words, 3000).astype(np.int32)
    offsets = np.arange(0, 3001, 10)
    for _ in range(30):
        arrays = {name: array.copy() for name, array in machine.arrays.items()}
        for name in ("buckets", "unigrams"):
            flat = arrays[name].reshape(-1)
            flat[source.integers(0, len(flat), 20)] = source.integers(0, 1 << 64, 20, np.uint64)
        # All buckets say that their entries went on: the search has to end all the same.
        arrays["buckets"][:, 3] |= np.uint64(1) << np.uint64(63)
        altered = Automaton(
            arrays["buckets"], arrays["states"], arrays["unigrams"],
            source.integers(0, 1 << 32, 2).astype(np.uint32), bool(source.integers(2)),
        )  # fmt: skip
        logs, ends = altered.score(ids, offsets, np.zeros(1, np.uint32), np.zeros(3000, np.uint8))
        assert len(logs) == 3000
        assert int(ends.max()) < len(arrays["states"])


def test_threads_share_one_automaton() -> None:
    machine = pickle.loads(pickle.dumps(automaton()))
    ids = np.random.default_rng(2).integers(0, machine.words, 50_000).astype(np.int32)
    offsets = np.arange(0, 50_001, 25)
    wanted = machine.score(ids, offsets, np.zeros(1, np.uint32))[0].tobytes()
    found: list[bytes] = []

    def score() -> None:
        found.append(machine.score(ids, offsets, np.zeros(1, np.uint32))[0].tobytes())

    threads = [threading.Thread(target=score) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [wanted] * 4
