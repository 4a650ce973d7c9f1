"""Extractors: the features of the naive expansion, numbered by frequency, the same after load."""

from __future__ import annotations

import copy
import math
import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from classicnlp import store
from classicnlp.tagging.features import (
    KINDS,
    CharacterFeatures,
    DictFeatures,
    FeatureExtractor,
    TemplateFeatures,
    WordFeatures,
    ambiguity,
    base,
    characters,
    extractor_for,
    restore_extractor,
    words,
)
from classicnlp.tagging.features.templates import default_template, parse_template
from classicnlp.tagging.features.vocabulary import order_of
from classicnlp.tagging.observations import Observations
from classicnlp.text import CharacterClass, character_classes, fold
from tests.conftest import code_points, nasty_texts, run_apart
from tests.reference import features as reference

TEMPLATE = """
# words, tags, pairs
U00:%x[-2,0]
U01:%x[-1,0]
U02:%x[0,0]
U03:%x[-1,0]/%x[0,1]
U%x[-1,1]
U%x[1,1]
u:%X[0,0]
U04:%t[-1,0,"^[0-9]"]/%m[0,0,".$"]/%M[1,0,"[A-Z]+"]
U
B
B05:%x[-1,1]/%x[0,1]
*:%x[0,1]
"""
"""A line of every sort."""

# CRF++'s own example: https://taku910.github.io/crfpp/#templ
CHUNKS = [("He", "PRP"), ("reckons", "VBZ"), ("the", "DT"), ("current", "JJ"), ("account", "NN")]

# Few values, so that features come again; nasty ones among them.
values = st.one_of(st.sampled_from(["我", "爱", "1", "aA", "", "%", "_B-1", "\ud800"]), code_points)
pairs = st.lists(st.tuples(values, st.sampled_from("nvx")), max_size=6)
texts = st.one_of(st.text(alphabet="我爱愛1Ａa，", max_size=8), nasty_texts)
nasty_word = st.one_of(st.text(alphabet="看高兴1a", min_size=1, max_size=6), code_points)
word_lists = st.lists(nasty_word, max_size=6)
numbers = st.one_of(st.floats(-9, 9), st.integers(-3, 3), st.booleans())
keys = st.one_of(st.sampled_from(["w", "w:我", "bias", ""]), code_points)
strings = st.one_of(st.lists(keys, max_size=3), st.sets(keys, max_size=3))
dictionaries: st.SearchStrategy[Any] = st.recursive(
    st.dictionaries(keys, st.one_of(keys, numbers, strings, strings.map(tuple)), max_size=4),
    lambda inner: st.dictionaries(keys, inner, max_size=2),
    max_leaves=3,
)
dict_tokens = st.one_of(dictionaries, strings, strings.map(tuple), strings.map(frozenset))

EXTRACTORS: dict[str, tuple[Callable[[], FeatureExtractor], st.SearchStrategy[Any]]] = {
    "templates": (lambda: TemplateFeatures(TEMPLATE), pairs),
    "characters": (lambda: CharacterFeatures("names"), texts),
    "words": (lambda: WordFeatures("rich"), word_lists),
    "dictionaries": (lambda: DictFeatures(), st.lists(dict_tokens, max_size=4)),
}
SAMPLES: dict[str, list[Any]] = {
    "templates": [CHUNKS, [("我", "n"), ("爱", "v"), ("我", "n")], []],
    "characters": ["我爱我", list("北京1a"), "", "結婚結婚", "𠀀\ud800"],
    "words": [["我", "爱", "北京"], ["看看", "高高兴兴"], [], ["1998年", "𠀀"]],
    "dictionaries": [[{"w": "我", "x": 0.5, "s": {"b", "a"}}, ["w:我"]], [], [{"n": {"w": "爱"}}]],
}
kinds = pytest.mark.parametrize("kind", sorted(EXTRACTORS))


def naive_names(kind: str, sequence: Any) -> list[list[str]]:
    """Return the names of the features of each place."""
    if kind == "templates":
        expanded = reference.template_names(TEMPLATE.replace("u:", "U:"), sequence)
        return expanded
    if kind == "dictionaries":
        return [[name for name, _ in reference.attributes(token)] for token in sequence]
    if kind == "characters":
        text = fold("".join(sequence))
        classes = [CharacterClass(kind).name for kind in character_classes(text)]
        columns = reference.character_columns(text, classes)
        return reference.named_names(characters.NAMES, columns, len(text))
    folded = [fold(word) for word in sequence]
    of_words = [[CharacterClass(kind).name for kind in character_classes(w)] for w in sequence]
    return reference.named_names(
        words.RICH, reference.word_columns(folded, of_words), len(sequence)
    )


def named(extractor: FeatureExtractor, seen: Observations) -> list[list[str]]:
    """Return the names of the features that were observed at each place."""
    seen.check()
    names = extractor.names()
    assert len(names) == seen.feature_count
    return [
        [names[feature] for feature in seen.features[low:high]]
        for low, high in pairwise(seen.first.tolist())
    ]


def named_edges(extractor: FeatureExtractor, seen: Observations) -> list[list[str]]:
    assert seen.edge_first is not None
    edges = Observations(seen.offsets, seen.edge_first, seen.edges, None, seen.edge_count)
    names = extractor.edge_names()
    assert len(names) == seen.edge_count
    assert seen.edges is not None
    first = edges.first.tolist()
    return [[names[edge] for edge in seen.edges[low:high]] for low, high in pairwise(first)]


def same(a: Observations, b: Observations) -> bool:
    return all(
        np.array_equal(x, y) if isinstance(x, np.ndarray) else x == y
        for x, y in zip(a, b, strict=True)
    )


def flat(rows: Sequence[Sequence[Sequence[str]]]) -> list[list[str]]:
    return [place for row in rows for place in row]


# --- what all have in common ------------------------------------------------------------------


@kinds
@given(st.data())
def test_the_features_are_those_of_the_naive_expansion(kind: str, data: st.DataObject) -> None:
    make, sequence = EXTRACTORS[kind]
    sequences = data.draw(st.lists(sequence, max_size=4))
    extractor = make()
    seen = extractor.fit_transform(sequences)
    expected = flat([naive_names(kind, sequence) for sequence in sequences])
    assert seen.offsets.tolist() == np.cumsum([0, *map(len, sequences)]).tolist()
    assert named(extractor, seen) == expected
    every = [name for place in expected for name in place]
    assert extractor.names() == reference.vocabulary(every, 1)
    assert same(extractor.transform(sequences), seen)


@kinds
@given(st.data())
def test_rare_features_are_cut_off(kind: str, data: st.DataObject) -> None:
    make, sequence = EXTRACTORS[kind]
    sequences = data.draw(st.lists(sequence, max_size=4)) * data.draw(st.sampled_from([1, 3]))
    least = data.draw(st.integers(1, 4))
    extractor = make()
    seen = extractor.fit_transform(sequences, least)
    every = flat([naive_names(kind, sequence) for sequence in sequences])
    kept = reference.vocabulary([name for place in every for name in place], least)
    assert extractor.names() == kept
    assert named(extractor, seen) == [[name for name in place if name in kept] for place in every]
    assert same(extractor.transform(sequences), seen)


@kinds
@given(st.data())
def test_features_that_training_did_not_see_are_left_out(kind: str, data: st.DataObject) -> None:
    make, sequence = EXTRACTORS[kind]
    extractor = make()
    extractor.fit_transform(SAMPLES[kind])
    known = set(extractor.names())
    other = data.draw(st.lists(sequence, max_size=3))
    seen = extractor.transform(other)
    expected = flat([naive_names(kind, sequence) for sequence in other])
    assert named(extractor, seen) == [
        [name for name in place if name in known] for place in expected
    ]


@kinds
def test_many_at_once_are_as_one_by_one(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    sequences = SAMPLES[kind] * 2
    whole = EXTRACTORS[kind][0]()
    seen = whole.fit_transform(sequences)
    for size in (1, 2, 3, 5):
        monkeypatch.setattr(base, "CHUNK", size)
        parts = EXTRACTORS[kind][0]()
        assert same(parts.fit_transform(sequences), seen)
        assert parts.names() == whole.names()
        assert same(parts.transform(sequences), seen)
    alone = flat([named(whole, whole.transform([sequence])) for sequence in sequences])
    assert alone == named(whole, seen)


@kinds
@pytest.mark.parametrize("bits", [None, 6])
def test_a_stored_extractor_does_the_same(kind: str, bits: int | None, tmp_path: Path) -> None:
    extractor = EXTRACTORS[kind][0]().set_params(hash_bits=bits)
    extractor.fit_transform(SAMPLES[kind])
    for _ in range(2):  # the second time with some features forgotten
        parameters, arrays = extractor.to_store()
        store.save(tmp_path / "features", "features", parameters, arrays)
        stored = store.load(tmp_path / "features")
        restored = restore_extractor(kind, stored.parameters, stored.arrays)
        assert same(restored.transform(SAMPLES[kind]), extractor.transform(SAMPLES[kind]))
        assert restored.names() == extractor.names()
        assert restored.edge_names() == extractor.edge_names()
        assert restored.get_params() == extractor.get_params()
        extractor.keep(np.arange(len(extractor.names())) % 3 > 0)


@kinds
@pytest.mark.parametrize("bits", [None, 5])
def test_what_is_not_kept_is_forgotten(kind: str, bits: int | None) -> None:
    extractor = EXTRACTORS[kind][0]().set_params(hash_bits=bits)
    seen = extractor.fit_transform(SAMPLES[kind] * 3)
    names = extractor.names()
    for _ in range(2):
        kept = np.arange(len(names)) % 3 != 1
        before = named(extractor, extractor.transform(SAMPLES[kind]))
        extractor.keep(kept)
        names = [name for name, is_kept in zip(names, kept, strict=True) if is_kept]
        assert extractor.names() == names
        after = named(extractor, extractor.transform(SAMPLES[kind]))
        assert after == [[name for name in place if name in names] for place in before]
    extractor.keep(np.zeros(len(names), np.bool_))
    assert extractor.names() == []
    assert extractor.transform(SAMPLES[kind]).feature_count == 0
    for mask in (np.ones(1, np.bool_), np.zeros(0, np.int32)):
        with pytest.raises(ValueError, match="expected 0 bools"):
            extractor.keep(mask)
    assert seen.feature_count > 0


@kinds
def test_names_can_be_had_of_some_features(kind: str) -> None:
    extractor = EXTRACTORS[kind][0]()
    count = extractor.fit_transform(SAMPLES[kind]).feature_count
    names = extractor.names()
    assert extractor.names([2, 0, 2]) == [names[2], names[0], names[2]]
    assert extractor.names([]) == []
    for wrong in ([count], [-1], [[0]]):
        with pytest.raises(ValueError, match="features are numbered from 0"):
            extractor.names(wrong)


@kinds
def test_hashed_features_need_no_vocabulary(kind: str) -> None:
    hashed = EXTRACTORS[kind][0]().set_params(hash_bits=24)
    seen = hashed.fit_transform(SAMPLES[kind], 2).check()
    exact = EXTRACTORS[kind][0]()
    expected = exact.fit_transform(SAMPLES[kind])
    assert seen.feature_count == 1 << 24
    assert (seen.first == expected.first).all()
    number: dict[int, int] = {}
    for feature, wanted in zip(seen.features.tolist(), expected.features.tolist(), strict=True):
        assert number.setdefault(wanted, feature) == feature
    assert len(set(number.values())) == len(number), "2**24 numbers are enough for so few"
    assert hashed.names([3, 70]) == ["#3", "#70"]
    fresh = EXTRACTORS[kind][0]().set_params(hash_bits=24)
    fresh.fit_transform([])
    assert same(fresh.transform(SAMPLES[kind]), seen)


@kinds
@pytest.mark.parametrize(("bits", "error"), [(0, ValueError), (29, ValueError), ("8", TypeError)])
def test_other_numbers_of_bits_are_refused(kind: str, bits: Any, error: type[Exception]) -> None:
    extractor = EXTRACTORS[kind][0]().set_params(hash_bits=bits)
    with pytest.raises(error, match="hash_bits must be"):
        extractor.fit_transform(SAMPLES[kind])


@kinds
def test_no_tokens_have_no_features(kind: str) -> None:
    for sequences in ([], [[]], [[], ()]):
        extractor = EXTRACTORS[kind][0]()
        seen = extractor.fit_transform(sequences).check()
        assert (seen.feature_count, seen.places) == (0, 0)
        assert len(seen.offsets) == len(sequences) + 1
        assert extractor.names() == extractor.edge_names() == []
        again = restore_extractor(kind, *extractor.to_store()).transform(SAMPLES[kind])
        assert len(again.check().features) == 0
        assert again.places == sum(map(len, SAMPLES[kind]))


@kinds
def test_fitting_again_forgets_what_was_before(kind: str) -> None:
    once, twice = (EXTRACTORS[kind][0]() for _ in range(2))
    twice.fit_transform(SAMPLES[kind][::-1], 2)
    assert same(twice.fit_transform(SAMPLES[kind]), once.fit_transform(SAMPLES[kind]))
    assert twice.names() == once.names()


@kinds
def test_an_extractor_that_learnt_nothing_says_so(kind: str) -> None:
    extractor = EXTRACTORS[kind][0]()
    calls: list[Callable[[], Any]] = [
        lambda: extractor.transform([]),
        extractor.names,
        extractor.to_store,
        lambda: extractor.keep(np.ones(1, np.bool_)),
    ]
    for call in calls:
        with pytest.raises(ValueError, match=f"{type(extractor).__name__} has learnt nothing yet"):
            call()
    for least, error in ((0, ValueError), (1.5, TypeError)):
        with pytest.raises(error, match="min_count must be"):
            extractor.fit_transform([], least)  # type: ignore[arg-type]


@kinds
def test_any_number_of_threads_may_use_one(kind: str) -> None:
    extractor = EXTRACTORS[kind][0]()
    expected = extractor.fit_transform(SAMPLES[kind] * 50)
    results: list[Observations] = []
    threads = [
        threading.Thread(target=lambda: results.append(extractor.transform(SAMPLES[kind] * 50)))
        for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(results) == 4
    assert all(same(result, expected) for result in results)


@kinds
@pytest.mark.parametrize("bits", [None, 4])
def test_a_file_that_does_not_fit_is_refused(kind: str, bits: int | None) -> None:
    extractor = EXTRACTORS[kind][0]().set_params(hash_bits=bits)
    count = extractor.fit_transform(SAMPLES[kind]).feature_count
    extractor.keep(np.arange(count) > 0)
    parameters, arrays = extractor.to_store()
    restore_extractor(kind, parameters, arrays)
    for name in parameters:
        for wrong in (None, -3, "x", [], ["x"]):
            if wrong != parameters[name] and not (name == "hash_bits" and wrong is None):
                if name == "template" and wrong == "x":
                    continue
                with pytest.raises((TypeError, ValueError, KeyError)):
                    restore_extractor(kind, {**parameters, name: wrong}, arrays)
        rest = {key: value for key, value in parameters.items() if key != name}
        with pytest.raises(KeyError):
            restore_extractor(kind, rest, arrays)
    for name, array in arrays.items():
        if not name.startswith("features/"):
            continue
        damages = [array[:-1], array.astype(np.float64), array[None]]
        if name != "features/keys" and name != "features/text":
            damages += [np.full_like(array, np.iinfo(array.dtype).max)]
        for damaged in damages:
            with pytest.raises((ValueError, TypeError)):
                restore_extractor(kind, parameters, {**arrays, name: damaged})
        if bits is None:
            rest_of_arrays = {key: value for key, value in arrays.items() if key != name}
            with pytest.raises(KeyError):
                restore_extractor(kind, parameters, rest_of_arrays)


def test_a_table_without_an_end_is_refused() -> None:
    extractor = DictFeatures()
    extractor.fit_transform(SAMPLES["dictionaries"])
    parameters, arrays = extractor.to_store()
    for slots in (np.zeros(16, np.int32), np.full(12, -1, np.int32), np.full(16, -2, np.int32)):
        with pytest.raises(ValueError, match="a table must have"):
            DictFeatures.from_store(parameters, {**arrays, "features/slots": slots})


@pytest.mark.parametrize("sequences", ["ab", b"ab", {"a": 1}, {"a"}, 3, None])
def test_what_is_no_list_of_sequences_is_refused(sequences: Any) -> None:
    with pytest.raises(TypeError, match="expected a list of sequences of tokens, got"):
        CharacterFeatures().fit_transform(sequences)


@pytest.mark.parametrize("sequence", [3, {"a": 1}, {"a"}, b"a", (x for x in "ab")])
def test_what_is_no_sequence_is_refused(sequence: Any) -> None:
    with pytest.raises(TypeError, match="sequence 2: expected a list of tokens, got"):
        WordFeatures().fit_transform([["我"], sequence])
    extractor = WordFeatures()
    extractor.fit_transform([["我"]])
    with pytest.raises(TypeError, match="sequence 7: expected a list of tokens, got"):
        extractor.transform([sequence], start=6)


def test_sequences_may_be_tuples_and_arrays() -> None:
    for sequences in (
        [("我", "爱"), ["你"]],
        (["我", "爱"], ["你"]),
        [np.array(["我", "爱"]), np.array(["你"], object)],
        np.array([["我", "爱"], ["你"]], object),
        [list(map(np.str_, "我爱")), "你"],
    ):
        extractor = TemplateFeatures("U0:%x[0,0]")
        extractor.fit_transform(sequences)  # type: ignore[arg-type]
        assert extractor.names() == ["U0:我", "U0:爱", "U0:你"]


def test_frequent_features_come_first() -> None:
    counts = np.array([15, 16, 3, 100, 16, 1, 17])
    assert order_of(counts, 1).tolist() == [3, 6, 1, 4, 0, 2, 5]
    assert order_of(counts, 4).tolist() == [3, 6, 1, 4, 0]
    assert order_of(counts, 17).tolist() == [3, 6]
    extractor = TemplateFeatures("U%x[0,0]")
    extractor.fit_transform(["a" + "b" * 15 + "c" * 16 + "d" * 30 + "e" * 16])
    assert extractor.names() == ["Ud", "Uc", "Ue", "Ua", "Ub"]


# --- templates --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("%x[0,0]", "the"),
        ("%x[0,1]", "DT"),
        ("%x[-1,0]", "reckons"),
        ("%x[-2,1]", "PRP"),
        ("%x[0,0]/%x[0,1]", "the/DT"),
        ("ABC%x[0,1]123", "ABCDT123"),
    ],
)
def test_the_example_of_crfpp(line: str, expected: str) -> None:
    extractor = TemplateFeatures(f"U{line}")
    seen = extractor.fit_transform([CHUNKS])
    assert named(extractor, seen)[2] == [f"U{expected}"]


@given(st.lists(pairs, max_size=4))
def test_lines_with_b_give_features_of_transitions(sequences: list[list[tuple[str, str]]]) -> None:
    extractor = TemplateFeatures(TEMPLATE)
    seen = extractor.fit_transform(sequences)
    expected = flat(
        [
            reference.template_names(TEMPLATE.replace("\nB\n", "\n"), sequence, "B*")
            for sequence in sequences
        ]
    )
    assert named_edges(extractor, seen) == expected
    assert extractor.edge_names() == reference.vocabulary(
        [name for place in expected for name in place], 1
    )


def test_a_b_without_columns_gives_nothing_but_a_u_does() -> None:
    extractor = TemplateFeatures("U\nU00\nB\nb00")
    seen = extractor.fit_transform(["我爱"])
    assert named(extractor, seen) == [["U", "U00"]] * 2
    assert (seen.edge_first, seen.edges, seen.edge_count) == (None, None, 0)


def test_lines_that_differ_in_their_macros_alone_share_features() -> None:
    extractor = TemplateFeatures("U%x[-1,0]\nU%x[1,0]\nU1%x[1,0]")
    seen = extractor.fit_transform(["我爱我"])
    middle = [["U我", "U我", "U1我"]]
    assert named(extractor, seen)[1:2] == middle


def test_values_that_run_together_in_a_name_make_different_features() -> None:
    extractor = TemplateFeatures("U%x[0,0]%x[1,0]")
    extractor.fit_transform([["我", "爱国"], ["我爱", "国"]])
    assert extractor.names() == ["U我爱国", "U爱国_B+1", "U我爱国", "U国_B+1"]


def test_a_column_need_not_be_text_if_no_line_names_it() -> None:
    extractor = TemplateFeatures("U%x[0,1]")
    extractor.fit_transform([[(None, "a"), (1, "b")]])
    assert extractor.names() == ["Ua", "Ub"]


def test_a_token_of_one_column_may_be_a_str() -> None:
    sequences: list[Any] = ["我爱", ["我", "爱"], [("我",), ["爱"]]]
    seen = [TemplateFeatures("U%x[0,0]/%x[1,0]").fit_transform([one]) for one in sequences]
    assert same(seen[0], seen[1])
    assert same(seen[1], seen[2])


@pytest.mark.parametrize(
    ("template", "message"),
    [
        ("", "the template is empty"),
        (" \n\n", "the template is empty"),
        ("U0:%x[0,0]\n\nX0:%x[0,0]", "line 3 of the template: expected U, B, [*] or # at its"),
        ("U0:%y[0,0]", "line 1 of the template: expected x, t or m after %, got '%y"),
        ("U0:100%", "line 1 of the template: expected x, t or m after %, got '%'"),
        ("#\nU0:%x[0]", r"line 2 of the template: expected %x\[row,column\] such as"),
        ("U0:%x[a,0]", "expected %x"),
        ("U0:%x[0,-1]", "expected %x"),
        ("U0:%x 0,0", "expected %x"),
        ('U0:%x[0,0,"a"]', "expected %x"),
        ("U0:%t[0,0]", r'expected %t\[row,column,"pattern"\] such as'),
        ("U0:%M[0,0,a]", r'expected %m\[row,column,"pattern"\] such as'),
        ('U0:%t[0,0,"(a"]', r'line 1 of the template: "\(a" is no regular expression: '),
        ("U0:%x[129,0]", "line 1 of the template: rows are from -128 to 128, got 129"),
        ("U0:%x[0,0]\nB:%x[0,1]", r"line 2 of the template: there is no column 1"),
    ],
)
def test_templates_that_cannot_be_read_say_what_is_expected(template: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        TemplateFeatures(template).fit_transform([["我"]])


def test_a_template_of_comments_has_no_features() -> None:
    parsed = parse_template("# nothing")
    assert (parsed.features, parsed.edges) == ((), ())


@pytest.mark.parametrize(
    ("token", "error", "message"),
    [
        (("a",), ValueError, "token 3 of sequence 2: expected 2 columns, got 1"),
        (["a", "b", "c"], ValueError, "token 3 of sequence 2: expected 2 columns, got 3"),
        ("ab", TypeError, "token 3 of sequence 2: expected a tuple or list of 2 columns, got str"),
        ({"a": 1}, TypeError, "expected a tuple or list of 2 columns, got dict"),
        ((1, "b"), TypeError, r"expected a str in column 0 \(counted from 0\), got int"),
        (("a", None), TypeError, r"expected a str in column 1 \(counted from 0\), got NoneType"),
    ],
)
def test_tokens_with_other_columns_are_refused(
    token: Any, error: type[Exception], message: str
) -> None:
    good = [("我", "r"), ["爱", "v"]]
    extractor = TemplateFeatures("U%x[0,0]/%x[0,1]")
    with pytest.raises(error, match=message):
        extractor.fit_transform([good, [*good, token]])
    extractor.fit_transform([good])
    with pytest.raises(error, match=message):
        extractor.transform([good, [*good, token]])
    with pytest.raises(error, match=message.replace("sequence 2", "sequence 12")):
        extractor.transform([good, [*good, token]], start=10)
    with pytest.raises(TypeError, match="token 1 of sequence 1: expected a tuple or list of 2"):
        extractor.transform(["我"])


def test_tokens_of_one_column_are_refused_if_they_are_no_text() -> None:
    extractor = TemplateFeatures("U%x[0,0]")
    with pytest.raises(TypeError, match="token 2 of sequence 1: expected a str, got NoneType"):
        extractor.fit_transform([["我", None]])
    for token in (3, {}, (), []):
        with pytest.raises(TypeError, match="the first token must be a str, or a tuple or list of"):
            extractor.fit_transform([[], [token]])
    with pytest.raises(TypeError, match="template must be a str, got int"):
        TemplateFeatures(3).fit_transform([])  # type: ignore[arg-type]


def test_a_template_for_any_number_of_columns() -> None:
    assert len(parse_template(default_template(1)).features) == 8
    extractor = extractor_for("auto", [[("我", "r", "x")]])
    seen = extractor.fit_transform([[("我", "r", "x"), ("来", "v", "y")]])
    assert {"U14:我/r", "U21:来/y"} < set(extractor.names())
    assert named(extractor, seen)[0][:3] == ["U00:_B-2", "U01:_B-1", "U02:我"]
    assert max(view.column for view in parse_template(default_template(3)).views) == 2


# --- dictionaries -----------------------------------------------------------------------------


def test_dictionaries_mean_what_they_mean_in_python_crfsuite() -> None:
    token = {
        "w": "北京", "bias": 1.0, "yes": True, "no": False, "zero": 0.0, "count": 3, "half": -0.5,
        "set": {"b", "a"}, "list": ["y", "x"], "tuple": ("y",), "none": [],
        "nested": {"x": "y", "z": 2, "deep": {"e": "f"}, "list": ["a"]}, "": "",
        "float32": np.float32(0.25), "int64": np.int64(2), "bool": np.bool_(True),
    }  # fmt: skip
    extractor = DictFeatures()
    seen = extractor.fit_transform([[token]])
    assert seen.values is not None
    assert dict(zip(named(extractor, seen)[0], seen.values.tolist(), strict=True)) == {
        "w:北京": 1, "bias": 1, "yes": 1, "count": 3, "half": -0.5, "set:a": 1, "set:b": 1,
        "list:y": 1, "list:x": 1, "tuple:y": 1, "nested:x:y": 1, "nested:z": 2,
        "nested:deep:e:f": 1, "nested:list:a": 1, ":": 1, "float32": 0.25, "int64": 2, "bool": 1,
    }  # fmt: skip


@given(st.lists(st.lists(dict_tokens, max_size=4), max_size=4))
def test_values_are_those_of_the_naive_twin(sequences: list[list[Any]]) -> None:
    extractor = DictFeatures()
    seen = extractor.fit_transform(sequences)
    expected = [
        value
        for sequence in sequences
        for token in sequence
        for _, value in reference.attributes(token)
    ]
    values = np.ones(len(seen.features)) if seen.values is None else seen.values
    assert values.tolist() == expected
    assert (seen.values is None) == all(value == 1 for value in expected)


def test_a_name_is_one_feature_however_it_is_made() -> None:
    extractor = DictFeatures()
    seen = extractor.fit_transform(
        [[{"w": "我"}, ["w:我"], {"w:我": 2}, {"w": {"我": 1}}, {"w:我"}]]
    )
    assert extractor.names() == ["w:我"]
    assert seen.values is not None
    assert seen.values.tolist() == [1, 1, 2, 1, 1]


def test_the_order_of_a_set_does_not_depend_on_the_run() -> None:
    code = """
from classicnlp.tagging.features import DictFeatures
extractor = DictFeatures()
extractor.fit_transform([[{"s": set("zyxwvutsrqponmlkj")}, set("zyxwv")]])
print(extractor.names())
"""
    outputs = {run_apart(code, PYTHONHASHSEED=str(seed)).stdout for seed in range(3)}
    assert len(outputs) == 1
    assert outputs.pop().startswith("['s:j', 's:k'")


@pytest.mark.parametrize(
    ("token", "error", "message"),
    [
        ("我", TypeError, "expected a dictionary of features, or a list or set of str, got str"),
        (None, TypeError, "expected a dictionary of features, or a list or set of str, got NoneT"),
        ({1: "a"}, TypeError, r"a feature's key must be a str, got int \(1\)"),
        ({"a": {1: "a"}}, TypeError, r"a feature's key must be a str, got int \(1\)"),
        ({"a": math.nan}, ValueError, "the value of 'a' must be finite, got nan"),
        ({"a": {"b": math.inf}}, ValueError, "the value of 'a:b' must be finite, got inf"),
        ({"a": np.float32("-inf")}, ValueError, "the value of 'a' must be finite, got -inf"),
        ({"a": 10**400}, ValueError, "the value of 'a' must be finite, got inf"),
        ({"a": None}, TypeError, "the value of 'a' must be a str, a number, .*; got NoneType"),
        ({"a": {"b": b"x"}}, TypeError, "the value of 'a:b' must be a str, .*; got bytes"),
        ({"a": Fraction(1, 2)}, TypeError, "the value of 'a' must be a str, .*; got Fraction"),
        ({"a": np.zeros(2)}, TypeError, "the value of 'a' must be a str, .*; got ndarray"),
        ({"a": [1]}, TypeError, r"an item of 'a' must be a str, got int \(1\)"),
        ({"a": {"b": {"x", 2}}}, TypeError, r"an item of 'a:b' must be a str, got int \(2\)"),
        (["a", 3], TypeError, r"a feature must be a str, got int \(3\)"),
    ],
)
def test_tokens_that_are_no_features_are_refused(
    token: Any, error: type[Exception], message: str
) -> None:
    extractor = DictFeatures()
    with pytest.raises(error, match=f"token 2 of sequence 2: {message}"):
        extractor.fit_transform([[{"a": 1}], [{"a": 1}, token]])
    extractor.fit_transform([[{"a": 1}]])
    with pytest.raises(error, match=f"token 2 of sequence 9: {message}"):
        extractor.transform([[{"a": 1}, token]], start=8)


def test_a_dictionary_may_not_hold_itself() -> None:
    token: dict[str, Any] = {"a": "b"}
    token["self"] = token
    with pytest.raises(ValueError, match="dictionaries within dictionaries, more than 16 deep"):
        DictFeatures().fit_transform([[token]])


def test_dictionaries_may_be_of_a_subclass() -> None:
    extractor = DictFeatures()
    extractor.fit_transform([[OrderedDict(w="我", b=1)]])
    assert extractor.names() == ["w:我", "b"]


# --- characters and words ---------------------------------------------------------------------


def test_variants_of_a_character_are_one() -> None:
    extractor = CharacterFeatures(["char[0]"])
    seen = extractor.fit_transform(["汉ＡaA", ["漢", "a"]])
    assert extractor.names() == ["char[0]=汉", "char[0]=a"]
    assert seen.features.tolist() == [0, 1, 1, 1, 0, 1]


@pytest.mark.parametrize(
    ("sequence", "error", "message"),
    [
        (["我", "北京"], ValueError, "token 2 of sequence 2: expected one character, got '北京'"),
        (["我", ""], ValueError, "token 2 of sequence 2: expected one character, got ''"),
        (["我", 3], TypeError, "token 2 of sequence 2: expected a str, got int"),
        ([("我",)], TypeError, "token 1 of sequence 2: expected a str, got tuple"),
    ],
)
def test_tokens_that_are_no_characters_are_refused(
    sequence: Any, error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=message):
        CharacterFeatures().fit_transform(["我爱", sequence])


@pytest.mark.parametrize(
    ("sequence", "error", "message"),
    [
        ("我爱", TypeError, "sequence 2: expected a list of words, got one str: segment it"),
        (["我", ""], ValueError, "token 2 of sequence 2: a word must have at least one character"),
        (["我", None], TypeError, "token 2 of sequence 2: expected a str, got NoneType"),
    ],
)
def test_tokens_that_are_no_words_are_refused(
    sequence: Any, error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=message):
        WordFeatures().fit_transform([["我"], sequence])


@pytest.mark.parametrize("make", [CharacterFeatures, WordFeatures])
@pytest.mark.parametrize(
    ("templates", "message"),
    [
        ("seven", "templates must be '.*' or a list of templates, got 'seven'"),
        ([], "or a list of templates, got "),
        (3, "or a list of templates, got 3"),
        (["char"], "template 'char': expected columns with a place"),
        (["wrong[0]"], "there are the columns"),
        (["class[0]/"], "template 'class.0./': expected columns"),
        (["char[129]", "word[129]"], "a place from -128 to 128"),
    ],
)
def test_templates_of_unknown_columns_are_refused(
    make: type[FeatureExtractor], templates: Any, message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        make(templates=templates).fit_transform([["我"]])


def test_a_template_must_be_text() -> None:
    with pytest.raises(TypeError, match="a template must be a str, got int"):
        CharacterFeatures([1]).fit_transform(["我"])  # type: ignore[list-item]


def test_the_sets_have_what_their_names_say() -> None:
    assert len(characters.SIX) == 6
    assert len(words.PLAIN) == 19
    for templates in (characters.SIX, characters.NAMES, words.PLAIN, words.RICH, words.TAGGED):
        assert len(set(templates)) == len(templates)


# --- ambiguity classes ------------------------------------------------------------------------

LABELLED = ([["画", "画", "。"], ["画", "上海"], []] * 9, [["v", "n", "w"], ["n", "ns"], []] * 9)


@st.composite
def labelled(draw: st.DrawFn) -> tuple[list[list[str]], list[list[str]]]:
    """Return sequences of words, few and some of them often, and their labels."""
    pair = st.tuples(st.sampled_from("画上海Aa"), st.sampled_from("nvx"))
    rows = draw(st.lists(st.lists(pair, max_size=5), max_size=24))
    rows *= draw(st.sampled_from([1, 1, 9]))
    return [[word for word, _ in row] for row in rows], [
        [label for _, label in row] for row in rows
    ]


@given(labelled())
def test_classes_are_those_of_the_naive_twin(
    data: tuple[list[list[str]], list[list[str]]],
) -> None:
    X, y = data
    folded = [[fold(word) for word in sequence] for sequence in X]
    templates = ["labels[0]", "labels[-1]/word[0]", "word[0]/labels[1]", "labels[-1]/labels[2]"]
    extractor = WordFeatures(templates)
    seen = extractor.fit_transform(X, labels=y)
    classes = reference.ambiguity_columns(folded, y, ambiguity.FOLDS)
    rows = [
        reference.named_names(templates, {"word": words, "labels": own}, len(words))
        for words, own in zip(folded, classes, strict=True)
    ]
    assert named(extractor, seen) == flat(rows)


def test_hashed_features_leave_out_folds_too() -> None:
    X, y = LABELLED
    seen = WordFeatures("tagged").fit_transform(X, labels=y).features.tolist()
    hashed = WordFeatures("tagged", hash_bits=28).fit_transform(X, labels=y).features.tolist()
    assert len(set(zip(seen, hashed, strict=True))) == len(set(seen)) == len(set(hashed))


@pytest.mark.parametrize(
    ("counts", "expected"),
    [
        ({"n": 1}, "rare n>.95"),
        ({"n": 2, "v": 1}, "rare n|v"),
        ({"n": 2, "v": 2}, "n|v"),
        ({"v": 3, "n": 1}, "v|n"),
        ({"v": 4, "n": 1}, "v>.75|n"),
        ({"v": 19, "n": 1}, "v>.75|n"),
        ({"v": 20, "n": 1}, "v>.95|n"),
        ({"v": 99, "n": 1}, "v>.95|n"),
        ({"v": 100, "n": 1}, "v>.95"),
        ({"v": 2, "n": 2, "a": 2, "c": 2, "b": 2}, "a|b|c|n"),
        ({}, "?"),
    ],
)
def test_a_class_says_what_labels_a_word_had(counts: dict[str, int], expected: str) -> None:
    labels = [label for label, count in counts.items() for _ in range(count)]
    # The first sequence does not see itself, only the second, which is in another fold.
    X, y = [["画"], ["画"] * len(labels)], [["n"], labels]
    extractor = WordFeatures(["labels[0]"])
    seen = extractor.fit_transform(X, labels=y)
    assert named(extractor, seen)[0] == [f"labels[0]={expected}"]
    assert reference.ambiguity_class(counts) == expected


def test_a_fold_is_left_out_while_training_and_only_then() -> None:
    X = [["画", "上海"], *([["画"]] * 9), ["上海"]]
    y = [["v", "ns"], *([["n"]] * 9), ["ns"]]
    extractor = WordFeatures(["labels[0]"])
    seen = extractor.fit_transform(X, labels=y)
    expected = [["labels[0]=n>.95"], ["labels[0]=?"], *([["labels[0]=n>.75|v"]] * 9)]
    assert named(extractor, seen)[:-1] == expected
    assert named(extractor, seen)[-1] == ["labels[0]=?"], "the eleventh is in the first one's fold"
    later = extractor.transform([["画", "上海", "北京"]])
    assert named(extractor, later) == [["labels[0]=n>.75|v"], [], ["labels[0]=?"]]


def test_a_word_of_only_one_sequence_is_unseen_there() -> None:
    X, y = LABELLED
    extractor = WordFeatures(["labels[0]"])
    alone = [["上午", "上午"]]
    seen = extractor.fit_transform([*X, *alone], labels=[*y, ["t", "t"]])
    assert named(extractor, seen)[-2:] == [["labels[0]=?"]] * 2


def test_labels_may_be_any_text() -> None:
    X = [["画", "海", "我", "我"]] * 2
    extractor = WordFeatures(["labels[0]"])
    extractor.fit_transform(X, labels=[["a|b", "", "a", "b"], ["\ud800/", "?", "a", "b"]])
    assert extractor.names() == [
        "labels[0]=rare \ud800/>.95", "labels[0]=rare ?>.95", "labels[0]=rare a|b",
        "labels[0]=rare a|b>.95", "labels[0]=rare >.95",
    ]  # fmt: skip


@pytest.mark.parametrize("bits", [None, 6])
def test_stored_classes_are_the_same(bits: int | None, tmp_path: Path) -> None:
    X, y = LABELLED
    extractor = WordFeatures("tagged", hash_bits=bits)
    count = extractor.fit_transform(X, 2, y).feature_count
    extractor.keep(np.arange(count) % 3 > 0)
    others = [["画", "北京", "上海"], []]
    store.save(tmp_path / "features", "features", *extractor.to_store())
    stored = store.load(tmp_path / "features")
    restored = restore_extractor("words", stored.parameters, stored.arrays)
    assert same(restored.transform(X + others), extractor.transform(X + others))
    assert restored.names() == extractor.names()
    assert restored.get_params() == {"templates": "tagged", "hash_bits": bits}
    assert all(
        np.array_equal(array, extractor.to_store()[1][name])
        for name, array in restored.to_store()[1].items()
    )


def test_damaged_classes_are_refused() -> None:
    extractor = WordFeatures("tagged")
    extractor.fit_transform(*LABELLED[:1], labels=LABELLED[1])
    parameters, arrays = extractor.to_store()
    names = [name for name in arrays if name.startswith("labels/")]
    assert len(names) == 6
    for name in names:
        array = arrays[name]
        damages = [array[:-1], array.astype(np.float64), array[None]]
        if name == "labels/slots":
            damages.append(np.full_like(array, len(arrays["labels/words"])))
        for damaged in damages:
            with pytest.raises((ValueError, TypeError)):
                WordFeatures.from_store(parameters, {**arrays, name: damaged})
        rest = {key: value for key, value in arrays.items() if key != name}
        with pytest.raises(KeyError):
            WordFeatures.from_store(parameters, rest)


@pytest.mark.parametrize(
    ("labels", "error", "message"),
    [
        (None, ValueError, r"the templates name labels\[..\], .*: pass these as fit_transform"),
        ([["n"]], ValueError, "labels must have a label for each word"),
        ([["n"], ["n", "v"]], ValueError, "labels must have a label for each word"),
        ([["n", "v"], [3]], TypeError, "expected a str, got int"),
    ],
)
def test_labels_that_are_missing_or_wrong_are_refused(
    labels: Any, error: type[Exception], message: str
) -> None:
    extractor = WordFeatures(["word[0]/labels[1]"])
    with pytest.raises(error, match=message):
        extractor.fit_transform([["我", "来"], ["你"]], labels=labels)
    with pytest.raises(ValueError, match="has learnt nothing yet"):
        extractor.transform([["我"]])


@kinds
def test_labels_change_nothing_where_no_template_names_them(kind: str) -> None:
    with_labels, without = EXTRACTORS[kind][0](), EXTRACTORS[kind][0]()
    labels = [["n"] * len(sequence) for sequence in SAMPLES[kind]]
    seen = with_labels.fit_transform(SAMPLES[kind], labels=labels)
    assert same(seen, without.fit_transform(SAMPLES[kind]))
    assert not any(name.startswith("labels/") for name in with_labels.to_store()[1])


def test_no_words_have_no_classes() -> None:
    for sequences in ([], [[]], [[], ()]):
        extractor = WordFeatures("tagged")
        seen = extractor.fit_transform(sequences, labels=[[] for _ in sequences]).check()
        assert (seen.feature_count, seen.places) == (0, 0)
        restored = WordFeatures.from_store(*extractor.to_store())
        assert len(restored.transform([["我"], []]).check().features) == 0


def test_many_words_at_once_have_the_classes_of_few(monkeypatch: pytest.MonkeyPatch) -> None:
    X, y = LABELLED
    whole = WordFeatures("tagged")
    seen = whole.fit_transform(X, labels=y)
    for size in (1, 2, 5):
        monkeypatch.setattr(base, "CHUNK", size)
        parts = WordFeatures("tagged")
        assert same(parts.fit_transform(X, labels=y), seen)
        assert parts.names() == whole.names()


# --- the choice of an extractor ---------------------------------------------------------------


@pytest.mark.parametrize(
    ("features", "sequences", "expected"),
    [
        ("auto", ["我爱", "你"], CharacterFeatures()),
        ("auto", [[], ["我", "爱"]], CharacterFeatures()),
        ("auto", [["我", "爱"], ["北京"]], WordFeatures("tagged")),
        ("auto", [[("我", "r")]], TemplateFeatures(default_template(2))),
        ("auto", [[{"w": "我"}]], DictFeatures()),
        ("auto", [[["w=我"]]], DictFeatures()),
        ("auto", [[{"w=我"}]], DictFeatures()),
        ("characters", [], CharacterFeatures("six")),
        ("names", [], CharacterFeatures("names")),
        ("words", [], WordFeatures("tagged")),
        ("dictionaries", [], DictFeatures()),
        ("U0:%x[0,0]", [], TemplateFeatures("U0:%x[0,0]")),
        ("# none\nB", [], TemplateFeatures("# none\nB")),
        ("U", [], TemplateFeatures("U")),
        (WordFeatures("rich", hash_bits=3), [], WordFeatures("rich", hash_bits=3)),
    ],
)
def test_the_extractor_for_a_parameter(
    features: Any, sequences: list[Any], expected: FeatureExtractor
) -> None:
    extractor = extractor_for(features, sequences)
    assert type(extractor) is type(expected)
    assert extractor.get_params() == expected.get_params()
    assert extractor is not features
    assert repr(extractor) == repr(expected)


@pytest.mark.parametrize(
    ("features", "sequences", "error", "message"),
    [
        ("auto", [[], []], ValueError, "there are no tokens to tell the kind of features from"),
        ("auto", [[3]], TypeError, "a token must be a str, a tuple of columns, .*, got int"),
        ("seven", [], ValueError, "features must be 'auto', .*, got 'seven'"),
        ("templates", [], ValueError, "features must be 'auto', .*, got 'templates'"),
        (3, [], TypeError, "features must be a str or a FeatureExtractor, got int"),
    ],
)
def test_other_parameters_are_refused(
    features: Any, sequences: list[Any], error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=message):
        extractor_for(features, sequences)


def test_an_unknown_kind_cannot_be_restored() -> None:
    with pytest.raises(ValueError, match="there is no kind of features 'x'; there are characters"):
        restore_extractor("x", {}, {})
    assert set(KINDS) == set(EXTRACTORS)


@kinds
def test_an_extractor_can_be_copied_and_cloned(kind: str) -> None:
    extractor = EXTRACTORS[kind][0]()
    seen = extractor.fit_transform(SAMPLES[kind])
    assert same(copy.deepcopy(extractor).transform(SAMPLES[kind]), seen)
    sklearn = pytest.importorskip("sklearn.base")
    clone = sklearn.clone(extractor)
    assert clone.get_params() == extractor.get_params()
    with pytest.raises(ValueError, match="learnt nothing"):
        clone.names()
