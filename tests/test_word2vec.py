"""word2vec: the kernel against its reference, gradients, the laws of training, odd input."""

from __future__ import annotations

import heapq
import itertools
import threading
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy.stats import chisquare

from classicnlp import load
from classicnlp._ext import huffman, noise, replicas, word2vec
from classicnlp.embed import Progress, Word2Vec
from classicnlp.embed.learning import kept_of
from classicnlp.embed.matrices import padded, zeros
from classicnlp.embed.reading import read_text
from classicnlp.embed.subwords import Subwords
from classicnlp.errors import ModelError
from tests.reference import word2vec as reference

every_width = pytest.mark.parametrize("lanes", word2vec.LANES)
every_kind = pytest.mark.parametrize(
    ("architecture", "objective"),
    list(itertools.product(["skip-gram", "cbow"], ["negative-sampling", "hierarchical-softmax"])),
)

COLOURS = ["红", "黄", "蓝", "绿", "白", "黑"]
FRUITS = ["苹果", "香蕉", "葡萄", "西瓜", "桃子", "石榴"]


def small_text(seed: int = 0, sentences: int = 400) -> list[list[str]]:
    """Return sentences about colours, and others about fruits."""
    source = np.random.default_rng(seed)
    return [
        [str(word) for word in source.choice(words, 6)]
        for words in [COLOURS, FRUITS] * (sentences // 2)
    ]


def random_ids(source: np.random.Generator, words: int, count: int) -> Any:
    ids = (words * source.random(count) ** 2).astype(np.int32)
    ids[source.random(count) < 0.1] = -1
    return ids


def training_pair(
    source: np.random.Generator,
    dimensions: int,
    lanes: int,
    tree: bool,
    parts: bool,
    **options: Any,
) -> tuple[word2vec.Trainer, reference.Word2Vec]:
    """Return the kernel and its reference, about to learn the same."""
    words = 12
    counts = source.integers(1, 50, words)
    kept = kept_of(counts, 0.1)
    table = noise.alias_table(counts**0.75)
    paths = huffman.paths(counts) if tree else None
    pieces = None
    of_words = None
    rows = words
    if parts:
        of_words = [[*source.integers(0, 9, source.integers(0, 4)), 9 + w] for w in range(words)]
        offsets = np.cumsum([0, *map(len, of_words)])
        pieces = (np.array([row for some in of_words for row in some], np.int32), offsets)
        rows += 9
    inputs, outputs = zeros(rows, dimensions), zeros(words, dimensions)
    for matrix in (inputs, outputs):
        matrix[:, :dimensions] = source.normal(0, 0.3, (len(matrix), dimensions))
    trainer = word2vec.Trainer(inputs, outputs, kept, table, paths, pieces, lanes=lanes, **options)
    of_leaves = None
    if paths is not None:
        nodes, labels, bounds = paths
        of_leaves = [
            list(zip(nodes[low:high].tolist(), labels[low:high].tolist(), strict=True))
            for low, high in itertools.pairwise(bounds.tolist())
        ]
    plain = reference.Word2Vec(
        inputs.astype(float), outputs.astype(float), kept.tolist(), table.tolist(), of_leaves,
        of_words, **options,
    )  # fmt: skip
    return trainer, plain


# The kernel.


@every_width
@pytest.mark.parametrize("tree", [False, True])
@pytest.mark.parametrize("parts", [False, True])
@pytest.mark.parametrize("together", [False, True])
@pytest.mark.parametrize(
    ("dimensions", "window", "negatives"), [(1, 1, 1), (16, 5, 5), (33, 3, 12), (100, 9, 0)]
)
def test_training_is_that_of_the_reference(
    lanes: int,
    tree: bool,
    parts: bool,
    together: bool,
    dimensions: int,
    window: int,
    negatives: int,
) -> None:
    source = np.random.default_rng(dimensions)
    options = {"window": window, "negatives": 0 if tree else negatives, "together": together}
    trainer, plain = training_pair(source, dimensions, lanes, tree, parts, **options)
    for seed in range(3):
        ids = random_ids(source, 12, [65, 64, 0][seed])
        loss, _, words = trainer.train(ids, 0.05, 1e-4, 0.048, seed)
        plain.loss, plain.words = 0.0, 0
        plain.learn(ids.tolist(), 0.05, 1e-4, 0.048, seed)
        assert words == plain.words
        assert loss == pytest.approx(plain.loss, rel=1e-5)
    inputs, outputs = trainer.arrays[:2]
    np.testing.assert_allclose(inputs, plain.inputs, atol=2e-5)
    np.testing.assert_allclose(outputs, plain.outputs, atol=2e-5)
    assert not inputs[:, dimensions:].any()


def test_sentences_longer_than_the_buffer() -> None:
    source = np.random.default_rng(3)
    options = {"window": 2, "negatives": 2, "together": False}
    trainer, plain = training_pair(source, 3, word2vec.LANES[-1], False, False, **options)
    plain.keep = [1 << 32] * 12
    kept = trainer.arrays[2]
    kept[:] = 1 << 32  # type: ignore[index]
    ids = random_ids(source, 12, 2 * reference.SENTENCE + 1)
    ids[ids < 0] = 0
    _, _, words = trainer.train(ids, 0.01, 0, 0, 5)
    plain.learn(ids.tolist(), 0.01, 0, 0, 5)
    assert words == len(ids) == plain.words
    np.testing.assert_allclose(trainer.arrays[0], plain.inputs, atol=1e-3)  # type: ignore[arg-type]


@pytest.mark.parametrize("tree", [False, True])
def test_steps_of_the_reference_go_against_the_gradient(tree: bool) -> None:
    source = np.random.default_rng(7)
    outputs = source.normal(0, 0.5, (6, 4))
    # With noise one label is 1 and draws repeat; in a tree labels are mixed.
    tile = [(k, (float(k % 2 if tree else k == 0), 1 if tree else 1 + k // 3)) for k in range(6)]
    hidden = [source.normal(0, 0.5, 4) for _ in range(3)]

    def loss() -> float:
        return sum(reference.loss_of(h, outputs, tile) for h in hidden)

    def slopes(matrix: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
        found = np.zeros_like(matrix)
        for place in np.ndindex(matrix.shape):
            old = matrix[place]
            ends = []
            for change in (1e-5, -1e-5):
                matrix[place] = old + change
                ends.append(loss())
            matrix[place] = old
            found[place] = (ends[0] - ends[1]) / 2e-5
        return found

    expected = [-0.1 * slopes(matrix) for matrix in (outputs, *hidden)]
    before = [matrix.copy() for matrix in (outputs, *hidden)]
    reference.step(hidden, outputs, tile, 0.1)
    for old, new, change in zip(before, (outputs, *hidden), expected, strict=True):
        np.testing.assert_allclose(new - old, change, atol=1e-8)


def test_the_sigmoid_is_exact_to_a_few_bits() -> None:
    x = np.concatenate([np.linspace(-29, 29, 100_001), [0, 100, -100, np.inf, -np.inf]])
    found = word2vec.sigmoid(x.astype(np.float32))
    with np.errstate(over="ignore"):
        expected = 1 / (1 + np.exp(-x.astype(np.float32).astype(float)))
    np.testing.assert_allclose(found, expected, rtol=3e-7, atol=2e-13)
    assert np.isnan(word2vec.sigmoid(np.array([np.nan], np.float32))).all()


def test_kernels_refuse_what_does_not_fit() -> None:
    source = np.random.default_rng(0)
    options = {"window": 2, "negatives": 2, "together": False}
    trainer, _ = training_pair(source, 3, 4, False, False, **options)
    with pytest.raises(ValueError, match="words that do not exist"):
        trainer.train(np.array([0, 12], np.int32), 0.1, 0, 0, 0)
    inputs, outputs, kept, table, _, _ = trainer.arrays

    def make(**changes: Any) -> None:
        given = {"inputs": inputs, "outputs": outputs, "keep": kept, "noise": table, "tree": None}
        given = {**given, "parts": None, "lanes": 4, **options, **changes}
        word2vec.Trainer(**given)  # type: ignore[arg-type]

    make()
    tree = huffman.paths(np.arange(12))
    for wrong in (
        {"inputs": inputs[:5]},  # type: ignore[index]
        {"outputs": outputs[:5]},  # type: ignore[index]
        {"outputs": np.zeros((12, 17), np.float32), "inputs": np.zeros((12, 17), np.float32)},
        {"noise": np.full((12, 2), 12, np.uint32)},
        {"lanes": 5},
        {"window": 0},
        {"tree": (tree[0] + 9, tree[1], tree[2])},
        {"tree": (tree[0], tree[1], tree[2][::-1].copy())},
        {"tree": (tree[0], tree[1][1:], tree[2])},
        {"parts": (np.array([-1] * 12, np.int32), np.arange(13))},
        {"parts": (np.zeros(11, np.int32), np.array([0, *range(12)]))},
    ):
        with pytest.raises(ValueError, match=r"must|lanes"):
            make(**wrong)


# What is drawn.


def test_noise_is_drawn_by_its_weights() -> None:
    weights = np.array([50, 20, 9, 3, 1, 0.5, 0.1]) ** 0.75
    table = noise.alias_table(weights).astype(np.int64)
    random = reference.Random(11)
    seen = np.zeros(len(weights))
    for _ in range(20_000):
        drawn, bits = random.below(len(weights))
        seen[drawn if bits < table[drawn, 0] else table[drawn, 1]] += 1
    assert chisquare(seen, weights / weights.sum() * seen.sum()).pvalue > 0.01


@pytest.mark.parametrize("size", [1, 2, 63, 64, 65])
def test_an_alias_table_has_the_weights(size: int) -> None:
    weights = np.random.default_rng(size).random(size) ** 4
    table = noise.alias_table(weights)
    shares = np.zeros(size)
    heights = (table[:, 0] + 1.0) / 2**32
    np.add.at(shares, np.arange(size), heights)
    np.add.at(shares, table[:, 1].astype(int), 1 - heights)
    np.testing.assert_allclose(shares / size, weights / weights.sum(), atol=1e-8)
    with pytest.raises(ValueError, match="must be weights"):
        noise.alias_table(np.array([1.0, -1.0]))


def test_words_are_kept_by_the_formula() -> None:
    counts = np.array([7000, 2000, 900, 100])
    shares = counts / counts.sum()
    expected = np.minimum(np.sqrt(0.05 / shares) + 0.05 / shares, 1)
    kept = kept_of(counts, 0.05)
    np.testing.assert_allclose(kept / 2**32, expected, atol=1e-9)
    random = reference.Random(3)
    seen = np.array([sum(random.bits() >> 32 < k for _ in range(3000)) for k in kept.tolist()])
    for some, share in zip(seen[:2], expected[:2], strict=True):
        assert chisquare([some, 3000 - some], [3000 * share, 3000 * (1 - share)]).pvalue > 0.01
    assert seen[2:].tolist() == [3000, 3000]
    assert (kept_of(counts, 0) == 1 << 32).all()


@pytest.mark.parametrize("size", [1, 2, 3, 64, 65, 300])
def test_paths_are_those_of_an_optimal_tree(size: int) -> None:
    counts = np.random.default_rng(size).integers(0, 9, size) ** 3
    nodes, labels, offsets = huffman.paths(counts)
    lengths = np.diff(offsets)
    heap = sorted(counts.tolist())
    cost = 0
    while len(heap) > 1:
        joined = heapq.heappop(heap) + heapq.heappop(heap)
        cost += joined
        heapq.heappush(heap, joined)
    if size > 1:
        assert (lengths * counts).sum() == cost
        assert sum(0.5 ** lengths.astype(float)) == 1
    codes = set()
    for low, high in itertools.pairwise(offsets.tolist()):
        assert nodes[low] == max(size - 2, 0)
        codes.add(tuple(labels[low:high].tolist()))
    assert len(codes) == size
    assert not any(a != b and a == b[: len(a)] for a in codes for b in codes)


def test_changed_copies_are_joined() -> None:
    base = np.zeros((4, 16), np.float32)
    times = np.array([1.0, 2.0, 2.0, 1.5])
    one, two = base.copy(), base.copy()
    one[0], two[0], two[1], one[3], two[3] = 2, 4, 5, 2, 4
    replicas.join_rows(base, [one, two], times, 0, 4)
    assert base[:, 0].tolist() == [3, 5, 0, 4.5]
    assert (one == base).all()
    assert (two == base).all()
    with pytest.raises(ValueError, match="no such rows"):
        replicas.join_rows(base, [one], times, 2, 5)
    with pytest.raises(ValueError, match="no such rows"):
        replicas.join_rows(base, [one], times[:3], 0, 2)
    with pytest.raises(ValueError, match="the shape"):
        replicas.join_rows(base, [one[:2].copy()], times, 0, 2)


# Reading.


def test_texts_become_numbers(tmp_path: Path) -> None:
    lists = [["我", "爱", "北京"], ["我", "爱"], ["罕见"], []]
    text = read_text(lists, 2, None, 1)
    assert text.words == ["我", "爱"]
    assert text.counts.tolist() == [2, 2]
    assert text.ids.tolist() == [0, 1, -1, 0, 1, -1, -1, -1]
    lines = [" ".join(words) for words in lists]
    path = tmp_path / "words.txt"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    for other in (lines, path, [path], (list(words) for words in lists), map(iter, lists)):
        again = read_text(other, 2, None, 1)  # type: ignore[arg-type]
        assert again.words == text.words
        assert again.ids.tolist() == text.ids.tolist()
    known = read_text([["爱", "上海", "上海"]], 2, None, 1, ["北京", "爱"])
    assert known.words == ["北京", "爱", "上海"]
    assert known.counts.tolist() == [0, 1, 2]
    assert known.ids.tolist() == [1, 2, 2, -1]
    with pytest.raises(TypeError, match="put it in a list"):
        read_text("我 爱", 1, None, 1)
    with pytest.raises(TypeError, match="a str, a list of words or a path"):
        read_text([3], 1, None, 1)  # type: ignore[list-item]


def test_raw_text_is_segmented() -> None:
    model = Word2Vec(dimensions=4, min_count=1, segmenter=load("pku"))
    model.fit(["我来到北京。", "他在北京工作。"])
    assert "北京" in model.vectors_


# Training.


@every_kind
def test_words_of_one_kind_become_similar(architecture: Any, objective: Any) -> None:
    losses: list[Progress] = []
    model = Word2Vec(
        16, 3, architecture, objective, subsample=0, learning_rate=0.1, epochs=12, min_count=1
    )
    model.fit(small_text(), progress=losses.append)
    of_epochs = [progress.loss for progress in losses]
    assert of_epochs[-1] < of_epochs[0]
    assert losses[-1].done == losses[-1].total == 12 * 2400
    assert losses[-1].epoch == losses[-1].epochs == 12
    vectors = model.vectors_
    within, across = (
        np.mean([cosine(vectors[a], vectors[b]) for a in COLOURS for b in others if a != b])
        for others in (COLOURS, FRUITS)
    )
    assert within > across + 0.5
    assert (model.context_vectors_ is None) == (objective == "hierarchical-softmax")
    assert model.counts_.sum() == 2400


def cosine(a: Any, b: Any) -> float:
    return float(a @ b / np.linalg.norm(a) / np.linalg.norm(b))


@every_kind
@pytest.mark.parametrize("options", [{}, {"workers": 2, "deterministic": True}])
def test_the_same_bytes_each_time(
    architecture: Any, objective: Any, options: dict[str, Any]
) -> None:
    models = [
        Word2Vec(9, 2, architecture, objective, min_count=1, subwords=(1, 2), buckets=50, **options)
        for _ in range(2)
    ]
    text = small_text() * 9
    one, two = (model.fit(text).vectors_.vectors for model in models)
    assert one.tobytes() == two.tobytes()
    assert models[0].fit(text).vectors_.vectors.tobytes() == one.tobytes()
    other = models[1].set_params(seed=1).fit(text).vectors_.vectors
    assert other.tobytes() != one.tobytes()


@pytest.mark.parametrize("workers", [2, 5])
@pytest.mark.parametrize("deterministic", [False, True])
def test_several_threads_learn_as_well(workers: int, deterministic: bool) -> None:
    losses: list[Progress] = []
    model = Word2Vec(
        16, 3, subsample=0, learning_rate=0.1, min_count=1, workers=workers,
        deterministic=deterministic,
    ).fit(small_text() * 40, progress=losses.append)  # fmt: skip
    assert losses[-1].done == losses[-1].total
    assert losses[-1].loss < losses[0].loss + 0.1
    vectors = model.vectors_
    assert cosine(vectors["红"], vectors["蓝"]) > cosine(vectors["红"], vectors["苹果"]) + 0.5


@pytest.mark.parametrize("objective", ["negative-sampling", "hierarchical-softmax"])
def test_learning_goes_on_with_new_words(objective: Any) -> None:
    model = Word2Vec(8, objective=objective, min_count=2).fit(small_text())
    words, red = list(model.vectors_.words), model.vectors_["红"].copy()
    assert model.partial_fit([["红", "紫"]] * 5 + [["橙"]]) is model
    assert list(model.vectors_.words) == [*words, "紫"]
    assert model.counts_[-1] == 5
    assert model.counts_[words.index("红")] > 5
    assert 0 < np.abs(model.vectors_["红"] - red).max() < 0.5
    with pytest.raises(ValueError, match="cannot change after fit"):
        model.set_params(dimensions=9).partial_fit(small_text())
    fresh = Word2Vec(8, objective=objective, min_count=2)
    assert len(fresh.partial_fit(small_text()).vectors_) == 12


def test_words_never_seen_have_vectors_of_their_parts() -> None:
    given = {"min_count": 1, "subsample": 0, "learning_rate": 0.1, "epochs": 12}
    model = Word2Vec(8, subwords=(1, 2), buckets=1000, **given).fit(small_text())
    parts = Subwords((1, 2), 1000)
    assert parts.ngrams("红") == ["红", "<红", "红>"]
    assert parts.ngrams("红果") == ["红", "果", "<红", "红果", "果>"]
    unseen = model.vectors_["果苹"]
    assert "果苹" not in model.vectors_
    assert cosine(unseen, model.vectors_["西瓜"]) > cosine(unseen, model.vectors_["红"]) + 0.5
    for subwords in (None, (9, 9)):
        model = Word2Vec(8, min_count=1, subwords=subwords).fit(small_text())
        with pytest.raises(KeyError, match="鼓"):
            model.vectors_["鼓"]


@pytest.mark.parametrize("subwords", [None, (1, 2)])
def test_a_model_comes_back_from_its_file(tmp_path: Path, subwords: Any) -> None:
    text = [*small_text(), ["\ud800", "两 字", "😀"] * 3]
    model = Word2Vec(8, min_count=1, subwords=subwords, buckets=64).fit(text)
    path = tmp_path / "vectors.model"
    model.save(path)
    back = Word2Vec.load(path)
    assert back.get_params() == model.get_params()
    assert list(back.vectors_.words) == list(model.vectors_.words)
    assert back.vectors_.vectors.tobytes() == model.vectors_.vectors.tobytes()
    for one in (model, back):
        one.partial_fit(text)
    assert back.vectors_.vectors.tobytes() == model.vectors_.vectors.tobytes()
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(ModelError, match="truncated"):
        Word2Vec.load(path)


# Odd input.


@every_kind
@pytest.mark.parametrize(
    "text", [[["一"]], [["一"] * 9], [["一", "二"]], [["一"], ["一", "二"], [], ["三"]]]
)
def test_tiny_texts(architecture: Any, objective: Any, text: list[list[str]]) -> None:
    model = Word2Vec(3, 2, architecture, objective, min_count=1).fit(text)
    assert sorted(model.vectors_.words) == sorted({word for words in text for word in words})
    assert np.isfinite(model.vectors_.vectors).all()


@pytest.mark.parametrize("text", [[], [[]], [""], [["一", "二"]]])
def test_nothing_to_learn_from(text: Any) -> None:
    with pytest.raises(ValueError, match="no word occurs min_count = 2 times"):
        Word2Vec(min_count=2).fit(text)
    with pytest.raises(ValueError, match="learnt nothing yet"):
        Word2Vec().to_store()


@pytest.mark.parametrize("workers", [1, 2])
def test_training_that_diverges_is_stopped(workers: int) -> None:
    model = Word2Vec(8, min_count=1, learning_rate=1e30, workers=workers)
    with pytest.raises(ValueError, match=r"diverged.*lower learning_rate"):
        model.fit(small_text())
    with pytest.raises(ValueError, match="learnt nothing yet"):
        model.to_store()


@pytest.mark.parametrize("options", [{}, {"workers": 2}, {"workers": 2, "deterministic": True}])
def test_an_interrupt_keeps_what_was_learnt(options: dict[str, Any]) -> None:
    def interrupt(progress: Progress) -> None:
        raise KeyboardInterrupt

    model = Word2Vec(8, min_count=1, **options)
    with pytest.raises(KeyboardInterrupt):
        model.fit(small_text() * 20, progress=interrupt)
    assert len(model.vectors_) == 12
    assert threading.active_count() < 9


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("dimensions", 0), ("window", 0), ("negatives", 0), ("epochs", 0), ("workers", 0),
        ("architecture", "bow"), ("objective", "softmax"), ("learning_rate", -1.0),
        ("subsample", float("nan")), ("subwords", (0, 2)), ("subwords", (3, 2)), ("buckets", 0),
    ],
)  # fmt: skip
def test_parameters_out_of_range(name: str, value: Any) -> None:
    with pytest.raises(ValueError, match=f"{name}.*must be"):
        Word2Vec(**{name: value}).fit(small_text())


def test_rows_are_padded_to_whole_lines() -> None:
    assert [padded(width) for width in (1, 16, 17, 100, 300)] == [16, 16, 32, 112, 304]
    assert zeros(3, 17).ctypes.data % 64 == 0
