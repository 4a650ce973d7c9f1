"""The command line for taggers of sequences and finders of names, with real models of corpora/."""

from __future__ import annotations

import io
import json
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from classicnlp import Lexicon, Pipeline
from classicnlp.cli import main
from classicnlp.corpus import read_entities, read_labelled
from classicnlp.segmentation import CharSegmenter
from classicnlp.tagging import EntityChunker, PosTagger, restoring
from classicnlp.tagging.crf import CRFTagger
from classicnlp.tagging.names import EntityTagger
from tests.conftest import CORPORA

Captured = pytest.CaptureFixture[bytes]
Feed = Callable[[str], None]

NEWS = str(CORPORA / "tagged" / "news.txt")
FAST = ["--quiet", "--l2", "0.1", "--epochs", "3"]
CRF = [*FAST, "--algorithm", "crf", "--max-iterations", "3"]


@pytest.fixture
def feed(monkeypatch: pytest.MonkeyPatch) -> Feed:
    def put(text: str) -> None:
        data = io.BytesIO(text.encode())
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(data, encoding="ascii"))

    return put


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with small files in several formats, and a model of each kind."""
    folder = tmp_path_factory.mktemp("models")
    columns = "北 n B-LOC\n京 n I-LOC\n\n我 v O\n在 p O\n上 n B-LOC\n海 n I-LOC\n"
    (folder / "two.txt").write_text(columns, encoding="utf-8")
    (folder / "one.txt").write_text(columns.replace(" n", "").replace(" v", "").replace(" p", ""))
    (folder / "suite.txt").write_text("B\tc=北\tb:2\nI\tc=京\n\nO\tc=我\n", encoding="utf-8")
    for name, options in {
        "words": ["tagger", "--train", NEWS, "--format", "slash", *CRF],
        "columns": ["tagger", "--train", f"{folder}/two.txt", "--format", "columns", *CRF],
        "suite": ["tagger", "--train", f"{folder}/suite.txt", "--format", "crfsuite", *CRF],
        "names": ["ner", "--train", NEWS, "--format", "slash", *CRF],
        "pos": ["tagger", "--train", NEWS, "--format", "slash", "--epochs", "2", "--quiet"],
    }.items():
        assert main(["train", *options, "--out", f"{folder}/{name}"]) == 0
    Lexicon(["我"]).save(folder / "lexicon")
    sentences = [[("我", "r"), ("在", "p"), ("北", "n"), ("京", "n")]] * 5
    cut = Pipeline(
        CharSegmenter(epochs=3).fit(
            [[word for word, _ in words] for words in sentences], lexicons=[]
        ),
        PosTagger(epochs=3).fit(sentences),
    )
    cut.save(folder / "cut")
    chunker = EntityChunker(epochs=3).fit(sentences, [[(2, 4, "ns")]] * 5)
    cut.with_chunker(chunker).save(folder / "pipeline")
    return folder


def run(capsysbinary: Captured, *arguments: str) -> tuple[int, str, str]:
    status = main(list(arguments))
    output, errors = capsysbinary.readouterr()
    return status, output.decode(), errors.decode()


def output_of(capsysbinary: Captured, *arguments: str) -> str:
    status, output, errors = run(capsysbinary, *arguments)
    assert (status, errors) == (0, "")
    return output


def failure_of(capsysbinary: Captured, *arguments: str, status: int = 1) -> str:
    found, output, errors = run(capsysbinary, *arguments)
    assert (found, output, errors.count("\n")) == (status, "", 1)
    return errors.removeprefix("classicnlp: ")


# Training


def test_train_tagger_saves_what_the_library_would(folder: Path) -> None:
    X, y = zip(*read_labelled(NEWS, "slash"), strict=True)
    expected = CRFTagger(l2=0.1, epochs=3, max_iterations=3).fit(X, y)
    tagger = restoring.load(folder / "words")
    assert isinstance(tagger, CRFTagger)
    assert tagger.get_params() == expected.get_params()
    assert tagger.predict(X) == expected.predict(X)
    assert isinstance(restoring.load(folder / "pos"), PosTagger)


def test_train_ner_saves_what_the_library_would(folder: Path) -> None:
    texts, spans = zip(*read_entities(NEWS, "slash"), strict=True)
    inner = CRFTagger(features="names", l2=0.1, epochs=3, max_iterations=3)
    expected = EntityTagger(inner).fit(texts, spans)
    tagger = restoring.load(folder / "names")
    assert isinstance(tagger, EntityTagger)
    assert tagger.entities_batch(texts) == expected.entities_batch(texts)


def test_dev_figures_are_printed_and_kept(tmp_path: Path, capsysbinary: Captured) -> None:
    out = str(tmp_path / "my.model")
    common = ["--train", NEWS, "--dev-fraction", "0.2", "--out", out, "--format", "slash", *CRF[1:]]
    status, output, errors = run(capsysbinary, "train", "tagger", *common, "--json")
    assert status == 0
    accuracy = json.loads(output)["accuracy"]
    assert errors.splitlines()[0] == "50 sentences to train on, 13 to measure on"
    assert errors.splitlines()[1].startswith("step 1/6  ")
    assert errors.splitlines()[-1] == f"saved {out}"
    card = json.loads(output_of(capsysbinary, "info", out, "--json"))
    assert card["figures"] == {"tag accuracy": round(accuracy, 4)}
    assert card["trained on"].keys() == {"news.txt"}
    status, output, _ = run(capsysbinary, "train", "ner", *common)
    assert (status, output.split("\n")[0][:19]) == (0, "precision, entities")
    assert "recall, unknown" in output
    card = json.loads(output_of(capsysbinary, "info", out, "--json"))
    assert card["figures"].keys() == {"entity F1", "precision", "recall"}


def test_options_reach_the_tagger(tmp_path: Path, capsysbinary: Captured) -> None:
    template = tmp_path / "template"
    template.write_text("\ufeffU00:%x[0,0]\r\nU01:%x[-1,0]/%x[0,0]\r\nB\r\n", encoding="utf-8")
    out = str(tmp_path / "my.model")
    common = ["train", "tagger", "--train", NEWS, "--format", "slash", "--out", out, "--quiet"]
    crf = [*common, "--algorithm", "crf", "--template", str(template), "--l1", "0.1", "--l2", "0.3"]
    more = ["--min-count", "2", "--max-iterations", "2", "--epochs", "1", "--seed", "5"]
    assert output_of(capsysbinary, *crf, *more, "--workers", "2", "--set", "rate=0.25") == ""
    params = restoring.load(out).get_params()
    expected = {
        "features": "U00:%x[0,0]\nU01:%x[-1,0]/%x[0,0]\nB",
        "l1": 0.1, "l2": 0.3, "min_count": 2, "max_iterations": 2, "epochs": 1, "seed": 5,
        "rate": 0.25,
    }  # fmt: skip
    assert expected.items() <= params.items()
    assert output_of(capsysbinary, *common, "--algorithm", "hmm", "--order", "2") == ""
    assert restoring.load(out).get_params()["order"] == 2
    perceptron = [*common, "--algorithm", "perceptron", "--features", "words", "--epochs", "2"]
    assert output_of(capsysbinary, *perceptron) == ""
    assert restoring.load(out).get_params()["epochs"] == 2
    # The tagger of words takes other formats, too.
    assert output_of(capsysbinary, *common, "--epochs", "1", "--set", "margin=5") == ""
    assert restoring.load(out).get_params()["margin"] == 5


@pytest.mark.parametrize("algorithm", ["crf", "perceptron", "hmm"])
def test_names_by_any_algorithm(tmp_path: Path, capsysbinary: Captured, algorithm: str) -> None:
    out = str(tmp_path / "my.model")
    data = ["--train", NEWS, "--format", "slash", "--model-scheme", "BIO", "--out", out, "--quiet"]
    assert output_of(capsysbinary, "train", "ner", "--algorithm", algorithm, *data) == ""
    evaluate = ["evaluate", "ner", "--model", out, "--gold", NEWS, "--format", "slash", "--json"]
    assert json.loads(output_of(capsysbinary, *evaluate))["f1"] > 0.3


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--algorithm", "hmm", "--l2", "1"], "--l2 is no option of --algorithm hmm"),
        (["--algorithm", "crf", "--order", "2"], "--order is no option of --algorithm crf"),
        (["--l1", "2"], "--l1 is no option of --algorithm pos"),
        (["--template", NEWS], "--template is no option of --algorithm pos"),
        (["--features", "words"], "--features is no option of --algorithm pos"),
        (["--scheme", "BIO"], "--scheme is no option of --algorithm pos"),
        (["--algorithm", "crf", "--set", "x=1"], "--set x: --algorithm crf has features, min_"),
        (["--algorithm", "crf", "--segmenter", "pku"], "--segmenter goes with --algorithm pos"),
    ],
)
def test_options_that_do_not_go_together(
    tmp_path: Path, capsysbinary: Captured, options: list[str], message: str
) -> None:
    out = tmp_path / "my.model"
    common = ["train", "tagger", "--train", NEWS, "--format", "slash", "--out", str(out)]
    assert failure_of(capsysbinary, *common, *options, status=2).startswith(message)
    assert not out.exists()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--l2", "-1"], "expected a number from 0 on, got '-1'"),
        (["--l1", "nan"], "expected a number from 0 on, got 'nan'"),
        (["--set", "x"], "expected NAME=VALUE such as rate=0.3, got 'x'"),
        (["--order", "3"], "invalid choice: 3"),
        (["--features", "none"], "invalid choice: 'none'"),
        (["--features", "auto", "--template", "x"], "not allowed with argument"),
    ],
)
def test_wrong_usage(capsysbinary: Captured, options: list[str], message: str) -> None:
    common = ["train", "ner", "--train", NEWS, "--format", "slash", "--out", "x"]
    status, _, errors = run(capsysbinary, *common, *options)
    assert status == 2
    assert message in errors


def test_words_only_for_the_tagger_of_words(folder: Path, capsysbinary: Captured) -> None:
    for name, form in (("two.txt", "columns"), ("suite.txt", "crfsuite")):
        train = ["--train", f"{folder}/{name}", "--format", form, "--out", f"{folder}/x"]
        message = failure_of(capsysbinary, "train", "tagger", "--quiet", *train, status=2)
        assert message.startswith("--algorithm pos tags words")


@pytest.mark.parametrize(
    ("content", "place", "message"),
    [
        (b"", "", "there are no words in it"),
        (b"\n \n", "", "there are no words in it"),
        ("北 B-LOC\n京\n".encode(), ":2", "expected 2 columns as in the first line, got 1"),
        ("北\n京\n".encode(), ":1", "expected a token and a label, got one column"),
        ("我 O\n北 X-LOC\n".encode(), ":2", "label 'X-LOC' is not BIO"),
        (b"\xff\xfe\x17S", ":1", "not UTF-8"),
    ],
)
def test_files_that_cannot_be_learnt_from(
    tmp_path: Path, capsysbinary: Captured, content: bytes, place: str, message: str
) -> None:
    path = tmp_path / "train.txt"
    path.write_bytes(content)
    out = ["--format", "columns", "--out", str(tmp_path / "my.model")]
    errors = failure_of(capsysbinary, "train", "ner", "--train", str(path), *out)
    assert errors.startswith(f"{path}{place}: {message}")


def test_line_ends_marks_and_schemes_make_no_difference(
    tmp_path: Path, capsysbinary: Captured
) -> None:
    answers = set()
    for content in (
        "在 O\n北 B-LOC\n京 I-LOC\n",
        "\ufeff在\tO\r\n北\tB-LOC\r\n京\tI-LOC\r\n\r\n\r\n",
        "在 O\n北 B-LOC\n京 E-LOC",
        "在 O\n北 B-LOC\n京 L-LOC\n\n",
    ):
        path, out = tmp_path / "train.txt", tmp_path / "my.model"
        path.write_bytes(content.encode())
        train = ["--train", str(path), "--format", "columns", "--out", str(out), *FAST]
        assert output_of(capsysbinary, "train", "ner", *train) == ""
        tagger = restoring.load(out)
        assert isinstance(tagger, EntityTagger)
        parameters, arrays = tagger.to_store()
        answers.add(json.dumps(parameters) + str({n: a.tobytes() for n, a in arrays.items()}))
    assert len(answers) == 1


def test_the_model_is_a_file_in_a_folder_that_is_there(
    tmp_path: Path, capsysbinary: Captured
) -> None:
    common = ["train", "ner", "--train", NEWS, "--format", "slash", "--out"]
    assert "Is a directory: name a file" in failure_of(capsysbinary, *common, str(tmp_path))
    missing = str(tmp_path / "no" / "my.model")
    assert "No such file or directory" in failure_of(capsysbinary, *common, missing)


def test_training_twice_gives_the_same_bytes(folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "again"
    train = ["train", "ner", "--train", NEWS, "--format", "slash", *CRF, "--out", str(out)]
    assert main([*train, "--workers", "1"]) == 0
    first = out.read_bytes()
    assert main([*train, "--workers", "1"]) == 0
    assert out.read_bytes() == first


def test_ctrl_c_saves_what_was_learnt(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsysbinary: Captured
) -> None:
    out = str(tmp_path / "my.model")
    fit = CRFTagger.fit

    def interrupted(self: CRFTagger, X: Any, y: Any, dev: Any = None, progress: Any = None) -> Any:
        def stop(step: int, most: int, message: str) -> None:
            if step == 2:
                raise KeyboardInterrupt

        return fit(self, X, y, dev, stop)

    monkeypatch.setattr(CRFTagger, "fit", interrupted)
    common = ["--train", NEWS, "--format", "slash", "--out", out, *FAST]
    for kind in (["tagger", "--algorithm", "crf"], ["ner"]):
        message = failure_of(capsysbinary, "train", *kind, *common, status=130)
        assert message == f"interrupted: {out} holds what was learnt until then\n"
        evaluate = [kind[0].replace("tagger", "tag"), "--gold", NEWS, "--format", "slash"]
        assert output_of(capsysbinary, "evaluate", *evaluate, "--model", out)


def test_ctrl_c_before_anything_was_learnt(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsysbinary: Captured
) -> None:
    def interrupted(*arguments: Any, **options: Any) -> None:
        raise KeyboardInterrupt

    for tagger in (CRFTagger, PosTagger):
        monkeypatch.setattr(tagger, "fit", interrupted)
    out = tmp_path / "my.model"
    common = ["--train", NEWS, "--format", "slash", "--out", str(out), *FAST[:1]]
    for kind in (["tagger", "--algorithm", "crf"], ["tagger"], ["ner"]):
        message = failure_of(capsysbinary, "train", *kind, *common, status=130)
        assert message == "interrupted before anything was learnt\n"
        assert not out.exists()


def test_a_real_ctrl_c(tmp_path: Path) -> None:
    out = tmp_path / "my.model"
    command = ["train", "ner", "--train", NEWS, "--format", "slash", "--set", "tolerance=0"]
    more = ["--max-iterations", "1000000", "--out", str(out)]
    program = "import sys; from classicnlp.cli import main; sys.exit(main())"
    process = subprocess.Popen(
        [sys.executable, "-c", program, *command, *more], stderr=subprocess.PIPE, text=True
    )
    assert process.stderr is not None
    for line in process.stderr:
        if line.startswith("step 2/"):
            break
    process.send_signal(signal.SIGINT)
    rest = process.stderr.read()
    process.stderr.close()
    assert process.wait(60) == 130
    assert rest.endswith(f"interrupted: {out} holds what was learnt until then\n")
    assert isinstance(restoring.load(out), EntityTagger)


# Labels for tokens


def test_lines_of_words(folder: Path, feed: Feed, capsysbinary: Captured) -> None:
    text = "我们 在  北京\t工作 。\n\n 好 \n"
    tagger = restoring.load(folder / "words")
    assert isinstance(tagger, CRFTagger)
    words = [["我们", "在", "北京", "工作", "。"], [], ["好"]]
    lines = [
        " ".join(f"{word}/{label}" for word, label in zip(own, labels, strict=True))
        for own, labels in zip(words, tagger.predict(words), strict=True)
    ]
    command = ["tag", "--model", str(folder / "words")]
    for form in (["--pretokenized"], ["--format", "words"]):
        feed(text)
        assert output_of(capsysbinary, *command, *form).splitlines() == lines
    feed(text)
    options = ["--pretokenized", "--delimiter", "|", "--tag-delimiter", "_"]
    expected = [line.replace(" ", "|").replace("/", "_") for line in lines]
    assert output_of(capsysbinary, *command, *options).splitlines() == expected
    feed(text)
    rows = [
        json.loads(line) for line in output_of(capsysbinary, *command, "--json", *form).splitlines()
    ]
    assert [row["text"] for row in rows] == text.splitlines()
    for row, own in zip(rows, words, strict=True):
        assert [row["text"][t["start"] : t["end"]] for t in row["tokens"]] == own
        assert [t["text"] + "/" + t["tag"] for t in row["tokens"]] == lines[rows.index(row)].split()


def test_given_words_and_the_models_that_cut_text(
    folder: Path, feed: Feed, capsysbinary: Captured
) -> None:
    feed("我 爱 北京\n")
    assert output_of(capsysbinary, "tag", "--pretokenized") == "我/r 爱/v 北京/ns\n"
    feed("我 爱 北京\n")
    pos = ["tag", "--model", str(folder / "pos"), "--format", "words"]
    output = output_of(capsysbinary, *pos)
    assert [token.split("/")[0] for token in output.split()] == ["我", "爱", "北京"]
    feed("我\n爱\n\n")
    assert output_of(capsysbinary, "tag", "--format", "columns") == "我\tr\n爱\tv\n\n"
    for wish in (["--marginals"], ["--n-best", "2"]):
        message = failure_of(capsysbinary, *pos, *wish)
        assert "the model has no probabilities" in message


def test_marginals_and_n_best_of_lines(folder: Path, feed: Feed, capsysbinary: Captured) -> None:
    command = ["tag", "--model", str(folder / "words"), "--format", "words"]
    feed("我们 在 北京\n好\n")
    first, second = output_of(capsysbinary, *command, "--marginals").splitlines()
    assert [token.count("/") for token in first.split()] == [2, 2, 2]
    assert all(0 < float(token.split("/")[2]) <= 1 for token in (first + " " + second).split())
    feed("我们 在 北京\n好\n")
    output = output_of(capsysbinary, *command, "--marginals", "--json")
    for token in json.loads(output.splitlines()[0])["tokens"]:
        assert sum(token["probabilities"].values()) == pytest.approx(1)
        assert token["tag"] in token["probabilities"]
    feed("我们 在 北京\n好\n")
    blocks = output_of(capsysbinary, *command, "--n-best", "3").split("\n\n")
    assert [len(block.splitlines()) for block in blocks] == [3, 3, 0]
    chances = [float(line.split("\t")[0]) for line in blocks[0].splitlines()]
    assert chances == sorted(chances, reverse=True)
    feed("我们 在 北京\n")
    row = json.loads(output_of(capsysbinary, *command, "--n-best", "3", "--json"))
    assert [len(path["tags"]) for path in row["paths"]] == [3, 3, 3]
    assert [round(path["probability"], 6) for path in row["paths"]] == chances
    assert [token["text"] for token in row["tokens"]] == ["我们", "在", "北京"]


def test_columns_come_back_with_labels(folder: Path, capsysbinary: Captured) -> None:
    model, gold = str(folder / "columns"), str(folder / "two.txt")
    command = ["tag", "--model", model, "--format", "columns"]
    lines = Path(gold).read_text(encoding="utf-8").splitlines()
    # The gold label is carried along, and not looked at: the model was right about all.
    expected = [line and "\t".join([*line.split(), line.split()[-1]]) for line in lines]
    assert output_of(capsysbinary, *command, gold) == "\n".join([*expected, "", ""])
    output = output_of(capsysbinary, *command, "--separator", " ", gold)
    assert output.splitlines()[0] == "北 n B-LOC B-LOC"
    assert output_of(capsysbinary, *command, gold, gold) == "\n".join([*expected, "", ""]) * 2
    rows = [
        line.split("\t")
        for line in output_of(capsysbinary, *command, "--marginals", gold).splitlines()
        if line
    ]
    assert all(0 < float(row[-1]) <= 1 for row in rows)
    output = output_of(capsysbinary, *command, "--n-best", "2", gold)
    assert [line.split()[1] for line in output.splitlines() if line[:1] == "#"] == ["0", "1"] * 2
    row = json.loads(output_of(capsysbinary, *command, "--json", gold).splitlines()[0])
    assert row["tokens"][0] == {"columns": ["北", "n", "B-LOC"], "tag": "B-LOC"}


def test_attributes_give_labels(folder: Path, capsysbinary: Captured) -> None:
    model, gold = str(folder / "suite"), str(folder / "suite.txt")
    command = ["tag", "--model", model, "--format", "crfsuite", gold]
    assert output_of(capsysbinary, *command) == "B\nI\n\nO\n\n"
    row = json.loads(output_of(capsysbinary, *command, "--json").splitlines()[0])
    assert row["tokens"][0] == {"attributes": {"c=北": 1.0, "b": 2.0}, "tag": "B"}


def test_characters(folder: Path, feed: Feed, capsysbinary: Captured) -> None:
    command = ["tag", "--model", str(folder / "names"), "--format"]
    feed("在 北\n")
    row = json.loads(output_of(capsysbinary, *command, "characters", "--json"))
    assert [token["text"] for token in row["tokens"]] == ["在", " ", "北"]
    feed("在\n\n北 京 中国\n")
    status, output, errors = run(capsysbinary, *command, "words")
    assert (status, output.count("\n")) == (1, 2)
    assert errors == "classicnlp: <stdin>:3: the model labels single characters, got '中国'\n"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["tag", "--model", "words"], "words: the model labels tokens and cuts no text: say"),
        (["tag", "--model", "names"], "names: the model labels tokens and cuts no text: say"),
        (["tag", "--model", "lexicon"], "lexicon: holds a lexicon, where a tagger is needed"),
        (["tag", "--model", "two.txt"], "two.txt: not a classicnlp model"),
        (["tag", "--model", "missing"], "no model named 'missing' (there is pku)"),
        (
            ["tag", "--model", "columns", "--format", "words"],
            "columns: the model takes tokens of 2",
        ),
        (
            ["tag", "--model", "columns", "--format", "crfsuite"],
            "columns: the model takes no attrib",
        ),
        (
            ["tag", "--model", "suite", "--format", "words"],
            "suite: the model takes tokens of attrib",
        ),
        (
            ["tag", "--model", "suite", "--format", "columns"],
            "suite: the model takes tokens of attr",
        ),
        (["tag", "--model", "words", "--user-words", "x"], "words: a crf takes no words: leave"),
        (["ner", "--model", "cut"], "cut: the model finds no names; train one with"),
        (["ner", "--model", "pos"], "pos: the model finds no names; train one with"),
        (["ner", "--model", "missing"], "no model named 'missing' (there is pku)"),
        (["ner", "--model", "words"], "words: the model labels tokens and reads no text: use --f"),
        (["ner", "--model", "suite"], "suite: the model labels tokens and reads no text: use --f"),
        (["info", "lexicon"], "lexicon: holds a lexicon, where a tagger is needed"),
    ],
)
def test_models_of_another_kind(
    folder: Path,
    feed: Feed,
    capsysbinary: Captured,
    monkeypatch: pytest.MonkeyPatch,
    arguments: list[str],
    message: str,
) -> None:
    monkeypatch.chdir(folder)
    feed("北\n")
    assert failure_of(capsysbinary, *arguments).startswith(message)


@pytest.mark.parametrize(
    "arguments",
    [
        ["tag", "--marginals"],
        ["tag", "--n-best", "2"],
        ["tag", "--separator", ","],
        ["ner", "--model", "names", "--marginals"],
        ["ner", "--model", "names", "--list", "--json"],
        ["ner", "--model", "names", "--list", "--format", "columns"],
        ["evaluate", "ner", "--model", "words", "--gold", "x", "--format", "pfr"],
        ["evaluate", "ner", "--model", "names", "--gold", "x", "--format", "crfsuite"],
        ["evaluate", "ner", "--model", "words", "--names", "one.txt", "--gold", "x",
         "--format", "columns"],
    ],
)  # fmt: skip
def test_options_of_other_formats(
    folder: Path, capsysbinary: Captured, monkeypatch: pytest.MonkeyPatch, arguments: list[str]
) -> None:
    monkeypatch.chdir(folder)
    failure_of(capsysbinary, *arguments, status=2)


def test_too_few_columns(folder: Path, feed: Feed, capsysbinary: Captured) -> None:
    feed("\n\n北\n")
    message = failure_of(capsysbinary, "tag", "--model", f"{folder}/columns", "--format", "columns")
    assert message == "<stdin>:3: the model takes tokens of 2 columns, got 1: ('北',)\n"
    feed("北 n\n京\n")
    message = failure_of(capsysbinary, "tag", "--model", f"{folder}/columns", "--format", "columns")
    assert message.startswith("<stdin>:2: expected 2 columns as in the first line, got 1")


# Names


def test_names_in_lines(folder: Path, feed: Feed, capsysbinary: Captured) -> None:
    tagger = restoring.load(folder / "names")
    assert isinstance(tagger, EntityTagger)
    texts = [text for text, _ in read_entities(NEWS, "slash")] + ["", " \t", "好"]
    found = tagger.entities_batch(texts)
    command = ["ner", "--model", str(folder / "names")]
    for workers in ("1", "2"):
        feed("\n".join(texts) + "\n")
        lines = output_of(capsysbinary, *command, "--workers", workers).splitlines()
        assert len(lines) == len(texts)
        for line, text, spans in zip(lines, texts, found, strict=True):
            assert line.count("[") == text.count("[") + len(spans)
            for span in spans:
                line = line.replace(f"[{span.text}/{span.label}]", span.text, 1)
            assert line == text
    feed("\n".join(texts) + "\n")
    rows = [json.loads(line) for line in output_of(capsysbinary, *command, "--json").splitlines()]
    assert [row["text"] for row in rows] == texts
    assert [
        [(e["start"], e["end"], e["label"], e["text"]) for e in r["entities"]] for r in rows
    ] == [[(span.start, span.end, span.label, span.text) for span in spans] for spans in found]
    feed("\n".join(texts) + "\n")
    listed = [line.split("\t") for line in output_of(capsysbinary, *command, "--list").splitlines()]
    assert listed == [
        [str(number), str(span.start), str(span.end), span.label, span.text]
        for number, spans in enumerate(found, 1)
        for span in spans
    ]


def test_what_ner_writes_can_be_learnt_from(
    folder: Path, tmp_path: Path, capsysbinary: Captured
) -> None:
    names, out, text = folder / "names", tmp_path / "found.jsonl", tmp_path / "text.txt"
    texts = [text for text, _ in read_entities(NEWS, "slash")]
    text.write_text("\n".join(texts), encoding="utf-8")
    command = ["ner", "--model", str(names), "--json", "-o", str(out), str(text)]
    assert output_of(capsysbinary, *command) == ""
    tagger = restoring.load(names)
    assert isinstance(tagger, EntityTagger)
    assert [spans for _, spans in read_entities(out, "jsonl")] == tagger.entities_batch(texts)
    train = ["--train", str(out), "--format", "jsonl", "--out", str(tmp_path / "m"), *CRF]
    assert output_of(capsysbinary, "train", "ner", *train) == ""


def test_columns_of_characters(folder: Path, capsysbinary: Captured) -> None:
    command = ["ner", "--model", f"{folder}/names", "--format", "columns", f"{folder}/one.txt"]
    output = output_of(capsysbinary, *command)
    assert [line.count("\t") for line in output.splitlines()] == [2, 2, 0, 2, 2, 2, 2, 0]


def test_long_lines(folder: Path, feed: Feed, capsysbinary: Captured) -> None:
    feed("在北京" * 100_000)
    output = output_of(capsysbinary, "ner", "--model", f"{folder}/names", "--json")
    assert len(json.loads(output)["text"]) == 300_000
    feed("在 北京 " * 30_000)
    output = output_of(capsysbinary, "tag", "--model", f"{folder}/words", "--format", "words")
    assert output.count("/") == 60_000


def test_a_closed_pipe_and_an_empty_input(folder: Path, feed: Feed, capsysbinary: Captured) -> None:
    for command in (["ner", "--model", f"{folder}/names"], ["tag", "--pretokenized"]):
        feed("")
        assert output_of(capsysbinary, *command) == ""
        feed("\n\n")
        assert output_of(capsysbinary, *command) == "\n\n"
    for form in ("columns", "crfsuite"):
        feed("\n\n")
        model = "suite" if form == "crfsuite" else "columns"
        command = ["tag", "--model", f"{folder}/{model}", "--format", form]
        assert output_of(capsysbinary, *command) == ""


# Evaluation


def test_evaluate_tag_of_tokens(folder: Path, tmp_path: Path, capsysbinary: Captured) -> None:
    words = tmp_path / "words.txt"
    words.write_text("新华社\n。\n", encoding="utf-8")
    command = ["evaluate", "tag", "--gold", NEWS, "--format", "slash", "--json"]
    for model in ("words", "pos"):
        output = output_of(capsysbinary, *command, "--model", f"{folder}/{model}")
        figures = json.loads(output)
        assert figures["accuracy"] > 0.9
        assert figures["unknown_accuracy"] is None
        options = ["--words", str(words), "--model", f"{folder}/{model}"]
        figures = json.loads(output_of(capsysbinary, *command, *options))
        assert 0 < figures["unknown_accuracy"] <= figures["known_accuracy"]
    assert json.loads(output_of(capsysbinary, *command)).keys() == {"tagging", "joint"}


def test_evaluate_tag_of_columns_and_attributes(folder: Path, capsysbinary: Captured) -> None:
    for model, gold, form in (
        ("columns", "two.txt", "columns"),
        ("suite", "suite.txt", "crfsuite"),
    ):
        command = ["evaluate", "tag", "--gold", f"{folder}/{gold}", "--format", form]
        output = output_of(capsysbinary, *command, "--model", f"{folder}/{model}", "--json")
        assert json.loads(output)["accuracy"] == 1
    command = ["evaluate", "tag", "--model", f"{folder}/columns", "--gold"]
    message = failure_of(capsysbinary, *command, f"{folder}/one.txt", "--format", "columns")
    assert (
        message
        == f"{folder}/one.txt: the model takes 2 columns besides the label, the file has 1\n"
    )
    message = failure_of(capsysbinary, *command, f"{folder}/suite.txt", "--format", "crfsuite")
    assert message.endswith("the model takes words or columns, the file has attributes\n")
    command[3] = f"{folder}/suite"
    message = failure_of(capsysbinary, *command, f"{folder}/two.txt", "--format", "columns")
    assert message.endswith("the model takes attributes, the file has words or columns\n")
    command[3] = "pku"
    message = failure_of(capsysbinary, *command, f"{folder}/suite.txt", "--format", "crfsuite")
    assert message.endswith("the model takes words, the file has attributes\n")
    command[3] = f"{folder}/names"
    message = failure_of(capsysbinary, *command, f"{folder}/one.txt", "--format", "columns")
    assert message == f"{folder}/names: the model finds names: 'classicnlp evaluate ner'\n"


def test_gold_labels_that_the_model_lacks_are_told(
    folder: Path, tmp_path: Path, capsysbinary: Captured
) -> None:
    gold = tmp_path / "gold.txt"
    gold.write_text("北京/PLACE 。/w\n", encoding="utf-8")
    command = ["evaluate", "tag", "--gold", str(gold), "--format", "slash"]
    status, output, errors = run(capsysbinary, *command, "--model", f"{folder}/words")
    assert (status, output[:30]) == (0, "accuracy                0.5000")
    assert errors == "gold labels that the model does not have: PLACE\n"


def test_ner_with_a_pipeline(folder: Path, feed: Feed, capsysbinary: Captured) -> None:
    model = ["--model", f"{folder}/pipeline"]
    feed("我在北京\n\n")
    assert output_of(capsysbinary, "ner", *model) == "我在[北京/ns]\n\n"
    feed("我在北京\n")
    assert output_of(capsysbinary, "ner", *model, "--list") == "1\t2\t4\tns\t北京\n"
    words = folder / "user.dict"
    words.write_text("我在 1 ns\n", encoding="utf-8")
    feed("我在北京\n")
    output = output_of(capsysbinary, "ner", *model, "--user-words", str(words), "--policy", "force")
    assert output == "[我在/ns][北京/ns]\n"
    message = failure_of(capsysbinary, "ner", *model, "--format", "columns", status=2)
    assert message.startswith("--format goes with models of 'train ner'")


def test_evaluate_ner_of_a_pipeline(folder: Path, tmp_path: Path, capsysbinary: Captured) -> None:
    gold = tmp_path / "gold.txt"
    gold.write_text("我/r 在/p 北京/ns\n", encoding="utf-8")
    options = ["--model", f"{folder}/pipeline", "--gold", str(gold), "--format", "slash", "--json"]
    figures = json.loads(output_of(capsysbinary, "evaluate", "ner", *options))
    assert figures["f1"] == 1


def test_evaluate_ner(folder: Path, tmp_path: Path, capsysbinary: Captured) -> None:
    command = ["evaluate", "ner", "--gold", NEWS, "--format", "slash"]
    model = ["--model", f"{folder}/names"]
    figures = json.loads(output_of(capsysbinary, *command, *model, "--json"))
    assert figures["f1"] > 0.8
    assert figures["types"]["nr"]["gold_entities"] > 0
    assert "recall   " in output_of(capsysbinary, *command, *model, "--workers", "2")
    names = tmp_path / "names.txt"
    names.write_text("北京\n", encoding="utf-8")
    figures = json.loads(output_of(capsysbinary, *command, *model, "--json", "--names", str(names)))
    assert 0 < figures["unknown_rate"] < 1
    figures = json.loads(output_of(capsysbinary, *command, "--predicted", NEWS, "--json"))
    assert figures["f1"] == 1
    other = str(CORPORA / "tagged" / "mixed.txt")
    message = failure_of(capsysbinary, *command, "--predicted", other)
    assert message.startswith(f"{other}: sentence 1 is ")


def test_evaluate_ner_of_tokens(folder: Path, tmp_path: Path, capsysbinary: Captured) -> None:
    gold = tmp_path / "gold.txt"
    command = ["evaluate", "ner", "--gold", str(gold), "--format", "columns", "--json"]
    for end in "IEL":  # whatever the scheme of the gold labels
        gold.write_text(f"北 n B-LOC\n京 n {end}-LOC\n", encoding="utf-8")
        output = output_of(capsysbinary, *command, "--model", f"{folder}/columns")
        assert json.loads(output)["f1"] == 1
    gold.write_text("北 n B-LOC\n京 n X-LOC\n", encoding="utf-8")
    message = failure_of(capsysbinary, *command, "--model", f"{folder}/columns")
    assert "label 'X-LOC' is not BIO" in message


# The rest


def test_info(folder: Path, capsysbinary: Captured) -> None:
    card = json.loads(output_of(capsysbinary, "info", f"{folder}/words", "--json"))
    tagger = restoring.load(folder / "words")
    assert isinstance(tagger, CRFTagger)
    assert card["kind"] == "crf"
    assert card["labels"].split() == list(tagger.labels_)
    assert card["feature_count"] > 100
    assert card["parameters"]["l2"] == 0.1
    card = json.loads(output_of(capsysbinary, "info", f"{folder}/names", "--json"))
    assert (card["kind"], card["algorithm"]) == ("name tagger", "crf")
    assert card["entities"] == ["nr", "ns", "nt", "nz"]
    assert json.loads(output_of(capsysbinary, "info", f"{folder}/pos", "--json"))["label_count"] > 9
    output = output_of(capsysbinary, "info", f"{folder}/columns")
    assert "features                               templates\n" in output


@pytest.mark.parametrize("command", [["ner"], ["train", "ner"], ["evaluate", "ner"]])
def test_help_has_an_example(capsysbinary: Captured, command: list[str]) -> None:
    output = output_of(capsysbinary, *command, "--help")
    assert f"classicnlp {' '.join(command)}" in output.partition("examples:\n")[2]
