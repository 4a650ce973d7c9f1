"""Language models: probabilities that add up, the formulas of the papers, files, and odd input."""

from __future__ import annotations

import gzip
import math
import pickle
import random
from pathlib import Path

import numpy as np
import pytest

from classicnlp.errors import CorpusError, ModelError
from classicnlp.lm import NgramModel, Vocabulary
from classicnlp.lm.smoothing import SMOOTHINGS, estimated_discounts
from tests.reference.ngram_model import REFERENCES, AddK, JelinekMercer

every_smoothing = pytest.mark.parametrize("smoothing", SMOOTHINGS)
TEXT = [
    ["我", "爱", "北京"],
    ["我", "爱", "你"],
    ["你", "爱", "北京", "吗"],
    ["北京", "很", "大"],
    ["北京", "很", "好"],
    [],
    ["好"],
]


def random_text(seed: int, sentences: int = 40, words: int = 6) -> list[list[str]]:
    source = random.Random(seed)
    alphabet = [chr(0x4E00 + i) for i in range(words)]
    # Squares make some words much more frequent than others.
    return [
        [alphabet[int(words * source.random() ** 2)] for _ in range(source.randrange(7))]
        for _ in range(sentences)
    ]


def model_of(smoothing: str, order: int = 3, **parameters: object) -> NgramModel:
    given: dict[str, object] = {"pseudocount": AddK.k}
    if smoothing == "jelinek-mercer":
        given["weights"] = JelinekMercer.weights[:order]
    return NgramModel(order=order, smoothing=smoothing, **{**given, **parameters})  # type: ignore[arg-type]


def total(model: NgramModel, context: list[str]) -> float:
    return math.fsum(
        10 ** model.log_prob(word, context) for word in model.vocabulary_ if word != "<s>"
    )


# Probabilities.


@every_smoothing
@pytest.mark.parametrize("order", [1, 2, 3, 5])
@pytest.mark.parametrize("cutoffs", [(0,), (0, 0, 1), (1, 1, 2), (0, 50)])
def test_probabilities_add_up_to_one_in_every_context(
    smoothing: str, order: int, cutoffs: tuple[int, ...]
) -> None:
    text = random_text(order)
    model = model_of(smoothing, order, cutoffs=cutoffs[:order]).fit(text)
    contexts: list[list[str]] = [
        [],
        ["<s>"],
        ["没见过"],
        ["没见过", text[0][0] if text[0] else "一"],
    ]
    contexts += [["<s>", *s][: i + 1] for s in text[:10] for i in range(len(s) + 1)]
    for context in contexts:
        assert total(model, context) == pytest.approx(1, abs=1e-5)


@every_smoothing
@pytest.mark.parametrize("order", [1, 2, 3, 4])
def test_every_smoothing_is_that_of_its_formula(smoothing: str, order: int) -> None:
    for seed in range(4):
        text = random_text(seed, sentences=10 + 30 * seed)
        reference = REFERENCES[smoothing](text, order)
        model = model_of(smoothing, order).fit(text)
        asked = [*text[:4], *random_text(100 + seed, sentences=10), ["没见过", "一"], []]
        wanted = [reference.log10(sentence) for sentence in asked]
        np.testing.assert_allclose(model.score_batch(asked), wanted, rtol=1e-5, atol=1e-5)


def test_discounts_of_chen_and_goodman() -> None:
    # n1 = 10, n2 = 4, n3 = 2, n4 = 1: Y = 10 / 18.
    counts = np.repeat([1, 2, 3, 4, 9], [10, 4, 2, 1, 3])
    y = 10 / 18
    assert estimated_discounts(counts) == pytest.approx(
        (1 - 2 * y * 4 / 10, 2 - 3 * y * 2 / 4, 3 - 4 * y * 1 / 2)
    )


@pytest.mark.parametrize("lacking", [1, 2, 3])
def test_discounts_need_counts_of_one_two_and_three(lacking: int) -> None:
    assert estimated_discounts(np.array([c for c in (1, 1, 2, 3, 4) if c != lacking])) is None


def test_discounts_are_never_negative() -> None:
    assert estimated_discounts(np.repeat([1, 2, 3], [1, 1, 30])) is None


def test_where_discounts_cannot_be_had_the_given_ones_are_taken() -> None:
    model = NgramModel(order=2, fallback_discounts=(0.4, 0.5, 0.6)).fit([["我", "爱", "你"]])
    assert model.discounts_ == ((0.4, 0.5, 0.6), (0.4, 0.5, 0.6))
    assert total(model, ["我"]) == pytest.approx(1, abs=1e-6)


@every_smoothing
def test_a_sentence_is_as_probable_as_its_words_together(smoothing: str) -> None:
    model = model_of(smoothing).fit(TEXT)
    for sentence in [*TEXT, ["你", "爱", "好"], ["没见过", "我"]]:
        words = [*sentence, "</s>"]
        parts = [model.log_prob(w, ["<s>", *words[:i]]) for i, w in enumerate(words)]
        assert model.score(sentence) == sum(parts)
        assert [score.log_prob for score in model.full_scores(sentence)] == parts


def test_lengths_and_unknown_words() -> None:
    model = NgramModel(order=3).fit(TEXT)
    found = model.full_scores(["我", "爱", "北京", "上海"])
    assert [score.length for score in found] == [2, 3, 3, 1, 1]
    assert [score.unknown for score in found] == [False, False, False, True, False]


def test_without_bounds() -> None:
    model = NgramModel(order=2).fit(TEXT)
    assert model.score(["爱", "你"], bos=False, eos=False) == pytest.approx(
        model.log_prob("爱") + model.log_prob("你", ["爱"])
    )
    assert model.score([], bos=False, eos=False) == 0
    assert model.score([], bos=True, eos=True) == model.log_prob("</s>", ["<s>"])


def test_perplexity_counts_ends_and_leaves_out_unknown_words_on_request() -> None:
    model = NgramModel(order=2).fit(TEXT)
    text = [["我", "爱", "上海"], ["你"]]
    found = model.measure(text)
    assert (found.sentences, found.words, found.unknown) == (2, 4, 1)
    assert found.log_prob == pytest.approx(sum(map(model.score, text)))
    assert found.perplexity == model.perplexity(text) == pytest.approx(10 ** (-found.log_prob / 6))
    unknown = model.full_scores(text[0])[2].log_prob
    assert found.perplexity_of_known == pytest.approx(10 ** (-(found.log_prob - unknown) / 5))


def test_what_is_impossible_has_infinite_perplexity() -> None:
    model = NgramModel(order=2, smoothing="maximum-likelihood").fit(TEXT)
    assert model.score(["大", "我"]) == -math.inf
    assert model.perplexity([["大", "我"]]) == math.inf


# Batches.


def test_a_batch_is_one_by_one_however_it_is_given(tmp_path: Path) -> None:
    text = random_text(7, sentences=300)
    model = NgramModel(order=3).fit(text)
    one_by_one = [model.score(sentence) for sentence in text]
    lines = [" ".join(sentence) for sentence in text]
    path = tmp_path / "text.txt"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    for given in (text, lines, path, [path], iter(lines), map(tuple, text)):
        assert model.score_batch(given).tolist() == one_by_one
    assert model.score_batch(lines, workers=3).tolist() == one_by_one
    full = model.full_scores_batch(lines, workers=2)
    assert full.offsets.tolist() == np.cumsum([0, *(len(s) + 1 for s in text)]).tolist()
    assert full.log_probs.tolist() == [s.log_prob for one in text for s in model.full_scores(one)]


@pytest.mark.parametrize("size", [0, 1, 15, 16, 17, 63, 64, 65])
def test_batches_of_all_sizes(size: int) -> None:
    model = NgramModel(order=2).fit(TEXT)
    text = (TEXT * 10)[:size]
    assert model.score_batch(text).tolist() == [model.score(sentence) for sentence in text]


def test_characters_are_the_words_of_a_str() -> None:
    text = ["我爱北京", "我爱𠮷野家", "a\udc80 b\tc\u3000d"]
    by_character = NgramModel(order=3, unit="char").fit(text)
    lists = [[c for c in line if c not in " \t"] for line in text]
    by_list = NgramModel(order=3).fit(lists)
    assert list(by_character.vocabulary_) == list(by_list.vocabulary_)
    assert by_character.score_batch(text).tolist() == by_list.score_batch(lists).tolist()


def test_only_the_blanks_of_lmplz_separate_words() -> None:
    model = NgramModel(order=1).fit(["我\t爱 \r北京\0大\n学", "甲\u3000乙\u2028丙\x0b丁"])
    assert list(model.vocabulary_)[3:] == [
        "我",
        "爱",
        "北京",
        "大",
        "学",
        "甲\u3000乙\u2028丙\x0b丁",
    ]


# Odd input.


@every_smoothing
@pytest.mark.parametrize("text", [[[]], [["我"]], [["我"], []], [["我", "我", "我"]]])
def test_texts_shorter_than_the_order(smoothing: str, text: list[list[str]]) -> None:
    model = model_of(smoothing, 4).fit(text)
    assert model.sizes_[0] == len(model.vocabulary_)
    for context in ([], ["<s>"], ["我"], ["<s>", "我"]):
        assert total(model, context) == pytest.approx(1, abs=1e-6)
    assert np.isfinite(model.score(text[0]))


def test_no_text_at_all() -> None:
    for nothing in ([], iter([]), map(list, [])):
        with pytest.raises(ValueError, match="no sentences"):
            NgramModel().fit(nothing)
    model = NgramModel().fit(TEXT)
    assert model.score_batch([]).shape == (0,)
    assert model.full_scores_batch([]).offsets.tolist() == [0]
    with pytest.raises(ValueError, match="no sentences"):
        model.perplexity([])


@pytest.mark.parametrize("bound", ["<s>", "</s>"])
def test_bounds_in_the_text_are_refused(bound: str) -> None:
    with pytest.raises(ValueError, match=f"holds {bound}"):
        NgramModel().fit([["我", bound, "你"]])


def test_unk_in_the_text_is_the_unknown_word() -> None:
    model = NgramModel(order=2).fit([["我", "<unk>", "你"], ["我", "<unk>"]])
    assert list(model.vocabulary_) == ["<unk>", "<s>", "</s>", "我", "你"]
    assert model.log_prob("没见过", ["我"]) > model.log_prob("你", ["我"])


def test_bounds_in_a_text_to_score() -> None:
    model = NgramModel(order=2).fit(TEXT)
    assert model.score(["<s>", "我"]) == model.score(["没见过", "我"])
    assert model.score(["我", "</s>"], eos=False) == model.score(["我"])
    assert model.log_prob("<s>", ["我"]) == -math.inf
    assert model.log_prob("你", ["大", "<s>"]) == model.log_prob("你", ["<s>"])


def test_rare_words_are_unknown() -> None:
    rare = {"吗", "大"}
    model = NgramModel(order=3, min_count=2).fit(TEXT)
    assert not rare & set(model.vocabulary_)
    same = NgramModel(order=3).fit([["<unk>" if w in rare else w for w in s] for s in TEXT])
    assert sorted(model.vocabulary_) == sorted(same.vocabulary_)
    assert model.score_batch(TEXT).tolist() == same.score_batch(TEXT).tolist()


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ("我爱北京", "pass a list"),
        ([1, 2], "must be a str or a list"),
        ([["我", 5]], "a word must be a str"),
        ([None], "must be a str or a list"),
        (7, "not iterable"),
    ],
)
def test_what_is_no_text(given: object, message: str) -> None:
    for call in (NgramModel().fit, NgramModel().fit(TEXT).score_batch):
        with pytest.raises(TypeError, match=message):
            call(given)  # type: ignore[operator]


@pytest.mark.parametrize(
    "parameters",
    [
        {"order": 0}, {"order": 9}, {"smoothing": "good-turing"}, {"unit": "byte"}, {"workers": 0},
        {"memory": 1000},
        {"pseudocount": -1}, {"weights": [0.5]}, {"weights": [0.5, 0.5, 1.0]}, {"cutoffs": ()},
        {"cutoffs": (1, 0)}, {"cutoffs": (0, 0, 0, 0)}, {"min_count": 0},
        {"fallback_discounts": (0.5, 1.0)}, {"fallback_discounts": (1.5, 1.0, 1.5)},
    ],
)  # fmt: skip
def test_parameters_out_of_range(parameters: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="must"):
        NgramModel(**parameters).fit(TEXT)  # type: ignore[arg-type]


def test_nothing_can_be_asked_before_it_is_learnt() -> None:
    for call in (
        lambda: NgramModel().score("我"),
        lambda: NgramModel().log_prob("我"),
        lambda: NgramModel().generate(),
        lambda: NgramModel().save("nowhere"),
        lambda: NgramModel().to_arpa("nowhere"),
    ):
        with pytest.raises(ValueError, match="learnt nothing yet"):
            call()
    with pytest.raises(TypeError, match="pass a list"):
        NgramModel().fit(TEXT).log_prob("我", "你")


# Learning weights.


def test_learnt_weights_foretell_better_than_others() -> None:
    text = random_text(1, sentences=400, words=30)
    train, held_out, test = text[:250], text[250:325], text[325:]
    learnt = NgramModel(order=3, smoothing="jelinek-mercer").fit(train, held_out=held_out)
    deleted = NgramModel(order=3, smoothing="jelinek-mercer").fit(train)
    assert learnt.weights_ is not None
    best = min(
        NgramModel(order=3, smoothing="jelinek-mercer", weights=[0.95, weight, weight])
        .fit(train)
        .perplexity(test)
        for weight in (0.1, 0.5, 0.9)
    )
    assert learnt.perplexity(test) < 1.05 * best
    assert deleted.perplexity(test) < 1.05 * best


def test_held_out_text_with_words_of_its_own() -> None:
    model = NgramModel(order=2, smoothing="jelinek-mercer")
    model.fit(TEXT, held_out=[["没见过", "我", "也没"], [], ["我"]])
    assert total(model, ["我"]) == pytest.approx(1, abs=1e-6)


# Generating.


def test_generated_words_are_of_the_model_and_the_same_for_a_seed() -> None:
    model = NgramModel(order=2).fit(TEXT)
    drawn = [model.generate(seed=seed) for seed in range(20)]
    assert drawn == [model.generate(seed=seed) for seed in range(20)]
    assert {word for words in drawn for word in words} <= set(model.vocabulary_) - {"<unk>", "</s>"}
    assert len({tuple(words) for words in drawn}) > 3
    assert all(len(model.generate(2, seed)) <= 2 for seed in range(20))
    assert model.generate(0) == []


def test_drawn_words_are_as_frequent_as_they_are_probable() -> None:
    model = NgramModel(order=2).fit(TEXT)
    drawn = [model.generate(1, seed, ["我"]) for seed in range(3000)]
    share = sum(words == ["爱"] for words in drawn) / len(drawn)
    unknown = 10 ** model.log_prob("<unk>", ["我"])
    assert share == pytest.approx(10 ** model.log_prob("爱", ["我"]) / (1 - unknown), abs=0.03)


# Files.


@every_smoothing
def test_saved_loaded_and_pickled_it_is_the_same(smoothing: str, tmp_path: Path) -> None:
    text = random_text(3)
    model = model_of(smoothing).fit(text)
    path = tmp_path / "words.lm"
    model.save(path)
    for other in (NgramModel.load(path), pickle.loads(pickle.dumps(model))):
        assert other.score_batch(text).tolist() == model.score_batch(text).tolist()
        assert list(other.vocabulary_) == list(model.vocabulary_)
        assert (other.sizes_, other.discounts_) == (model.sizes_, model.discounts_)
        assert other.get_params() == NgramModel.load(path).get_params()
        assert other.generate(seed=5) == model.generate(seed=5)
    again = tmp_path / "again.lm"
    NgramModel.load(path).save(again)
    assert again.read_bytes() == path.read_bytes()
    model.fit(text).save(again)
    assert again.read_bytes() == path.read_bytes()


def test_files_that_are_no_models(tmp_path: Path) -> None:
    path = tmp_path / "words.lm"
    NgramModel().fit(TEXT).save(path)
    path.write_bytes(path.read_bytes()[:-8])
    with pytest.raises(ModelError, match="truncated"):
        NgramModel.load(path)


@pytest.mark.parametrize("name", ["words.arpa", "words.arpa.gz"])
@pytest.mark.parametrize("smoothing", [name for name in SMOOTHINGS if name != "add-k"])
def test_arpa_files_give_the_model_back(name: str, smoothing: str, tmp_path: Path) -> None:
    text = random_text(5)
    model = model_of(smoothing).fit(text)
    path = tmp_path / name
    model.to_arpa(path)
    read = NgramModel.from_arpa(path)
    asked = [*text, ["没见过", "一"]]
    assert read.score_batch(asked).tolist() == model.score_batch(asked).tolist()
    assert read.sizes_ == model.sizes_
    again = tmp_path / f"again.{name}"
    read.to_arpa(again)
    assert again.read_bytes() == path.read_bytes()


def test_an_arpa_file_is_what_others_expect(tmp_path: Path) -> None:
    path = tmp_path / "words.arpa"
    NgramModel(order=2, smoothing="maximum-likelihood").fit([["我", "爱"], ["我"]]).to_arpa(path)
    lines = path.read_text(encoding="utf-8").split("\n")
    assert lines[:5] == ["\\data\\", "ngram 1=5", "ngram 2=4", "", "\\1-grams:"]
    assert lines[5:7] == ["-99\t<unk>", "-99\t<s>\t-99"]
    assert lines[-3:] == ["", "\\end\\", ""]
    assert "-0.30103001\t我 爱" in lines


SRILM = """
\\data\\
ngram 1=4
ngram 2=1
ngram 3=1

\\1-grams:
-0.5\t</s>
-99\t<s>\t-0.25
-0.4771213 我 -0.125
-1e0\t爱\t-0.5

\\2-grams:
-0.1\t<s> 我\t-0.3

\\3-grams:
-0.2\t我 爱 </s>

\\end\\
"""


def test_arpa_files_with_holes_as_srilm_prunes_them(tmp_path: Path) -> None:
    path = tmp_path / "words.arpa"
    path.write_text(SRILM, encoding="utf-8")
    model = NgramModel.from_arpa(path)
    assert model.sizes_ == (5, 3, 1)
    assert model.log_prob("我", ["<s>"]) == pytest.approx(-0.1)
    # 我 爱 was added with the probability that it has by backing off.
    assert model.log_prob("爱", ["我"]) == pytest.approx(-1.125)
    assert model.log_prob("</s>", ["我", "爱"]) == pytest.approx(-0.2)
    assert model.log_prob("</s>", ["爱"]) == pytest.approx(-1.0)
    assert model.score(["我", "爱"]) == pytest.approx(-0.1 - 0.3 - 1.125 - 0.2)
    assert model.log_prob("没见过") == -math.inf


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (("\\data\\", ""), "data"),
        (("ngram 2=1", "ngram 2=2"), "2 words"),
        (("ngram 3=1", "ngram 3=0"), "more n-grams than"),
        (("ngram 2=1", "ngram 5=1"), "count of 2-grams"),
        (("\\2-grams:", "\\3-grams:"), "expected '.2-grams:'"),
        (("<s> 我", "<s> 他"), "not among the 1-grams"),
        (("-0.1\t<s>", "x\t<s>"), "log10 p"),
        (("-0.1\t<s>", "-0.1.2\t<s>"), "log10 p"),
        (("\t</s>", "\t我"), "twice"),
        (("\n\\end\\\n", ""), "ends too early"),
    ],
)
def test_broken_arpa_files_are_told_with_their_line(
    change: tuple[str, str], message: str, tmp_path: Path
) -> None:
    path = tmp_path / "words.arpa"
    path.write_text(SRILM.replace(*change), encoding="utf-8")
    with pytest.raises(CorpusError, match=message):
        NgramModel.from_arpa(path)


def test_arpa_files_have_no_room_for_some_models(tmp_path: Path) -> None:
    path = tmp_path / "words.arpa"
    with pytest.raises(ValueError, match="additive"):
        NgramModel(smoothing="add-k").fit(TEXT).to_arpa(path)
    for word in ("", "a b", "\udc80"):
        with pytest.raises(ValueError, match="no room for a word"):
            NgramModel().fit([["我", word]]).to_arpa(path)
    assert not path.exists()


# Pruning.


def test_pruned_models_are_smaller_and_add_up() -> None:
    text = random_text(2, sentences=300, words=20)
    model = NgramModel(order=3).fit(text)
    sizes = [model.sizes_]
    for threshold in (0.0, 1e-5, 1e-4, 1e-3):
        pruned = model.prune(threshold)
        sizes.append(pruned.sizes_)
        for context in ([], ["<s>"], *(["<s>", *s[:2]] for s in text[:30])):
            assert total(pruned, context) == pytest.approx(1, abs=1e-4)
    assert sum(sizes[-1]) < sum(sizes[-2]) < sum(sizes[0])
    assert [sum(size) for size in sizes] == sorted(map(sum, sizes), reverse=True)
    assert model.sizes_ == sizes[0]


def test_what_pruning_takes_is_what_is_missed_least() -> None:
    text = random_text(4, sentences=500, words=20)
    model = NgramModel(order=3).fit(text)
    pruned = model.prune(1e-4)
    share = sum(pruned.sizes_) / sum(model.sizes_)
    assert share < 0.8
    assert pruned.perplexity(text) < 1.2 * model.perplexity(text)


def test_cutoffs_leave_out_what_is_rare() -> None:
    text = random_text(6)
    model = NgramModel(order=3, cutoffs=(0, 1, 2)).fit(text)
    grams = [tuple(["<s>", *s, "</s>"][i : i + 3]) for s in text for i in range(len(s))]
    frequent = {gram for gram in grams if grams.count(gram) > 2}
    assert model.sizes_[2] == len(frequent)


# Vocabulary.


def test_a_vocabulary_is_a_sequence() -> None:
    words = Vocabulary(["<unk>", "<s>", "</s>", "我", "𠮷野家", "\udc80"])
    assert len(words) == 6
    assert list(words) == [words[i] for i in range(6)] == words[:]
    assert words[-1] == "\udc80"
    assert "我" in words
    assert "你" not in words
    assert [words.number(word) for word in words] == list(range(6))
    with pytest.raises(IndexError):
        words[6]
    for bad in (["我"], ["<unk>", "<s>", "</s>", "我", "我"]):
        with pytest.raises(ValueError, match="must be"):
            Vocabulary(bad)


def test_compressed_text_is_read(tmp_path: Path) -> None:
    path = tmp_path / "text.txt.gz"
    path.write_bytes(gzip.compress("\n".join(map(" ".join, TEXT)).encode() + b"\n"))
    model = NgramModel(order=2).fit(path)
    assert model.score_batch(path).tolist() == model.score_batch(TEXT).tolist()


# The contract of estimators.


def test_parameters_are_kept_as_they_are_given() -> None:
    weights = [0.5, 0.5]
    model = NgramModel(order=2, smoothing="jelinek-mercer", weights=weights)
    assert model.get_params()["weights"] is weights
    assert repr(model).startswith("NgramModel(order=2, smoothing='jelinek-mercer'")
    assert model.set_params(order=1, weights=None) is model
    assert model.fit(TEXT) is model
    assert model.order == 1
    with pytest.raises(ValueError, match="no parameter"):
        model.set_params(ordre=2)


@every_smoothing
def test_threads_and_memory_do_not_show(smoothing: str) -> None:
    """A megabyte is so little that the counts go through temporary files."""
    text = random_text(5, 30_000, 300)
    parameters, arrays = model_of(smoothing, min_count=2).fit(text).to_store()
    for workers in (1, 2, 3):
        small = model_of(smoothing, min_count=2, workers=workers, memory=1 << 20).fit(text)
        others, same = small.to_store()
        assert others == parameters
        assert arrays.keys() == same.keys()
        assert all(arrays[name].tobytes() == same[name].tobytes() for name in arrays)


def test_a_model_is_not_changed_by_what_is_asked_of_it() -> None:
    model = NgramModel(order=3).fit(TEXT)
    before = model.score_batch(TEXT).tolist()
    model.prune(1e-2), model.generate(), model.measure(TEXT), model.full_scores(TEXT[0])
    assert model.score_batch(TEXT).tolist() == before
    clone = NgramModel(**model.get_params()).fit(TEXT)
    assert clone.score_batch(TEXT).tolist() == before
