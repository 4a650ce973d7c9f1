"""Rules on segmenters: names, what a corpus teaches, mixed words, switches, long odd texts."""

from __future__ import annotations

import pickle
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from classicnlp import Lexicon, Pipeline, load
from classicnlp.rules import GROUPS, NEUTRAL, RULES, flags_of, names_of, rules_named
from classicnlp.segmentation import CharSegmenter, MaxMatchSegmenter, NgramSegmenter
from classicnlp.segmentation.conventions import SegmentedText, evidence, learn, mixed_words
from classicnlp.text import default_alphabet, units
from tests.conftest import KINDS, Segmenter, nasty_texts, shared_data

# Two standards: one writes a date as words of number and unit, the other cuts them.
JOINED = [["2026年", "11月", f"{day}日", "，", "他", "用", "BP机"] for day in range(1, 29)]
PARTED = [
    ["2026", "年", "11", "月", f"{day}", "日", "，", "他", "用", "BP", "机"] for day in range(1, 29)
]


@given(st.frozensets(st.sampled_from(sorted(RULES))))
def test_names_and_flags_are_two_ways_to_say_the_same(names: frozenset[str]) -> None:
    assert names_of(flags_of(names)) == names


def test_groups_hold_every_rule_once() -> None:
    assert sorted(name for group in GROUPS.values() for name in group) == sorted(RULES)
    assert rules_named(GROUPS) == frozenset(RULES)
    assert frozenset(RULES) - NEUTRAL == {"date", "myriad", "ordinal"}


def test_what_is_no_rule_is_refused() -> None:
    with pytest.raises(ValueError, match="no rule named 'dates'; there are url"):
        rules_named(["dates"])
    with pytest.raises(TypeError, match=r"write \['date'\]"):
        rules_named("date")
    with pytest.raises(TypeError, match="is a str, got int"):
        rules_named([1])  # type: ignore[list-item]


def test_rules_are_those_that_the_text_follows() -> None:
    alphabet = default_alphabet()
    joined, parted = learn(JOINED, alphabet), learn(PARTED, alphabet)
    assert "date" in names_of(joined.flags)
    assert "date" not in names_of(parted.flags)
    assert joined.mixed is not None
    assert joined.mixed.find("bp机") >= 0
    assert parted.mixed is None
    fixed = learn(PARTED, alphabet, ["date", "web"])
    assert names_of(fixed.flags) == {"date"} | GROUPS["web"]


def test_evidence_counts_right_and_wrong_places() -> None:
    text = SegmentedText(JOINED + PARTED[:7], default_alphabet())
    found = evidence(text, frozenset(RULES), None)["date"]
    assert found.places == 3 * 35
    assert found.wrong == 3 * 7
    assert not found.holds
    assert evidence(text, frozenset({"url"}), None)["url"].holds, "too few places to tell"


def test_a_mixed_word_that_is_mostly_something_else_is_none() -> None:
    sentences = [["买", "A股"], ["买", "A", "股"], ["买", "A", "股"], ["看", "X光"]]
    trie = mixed_words(SegmentedText(sentences, default_alphabet()), frozenset(RULES))
    assert trie is not None
    assert trie.find("x光") >= 0
    assert trie.find("a股") < 0


@pytest.fixture(scope="module")
def joined() -> CharSegmenter:
    return CharSegmenter(epochs=2).fit(JOINED, lexicons=[])


def test_mixed_words_stay_together_and_other_latin_words_stand_apart(joined: CharSegmenter) -> None:
    assert joined.segment("他用BP机")[-1] == "BP机"
    assert joined.segment("他用ＢＰ機")[-1] == "ＢＰ機"
    assert "VCD" in joined.segment("他用VCD机")
    assert "XBP" in joined.segment("他用XBP机")


def test_rules_are_switched_off_and_on(joined: CharSegmenter) -> None:
    text = "2026年11月9日"
    assert joined.segment(text) == ["2026年", "11月", "9日"]
    bare = joined.with_rules(["digits"])
    assert bare.held_rules == {"digits"}
    assert bare.with_rules(["time", "digits"]).segment(text) == joined.segment(text)
    for name, array in joined._cutter.arrays.items():  # type: ignore[attr-defined]
        assert np.shares_memory(array, bare._cutter.arrays[name])  # type: ignore[attr-defined]
    assert joined.with_words(["用VCD"]).held_rules == joined.held_rules
    forced = joined.with_words(["用VCD"], policy="force")
    assert "用VCD" in forced.with_rules(["web"]).segment("他用VCD机")
    assert forced.with_rules(["web"]).held_rules == GROUPS["web"]


@pytest.mark.parametrize("given", [{"policy": "force"}, {"bonus": 1000.0}])
def test_a_users_word_goes_across_what_rules_part(
    given: dict[str, Any], joined: CharSegmenter
) -> None:
    text = "他用VCD机"
    assert {2, 5} <= set(joined.boundaries(text).tolist())
    changed = joined.with_words(["用VCD"], **given)
    assert changed.segment(text)[1:] == ["用VCD", "机"]
    why = changed.explain(text, "用VCD")
    assert [word.text for word in why.best.words] == changed.segment(text)
    assert why.occurrences[0].came_out
    assert changed.confidences(text)[1] == pytest.approx(1)
    assert joined.with_words(["用VC"], **given).segment(text) == joined.segment(text)
    for kept in (joined.with_words(["用VCD"], bonus=-1000.0), changed.without_words(["用VCD"])):
        assert kept.segment(text) == joined.segment(text)
        assert kept.explain(text).best.words == joined.explain(text).best.words


def test_what_a_word_lacks_where_a_rule_parts_is_the_bonus_that_brings_it_out(
    joined: CharSegmenter,
) -> None:
    text = "他用VCD机"
    margin = joined.explain(text, "用VCD").occurrences[0].margin
    assert margin is not None
    for more, expected in ((0.06, True), (-0.06, False)):
        changed = joined.with_words(["用VCD"], bonus=more - margin)
        assert ("用VCD" in changed.segment(text)) is expected


def test_rules_given_to_fit_hold_whatever_the_text_does() -> None:
    segmenter = CharSegmenter(epochs=1, rules=["time"]).fit(PARTED, lexicons=[])
    assert segmenter.held_rules == GROUPS["time"]
    with pytest.raises(ValueError, match="no rule named"):
        CharSegmenter(rules=["nothing"]).fit(PARTED, lexicons=[])


def test_rules_and_mixed_words_are_saved(tmp_path: Path, joined: CharSegmenter) -> None:
    path = tmp_path / "model"
    for segmenter in (joined, joined.with_rules(["web", "latin"])):
        segmenter.save(path)
        again = CharSegmenter.load(path)
        assert again.held_rules == segmenter.held_rules
        text = "他用BP机看https://a.cn/，2026年9月"
        assert again.segment(text) == segmenter.segment(text)
        twin = pickle.loads(pickle.dumps(segmenter._cutter))
        assert twin.segment(text) == segmenter.segment(text)
    load(path).with_rules(["web"]).save(tmp_path / "pipeline")
    assert load(tmp_path / "pipeline").held_rules == GROUPS["web"]


@pytest.mark.parametrize("direction", ["forward", "backward", "bidirectional"])
def test_maximum_matching_keeps_the_rules(direction: str) -> None:
    lexicon = Lexicon(["第", "年", "2026年度", "用户", "T恤"])
    segmenter = MaxMatchSegmenter(lexicon, direction)
    text = "2026年，2026年度，第3，T恤😀@user_1"
    assert segmenter.segment(text) == [
        "2026", "年", "，", "2026年度", "，", "第", "3", "，", "T恤", "😀", "@user_1",
    ]  # fmt: skip
    strict = segmenter.with_rules(RULES)
    assert strict.segment(text)[:6] == ["2026年", "，", "2026年度", "，", "第3", "，"]
    assert pickle.loads(pickle.dumps(strict)).segment(text) == strict.segment(text)


def test_a_word_graph_keeps_the_rules_that_its_text_follows(tmp_path: Path) -> None:
    text = "2026年11月9日"
    joined, parted = NgramSegmenter().fit(JOINED), NgramSegmenter().fit(PARTED)
    assert joined.segment(text) == ["2026年", "11月", "9日"]
    assert parted.segment(text) == ["2026", "年", "11", "月", "9", "日"]
    assert parted.with_rules(RULES).segment(text) == joined.segment(text)
    assert parted.with_words(["他用"]).held_rules == parted.held_rules
    joined.save(tmp_path / "model")
    assert NgramSegmenter.load(tmp_path / "model").held_rules == joined.held_rules
    assert pickle.loads(pickle.dumps(joined)).held_rules == joined.held_rules
    assert NgramSegmenter(Lexicon(["年"]), rules=["time"]).held_rules == GROUPS["time"]


@pytest.mark.parametrize("gap", range(2040, 2056))
def test_windows_do_not_change_what_rules_see(gap: int) -> None:
    """A long text is cut in windows; what stands before one still counts."""
    lexicon = Lexicon(["年", "研究", "小时"])
    segmenter = MaxMatchSegmenter(lexicon, rules=RULES)
    odd = "14时40分，2小时40分，3-5，-5，第3年2026年度，x@用户#a.NET"
    text = "研究生命" * (gap // 4) + "研" * (gap % 4) + odd * 60
    whole = [text[run.start : run.end] for run in units(text, RULES)]
    words = segmenter.segment(text)
    known = [part for word in words for part in (word if word in lexicon else [word])]
    assert known == whole


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("她写C++和C#，不写.NET", ["C++", "和", "C#", "，", ".NET"]),
        ("这台5G手机有８GB内存", ["5G", "手机", "８", "GB", "内存"]),
        ("会议在2026年11月21日10:30开始", ["2026年", "11月", "21日", "10:30"]),
        ("售价￥5000，合$3.5", ["￥", "5000", "，", "合", "$", "3.5"]),
        ("共有1,000,000元，第3名得10万元", ["1,000,000", "第3", "10万"]),
        ("等3～5天", ["3", "～", "5", "天"]),
        ("氣溫-5℃，漲了3.14％", ["-5", "℃", "3.14％"]),
        ("感染COVID-19或H7N9", ["COVID-19", "或", "H7N9"]),
        ("转给@用户，说#天气#好", ["@", "用户", "#", "天气", "#", "好"]),
        ("面积是100m²，x²最大", ["100", "m²", "x²"]),
        ("八十年代和80年代", ["80", "年代"]),
        ("寄到a.b@c.com或看www.a.cn/b?c=1。", ["a.b@c.com", "www.a.cn/b?c=1", "。"]),
        ("哈哈😀😀👨‍👩‍👧好", ["😀", "😀", "👨‍👩‍👧", "好"]),
        ("二○○八年", ["二○○八年"]),
    ],
)
def test_the_embedded_model_keeps_the_rules(text: str, words: list[str], pku: Pipeline) -> None:
    cut = pku.segment(text)
    assert set(words) <= set(cut), cut


def test_a_pipeline_without_rules_leaves_all_to_its_model(pku: Pipeline) -> None:
    bare = pku.with_rules([])
    assert bare.held_rules == frozenset()
    assert bare.tagger is pku.tagger
    assert pku.held_rules
    given = pku.with_words({"2026年度报告": "n"}).with_rules(pku.held_rules)
    assert ("2026年度报告", "n") in [token[:2] for token in given.tag("见2026年度报告")]


@given(text=nasty_texts)
def test_what_a_rule_parts_is_parted(text: str, pku: Pipeline) -> None:
    from tests.reference.units import parts

    assert parts(text, pku.held_rules) <= set(pku.boundaries(text).tolist())


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    "piece",
    [
        "中",
        "的",
        "1",
        "a",
        "中国",
        "a@",
        "http://",
        "1,",
        "-",
        "\u200d",
        "😀",
        "第1",
        "1年",
        "#",
        "(",
        "\ud800",
    ],
)
def test_worst_cases_are_linear(piece: str, kind: str, segmenters: dict[str, Segmenter]) -> None:
    """Ten times the text takes far less than a hundred times as long."""
    segmenter = segmenters[kind]
    spent = []
    for length in (3 * 10**4, 3 * 10**5):
        text = piece * (length // len(piece))
        start = time.thread_time()
        boundaries = segmenter.boundaries(text)
        spent.append(time.thread_time() - start)
        assert boundaries[-1] == len(text)
    assert spent[1] < 30 * spent[0] + 0.05


@pytest.mark.slow
def test_the_peoples_daily_follows_all_but_one_rule() -> None:
    from classicnlp.corpus import read_segmented

    path = shared_data("pfr1998", "199801-02_seg_fold1.txt.xz")
    held = learn(read_segmented(path, strip_compounds=True), default_alphabet())
    assert names_of(held.flags) >= {"date", "myriad", "ordinal", "count", "percent", "ratio"}
