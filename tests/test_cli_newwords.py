"""``classicnlp newwords``: what it writes and refuses."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

import classicnlp as cn
from classicnlp.cli import main
from classicnlp.newwords import discover
from tests.test_newwords import babble

Captured = pytest.CaptureFixture[str]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "text.txt.gz"
    path.write_bytes(gzip.compress("\n".join(babble(300)).encode()))
    return path


def output(capsys: Captured, *arguments: object) -> str:
    assert main(["newwords", *map(str, arguments)]) == 0
    captured = capsys.readouterr()
    assert captured.err == ""
    return captured.out


def test_the_words_are_those_of_the_library(path: Path, capsys: Captured, pku: cn.Pipeline) -> None:
    words = discover(path, known=pku.lexicon, segmenter=pku, tagger=pku)
    assert output(capsys, path) == "".join(f"{word.text}\t{word.count}\n" for word in words)
    assert output(capsys, path, "--top", 3).splitlines() == [
        f"{word.text}\t{word.count}" for word in words[:3]
    ]
    shown = output(capsys, path, "--json", "--top", 2).splitlines()
    assert [json.loads(line) for line in shown] == [word._asdict() for word in words[:2]]


def test_counts_alone_and_all_words(path: Path, capsys: Captured) -> None:
    words = discover(path, 4, 20)
    options = ["--plain", "--all", "--min-count", 20, "--max-length", 4, "--workers", 2]
    shown = output(capsys, path, *options, "--json").splitlines()
    assert [json.loads(line)["text"] for line in shown] == [word.text for word in words]


def test_what_one_round_writes_the_next_one_knows(
    path: Path, tmp_path: Path, capsys: Captured
) -> None:
    found = tmp_path / "found.txt"
    assert output(capsys, path, "--top", 10, "-o", found) == ""
    first = set(cn.Lexicon.from_file(found))
    assert len(first) == 10
    again = output(capsys, path, "--user-words", found)
    assert not first & {line.split("\t")[0] for line in again.splitlines()}


@pytest.mark.parametrize(
    ("arguments", "status", "message"),
    [
        (["--top", "-1"], 2, "a whole number from 0 on"),
        (["--max-length", "8"], 1, "max_length must be in 2 ... 7"),
        (["--min-count", "1"], 1, "min_count must be at least 2"),
        (["none.txt"], 1, "none.txt: No such file"),
    ],
)
def test_what_is_refused(capsys: Captured, arguments: list[str], status: int, message: str) -> None:
    assert main(["newwords", *arguments]) == status
    assert message in capsys.readouterr().err
