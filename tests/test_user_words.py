"""A user's words mean the same in every segmenter: preferred, forced, forbidden, explained."""

from __future__ import annotations

import itertools
import pickle
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from classicnlp import Lexicon, Pipeline, ScoredToken
from classicnlp._ext.units import Rules, unit_marks
from classicnlp._ext.userwords import FORBID, FORCE, LARGEST_REWARD, NEVER, PREFER, WordMarker
from classicnlp.rules import RULES, flags_of
from classicnlp.segmentation import (
    CharSegmenter,
    Explanation,
    MaxMatchSegmenter,
    NgramSegmenter,
    Segmenter,
)
from classicnlp.text import character_classes, default_alphabet, fold
from tests.conftest import PIECES, nasty_texts, nasty_words
from tests.reference import userwords as reference

Segmenters = dict[str, Segmenter | Pipeline]
PLAIN = ("forward", "backward", "bidirectional", "unigram", "bigram", "character", "pku")
SCORED = ("unigram", "bigram", "character")

texts_with = st.lists(st.one_of(nasty_texts, st.sampled_from(PIECES)), min_size=1, max_size=4)
some_words = st.lists(nasty_words, min_size=1, max_size=4)


def spans_of(segmenter: Segmenter | Pipeline, text: str) -> set[tuple[int, int]]:
    return set(itertools.pairwise(segmenter.boundaries(text).tolist()))


def rules_of(segmenter: Segmenter | Pipeline) -> Rules:
    """Return the rules that a segmenter keeps to, with its mixed words."""
    owner = segmenter.segmenter if isinstance(segmenter, Pipeline) else segmenter
    return owner._cutter.rules


def around(gaps: list[str], words: list[str], data: st.DataObject) -> str:
    """Return a text in which the words stand between the gaps."""
    return "".join(gap + data.draw(st.sampled_from(words)) for gap in gaps)


# --- the marker ------------------------------------------------------------------------------


@given(some_words, texts_with, st.data())
def test_the_marker_finds_what_the_naive_twin_finds(
    words: list[str], gaps: list[str], data: st.DataObject
) -> None:
    text = around(gaps, words, data)
    policies = {fold(word): data.draw(st.sampled_from([PREFER, FORCE, FORBID])) for word in words}
    marker = WordMarker(default_alphabet(), [(word, policies[fold(word)], 7) for word in words])
    rules = Rules(flags_of(RULES))
    before = np.append(unit_marks(text, character_classes(text), rules), np.uint8(0))
    marks, matches = marker.find(text, before)
    forced = reference.forced_spans(text, [w for w in policies if policies[w] == FORCE], rules)
    others = reference.occurrences(text, [w for w in policies if policies[w] != FORCE], rules)
    covered = {i for start, end in forced for i in range(start + 1, end)}
    assert [tuple(row[:2]) for row in matches.tolist()] == [
        span for span in others if span[0] not in covered
    ]
    for start, end, reward in matches.tolist():
        assert reward == (7 if policies[fold(text[start:end])] == PREFER else NEVER)
    edges = {place for span in forced for place in span}
    parted = set(np.flatnonzero(before & 4).tolist()) - covered
    assert set(np.flatnonzero(marks & 4).tolist()) == parted | edges
    inside = (set(np.flatnonzero(before & 2).tolist()) | covered) - edges
    assert set(np.flatnonzero(marks & 2).tolist()) == inside


@pytest.mark.parametrize(
    "rule", [("", 0, 0), ("我", 3, 0), ("我", -1, 0), ("我", 0, LARGEST_REWARD + 1)]
)
def test_rules_that_are_none_are_refused(rule: tuple[str, int, int]) -> None:
    with pytest.raises(ValueError, match="not a word, its policy and a reward"):
        WordMarker(default_alphabet(), [rule])


def test_a_marker_of_many_words_finds_each() -> None:
    words = ["".join(pair) for pair in itertools.product("甲乙丙丁戊己庚辛壬癸", repeat=4)]
    marker = WordMarker(default_alphabet(), [(word, PREFER, k) for k, word in enumerate(words)])
    for k in range(0, len(words), 997):
        _, matches = marker.find(words[k], np.zeros(5, np.uint8))
        assert matches.tolist() == [[0, 4, k]]
    assert marker.find("子丑寅卯", np.zeros(5, np.uint8))[1].tolist() == []
    with pytest.raises(ValueError, match="expected 2 marks"):
        marker.find("子", np.zeros(1, np.uint8))


# --- forced words ----------------------------------------------------------------------------


@pytest.mark.parametrize("kind", PLAIN)
@given(words=some_words, gaps=texts_with, data=st.data())
def test_forced_words_always_come_out(
    kind: str, words: list[str], gaps: list[str], data: st.DataObject, segmenters: Segmenters
) -> None:
    text = around(gaps, words, data)
    rules = rules_of(segmenters[kind])
    forced = set(reference.forced_spans(text, words, rules))
    spans = spans_of(segmenters[kind].with_words(words, policy="force"), text)
    assert forced <= spans
    places = {place for span in spans for place in span}
    edges = {place for span in forced for place in span}
    assert not reference.inside_units(text, rules) & (places - edges)


FORCED = [
    (["南京市长"], "南京市长江大桥", "南京市长"),
    (["京市", "市长江大"], "南京市长江大桥", "京市"),
    (["江大", "江大桥"], "南京市长江大桥", "江大桥"),
    (["江"], "南京市长江大桥", "江"),
    (["new york"], "他在New York住", "New York"),
    (["C++"], "他写C++程序", "C++"),
    (["SK-II", "*ST舜船"], "买SK-II和*ST舜船", "*ST舜船"),
    (["迈克尔·乔丹"], "是迈克尔·乔丹吗", "迈克尔·乔丹"),
    (["。我"], "好。我来", "。我"),
    (["雲計算"], "做云计算的", "云计算"),
    (["ｎｂａ總決賽"], "看NBA总决赛", "NBA总决赛"),
    (["\n"], "好\n好", "\n"),
    (["1 + 1"], "算1 + 1吧", "1 + 1"),
    (["\ud800我"], "是\ud800我呀", "\ud800我"),
    (["𠮷野家"], "去𠮷野家吃", "𠮷野家"),
]


@pytest.mark.parametrize("kind", PLAIN)
@pytest.mark.parametrize(("words", "text", "expected"), FORCED)
def test_a_forced_word_comes_out(
    kind: str, words: list[str], text: str, expected: str, segmenters: Segmenters
) -> None:
    segmenter = segmenters[kind].with_words(words, policy="force")
    assert expected in segmenter.segment(text)
    assert expected in segmenter.segment(f"{text}，" * 3000)[-12:]


@pytest.mark.parametrize("kind", PLAIN)
def test_a_forced_word_does_not_cut_a_unit(kind: str, segmenters: Segmenters) -> None:
    text = "见https://a.cn/北京，iPhone15和3.14"
    words = ["http", "Phone", "5和", "14", ".14", "3"]
    segmenter = segmenters[kind].with_rules(RULES)
    assert segmenter.with_words(words, policy="force").segment(text) == segmenter.segment(text)


@given(
    text=st.text("中国人民大学", min_size=1, max_size=9),
    words=st.lists(st.text("中国人民大学", min_size=1, max_size=3), min_size=1, max_size=3),
)
def test_around_forced_words_the_cheapest_path_is_taken(text: str, words: list[str]) -> None:
    table = {"中国": 5, "国人": 3, "人民": 9, "大学": 4, "民大": 2, "中国人民": 1, "人": 6}
    counted = {word: table.get(word, 2) for word in words}
    plain = NgramSegmenter(Lexicon(table)).with_words(counted, bonus=0)
    forcing = NgramSegmenter(Lexicon(table)).with_words(counted, policy="force")
    forced = set(reference.forced_spans(text, words, rules_of(plain)))
    for path in plain.n_best(text, 4096):
        ends = np.cumsum([0, *map(len, path.words)]).tolist()
        if forced <= set(itertools.pairwise(ends)):
            assert forcing.n_best(text, 1)[0].cost == pytest.approx(path.cost, abs=0.002)
            break
    else:
        pytest.fail("no path has the forced words")
    assert forcing.segment(text) == forcing.n_best(text, 1)[0].words


# --- preferred words -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "text", "expected"),
    [
        (["云计算"], "他用云计算平台", ["他", "用", "云计算", "平台"]),
        (["云计算平台"], "他用云计算平台", ["他", "用", "云计算平台"]),
        (
            ["李小福", "创新办", "云计算"],
            "李小福是创新办主任也是云计算方面的专家",
            ["李小福", "是", "创新办", "主任", "也", "是", "云计算", "方面", "的", "专家"],
        ),
        (["的话"], "他说的话是对的", ["他", "说", "的", "话", "是", "对", "的"]),
        (["京清"], "我来到北京清华大学", ["我", "来到", "北京", "清华大学"]),
    ],
)
def test_a_preferred_word_comes_out_unless_the_sentence_speaks_strongly_against_it(
    words: list[str], text: str, expected: list[str], pku: Pipeline
) -> None:
    assert pku.with_words(words).segment(text) == expected


@pytest.mark.parametrize("kind", SCORED)
@given(word=st.text("中国人民大学我来到北京", min_size=2, max_size=4), data=st.data())
def test_the_larger_the_bonus_the_more_often_a_word_comes_out(
    kind: str, word: str, data: st.DataObject, segmenters: Segmenters
) -> None:
    text = around(["我来", "北京的", ""], [word, "中国人民", word[1:]], data) + word
    counts = []
    for bonus in (-1000, -5, 0, 2, 5, 1000):
        cut = segmenters[kind].with_words([word], bonus=bonus).segment(text)
        counts.append(cut.count(word))
    assert counts == sorted(counts)
    assert counts[-1] > 0


def test_preferred_words_with_white_space_are_forced(segmenters: Segmenters) -> None:
    for kind in PLAIN:
        segmenter = segmenters[kind].with_words(["Louis Vuitton", "我 们"])
        assert "Louis Vuitton" in segmenter.segment("买Louis Vuitton的")
        assert "我 们" in segmenter.segment("是我 们的")


# --- forbidden words -------------------------------------------------------------------------


@pytest.mark.parametrize("kind", PLAIN)
@given(text=st.text("中国人民大学我来到北京。", min_size=2, max_size=30), data=st.data())
def test_forbidden_words_never_come_out(
    kind: str, text: str, data: st.DataObject, segmenters: Segmenters
) -> None:
    segmenter = segmenters[kind]
    for _ in range(3):
        longer = [word for word in segmenter.segment(text) if len(word) > 1]
        if not longer:
            break
        banned = data.draw(st.sampled_from(longer))
        segmenter = segmenter.without_words([banned])
        assert banned not in segmenter.segment(text)
        assert "".join(segmenter.segment(text)) == text


@pytest.mark.parametrize("kind", SCORED)
def test_a_forbidden_character_stands_alone_only_where_nothing_else_is_possible(
    kind: str, segmenters: Segmenters
) -> None:
    segmenter = segmenters[kind].with_words({"的话": 1}).without_words(["话", "的"])
    assert "的话" in segmenter.segment("他说的话")
    assert segmenter.segment("话") == ["话"]
    assert segmenter.segment("a 话") == ["a", " ", "话"]


def test_a_forbidden_unit_is_not_cut(segmenters: Segmenters) -> None:
    for kind in PLAIN:
        segmenter = segmenters[kind].with_rules(RULES).without_words(["iPhone15", " "])
        cut = segmenter.segment("买iPhone15 吧")
        assert not {"i", "iPhone", "15"} & set(cut)


# --- what was said last counts ---------------------------------------------------------------


@pytest.mark.parametrize("kind", PLAIN)
def test_what_was_said_last_of_a_word_counts(kind: str, segmenters: Segmenters) -> None:
    base, text = segmenters[kind], "他在南京市长江大桥"
    assert "市长" not in base.segment(text)
    forced = base.with_words(["市长"], policy="force")
    assert "市长" in forced.segment(text)
    assert "市长" not in forced.without_words(["市長"]).segment(text)
    assert "市长" in forced.without_words(["市长"]).with_words(["市长"], "force").segment(text)
    back = forced.with_words(["市长"], policy="prefer", bonus=-1000)
    assert back.segment(text) == base.with_words(["市长"], bonus=-1000).segment(text)
    last = forced.with_words(["江"]).without_words(["市长"])
    assert list(getattr(last, "segmenter", last).user_words) == ["江"]
    assert "市长" in forced.segment(text), "others do not change"


@pytest.mark.parametrize("kind", PLAIN)
def test_one_by_one_is_the_same_as_at_once(
    kind: str, segmenters: Segmenters, documents: list[str]
) -> None:
    base, words = segmenters[kind], ["的话", "日子", "天气", "子里"]
    whole, steps = base.with_words(words), base
    for word in words:
        steps = steps.with_words([word])
    assert whole.segment_batch(documents[:5]) == steps.segment_batch(documents[:5])


@pytest.mark.parametrize("kind", PLAIN)
def test_without_effect_on_a_text_nothing_changes(
    kind: str, segmenters: Segmenters, documents: list[str]
) -> None:
    words = ["龘龘", "𠮷𠮷 𠮷", "qqq"]
    changed = segmenters[kind].with_words(words[:2], "force").with_words(words[2:])
    changed = changed.without_words(["靐靐"])
    assert changed.segment_batch(documents[:9]) == segmenters[kind].segment_batch(documents[:9])
    assert segmenters[kind].with_words([]).segment_batch(documents[:2]) == segmenters[
        kind
    ].segment_batch(documents[:2])


@pytest.mark.parametrize("kind", PLAIN[:-1])
def test_a_pickled_segmenter_knows_the_users_words(kind: str, segmenters: Segmenters) -> None:
    changed = segmenters[kind].with_words(["京市长"], "force").without_words(["大桥"])
    copy = pickle.loads(pickle.dumps(changed))
    text = "南京市长江大桥的大桥"
    assert copy.segment(text) == changed.segment(text)
    assert list(copy.with_words(["江"]).user_words) == ["京市长", "江"]


@pytest.mark.parametrize("kind", PLAIN)
def test_what_is_no_policy_bonus_or_word_is_refused(kind: str, segmenters: Segmenters) -> None:
    segmenter = segmenters[kind]
    with pytest.raises(ValueError, match="policy must be one of"):
        segmenter.with_words(["我"], policy="always")
    for bonus in (1001, -1001, float("nan"), float("inf")):
        with pytest.raises(ValueError, match="bonus must be in -1000"):
            segmenter.with_words(["我"], bonus=bonus)
    with pytest.raises(TypeError, match="bonus must be a number"):
        segmenter.with_words(["我"], bonus="3")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="a forced word needs no bonus"):
        segmenter.with_words(["我"], policy="force", bonus=3)
    wrong: Any
    for wrong in ("我们", b"x", None, 5, [5]):
        for change in (segmenter.with_words, segmenter.without_words):
            with pytest.raises(TypeError):
                change(wrong)
    with pytest.raises(ValueError, match="at least one character"):
        segmenter.without_words([""])


def test_what_was_learnt_anew_has_no_users_words(segmented: list[list[str]]) -> None:
    for segmenter in (CharSegmenter(epochs=1).fit(segmented[:9], lexicons=[]), NgramSegmenter()):
        changed = segmenter.with_words(["我们的"], "force").fit(segmented[:9])
        assert not changed.user_words
        assert "我们的" not in changed.segment("我们的")


# --- sharing ---------------------------------------------------------------------------------


def test_segmenters_with_a_users_words_share_the_tables(small_segmenter: CharSegmenter) -> None:
    longer = small_segmenter.with_words(["清华大学"]).with_words(Lexicon(["北京"]))
    assert list(longer.user_words) == ["清华大学", "北京"]
    assert longer._tables() is small_segmenter._tables()
    assert longer.without_words(["北京"])._tables() is small_segmenter._tables()


# --- explanations ----------------------------------------------------------------------------


@pytest.mark.parametrize("kind", PLAIN)
@given(text=st.one_of(nasty_texts, st.text("中国人民大学", max_size=12)), data=st.data())
def test_the_best_reading_is_how_the_text_is_cut(
    kind: str, text: str, data: st.DataObject, segmenters: Segmenters
) -> None:
    base = segmenters[kind].with_words(["国人"]).with_words(["民大"], "force")
    segmenter = base.without_words(["中国"])
    text = text[:40]
    why = segmenter.explain(text)
    assert [word.text for word in why.best.words] == segmenter.segment(text)
    assert why.best.score == pytest.approx(sum(word.score for word in why.best.words))
    assert all(text[word.start : word.end] == word.text for word in why.best.words)
    if why.runner_up is not None:
        assert (
            why.runner_up.score <= why.best.score + 1e-9
        )  # of a tie sums may differ in the last bits
        assert why.runner_up.words != why.best.words
        assert "".join(word.text for word in why.runner_up.words) == text
    assert str(why)


@pytest.mark.parametrize("kind", SCORED)
@given(text=st.text("中国人民大学我来到北京", min_size=3, max_size=9), data=st.data())
def test_the_margin_is_the_bonus_that_changes_the_outcome(
    kind: str, text: str, data: st.DataObject, segmenters: Segmenters
) -> None:
    start = data.draw(st.integers(0, len(text) - 2))
    word = text[start : start + data.draw(st.integers(1, 3))]
    found = reference.occurrences(text, [word], rules_of(segmenters[kind]))
    if len(found) > 1 or len(word) == len(text):
        return
    base = segmenters[kind].with_words({word: 1}, bonus=-5)
    occurrence = base.explain(text, word).occurrences[0]
    if occurrence.margin is None:
        assert kind != "character"
        assert len(word) == 1, "only a character may have no way around it"
        return
    bonus = -5 - occurrence.margin
    for more, expected in ((0.06, True), (-0.06, False)):  # scores are whole 20ths of a nat
        changed = base.with_words({word: 1}, bonus=bonus + more)
        if kind != "character" and bonus + more > 5:
            continue  # a cost does not fall below 0
        assert (word in changed.segment(text)) is expected


@pytest.mark.parametrize("kind", PLAIN)
@pytest.mark.parametrize(
    ("want", "came_out", "rule"),
    [
        ("京市", True, "it is forced"),
        ("市长", False, "'京市' at 1 is forced"),
        ("Phone", False, "it would begin or end inside 'iPhone15', which is never cut"),
        ("大桥", False, "without_words() forbids it"),
        ("桥 上", False, "it has white space in it: give it to with_words()"),
    ],
)
def test_rules_settle_what_no_score_can(
    kind: str, want: str, came_out: bool, rule: str, segmenters: Segmenters
) -> None:
    segmenter = segmenters[kind].with_words(["京市"], policy="force").without_words(["大桥"])
    segmenter = segmenter.with_rules(RULES)
    why = segmenter.explain("南京市长江大桥 上的iPhone15", want)
    assert [(o.came_out, o.rule) for o in why.occurrences] == [(came_out, rule)]
    assert rule in str(why)


def test_a_lexicon_without_the_word_is_told(segmenters: Segmenters) -> None:
    for kind in ("forward", "backward", "unigram", "bigram"):
        (occurrence,) = segmenters[kind].explain("我爱龘靐", "龘靐").occurrences
        assert occurrence.rule == "the lexicon does not have it: give it to with_words()"


def test_maximum_matching_tells_which_word_beat_the_wanted_one() -> None:
    lexicon = Lexicon(["研究", "研究生", "生命", "命", "起源"])
    why = MaxMatchSegmenter(lexicon, direction="forward").explain("研究生命起源", "生命")
    rule = "'研究生' at 0 is longer: policy='force' would change that"
    assert why.occurrences[0].rule == rule
    assert why.runner_up is None


def test_an_explanation_is_for_people_to_read(pku: Pipeline) -> None:
    why = pku.explain("他说的话是对的", want="的话")
    assert isinstance(why, Explanation)
    shown = str(why)
    assert "'的话' at 2 is no word" in shown
    assert "a bonus larger by more than that brings it out" in shown
    assert len(shown.splitlines()) == 5
    assert "does not stand in the text" in str(pku.explain("他说", want="的话"))
    assert str(pku.explain("")).startswith("best:")
    with pytest.raises(TypeError):
        pku.explain(5)  # type: ignore[arg-type]
    with pytest.raises(TypeError):
        pku.explain("我", want=5)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="empty"):
        pku.explain("我", want="")


# --- confidences -----------------------------------------------------------------------------


@given(text=nasty_texts)
def test_each_word_has_a_probability(text: str, segmenters: Segmenters) -> None:
    text += " \n" + text
    for kind in ("character", "character with words", "unigram with words", "bigram with words"):
        segmenter = segmenters[kind]
        assert isinstance(segmenter, Segmenter)
        words, shares = segmenter.segment(text), segmenter.confidences(text)
        assert shares.shape == (len(words),)
        assert shares.dtype == np.float64
        assert ((shares > 0) & (shares <= 1)).all()


@pytest.mark.parametrize("order", [1, 2])
@given(
    text=st.text("中国人民大学", min_size=1, max_size=7),
    counts=st.dictionaries(st.text("中国人民大学", min_size=1, max_size=3), st.integers(1, 99)),
    data=st.data(),
)
def test_probabilities_of_a_word_graph_are_shares_of_all_its_paths(
    order: int, text: str, counts: dict[str, int], data: st.DataObject
) -> None:
    counts["中国"] = 5
    pairs = {(a, b): data.draw(st.integers(1, 9)) for a in list(counts)[:4] for b in ("中国", "")}
    segmenter = NgramSegmenter(Lexicon(counts), pairs if order == 2 else None)
    paths = segmenter.n_best(text, 1 << 10)
    weights = np.exp([paths[0].cost - path.cost for path in paths])
    start = 0
    shares = segmenter.confidences(text).tolist()
    for word, share in zip(segmenter.segment(text), shares, strict=True):
        place = (start, start + len(word))
        held = [place in spans(path.words) for path in paths]
        assert share == pytest.approx(weights[held].sum() / weights.sum(), abs=1e-9)
        start += len(word)


def spans(words: list[str]) -> set[tuple[int, int]]:
    return set(itertools.pairwise(itertools.accumulate(map(len, words), initial=0)))


def test_maximum_matching_has_no_probabilities() -> None:
    with pytest.raises(ValueError, match="use an NgramSegmenter or a CharSegmenter"):
        MaxMatchSegmenter(Lexicon(["我"])).confidences("我")


def test_a_tagged_word_has_the_probability_of_word_and_tag(
    pku: Pipeline, monkeypatch: pytest.MonkeyPatch
) -> None:
    nlp = pku.with_words({"云计算": "n", "大桥": ""})
    text = "他用云计算造大桥"

    def marginals_at(self: object, text: str, boundaries: np.ndarray) -> np.ndarray:
        return np.full(len(boundaries) - 1, 0.5)

    monkeypatch.setattr(type(pku.tagger), "marginals_at", marginals_at, raising=False)
    tokens = nlp.tag(text, confidence=True)
    assert [token[:4] for token in tokens] == nlp.tag(text)
    for token, share in zip(tokens, nlp.segmenter.confidences(text), strict=True):
        assert isinstance(token, ScoredToken)
        assert token.confidence == pytest.approx(share * (1 if token.text == "云计算" else 0.5))
    assert nlp.tag("", confidence=True) == []


def test_a_forced_word_has_probability_one_and_a_preferred_one_gains(
    small_segmenter: CharSegmenter,
) -> None:
    text = "他用云计算平台"

    def confidence(segmenter: CharSegmenter) -> float:
        cut = segmenter.segment(text)
        return float(segmenter.confidences(text)[cut.index("云计算")])

    forced = confidence(small_segmenter.with_words(["云计算"], policy="force"))
    gained = [confidence(small_segmenter.with_words(["云计算"], bonus=b)) for b in (15, 20, 30)]
    assert forced == pytest.approx(1, abs=1e-12)
    assert gained == sorted(gained)
    assert gained[-1] <= 1


def test_confidences_are_honest_on_data_set_aside(segmented: list[list[str]]) -> None:
    half = len(segmented) // 2
    train, dev = segmented[:half], segmented[half:]
    segmenter = CharSegmenter(epochs=5).fit(train, dev=dev, lexicons=[])
    right = total = expected = 0.0
    for words in dev:
        text = "".join(words)
        gold = set(itertools.pairwise(itertools.accumulate(map(len, words), initial=0)))
        spans = list(itertools.pairwise(segmenter.boundaries(text).tolist()))
        right += sum(span in gold for span in spans)
        expected += segmenter.confidences(text).sum()
        total += len(spans)
    assert expected / total == pytest.approx(right / total, abs=0.03)


def test_the_temperature_is_saved(segmented: list[list[str]], tmp_path: Any) -> None:
    segmenter = CharSegmenter(epochs=2).fit(segmented[::2], dev=segmented[1::2], lexicons=[])
    segmenter.save(tmp_path / "model")
    loaded = CharSegmenter.load(tmp_path / "model")
    assert loaded.temperature_ == segmenter.temperature_
    text = "".join(segmented[0])
    assert np.array_equal(loaded.confidences(text), segmenter.confidences(text))
