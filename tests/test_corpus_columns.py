"""Files with a token a line: columns, CoNLL-U, CRFsuite's; and labels from every format."""

from __future__ import annotations

import gzip
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from classicnlp.corpus import (
    EntitySentence,
    read_columns,
    read_conllu,
    read_conllu_tags,
    read_crfsuite,
    read_labelled,
    schemes,
    write_columns,
    write_crfsuite,
    write_entities,
    write_tagged,
)
from classicnlp.errors import CorpusError
from classicnlp.spans import Span
from tests.conftest import shared_data

ODD_SPACES = "\u2028\x0b\x1c\x85\u3000\xa0"


def written(folder: Path, data: str, name: str = "text.txt") -> Path:
    path = folder / name
    path.write_bytes(data.encode())
    return path


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path


def refused(read: Any, line: int, message: str) -> None:
    """Reading to the end raises a CorpusError for a line."""
    with pytest.raises(CorpusError, match=message) as caught:
        list(read)
    assert caught.value.line == line


# Columns


@pytest.mark.parametrize(
    ("data", "sentences"),
    [
        ("", []),
        ("\n\n \t\n\r\n", []),
        ("北 B", [[("北", "B")]]),
        ("北 B\r\n京\tE\r\n\r\n\r\n好  S \n", [[("北", "B"), ("京", "E")], [("好", "S")]]),
        ("\n \n北 B\n \t\n好 S\n\n", [[("北", "B")], [("好", "S")]]),
        ("# x\n#\ty\n", [[("#", "x"), ("#", "y")]]),
        ("\u3000 O\n\u2028 O\n", [[("\u3000", "O"), ("\u2028", "O")]]),
        ("a\n\nb\n", [[("a",)], [("b",)]]),
    ],
)
def test_columns(folder: Path, data: str, sentences: list[list[tuple[str, ...]]]) -> None:
    assert list(read_columns(written(folder, data))) == sentences


def test_columns_of_a_strict_separator(folder: Path) -> None:
    path = written(folder, "# \tO\n \tB-X\n\u3000\tI-X\n\na b\tO\n")
    table = [[("# ", "O"), (" ", "B-X"), ("\u3000", "I-X")], [("a b", "O")]]
    assert list(read_columns(path, "\t")) == table
    assert list(read_columns(path, "\t", comment="# ")) == [table[0][1:], table[1]]
    assert list(read_columns(written(folder, "a||b\n"), "||")) == [[("a", "b")]]
    assert list(read_columns(written(folder, "北 O\n京 O\n"), " ")) == [[("北", "O"), ("京", "O")]]


def test_comments_where_asked(folder: Path) -> None:
    path = written(folder, "# a\n# b\n\nx 1\n# c\ny 2\n\n# d\nz\n")
    reader = read_columns(path, comment="# ")
    assert next(reader) == [("x", "1"), ("y", "2")]
    refused(reader, 9, "expected 2 columns as in the first line, got 1")


@pytest.mark.parametrize(
    ("data", "separator", "line", "message"),
    [
        ("a b\n\nc d\ne\n", None, 4, r"expected 2 columns as in the first line, got 1: \('e',\)"),
        ("a b\na b c\n", None, 2, "expected 2 columns .*, got 3"),
        ("a\na b\n", None, 2, "expected 1 column as .*, got 2"),
        ("a\tb\n\t\n", "\t", 2, r"column 1 is empty: \('', ''\)"),
        ("a\tb\na\t\n", "\t", 2, r"column 2 is empty"),
        ("a\tb\n \n", "\t", 2, "expected 2 columns .*, got 1"),
    ],
)
def test_columns_that_are_refused(
    folder: Path, data: str, separator: str | None, line: int, message: str
) -> None:
    refused(read_columns(written(folder, data), separator), line, message)


def test_columns_are_read_as_they_come(folder: Path) -> None:
    path = written(folder, "a b\n\nc d\n\nbad\n")
    reader = read_columns(path)
    assert [next(reader), next(reader)] == [[("a", "b")], [("c", "d")]]
    refused(reader, 5, "text.txt:5: expected 2 columns")


def test_misuse_of_columns(folder: Path) -> None:
    for separator in ("", "\n", "a\r"):
        with pytest.raises(ValueError, match="separator must be text without line ends"):
            read_columns(folder, separator)
        with pytest.raises(ValueError, match="separator must be"):
            write_columns(folder / "new", [], separator)
    with pytest.raises(ValueError, match="comment must be"):
        read_columns(folder, comment="")


texts = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=3)


@pytest.mark.parametrize(
    ("name", "separator", "given_back"),
    [("a.txt", "\t", "\t"), ("a.gz", " ", " "), ("a.xz", "||", "||"), ("a.txt", "\t", None)],
)
def test_written_columns_read_back(
    folder: Path, name: str, separator: str, given_back: str | None
) -> None:
    plain = texts.filter(lambda text: not set(text) & set(" \t\r\n|\ufeff"))
    column = texts.filter(lambda t: separator not in t and not set(t) & set("\r\n\ufeff|"))
    sentence = st.integers(1, 3).flatmap(
        lambda width: st.lists(
            st.lists(st.tuples(*[column if given_back else plain] * width), min_size=1, max_size=4),
            max_size=3,
        )
    )

    @given(sentence)
    def check(sentences: list[list[tuple[str, ...]]]) -> None:
        write_columns(folder / name, sentences, separator)
        assert list(read_columns(folder / name, given_back)) == sentences

    check()


@pytest.mark.parametrize(
    ("sentences", "message"),
    [
        ([[("a", "")]], "sentence 1: expected 2 columns, none empty"),
        ([[("a", "b\t")]], r"or with '\\t' in it, got \('a', 'b\\t'\)"),
        ([[("a", "b")], [("a",)]], "sentence 2: expected 2 columns"),
        ([[()]], "expected 0 columns"),
        ([[("a",)], []], "sentence 2 has no tokens"),
        ([[("a\nb",)]], "line 1 holds a line end"),
        ([[("a\r",)]], "line 1 holds a line end"),
        ([[("\ufeffa",)]], "byte order mark"),
    ],
)
def test_columns_that_would_not_come_back(
    folder: Path, sentences: list[list[tuple[str, ...]]], message: str
) -> None:
    path = written(folder, "old")
    with pytest.raises(ValueError, match=message):
        write_columns(path, sentences)
    assert path.read_text() == "old"


def test_a_token_must_be_columns(folder: Path) -> None:
    with pytest.raises(TypeError, match="a token of sentence 1 is a str"):
        write_columns(folder / "new", [["ab"]])


# CRFsuite


@pytest.mark.parametrize(
    ("line", "label", "attributes"),
    [
        ("B", "B", {}),
        ("B\t\t", "B", {}),
        ("\tB\ta\t\tb c", "B", {"a": 1, "b c": 1}),
        ("B\ta:2\tb:-.5\tc:1e-3\td:+3.", "B", {"a": 2, "b": -0.5, "c": 0.001, "d": 3}),
        ("B\ta:", "B", {"a": 1}),
        ("B\ta\ta:0.5", "B", {"a": 1.5}),
        (r"a\:b" + "\t" + r"w[0]\:\\x\y:2", "a:b", {r"w[0]:\x\y": 2}),
        ("B\tx\\", "B", {"x\\": 1}),
        ("B\tx\\\\:3", "B", {"x\\": 3}),
        ("B\t@weight:3", "B", {"@weight": 3}),
        (f"B\t{ODD_SPACES}", "B", {ODD_SPACES: 1}),
    ],
)
def test_crfsuite(folder: Path, line: str, label: str, attributes: dict[str, float]) -> None:
    path = written(folder, f"\n{line}\n\n\nO\n")
    assert list(read_crfsuite(path)) == [([attributes], [label]), ([{}], ["O"])]


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("\t", "expected a label, got tabs alone"),
        ("@weight:2", "declarations such as '@weight' are not supported"),
        ("B:2", "label 'B:2' has a value"),
        (":2\ta", "attribute ':2' has no name"),
        ("B\t:2", "attribute ':2' has no name"),
        ("B\ta:b", r"attribute 'a:b' has a value that is not a finite number: 'b' \(write a colon"),
        ("B\ta:1:2", "not a finite number: '1:2'"),
        ("B\ta:nan", "not a finite number"),
        ("B\ta:1e999", "not a finite number"),
        ("B\ta:1_0", "not a finite number"),
        ("B\ta:１", "not a finite number"),
        ("B\ta:1\\", "not a finite number"),
    ],
)
def test_crfsuite_that_is_refused(folder: Path, line: str, message: str) -> None:
    refused(read_crfsuite(written(folder, f"O\n\nO\n{line}\n")), 4, message)


def test_many_backslashes_take_no_time(folder: Path) -> None:
    line = "B\t" + "\\" * 100_001 + "x:1"
    assert list(read_crfsuite(written(folder, line))) == [([{"\\" * 50_001 + "x": 1}], ["B"])]


names = texts.filter(lambda text: not set(text) & set("\t\n\r\ufeff")) | st.sampled_from(
    ["\\", "\\:", "a:b", ":", "\\\\", "@", "w[-1]:北", "1:2"]
)
values = st.floats(allow_nan=False, allow_infinity=False) | st.integers(-5, 5)


@given(
    sequences=st.lists(
        st.lists(
            st.tuples(st.dictionaries(names, values, max_size=3), names).filter(
                lambda pair: pair[1][0] != "@"
            ),
            min_size=1,
            max_size=3,
        ).map(lambda pairs: ([a for a, _ in pairs], [b for _, b in pairs])),
        max_size=3,
    )
)
def test_written_crfsuite_reads_back(
    tmp_path_factory: pytest.TempPathFactory,
    sequences: list[tuple[list[dict[str, float]], list[str]]],
) -> None:
    path = tmp_path_factory.getbasetemp() / "crfsuite.txt"
    write_crfsuite(path, sequences)
    assert list(read_crfsuite(path)) == sequences
    write_crfsuite(path, [([list(item) for item in items], labels) for items, labels in sequences])
    ones = [([dict.fromkeys(item, 1.0) for item in items], labels) for items, labels in sequences]
    assert list(read_crfsuite(path)) == ones


@pytest.mark.parametrize(
    ("items", "labels", "error", "message"),
    [
        ([{}], [], ValueError, "sequence 2 has 1 tokens and 0 labels"),
        ([], [], ValueError, "sequence 2 has 0 tokens and 0 labels: .* at least one"),
        ([{}], ["@x"], ValueError, "'@x' would be read as a declaration"),
        ([{}], [""], ValueError, "a name or label must be text without tabs"),
        ([{"": 1}], ["B"], ValueError, "a name or label must be text"),
        ([{"a\tb": 1}], ["B"], ValueError, "a name or label must be text"),
        ([["a\nb"]], ["B"], ValueError, "a name or label must be text"),
        ([{"a": float("nan")}], ["B"], ValueError, "'a' is not a finite number: nan"),
        ([{"a": float("inf")}], ["B"], ValueError, "not a finite number: inf"),
        ([{"a": "1"}], ["B"], TypeError, "not a finite number: '1'"),
        (["ab"], ["B"], TypeError, "the attributes of a token are the str 'ab'"),
    ],
)
def test_crfsuite_that_would_not_come_back(
    folder: Path, items: list[Any], labels: list[str], error: type[Exception], message: str
) -> None:
    path = written(folder, "old")
    with pytest.raises(error, match=message):
        write_crfsuite(path, [([{}], ["O"]), (items, labels)])
    assert path.read_text() == "old"


# CoNLL-U

SENTENCE = """\
# sent_id = 1
# text = 我们 去
1-2\t我们\t_\t_\t_\t_\t_\t_\t_\tSpaceAfter=No
1\t我\t我\tPRON\tPRP\tPerson=1|Number=Sing\t3\tnsubj\t_\t_
2\t们\t们\tPART\tSUFF\t_\t1\tmark\t_\t_
2.1\t去\t去\tVERB\tVV\t_\t_\t_\t0:root\t_
3\t去 来\t去\tVERB\tVV\t_\t0\troot\t_\t_
"""


def row(id: str, **columns: str) -> str:
    values = {"form": "x", "upos": "X", "head": "_", "feats": "_", **columns}
    order = ("form", "lemma", "upos", "xpos", "feats", "head", "deprel", "deps", "misc")
    return "\t".join([id, *(values.get(name, "_") for name in order)])


def test_conllu(folder: Path) -> None:
    path = written(folder, SENTENCE + "\n" + row("1", head="0") + "\n")
    first, second = read_conllu(path)
    assert first.comments == ["# sent_id = 1", "# text = 我们 去"]
    assert [word.form for word in first.words] == ["我", "们", "去 来"]
    assert [word.head for word in first.words] == [3, 1, 0]
    assert first.words[0].feats == {"Person": "1", "Number": "Sing"}
    assert first.words[1].feats == {}
    assert first.words[0][2:5] == ("我", "PRON", "PRP")
    assert second.words[0].id == "1"
    assert second.comments == []
    whole = next(read_conllu(path, keep_all=True))
    assert [word.id for word in whole.words] == ["1-2", "1", "2", "2.1", "3"]
    assert whole.words[0].misc == "SpaceAfter=No"
    assert whole.words[3].head is None
    assert whole.words[3].deps == "0:root"


def test_conllu_tags(folder: Path) -> None:
    path = written(folder, SENTENCE + "\n\n" + row("1") + "\n" + row("2", form="y") + "\n")
    upos = [("我", "PRON"), ("们", "PART"), ("去 来", "VERB")]
    assert list(read_conllu_tags(path)) == [upos, [("x", "X"), ("y", "X")]]
    xpos = read_conllu_tags(path, "xpos")
    assert next(xpos) == [("我", "PRP"), ("们", "SUFF"), ("去 来", "VV")]
    refused(xpos, 10, "'x' has no xpos")
    with pytest.raises(ValueError, match="no such column of tags: 'deprel'"):
        read_conllu_tags(path, "deprel")  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("lines", "line", "message"),
    [
        (["1\tx"], 1, r"expected ten columns separated by tabs, got 2: '1\\tx'"),
        ([row("1") + "\tx"], 1, "expected ten columns separated by tabs, got 11"),
        ([row("1").replace("\t", " ")], 1, "expected ten columns"),
        ([row("1", form="")], 1, "the column form is empty"),
        ([row("1", misc="")], 1, "the column misc is empty"),
        ([row("2")], 1, "expected the word 1, got the id '2'"),
        ([row("0")], 1, "expected the word 1"),
        ([row("01")], 1, "expected the word 1"),
        ([row("１")], 1, "expected the word 1"),
        ([row("1"), row("1")], 2, "expected the word 2, got the id '1'"),
        ([row("1"), row("2-2")], 2, "the range 2-2 does not begin at the next word"),
        ([row("1"), row("1-2")], 2, "the range 1-2 does not"),
        ([row("1-2"), row("1"), row("2-3")], 3, "the range 2-3 does not"),
        ([row("1-2"), row("1")], 2, "a range ends at 2, the sentence at word 1"),
        ([row("1"), row("2.1")], 2, r"expected the word 2, got the id '2\.1'"),
        ([row("1"), row("1.2")], 2, r"expected the empty node 1\.1, got 1\.2"),
        ([row("0.1")], 1, "a sentence without words"),
        (["# a"], 1, "a sentence without words"),
        (["# a", "# b"], 2, "a sentence without words"),
        (["# a", row("1"), "# b"], 3, "a comment must stand above the words"),
        ([row("1", head="2")], 1, "the head 2 is no word of this sentence of 1"),
        ([row("1"), row("2", head="x")], 2, "the head 'x' is not a word's number"),
        ([row("1", head="-1")], 1, "the head '-1' is not"),
        ([row("1", head="9" * 5000)], 1, "is not a word's number"),
        ([row("1", feats="A")], 1, r"the features 'A' are not Name=Value"),
        ([row("1", feats="A=1|A=2")], 1, "each name once"),
        ([row("1", feats="A=1|")], 1, "are not Name=Value"),
    ],
)
def test_conllu_that_is_refused(folder: Path, lines: list[str], line: int, message: str) -> None:
    path = written(folder, "\n".join([row("1"), "", *lines, "", ""]))
    refused(read_conllu(path), line + 2, message)


def test_empty_nodes_before_the_first_word(folder: Path) -> None:
    path = written(folder, "\n".join([row("0.1"), row("0.2"), row("1"), row("1.1"), row("2")]))
    whole = next(read_conllu(path, keep_all=True))
    assert [word.id for word in whole.words] == ["0.1", "0.2", "1", "1.1", "2"]


# Labels from every format


def test_labelled_columns(folder: Path) -> None:
    one = written(folder, "北 B\n京 E\n\n好 S\n")
    assert list(read_labelled(one)) == [(["北", "京"], ["B", "E"]), (["好"], ["S"])]
    two = written(folder, "北\tx \tB\n\n \ty\tS\n")
    assert list(read_labelled(two, separator="\t")) == [
        ([("北", "x ")], ["B"]),
        ([(" ", "y")], ["S"]),
    ]
    refused(
        read_labelled(written(folder, "\n\na\nb\n")), 3, "expected a token and a label, got one"
    )


def test_labelled_tags(folder: Path) -> None:
    tagged = [[("我", "r"), ("爱", "v")], [("北京", "ns")]]
    expected = [(["我", "爱"], ["r", "v"]), (["北京"], ["ns"])]
    for format in ("slash", "underscore"):
        write_tagged(folder / "text", tagged, format)
        assert list(read_labelled(folder / "text", format)) == expected
    pfr = written(folder, "19980101-01-001-001/m 我/r [北京/ns 大学/n]nt\n\n")
    assert list(read_labelled(pfr, "pfr")) == [(["我", "北京", "大学"], ["r", "ns", "n"])]
    conllu = written(folder, SENTENCE)
    assert next(read_labelled(conllu, "conllu")).labels == ["PRON", "PART", "VERB"]
    assert next(read_labelled(conllu, "conllu", column="xpos")).labels == ["PRP", "SUFF", "VV"]
    refused(read_labelled(written(folder, "我r\n"), "slash"), 1, "is not a word and a tag")


def test_labelled_attributes(folder: Path) -> None:
    path = written(folder, "B\tc=北\nE\tc=京\tbias:2\n")
    expected = [([{"c=北": 1.0}, {"c=京": 1.0, "bias": 2.0}], ["B", "E"])]
    assert list(read_labelled(path, "crfsuite")) == expected


def test_labelled_entities(folder: Path) -> None:
    sentence = EntitySentence("在北京", [Span("北京", "LOC", 1, 3)])
    write_entities(folder / "text", [sentence])
    assert list(read_labelled(folder / "text", "jsonl", scheme="BMES")) == [
        (["在", "北", "京"], ["O", "B-LOC", "E-LOC"])
    ]
    uner = written(folder, "# a\n1\t在\tO\t-\t-\n2\t北京\tB-LOC\t-\tx\n")
    assert list(read_labelled(uner, "uner")) == [(["在", "北京"], ["O", "B-LOC"])]
    weibo = written(folder, "科0\tO\n技1\tO\n10\tB-X\n😀12\tI-X\n\ufffd\ufffd0\tO\n")
    assert list(read_labelled(weibo, "weibo")) == [
        (["科", "技", "1", "😀", "\ufffd\ufffd"], ["O", "O", "B-X", "I-X", "O"])
    ]
    for token in ("科", "0", "科a", "科١"):
        path = written(folder, f"科0 O\n{token} O\n")
        refused(read_labelled(path, "weibo"), 2, "is not a character with its place")


def test_misuse_of_labelled(folder: Path) -> None:
    with pytest.raises(ValueError, match="no such format: 'bio'; choose one of columns, slash,"):
        read_labelled(folder, "bio")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="no such scheme: 'X'"):
        read_labelled(folder, scheme="X")  # type: ignore[arg-type]
    with pytest.raises(FileNotFoundError):
        next(read_labelled(folder / "missing"))


def test_compressed_and_marked_files(folder: Path) -> None:
    path = folder / "text.gz"
    path.write_bytes(gzip.compress("\ufeff北 B\r\n\r\n".encode()))
    assert list(read_labelled(path)) == [(["北"], ["B"])]
    path.write_bytes(gzip.compress(b"a b\n\n\xff b\n"))
    refused(read_labelled(path), 3, "not UTF-8")


# The files of shared/data


def test_weibo_and_resume() -> None:
    weibo = list(read_labelled(shared_data("ner_weibo", "weiboNER_2nd_conll.train"), "weibo"))
    assert len(weibo) == 1350
    assert "".join(weibo[0].tokens[:4]) == "科技全方"
    assert schemes.scheme_of(labels for _, labels in weibo) == "BIO"
    resume = list(read_labelled(shared_data("ner_resume", "dev.char.bmes")))
    assert len(resume) == 463
    assert schemes.scheme_of(labels for _, labels in resume) == "BMES"
    assert all(schemes.is_legal(labels, "BMES") for _, labels in resume)


def test_universal_dependencies() -> None:
    path = shared_data("ud", "gsdsimp", "zh_gsdsimp-ud-dev.conllu")
    sentences = list(read_conllu(path))
    assert len(sentences) == 500
    assert sum(len(words) for words, _ in sentences) == 12_663
    assert all(sum(word.head == 0 for word in words) == 1 for words, _ in sentences)
    tags = Counter(tag for sentence in read_conllu_tags(path) for _, tag in sentence)
    assert tags["NOUN"] == 3637
    spoken = shared_data("ud", "hk", "zh_hk-ud-test.conllu")
    assert sum(1 for _ in read_conllu(spoken)) == 1004
