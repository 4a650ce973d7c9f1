"""Units: the kernel against regular expressions, and the stretches people care about."""

from __future__ import annotations

import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from classicnlp._ext.units import unit_marks
from classicnlp.text import character_classes, units
from tests.reference import units as reference

PIECES = [
    *"aZ09Ａｚ０９中，。 \n\t.-'’@/:()%‰,·_~é\u0301\ufe0f\u20e3\u200d",
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
]
SNIPPETS = st.lists(st.sampled_from(PIECES), max_size=14).map("".join)


def cut(text: str) -> list[str]:
    return [text[unit.start : unit.end] for unit in units(text)]


@settings(max_examples=1500)
@given(SNIPPETS)
def test_units_are_those_of_the_regular_expressions(text: str) -> None:
    assert cut(text) == reference.units(text)


@given(st.text())
def test_units_of_any_text(text: str) -> None:
    assert cut(text) == reference.units(text)


@settings(max_examples=300)
@given(SNIPPETS, SNIPPETS)
def test_han_parts_units(before: str, after: str) -> None:
    assert cut(before + "中国" + after) == [*cut(before), "中", *cut("国" + after)]


@pytest.mark.parametrize(
    "text",
    [
        "见|https://a.cn/x?y=(1)|。",
        "(|http://a.cn/x|)",
        "ｗｗｗ．a.cn|，",
        "a.b+c@d-e.co.uk|.",
        "a|@|b",
        f"{'a' * 64}@b.cn",
        f"{'a' * 65}|@|b|.|cn",
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
    ],
)
def test_stretches_that_stay_together(text: str) -> None:
    assert cut(text.replace("|", "")) == text.split("|")


@pytest.mark.parametrize(
    "piece", ["a", "1", "1@", "a@", "a.", "1-", "1,", "a'", "\U0001f468\u200d", "www.", "か", " "]
)
def test_time_is_linear(piece: str) -> None:
    text = piece * (10**6 // len(piece))
    start = time.perf_counter()
    unit_marks(text, character_classes(text))
    assert time.perf_counter() - start < 1


def test_classes_must_fit_the_text() -> None:
    with pytest.raises(ValueError, match="expected 2 classes"):
        unit_marks("中国", np.zeros(1, np.uint8))
