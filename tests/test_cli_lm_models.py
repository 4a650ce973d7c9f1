"""``classicnlp lm train | score | perplexity | generate``."""

from __future__ import annotations

import gzip
import json
import lzma
from pathlib import Path

import pytest

from classicnlp.cli import main
from classicnlp.lm import NgramModel

LINES = ["我 爱 北京", "我 爱 你", "", "北京 很 大"]


@pytest.fixture
def text(tmp_path: Path) -> Path:
    path = tmp_path / "words.txt"
    path.write_text("\n".join(LINES) + "\n", encoding="utf-8")
    return path


@pytest.mark.parametrize("name", ["words.lm", "words.arpa", "words.arpa.gz"])
def test_from_text_to_scores(
    name: str, text: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = str(tmp_path / name)
    assert main(["lm", "train", "--order", "2", str(text), "--out", out]) == 0
    assert "saved" in capsys.readouterr().err
    model = NgramModel(order=2).fit(LINES)
    assert main(["lm", "score", "--model", out, str(text)]) == 0
    scores = [float(line) for line in capsys.readouterr().out.split()]
    assert scores == pytest.approx(model.score_batch(LINES).tolist(), abs=1e-5)
    assert main(["lm", "score", "--model", out, "--json", str(text)]) == 0
    rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [len(row["log_probs"]) for row in rows] == [4, 4, 1, 4]
    assert rows[0]["lengths"] == [2, 2, 2, 2]
    assert main(["lm", "perplexity", "--model", out, "--json", str(text)]) == 0
    assert json.loads(capsys.readouterr().out)["perplexity"] == model.perplexity(LINES)
    assert main(["lm", "perplexity", "--model", out, str(text)]) == 0
    assert capsys.readouterr().out.startswith("perplexity ")


@pytest.mark.parametrize("suffix", ["", ".gz", ".xz"])
def test_threads_memory_and_compression_do_not_show(
    suffix: str, text: Path, tmp_path: Path
) -> None:
    opened = {"": open, ".gz": gzip.open, ".xz": lzma.open}[suffix]
    packed = tmp_path / f"packed{suffix}"
    with opened(packed, "wt", encoding="utf-8") as file:  # type: ignore[operator]
        file.write(text.read_text(encoding="utf-8"))
    for name, options in (("one", []), ("other", ["--workers", "2", "--memory", "1M"])):
        assert (
            main(["lm", "train", "--quiet", str(packed), "--out", str(tmp_path / name), *options])
            == 0
        )
    assert (tmp_path / "one").read_bytes() == (tmp_path / "other").read_bytes()
    assert main(["lm", "perplexity", "--quiet", "--model", str(tmp_path / "one"), str(packed)]) == 0


def test_info_says_what_a_model_holds(
    text: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    model, counts = str(tmp_path / "words.lm"), str(tmp_path / "words.counts")
    assert main(["lm", "train", "--quiet", "--order", "2", str(text), "--out", model]) == 0
    assert main(["lm", "count", "--quiet", "--order", "1-2", str(text), "--save", counts]) == 0
    assert main(["info", "--json", model]) == 0
    card = json.loads(capsys.readouterr().out)
    assert card["kind"] == "n-gram model"
    assert card["words"] == card["n-grams"]["order 1"] == 9
    assert card["parameters"]["smoothing"] == "kneser-ney"
    assert list(card["trained on"]) == [text.name]
    assert main(["info", counts]) == 0
    shown = capsys.readouterr().out
    assert "n-gram counts" in shown
    assert "order 2" in shown


def test_generated_sentences(
    text: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = str(tmp_path / "characters.lm")
    train = ["lm", "train", "--unit", "char", "--quiet", "--smoothing", "witten-bell"]
    assert main([*train, str(text), "--out", out]) == 0
    assert main(["lm", "generate", "--model", out, "--count", "3", "--begin", "我"]) == 0
    shown = capsys.readouterr()
    assert shown.err == ""
    assert [line[0] for line in shown.out.splitlines()] == ["我"] * 3
    assert " " not in shown.out


def test_weights_from_held_out_text_cutoffs_and_pruning(text: Path, tmp_path: Path) -> None:
    out = str(tmp_path / "words.lm")
    train = ["lm", "train", "--quiet", str(text), "--out", out]
    learnt = ["--smoothing", "jelinek-mercer", "--held-out", str(text)]
    for options in (learnt, ["--smoothing", "jelinek-mercer", "--weights", "0.9,0.5,0.1"]):
        assert main([*train[:3], *train[3:], *options]) == 0
        assert NgramModel.load(out).weights_ is not None
    assert main([*train, "--cutoffs", "0,1", "--min-count", "2", "--prune", "0.001"]) == 0
    assert NgramModel.load(out).sizes_[0] == 6


@pytest.mark.parametrize(
    "options",
    [
        ["--order", "0"], ["--cutoffs", "2,1"], ["--weights", "1.5"], ["--smoothing", "none"],
        ["--smoothing", "add-k", "--out", "words.arpa"], ["--held-out", "words.txt"],
    ],
)  # fmt: skip
def test_wrong_usage(options: list[str], text: Path) -> None:
    assert main(["lm", "train", str(text), "--out", "never.lm", *options]) == 2
    assert not Path("never.lm").exists()


def test_data_that_cannot_be_used(text: Path, tmp_path: Path) -> None:
    missing = str(tmp_path / "nothing")
    assert main(["lm", "train", missing, "--out", str(tmp_path / "words.lm")]) == 1
    assert main(["lm", "train", str(text), "--out", str(tmp_path / "no" / "words.lm")]) == 1
    assert main(["lm", "score", "--model", missing, str(text)]) == 1
    assert main(["lm", "perplexity", "--model", str(text), str(text)]) == 1
    assert list(tmp_path.iterdir()) == [text]
