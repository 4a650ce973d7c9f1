"""The command line: what it writes, how it ends, and that it holds no algorithm of its own.

A pipeline made of a few lines stands in for the model, so that every answer is known.
"""

from __future__ import annotations

import errno
import inspect
import io
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from classicnlp.cli import main, program, resources, streams
from classicnlp.cli.options import MODES
from classicnlp.errors import CorpusError, ModelError

Captured = pytest.CaptureFixture[bytes]


class Token(NamedTuple):
    text: str
    tag: str
    start: int
    end: int


class Pairs:
    """Cuts every two characters; a word is tagged by its length. A model stands for a pipeline."""

    def __init__(self) -> None:
        self.card = {"name": "pairs", "figures": {"f1": 0.5, "words": 1234}, "sources": ["none"]}
        self.lexicon = {"北京", "清华"}
        self.tagger: object = self
        self.batches: list[int] = []

    def segment_batch(self, texts: list[str], workers: int = 1) -> list[list[str]]:
        self.batches.append(len(texts))
        return [[text[start : start + 2] for start in range(0, len(text), 2)] for text in texts]

    def tag_words(self, words: list[str]) -> list[str]:
        return [f"t{len(word)}" for word in words]

    def tag_batch(
        self, texts: list[str], workers: int = 1, tagset: str = "own"
    ) -> list[list[Token]]:
        tag = "t" if tagset == "own" else tagset
        return [
            [
                Token(word, f"{tag}{len(word)}", 2 * index, 2 * index + len(word))
                for index, word in enumerate(words)
            ]
            for words in self.segment_batch(texts)
        ]


@pytest.fixture
def pairs(monkeypatch: pytest.MonkeyPatch) -> Pairs:
    pipeline = Pairs()
    monkeypatch.setattr(resources, "open_pipeline", lambda name, user_words=None: pipeline)
    return pipeline


@pytest.fixture
def feed(monkeypatch: pytest.MonkeyPatch) -> Callable[[bytes], None]:
    def put(data: bytes) -> None:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data), encoding="ascii"))

    return put


Feed = Callable[[bytes], None]


def written(folder: Path, text: str | bytes, name: str = "text.txt") -> str:
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return str(path)


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


# A line in, a line out


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        ("", ""),
        ("\n", "\n"),
        ("\n\n\n", "\n\n\n"),
        ("我来到", "我来 到\n"),
        ("我来到\r\n\r\n北京\r\n", "我来 到\n\n北京\n"),
        ("\ufeff我来到\n", "我来 到\n"),
        ("我\u2028来\x0b\x85\n", "我\u2028 来\x0b \x85\n"),
        ("我a  好\n", "我a 好\n"),
        ("  \n\t \n", "\n\n"),
        ("我\u3000 \u3000", "我\u3000  \u3000\n"),
        ("𠮷野家\n", "𠮷野 家\n"),
    ],
)
def test_segment(
    pairs: Pairs, feed: Feed, capsysbinary: Captured, data: str, expected: str
) -> None:
    feed(data.encode())
    assert main(["segment"]) == 0
    assert capsysbinary.readouterr() == (expected.encode(), b"")


def test_segment_delimiters(pairs: Pairs, feed: Feed, capsysbinary: Captured) -> None:
    for delimiter, expected in [
        ("|", "我a|  |好\n"),
        (r"\t", "我a\t好\n"),
        (" / ", "我a /    / 好\n"),
    ]:
        feed("我a  好".encode())
        assert main(["segment", "--delimiter", delimiter]) == 0
        assert capsysbinary.readouterr().out.decode() == expected


def test_segment_json_has_offsets_and_loses_nothing(
    pairs: Pairs, feed: Feed, capsysbinary: Captured
) -> None:
    lines = ["我来到", "", "  \u2028", "𠮷\t野"]
    feed("\n".join(lines).encode())
    assert main(["segment", "--json"]) == 0
    output = capsysbinary.readouterr().out.decode()
    assert "我来到" in output
    rows = [json.loads(line) for line in output.removesuffix("\n").split("\n")]
    assert [row["text"] for row in rows] == lines
    for row in rows:
        tokens = row["tokens"]
        assert "".join(token["text"] for token in tokens) == row["text"]
        assert all(row["text"][t["start"] : t["end"]] == t["text"] for t in tokens)
    assert rows[0]["tokens"][1] == {"text": "到", "start": 2, "end": 3}


def test_tag(pairs: Pairs, feed: Feed, capsysbinary: Captured) -> None:
    feed("我来到\n\n好/  \n".encode())
    assert main(["tag"]) == 0
    assert capsysbinary.readouterr().out.decode() == "我来/t2 到/t1\n\n好//t2\n"
    feed("我来到".encode())
    assert main(["tag", "--delimiter", "|", "--tag-delimiter", "_"]) == 0
    assert capsysbinary.readouterr().out.decode() == "我来_t2|到_t1\n"
    feed("我来到".encode())
    assert main(["tag", "--json"]) == 0
    row = json.loads(capsysbinary.readouterr().out)
    assert row["tokens"][1] == {"text": "到", "start": 2, "end": 3, "tag": "t1"}
    feed("我来到".encode())
    assert main(["tag", "--tagset", "universal"]) == 0
    assert capsysbinary.readouterr().out.decode() == "我来/universal2 到/universal1\n"
    feed("我 来到".encode())
    assert main(["tag", "--tagset", "universal", "--pretokenized"]) == 0
    assert capsysbinary.readouterr().out.decode() == "我/X 来到/X\n"


def test_several_files_are_one_stream(
    pairs: Pairs, feed: Feed, tmp_path: Path, capsysbinary: Captured
) -> None:
    feed("来".encode())
    first, last = written(tmp_path, "我", "first"), written(tmp_path, "到\n", "last")
    assert main(["segment", first, "-", last]) == 0
    assert capsysbinary.readouterr().out.decode() == "我\n来\n到\n"


@pytest.mark.parametrize("count", [1, 999, 1000, 1001, 2000, 2001])
def test_chunk_seams(pairs: Pairs, feed: Feed, capsysbinary: Captured, count: int) -> None:
    feed("我来到\n".encode() * count)
    assert main(["segment"]) == 0
    assert capsysbinary.readouterr().out == "我来 到\n".encode() * count
    assert sum(pairs.batches) == count
    assert max(pairs.batches) <= 1000


def test_chunks_end_with_the_line_that_reaches_a_limit() -> None:
    assert list(streams.chunks(["aa", "a", "", "aaaa", "a"], 2, 3)) == [
        ["aa", "a"],
        ["", "aaaa"],
        ["a"],
    ]
    assert list(streams.chunks([], 2, 3)) == []
    assert list(streams.chunks(["a", "b"], 2, 9)) == [["a", "b"]]


def test_workers_reach_the_batch_call(
    pairs: Pairs, feed: Feed, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = []

    def segment_batch(texts: list[str], workers: int = 1) -> list[list[str]]:
        seen.append(workers)
        return [[text] for text in texts]

    monkeypatch.setattr(pairs, "segment_batch", segment_batch)
    feed(b"a\n")
    assert main(["segment", "--workers", "3"]) == 0
    assert seen == [3]


def test_a_terminal_gets_each_line_at_once(
    pairs: Pairs, feed: Feed, monkeypatch: pytest.MonkeyPatch, capsysbinary: Captured
) -> None:
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    feed(b"a\nb\nc\n")
    assert main(["segment"]) == 0
    assert pairs.batches == [1, 1, 1]


def test_a_bar_moves_on_a_terminal(
    pairs: Pairs, feed: Feed, monkeypatch: pytest.MonkeyPatch, capsysbinary: Captured
) -> None:
    class Bar:
        lines = 0

        def __init__(self, **options: Any) -> None:
            assert options["file"] is sys.stderr

        def __enter__(self) -> Bar:
            return self

        def __exit__(self, *error: object) -> None:
            pass

        def update(self, count: int) -> None:
            Bar.lines += count

    class Module:
        tqdm = Bar

    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    for module, quiet, expected in [(Module, [], 1500), (Module, ["--quiet"], 0), (None, [], 0)]:
        monkeypatch.setitem(sys.modules, "tqdm", module)
        Bar.lines = 0
        feed(b"a\n" * 1500)
        assert main(["segment", *quiet]) == 0
        assert Bar.lines == expected
    assert capsysbinary.readouterr().out == b"a\n" * 4500


# The output file


def test_output_files_are_whole(pairs: Pairs, tmp_path: Path, capsysbinary: Captured) -> None:
    source = written(tmp_path, "我来到\n")
    # The file that is read may be the one that is written.
    assert main(["segment", source, "-o", source]) == 0
    assert Path(source).read_text(encoding="utf-8") == "我来 到\n"
    broken = written(tmp_path, "我来到\n".encode() * 1500 + b"\xff\n", "broken.txt")
    assert main(["segment", broken, "--output", source]) == 1
    assert Path(source).read_text(encoding="utf-8") == "我来 到\n"
    assert names(tmp_path) == ["broken.txt", "text.txt"]
    assert capsysbinary.readouterr().out == b""


# How it ends


@pytest.mark.parametrize("before", [0, 1, 999, 1000, 1001])
def test_undecodable_input(
    pairs: Pairs, tmp_path: Path, capsysbinary: Captured, before: int
) -> None:
    path = written(tmp_path, "好的\n".encode() * before + "坏".encode() + b"\xff\n" + b"more\n")
    assert main(["segment", path]) == 1
    output, errors = capsysbinary.readouterr()
    assert output == "好的\n".encode() * before
    place = f"{path}:{before + 1}: not UTF-8: byte 0xff at offset {7 * before + 3};"
    assert errors.decode().startswith(f"classicnlp: {place}")
    assert errors.count(b"\n") == 1


def test_a_missing_file_ends_what_came_before_it(
    pairs: Pairs, tmp_path: Path, capsysbinary: Captured
) -> None:
    missing = str(tmp_path / "missing.txt")
    assert main(["tag", written(tmp_path, "好"), missing]) == 1
    output, errors = capsysbinary.readouterr()
    assert output.decode() == "好/t1\n"
    assert errors.decode() == f"classicnlp: {missing}: No such file or directory\n"
    assert main(["segment", str(tmp_path)]) == 1
    assert b"Is a directory" in capsysbinary.readouterr().err


@pytest.mark.parametrize(
    ("error", "status", "message"),
    [
        (ModelError("bad.model: truncated\nby 3 bytes"), 1, "bad.model: truncated by 3 bytes"),
        (CorpusError("no tag", "my.dict", 3), 1, "my.dict:3: no tag"),
        (OSError(errno.ENOSPC, "No space left on device"), 1, "No space left on device"),
        (KeyboardInterrupt(), 130, "interrupted"),
    ],
)
def test_errors_are_one_line(
    monkeypatch: pytest.MonkeyPatch,
    capsysbinary: Captured,
    error: BaseException,
    status: int,
    message: str,
) -> None:
    def fail(name: str, user_words: str | None = None) -> None:
        raise error

    monkeypatch.setattr(resources, "open_pipeline", fail)
    for command in (["segment"], ["tag"], ["info"]):
        assert main(command) == status
        assert capsysbinary.readouterr() == (b"", f"classicnlp: {message}\n".encode())


def test_other_errors_are_not_hidden(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(name: str, user_words: str | None = None) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(resources, "open_pipeline", fail)
    with pytest.raises(ZeroDivisionError):
        main(["segment"])


TRAIN = ["train", "segmenter", "--train", "x", "--out", "y"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], b"required: COMMAND"),
        (["train"], b"required: KIND"),
        (["parse"], b"invalid choice: 'parse'"),
        (["segment", "--mod", "x"], b"unrecognized arguments: --mod"),
        (["segment", "--mode", "fast"], b"invalid choice: 'fast'"),
        (["segment", "--workers", "0"], b"expected a whole number from 1 on, got '0'"),
        (["segment", "--workers", "two"], b"expected a whole number from 1 on, got 'two'"),
        (["segment", "--delimiter", ""], b"expected something to write between words"),
        (["segment", "--delimiter", "\udcff"], b"not UTF-8"),
        (TRAIN[:4], b"required: --out"),
        (["train", "tagger", *TRAIN[2:]], b"required: --format"),
        ([*TRAIN, "--dev-fraction", "1"], b"expected a number between 0 and 1, got '1'"),
        ([*TRAIN, "--dev-fraction", "0.1", "--dev", "z"], b"not allowed with argument"),
        (["evaluate", "tag", "--gold", "x"], b"required: --format"),
    ],
)
def test_usage_errors(capsysbinary: Captured, arguments: list[str], message: bytes) -> None:
    assert main(arguments) == 2
    output, errors = capsysbinary.readouterr()
    assert output == b""
    assert message in errors


@pytest.mark.parametrize(
    "command",
    [
        [],
        ["segment"],
        ["tag"],
        ["train", "segmenter"],
        ["train", "tagger"],
        ["evaluate", "segment"],
        ["evaluate", "tag"],
        ["info"],
    ],
)
def test_help_has_an_example(capsysbinary: Captured, command: list[str]) -> None:
    assert main([*command, "--help"]) == 0
    output = capsysbinary.readouterr().out.decode()
    assert f"  classicnlp {' '.join(command)}" in output.partition("examples:\n")[2]


def test_version(capsysbinary: Captured) -> None:
    assert main(["--version"]) == 0
    assert capsysbinary.readouterr().out.startswith(b"classicnlp ")


# As a process

PROGRAM = """
import sys
from classicnlp.cli import main, resources

class Whole:
    def segment_batch(self, texts, workers=1):
        return [[text] for text in texts]

resources.open_pipeline = lambda name, user_words=None: Whole()
sys.exit(main())
"""


def run(*arguments: str, **options: Any) -> subprocess.CompletedProcess[bytes]:
    command = [sys.executable, "-c", PROGRAM, *arguments]
    environment = {**os.environ, "PYTHONIOENCODING": "ascii"}
    return subprocess.run(command, env=environment, timeout=60, check=False, **options)


def test_help_and_version_load_nothing_heavy() -> None:
    program = (
        "import sys; from classicnlp.cli import main; status = main(['--help']); "
        "print(status, sorted({'scipy', 'tqdm', 'concurrent.futures'} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, timeout=60, check=True
    )
    assert done.stdout.endswith(b"0 []\n")


def test_output_is_utf8_whatever_the_locale_is() -> None:
    done = run("segment", input="北京\n".encode(), capture_output=True)
    assert (done.returncode, done.stdout, done.stderr) == (0, "北京\n".encode(), b"")


def test_a_reader_that_leaves_is_no_error() -> None:
    read_end, write_end = os.pipe()
    os.close(read_end)
    with os.fdopen(write_end, "wb") as output:
        done = run("segment", input=b"a\n" * 50_000, stdout=output, stderr=subprocess.PIPE)
    assert (done.returncode, done.stderr) == (0, b"")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_a_full_device_is_an_error() -> None:
    with Path("/dev/full").open("wb") as output:
        done = run("segment", input=b"a\n", stdout=output, stderr=subprocess.PIPE)
    assert (done.returncode, done.stderr) == (1, b"classicnlp: No space left on device\n")


# Evaluation


def test_evaluate_segment(pairs: Pairs, tmp_path: Path, capsysbinary: Captured) -> None:
    gold = written(tmp_path, "北京 在 哪\n\n清华 大学\n")
    words = written(tmp_path, "北京\r\n\n大学\n", "words.txt")
    # Predicted: 北京 在哪 | 清华 大学; unknown gold words: 在 哪 清华.
    command = ["evaluate", "segment", "--gold", gold, "--words", words]
    assert main([*command, "--json"]) == 0
    figures = json.loads(capsysbinary.readouterr().out)
    assert figures["precision"] == 3 / 4
    assert figures["recall"] == 3 / 5
    assert figures["unknown_recall"] == 1 / 3
    assert figures["known_recall"] == 1
    assert main(command) == 0
    assert b"recall, unknown words   0.3333" in capsysbinary.readouterr().out


def test_evaluate_words_that_are_there_already(tmp_path: Path, capsysbinary: Captured) -> None:
    gold = written(tmp_path, "北京/ns 在/v\n好/a", "gold.txt")
    predicted = written(tmp_path, "北 京 在\n好\n", "predicted.txt")
    command = ["evaluate", "segment", "--gold", gold, "--format", "slash", "--predicted"]
    assert main([*command, predicted, "--json"]) == 0
    assert json.loads(capsysbinary.readouterr().out)["correct_words"] == 2
    assert main([*command, written(tmp_path, "北京在\n坏")]) == 1
    message = b"classicnlp: sentence 2: the texts differ at character 0"
    assert capsysbinary.readouterr().err.startswith(message)


def test_evaluate_tag(pairs: Pairs, tmp_path: Path, capsysbinary: Captured) -> None:
    gold = written(tmp_path, "北京_t2 在_v 哪_t1\n", "gold.txt")
    command = ["evaluate", "tag", "--gold", gold, "--format", "underscore"]
    assert main([*command, "--json"]) == 0
    figures = json.loads(capsysbinary.readouterr().out)
    assert figures["tagging"]["accuracy"] == 2 / 3
    assert figures["joint"]["correct_words"] == 1
    assert figures["joint"]["predicted_words"] == 2
    assert main(command) == 0
    assert b"F1, word + tag" in capsysbinary.readouterr().out


def test_evaluating_nothing_is_an_error(
    pairs: Pairs, tmp_path: Path, capsysbinary: Captured
) -> None:
    gold = written(tmp_path, "\n\n")
    assert main(["evaluate", "segment", "--gold", gold]) == 1
    assert (
        capsysbinary.readouterr().err == f"classicnlp: {gold}: there are no words in it\n".encode()
    )


def test_a_model_without_tagger(pairs: Pairs, tmp_path: Path, capsysbinary: Captured) -> None:
    pairs.tagger = None
    gold = written(tmp_path, "好/a")
    for command in (["tag"], ["evaluate", "tag", "--gold", gold, "--format", "slash"]):
        assert main([*command, "--model", "my.model"]) == 1
        message = b"classicnlp: my.model: the model has no tagger; train one with"
        assert capsysbinary.readouterr().err.startswith(message)


# Models


def test_info(pairs: Pairs, capsysbinary: Captured) -> None:
    assert main(["info"]) == 0
    assert capsysbinary.readouterr().out.decode().splitlines() == [
        "name                                   pairs",
        "figures",
        "  f1                                   0.5",
        "  words                                1,234",
        "sources",
        "  none",
        "lexicon words                          2",
    ]
    assert main(["info", "some.model", "--json"]) == 0
    card = json.loads(capsysbinary.readouterr().out)
    assert card == {**pairs.card, "lexicon_words": 2}


def test_the_embedded_models_are_listed(
    monkeypatch: pytest.MonkeyPatch, capsysbinary: Captured
) -> None:
    monkeypatch.setattr("classicnlp.models.names", lambda: ["pku", "two"], raising=False)
    assert main(["info", "--list"]) == 0
    assert capsysbinary.readouterr().out == b"pku\ntwo\n"
    assert main(["info", "--list", "--json"]) == 0
    assert json.loads(capsysbinary.readouterr().out) == ["pku", "two"]


class Named:
    """A segmenter that shows what it was made of."""

    def __init__(self, lexicon: set[str], **options: str) -> None:
        self.name = "+".join([*sorted(lexicon), *options.values()])

    def with_words(self, words: set[str], policy: str) -> Named:
        return Named({self.name, *words, policy})

    def without_words(self, words: list[str]) -> Named:
        return Named({self.name, *(f"-{word}" for word in words)})

    def segment_batch(self, texts: list[str], workers: int = 1) -> list[list[str]]:
        return [[self.name] for _ in texts]


def test_modes_and_user_words_reach_the_library(
    monkeypatch: pytest.MonkeyPatch, feed: Feed, capsysbinary: Captured
) -> None:
    class Pipeline:
        def __init__(self, *words: str) -> None:
            self.lexicon = set(words)

        def with_words(self, words: set[str], policy: str) -> Pipeline:
            return Pipeline(*self.lexicon, *words, policy)

        def without_words(self, words: list[str]) -> Pipeline:
            return Pipeline(*self.lexicon, *(f"-{word}" for word in words))

        def segment_batch(self, texts: list[str], workers: int = 1) -> list[list[str]]:
            return Named(self.lexicon).segment_batch(texts)

    class Lexicon:
        @staticmethod
        def from_file(path: str) -> set[str]:
            return {path}

    class Module:
        load = staticmethod(Pipeline)

    Module.Lexicon = Lexicon  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "classicnlp.pipeline", Module)
    monkeypatch.setitem(sys.modules, "classicnlp.lexicon", Module)
    monkeypatch.setattr("classicnlp.segmentation.NgramSegmenter", Named, raising=False)
    monkeypatch.setattr("classicnlp.segmentation.MaxMatchSegmenter", Named, raising=False)
    for arguments, expected in [
        ([], "pku"),
        (["--model", "my"], "my"),
        (["--user-words", "dict"], "dict+pku+prefer"),
        (["--user-words", "dict", "--policy", "force"], "dict+force+pku"),
        (["--user-words", "dict", "--forbid", "no"], "-no+dict+pku+prefer"),
        (["--words-file", "dict", "--mode", "dictionary"], "dict+pku+prefer"),
        (["--forbid", "no", "--mode", "maxmatch"], "-no+pku+bidirectional"),
        (["--mode", "maxmatch"], "pku+bidirectional"),
    ]:
        feed(b"a")
        assert main(["segment", *arguments]) == 0
        assert capsysbinary.readouterr().out.decode() == expected + "\n"


def test_explain(capsysbinary: Captured, tmp_path: Path) -> None:
    assert main(["explain", "他说的话是对的", "--want", "的话"]) == 0
    shown = capsysbinary.readouterr().out.decode()
    assert "'的话' at 2 is no word" in shown
    words = tmp_path / "words"
    words.write_text("的话\n", "utf-8")
    for mode in ("accurate", "dictionary", "maxmatch"):
        force = ["--user-words", str(words), "--policy", "force", "--mode", mode]
        assert main(["explain", "他说的话是对的", "--want", "的话", *force]) == 0
        assert "'的话' at 2 is a word: it is forced" in capsysbinary.readouterr().out.decode()
        forbid = ["--forbid", str(words), "--mode", mode]
        assert main(["explain", "他说的话是对的", "--want", "的话", *forbid]) == 0
        assert "is no word: without_words() forbids it" in capsysbinary.readouterr().out.decode()
    assert main(["explain", "他说", "--want", ""]) == 1


# Training


class Trained(Pairs):
    """Stands for a segmenter and for a tagger; its file tells what it was given."""

    def __init__(self, epochs: int = 8, seed: int = 0) -> None:
        super().__init__()
        self.options = {"epochs": epochs, "seed": seed}

    def get_params(self) -> dict[str, int]:
        return dict(self.options)

    def fit(self, sentences: list[Any], dev: Any, progress: Any, lexicons: Any = None) -> Trained:
        self.options |= {"train": len(sentences), "dev": dev and len(dev)}
        if progress is not None:
            progress(1, self.options["epochs"], "F1 0.5")
        return self

    def predict(self, words: list[str]) -> list[str]:
        return self.tag_words(words)

    def save(self, path: str) -> None:
        Path(path).write_text(json.dumps(self.options), encoding="utf-8")


@pytest.fixture
def trainers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("classicnlp.segmentation.CharSegmenter", Trained, raising=False)
    monkeypatch.setattr("classicnlp.tagging.PosTagger", Trained, raising=False)


def test_train_segmenter(trainers: None, tmp_path: Path, capsysbinary: Captured) -> None:
    train = written(tmp_path, "北京 在 哪\n" * 19 + "北京 清华\n")
    out = str(tmp_path / "my.model")
    command = ["train", "segmenter", "--train", train, "--out", out]
    assert main([*command, "--dev-fraction", "0.1", "--epochs", "3", "--seed", "7", "--json"]) == 0
    output, errors = capsysbinary.readouterr()
    options = {"epochs": 3, "seed": 7, "train": 18, "dev": 2}
    assert json.loads(Path(out).read_bytes()) == options
    # Measured on 北京 在 哪 (北京 found) and 北京 清华 (both found, the last one unknown).
    figures = json.loads(output)
    assert (figures["correct_words"], figures["gold_words"]) == (3, 5)
    assert figures["unknown_recall"] == 1
    assert errors.decode().splitlines() == [
        "18 sentences to train on, 2 to measure on",
        "epoch 1/3  F1 0.5",
        f"saved {out}",
    ]
    assert main([*command, "--quiet"]) == 0
    assert capsysbinary.readouterr() == (b"", b"")
    assert json.loads(Path(out).read_bytes())["dev"] is None


def test_train_tagger(trainers: None, tmp_path: Path, capsysbinary: Captured) -> None:
    train = written(tmp_path, "19980101-01-001-001/m  [北京/t2  好/t1]ns\n\n", "train")
    dev = written(tmp_path, "19980101-01-001-002/m  在/v  北京/t2\n", "dev")
    out = str(tmp_path / "my.model")
    command = ["train", "tagger", "--train", train, train, "--format", "pfr", "--out", out]
    assert main([*command, "--dev", dev]) == 0
    assert json.loads(Path(out).read_bytes()) == {"epochs": 8, "seed": 0, "train": 2, "dev": 1}
    output, errors = capsysbinary.readouterr()
    assert b"accuracy                0.5000   1 of 2 words" in output
    assert b"epoch 1/8" in errors


def test_train_tagger_into_a_pipeline(
    trainers: None, pairs: Pairs, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def with_tagger(tagger: Trained) -> Trained:
        tagger.options["segmenter"] = True
        return tagger

    monkeypatch.setattr(pairs, "with_tagger", with_tagger, raising=False)
    train = written(tmp_path, "好_a", "train")
    out = tmp_path / "my.model"
    command = ["train", "tagger", "--train", train, "--format", "underscore", "--out", str(out)]
    assert main([*command, "--segmenter", "pku"]) == 0
    assert json.loads(out.read_bytes())["segmenter"]


def test_training_checks_before_it_begins(
    trainers: None, tmp_path: Path, capsysbinary: Captured
) -> None:
    train, empty = written(tmp_path, "好 的\n"), written(tmp_path, "\n", "empty")
    missing = str(tmp_path / "missing")
    for arguments, message in [
        (["--train", train, "--out", f"{missing}/my.model"], f"{missing}: No such file"),
        (["--train", empty, "--out", missing], f"{empty}: there are no words in it"),
        (["--train", missing, "--out", missing], f"{missing}: No such file"),
        (["--train", train, "--dev", empty, "--out", missing], f"{empty}: there are no words"),
        (["--train", train, "--dev-fraction", "0.5", "--out", missing], f"{train}: 1 sentences"),
        (["--train", train, "--format", "slash", "--out", missing], f"{train}:1: token '好'"),
    ]:
        assert main(["train", "segmenter", *arguments]) == 1
        assert f"classicnlp: {message}" in capsysbinary.readouterr().err.decode()
        assert not Path(missing).exists()


# With the real library


def test_the_defaults_are_the_librarys() -> None:
    from classicnlp.segmentation import CharSegmenter

    command = ["train", "segmenter", *TRAIN[2:], "--format", "pfr"]
    arguments = program.build_parser().parse_args(command)
    parameters = inspect.signature(CharSegmenter).parameters
    assert arguments.epochs == parameters["epochs"].default
    assert arguments.seed == parameters["seed"].default


ODD_LINES = [
    "我来到北京清华大学。",
    "",
    "  ",
    f"Hello，世界\u2028{chr(0)}\x85",
    "😀" * 3,
    "好的" * 999,
]


@pytest.mark.parametrize("options", [["--mode", mode] for mode in MODES] + [["tag"]])
def test_real_answers_lose_nothing(feed: Feed, capsysbinary: Captured, options: list[str]) -> None:
    command = options if options == ["tag"] else ["segment", *options]
    answers = []
    for workers in ("1", "2"):
        feed("\n".join([*ODD_LINES, ""]).encode())
        assert main([*command, "--json", "--workers", workers]) == 0
        answers.append(capsysbinary.readouterr().out.decode())
    assert answers[0] == answers[1]
    rows = [json.loads(line) for line in answers[0].removesuffix("\n").split("\n")]
    assert [row["text"] for row in rows] == ODD_LINES
    for row in rows:
        text, tokens = row["text"], row["tokens"]
        assert "".join(token["text"] for token in tokens) == text
        assert all(text[token["start"] : token["end"]] == token["text"] for token in tokens)


def test_real_training_makes_one_pipeline(
    tmp_path: Path, feed: Feed, capsysbinary: Captured
) -> None:
    gold = written(tmp_path, "我/r 来到/v 北京/ns\n我/r 爱/v 北京/ns\n" * 10)
    segmenter, both = str(tmp_path / "segmenter.model"), str(tmp_path / "both.model")
    train = ["--train", gold, "--format", "slash", "--dev-fraction", "0.2"]
    assert main(["train", "segmenter", *train, "--out", segmenter]) == 0
    assert main(["train", "tagger", *train, "--segmenter", segmenter, "--out", both]) == 0
    capsysbinary.readouterr()
    feed("我爱北京".encode())
    assert main(["tag", "--model", both]) == 0
    assert capsysbinary.readouterr().out.decode() == "我/r 爱/v 北京/ns\n"
    assert main(["tag", "--model", segmenter, gold]) == 1
    assert b"has no tagger" in capsysbinary.readouterr().err
    for model in (segmenter, both):
        assert main(["info", model, "--json"]) == 0
        assert json.loads(capsysbinary.readouterr().out)
