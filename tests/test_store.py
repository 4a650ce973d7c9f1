"""The model file: what goes in comes out; what is damaged, foreign or hostile is refused."""

from __future__ import annotations

import errno
import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from classicnlp import Lexicon, ModelError, load, store
from classicnlp.segmentation import CharSegmenter, NgramSegmenter
from classicnlp.tagging import PosTagger
from tests.conftest import CORPORA, run_apart

ARRAYS = {
    "bytes": np.arange(5, dtype=np.uint8),
    "matrix": np.arange(6, dtype=np.float64).reshape(2, 3),
    "words/first": np.array([-1, 1], np.int64),
    "none": np.zeros((0, 4), np.int16),
    "one": np.array(7, np.int32),
}
PARAMETERS = {"seed": 3, "name": "词", "nested": {"list": [1, None, 0.5]}}
CARD = {"name": "test", "figures": {"F1": 0.5}}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "some.model"


@pytest.fixture
def saved(path: Path) -> Path:
    store.save(path, "test", PARAMETERS, ARRAYS, CARD)
    return path


def write(path: Path, header: Any, data: bytes = b"") -> None:
    """Write a file with any header, as a stranger might."""
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    path.write_bytes(len(text).to_bytes(8, "little") + text + data)


def signed(arrays: dict[str, Any], data: bytes = b"", **metadata: Any) -> dict[str, Any]:
    """Return a header whose checksum is right, whatever else it says."""
    header = {
        "__metadata__": {
            "format": "classicnlp", "version": "1", "kind": "test",
            "parameters": "{}", "card": "{}", "sha256": "", **metadata,
        },
        **arrays,
    }  # fmt: skip
    header["__metadata__"]["sha256"] = store._digest(header, data)
    return header


# --- what goes in comes out ------------------------------------------------------------------


@pytest.mark.parametrize("name", sorted(store.CODES))
@pytest.mark.parametrize("shape", [(), (0,), (3,), (2, 3), (1, 0, 2)])
def test_every_dtype_and_shape_comes_back(name: str, shape: tuple[int, ...], path: Path) -> None:
    generator = np.random.default_rng(0)
    array = generator.integers(0, 2, shape).astype(store.CODES[name])
    store.save(path, "test", {}, {"a": array})
    back = store.load(path).arrays["a"]
    assert back.dtype == array.dtype
    assert back.shape == array.shape
    assert back.tobytes() == array.tobytes()


def test_parameters_card_kind_and_size_come_back(saved: Path) -> None:
    stored = store.load(saved, "test")
    assert stored.kind == "test"
    assert stored.parameters == PARAMETERS
    assert stored.card == CARD
    assert stored.size == saved.stat().st_size
    assert stored.path == saved
    assert {name: array.tolist() for name, array in stored.arrays.items()} == {
        name: array.tolist() for name, array in ARRAYS.items()
    }


def test_no_arrays_and_no_parameters_are_a_file_too(path: Path) -> None:
    store.save(path, "test", {}, {})
    stored = store.load(path)
    assert (stored.parameters, stored.arrays, stored.card) == ({}, {}, {})


def test_arrays_are_aligned_and_read_only(saved: Path) -> None:
    for array in store.load(saved).arrays.values():
        assert array.flags.aligned
        assert not array.flags.writeable
        with pytest.raises(ValueError, match="read-only"):
            array[...] = 0


def test_big_endian_and_strided_arrays_are_stored_in_the_files_order(path: Path) -> None:
    numbers = np.arange(12, dtype=">i4").reshape(3, 4)
    store.save(path, "test", {}, {"a": numbers.T, "b": numbers[::2, 1::2]})
    arrays = store.load(path).arrays
    assert arrays["a"].tolist() == numbers.T.tolist()
    assert arrays["b"].tolist() == numbers[::2, 1::2].tolist()


def test_the_same_contents_give_the_same_bytes(tmp_path: Path) -> None:
    one, two = tmp_path / "one", tmp_path / "two"
    store.save(one, "test", PARAMETERS, ARRAYS, CARD)
    reverse = dict(reversed(ARRAYS.items())), dict(reversed(PARAMETERS.items()))
    store.save(two, "test", reverse[1], reverse[0], CARD)
    assert one.read_bytes() == two.read_bytes()


def test_the_file_is_safetensors(saved: Path) -> None:
    data = saved.read_bytes()
    length = int.from_bytes(data[:8], "little")
    header = json.loads(data[8 : 8 + length])
    assert data[8 : 8 + length].startswith(b"{")
    assert (8 + length) % 8 == 0
    metadata = header.pop("__metadata__")
    assert all(isinstance(value, str) for value in metadata.values())
    assert set(header) == set(ARRAYS)
    end = 0
    for name, entry in sorted(header.items(), key=lambda item: item[1]["data_offsets"]):
        assert set(entry) == {"dtype", "shape", "data_offsets"}
        first, last = entry["data_offsets"]
        assert first == end, "safetensors allows no holes"
        end = last
        array = np.frombuffer(data[8 + length + first : 8 + length + last], ARRAYS[name].dtype)
        assert array.reshape(entry["shape"]).tolist() == ARRAYS[name].tolist()
    assert 8 + length + end == len(data)


def test_within_undoes_nested() -> None:
    nested = store.nested("a", {"x": np.zeros(1), "b/y": np.ones(1)})
    assert set(nested) == {"a/x", "a/b/y"}
    assert set(store.within("a", {**nested, "ab/z": np.zeros(1)})) == {"x", "b/y"}


# --- saving ----------------------------------------------------------------------------------


def test_an_interrupted_save_leaves_the_old_file_and_nothing_else(
    saved: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = saved.read_bytes()

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "fsync", interrupt)
    with pytest.raises(KeyboardInterrupt):
        store.save(saved, "test", {}, {"other": np.zeros(1000)})
    assert saved.read_bytes() == before
    assert [file.name for file in saved.parent.iterdir()] == [saved.name]


def test_a_full_disk_leaves_the_old_file_and_nothing_else(saved: Path) -> None:
    before = saved.read_bytes()

    def fill() -> None:
        with store.replacing(saved) as file:
            file.write(b"half")
            raise OSError(errno.ENOSPC, "No space left on device")

    with pytest.raises(OSError, match="No space"):
        fill()
    assert saved.read_bytes() == before
    assert [file.name for file in saved.parent.iterdir()] == [saved.name]


def test_a_model_in_use_outlives_its_replacement(saved: Path) -> None:
    arrays = store.load(saved).arrays
    store.save(saved, "test", {}, {"bytes": np.zeros(9, np.uint8)})
    assert arrays["matrix"].tolist() == ARRAYS["matrix"].tolist()
    assert store.load(saved).arrays["bytes"].tolist() == [0] * 9


def test_a_saved_file_has_the_mode_of_any_new_file(saved: Path) -> None:
    plain = saved.parent / "plain"
    plain.touch()
    assert saved.stat().st_mode == plain.stat().st_mode


# --- damage ----------------------------------------------------------------------------------


def refused(path: Path, saying: str = r"\w{4}", **how: Any) -> None:
    with pytest.raises(ModelError, match=saying) as caught:
        store.load(path, **how)
    assert str(path) in str(caught.value)


def test_a_file_truncated_anywhere_is_refused(saved: Path) -> None:
    data = saved.read_bytes()
    for length in (*range(0, len(data) - 1, 7), len(data) - 1):
        saved.write_bytes(data[:length])
        refused(saved)


def test_a_file_with_more_at_its_end_is_refused(saved: Path) -> None:
    saved.write_bytes(saved.read_bytes() + b"\0")
    refused(saved, "altered")


def test_a_file_with_a_flipped_bit_is_refused(saved: Path) -> None:
    data = saved.read_bytes()
    for place in range(0, 8 * len(data), 13):
        flipped = bytearray(data)
        flipped[place // 8] ^= 1 << place % 8
        saved.write_bytes(flipped)
        refused(saved)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.binary(max_size=200))
def test_any_other_file_is_refused(data: bytes, path: Path) -> None:
    path.write_bytes(data)
    refused(path)


@pytest.mark.parametrize("file", ["README.md", "documents/economy/01.txt"])
def test_a_text_file_is_refused(file: str) -> None:
    refused(CORPORA / file, "not a classicnlp model")


def test_an_empty_file_is_refused(path: Path) -> None:
    path.touch()
    refused(path, "not a classicnlp model: only 0 bytes")


def test_a_safetensors_file_of_another_program_is_refused(path: Path) -> None:
    write(path, {"a": {"dtype": "F32", "shape": [1], "data_offsets": [0, 4]}}, b"1234")
    refused(path, "another program")


def test_a_newer_format_says_to_upgrade(path: Path) -> None:
    write(path, signed({}, version="2"))
    refused(path, "upgrade classicnlp")


def test_another_kind_says_what_it_is_and_what_was_expected(saved: Path) -> None:
    refused(saved, "holds a test, where a lexicon was expected", kind="lexicon")


def test_a_file_that_is_not_there_is_not_found(path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        store.load(path)


def test_the_checksum_of_a_large_file_is_checked_on_request(
    saved: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = bytearray(saved.read_bytes())
    data[-1] ^= 1
    saved.write_bytes(data)
    monkeypatch.setattr(store, "VERIFY_UP_TO", 0)
    assert store.load(saved).kind == "test"
    refused(saved, "altered", verify=True)


# --- hostile headers -------------------------------------------------------------------------


def entry(shape: Any, offsets: Any, dtype: Any = "U8") -> dict[str, Any]:
    return {"a": {"dtype": dtype, "shape": shape, "data_offsets": offsets}}


HOSTILE = {
    "a negative extent": entry([-1], [0, 8]),
    "two negative extents": entry([-1, -8], [0, 8]),
    "offsets beyond the file": entry([9], [0, 9]),
    "offsets far beyond the file": entry([1], [1 << 60, (1 << 60) + 1]),
    "a negative offset": entry([8], [-8, 0]),
    "offsets that fall": entry([0], [8, 0]),
    "a size that is not that of the shape": entry([4], [0, 8]),
    "an offset that is not aligned": entry([1], [1, 5], "I32"),
    "a shape whose product overflows": entry([1 << 32, 1 << 32], [0, 0]),
    "an empty array of huge extents": entry([0, 1 << 62, 1 << 62], [0, 0]),
    "an empty array of extents beyond 64 bits": entry([0, 10**30], [0, 0]),
    "more dimensions than NumPy has": entry([1] * 65, [0, 1]),
    "an infinite extent": entry([float("inf")], [0, 8]),
    "an extent that is no number": entry([float("nan")], [0, 8]),
    "an infinite offset": entry([0], [float("inf"), 1]),
    "an extent that is null": entry([None], [0, 8]),
    "an unknown dtype": entry([8], [0, 8], "O"),
    "a dtype that is a list": entry([8], [0, 8], ["U8"]),
    "no offsets": {"a": {"dtype": "U8", "shape": [8]}},
    "three offsets": entry([8], [0, 4, 8]),
    "an array that is a number": {"a": 5},
    "an array that is null": {"a": None},
}


@pytest.mark.parametrize("what", HOSTILE)
def test_hostile_arrays_are_refused(what: str, path: Path) -> None:
    data = bytes(8)
    write(path, signed(HOSTILE[what], data), data)
    refused(path)


@pytest.mark.parametrize(
    "metadata",
    [
        {"version": "9" * 5000},
        {"version": "-1"},
        {"version": 1},
        {"version": None},
        {"parameters": "no JSON"},
        {"parameters": "[" * 100_000},
        {"parameters": "9" * 5000},
        {"parameters": {}},
        {"card": "{"},
        {"card": None},
        {"kind": 5},
        {"format": "other"},
    ],
    ids=lambda metadata: str(metadata)[:30],
)
def test_hostile_metadata_is_refused(metadata: dict[str, Any], path: Path) -> None:
    write(path, signed({}, **metadata))
    refused(path)


@pytest.mark.parametrize("name", ["parameters", "card"])
@pytest.mark.parametrize("text", ["[1]", "5", '"x"', "null"])
def test_parameters_and_card_have_to_be_objects(name: str, text: str, path: Path) -> None:
    write(path, signed({}, **{name: text}))
    refused(path)


@pytest.mark.parametrize(
    "header",
    [
        b"[" * 100_000,
        b'{"a":' * 100_000,
        b'{"__metadata__": 1' + b"0" * 5000 + b"}",
        b"[]",
        b"null",
        b'"text"',
        b"\xff\xfe\x00",
        b'{"__metadata__": []}',
        b'{"__metadata__": {"format": ["classicnlp"]}}',
        b"  ",
    ],
    ids=lambda header: str(header[:24]),
)
def test_hostile_json_is_refused(header: bytes, path: Path) -> None:
    write(path, header)
    refused(path)


def test_nesting_of_any_depth_is_refused_or_read(path: Path) -> None:
    for depth in range(600, 1100, 7):
        extra = json.dumps(signed({})["__metadata__"])[:-1].encode()
        nested = b"[" * depth + b"]" * depth
        write(path, b'{"__metadata__": ' + extra + b', "x": ' + nested + b"}}")
        refused(path)


@pytest.mark.parametrize("length", [0, 1, 1 << 24, (1 << 24) + 1, 1 << 40, (1 << 64) - 1])
def test_a_header_of_any_stated_length_is_refused(length: int, path: Path) -> None:
    path.write_bytes(length.to_bytes(8, "little") + b"{}" * 40)
    refused(path)


def test_overlapping_arrays_and_duplicate_names_do_no_harm(path: Path) -> None:
    data = bytes(range(8))
    both = {**entry([8], [0, 8]), "b": entry([4], [2, 6])["a"]}
    header = json.dumps(signed(both, data))
    twice = header.replace('"b"', '"a"', 1)
    for text in (header, twice):
        write(path, text.encode(), data)
        try:
            arrays = store.load(path).arrays
        except ModelError:
            continue
        assert all(set(array.tolist()) <= set(data) for array in arrays.values())


# --- hostile models: checksummed, but their arrays and parameters are not what they say --------

DAMAGES: dict[str, Callable[[np.ndarray], np.ndarray | None]] = {
    "missing": lambda array: None,
    "a scalar": lambda array: np.array(3),
    "empty": lambda array: array[:0],
    "shorter": lambda array: array[:-1],
    "longer": lambda array: np.concatenate([array, array[-1:]]) if array.ndim else array,
    "of two columns": lambda array: np.stack([array.reshape(-1)] * 2, 1),
    "of two dimensions more": lambda array: array.reshape((*array.shape, 1, 1)),
    "one everywhere": lambda array: np.ones_like(array),
    "as large as can be": lambda array: np.full_like(array, np.iinfo(array.dtype).max),
    "as small as can be": lambda array: np.full_like(array, np.iinfo(array.dtype).min),
    "reversed": lambda array: np.ascontiguousarray(array[::-1]),
    "shifted": lambda array: (array.astype(np.int64) + 1).astype(array.dtype),
    "shuffled": lambda array: np.random.default_rng(0).permuted(array.copy()),
    "wide": lambda array: array.astype(np.int64) - (1 << 40),
    "signed": lambda array: np.full(array.shape, -5, np.int16),
    "NaN": lambda array: np.full(array.shape, np.nan),
    "infinite": lambda array: np.full(array.shape, np.inf),
}  # fmt: skip

OF_PIPELINES = {"missing", "a scalar", "shuffled", "signed", "NaN"}

KINDS = ("lexicon", "segmenter", "tagger", "ngram segmenter", "pipeline")


def build(kind: str, path: Path) -> None:
    words = {"一": (3, "n"), "一丁": (2, "v"), "丁": 5, "\U00020000一": 1}
    sentences = [[("一丁", "v"), ("丁", "n")], [("一", "n"), ("丁一", "v")]]
    texts = [[word for word, _ in sentence] for sentence in sentences]
    segmenter = CharSegmenter(epochs=2).fit(texts, lexicons=[])
    tagger = PosTagger(epochs=2, known_from=1).fit(sentences)
    if kind == "lexicon":
        Lexicon(words).save(path)
    elif kind == "segmenter":
        segmenter.save(path)
    elif kind == "tagger":
        tagger.save(path)
    elif kind == "ngram segmenter":
        NgramSegmenter().fit(texts).save(path)
    else:
        from classicnlp import Pipeline

        Pipeline(segmenter, tagger, Lexicon(words)).save(path)


TEXTS = ["", "一丁一丁丁", "\U00020000一丁\U00020000\ud800", "一" * 5000, "丁 a.b@c 1,000" * 30]


def use(kind: str, path: Path) -> None:
    """Load a model and do with it whatever may lead outside an array."""
    if kind == "lexicon":
        lexicon = Lexicon.load(path)
        assert len(list(lexicon.items())) == len(lexicon)
        for text in TEXTS:
            lexicon.prefixes(text)
            lexicon.get(text)
        lexicon.with_words(["一丁一"]).merge(lexicon)
        segmenters: list[Any] = [NgramSegmenter(lexicon)]
    elif kind == "tagger":
        tagger = PosTagger.load(path)
        for text in TEXTS:
            assert len(tagger.predict(list(text))) == len(text)
        segmenters = []
    elif kind == "segmenter":
        segmenters = [CharSegmenter.load(path)]
    elif kind == "ngram segmenter":
        segmenters = [NgramSegmenter.load(path)]
        segmenters[0].n_best("一丁一丁", 3)
        segmenters[0].lattice("一丁一丁")
    else:
        pipeline = load(path)
        pipeline.tag("一丁丁一")
        list(pipeline.lexicon.items())
        segmenters = [pipeline]
    for segmenter in segmenters:
        for text in TEXTS:
            assert "".join(segmenter.segment(text)) == text
            assert "".join(segmenter.with_words(["丁丁"]).segment(text)) == text


def damaged(stored: store.Stored) -> Iterator[tuple[str, dict[str, np.ndarray]]]:
    for name, array in stored.arrays.items():
        if "alphabet/" in name and stored.kind != "lexicon":
            continue  # the alphabet is large, and the same in all
        for what, change in DAMAGES.items():
            if stored.kind == "pipeline" and what not in OF_PIPELINES:
                continue  # its parts are attacked by themselves
            new = change(array)
            others = {key: value for key, value in stored.arrays.items() if key != name}
            yield f"{name} {what}", others if new is None else {**others, name: new}


def attack(kind: str, folder: str) -> None:
    """Print every damaged model that is neither refused nor usable; run in its own process."""
    os.fsync = lambda _: None  # a thousand small files need not survive a power cut
    sound, path = Path(folder, "sound"), Path(folder, "damaged")
    build(kind, sound)
    use(kind, sound)
    stored = store.load(sound)
    for what, arrays in damaged(stored):
        print(f"({what})", end="", flush=True)
        store.save(path, kind, stored.parameters, arrays)
        try:
            use(kind, path)
        except ModelError:
            pass
        except Exception as error:  # whatever it is, it is told
            print(f"\n{what}: {type(error).__name__}: {error}")
        load_cache_clear()
    print("\ndone")


def load_cache_clear() -> None:
    from classicnlp import pipeline

    pipeline._load.cache_clear()


@pytest.mark.parametrize("kind", KINDS)
def test_a_model_with_altered_arrays_is_refused_or_usable(kind: str, tmp_path: Path) -> None:
    code = "import sys; sys.path.insert(0, sys.argv[1])\n"
    code += "from tests.test_store import attack; attack(*sys.argv[2:])"
    done = run_apart(code, str(Path(__file__).parent.parent), kind, str(tmp_path))
    said = done.stdout.splitlines()
    assert done.returncode == 0, f"crashed after {said[-1:]}: {done.stderr[-600:]}"
    assert [line for line in said if not line.startswith("(")] == ["done"]


PRELUDE = """
import sys
import numpy as np
from pathlib import Path
from classicnlp import Lexicon, ModelError, store
from classicnlp.segmentation import MaxMatchSegmenter, NgramSegmenter
path = Path(sys.argv[1], "hostile")
def attack(lexicon, change):
    parameters, arrays = lexicon.to_store()
    arrays = {name: array.copy() for name, array in arrays.items()}
    change(parameters, arrays)
    store.save(path, "lexicon", parameters, arrays)
    try:
        lexicon = Lexicon.load(path)
    except ModelError:
        return
    for text in ("一" * 5000, "丁" * 5000, "丁一" * 2500):
        for make in (MaxMatchSegmenter, NgramSegmenter):
            assert "".join(make(lexicon).segment(text)) == text
        for start in (0, 4999):
            assert len(lexicon.prefixes(text, start)) <= len(text)
def ends(arrays):
    return int(np.flatnonzero(arrays["trie/values"] >= 0)[0])
"""


@pytest.mark.parametrize(
    "change",
    [
        # Words that are longer than the file says.
        "attack(Lexicon(['一' * k for k in range(1, 400)]), lambda p, a: p.update(longest=1))",
        "attack(Lexicon(['一' * k for k in range(1, 400)]), lambda p, a: p.update(longest=0))",
        # A state that leads to itself: a word of any length.
        """
def change(p, a):
    nodes = a["trie/nodes"]
    nodes[ends(a), 0] = nodes[0, 0]
attack(Lexicon(["一"]), change)
""",
        # Code 0, which every unknown character and the end of a text have, leads on.
        """
def change(p, a):
    nodes = a["trie/nodes"]
    end = ends(a)
    nodes[:, 0] = end
    nodes.view(np.uint16)[end, 2] = 0
attack(Lexicon(["一"]), change)
""",
    ],
    ids=["longest 1", "longest 0", "a cycle", "code 0"],
)
def test_a_hostile_trie_does_not_lead_outside_an_array(change: str, tmp_path: Path) -> None:
    done = run_apart(PRELUDE + change, str(tmp_path))
    assert done.returncode == 0, done.stderr[-600:]


def test_an_alphabet_with_classes_that_do_not_exist_is_refused(path: Path) -> None:
    parameters, arrays = Lexicon(["一"]).to_store()
    for kind in (9, 255):
        pages = arrays["alphabet/pages"] | np.uint32(kind << 24)
        store.save(path, "lexicon", parameters, {**arrays, "alphabet/pages": pages})
        with pytest.raises(ModelError, match="model"):
            Lexicon.load(path)


WRONG_PARAMETERS = [
    ("lexicon", "tag_names", None),
    ("lexicon", "tag_names", [1, [2], 3]),
    ("lexicon", "tag_names", "nvx"),
    ("lexicon", "longest", None),
    ("lexicon", "longest", "x"),
    ("lexicon", "longest", -1),
    ("lexicon", "longest", 10**30),
    ("segmenter", "epochs", "x"),
    ("segmenter", "unheard_of", 1),
    ("segmenter", "prune", [0.1]),
    ("tagger", "tags", None),
    ("tagger", "tags", ["n"]),
    ("tagger", "tags", [1, 2]),
    ("tagger", "tags", [["n"], ["v"]]),
    ("tagger", "tags", "nv"),
    ("tagger", "unheard_of", 1),
    ("ngram segmenter", "interpolation", "x"),
    ("ngram segmenter", "interpolation", None),
    ("ngram segmenter", "interpolation", float("nan")),
    ("ngram segmenter", "interpolation", 1),
    ("ngram segmenter", "unknown_costs", 5),
    ("ngram segmenter", "unknown_costs", [1]),
    ("ngram segmenter", "unknown_costs", {"HAN": float("nan")}),
    ("ngram segmenter", "unknown_costs", {"HAN": "x"}),
    ("ngram segmenter", "unknown_costs", {"NONE SUCH": 1}),
    ("ngram segmenter", "unknown_costs", {"HAN": 10**400}),
    ("pipeline", "segmenter", None),
    ("pipeline", "segmenter", {"unheard_of": 1}),
    ("pipeline", "lexicon", 5),
    ("pipeline", "tagger", "x"),
    ("pipeline", "tagger", None),
]


@pytest.mark.parametrize(("kind", "name", "value"), WRONG_PARAMETERS)
def test_a_model_with_wrong_parameters_is_refused(
    kind: str, name: str, value: Any, tmp_path: Path
) -> None:
    path = tmp_path / "model"
    build(kind, path)
    stored = store.load(path)
    store.save(path, kind, {**stored.parameters, name: value}, stored.arrays)
    with pytest.raises(ModelError, match="model"):
        use(kind, path)


@pytest.mark.parametrize("kind", KINDS)
def test_a_model_without_parameters_is_refused(kind: str, tmp_path: Path) -> None:
    path = tmp_path / "model"
    build(kind, path)
    arrays = store.load(path).arrays
    for parameters in ({}, [1], None, "x"):
        store.save(path, kind, parameters, arrays)  # type: ignore[arg-type]
        if kind == "segmenter" and parameters == {}:
            continue  # every parameter has a default
        with pytest.raises(ModelError, match="model"):
            use(kind, path)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("other", KINDS)
def test_a_model_of_another_kind_is_refused(kind: str, other: str, tmp_path: Path) -> None:
    path = tmp_path / "model"
    build(other, path)
    if kind == other or (kind == "pipeline" and other.endswith("segmenter")):
        use(kind, path) if kind == other else load(path)
        return
    with pytest.raises(ModelError, match=f"holds a {other}"):
        use(kind, path)
