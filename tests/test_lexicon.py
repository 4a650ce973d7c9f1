"""The lexicon: forms of input, files, changes that share, immutability, saving."""

from __future__ import annotations

import copy
import pickle
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from classicnlp import CorpusError, Entry, Lexicon, ModelError, fold
from classicnlp.lexicon import LARGEST_COUNT
from tests.conftest import CORPORA, code_points, nasty_words

words = st.one_of(
    nasty_words, st.text(alphabet="中国人民漢汉aＡ", min_size=1, max_size=4), code_points
)
entries = st.builds(Entry, words, st.integers(0, 1000), st.sampled_from(["", "n", "v", "nr"]))
entry_lists = st.lists(entries, max_size=12)


def as_dict(given: list[Entry]) -> dict[str, Entry]:
    """Return what a lexicon of these entries has to hold, by folded word."""
    table: dict[str, Entry] = {}
    for word, count, tag in given:
        before = table.get(fold(word), Entry(word))
        table[fold(word)] = Entry(before.word, before.count + count, before.tag or tag)
    return table


def same(one: Lexicon, other: Lexicon) -> bool:
    return list(one.items()) == list(other.items())


def contents(lexicon: Lexicon) -> dict[str, Entry]:
    return {fold(entry.word): entry for entry in lexicon.items()}


def assert_holds(lexicon: Lexicon, table: dict[str, Entry]) -> None:
    """Check every way to look at a lexicon against a plain dictionary."""
    assert contents(lexicon) == table
    assert len(lexicon) == len(table) == len(list(lexicon))
    for word, entry in table.items():
        assert word in lexicon
        assert entry.word in lexicon
        assert lexicon.get(word) == entry
        assert lexicon.count(word) == entry.count
        assert lexicon.tag(word) == entry.tag
        text = f"{word}。"
        found = lexicon.prefixes(text)
        assert found == [text[:n] for n in range(1, len(text) + 1) if fold(text[:n]) in table]


# --- what it holds ---------------------------------------------------------------------------


@given(entry_lists)
def test_a_lexicon_is_a_dictionary_of_folded_words(given: list[Entry]) -> None:
    assert_holds(Lexicon(given), as_dict(given))


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (["中", "国"], [("中", 0, ""), ("国", 0, "")]),
        (("中", "国"), [("中", 0, ""), ("国", 0, "")]),
        ({"中": 3}, [("中", 3, "")]),
        ({"中": "n"}, [("中", 0, "n")]),
        ({"中": (3, "n")}, [("中", 3, "n")]),
        ({"中": [3, "n"]}, [("中", 3, "n")]),
        ({"中": ("n", 3)}, [("中", 3, "n")]),
        ({"中": None}, [("中", 0, "")]),
        ([("中",)], [("中", 0, "")]),
        ([("中", 3)], [("中", 3, "")]),
        ([("中", "n")], [("中", 0, "n")]),
        ([("中", 3, "n")], [("中", 3, "n")]),
        ([("中", np.int64(3))], [("中", 3, "")]),
        ([Entry("中", 3, "n"), "国"], [("中", 3, "n"), ("国", 0, "")]),
        ([("中", 1), ("中", 2, "n"), ("中", 3, "v")], [("中", 6, "n")]),
        (Lexicon({"中": 3}), [("中", 3, "")]),
        ([], []),
        ({}, []),
        ([("中", LARGEST_COUNT)], [("中", LARGEST_COUNT, "")]),
    ],
    ids=str,
)
def test_every_form_of_input_is_read(given: Any, expected: list[tuple[str, int, str]]) -> None:
    assert list(Lexicon(given).items()) == [Entry(*fields) for fields in expected]


def test_an_iterator_is_read_once() -> None:
    def some() -> Iterator[str]:
        yield from ["中", "国"]

    assert list(Lexicon(some())) == ["中", "国"]


@pytest.mark.parametrize(
    ("given", "error", "saying"),
    [
        ("中国", TypeError, "put it in a list"),
        ([b"x"], TypeError, "expected a word"),
        (b"x", TypeError, "expected a word"),
        ([None], TypeError, "expected a word"),
        ([5], TypeError, "expected a word"),
        ([()], TypeError, "expected a word"),
        ([["中", 3]], TypeError, "expected a word"),
        ({"中": 1.5}, TypeError, "count or a tag"),
        ({"中": True}, TypeError, "count or a tag"),
        ([(5, "n")], TypeError, "must be a str"),
        ([""], ValueError, "at least one character"),
        (["中" * 4097], ValueError, "at most 4096"),
        ({"中": -1}, ValueError, "count of '中'"),
        ({"中": LARGEST_COUNT + 1}, ValueError, "count of '中'"),
    ],
    ids=str,
)
def test_other_input_is_refused_with_a_reason(
    given: Any, error: type[Exception], saying: str
) -> None:
    with pytest.raises(error, match=saying):
        Lexicon(given)
    with pytest.raises(error, match=saying):
        Lexicon(["国"]).with_words(given)


def test_no_words_are_a_lexicon_too() -> None:
    empty = Lexicon()
    assert_holds(empty, {})
    assert "" not in empty
    assert "中" not in empty
    assert empty.get("中") is None
    assert empty.prefixes("中国") == []
    assert_holds(empty.with_words(["中"]), {"中": Entry("中")})
    assert repr(empty) == "<Lexicon of 0 words>"


def test_the_longest_word_there_can_be_is_found() -> None:
    word = "中" * 4096
    assert Lexicon([word]).prefixes(word + "中") == [word]


def test_what_is_no_word_is_not_in_it() -> None:
    lexicon = Lexicon(["中国"])
    for other in ("", "中", "中国人", "国", None, 5, b"x"):
        assert other not in lexicon
    for other in (None, 5, b"x"):
        with pytest.raises(TypeError, match="takes a str"):
            lexicon.get(other)  # type: ignore[arg-type]
        with pytest.raises(TypeError, match="takes a str"):
            lexicon.prefixes(other)  # type: ignore[arg-type]


def test_variants_are_one_word_unless_folding_is_off() -> None:
    given = [("漢語", 1, ""), ("汉语", 2, "n"), ("ＡＢ", 3, ""), ("ab", 4, "nx")]
    assert list(Lexicon(given).items()) == [Entry("漢語", 3, "n"), Entry("ＡＢ", 7, "nx")]
    exact = Lexicon(given, fold=False)
    assert list(exact.items()) == [Entry(*fields) for fields in given]
    assert "漢语" in Lexicon(given)
    assert "漢语" not in exact
    assert "漢语" not in exact.with_words(["中"])
    assert exact.with_words({"漢語": 9}).count("汉语") == 2


def test_counts_that_add_up_beyond_the_largest_are_refused_not_wrapped() -> None:
    with pytest.raises(ValueError, match="count"):
        Lexicon([("中", LARGEST_COUNT)] * 3)
    lexicon = Lexicon([("中", LARGEST_COUNT)])
    with pytest.raises(ValueError, match="count"):
        lexicon.merge(lexicon).merge(lexicon)


def test_more_tags_than_there_is_room_for_are_refused_with_a_reason() -> None:
    with pytest.raises(ValueError, match="tags"):
        Lexicon([(f"w{i}", 1, f"t{i}") for i in range(66_000)])


def test_prefixes_begin_anywhere_in_the_text() -> None:
    lexicon = Lexicon(["中", "中华", "中华人民"]).with_words(["华", "中华人"]).without_words(["中"])
    assert lexicon.prefixes("爱中华人民", 1) == ["中华", "中华人", "中华人民"]
    assert lexicon.prefixes("中华", 1) == ["华"]
    assert lexicon.prefixes("中华", 2) == []
    with pytest.raises(IndexError, match="start must be in 0"):
        lexicon.prefixes("中华", 3)


# --- changes ---------------------------------------------------------------------------------


def changed(base: list[Entry], added: list[Entry], gone: list[str]) -> dict[str, Entry]:
    table = as_dict(base)
    for entry in added:
        table.pop(fold(entry.word), None)
        table[fold(entry.word)] = entry
    for word in gone:
        table.pop(fold(word), None)
    return table


@given(entry_lists, entry_lists, st.lists(words, max_size=5))
def test_a_changed_lexicon_equals_one_built_from_its_words(
    base: list[Entry], added: list[Entry], gone: list[str]
) -> None:
    added = list({fold(entry.word): entry for entry in added}.values())
    gone += [entry.word for entry in base[::3]] + [entry.word for entry in added[::2]]
    lexicon = Lexicon(base)
    longer = lexicon.with_words(added)
    assert_holds(longer, changed(base, added, []))
    shorter = longer.without_words(gone)
    assert_holds(shorter, changed(base, added, gone))
    assert_holds(shorter.with_words(added), changed(list(shorter.items()), added, []))
    assert same(Lexicon(shorter), shorter)
    assert same(shorter.merge(Lexicon()), shorter)
    assert_holds(lexicon, as_dict(base))


@given(entry_lists, entry_lists)
def test_merged_counts_add_up(one: list[Entry], other: list[Entry]) -> None:
    merged = Lexicon(one).merge(Lexicon(other))
    assert_holds(merged, as_dict([*as_dict(one).values(), *as_dict(other).values()]))


def test_words_come_in_the_order_they_were_given() -> None:
    lexicon = Lexicon(["丙", "甲", "乙"]).with_words(["丁", "甲"]).without_words(["丙"])
    assert list(lexicon) == ["乙", "丁", "甲"]
    assert list(lexicon.with_words(["丙"])) == ["乙", "丁", "甲", "丙"] or list(
        lexicon.with_words(["丙"])
    ) == ["乙", "丙", "丁", "甲"]


def test_a_word_that_was_there_is_replaced() -> None:
    lexicon = Lexicon({"中国": (5, "ns"), "人": 3})
    assert lexicon.with_words({"中国": 2}).get("中国") == Entry("中国", 2)
    assert lexicon.with_words({"中國": (2, "n")}).get("中国") == Entry("中國", 2, "n")
    assert len(lexicon.with_words({"中國": 2})) == 2


def test_words_that_are_not_there_are_not_missed() -> None:
    lexicon = Lexicon(["中"])
    assert same(lexicon.without_words(["国", "人"]), lexicon)
    assert len(lexicon.without_words(["国"])) == 1
    assert same(lexicon.without_words([]), lexicon)
    assert same(lexicon.with_words([]), lexicon)


def test_without_words_takes_a_list_of_words() -> None:
    for wrong, saying in (("中", "put it in a list"), ([5], "must be a str"), ([b"x"], "a str")):
        with pytest.raises(TypeError, match=saying):
            Lexicon(["中"]).without_words(wrong)  # type: ignore[arg-type]


def test_a_changed_lexicon_shares_the_arrays_of_its_base() -> None:
    lexicon = Lexicon({f"词{chr(0x4E00 + i)}": i for i in range(2000)})
    changed = lexicon.with_words(["新词"]).without_words(["词一"]).with_words({"再来": 3})
    assert np.shares_memory(lexicon.base_counts, changed.base_counts)
    one, other = lexicon.dictionary.trie.arrays, changed.dictionary.trie.arrays
    assert all(np.shares_memory(one[name], other[name]) for name in one)


@given(entry_lists, entry_lists)
def test_no_change_changes_the_lexicon_it_is_made_from(
    base: list[Entry], added: list[Entry]
) -> None:
    lexicon = Lexicon(base)
    before = list(lexicon.items())
    arrays = {name: array.tobytes() for name, array in lexicon.to_store()[1].items()}
    lexicon.with_words(added).without_words([entry.word for entry in base]).merge(lexicon)
    assert list(lexicon.items()) == before
    assert {name: array.tobytes() for name, array in lexicon.to_store()[1].items()} == arrays


def test_a_lexicons_arrays_cannot_be_written_to() -> None:
    lexicon = Lexicon({"中国": 3})
    with pytest.raises(ValueError, match="read-only"):
        lexicon.base_counts[0] = 5


# --- pickle, save, load ----------------------------------------------------------------------


@given(entry_lists, entry_lists)
def test_pickles_and_copies_are_the_same_lexicon(base: list[Entry], added: list[Entry]) -> None:
    lexicon = Lexicon(base).with_words(added).without_words([entry.word for entry in base[::2]])
    for other in (
        pickle.loads(pickle.dumps(lexicon)),
        copy.copy(lexicon),
        copy.deepcopy(lexicon),
    ):
        assert_holds(other, contents(lexicon))
        assert same(other, lexicon)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=20)
@given(base=entry_lists, added=entry_lists)
def test_saved_and_loaded_it_is_the_same_lexicon(
    base: list[Entry], added: list[Entry], tmp_path: Path
) -> None:
    lexicon = Lexicon(base).with_words(added).without_words([entry.word for entry in base[::2]])
    path = tmp_path / "lexicon.model"
    lexicon.save(path)
    loaded = Lexicon.load(path)
    assert same(loaded, lexicon)
    assert_holds(loaded, contents(lexicon))
    assert_holds(loaded.with_words(["新"]).without_words(["新"]), changed_without(lexicon, "新"))
    before = path.read_bytes()
    loaded.save(path)
    assert path.read_bytes() == before


def changed_without(lexicon: Lexicon, word: str) -> dict[str, Entry]:
    table = contents(lexicon)
    table.pop(word, None)
    return table


def test_a_lexicon_without_folding_is_saved_as_one(tmp_path: Path) -> None:
    path = tmp_path / "lexicon.model"
    Lexicon(["漢語"], fold=False).save(path)
    assert "汉语" not in Lexicon.load(path)
    assert "漢語" in Lexicon.load(path)


def test_large_counts_survive_saving(tmp_path: Path) -> None:
    path = tmp_path / "lexicon.model"
    Lexicon({"中": LARGEST_COUNT, "国": (1 << 31) - 1, "人": 1 << 31}).save(path)
    assert Lexicon.load(path).count("中") == LARGEST_COUNT
    assert Lexicon.load(path).count("人") == 1 << 31


def test_what_is_no_lexicon_is_not_loaded(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="not a classicnlp model"):
        Lexicon.load(CORPORA / "README.md")
    with pytest.raises(FileNotFoundError):
        Lexicon.load(tmp_path / "none")


# --- dictionary files ------------------------------------------------------------------------


def read(folder: Path, data: str | bytes) -> list[tuple[str, int, str]]:
    path = folder / "some.dict"
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    return [tuple(entry) for entry in Lexicon.from_file(path).items()]  # type: ignore[misc]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("中国 3 ns\n", [("中国", 3, "ns")]),
        ("中国 3\n", [("中国", 3, "")]),
        ("中国 ns\n", [("中国", 0, "ns")]),
        ("中国\n", [("中国", 0, "")]),
        ("中国", [("中国", 0, "")]),
        ("中国\t3\tns\n", [("中国", 3, "ns")]),
        ("中国\tns\n", [("中国", 0, "ns")]),
        ("中国\t3\t\n", [("中国", 3, "")]),
        ("  中国   3   ns  \r\n国\r\n", [("中国", 3, "ns"), ("国", 0, "")]),
        ("\ufeff中国 3\n", [("中国", 3, "")]),
        ("\n\n# 注释 3 n\n#\n中国\n   \n\t\n", [("中国", 0, "")]),
        ("#中国 3\n", [("#中国", 3, "")]),
        ("# 中国\n", []),
        ("new york\t3\tns\n", [("new york", 3, "ns")]),
        ("中 1\n中 2 n\n中 3\n", [("中", 6, "n")]),
        ("", []),
        ("C++ 3 nx\n3.14 2\n3 2\n", [("C++", 3, "nx"), ("3.14", 2, ""), ("3", 2, "")]),
        ("北京\u300012\n", [("北京", 12, "")]),
        ("中\u2028国\t3\n", [("中\u2028国", 3, "")]),
    ],
    ids=repr,
)
def test_dictionary_lines_are_read(
    text: str, expected: list[tuple[str, int, str]], tmp_path: Path
) -> None:
    assert read(tmp_path, text) == expected


@pytest.mark.parametrize(
    ("line", "saying"),
    [
        ("中国 ns 3", "swapped"),
        ("中国 -3", "letters"),
        ("中国 -3 n", "whole number"),
        ("中国 3.5 n", "whole number"),
        ("中国 x n", "whole number"),
        ("中国 3 名词", "letters"),
        ("中国 3 n n", "4 fields"),
        ("new york 3 ns", "tabs"),
        ("中国\t3\tn\tv", "4 fields"),
        ("\t3\tn", "at least one character"),
        ("中" * 4097, "at most 4096"),
        (f"中国 {LARGEST_COUNT + 1}", "count"),
        ("中国 " + "9" * 5000, "."),
    ],
)
def test_a_bad_line_is_told_with_file_and_line(line: str, saying: str, tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match=saying) as caught:
        read(tmp_path, f"好 3\n# 注释\n\n{line}\n坏 x y\n")
    assert caught.value.line == 4
    assert str(caught.value).startswith(f"{tmp_path / 'some.dict'}:4: ")


def test_a_file_that_is_not_utf8_is_told_with_file_and_line(tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match="not UTF-8") as caught:
        read(tmp_path, "好 3\n".encode() + "中国".encode("gb18030"))
    assert caught.value.line == 2


def test_a_missing_file_is_not_found(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        Lexicon.from_file(tmp_path / "none")


def round_trip(lexicon: Lexicon, folder: Path) -> Lexicon:
    path = folder / "round.dict"
    lexicon.to_file(path)
    return Lexicon.from_file(path)


plain_words = st.text(alphabet="中国人 a#1.\u3000\xa0", min_size=1, max_size=5)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    given=st.lists(
        st.builds(
            Entry, st.one_of(plain_words, words), st.integers(0, 9), st.sampled_from(["", "n"])
        ),
        max_size=8,
    )
)
def test_a_written_file_reads_back_the_same_or_is_refused(
    given: list[Entry], tmp_path: Path
) -> None:
    lexicon = Lexicon(given)
    path = tmp_path / "words.dict"
    try:
        lexicon.to_file(path)
    except UnicodeError:
        raise  # a ValueError too, but one that names no word
    except ValueError:
        return
    assert same(Lexicon.from_file(path), lexicon)


@pytest.mark.parametrize(
    "word",
    ["new york", "#", "##", "#a", "a # b", "C#", "é", "\U00020000", "a\u2028b", "3", "a\x0bb"],
)
def test_odd_words_survive_a_file(word: str, tmp_path: Path) -> None:
    lexicon = Lexicon([(word, 3, "n"), ("中", 0, ""), (word * 2, 0, "v")])
    assert same(round_trip(lexicon, tmp_path), lexicon)


@pytest.mark.parametrize(
    "word", ["a\tb", "a\nb", "a\rb", " a", "a ", " ", "\u3000", "# a", "\ufeffa", "\ud800", "\x1ca"]
)
def test_a_word_that_a_file_cannot_hold_is_refused_by_name(word: str, tmp_path: Path) -> None:
    path = tmp_path / "words.dict"
    path.write_text("中 3\n", "utf-8")
    with pytest.raises(ValueError, match="cannot") as caught:
        Lexicon([word]).to_file(path)
    assert not isinstance(caught.value, UnicodeError)
    assert ascii(word)[1:-1] in ascii(str(caught.value)).replace("\\\\", "\\")
    assert path.read_text("utf-8") == "中 3\n"
    assert [file.name for file in tmp_path.iterdir()] == ["words.dict"]


@pytest.mark.parametrize("tag", ["名词", "5", "a b", "n\n", "n\tv", " ", "\ud800"])
def test_a_tag_that_a_file_cannot_hold_is_refused(tag: str, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="tag") as caught:
        Lexicon({"中国": tag}).to_file(tmp_path / "words.dict")
    assert not isinstance(caught.value, UnicodeError)


def test_files_may_be_compressed(tmp_path: Path) -> None:
    lexicon = Lexicon({"中国": (3, "ns")})
    for suffix in ("gz", "xz", "bz2"):
        path = tmp_path / f"words.{suffix}"
        lexicon.to_file(path)
        assert same(Lexicon.from_file(path), lexicon)
