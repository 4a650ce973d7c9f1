"""``classicnlp vectorize`` and ``classicnlp classify``: what they write and refuse."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path

import numpy as np
import pytest
from scipy import sparse

import classicnlp as cn
from classicnlp.cli import main
from classicnlp.vectorize import CountVectorizer, DocumentClassifier, TfidfVectorizer

Captured = pytest.CaptureFixture[str]

TEXTS = ["我爱北京天安门", "", "北京大学在北京", "iPhone，IPHONE"]


@pytest.fixture
def path(tmp_path: Path) -> str:
    path = tmp_path / "texts.txt"
    path.write_text("\n".join(TEXTS) + "\n", encoding="utf-8")
    return str(path)


def matrix(out: Path, *arguments: str) -> np.ndarray:
    assert main(["vectorize", "-o", str(out), *arguments]) == 0
    return sparse.load_npz(out).toarray()


def test_a_line_is_a_row(path: str, tmp_path: Path, capsys: Captured) -> None:
    out, features = tmp_path / "texts.npz", tmp_path / "features.txt"
    found = matrix(out, path, "--vocabulary", str(features))
    vectorizer = TfidfVectorizer()
    assert found.tolist() == vectorizer.fit_transform(TEXTS).toarray().tolist()
    names = features.read_text(encoding="utf-8").splitlines()
    assert names == vectorizer.get_feature_names_out().tolist()
    rows, columns = found.shape
    assert capsys.readouterr() == ("", f"saved {out}: {rows} x {columns}\n")
    assert matrix(out, path, "--quiet", "--method", "count").sum() == (
        CountVectorizer().fit_transform(TEXTS).sum()
    )
    assert capsys.readouterr() == ("", "")


def test_options_of_features(path: str, tmp_path: Path) -> None:
    stop_words = tmp_path / "stop.txt"
    stop_words.write_text("在\n\n", encoding="utf-8")
    out = tmp_path / "out.npz"
    options = ["--ngrams", "1-2", "--min-df", "2", "--max-df", "0.9", "--max-features", "5"]
    found = matrix(out, path, "--stop-words", str(stop_words), *options, "--workers", "2")
    expected = TfidfVectorizer(
        ngram_range=(1, 2), min_df=2, max_df=0.9, max_features=5, stop_words=["在"]
    )
    assert found.tolist() == expected.fit_transform(TEXTS).toarray().tolist()
    found = matrix(out, path, "--unit", "char", "--ngrams", "2", "--method", "hash")
    assert found.shape == (4, 1 << 20)
    assert (found[3] != 0).sum() == len(["ip", "ph", "ho", "on", "ne", "e，", "，i"])


def test_what_was_learnt_is_used_again(path: str, tmp_path: Path, capsys: Captured) -> None:
    out, model = tmp_path / "out.npz", tmp_path / "vectors.model"
    for method in ("tfidf", "count"):
        found = matrix(out, path, "--method", method, "--save", str(model))
        assert main(["info", str(model)]) == 0
        assert f"{method} vectorizer" in capsys.readouterr().out
        assert matrix(out, path, "--use", str(model)).tolist() == found.tolist()


def test_documents_in_files_and_fields(
    path: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "out.npz"
    assert matrix(out, path, path, "--document", "file", "--method", "count").shape[0] == 2
    lines = "\n".join(json.dumps({"text": text, "n": 1}) for text in TEXTS)
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(lines.encode())))
    found = matrix(out, "--field", "text")
    assert found.tolist() == TfidfVectorizer().fit_transform(TEXTS).toarray().tolist()


@pytest.mark.parametrize(
    ("arguments", "status", "message"),
    [
        (["--ngrams", "2-1"], 2, "expected a number or a range such as 1-2"),
        (["--min-df", "0"], 2, "expected a number of documents from 1 on"),
        (["--max-df", "1.5"], 2, "expected a number of documents from 1 on"),
        (["--method", "hash", "--vocabulary", "v.txt"], 2, "it has no vocabulary to write"),
        (["--method", "hash", "--min-df", "2"], 2, "takes no --min-df"),
        (["--document", "file", "--field", "text"], 2, "not allowed with argument"),
        (["--use", "x.model", "--ngrams", "2"], 2, "leave the options of features out"),
        (["--use", "no.model"], 1, "no.model: No such file"),
        (["none.txt"], 1, "none.txt: No such file"),
        (["--stop-words", "none.txt"], 1, "none.txt: No such file"),
        (["--min-df", "99"], 1, "max_df=1.0 means fewer documents than min_df=99"),
        (["--field", "text"], 1, "not JSON"),
        (["--save", "no/such/folder/x"], 1, "folder: No such file"),
    ],
)
def test_what_vectorize_refuses(
    path: str, tmp_path: Path, capsys: Captured, arguments: list[str], status: int, message: str
) -> None:
    out = tmp_path / "out.npz"
    files = [] if "none.txt" in arguments[:1] else [path]
    assert main(["vectorize", "-o", str(out), *files, *arguments]) == status
    assert message in capsys.readouterr().err
    assert not out.exists()


def test_fields_that_are_not_there(tmp_path: Path, capsys: Captured) -> None:
    path = tmp_path / "texts.jsonl"
    path.write_text('{"text": "我"}\n{"text": 3}\n', encoding="utf-8")
    for field, message in (("text", ":2: expected text"), ("words", ":1: expected text")):
        assert main(["vectorize", "-o", str(tmp_path / "x"), str(path), "--field", field]) == 1
        assert message in capsys.readouterr().err


# --- classes ---------------------------------------------------------------------------------

LABELLED = [("球队赢了比赛", "体育"), ("股市今天上涨", "财经"), ("球员进球了", "体育"),
            ("银行降低利率", "财经")] * 5  # fmt: skip


@pytest.fixture
def titles(tmp_path: Path) -> str:
    path = tmp_path / "titles.tsv"
    lines = "".join(f"{text}\t{label}\n" for text, label in LABELLED)
    path.write_text(lines, encoding="utf-8")
    return str(path)


def test_learning_and_telling_classes(titles: str, tmp_path: Path, capsys: Captured) -> None:
    pytest.importorskip("sklearn")
    model, texts = str(tmp_path / "titles.model"), tmp_path / "new.txt"
    texts.write_text("球队进球\n银行和股市\n\n", encoding="utf-8")
    options = ["--train", titles, "--percentile", "100", "--dev-fraction", "0.2", "--out", model]
    assert main(["classify", "train", *options]) == 0
    captured = capsys.readouterr()
    assert captured.out == "accuracy 1.0000\n"
    assert "16 documents to train on, 4 to measure on" in captured.err
    assert main(["info", "--json", model]) == 0
    card = json.loads(capsys.readouterr().out)
    assert card["classes"] == "体育 财经"
    assert card["figures"] == {"accuracy": 1.0}
    assert main(["classify", "predict", "--model", model, str(texts)]) == 0
    assert capsys.readouterr().out.splitlines()[:2] == ["体育", "财经"]
    assert main(["classify", "predict", "--model", model, "--json", str(texts)]) == 0
    found = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [answer["class"] for answer in found[:2]] == ["体育", "财经"]
    assert found[0]["scores"]["体育"] == -found[0]["scores"]["财经"] > 0
    assert len(found) == 3
    assert main(["classify", "train", *options, "--json", "--quiet"]) == 0
    assert json.loads(capsys.readouterr().out) == {"accuracy": 1.0}


@pytest.mark.parametrize("format", ["csv", "jsonl"])
def test_other_formats(format: str, titles: str, tmp_path: Path) -> None:
    pytest.importorskip("sklearn")
    path, models = tmp_path / f"titles.{format}", [tmp_path / "a.model", tmp_path / "b.model"]
    if format == "csv":
        rows = "".join(f'1,{label},"{text}"\n' for text, label in LABELLED)
        path.write_text("\ufeffid,cat,review\n" + rows, encoding="utf-8")
    else:
        lines = [json.dumps({"cat": label, "review": text}) for text, label in LABELLED]
        path.write_text("\n".join(lines), encoding="utf-8")
    options = ["classify", "train", "--percentile", "100", "--char-ngrams", "none", "--quiet"]
    assert main([*options, "--train", titles, "--out", str(models[0])]) == 0
    naming = ["--format", format, "--text", "review", "--label", "cat"]
    assert main([*options, *naming, "--train", str(path), "--out", str(models[1])]) == 0
    first, second = map(DocumentClassifier.load, models)
    assert (first._weights == second._weights).all()
    assert first.classes_ == ("体育", "财经")


@pytest.mark.parametrize(
    ("format", "text", "arguments", "status", "message"),
    [
        ("tsv", "我\n", [], 1, ":1: expected at least 2 columns, got 1"),
        ("tsv", "我\ta\n", ["--label", "cat"], 2, "columns by number, from 1 on; got 'cat'"),
        ("tsv", "我\ta\n", [], 1, "at least two classes, got 1"),
        ("tsv", "", [], 1, "there are no words in it"),
        ("csv", "a,b\n", [], 1, "no column 'text' in the header: a, b"),
        ("csv", "text,label\n我\n", [], 1, ":2: expected 2 columns, got 1"),
        ("jsonl", '{"text": "我"}', [], 1, "expected text in the field 'label', got nothing"),
    ],
)
def test_what_training_refuses(
    tmp_path: Path, capsys: Captured, format: str, text: str, arguments: list[str], status: int,
    message: str,
) -> None:  # fmt: skip
    path, model = tmp_path / "titles", tmp_path / "x.model"
    path.write_text(text, encoding="utf-8")
    options = ["--train", str(path), "--format", format, "--out", str(model), *arguments]
    assert main(["classify", "train", *options]) == status
    assert message in capsys.readouterr().err
    assert not model.exists()


def test_without_scikit_learn(
    titles: str, tmp_path: Path, capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "sklearn.svm", None)
    assert main(["classify", "train", "--train", titles, "--out", str(tmp_path / "x")]) == 2
    assert "pip install 'classicnlp[sklearn]'" in capsys.readouterr().err


def test_a_model_of_another_kind(titles: str, tmp_path: Path, capsys: Captured) -> None:
    path = tmp_path / "lexicon.model"
    cn.Lexicon(["我"]).save(path)
    assert main(["classify", "predict", "--model", str(path), titles]) == 1
    assert "where a document classifier was expected" in capsys.readouterr().err
