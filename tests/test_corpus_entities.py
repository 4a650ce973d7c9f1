"""Named entities from every format: texts with spans of their characters."""

from __future__ import annotations

import json
from collections import Counter
from itertools import islice
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from classicnlp.corpus import (
    Compound,
    EntitySentence,
    label_characters,
    outermost,
    read_entities,
    schemes,
    write_entities,
)
from classicnlp.corpus.json_objects import read_json_objects
from classicnlp.corpus.newspaper import names_of
from classicnlp.errors import CorpusError
from classicnlp.spans import Span
from tests.conftest import nasty_texts, shared_data


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


def test_columns(folder: Path) -> None:
    path = written(folder, "我 O\n在 O\n北 B-LOC\n京 I-LOC\n\n好 O\n")
    assert list(read_entities(path)) == [
        ("我在北京", [Span("北京", "LOC", 2, 4)]),
        ("好", []),
    ]


def test_columns_of_words_and_more_columns(folder: Path) -> None:
    path = written(folder, "我 r O\n清华 nz B-ORG\n大学 n E-ORG\n北京 ns S-LOC\n")
    spans = [Span("清华大学", "ORG", 1, 5), Span("北京", "LOC", 5, 7)]
    assert list(read_entities(path, scheme="BIOES")) == [("我清华大学北京", spans)]


def test_columns_with_spaces_for_tokens(folder: Path) -> None:
    path = written(folder, "a\tB-X\n \tI-X\nb\tI-X\n\u3000\tO\n")
    assert list(read_entities(path, separator="\t")) == [("a b\u3000", [Span("a b", "X", 0, 3)])]


def test_illegal_labels_are_repaired_or_refused_with_their_line(folder: Path) -> None:
    path = written(folder, "a O\n\nb O\nc I-X\nd I-Y\n")
    assert [span[1:] for span in list(read_entities(path))[1].spans] == [("X", 1, 2), ("Y", 2, 3)]
    refused(read_entities(path, repair=False), 4, "'I-X' may not stand behind 'O' in BIO")
    unended = written(folder, "a B-X\nb M-X\n\nc O\n")
    refused(read_entities(unended, scheme="BMES", repair=False), 2, "the end may not stand behind")
    refused(read_entities(unended), 2, "label 'M-X' is not BIO")
    refused(read_entities(written(folder, "a O\nb\n")), 2, "expected 2 columns")


def test_weibo(folder: Path) -> None:
    path = written(folder, "科0\tB-ORG.NAM\n技1\tI-ORG.NAM\n20\tO\n")
    assert list(read_entities(path, "weibo")) == [("科技2", [Span("科技", "ORG.NAM", 0, 2)])]


# Universal NER


def uner(*words: str, text: str | None = None) -> str:
    rows = []
    for number, word in enumerate(words, 1):
        form, _, label = word.partition("/")
        rows.append(f"{number}\t{form}\t{label or 'O'}\t-\tme\n")
    comment = "" if text is None else f"# text = {text}\n"
    return "# sent_id = 1\n" + comment + "".join(rows) + "\n"


def test_uner(folder: Path) -> None:
    words = ("爱", "Louis/B-PER", "Vuitton/I-PER", "！")
    joined = written(folder, uner(*words))
    assert list(read_entities(joined, "uner")) == [
        ("爱LouisVuitton！", [Span("LouisVuitton", "PER", 1, 13)])
    ]
    text = "爱 Louis \u3000Vuitton！ "
    spaced = written(folder, uner(*words, text=text) + uner("好"))
    assert list(read_entities(spaced, "uner")) == [
        (text, [Span("Louis \u3000Vuitton", "PER", 2, 16)]),
        ("好", []),
    ]


@pytest.mark.parametrize(
    ("data", "line", "message"),
    [
        (uner("我", text="他"), 3, "word '我' is not found in '他' behind character 0"),
        (uner("我", "爱", text="我"), 3, "word '爱' is not found in '我' behind character 1"),
        (uner("我", text="我们"), 3, "'们' of the text is in no word"),
        (uner("我") + "# x\n\n", 4, "a sentence without words"),
        (uner("我").replace("1\t", "2\t"), 2, "expected five columns, the first of them 1"),
        (uner("我").replace("\tme", ""), 2, "expected five columns"),
        (uner("我", "").replace("me", "-"), 3, "expected five columns"),
        (uner("我", "/S-PER"), 3, "expected five columns"),
        (uner("我", "x/S-PER"), 3, "label 'S-PER' is not BIO"),
    ],
)
def test_uner_that_is_refused(folder: Path, data: str, line: int, message: str) -> None:
    refused(read_entities(written(folder, data), "uner"), line, message)


# Streams of JSON


@pytest.mark.parametrize(
    ("data", "objects"),
    [
        ("", []),
        (" \n\r\n\t", []),
        ('{"a": 1}', [(1, {"a": 1})]),
        ('\n{"a":\n1}{}\n \n {"b": [\n]}\n{}', [(2, {"a": 1}), (3, {}), (5, {"b": []}), (7, {})]),
        ('{"a": "}{\\"\u2028"}\n', [(1, {"a": '}{"\u2028'})]),
    ],
)
def test_json_objects(folder: Path, data: str, objects: list[tuple[int, Any]]) -> None:
    assert list(read_json_objects(written(folder, data))) == objects


@pytest.mark.parametrize("length", [1, 255, 256, 257, 511, 512, 513, 2000])
def test_json_objects_of_any_length_in_lines(folder: Path, length: int) -> None:
    found = {"a": list(range(length)), "b": "长"}
    lines = json.dumps(found, indent=0)
    path = written(folder, f"{lines}\n\n{lines}{lines}\n")
    height = lines.count("\n") + 1
    expected = [(1, found), (height + 2, found), (2 * height + 1, found)]
    assert list(read_json_objects(path)) == expected


@pytest.mark.parametrize(
    ("data", "line", "message"),
    [
        ('{"a": 1}\n{"a": 1', 2, "not JSON: Expecting ',' delimiter"),
        ('{"a": 1}\n{"a":\n "x', 3, "not JSON: Invalid control character"),
        ('{"a": 1} {"a\\', 1, "not JSON: Invalid"),
        ('{"a": 1}\n\n{"a":\n}\n{"b": 1}', 4, "not JSON: Expecting value"),
        ("{}\nx", 2, "not JSON: Expecting value"),
        ("{}\n[1]\n", 2, "expected a JSON object, got list"),
        ('{}\n"{}"', 2, "expected a JSON object, got str"),
        ('{"a": 1,\n"b": {"c": 1, "c": 2}}', 1, "not JSON: an object has the member 'c' twice"),
        ("{}\n" + '{"a":' * 100_000, 2, "not JSON: nested too deeply"),
        ('{"a": ' + "9" * 5000 + "}", 1, "not JSON: Exceeds the limit"),
    ],
)
def test_json_that_is_refused(folder: Path, data: str, line: int, message: str) -> None:
    refused(read_json_objects(written(folder, data)), line, message)


def test_json_is_read_as_it_comes(folder: Path) -> None:
    reader = read_json_objects(written(folder, '{"a": 1}\n' * 1000 + "x"))
    assert len(list(islice(reader, 1000))) == 1000
    refused(reader, 1001, "Expecting value")


# CLUENER


def cluener(text: str, **label: Any) -> str:
    return json.dumps({"text": text, "label": label}, ensure_ascii=False, indent=1) + "\n"


def test_cluener(folder: Path) -> None:
    data = cluener(
        "北京到北京大学", address={"北京": [[3, 4], [0, 1]]}, scene={"北京大学": [[3, 6]]}
    )
    path = written(folder, data + cluener("好"))
    first = Span("北京", "address", 0, 2)
    outer = Span("北京大学", "scene", 3, 7)
    inner = Span("北京", "address", 3, 5)
    assert list(read_entities(path, "cluener")) == [("北京到北京大学", [first, outer]), ("好", [])]
    assert next(read_entities(path, "cluener", nested=True)).spans == [first, outer, inner]


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (cluener("北京", a={"北": [[0, 1]]}), "'北' is not at 0 to 2, where '北京' is"),
        (cluener("北京", a={"京": [[1, 2]]}), "span 1 to 3 does not lie in a text of 2 characters"),
        (cluener("北京", a={"京": [[-1, 1]]}), "span -1 to 2 does not lie"),
        (cluener("北京", a={"京": [[1, 0]]}), "span 1 to 1 does not lie"),
        (cluener("北京", a={"京": [[1.0, 1.0]]}), "expected two whole numbers and a label"),
        (cluener("北京", a={"京": [[True, 1]]}), "expected two whole numbers and a label"),
        (cluener("北京", a={"京": [[1]]}), 'not enough values|an object "label"'),
        (cluener("北京", a={"京": [1, 1]}), 'expected an object "label" that'),
        (cluener("北京", a=["京"]), 'expected an object "label" that'),
        (cluener("北京", **{"": {"京": [[1, 1]]}}), "two whole numbers and a label, got 1, 2, ''"),
        ('{"text": "北京"}', 'expected an object "label" that'),
        ('{"label": {}}', 'expected a str "text", got None'),
        ('{"text": 1, "label": {}}', 'expected a str "text", got 1'),
    ],
)
def test_cluener_that_is_refused(folder: Path, data: str, message: str) -> None:
    path = written(folder, cluener("好") + "\n" + data)
    refused(read_entities(path, "cluener"), 6, message)


# JSON Lines


@st.composite
def sentences(draw: st.DrawFn) -> EntitySentence:
    text = draw(nasty_texts)
    spans = set()
    if text:
        for _ in range(draw(st.integers(0, 4))):
            start = draw(st.integers(0, len(text) - 1))
            end = draw(st.integers(start + 1, len(text)))
            spans.add(Span(text[start:end], draw(st.sampled_from("XY")), start, end))
    ordered = sorted(spans, key=lambda span: (span.start, -span.end, span.label))
    return EntitySentence(text, ordered)


@pytest.mark.parametrize("name", ["a.jsonl", "a.jsonl.gz"])
def test_written_entities_read_back(folder: Path, name: str) -> None:
    @given(st.lists(sentences(), max_size=3))
    def check(some: list[EntitySentence]) -> None:
        write_entities(folder / name, some)
        assert list(read_entities(folder / name, "jsonl", nested=True)) == some
        triples = [(text, [schemes.as_triple(span) for span in spans]) for text, spans in some]
        write_entities(folder / name, triples)
        flat = [(text, outermost(spans)) for text, spans in some]
        assert list(read_entities(folder / name, "jsonl")) == flat

    check()


def test_json_lines_may_say_more(folder: Path) -> None:
    entity = '{"text": "京", "start": 1, "end": 2, "label": "X"}'
    data = f'{{"text": "北京", "id": 7, "entities": [{entity}]}}'
    assert list(read_entities(written(folder, data), "jsonl")) == [
        ("北京", [Span("京", "X", 1, 2)])
    ]
    wrong = data.replace('"京"', '"北"')
    refused(read_entities(written(folder, wrong), "jsonl"), 1, "'北' is not at 1 to 2")


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ('{"text": "北京"}', 'expected a list "entities", got None'),
        ('{"text": "北京", "entities": {}}', 'expected a list "entities"'),
        ('{"text": "北京", "entities": [[0, 1, "X"]]}', "expected an object with start, end and"),
        ('{"text": "北京", "entities": [{"start": 0, "end": 1}]}', "a label, got 0, 1, None"),
        ('{"text": "北京", "entities": [{"start": 0, "end": 3, "label": "X"}]}', "does not lie"),
        ('{"text": "北京", "entities": [{"start": 1, "end": 1, "label": "X"}]}', "does not lie"),
    ],
)
def test_json_lines_that_are_refused(folder: Path, data: str, message: str) -> None:
    path = written(folder, '{"text": "", "entities": []}\n' + data)
    refused(read_entities(path, "jsonl"), 2, message)


@pytest.mark.parametrize(
    ("text", "spans", "error", "message"),
    [
        ("北京", [(0, 3, "X")], ValueError, "does not lie in a text of 2 characters"),
        ("北京", [(1, 1, "X")], ValueError, "does not lie"),
        ("北京", [(0, 1, "")], ValueError, "expected two whole numbers and a label"),
        ("北京", [Span("京", "X", 0, 1)], ValueError, "'京' is not at 0 to 1, where '北' is"),
        ("北京", [(0, 1)], TypeError, "expected a Span or a tuple"),
        (["北", "京"], [], TypeError, r"expected a text \(str\), got list"),
    ],
)
def test_entities_that_cannot_be_written(
    folder: Path, text: Any, spans: list[Any], error: type[Exception], message: str
) -> None:
    path = written(folder, "old")
    with pytest.raises(error, match=message):
        write_entities(path, [("好", []), (text, spans)])
    assert path.read_text() == "old"


# The People's Daily


def persons(*words: str) -> list[str]:
    return [span.text for span in names_of([(word, "nr") for word in words], [])]


@pytest.mark.parametrize(
    ("words", "names"),
    [
        ("江 泽民", "江泽民"),
        ("李 鹏", "李鹏"),
        ("郭", "郭"),
        ("克林顿", "克林顿"),
        ("欧阳 修", "欧阳修"),
        ("司马 相如 李 白", "司马相如 李白"),
        ("马克思 恩格斯", "马克思 恩格斯"),
        ("杜 中武 孙 传刚", "杜中武 孙传刚"),
        ("贾 永 黄 秋生", "贾永 黄秋生"),
        ("陈 方 安生", "陈方安生"),
        ("焦 秋生 银春", "焦秋生 银春"),
        ("剑武 安 远远", "剑武 安远远"),
        ("祝 有容 让·梅泰·亚彭德", "祝有容 让·梅泰·亚彭德"),
    ],
)
def test_persons_are_joined(words: str, names: str) -> None:
    assert persons(*words.split()) == names.split()


def test_names_of_a_sentence() -> None:
    words = [("江", "nr"), ("在", "p"), ("泽民", "nr"), ("北京", "ns"), ("大学", "n"), ("好", "a")]
    names = names_of(words, [Compound(3, 5, "nt"), Compound(3, 6, "l")])
    assert names == [
        Span("江", "nr", 0, 1),
        Span("泽民", "nr", 2, 4),
        Span("北京大学", "nt", 4, 8),
        Span("北京", "ns", 4, 6),
    ]
    assert names_of([], []) == []


def test_newspaper(folder: Path) -> None:
    line = "江/nr 泽民/nr 在/p [中央/n [北京/ns 市/n]ns 电视台/n]nt 说/v"
    expected = [Span("江泽民", "nr", 0, 3), Span("中央北京市电视台", "nt", 4, 12)]
    inner = [Span("北京市", "ns", 6, 9), Span("北京", "ns", 6, 8)]
    for format, data in (("slash", line), ("pfr", f"\n19980101-01-001-001/m {line}\n")):
        path = written(folder, data)
        assert list(read_entities(path, format)) == [("江泽民在中央北京市电视台说", expected)]  # type: ignore[arg-type]
        nested = next(read_entities(path, format, nested=True))  # type: ignore[arg-type]
        assert nested.spans == expected + inner
    refused(read_entities(written(folder, line), "pfr"), 1, "is not a line id")


# What all have in common


def test_outermost() -> None:
    text = "零一二三四五六七八九"
    extents = [(4, 8), (0, 3), (0, 2), (2, 4), (3, 4), (5, 6), (8, 9), (8, 9)]
    kept = outermost(Span(text[start:end], "X", start, end) for start, end in extents)
    assert [span[2:] for span in kept] == [(0, 3), (3, 4), (4, 8), (8, 9)]
    assert outermost([]) == []


@given(sentence=sentences(), scheme=st.sampled_from(schemes.SCHEMES))
def test_labels_of_characters_mark_the_spans(
    sentence: EntitySentence, scheme: schemes.Scheme
) -> None:
    flat = EntitySentence(sentence.text, outermost(sentence.spans))
    tokens, labels = label_characters(flat, scheme)
    assert "".join(tokens) == sentence.text
    triples = [schemes.as_triple(span) for span in flat.spans]
    assert schemes.spans_of(labels, scheme, repair=False) == triples
    if len(flat.spans) < len(sentence.spans):
        with pytest.raises(ValueError, match="overlap"):
            label_characters(sentence, scheme)


def test_misuse(folder: Path) -> None:
    with pytest.raises(ValueError, match="no such format: 'bio'; choose one of columns, weibo,"):
        read_entities(folder, "bio")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="no such scheme: 'IOB2'"):
        read_entities(folder, scheme="IOB2")  # type: ignore[arg-type]
    for format in ("columns", "uner", "cluener", "pfr"):
        with pytest.raises(FileNotFoundError):
            next(read_entities(folder / "missing", format))


# The files of shared/data


def counted(sentences: Any) -> tuple[int, int, Counter[str]]:
    """Sentences, characters, and entities by label; every span has its text."""
    number = characters = 0
    labels: Counter[str] = Counter()
    for text, spans in sentences:
        number += 1
        characters += len(text)
        labels.update(span.label for span in spans)
        assert all(text[span.start : span.end] == span.text for span in spans)
    return number, characters, labels


def test_msra() -> None:
    path = shared_data("ner_msra", "train.bio.xz")
    number, characters, labels = counted(read_entities(path))
    assert (number, characters) == (50_658, 2_169_879)
    # The corpus has 20,571 B-ORG and 17,615 B-PER, and three spans of each that begin with I.
    assert labels == {"LOC": 36_517, "ORG": 20_571 + 3, "PER": 17_615 + 3}


def test_cluener_train() -> None:
    path = shared_data("ner_cluener", "train.json")
    number, _, labels = counted(read_entities(path, "cluener", nested=True))
    assert number == 10_748
    assert len(labels) == 10
    assert labels["name"] == 3755


def test_resume_weibo_and_uner() -> None:
    resume = read_entities(shared_data("ner_resume", "dev.char.bmes"), scheme="BMES", repair=False)
    number, _, labels = counted(resume)
    assert number == 463
    assert len(labels) == 8
    weibo = read_entities(shared_data("ner_weibo", "weiboNER_2nd_conll.dev"), "weibo", repair=False)
    number, _, labels = counted(weibo)
    assert number == 270
    assert labels["PER.NOM"] == 208
    path = shared_data("uner", "gsdsimp", "zh_gsdsimp-ud-dev.iob2")
    number, _, labels = counted(read_entities(path, "uner", repair=False))
    assert number == 500
    assert labels == {"LOC": 375, "PER": 245, "ORG": 133}


def test_peoples_daily() -> None:
    path = shared_data("pfr1998", "199801.txt.xz")
    sentences = list(islice(read_entities(path, "pfr"), 1000))
    names = Counter(span.text for _, spans in sentences for span in spans if span.label == "nr")
    assert {"江泽民", "李鹏", "邓小平"} < set(names)
    assert "泽民" not in names
    number, _, _ = counted(sentences)
    assert number == 1000
