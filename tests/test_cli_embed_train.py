"""``classicnlp embed train``."""

from __future__ import annotations

from pathlib import Path

import pytest

from classicnlp.cli import main
from classicnlp.embed import GloVe, KeyedVectors, Word2Vec
from tests.test_word2vec import small_text


@pytest.fixture
def text(tmp_path: Path) -> Path:
    path = tmp_path / "words.txt"
    path.write_text("".join(" ".join(words) + "\n" for words in small_text()), encoding="utf-8")
    return path


@pytest.mark.parametrize("name", ["words.vectors", "words.bin", "words.vec", "words.txt.gz"])
def test_from_text_to_vectors(
    name: str, text: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = str(tmp_path / name)
    assert main(["embed", "train", "--dimensions", "6", str(text), "--out", out]) == 0
    shown = capsys.readouterr().err
    assert "epoch 5/5  100.0%" in shown
    assert "12 words of 6 dimensions" in shown
    read = KeyedVectors.load if name == "words.vectors" else KeyedVectors.from_file
    vectors = Word2Vec(6).fit(text).vectors_
    back = read(out)
    assert list(back.words) == list(vectors.words)
    assert back.vectors.tobytes() == vectors.vectors.tobytes()


def test_options_reach_the_model(
    text: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out, model = str(tmp_path / "words.vectors"), str(tmp_path / "words.model")
    options = [
        "--method", "cbow", "--hierarchical-softmax", "--window", "3", "--subsample", "0",
        "--subwords", "1-2", "--buckets", "99", "--min-count", "2", "--epochs", "2", "--seed", "7",
        "--learning-rate", "0.05", "--workers", "2", "--deterministic", "--dimensions", "5",
    ]  # fmt: skip
    command = ["embed", "train", *options, "--quiet", "--out", out, "--model", model, str(text)]
    assert main(command) == 0
    assert capsys.readouterr().err == ""
    expected = Word2Vec(
        5, 3, "cbow", "hierarchical-softmax", subsample=0, subwords=(1, 2), buckets=99, min_count=2,
        epochs=2, seed=7, learning_rate=0.05, workers=2, deterministic=True,
    )  # fmt: skip
    assert Word2Vec.load(model).get_params() == expected.get_params()
    fitted = expected.fit(text).vectors_.vectors
    assert KeyedVectors.load(out).vectors.tobytes() == fitted.tobytes()


def test_glove_and_raw_text(tmp_path: Path) -> None:
    path = tmp_path / "raw.txt"
    path.write_text("我来到北京。\n他在北京工作。\n" * 3, encoding="utf-8")
    out, model = str(tmp_path / "words.vectors"), str(tmp_path / "words.model")
    command = ["embed", "train", "--method", "glove", "--segmenter", "pku", "--epochs", "3"]
    assert main([*command, "--out", out, "--model", model, "--quiet", str(path)]) == 0
    assert "北京" in KeyedVectors.load(out)
    assert GloVe.load(model).epochs == 3


@pytest.mark.parametrize(
    ("options", "status", "message"),
    [
        (
            ["--method", "glove", "--negatives", "5"],
            2,
            "--negatives is no option of --method glove",
        ),
        (["--method", "glove", "--hierarchical-softmax"], 2, "is no option of --method glove"),
        (["--subwords", "3-1"], 2, "expected lengths such as 1-3"),
        (["--subwords", "一"], 2, "expected lengths such as 1-3"),
        (["--min-count", "10000"], 1, "no word occurs min_count = 10000 times"),
        (["--learning-rate", "1e30"], 1, "diverged"),
    ],
)
def test_what_goes_wrong_is_said(
    options: list[str],
    status: int,
    message: str,
    text: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    out = tmp_path / "words.vectors"
    assert main(["embed", "train", *options, str(text), "--out", str(out)]) == status
    assert message in capsys.readouterr().err
    assert not out.exists()


def test_a_folder_that_is_not_there_is_told_before_training(text: Path, tmp_path: Path) -> None:
    out = str(tmp_path / "none" / "words.vectors")
    assert main(["embed", "train", str(text), "--out", out]) == 1


def test_an_interrupt_saves_what_was_learnt(
    text: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("classicnlp.cli.embed_train._Lines.__call__", interrupt)
    out = tmp_path / "words.vectors"
    assert main(["embed", "train", str(text), "--out", str(out)]) == 130
    assert "holds what was learnt until then" in capsys.readouterr().err
    assert len(KeyedVectors.load(out)) == 12
