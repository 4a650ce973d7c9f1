"""Units: the kernel against regular expressions, and the stretches people care about."""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from classicnlp._ext.units import Rules, unit_marks
from classicnlp.rules import NEUTRAL, RULES, flags_of
from classicnlp.text import character_classes, units
from tests.reference import units as reference

ALL = Rules(flags_of(RULES))
PIECES = [
    *"aZ09Ａｚ０９中，。 \n\t.-'’@/:()%‰,·_~é\u0301\ufe0f\u20e3\u200d²+#&—=￥$～∶*○",
    *"第年月日时分万亿代份小元",
    *(
        "か",
        "カ",
        "゛",
        "\u3099",
        "\U0001f468",
        "\U0001f1e8",
        "\U0001f3fd",
        "\U00020000",
        "\ud800",
        "\0",
    ),
    *("http://", "https://", "ftp://", "www.", "ｗｗｗ．", "a.b@c.com", "1,000", "3.14", "000"),
    *("1998", "kb", "10:30", "2026-1-2", "C++", "５℃", "m²"),
]
SNIPPETS = st.lists(st.sampled_from(PIECES), max_size=14).map("".join)
SOME_RULES = st.frozensets(st.sampled_from(sorted(RULES)), min_size=len(RULES) // 2)


def cut(text: str, rules: frozenset[str] = NEUTRAL) -> list[str]:
    return [text[unit.start : unit.end] for unit in units(text, rules)]


def parted(text: str, rules: frozenset[str]) -> set[int]:
    marks = unit_marks(text, character_classes(text), Rules(flags_of(rules)))
    return set(np.flatnonzero(marks & 4).tolist())


@settings(max_examples=1500)
@given(SNIPPETS, st.one_of(st.just(frozenset(RULES)), st.just(NEUTRAL), SOME_RULES))
def test_units_are_those_of_the_regular_expressions(text: str, rules: frozenset[str]) -> None:
    assert cut(text, rules) == reference.units(text, rules)
    assert parted(text, rules) == reference.parts(text, rules)


@given(st.text())
def test_units_of_any_text(text: str) -> None:
    assert cut(text) == reference.units(text, NEUTRAL)
    assert parted(text, NEUTRAL) == reference.parts(text, NEUTRAL)


@settings(max_examples=300)
@given(SNIPPETS, SNIPPETS)
def test_han_parts_units(before: str, after: str) -> None:
    assert cut(before + "中国" + after) == [*cut(before), "中", *cut("国" + after)]


@settings(max_examples=300)
@given(SNIPPETS)
def test_a_place_is_joined_or_parted_but_not_both(text: str) -> None:
    marks = unit_marks(text, character_classes(text), ALL)
    assert not (marks & 2).astype(bool)[marks & 4 != 0].any()


@pytest.mark.parametrize(
    "text",
    [
        "见|https://a.cn/x?y=(1)|。",
        "(|http://a.cn/x|)",
        "ｗｗｗ．a.cn|，",
        "a.b+c@d-e.co.uk|.",
        "a|@|b",
        f"{'a' * 64}@b.cn",
        f"{'a' * 65}|@|b.cn",
        "iPhone15|和|don't|和|don’t|和|vis-à-vis|-",
        "3.14|、|1,000,000|、|60%|、|1|,|00|、|5‰",
        "カタカナと|漢|字",
        "か\u3099き|中",
        "  \n\u3000|中",
        " |\u0301|a",
        " |\u200d\U0001f600",
        "葛\U000e0100|飾",
        "5\ufe0f\u20e3|中",
        "12\u0301|中",
        "\U0001f468\u200d\U0001f469\u200d\U0001f467|好",
        "\U0001f1e8\U0001f1f3|\U0001f1e8\U0001f1f3",
        "\U0001f44d\U0001f3fd|中",
        "C++|和|C#|和|F#|和|g++|和|Ｃ＋＋",
        "C++11|和|a|+|=|b",
        "用|.NET|和|Node.js|和|ASP.NET",
        ".|.|NET",
        "COVID-19|和|2019-nCoV|和|F—16|和|H7N9|和|AT&T|和|TCP/IP|和|utf_8",
        "F|—|—|16",
        "5G|和|4K|和|3D|和|Ｃ５",
        "110|KV|和|2.5|GB|和|100|m²|和|30|km|和|5m",
        "x²|和|10²|和|H₂O",
        "-5|度|3|-|5|和|−7",
        "10:30|和|10:30:05|和|１０：３０|和|3|:|2|和|10|:|300",
        "2026-11-21|和|2026|-|11|和|138|-|12|-|34",
        "1/3|和|3∶0|和|0.5‰",
        "@user_1| |#tag|和|题|#|tag",
        "1,000|,|00|和|1|,|0000",
        "",
    ],
)
def test_stretches_that_stay_together(text: str) -> None:
    assert cut(text.replace("|", "")) == [part for part in text.split("|") if part]


@pytest.mark.parametrize(
    "text",
    [
        "2026年|11月|21日|10时|30分",
        "1月份|，|80|年|代|，|1998|年|度|，|１９９８年|底",
        "3|年|，|98|年|，|30|日|元|，|5|日|内|，|8|时|代",
        "2|小|时|40|分|，|30|分|钟",
        "10万|人|，|1.2万亿|元|，|３亿|，|5萬",
        "第3|名|，|第1|年|，|第10|月",
        "138|-|1234|月",
    ],
)
def test_dates_and_sums_of_the_peoples_daily(text: str) -> None:
    assert cut(text.replace("|", ""), frozenset(RULES)) == text.split("|")


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("见|https://a.cn/b|，看", "url"),
        ("写信到|a.b@c.cn|吧", "email"),
        ("转发|@user1|的", "handle"),
        ("好|😀|👍🏽|的", "emoji"),
        ("5|℃|的", "emoji"),
        ("买|iPhone|的", "apart"),
        ("“|AirPods|”", "apart"),
        ("重110|KV", "measure"),
        ("共|３００|个", "count"),
        ("3|～|5", "sign"),
        ("价￥|5000", "sign"),
        ("转|@|用户看|#|话题|#", "sign"),
    ],
)
def test_places_that_a_rule_parts(text: str, rule: str) -> None:
    whole = text.replace("|", "")
    places = {len(text[:i].replace("|", "")) for i, c in enumerate(text) if c == "|"}
    places -= {0, len(whole)}
    assert places <= parted(whole, frozenset(RULES))
    assert not places <= parted(whole, frozenset(RULES) - {rule, "apart"})


@pytest.mark.parametrize("text", ["K歌", "T恤", "α粒子", "二○○八年", "Ⅱ型", "9点", "3号"])
def test_what_only_the_model_can_tell_is_left_to_it(text: str) -> None:
    assert not parted(text, frozenset(RULES))
    assert all(len(unit) == 1 for unit in cut(text, frozenset(RULES)))


def test_without_rules_only_white_space_and_marks_stay_together() -> None:
    text = "a1 \n é5\u0301か\u3099きhttp://a.cn"
    none: frozenset[str] = frozenset()
    whole = [unit for unit in cut(text, none) if len(unit) > 1]
    assert whole == [" \n ", "5\u0301", "か\u3099"]
    assert not parted(text, none)


PATTERNS = [
    "中", "a", "1", "1@", "a@", "@a", "#", "a#", "a.", "1-", "1,", "a'", "a-1", "-", "-1", "\u200d",
    "\U0001f468\u200d", "😀", "www.", "http://", "か", " ", "1\u0301", "1²", "1:11", "1111-11-",
    "第1", "1万", "1年", "1月", "a中", "1中", "+", "a+", "1/", "\ud800", "1kb", "(", "http://(",
    "[", ".a",
]  # fmt: skip


def shortest(work: Callable[[], object], rounds: int) -> float:
    spent = []
    for _ in range(rounds):
        start = time.thread_time()  # other processes may keep this one waiting
        work()
        spent.append(time.thread_time() - start)
    return min(spent)


@pytest.mark.parametrize("piece", PATTERNS)
def test_time_is_linear(piece: str) -> None:
    """Ten times as much takes no more than forty times as long: a square would be a hundred."""
    spent = []
    for length in (10**5, 10**6):
        text = piece * (length // len(piece))
        classes = character_classes(text)
        spent.append(shortest(lambda t=text, c=classes: unit_marks(t, c, ALL), 3))  # type: ignore[misc]
    assert spent[1] < 40 * spent[0] + 0.02


def test_classes_must_fit_the_text() -> None:
    with pytest.raises(ValueError, match="expected 2 classes"):
        unit_marks("中国", np.zeros(1, np.uint8), ALL)


def test_flags_must_be_those_of_rules() -> None:
    with pytest.raises(ValueError, match="sum of rules"):
        Rules(-1)
