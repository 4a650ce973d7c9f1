"""Word vectors: what they answer, how good they are, what they refuse."""

from __future__ import annotations

import json
import pickle
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from classicnlp.embed import Clusters, KeyedVectors, Neighbour, UnknownWordError
from classicnlp.embed.evaluation import spearman
from classicnlp.errors import CorpusError, ModelError
from classicnlp.wordlist import WordList
from tests.conftest import ROOT, shared_data
from tests.reference import nearest as reference

PEERS_PYTHON = ROOT / "benchmarks" / ".peers" / "bin" / "python"

WORDS = ["国王", "王后", "男人", "女人", "苹果", "香蕉", "New York", "𠮷野家", "\ud800"]
VECTORS = [
    [5, 1, 0.1], [5, -1, 0.2], [1, 4, 0], [1, -4, 0.1], [0, 0.1, 3], [0.1, 0, 2.5], [1, 1, 1],
    [0, 0, 0], [-2, 0, 1],
]  # fmt: skip


@pytest.fixture(scope="module")
def vectors() -> KeyedVectors:
    return KeyedVectors(WORDS, VECTORS)


@pytest.fixture(scope="module")
def many() -> KeyedVectors:
    generator = np.random.default_rng(11)
    return KeyedVectors(map(str, range(2000)), generator.standard_normal((2000, 30)))


# Words.


def test_words_and_vectors(vectors: KeyedVectors) -> None:
    assert list(vectors) == list(vectors.words) == WORDS
    assert (len(vectors), vectors.dimensions) == (9, 3)
    assert vectors.words.number("香蕉") == 5
    assert vectors.words[-1] == "\ud800"
    assert vectors.words[1:3] == ["王后", "男人"]
    assert "女人" in vectors
    assert "女" not in vectors
    assert 3 not in vectors
    assert vectors["香蕉"].tolist() == pytest.approx([0.1, 0, 2.5])
    assert vectors[["苹果", "国王"]].shape == (2, 3)
    assert vectors[[]].shape == (0, 3)
    assert vectors.get("梨") is None
    assert repr(vectors) == "<KeyedVectors of 9 words, 3 dimensions>"


def test_nobody_changes_them(vectors: KeyedVectors) -> None:
    with pytest.raises(ValueError, match="read-only"):
        vectors.vectors[0, 0] = 1
    given = np.ones((1, 2), np.float32)
    made = KeyedVectors(["a"], given)
    given[0] = 7
    assert made["a"].tolist() == [1, 1]
    given.flags.writeable = False
    assert KeyedVectors(["a"], given).vectors is given


@pytest.mark.parametrize(
    ("words", "numbers", "error", "message"),
    [
        (["a", "a"], [[1], [2]], ValueError, "'a' is there twice"),
        (["a"], [[1], [2]], ValueError, "a row for each of 1 words, got shape"),
        (["a"], [1], ValueError, "a row for each of 1 words, got shape"),
        (["a", "b"], [[1], [np.nan]], ValueError, "that of row 1 does not"),
        (["a", "b"], [[np.inf], [1]], ValueError, "that of row 0 does not"),
        (["a"], [[1e300]], ValueError, "finite float32 numbers"),
        (["a"], np.zeros((1, 0)), ValueError, "1 ... 65,536 dimensions"),
        (["a"], [["x"]], TypeError, "vectors must be numbers"),
        ([1], [[1]], TypeError, "words must be str, got int"),
    ],
)
def test_what_is_no_vectors(
    words: list[str], numbers: object, error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=message):
        KeyedVectors(words, numbers)


@pytest.mark.parametrize(
    ("asked", "expected"),
    [("國王", "国王"), ("王国", "国王"), ("大香蕉", "香蕉"), ("new york", "New York"),
     ("x", "ask `word in vectors` first")],
)  # fmt: skip
def test_an_unknown_word_is_a_key_error_with_a_suggestion(
    vectors: KeyedVectors, asked: str, expected: str
) -> None:
    for call in (
        lambda: vectors[asked],
        lambda: vectors[["国王", asked]],
        lambda: vectors.similarity("国王", asked),
        lambda: vectors.most_similar(asked),
        lambda: vectors.most_similar("国王", restrict=[asked]),
        lambda: vectors.analogy("国王", "王后", asked),
        lambda: vectors.doesnt_match(["国王", asked]),
    ):
        with pytest.raises(KeyError) as caught:
            call()
        assert isinstance(caught.value, UnknownWordError)
        assert caught.value.word == asked
        assert expected in str(caught.value)


def test_a_word_of_a_model_with_subwords_has_a_vector(vectors: KeyedVectors) -> None:
    def vector_of(word: str) -> np.ndarray | None:
        return vectors["国王"] if word == "老国王" else None

    more = KeyedVectors(vectors.words, vectors.vectors, vector_of)
    assert more["老国王"].tolist() == vectors["国王"].tolist()
    assert "老国王" not in more
    assert more.most_similar("老国王", k=1)[0].word == "国王"
    assert more.similarity("老国王", "王后") == vectors.similarity("国王", "王后")
    with pytest.raises(KeyError):
        more["梨"]
    assert more.astype("float16").vector_of is vector_of


def test_it_can_be_pickled(vectors: KeyedVectors) -> None:
    copy = pickle.loads(pickle.dumps(vectors))
    assert list(copy) == WORDS
    assert copy.most_similar("国王") == vectors.most_similar("国王")


# Similar words.


def test_the_most_similar_are_the_best_of_all(vectors: KeyedVectors) -> None:
    rows = vectors.vectors.tolist()
    for number, word in enumerate(WORDS):
        found = vectors.most_similar(word, k=20)
        expected = [row for row, _ in reference.nearest(rows, rows[number], 9) if row != number]
        assert [WORDS.index(other) for other, _ in found] == expected
        assert found[:3] == vectors.most_similar(word, k=3)
        for other, similarity in found:
            assert similarity == vectors.similarity(word, other) == vectors.similarity(other, word)


def test_similarity_is_a_cosine(vectors: KeyedVectors) -> None:
    assert vectors.similarity("国王", "国王") == 1.0
    assert vectors.similarity("国王", "𠮷野家") == 0.0
    found = vectors.similarities("男人", ["女人", "苹果"])
    rows = vectors.vectors.tolist()
    expected = [reference.cosine(rows[2], rows[3]), reference.cosine(rows[2], rows[4])]
    assert found.tolist() == pytest.approx(expected, abs=1e-14)
    assert vectors.similarities("男人", []).shape == (0,)


def test_sums_differences_weights_and_vectors(vectors: KeyedVectors) -> None:
    best = vectors.most_similar(["国王", "女人"], ["男人"], k=1)
    assert best[0].word == "王后"
    assert best == vectors.most_similar([("国王", 1.0), ("女人", 1)], "男人", k=1)
    assert best == vectors.most_similar([("国王", 1.0), ("女人", 1), ("男人", -1)], k=1)
    assert best == vectors.analogy("男人", "国王", "女人", k=1)
    units = [vector / np.linalg.norm(vector) for vector in vectors.vectors[[0, 3, 2]].astype(float)]
    by_vector = vectors.most_similar(units[0] + units[1] - units[2], k=9)
    given = {"国王", "女人", "男人"}
    assert given < {word for word, _ in by_vector}
    assert next(word for word, _ in by_vector if word not in given) == "王后"
    for scale in (1e-300, 1e300):
        assert vectors.most_similar(scale * units[0], k=1)[0] == Neighbour("国王", 1.0)
    # One weight changes nothing, two do.
    assert vectors.most_similar(("国王", 0.5))[0].word == vectors.most_similar("国王")[0].word
    for weight in (9, 9.0, np.float32(9), 1e6):
        heavy = vectors.most_similar([("苹果", weight), "国王"], k=1)
        assert heavy[0].word == "香蕉"
    for weight in (np.inf, np.nan, -1e7):
        with pytest.raises(ValueError, match="weights must be within"):
            vectors.most_similar([("苹果", weight), "国王"])


def test_restricted_to_the_first_or_to_some(many: KeyedVectors) -> None:
    everything = many.most_similar("5", k=1999)
    assert len(everything) == 1999
    first = many.most_similar("5", k=50, restrict=100)
    assert first == [pair for pair in everything if int(pair.word) < 100][:50]
    some = [str(i) for i in range(3, 2000, 7)]
    assert (
        many.most_similar("5", k=9, restrict=some[::-1])
        == [pair for pair in everything if pair.word in some][:9]
    )
    assert many.most_similar("5", k=9, restrict=["5"]) == []
    assert many.most_similar("5", k=9, restrict=[]) == []
    assert len(many.most_similar("5", k=9, restrict=5000)) == 9


def test_batches_are_one_by_one(many: KeyedVectors) -> None:
    words = [str(i) for i in range(0, 2000, 13)]
    one_by_one = [many.most_similar(word, k=4) for word in words]
    for workers in (1, 2):
        assert many.most_similar_batch(words, k=4, workers=workers) == one_by_one
    assert many.most_similar_batch([]) == []
    found = many.nearest(many[words], k=1)
    assert [many.words[number] for number in found.numbers[:, 0]] == words
    assert found.scores[:, 0].tolist() == pytest.approx([1.0] * len(words), abs=1e-15)
    questions = list(zip(words, words[1:], words[2:], strict=False))
    for method in ("add", "multiply"):
        each = [many.analogy(*question, k=2, method=method) for question in questions]
        assert many.analogies(questions, k=2, method=method, workers=2) == each
    assert many.analogies([], method="multiply") == []


def test_analogies_by_multiplication(many: KeyedVectors) -> None:
    rows = many.vectors.astype(float).tolist()
    found = many.analogy("7", "8", "9", k=3, method="multiply")
    scores = {
        str(row): reference.multiplied(rows, [rows[8], rows[9], rows[7]], row)
        for row in (*range(50), *(int(word) for word, _ in found))
        if row not in (7, 8, 9)
    }
    best = sorted(scores, key=lambda word: -scores[word])[:3]
    assert [word for word, _ in found] == best
    assert [score for _, score in found] == pytest.approx([scores[word] for word in best])


def test_the_odd_one_out(vectors: KeyedVectors) -> None:
    assert vectors.doesnt_match(["国王", "苹果", "香蕉"]) == "国王"
    assert vectors.doesnt_match(["国王"]) == "国王"
    assert vectors.doesnt_match(word for word in ["国王", "王后", "苹果"]) == "苹果"


@pytest.mark.parametrize(
    ("ask", "error", "message"),
    [
        (lambda v: v.most_similar(), ValueError, "no word to be similar to"),
        (lambda v: v.doesnt_match([]), ValueError, "no word to be similar to"),
        (lambda v: v.most_similar("国王", k=0), ValueError, "k must be at least 1"),
        (lambda v: v.most_similar("国王", restrict=0), ValueError, "restrict must be at least 1"),
        (lambda v: v.most_similar(np.ones(2)), ValueError, "a vector must have 3 numbers"),
        (lambda v: v.most_similar(np.full(3, np.nan)), ValueError, "must hold finite numbers"),
        (
            lambda v: v.analogy("国王", "王后", "男人", method="sum"),
            ValueError,
            "'add' or 'multiply'",
        ),
        (lambda v: v.most_similar_batch(["国王"], workers=0), ValueError, "workers must be"),
        (lambda v: v.astype("int8"), ValueError, "float32 or float16"),
        (lambda v: v.cluster(10), ValueError, "9 words cannot make 10 groups"),
        (lambda v: v.plot(["国王"], groups=[1, 2]), ValueError, "a group for each of 1 words"),
    ],
)
def test_what_cannot_be_asked(
    vectors: KeyedVectors, ask: Callable[[KeyedVectors], object], error: type, message: str
) -> None:
    with pytest.raises(error, match=message):
        ask(vectors)


def test_without_words() -> None:
    nothing = KeyedVectors([], np.zeros((0, 4)))
    assert nothing.most_similar(np.ones(4)) == []
    assert nothing.nearest(np.ones((2, 4))).numbers.tolist() == [[-1], [-1]]
    assert nothing.evaluate_similarity([("a", "b", 1.0)]).unknown == 1


def test_half_precision(many: KeyedVectors) -> None:
    half = many.astype("float16")
    assert half.vectors.dtype == np.float16
    assert half.astype("float16") is half
    found = dict(half.most_similar("3", k=20))
    for word, similarity in many.most_similar("3", k=10):
        assert found[word] == pytest.approx(similarity, abs=1e-3)
    with pytest.raises(ValueError, match="finite float16 numbers"):
        KeyedVectors(["a"], [[1e5]]).astype("float16")


# Groups, figures, pictures.


def test_clusters_find_what_lies_together() -> None:
    generator = np.random.default_rng(2)
    middles = 4 * generator.standard_normal((6, 12))
    points = middles[np.arange(600) % 6] + 0.2 * generator.standard_normal((600, 12))
    vectors = KeyedVectors(map(str, range(600)), points)
    found = vectors.cluster(6)
    assert isinstance(found, Clusters)
    assert [len({int(word) % 6 for word in group}) for group in found.groups()] == [1] * 6
    assert sorted(word for group in found.groups() for word in group) == sorted(vectors)
    assert found.similarity > 0.98
    again = vectors.cluster(6)
    assert (again.labels == found.labels).all()
    assert (again.centres == found.centres).all()
    some = vectors.cluster(2, ["0", "6", "1"])
    assert some.words == ["0", "6", "1"]
    assert some.labels[0] == some.labels[1] != some.labels[2]


def test_more_passes_make_groups_no_worse(many: KeyedVectors) -> None:
    figures = [many.cluster(9, iterations=n).similarity for n in (1, 2, 4, 30)]
    assert figures == sorted(figures)
    assert many.cluster(1).labels.tolist() == [0] * 2000


def test_clusters_of_what_is_all_alike() -> None:
    vectors = KeyedVectors(map(str, range(10)), np.ones((10, 2)))
    found = vectors.cluster(4)
    assert set(found.labels.tolist()) <= set(range(4))
    assert found.similarity == pytest.approx(1.0)
    zeros = KeyedVectors(["a", "b"], np.zeros((2, 2)))
    assert zeros.cluster(2).similarity == 0.0


def test_rank_correlation() -> None:
    # Spearman's worked case with ties: mean ranks 1.5, 1.5, 3 and 1, 2.5, 2.5.
    assert spearman([1, 1, 2], [1, 2, 2]) == pytest.approx(0.5)
    assert spearman([1, 2, 3], [2, 4, 9]) == 1.0
    assert spearman([1, 2, 3], [3, 2, 1]) == -1.0
    assert spearman([1, 1], [1, 2]) is None
    assert spearman([], []) is None
    stats = pytest.importorskip("scipy.stats")
    generator = np.random.default_rng(3)
    x, y = generator.integers(0, 9, (2, 200)).astype(float)
    assert spearman(x, y) == pytest.approx(stats.spearmanr(x, y).statistic)


def test_evaluation_by_similarity(vectors: KeyedVectors, tmp_path: Path) -> None:
    pairs = [
        ("国王", "王后", 9.0),
        ("国王", "苹果", 1.0),
        ("苹果", "香蕉", 10.0),
        ("国王", "梨", 3.0),
    ]
    score = vectors.evaluate_similarity(pairs)
    assert (score.spearman, score.pairs, score.unknown) == (1.0, 3, 1)
    assert score.report() == "Spearman                1.0000   3 pairs, 1 more with an unknown word"
    path = tmp_path / "pairs.txt"
    lines = ["# a b score", "", *("\t".join(map(str, pair)) for pair in pairs), "New York\t国王\t0"]
    path.write_text("\n".join(lines), encoding="utf-8")
    assert vectors.evaluate_similarity(path).pairs == 4
    for wrong in ("国王 王后", "国王 王后 nan", "国王 王后 很", "a b c 1"):
        path.write_text(f"国王 王后 1\n{wrong}\n", encoding="utf-8")
        with pytest.raises(CorpusError, match=r"pairs.txt:2: expected two words and a score"):
            vectors.evaluate_similarity(path)
    assert vectors.evaluate_similarity([]).spearman is None
    assert "nan" in vectors.evaluate_similarity([]).report()


def test_evaluation_by_analogies(vectors: KeyedVectors, tmp_path: Path) -> None:
    path = tmp_path / "analogies.txt"
    path.write_text(
        ": people\n男人 国王 女人 王后\n男人 国王 女人 苹果\n男人 国王 女人 梨\n\n: none\n",
        encoding="utf-8",
    )
    for method in ("add", "multiply"):
        score = vectors.evaluate_analogies(path, method)
        assert [section.name for section in score.sections] == ["people", "none"]
        assert (score.total.solved, score.total.asked, score.total.unknown) == (1, 2, 1)
        assert score.accuracy == 0.5
        assert score.to_dict()["none"]["accuracy"] == 0.0
        assert score.report().splitlines()[0].startswith("people                  0.5000   1 of 2")
    assert vectors.evaluate_analogies(path, restrict=1).accuracy == 0.0
    with pytest.raises(ValueError, match="four words"):
        vectors.evaluate_analogies({"a": [("国王", "王后", "男人")]})
    path.write_text(": a\n国王 王后 男人\n", encoding="utf-8")
    with pytest.raises(CorpusError, match=r"analogies.txt:2: expected four words"):
        vectors.evaluate_analogies(path)


def test_the_files_that_people_measure_with() -> None:
    pairs, questions = (
        shared_data("wordvec", "wordsim-240.txt"),
        shared_data("wordvec", "ca_translated.txt"),
    )
    words = dict.fromkeys(
        word for line in pairs.read_text("utf-8").split("\n") for word in line.split()[:2]
    )
    vectors = KeyedVectors(words, np.random.default_rng(0).standard_normal((len(words), 5)))
    score = vectors.evaluate_similarity(pairs)
    assert score.unknown == 0
    assert score.pairs >= 239
    names = [section.name for section in vectors.evaluate_analogies(questions).sections]
    assert names == ["capital-common-countries", "city-in-state", "family"]


def test_projection_keeps_distances_where_it_can() -> None:
    flat = np.random.default_rng(4).standard_normal((20, 2)) @ np.ones((2, 2)).cumsum(1)
    turned = np.zeros((20, 7))
    turned[:, [2, 5]] = flat
    vectors = KeyedVectors(map(str, range(20)), turned)
    points = vectors.project(vectors)
    assert np.linalg.norm(points[3] - points[9]) == pytest.approx(
        np.linalg.norm(turned[3] - turned[9]), rel=1e-5
    )
    assert np.abs(points).max(0).tolist() == pytest.approx(points.max(0).tolist())
    assert vectors.project(["1", "2"], 5)[:, 2:].tolist() == pytest.approx(
        np.zeros((2, 3)), abs=1e-6
    )


def test_plotting_without_matplotlib_says_how_to_install_it(
    vectors: KeyedVectors, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib.figure", None)
    with pytest.raises(ImportError, match=r"pip install 'classicnlp\[plot\]'"):
        vectors.plot(["国王"])


def test_plotting(vectors: KeyedVectors, tmp_path: Path) -> None:
    pytest.importorskip("matplotlib")
    path = tmp_path / "words.svg"
    latin = KeyedVectors(["a", "b$", "c"], np.eye(3))
    figure = latin.plot(latin, path, groups=[0, 1, 11])
    assert path.read_bytes().startswith(b"<?xml")
    assert [text.get_text() for text in figure.axes[0].texts] == ["a", "b$", "c"]
    with pytest.raises(ValueError, match="name a file that ends in"):
        latin.plot(latin, tmp_path / "words.docx")
    with pytest.raises(ValueError, match="no font on this machine"):
        KeyedVectors(["\U0010fffe"], [[1]]).plot(["\U0010fffe"])
    with pytest.raises(ValueError, match="No Such Font"):
        latin.plot(latin, font="No Such Font")


# The model file.


@pytest.mark.parametrize("dtype", ["float32", "float16"])
def test_what_is_saved_comes_back(many: KeyedVectors, tmp_path: Path, dtype: str) -> None:
    vectors = many.astype(dtype)
    path = tmp_path / "words.vectors"
    vectors.save(path)
    loaded = KeyedVectors.load(path)
    assert list(loaded) == list(vectors)
    assert (loaded.vectors == vectors.vectors).all()
    assert loaded.vectors.dtype == vectors.vectors.dtype
    assert loaded.most_similar("1", k=30) == vectors.most_similar("1", k=30)
    assert loaded.analogy("1", "2", "3", method="multiply") == vectors.analogy(
        "1", "2", "3", method="multiply"
    )
    data = path.read_bytes()
    loaded.save(path)
    assert path.read_bytes() == data
    assert list(KeyedVectors.load(path, verify=True)) == list(vectors)
    other = tmp_path / "other.vectors"
    other.write_bytes(data[:-5])
    with pytest.raises(ModelError, match="truncated"):
        KeyedVectors.load(other)
    other.write_bytes(data[:-5] + b"wrong")
    with pytest.raises(ModelError, match="altered"):
        KeyedVectors.load(other, verify=True)


def test_a_file_of_unfit_arrays_is_refused(vectors: KeyedVectors) -> None:
    parameters, arrays = vectors.to_store()
    for name, changed in (
        ("vectors", arrays["vectors"][:-1]),
        ("vectors", arrays["vectors"].astype(float)),
        ("lengths", arrays["lengths"][:-1]),
        ("lengths", arrays["lengths"].astype(np.float32)),
        ("sketch/codes", arrays["sketch/codes"][:, :16]),
        ("sketch/scales", arrays["sketch/scales"][:, None]),
        ("sketch/errors", arrays["sketch/errors"].astype(float)),
        ("words/offsets", arrays["words/offsets"][::-1].copy()),
        ("words/slots", np.full_like(arrays["words/slots"], 3)),
    ):
        with pytest.raises(ModelError, match="not a sound table of word vectors"):
            KeyedVectors.from_store(parameters, {**arrays, name: changed}, "x")
    with pytest.raises(ModelError):
        KeyedVectors.from_store(parameters, {"vectors": arrays["vectors"]}, "x")


def test_word_lists() -> None:
    words = WordList(["我", "北京", "𠮷", ""])
    assert WordList.from_arrays(words.to_arrays())[2] == "𠮷"
    assert words.numbers_of(["", "北京", "上海"]).tolist() == [3, 1, -1]
    with pytest.raises(IndexError):
        words[4]
    with pytest.raises(TypeError, match="words must be str, got bytes"):
        WordList([b"a"])  # type: ignore[list-item]


# gensim.

GENSIM = """
import json, sys
from gensim.models import KeyedVectors
folder = sys.argv[1]
text = KeyedVectors.load_word2vec_format(folder + "/ours.txt")
binary = KeyedVectors.load_word2vec_format(folder + "/ours.bin", binary=True)
glove = KeyedVectors.load_word2vec_format(folder + "/ours.glove", no_header=True)
assert (text.vectors == binary.vectors).all() and (text.vectors == glove.vectors).all()
assert text.index_to_key == binary.index_to_key == glove.index_to_key
text.save_word2vec_format(folder + "/theirs.txt")
text.save_word2vec_format(folder + "/theirs.bin", binary=True)
questions = [line.split() for line in open(folder + "/questions")]
print(json.dumps([
    [text.most_similar(word, topn=5) for word, _, _ in questions],
    [text.most_similar(positive=[b, c], negative=[a], topn=5) for a, b, c in questions],
    [text.most_similar_cosmul(positive=[b, c], negative=[a], topn=5) for a, b, c in questions],
    [text.doesnt_match(question) for question in questions],
    [float(text.similarity(a, b)) for a, b, _ in questions],
]))
"""


def test_gensim_reads_ours_we_read_its_and_both_answer_alike(
    many: KeyedVectors, tmp_path: Path
) -> None:
    if not PEERS_PYTHON.exists():
        pytest.skip("needs the peers' environment: python benchmarks/peers.py")
    many.to_file(tmp_path / "ours.txt")
    many.to_file(tmp_path / "ours.bin", "word2vec-binary")
    many.to_file(tmp_path / "ours.glove", "glove")
    questions = [(str(i), str(i + 100), str(i + 200)) for i in range(0, 60, 3)]
    lines = "".join(" ".join(question) + "\n" for question in questions)
    (tmp_path / "questions").write_text(lines, encoding="utf-8")
    done = subprocess.run(
        [PEERS_PYTHON, "-c", GENSIM, str(tmp_path)], capture_output=True, text=True, check=False
    )
    if "No module named 'gensim'" in done.stderr:
        pytest.skip("needs gensim in the peers' environment: python benchmarks/peers.py")
    assert done.returncode == 0, done.stderr
    similar, added, multiplied, odd, similarities = json.loads(done.stdout)
    for name in ("theirs.txt", "theirs.bin"):
        theirs = KeyedVectors.from_file(tmp_path / name)
        assert list(theirs) == list(many)
        assert (theirs.vectors == many.vectors).all()

    def alike(
        ours: list[list[Neighbour]], theirs: list[list[tuple[str, float]]], within: float
    ) -> None:
        for own, other in zip(ours, theirs, strict=True):
            assert [word for word, _ in own] == [word for word, _ in other]
            assert [value for _, value in own] == pytest.approx(
                [value for _, value in other], rel=within
            )

    alike(many.most_similar_batch([word for word, _, _ in questions], k=5), similar, 1e-5)
    alike(many.analogies(questions, k=5), added, 1e-5)
    # It adds 0.000001 where the paper has 0.001.
    alike(many.analogies(questions, k=5, method="multiply"), multiplied, 1e-2)
    assert [many.doesnt_match(question) for question in questions] == odd
    assert [many.similarity(a, b) for a, b, _ in questions] == pytest.approx(similarities, abs=1e-6)
