"""``classicnlp embed similar | analogy | evaluate | convert | plot``."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path

import pytest

from classicnlp.cli import main
from classicnlp.embed import KeyedVectors, Word2Vec

Captured = pytest.CaptureFixture[str]

WORDS = ["国王", "王后", "男人", "女人", "苹果", "-5"]
VECTORS = [[5, 1, 0], [5, -1, 0], [1, 4, 0], [1, -4, 0], [0, 0, 3], [-1, 0, 1]]


@pytest.fixture
def vectors() -> KeyedVectors:
    return KeyedVectors(WORDS, VECTORS)


@pytest.fixture
def model(vectors: KeyedVectors, tmp_path: Path) -> str:
    path = tmp_path / "words.vectors"
    vectors.save(path)
    return str(path)


def feed(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    stdin = io.TextIOWrapper(io.BytesIO(text.encode()), encoding="ascii")
    monkeypatch.setattr(sys, "stdin", stdin)


def test_a_line_in_gives_a_line_out(
    model: str, vectors: KeyedVectors, monkeypatch: pytest.MonkeyPatch, capsys: Captured
) -> None:
    feed(monkeypatch, "国王\n\n国王 女人 -男人\n梨\n-5\n")
    assert main(["embed", "similar", "--vectors", model, "-k", "2"]) == 0
    shown = capsys.readouterr()
    lines = shown.out.split("\n")
    assert lines[0] == "王后 0.9231\t男人 0.4281"
    assert lines[2].startswith("王后 ")
    assert (lines[1], lines[3], len(lines)) == ("", "", 6)
    assert lines[4].startswith("苹果 ")
    assert shown.err.startswith("classicnlp: '梨' has no vector")


def test_json_and_restrict(model: str, monkeypatch: pytest.MonkeyPatch, capsys: Captured) -> None:
    feed(monkeypatch, "苹果 -国王\n")
    assert main(["embed", "similar", "--vectors", model, "--json", "--restrict", "2"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["positive"], found["negative"]) == (["苹果"], ["国王"])
    assert [entry["word"] for entry in found["answers"]] == ["王后"]
    feed(monkeypatch, "男人 国王 女人\n")
    arguments = ["embed", "analogy", "--vectors", model, "--json", "-k", "1"]
    assert main(arguments) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["words"] == ["男人", "国王", "女人"]
    assert found["answers"][0]["word"] == "王后"


@pytest.mark.parametrize("method", ["add", "multiply"])
def test_analogies(
    model: str, monkeypatch: pytest.MonkeyPatch, capsys: Captured, method: str
) -> None:
    feed(monkeypatch, "男人 国王 女人\n\n男人 国王 梨\n")
    arguments = ["embed", "analogy", "--vectors", model, "--method", method, "-k", "1"]
    assert main(arguments) == 0
    shown = capsys.readouterr()
    assert shown.out.startswith("王后 ")
    assert shown.out.endswith("\n\n\n")
    assert "'梨' has no vector" in shown.err
    feed(monkeypatch, "男人 国王\n")
    assert main(arguments) == 1
    assert "expected three words" in capsys.readouterr().err


def test_evaluation(model: str, tmp_path: Path, capsys: Captured) -> None:
    pairs, questions = tmp_path / "pairs.txt", tmp_path / "questions.txt"
    pairs.write_text("国王\t王后\t9\n国王\t苹果\t1\n国王\t梨\t3\n", encoding="utf-8")
    questions.write_text(": people\n男人 国王 女人 王后\n", encoding="utf-8")
    arguments = ["embed", "evaluate", "--vectors", model, "--similarity", str(pairs)]
    assert main(arguments) == 0
    assert capsys.readouterr().out.startswith("Spearman                1.0000   2 pairs")
    assert main([*arguments, "--analogies", str(questions), "--json"]) == 0
    figures = json.loads(capsys.readouterr().out)
    assert figures["pairs.txt"] == {"spearman": 1.0, "pairs": 2, "unknown": 1}
    assert figures["questions.txt"]["total"]["accuracy"] == 1.0
    assert main(arguments[:4]) == 2
    assert "--similarity or --analogies" in capsys.readouterr().err


@pytest.mark.parametrize("format", ["word2vec", "word2vec-binary", "glove"])
def test_conversion_there_and_back(
    model: str, vectors: KeyedVectors, tmp_path: Path, capsys: Captured, format: str
) -> None:
    other, back = str(tmp_path / "v.gz"), str(tmp_path / "back.vectors")
    assert main(["embed", "convert", model, other, "--to", format]) == 0
    assert capsys.readouterr().err == f"saved {other}: 6 words, 3 dimensions\n"
    assert main(["embed", "convert", other, back, "--from", format, "--quiet"]) == 0
    assert capsys.readouterr().err == ""
    assert Path(back).read_bytes() == Path(model).read_bytes()
    assert main(["embed", "convert", other, back, "--half", "--limit", "2"]) == 0
    assert repr(KeyedVectors.load(back)) == "<KeyedVectors of 2 words, 3 dimensions of float16>"


def test_what_is_refused(model: str, tmp_path: Path, capsys: Captured) -> None:
    broken = tmp_path / "broken.txt"
    broken.write_text("2 2\na 1 2\na 3 4\n", encoding="utf-8")
    out = str(tmp_path / "out")
    assert main(["embed", "convert", str(broken), out]) == 1
    assert "'a' is there twice" in capsys.readouterr().err
    assert main(["embed", "convert", str(broken), out, "--keep-first"]) == 0
    assert len(KeyedVectors.load(out)) == 1
    assert main(["embed", "convert", str(tmp_path / "none"), out]) == 1
    assert main(["embed", "convert", model, str(tmp_path / "no" / "out")]) == 1
    lexicon = "classicnlp/models/pku.model"
    capsys.readouterr()
    assert main(["embed", "similar", "--vectors", lexicon]) == 1
    assert "holds a pipeline, where a table of word vectors was expected" in capsys.readouterr().err


def test_pictures(
    model: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Captured
) -> None:
    drawn: list[tuple[object, ...]] = []

    def plot(self: KeyedVectors, *arguments: object) -> None:
        drawn.append(arguments)

    monkeypatch.setattr(KeyedVectors, "plot", plot)
    out = str(tmp_path / "words.png")
    feed(monkeypatch, "国王 王后\n苹果 国王\n")
    assert main(["embed", "plot", "--vectors", model, "-o", out, "--groups", "2"]) == 0
    assert capsys.readouterr().err == f"saved {out}\n"
    words, path, font, groups = drawn[0]
    assert (words, path, font) == (["国王", "王后", "苹果"], out, None)
    assert groups in ([0, 0, 1], [1, 1, 0])
    feed(monkeypatch, "梨\n")
    assert main(["embed", "plot", "--vectors", model, "-o", out, "--groups", "1"]) == 1
    assert "'梨' has no vector" in capsys.readouterr().err


def test_info_describes_vectors_and_what_learnt_them(
    model: str, tmp_path: Path, capsys: Captured
) -> None:
    assert main(["info", "--json", model]) == 0
    card = json.loads(capsys.readouterr().out)
    assert (card["kind"], card["words"], card["dimensions"]) == ("table of word vectors", 6, 3)
    learnt = Word2Vec(dimensions=4, min_count=1).fit([["我", "爱", "你"]] * 3)
    learnt.save(tmp_path / "learnt")
    assert main(["info", "--json", str(tmp_path / "learnt")]) == 0
    card = json.loads(capsys.readouterr().out)
    assert (card["kind"], card["words"], card["parameters"]["dimensions"]) == ("word2vec", 3, 4)
