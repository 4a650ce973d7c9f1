"""``classicnlp keywords`` and ``summarize``: what they write and refuse."""

from __future__ import annotations

import io
import json
import lzma
import sys
from pathlib import Path

import pytest

import classicnlp as cn
from classicnlp.cli import main
from classicnlp.extraction import IdfTable, Summarizer

Captured = pytest.CaptureFixture[str]

LEAVES = "植物靠光合作用生长。光合作用需要阳光，阳光充足，光合作用就快。"
CATS = "猫喜欢晒太阳。今天下雨。太阳出来，猫就在窗台上晒太阳。"


@pytest.fixture
def path(tmp_path: Path) -> str:
    path = tmp_path / "documents.txt"
    path.write_text(f"{LEAVES}\n\n{CATS}\n", encoding="utf-8")
    return str(path)


def output(capsys: Captured, *arguments: str) -> str:
    assert main([*arguments]) == 0
    captured = capsys.readouterr()
    assert captured.err == ""
    return captured.out


def failure(capsys: Captured, status: int, *arguments: str) -> str:
    assert main([*arguments]) == status
    captured = capsys.readouterr()
    assert captured.out == ""
    return captured.err


@pytest.mark.parametrize("method", ["tfidf", "textrank", "tf"])
def test_a_line_in_gives_a_line_out(path: str, capsys: Captured, method: str) -> None:
    lines = output(capsys, "keywords", "--method", method, "--k", "3", path).split("\n")
    expected = [[one.word for one in cn.keywords(text, 3, method)] for text in (LEAVES, "", CATS)]  # type: ignore[arg-type]
    assert lines == ["\t".join(words) for words in expected] + [""]


def test_json_has_weights_and_places(path: str, capsys: Captured) -> None:
    first, second, _ = output(capsys, "keywords", "--json", "--k", "1", path).splitlines()
    (best,) = cn.keywords(LEAVES, 1)
    assert json.loads(first) == {
        "keywords": [
            {"word": best.word, "weight": best.weight, "positions": [[3, 7], [10, 14], [24, 28]]}
        ]
    }
    assert json.loads(second) == {"keywords": []}


def test_weights_and_delimiter(path: str, capsys: Captured) -> None:
    line, *_ = output(
        capsys, "keywords", "--weights", "--delimiter", " | ", "--k", "2", "--method", "tf", path
    ).splitlines()
    assert line == "光合作用:0.3333 | 阳光:0.2222"


def test_options_reach_the_extractor(path: str, tmp_path: Path, capsys: Captured) -> None:
    stop = tmp_path / "stop.txt"
    stop.write_text("光合作用\n\n", encoding="utf-8")
    first = output(capsys, "keywords", "--more-stop-words", str(stop), path).splitlines()[0]
    assert "光合作用" not in first
    assert "阳光" in first
    alone = output(capsys, "keywords", "--stop-words", str(stop), "--min-length", "1", path)
    assert "就" in alone
    assert "光合作用" not in alone
    nouns = output(capsys, "keywords", "--tags", "n,nz", "--no-phrases", path).splitlines()[0]
    assert "需要" not in nouns
    long = output(capsys, "keywords", "--min-length", "4", path).splitlines()[0]
    assert long == "光合作用"


def test_a_document_may_be_a_file_or_a_field(tmp_path: Path, capsys: Captured) -> None:
    packed = tmp_path / "a.txt.xz"
    packed.write_bytes(lzma.compress(LEAVES.replace("。", "。\n").encode()))
    whole = output(capsys, "keywords", "--document", "file", "--k", "1", str(packed), str(packed))
    assert whole == "光合作用\n光合作用\n"
    objects = tmp_path / "a.jsonl"
    rows = [{"id": 1, "body": LEAVES}, {"body": ""}]
    objects.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    found = output(capsys, "keywords", "--field", "body", "--k", "1", str(objects))
    assert found == "光合作用\n\n"
    message = failure(capsys, 1, "keywords", "--field", "id", str(objects))
    assert "a.jsonl:1: expected text in the field 'id', got int" in message
    message = failure(capsys, 1, "keywords", "--field", "title", str(objects))
    assert "got nothing" in message


def test_standard_input_is_read(capsys: Captured, monkeypatch: pytest.MonkeyPatch) -> None:
    for arguments, expected in (
        (["keywords", "--k", "1"], "光合作用\n"),
        (["summarize", "--sentences", "1"], f"{Summarizer().summarize(LEAVES, 1)[0].text}\n\n"),
    ):
        stdin = io.TextIOWrapper(io.BytesIO(LEAVES.encode()), encoding="ascii")
        monkeypatch.setattr(sys, "stdin", stdin)
        assert output(capsys, *arguments) == expected


def test_how_rare_words_are_is_counted_and_used(
    path: str, tmp_path: Path, capsys: Captured
) -> None:
    table, lines = tmp_path / "mine.model", tmp_path / "mine.txt"
    assert output(capsys, "keywords", "--quiet", "--save-idf", str(table), path) == ""
    assert IdfTable.load(table) == IdfTable.from_documents([LEAVES, "", CATS])
    lines.write_text("光合作用 0.1\n阳光 9\n", encoding="utf-8")
    assert output(capsys, "keywords", "--idf", str(table), "--k", "1", path)
    ranked = output(capsys, "keywords", "--idf", str(lines), "--k", "1", path).splitlines()
    assert ranked[0] == "阳光"
    assert main(["keywords", "--save-idf", str(table), path]) == 0
    assert (
        capsys.readouterr().err
        == f"saved {table}: {len(IdfTable.load(table))} words in 3 documents\n"
    )


def test_a_summary_is_sentences_in_lines(path: str, tmp_path: Path, capsys: Captured) -> None:
    found = output(capsys, "summarize", "--sentences", "2", "--document", "line", path)
    # The document without sentences leaves a blank line alone.
    assert found.endswith("。\n\n\n猫喜欢晒太阳。\n太阳出来，猫就在窗台上晒太阳。\n\n")
    rows = output(capsys, "summarize", "--json", "--document", "line", path).splitlines()
    assert [len(json.loads(row)["sentences"]) for row in rows] == [2, 0, 3]
    assert json.loads(rows[2])["sentences"][1]["start"] == 7
    target = tmp_path / "out.txt"
    assert output(capsys, "summarize", "-o", str(target), path) == ""
    assert len(target.read_text("utf-8").splitlines()) == 4


@pytest.mark.parametrize(
    ("status", "arguments"),
    [
        (2, ["--method", "bm25"]),
        (2, ["--k", "0"]),
        (2, ["--method", "tf", "--idf", "x.txt"]),
        (2, ["--document", "file", "--field", "body"]),
        (1, ["--tags", "NN"]),
        (1, ["--idf", "nowhere.txt"]),
        (1, ["--save-idf", "nowhere/mine.model"]),
        (1, ["--model", "nowhere"]),
    ],
)
def test_what_cannot_be_done_is_said(
    path: str, capsys: Captured, status: int, arguments: list[str]
) -> None:
    assert failure(capsys, status, "keywords", *arguments, path)


def test_info_describes_a_table_of_rarity(path: str, tmp_path: Path, capsys: Captured) -> None:
    table = str(tmp_path / "idf.model")
    assert main(["keywords", "--save-idf", table, "--quiet", path]) == 0
    capsys.readouterr()
    card = json.loads(output(capsys, "info", "--json", table))
    assert (card["kind"], card["documents"]) == ("idf table", 3)
    assert card["words"] == len(IdfTable.load(table))
