"""Segmenters: what each promises beyond the laws that all of them keep."""

from __future__ import annotations

import copy
import math
from collections import Counter
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from classicnlp import Lexicon, ModelError
from classicnlp.evaluate import segmentation as score
from classicnlp.lm import NgramModel
from classicnlp.segmentation import CharSegmenter, MaxMatchSegmenter, NgramSegmenter
from classicnlp.segmentation.character import labels_of
from classicnlp.text import CharacterClass, units
from tests.conftest import nasty_texts, nasty_words
from tests.reference import bmes as reference

WORDS = {"研究": 9, "研究生": 4, "生命": 6, "命": 2, "的": 40, "起源": 3, "生": 5}
TEXT = "研究生命的起源"

# Words and texts of few characters, so that words overlap and costs tie.
counts = st.dictionaries(
    st.text(alphabet="中国人", min_size=1, max_size=4), st.integers(1, 4), min_size=1, max_size=9
)
texts = st.text(alphabet="中国人", max_size=8)


def unigram_cost(words: list[str], table: dict[str, int]) -> float:
    total = max(sum(table.values()), len(table), 1)
    return sum(math.log(total / table.get(word, 0.5)) for word in words)


def legal_cuts(text: str, table: dict[str, int]) -> list[list[str]]:
    """Return every way to cut a text into words of the table and single characters."""
    cuts = []
    for lengths in reference.cuts([1] * len(text)):
        ends = np.cumsum([0, *lengths]).tolist()
        words = [text[a:b] for a, b in pairwise(ends)]
        if all(len(word) == 1 or word in table for word in words):
            cuts.append(words)
    return cuts


# --- maximum matching ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("direction", "expected"),
    [
        ("forward", ["研究生", "命", "的", "起源"]),
        ("backward", ["研究", "生命", "的", "起源"]),
        ("bidirectional", ["研究", "生命", "的", "起源"]),
    ],
)
def test_maximum_matching_takes_the_longest_word(direction: str, expected: list[str]) -> None:
    assert MaxMatchSegmenter(Lexicon(WORDS), direction).segment(TEXT) == expected


def test_bidirectional_matching_prefers_fewer_words_then_fewer_characters_alone() -> None:
    fewer = MaxMatchSegmenter(Lexicon(["甲乙", "乙丙丁戊", "丙丁", "丁戊"]))
    assert fewer.segment("甲乙丙丁戊") == ["甲", "乙丙丁戊"]
    singles = MaxMatchSegmenter(Lexicon(["甲乙丙", "乙丙", "丙丁"]))
    # 甲乙丙|丁 and 甲乙|丙丁 would tie; 甲|乙|丙丁 is what backward finds, and is longer.
    assert singles.segment("甲乙丙丁") == ["甲乙丙", "丁"]


def test_an_unknown_direction_is_refused_with_those_there_are() -> None:
    with pytest.raises(ValueError, match="'forward', 'backward', 'bidirectional'"):
        MaxMatchSegmenter(Lexicon(WORDS), "sideways")


@pytest.mark.parametrize("wrong", [None, ["中"], {"中": 1}, "pku"])
def test_a_segmenter_wants_a_lexicon(wrong: Any) -> None:
    with pytest.raises(TypeError, match="Lexicon"):
        MaxMatchSegmenter(wrong)
    if wrong is not None:
        with pytest.raises(TypeError, match="Lexicon"):
            NgramSegmenter(wrong)


# --- word graphs -----------------------------------------------------------------------------


@given(counts, texts)
def test_the_unigram_cut_is_the_cheapest(table: dict[str, int], text: str) -> None:
    words = NgramSegmenter(Lexicon(table)).segment(text)
    best = min(unigram_cost(cut, table) for cut in legal_cuts(text, table))
    # Costs are rounded to 1/2048 nat.
    assert unigram_cost(words, table) == pytest.approx(best, abs=0.01)


def pairs_cost(words: list[str], sentences: list[list[str]], weight: float) -> float:
    """λ · c(v w) / c(v) + (1 - λ) · c(w) / N, with the text's ends as words."""
    flat = [word for sentence in sentences for word in sentence]
    pairs = pairs_of(sentences)
    cost = 0.0
    for before, word in pairwise(["", *words, ""]):
        single = flat.count(word) or (0.5 if word else len(sentences))
        joint = pairs[before, word]
        context = sum(count for (v, _), count in pairs.items() if v == before)
        p = single / len(flat)
        if context:
            p = weight * joint / context + (1 - weight) * p
        cost -= math.log(min(p, 1))
    return cost


def pairs_of(sentences: list[list[str]]) -> Counter[tuple[str, str]]:
    return Counter(pair for sentence in sentences for pair in pairwise(["", *sentence, ""]))


SENTENCES = st.lists(
    st.lists(st.text(alphabet="中国人", min_size=1, max_size=3), min_size=1, max_size=5),
    min_size=1,
    max_size=5,
)


@given(SENTENCES, texts.filter(bool))
def test_the_cut_by_pairs_is_the_cheapest(sentences: list[list[str]], text: str) -> None:
    table = Counter(word for sentence in sentences for word in sentence)
    pairs = pairs_of(sentences)
    segmenter = NgramSegmenter(Lexicon(table), pairs, interpolation=0.7)
    best = min(pairs_cost(cut, sentences, 0.7) for cut in legal_cuts(text, table))
    assert pairs_cost(segmenter.segment(text), sentences, 0.7) == pytest.approx(best, abs=0.02)
    assert segmenter.n_best(text, 1)[0].cost == pytest.approx(best, abs=0.02)


@pytest.mark.parametrize("order", [2, 3, 4])
@given(sentences=SENTENCES, text=texts.filter(bool))
def test_the_cut_by_a_model_is_the_cheapest(
    order: int, sentences: list[list[str]], text: str
) -> None:
    segmenter = NgramSegmenter().fit(sentences, order)
    model = segmenter.language_model
    table = {word: 1 for sentence in sentences for word in sentence}
    total = sum(map(len, sentences))
    unknown = math.log(2 * total) + model.log_prob("<unk>") * math.log(10)

    def cost(words: list[str]) -> float:
        return -model.score(words) * math.log(10) + unknown * sum(w not in table for w in words)

    best = min(map(cost, legal_cuts(text, table)))
    # Of few counts a discount of 0 can be estimated, in lmplz too: only what was seen is possible.
    assume(best < math.inf)
    assert cost(segmenter.segment(text)) == pytest.approx(best, abs=0.02)
    assert segmenter.n_best(text, 1)[0].cost == pytest.approx(best, abs=0.02)


@given(counts, texts, st.integers(1, 30), st.booleans())
def test_n_best_are_all_different_cheapest_first_and_begin_with_segment(
    table: dict[str, int], text: str, k: int, pairs: bool
) -> None:
    sentences = [[word] * count for word, count in table.items()]
    segmenter = NgramSegmenter().fit(sentences) if pairs else NgramSegmenter(Lexicon(table))
    candidates = segmenter.n_best(text, k)
    cuts = legal_cuts(text, table)
    assert len(candidates) == min(k, len(cuts))
    assert candidates[0].words == segmenter.segment(text)
    costs = [candidate.cost for candidate in candidates]
    assert costs == sorted(costs)
    assert len({tuple(candidate.words) for candidate in candidates}) == len(candidates)
    assert all(candidate.words in cuts for candidate in candidates)
    if not pairs:
        expected = sorted(unigram_cost(cut, table) for cut in cuts)[:k]
        assert costs == pytest.approx(expected, abs=0.02)


@given(text=nasty_texts, k=st.integers(1, 4))
def test_every_candidate_joins_to_the_text(
    text: str, k: int, segmenters: dict[str, NgramSegmenter]
) -> None:
    for kind in ("unigram with words", "bigram with words"):
        candidates = segmenters[kind].n_best(text, k)
        assert candidates[0].words == segmenters[kind].segment(text)
        assert all("".join(candidate.words) == text for candidate in candidates)


@pytest.mark.parametrize("k", [0, -1, 10**10])
def test_an_impossible_number_of_candidates_is_refused(k: int) -> None:
    with pytest.raises(ValueError, match="k must be"):
        NgramSegmenter(Lexicon(WORDS)).n_best(TEXT, k)


@given(text=nasty_texts)
def test_the_word_graph_holds_the_words_and_every_path_through_it(
    text: str, segmenters: dict[str, NgramSegmenter]
) -> None:
    segmenter = segmenters["unigram with words"]
    graph = segmenter.lattice(text)
    spans = [(node.start, node.end) for node in graph.nodes]
    assert spans == sorted(set(spans)), "nodes come by start, then by end, each once"
    inside = {i for run in units(text) for i in range(run.start + 1, run.end)}
    for node in graph.nodes:
        assert node.word == text[node.start : node.end]
        assert node.known == (node.word in segmenter.lexicon)
        assert node.cost >= 0
        assert not {node.start, node.end} & inside
    assert graph.edges == [
        (i, j)
        for i, one in enumerate(graph.nodes)
        for j, other in enumerate(graph.nodes)
        if one.end == other.start
    ]
    cut = segmenter.boundaries(text).tolist()
    assert set(pairwise(cut)) <= set(spans)
    # Words with white space in them come out wherever they stand, whatever lies inside.
    apart = [
        node for node in graph.nodes if len(node.word) > 1 and node.word.split() != [node.word]
    ]
    expected = {
        (run.start, run.end)
        for run in units(text)
        if not any(node.start <= run.start and run.end <= node.end for node in apart)
    }
    assert expected <= set(spans), "every unit is a node, known or not"


def test_unknown_units_cost_as_much_as_a_word_seen_half_a_time() -> None:
    graph = NgramSegmenter(Lexicon({"中": 3, "国": 5})).lattice("人中a")
    assert [node.known for node in graph.nodes] == [False, True, False]
    for node, count in zip(graph.nodes, (0.5, 3, 0.5), strict=True):
        assert node.cost == pytest.approx(math.log(8 / count), abs=0.001)


def test_unknown_costs_go_by_the_class_of_the_first_character() -> None:
    costs = {CharacterClass.LATIN: 1.0, CharacterClass.HAN: 2.5}
    nodes = NgramSegmenter(Lexicon({"中": 3}), unknown_costs=costs).lattice("国abc3").nodes
    assert [node.cost for node in nodes] == pytest.approx([2.5, 1.0], abs=0.001)
    with pytest.raises(ValueError, match="unknown cost"):
        NgramSegmenter(unknown_costs={CharacterClass.HAN: -1})
    with pytest.raises(ValueError, match="unknown cost"):
        NgramSegmenter(unknown_costs={CharacterClass.HAN: math.nan})


@given(counts, st.text(alphabet="中国人家", min_size=2, max_size=5))
def test_an_added_word_without_a_count_wins_over_its_parts(
    table: dict[str, int], word: str
) -> None:
    segmenter = NgramSegmenter(Lexicon(table))
    parts = segmenter.n_best(word, 1)[0]
    for bonus in (0.0, 3.0):
        added = segmenter.with_words([word], bonus=bonus)
        assert added.segment(word) == [word]
        if word not in table:
            cost = added.n_best(word, 1)[0].cost
            assert cost <= parts.cost
            less = parts.cost - cost - bonus
            assert less <= 0.001 or parts.cost > 31, "the bonus and only a little less"


def test_an_added_word_with_a_count_is_one_among_others() -> None:
    segmenter = NgramSegmenter(Lexicon({"中国": 900, "人民": 900, "国人": 1}))
    assert segmenter.with_words({"国人": 1}).segment("中国人民") == ["中国", "人民"]
    assert segmenter.with_words({"中国人民": 1}).segment("中国人民") == ["中国", "人民"] or (
        segmenter.with_words({"中国人民": 1}).n_best("中国人民", 1)[0].cost <= 2
    )
    assert segmenter.with_words(["中国人民"]).segment("中国人民") == ["中国人民"]


def test_a_word_that_was_added_wins_in_a_sentence_with_bigrams(
    segmented: list[list[str]],
) -> None:
    segmenter = NgramSegmenter().fit(segmented)
    longer = segmenter.with_words(["清华大学", "云计算平台"])
    for text in ("我来到清华大学", "他用云计算平台。", "清华大学"):
        assert set(longer.segment(text)) & {"清华大学", "云计算平台"}


@pytest.mark.parametrize("order", [2, 3])
def test_an_added_word_wins_over_its_parts_after_any_words(
    order: int, segmented: list[list[str]]
) -> None:
    """However probable its parts are there, it costs less, and leaves the context they leave."""
    segmenter = NgramSegmenter().fit(segmented, order)
    for words in segmented[:40]:
        for first, second in pairwise(words):
            added = first + second
            assert added in segmenter.with_words([added]).segment("".join(words)) or (
                segmenter.segment(added) != [first, second]
            )


def test_with_bigrams_too_an_added_word_without_a_count_wins_over_its_parts() -> None:
    """The parts are a pair that was seen, and one that begins and ends a text."""
    segmenter = NgramSegmenter().fit([["中国", "人"], ["中国", "人"]])
    assert segmenter.with_words(["中国人"]).segment("中国人") == ["中国人"]


def test_a_removed_word_falls_apart() -> None:
    segmenter = NgramSegmenter(Lexicon(WORDS))
    assert segmenter.segment("研究") == ["研究"]
    assert segmenter.without_words(["研究"]).segment("研究") == ["研", "究"]
    assert segmenter.without_words(["研究"]).with_words(["研究"]).segment("研究") == ["研究"]


def test_derived_segmenters_share_the_arrays_of_costs() -> None:
    segmenter = NgramSegmenter(Lexicon(WORDS))
    longer = segmenter.with_words(["云计算"]).without_words(["研究"])
    one, other = (s._cutter.arrays["nodes"] for s in (segmenter, longer))  # type: ignore[attr-defined]
    assert np.shares_memory(one, other)


@pytest.mark.parametrize("value", [0, 1, -0.5, 1.5, math.nan])
def test_interpolation_lies_between_0_and_1(value: float) -> None:
    with pytest.raises(ValueError, match="interpolation"):
        NgramSegmenter(interpolation=value)


def test_fit_counts_words_and_learns_a_model(segmented: list[list[str]]) -> None:
    unigram, trigram = (NgramSegmenter().fit(segmented, order) for order in (1, 3))
    assert list(unigram.lexicon.items()) == list(trigram.lexicon.items())
    assert unigram.lexicon.count("北京") == sum(words.count("北京") for words in segmented)
    assert unigram.language_model is None
    assert trigram.language_model is not None
    assert trigram.language_model.order == 3
    for order in (0, 9):
        with pytest.raises(ValueError, match="order must be"):
            NgramSegmenter().fit(segmented, order)


def test_bigrams_may_be_given_and_those_of_unknown_words_are_left_out() -> None:
    table = {"商品": 9, "和": 40, "和服": 3, "服务": 8, "务": 1, "<s>": 1}
    pairs = {
        ("商品", "和服"): 5,
        ("和服", "务"): 5,
        ("", "商品"): 5,
        ("务", ""): 5,
        ("没", "有"): 9,
        ("<s>", "和"): 9,
    }
    assert NgramSegmenter(Lexicon(table)).segment("商品和服务") == ["商品", "和", "服务"]
    assert NgramSegmenter(Lexicon(table), pairs).segment("商品和服务") == ["商品", "和服", "务"]
    assert NgramSegmenter(Lexicon(table), {}).segment("商品和服务") == ["商品", "和", "服务"]


def test_a_model_goes_with_any_lexicon() -> None:
    """Words of the lexicon that the model lacks cost what their counts say."""
    model = NgramModel(order=3).fit([["商品", "和服", "务"]] * 2 + [["外面", "的"]])
    table = {"商品": 9, "和": 40, "和服": 3, "服务": 8, "务": 1}
    segmenter = NgramSegmenter(Lexicon(table), language_model=model)
    assert segmenter.segment("商品和服务") == ["商品", "和服", "务"]
    assert segmenter.segment("服务") == ["服务"]
    assert segmenter.segment("外面") == ["外", "面"]
    explanation = segmenter.explain("商品和服务", "服务")
    assert [word.text for word in explanation.best.words] == ["商品", "和服", "务"]
    assert explanation.occurrences[0].reading is not None


def test_variants_of_a_word_are_one_word_of_the_model() -> None:
    model = NgramModel(order=2).fit([["中國", "人"], ["ａ", "人"]] * 3)
    segmenter = NgramSegmenter(Lexicon({"中国": 1, "A": 1, "人": 1}), language_model=model)
    plain = NgramSegmenter(Lexicon({"中国": 1, "A": 1, "人": 1}))
    cost = segmenter.n_best("中国人", 1)[0].cost
    for text in ("中國人", "a人", "Ａ人"):
        assert segmenter.n_best(text, 1)[0].cost == cost
    assert cost < plain.n_best("中国人", 1)[0].cost


def test_what_is_no_model_of_words_is_refused() -> None:
    with pytest.raises(TypeError, match="must be an NgramModel, got dict: learn one with"):
        NgramSegmenter(language_model={})  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="unit='word'"):
        NgramSegmenter(language_model=NgramModel(unit="char").fit(["我爱"]))
    with pytest.raises(ValueError, match="learnt nothing yet"):
        NgramSegmenter(language_model=NgramModel())
    with pytest.raises(ValueError, match="not both"):
        NgramSegmenter(bigrams={}, language_model=NgramModel(order=1).fit(["我 爱"]))


def test_bounds_of_sentences_are_words_like_others() -> None:
    segmenter = NgramSegmenter().fit([["<s>", "我"], ["</s>", "<unk>", "我"]], 3)
    assert segmenter.segment("<s>我<unk>") == ["<s>", "我", "<unk>"]


def test_a_segmenter_without_words_cuts_into_units() -> None:
    assert NgramSegmenter().segment("我有iPhone15") == ["我", "有", "iPhone15"]
    assert NgramSegmenter().fit([]).segment("我有") == ["我", "有"]
    assert MaxMatchSegmenter(Lexicon()).segment("我有 3.14") == ["我", "有", " ", "3.14"]


@pytest.mark.parametrize("order", [1, 2, 3])
@pytest.mark.parametrize("costs", [None, {CharacterClass.HAN: 7.0}])
def test_a_saved_ngram_segmenter_cuts_alike(
    order: int, costs: Any, segmented: list[list[str]], tmp_path: Path, documents: list[str]
) -> None:
    segmenter = NgramSegmenter(interpolation=0.6, unknown_costs=costs).fit(segmented, order)
    path = tmp_path / "ngram.model"
    segmenter.save(path)
    loaded = NgramSegmenter.load(path)
    assert loaded.segment_batch(documents) == segmenter.segment_batch(documents)
    assert loaded.n_best(documents[0][:50], 4) == segmenter.n_best(documents[0][:50], 4)
    before = path.read_bytes()
    loaded.save(path)
    assert path.read_bytes() == before


def test_a_segmenter_with_added_words_says_how_to_save_it(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="not saved: make one from"):
        NgramSegmenter(Lexicon(WORDS)).with_words(["云"]).save(tmp_path / "x")
    with pytest.raises(ValueError, match="save the one it came from"):
        CharSegmenter(epochs=1).fit([["我"]], lexicons=[]).with_words(["云"]).save(tmp_path / "x")
    assert list(tmp_path.iterdir()) == []


# --- characters ------------------------------------------------------------------------------


@given(st.lists(st.text(alphabet="中国", min_size=1, max_size=5), max_size=6))
def test_labels_are_those_of_the_naive_twin(words: list[str]) -> None:
    assert labels_of(words).tolist() == reference.labels_of([len(word) for word in words])


def test_without_lexicons_the_embedded_one_helps(segmented: list[list[str]]) -> None:
    half = len(segmented) // 2
    texts = ["".join(words) for words in segmented[half:]]
    scores = [
        score(
            segmented[half:],
            CharSegmenter(epochs=5).fit(segmented[:half], lexicons=lexicons).segment_batch(texts),
        ).f1
        for lexicons in (None, [Lexicon.embedded()], [])
    ]
    assert scores[0] == scores[1] > scores[2]


def test_fit_twice_and_fit_again_give_the_same_bytes(
    segmented: list[list[str]], tmp_path: Path
) -> None:
    paths = [tmp_path / name for name in "abc"]
    segmenter = CharSegmenter(epochs=2, seed=5)
    segmenter.fit(segmented, lexicons=[]).save(paths[0])
    segmenter.fit(segmented, lexicons=[]).save(paths[1])
    CharSegmenter(epochs=2, seed=5).fit(iter(segmented), lexicons=[]).save(paths[2])
    one, two, three = (path.read_bytes() for path in paths)
    assert one == two == three
    CharSegmenter(epochs=2, seed=6).fit(segmented, lexicons=[]).save(paths[0])
    assert paths[0].read_bytes() != one


def test_fit_with_lexicons_gives_the_same_bytes_in_whatever_form_they_come(
    segmented: list[list[str]], tmp_path: Path
) -> None:
    words = sorted({word for sentence in segmented[:40] for word in sentence})
    forms: list[Any] = [words, Lexicon(words), iter(words), dict.fromkeys(words, 1)]
    saved = []
    for i, form in enumerate(forms):
        segmenter = CharSegmenter(epochs=2).fit(segmented, lexicons=iter([["清华大学"], form]))
        segmenter.save(tmp_path / str(i))
        saved.append((tmp_path / str(i)).read_bytes())
    assert len(set(saved)) == 1
    CharSegmenter(epochs=2).fit(segmented, lexicons=[words, ["清华大学"]]).save(tmp_path / "x")
    assert (tmp_path / "x").read_bytes() != saved[0]


def test_a_lexicon_helps_with_words_that_were_never_seen() -> None:
    """Texts of few characters, cut by what is listed: characters alone do not tell how."""
    letters = list("天地玄黄宇宙洪荒日月盈昃")
    pairs = [a + b for a in letters[:6] for b in letters[6:]]
    generator = np.random.default_rng(1)
    listed = [str(word) for word in generator.permutation(pairs)[:18]]
    unseen = listed[:6]
    cutter = MaxMatchSegmenter(Lexicon(listed), "forward")
    drawn = generator.choice(letters, (400, 8))
    sentences = [cutter.segment("".join(row)) for row in drawn.tolist()]
    train = [words for words in sentences if not set(unseen) & set(words)]
    test = [words for words in sentences if set(unseen) & set(words)]
    texts = ["".join(words) for words in test]
    told = CharSegmenter().fit(train, lexicons=[listed]).segment_batch(texts)
    untold = CharSegmenter().fit(train, lexicons=[]).segment_batch(texts)
    assert score(test, told).f1 > score(test, untold).f1 + 0.05


@pytest.mark.parametrize("wrong", ["中国", ["中国"], [[5]]])
def test_lexicons_that_are_no_lists_of_words_are_refused(wrong: Any) -> None:
    with pytest.raises(TypeError, match=r"word|str"):
        CharSegmenter(epochs=1).fit([["我", "爱"]], lexicons=wrong)


def test_too_many_lexicons_are_refused() -> None:
    with pytest.raises(ValueError, match="at most 6 lexicons can be used, got 7"):
        CharSegmenter(epochs=1).fit([["我", "爱"]], lexicons=[["中国"]] * 7)


@pytest.mark.parametrize("lexicons", [0, 6])
def test_a_saved_segmenter_with_lexicons_cuts_alike(
    lexicons: int, segmented: list[list[str]], tmp_path: Path, documents: list[str]
) -> None:
    words = [word for sentence in segmented for word in sentence]
    lists = [words[i :: lexicons + 1] for i in range(lexicons)]
    segmenter = CharSegmenter(epochs=2, folds=3).fit(segmented, lexicons=lists)
    segmenter.save(tmp_path / "model")
    loaded = CharSegmenter.load(tmp_path / "model")
    assert loaded.get_params() == segmenter.get_params()
    assert loaded.segment_batch(documents) == segmenter.segment_batch(documents)
    added = loaded.with_words(["来到北"])
    assert added.segment("我来到北京") == segmenter.with_words(["来到北"]).segment("我来到北京")


def test_trusted_words_come_out_though_they_were_never_seen(
    segmented: list[list[str]], tmp_path: Path
) -> None:
    trusted = Lexicon(["奥利给", "元宇宙"])
    text = "他说奥利给在元宇宙说话"
    segmenter = CharSegmenter(epochs=3).fit(segmented, trusted=trusted, lexicons=[])
    assert set(trusted) <= set(segmenter.segment(text))
    assert not set(trusted) <= set(
        CharSegmenter(epochs=3).fit(segmented, lexicons=[]).segment(text)
    )
    segmenter.save(tmp_path / "model")
    assert CharSegmenter.load(tmp_path / "model").segment(text) == segmenter.segment(text)


def tampered(array: np.ndarray, change: Callable[[np.ndarray], object]) -> np.ndarray:
    copied = array.copy()
    change(copied)
    return copied


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("unigrams", lambda a: a.fill(30_000)),
        ("windows", lambda a: a.fill(-30_000)),
        ("findings", lambda a: a.fill(32_767)),
        ("kinds", lambda a: a.fill(15)),
        ("pairs", lambda a: a[0].fill(2)),
        ("pairs", lambda a: a[-1].fill(1)),
        ("transitions", lambda a: a.fill(1 << 25)),
        ("starts", lambda a: a.fill(-(1 << 25))),
        ("words", lambda a: a[:1].fill(2)),
    ],
)
def test_a_tampered_model_is_refused(
    name: str, change: Callable[[np.ndarray], object], small_segmenter: CharSegmenter
) -> None:
    parameters, arrays = small_segmenter.to_store()
    CharSegmenter.from_store(parameters, arrays, "here")
    arrays = {**arrays, name: tampered(np.asarray(arrays[name]), change)}
    with pytest.raises(ModelError, match="here: not a sound segmenter"):
        CharSegmenter.from_store(parameters, arrays, "here")


@pytest.mark.parametrize("name", ["unigrams", "kinds", "covers", "words", "word_displacements"])
def test_a_model_that_lacks_an_array_is_refused(name: str, small_segmenter: CharSegmenter) -> None:
    parameters, arrays = small_segmenter.to_store()
    del arrays[name]
    with pytest.raises(ModelError, match="here: not a sound segmenter"):
        CharSegmenter.from_store(parameters, arrays, "here")


def test_a_saved_character_segmenter_cuts_alike(
    small_segmenter: CharSegmenter, tmp_path: Path, documents: list[str]
) -> None:
    path = tmp_path / "character.model"
    small_segmenter.save(path)
    loaded = CharSegmenter.load(path)
    assert loaded.get_params() == small_segmenter.get_params()
    assert loaded.segment_batch(documents) == small_segmenter.segment_batch(documents)
    before = path.read_bytes()
    loaded.save(path)
    assert path.read_bytes() == before


def test_the_best_epoch_on_dev_is_kept(segmented: list[list[str]]) -> None:
    dev, rest = segmented[::8], [words for i, words in enumerate(segmented) if i % 8]
    said: list[tuple[int, int, str]] = []

    def progress(epoch: int, epochs: int, message: str) -> None:
        said.append((epoch, epochs, message))

    segmenter = CharSegmenter(epochs=6).fit(rest, dev=dev, progress=progress, lexicons=[])
    assert [(epoch, epochs) for epoch, epochs, _ in said] == [(n, 6) for n in range(1, 7)]
    f1 = score(dev, [segmenter.segment("".join(words)) for words in dev]).f1
    assert f"{f1:.4f}" == max(message.split()[-1] for *_, message in said)


def test_training_needs_words_and_words_are_str() -> None:
    for empty in ([], [[]], [[""]]):
        with pytest.raises(ValueError, match="training data is empty"):
            CharSegmenter().fit(empty, lexicons=[])
    for wrong in ([[b"x"]], [[5]], [[b"xy", "我"]]):
        with pytest.raises(TypeError, match="str"):
            CharSegmenter().fit(wrong, lexicons=[])  # type: ignore[arg-type]


@pytest.mark.parametrize("wrong", [{"epochs": 0}, {"epochs": -1}, {"folds": 1}, {"min_count": 0}])
def test_parameters_out_of_range_are_refused(wrong: dict[str, int]) -> None:
    with pytest.raises(ValueError, match=f"{next(iter(wrong))} must be at least"):
        CharSegmenter(**wrong).fit([["我", "爱"]], lexicons=[])


def test_a_segmenter_that_learnt_nothing_says_so(tmp_path: Path) -> None:
    untrained = CharSegmenter()
    for call in (
        lambda: untrained.segment("我"),
        lambda: untrained.boundaries("我"),
        lambda: untrained.segment_batch(["我"]),
        lambda: untrained.with_words(["我"]),
        lambda: untrained.save(tmp_path / "x"),
    ):
        with pytest.raises(ValueError, match=r"learnt nothing yet: call fit\(\) or load\(\)"):
            call()


def test_rare_features_may_be_left_out(segmented: list[list[str]]) -> None:
    def size(**how: Any) -> int:
        arrays = CharSegmenter(epochs=2, **how).fit(segmented, lexicons=[])._cutter.arrays  # type: ignore[attr-defined]
        return int((arrays["pairs"][:-1, 1:3] != 0).sum())

    assert size(min_count=3) < size(min_count=1)
    assert size(prune=0.2) < size(prune=0.0)


def test_without_a_feature_that_is_frequent_enough_transitions_are_learnt() -> None:
    segmenter = CharSegmenter(epochs=3, min_count=1000).fit(
        [["我们", "他们"], ["北京"]] * 3, lexicons=[]
    )
    assert segmenter.segment("我来北京") == ["我来", "北京"]


def test_with_more_folds_other_words_are_unknown(segmented: list[list[str]]) -> None:
    def weights(folds: int) -> np.ndarray:
        cutter = CharSegmenter(epochs=2, folds=folds).fit(segmented, lexicons=[])._cutter
        return np.asarray(cutter.arrays["findings"])

    assert not np.array_equal(weights(2), weights(5))
    assert np.array_equal(weights(len(segmented)), weights(10**9))


def test_a_sentence_of_many_different_characters_can_be_learnt() -> None:
    """One long sentence lets a transition weigh thousands of times what any feature does."""
    words = [chr(0x4E00 + i) for i in range(6000)]
    segmenter = CharSegmenter(epochs=2).fit([words, ["中国", "人"]], lexicons=[])
    assert "".join(segmenter.segment("中国人")) == "中国人"


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=20)
@given(sentences=st.lists(st.lists(nasty_words, max_size=5), min_size=1, max_size=4))
def test_any_words_can_be_learnt(sentences: list[list[str]]) -> None:
    if any(sentences):
        segmenter = CharSegmenter(epochs=2).fit(sentences, lexicons=[])
        for words in sentences:
            assert "".join(segmenter.segment("".join(words))) == "".join(words)
    NgramSegmenter().fit(sentences).segment("".join(sentences[0]))


def test_parameters_are_kept_as_given() -> None:
    given = {
        "epochs": 3, "seed": 1, "margin": 2, "min_count": 4, "prune": 0.5, "folds": 4,
        "rules": ["url"],
    }  # fmt: skip
    assert CharSegmenter(**given).get_params() == given  # type: ignore[arg-type]
    assert copy.copy(CharSegmenter(**given)).get_params() == given  # type: ignore[arg-type]


def test_another_kind_of_model_is_not_loaded(
    tmp_path: Path, small_segmenter: CharSegmenter
) -> None:
    path = tmp_path / "model"
    small_segmenter.save(path)
    with pytest.raises(ModelError, match="holds a segmenter, where a ngram segmenter"):
        NgramSegmenter.load(path)
    NgramSegmenter(Lexicon(WORDS)).save(path)
    with pytest.raises(ModelError, match="holds a ngram segmenter, where a segmenter"):
        CharSegmenter.load(path)
