"""``classicnlp lm count``: what it writes and refuses."""

from __future__ import annotations

import io
import json
import lzma
import sys
from pathlib import Path

import pytest

import classicnlp as cn
from classicnlp.cli import lm_options, main, resources
from classicnlp.lm import NgramCounts
from classicnlp.segmentation import MaxMatchSegmenter

Captured = pytest.CaptureFixture[str]

TEXT = "我来到北京\n北京很大\n"


@pytest.fixture
def path(tmp_path: Path) -> str:
    path = tmp_path / "text.txt"
    path.write_text(TEXT, encoding="utf-8")
    return str(path)


def output(capsys: Captured, *arguments: str) -> str:
    assert main(["lm", "count", *arguments]) == 0
    captured = capsys.readouterr()
    assert captured.err == ""
    return captured.out


def test_the_most_frequent_come_first(path: str, capsys: Captured) -> None:
    assert output(capsys, path, "--order", "2", "--top", "2") == "北京\t2\n我来\t1\n"
    assert output(capsys, path, "--top", "3") == "北\t2\n京\t2\n北京\t2\n"
    assert output(capsys, path, "--top", "0") == ""


def test_all_come_order_by_order(path: str, capsys: Captured) -> None:
    lines = output(capsys, path, "--order", "1,3").splitlines()
    assert lines[:2] == ["我\t1", "来\t1"]
    assert [len(line.split("\t")[0]) for line in lines] == [1] * 7 + [3] * 5
    assert output(capsys, path, "--min-count", "2", "--order", "1-2") == "北\t2\n京\t2\n北京\t2\n"


def test_standard_input_and_files(
    path: str, capsys: Captured, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    stdin = io.TextIOWrapper(io.BytesIO("北京\n".encode()), encoding="ascii")
    monkeypatch.setattr(sys, "stdin", stdin)
    packed = tmp_path / "text.xz"
    packed.write_bytes(lzma.compress("北京".encode()))
    assert output(capsys, "-", path, str(packed), "--order", "2", "--top", "1") == "北京\t4\n"


def test_words_and_json(tmp_path: Path, capsys: Captured) -> None:
    path = tmp_path / "words.txt"
    path.write_text("我 爱 北京\n我 爱\n", encoding="utf-8")
    options = [str(path), "--unit", "word", "--top", "1"]
    assert output(capsys, *options, "--order", "2") == "我 爱\t2\n"
    shown = output(capsys, *options, "--order", "2", "--json", "--boundaries")
    assert json.loads(shown) == {"ngram": ["<s>", "我"], "count": 2}
    shown = output(capsys, str(path), "--top", "1", "--order", "1", "--json")
    assert json.loads(shown) == {"ngram": " ", "count": 3}


def test_raw_text_is_cut_by_a_model(
    path: str, capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    pipeline = cn.Pipeline(MaxMatchSegmenter(cn.Lexicon(["来到", "北京"])))
    monkeypatch.setattr(resources, "open_pipeline", lambda name: pipeline)
    shown = output(capsys, path, "--segmenter", "any", "--order", "2", "--top", "1")
    assert shown == "我 来到\t1\n"
    assert main(["lm", "count", path, "--segmenter", "any", "--unit", "char"]) == 2
    assert "--segmenter goes with --unit word" in capsys.readouterr().err


def test_saving(path: str, capsys: Captured, tmp_path: Path) -> None:
    saved, text = tmp_path / "counts.model", tmp_path / "counts.tsv"
    assert main(["lm", "count", path, "--save", str(saved)]) == 0
    captured = capsys.readouterr()
    assert (captured.out, captured.err) == ("", f"saved {saved}\n")
    assert NgramCounts.load(saved).count("北京") == 2
    options = ["--save", str(saved), "--quiet", "-o", str(text), "--order", "1"]
    assert output(capsys, path, *options) == ""
    assert text.read_text(encoding="utf-8").startswith("我\t1\n来\t1\n")


@pytest.mark.parametrize(
    ("arguments", "status", "message"),
    [
        (["--order", "0"], 2, "expected numbers from 1 to 8"),
        (["--order", "3-2"], 2, "the range '3-2' is empty"),
        (["--min-count", "0"], 2, "a whole number from 1 on"),
        (["--memory", "12K"], 2, "expected a size from 1M on"),
        (["none.txt"], 1, "none.txt: No such file"),
        (["--save", "no/such/folder/x", "none.txt"], 1, "folder: No such file"),
    ],
)
def test_what_is_refused(capsys: Captured, arguments: list[str], status: int, message: str) -> None:
    assert main(["lm", "count", *arguments]) == status
    assert message in capsys.readouterr().err


def test_sizes() -> None:
    sizes = ["1M", "1g", "2.5M", "1048576"]
    assert [lm_options.size(text) for text in sizes] == [1 << 20, 1 << 30, 5 << 19, 1 << 20]
