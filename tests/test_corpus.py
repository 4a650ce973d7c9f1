"""Corpus files: what is read, what is refused, and that what is written reads back."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import os
import stat
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from classicnlp.corpus import (
    Compound,
    atomic_writer,
    parse_pfr_line,
    parse_slash_line,
    read_compounds,
    read_lines,
    read_segmented,
    read_tagged,
    read_words,
    write_lines,
    write_segmented,
    write_tagged,
)
from classicnlp.errors import CorpusError

ODD_SPACES = "\u2028\u2029\x0b\x0c\x1c\x85\u3000\xa0"
PFR = "19980101-01-001-006/m  "


def written(folder: Path, data: bytes | str, name: str = "text.txt") -> Path:
    path = folder / name
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    return path


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path


# Lines


@pytest.mark.parametrize(
    ("data", "lines"),
    [
        (b"", []),
        (b"\n", [""]),
        (b"\r\n\r\n", ["", ""]),
        (b"a", ["a"]),
        (b"a\n", ["a"]),
        (b"a\r\nb\nc", ["a", "b", "c"]),
        (b"a\rb\n", ["a\rb"]),
        (b"a\r", ["a\r"]),
        (b"a\r\r\n", ["a\r"]),
        (b"\xef\xbb\xbf", [""]),
        (b"\xef\xbb\xbfa\n\xef\xbb\xbfb\n", ["a", "\ufeffb"]),
        (b"a\x00b\n", ["a\x00b"]),
    ],
)
def test_lines_end_at_lf_and_crlf(folder: Path, data: bytes, lines: list[str]) -> None:
    assert list(read_lines(written(folder, data))) == lines


def test_lines_end_nowhere_else(folder: Path) -> None:
    line = f"我{ODD_SPACES}𠮷"
    assert list(read_lines(written(folder, f"{line}\n{line}"))) == [line, line]


@pytest.mark.parametrize(
    ("suffix", "compress"), [(".gz", gzip.compress), (".xz", lzma.compress), (".bz2", bz2.compress)]
)
def test_lines_of_compressed_files(folder: Path, suffix: str, compress: object) -> None:
    assert callable(compress)
    data = "我来到北京\r\n清华大学".encode()
    path = written(folder, compress(data), f"text{suffix}")
    assert list(read_lines(path)) == ["我来到北京", "清华大学"]
    # A second member, as `cat a.gz b.gz` makes it.
    path.write_bytes(compress(data + b"\n") + compress(data))
    assert len(list(read_lines(path))) == 4
    path.write_bytes(compress(data * 1000)[:-20])
    with pytest.raises(CorpusError, match=r"damaged compressed file"):
        list(read_lines(path))
    path.write_bytes(b"no such format")
    with pytest.raises(CorpusError, match=r":1: damaged compressed file"):
        list(read_lines(path))


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
@pytest.mark.parametrize("suffix", [".txt", ".gz"])
def test_bytes_that_are_not_utf8_are_named(folder: Path, mark: bytes, suffix: str) -> None:
    before = mark + "北京\r\n\n清华".encode()
    data = before + b"\xff\n" + "大学".encode()
    path = written(folder, gzip.compress(data) if suffix == ".gz" else data, f"text{suffix}")
    reader = read_lines(path)
    assert [next(reader), next(reader)] == ["北京", ""]
    with pytest.raises(CorpusError) as caught:
        next(reader)
    assert caught.value.line == 3
    assert caught.value.path == str(path)
    assert f"{path}:3: not UTF-8: byte 0xff at offset {len(before)}; " in str(caught.value)
    assert "iconv -f gb18030 -t utf-8" in str(caught.value)


def test_a_bad_byte_in_the_first_line_counts_the_byte_order_mark(folder: Path) -> None:
    path = written(folder, b"\xef\xbb\xbfa\xff")
    with pytest.raises(CorpusError, match="byte 0xff at offset 4;"):
        list(read_lines(path))


@pytest.mark.parametrize("bad", [b"\xed\xa0\x80", b"\xc0\xaf", b"\xf4\x90\x80\x80", b"\xe4\xb8"])
def test_surrogates_overlong_and_cut_sequences_are_refused(folder: Path, bad: bytes) -> None:
    with pytest.raises(CorpusError, match=f"byte 0x{bad[0]:02x} at offset 2;"):
        list(read_lines(written(folder, b"a\n" + bad)))


def test_utf16_is_recognised(folder: Path) -> None:
    with pytest.raises(CorpusError, match="iconv -f utf-16"):
        list(read_lines(written(folder, "北京".encode("utf-16"))))


def test_a_missing_file_and_a_folder_are_the_systems_errors(folder: Path) -> None:
    with pytest.raises(FileNotFoundError):
        next(read_lines(folder / "missing.txt"))
    with pytest.raises(FileNotFoundError):
        next(read_lines(folder / "missing.gz"))
    with pytest.raises(IsADirectoryError):
        next(read_lines(folder))


def test_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    stream = io.TextIOWrapper(io.BytesIO("北京\r\n\u2028".encode()), encoding="ascii")
    monkeypatch.setattr(sys, "stdin", stream)
    assert list(read_lines("-")) == ["北京", "\u2028"]
    assert not stream.closed
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"\xb1\xb1")))
    with pytest.raises(CorpusError, match=r"^<stdin>:1: not UTF-8: byte 0xb1 at offset 0"):
        list(read_lines("-"))


@pytest.mark.parametrize("length", [8191, 8192, 8193, 3_000_000])
def test_long_lines(folder: Path, length: int) -> None:
    line = "长" * length
    assert list(read_lines(written(folder, line + "\n" + line))) == [line, line]


@pytest.mark.parametrize("name", ["text.txt", "text.gz", "text.xz", "text.bz2"])
def test_written_lines_read_back(folder: Path, name: str) -> None:
    @given(st.lists(st.text(st.characters(exclude_categories=["Cs"]), max_size=20), max_size=5))
    def check(lines: list[str]) -> None:
        path = folder / name
        broken = any("\n" in line or line.endswith("\r") for line in lines)
        if broken or (lines and lines[0].startswith("\ufeff")):
            with pytest.raises(ValueError, match=r"line end|byte order mark"):
                write_lines(path, lines)
            return
        write_lines(path, lines)
        assert list(read_lines(path)) == lines

    check()


def test_compressed_files_hold_no_name_and_no_time(folder: Path) -> None:
    first, second = folder / "first.gz", folder / "second.gz"
    for path in (first, second):
        write_lines(path, ["北京"])
    assert first.read_bytes() == second.read_bytes()
    assert first.read_bytes()[3:8] == bytes(5)


# Writing whole


@pytest.mark.parametrize("name", ["text.txt", "text.gz", "text.xz", "text.bz2"])
def test_a_failed_write_leaves_everything_as_it_was(folder: Path, name: str) -> None:
    path = written(folder, "old", name)

    class Stop(BaseException):
        pass

    def write_and_fail() -> None:
        with atomic_writer(path) as writer:
            writer.write("new" * 100_000)
            raise Stop

    with pytest.raises(Stop):
        write_and_fail()
    assert names(folder) == [name]
    assert path.read_bytes() == b"old"


def test_a_written_file_keeps_permissions_and_links(folder: Path) -> None:
    path = written(folder, "old")
    path.chmod(0o640)
    link = folder / "link.txt"
    link.symlink_to(path)
    with atomic_writer(link) as writer:
        writer.write("北京\n")
    assert link.is_symlink()
    assert path.read_bytes() == "北京\n".encode()
    assert stat.S_IMODE(path.stat().st_mode) == 0o640
    assert names(folder) == ["link.txt", "text.txt"]


def test_devices_are_written_not_replaced() -> None:
    with atomic_writer(os.devnull) as writer:
        writer.write("北京\n")
    assert stat.S_ISCHR(Path(os.devnull).stat().st_mode)


def test_writing_into_a_missing_folder_names_the_folder(folder: Path) -> None:
    with (
        pytest.raises(FileNotFoundError, match="missing'"),
        atomic_writer(folder / "missing" / "x"),
    ):
        pass


# Segmented text


@pytest.mark.parametrize(
    ("data", "sentences"),
    [
        ("", []),
        ("\n \n\t\r\n", []),
        ("我  来到\t北京 \r\n\n去", [["我", "来到", "北京"], ["去"]]),
        (f"我{ODD_SPACES} {ODD_SPACES}", [[f"我{ODD_SPACES}", ODD_SPACES]]),
        ("[ ] / [北京]", [["[", "]", "/", "[北京]"]]),
    ],
)
def test_segmented(folder: Path, data: str, sentences: list[list[str]]) -> None:
    assert list(read_segmented(written(folder, data))) == sentences


def test_segmented_options(folder: Path) -> None:
    path = written(folder, "我\u3000来到 \u3000北京\n\n去\n")
    read = list(read_segmented(path, separators=" \u3000", keep_blank=True))
    assert read == [["我", "来到", "北京"], [], ["去"]]
    with pytest.raises(ValueError, match="separators is empty"):
        read_segmented(path, separators="")


def test_segmented_compounds(folder: Path) -> None:
    path = written(folder, "（ [中央 人民 电台] [北京] [ ] [[ ]] [[中国 政府] 文件]")
    words = ["（", "中央", "人民", "电台", "北京", "[", "]", "[", "]", "中国", "政府", "文件"]
    assert list(read_segmented(path, strip_compounds=True)) == [words]


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("[中央 电台 [", "'\\[中央' opens a compound that no ']' closes"),
        ("中央 电台]", "'电台\\]' closes a compound that no '\\[' opened"),
    ],
)
def test_segmented_brackets_without_partner(folder: Path, line: str, message: str) -> None:
    with pytest.raises(CorpusError, match=f":2: {message}"):
        list(read_segmented(written(folder, "好\n" + line), strip_compounds=True))


WORD = st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters=" \t\n\r\ufeff"), min_size=1
)


@given(sentences=st.lists(st.lists(WORD, max_size=5), max_size=5))
def test_written_sentences_read_back(
    tmp_path_factory: pytest.TempPathFactory, sentences: list[list[str]]
) -> None:
    path = tmp_path_factory.getbasetemp() / "words.txt"
    write_segmented(path, sentences)
    assert list(read_segmented(path, keep_blank=True)) == sentences


@pytest.mark.parametrize("word", ["", " ", "New York", "a\tb", "a\nb"])
def test_words_that_spaces_cannot_separate_are_refused(folder: Path, word: str) -> None:
    with pytest.raises(ValueError, match=r"not a word|line end"):
        write_segmented(folder / "words.txt", [["好"], ["好", word, "好"]])
    assert not names(folder)


# Tagged text


@pytest.mark.parametrize(
    ("line", "tokens", "compounds"),
    [
        ("", [], []),
        ("//w  [/w  ]/w  1/2/m", [("/", "w"), ("[", "w"), ("]", "w"), ("1/2", "m")], []),
        ("\u3000/w \x85/w\t好/a", [("\u3000", "w"), ("\x85", "w"), ("好", "a")], []),
        ("[中央/n 电视台/n]nt", [("中央", "n"), ("电视台", "n")], [Compound(0, 2, "nt")]),
        ("在/p [北京/ns]ns", [("在", "p"), ("北京", "ns")], [Compound(1, 2, "ns")]),
        ("[[/w 好/a ]/w]nz", [("[", "w"), ("好", "a"), ("]", "w")], [Compound(0, 3, "nz")]),
        ("[//w 好/a]nz", [("/", "w"), ("好", "a")], [Compound(0, 2, "nz")]),
        (
            "[[中国/ns 政府/n]nt 文件/n]nz",
            [("中国", "ns"), ("政府", "n"), ("文件", "n")],
            [Compound(0, 3, "nz"), Compound(0, 2, "nt")],
        ),
        (
            "[文件/n [中国/ns 政府/n]nt]nz",
            [("文件", "n"), ("中国", "ns"), ("政府", "n")],
            [Compound(0, 3, "nz"), Compound(1, 3, "nt")],
        ),
    ],
)
def test_slash_and_pfr_lines(
    line: str, tokens: list[tuple[str, str]], compounds: list[Compound]
) -> None:
    assert parse_slash_line(line) == (tokens, compounds)
    assert parse_pfr_line(PFR + line) == (tokens, compounds)


def test_an_open_bracket_is_text_in_slash_and_an_error_in_pfr() -> None:
    line = "[捂脸/v  [中国/ns  政府/n]nt"
    tokens = [("[捂脸", "v"), ("中国", "ns"), ("政府", "n")]
    assert parse_slash_line(line) == (tokens, [Compound(1, 3, "nt")])
    with pytest.raises(ValueError, match=r"token '\[捂脸/v' opens a compound that is never closed"):
        parse_pfr_line(PFR + line)


@pytest.mark.parametrize(
    ("token", "message"),
    [
        ("中国", "token '中国' is not a word and a tag: expected '/' between them"),
        ("/w", "token '/w' is not a word and a tag"),
        ("中国/", "token '中国/' is not a word and a tag"),
        ("中国/ns]nt", "token '中国/ns]nt' closes a compound that no '[' opened"),
        ("[中国/ns]", "token '[中国/ns]' is not word/tag]label"),
        ("[中国/]nt", "token '[中国/]nt' is not word/tag]label"),
    ],
)
@pytest.mark.parametrize("format", ["slash", "pfr"])
def test_bad_tokens_are_named(folder: Path, token: str, message: str, format: str) -> None:
    start = PFR if format == "pfr" else ""
    path = written(folder, f"{start}好/a\n\n{start}好/a  {token}  好/a\n")
    with pytest.raises(CorpusError) as caught:
        list(read_tagged(path, format))  # type: ignore[arg-type]
    assert str(caught.value).startswith(f"{path}:3: {message}")
    assert caught.value.line == 3


def test_pfr_lines_begin_with_their_id(folder: Path) -> None:
    path = written(folder, f"{PFR}好/a\n\n{PFR}\n19980101-1-1-1/m 好/a\n")
    reader = read_tagged(path)
    assert next(reader) == [("好", "a")]
    with pytest.raises(CorpusError, match=r":4: token '19980101-1-1-1/m' is not a line id"):
        next(reader)


def test_underscore(folder: Path) -> None:
    path = written(folder, "戾气_NN __PU a_b_NN [_PU\n\n好_JJ\n")
    first = [("戾气", "NN"), ("_", "PU"), ("a_b", "NN"), ("[", "PU")]
    assert list(read_tagged(path, "underscore")) == [first, [("好", "JJ")]]
    with pytest.raises(CorpusError, match=":1: token '好/a' is not a word and a tag: expected '_'"):
        list(read_tagged(written(folder, "好/a"), "underscore"))


def test_compounds_come_with_their_sentences(folder: Path) -> None:
    path = written(folder, f"{PFR}好/a\n\n{PFR}[中国/ns 政府/n]nt\n")
    assert [compounds for _, compounds in read_compounds(path)] == [[], [Compound(0, 2, "nt")]]


def test_unknown_formats_are_refused_at_once(folder: Path) -> None:
    path = folder / "missing.txt"
    with pytest.raises(ValueError, match="choose one of pfr, slash, underscore"):
        read_tagged(path, "conll")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="choose one of words, bracketed, pfr"):
        read_words(path, "conll")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="'underscore' has no compounds"):
        read_compounds(path, "underscore")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="cannot write the format 'pfr'"):
        write_tagged(path, [], "pfr")  # type: ignore[arg-type]


TAG = st.text("abcVN[", min_size=1, max_size=3)


@pytest.mark.parametrize("format", ["slash", "underscore"])
def test_written_tokens_read_back(folder: Path, format: str) -> None:
    word = WORD | st.text("[]/_好", min_size=1, max_size=4)

    @given(st.lists(st.lists(st.tuples(word, TAG), min_size=1, max_size=5), max_size=4))
    def check(sentences: list[list[tuple[str, str]]]) -> None:
        path = folder / "tags.txt"
        write_tagged(path, sentences, format)  # type: ignore[arg-type]
        assert list(read_tagged(path, format)) == sentences  # type: ignore[arg-type]

    check()


@pytest.mark.parametrize(
    "token", [("", "n"), ("好", ""), ("好", "a/b"), ("好", "a]b"), ("a b", "n")]
)
def test_tokens_that_would_not_read_back_are_refused(folder: Path, token: tuple[str, str]) -> None:
    with pytest.raises(ValueError, match="not a token"):
        write_tagged(folder / "tags.txt", [[token]])
    assert not names(folder)


@pytest.mark.parametrize(
    ("format", "data"),
    [
        ("words", "[中国 政府]"),
        ("bracketed", "[中国 政府]"),
        ("pfr", f"{PFR}[中国/ns 政府/n]nt"),
        ("slash", "[中国/ns 政府/n]nt"),
        ("underscore", "中国_NR 政府_NN"),
    ],
)
def test_words_of_every_format(folder: Path, format: str, data: str) -> None:
    expected = ["[中国", "政府]"] if format == "words" else ["中国", "政府"]
    assert list(read_words(written(folder, data), format)) == [expected]  # type: ignore[arg-type]
