"""Lengths, hours and shares as the pictures tell them."""

import re
from datetime import date

import pytest

from reports import availability_words as words


@pytest.mark.parametrize(
    ("length_ms", "zh", "en"),
    [
        (0, "0 秒", "0 s"),
        (40, "40 毫秒", "40 ms"),
        (59_999, "59 秒", "59 s"),
        (60_000, "1 分", "1 min"),
        (3_661_000, "1 小时 1 分", "1 h 1 min"),
        (86_400_000, "1 天", "1 d"),
        (90_000_000, "1 天 1 小时", "1 d 1 h"),
    ],
)
def test_a_length_is_told_in_its_two_largest_units(length_ms: int, zh: str, en: str) -> None:
    assert (words.span(length_ms).zh, words.span(length_ms).en) == (zh, en)


@pytest.mark.parametrize(
    ("part", "told"), [(0, "0 %"), (1e-9, "< 0.1 %"), (0.5, "50.0 %"), (0.99999, "> 99.9 %"), (1, "100.0 %")]
)
def test_a_share_is_never_rounded_to_nothing_or_to_all(part: float, told: str) -> None:
    assert words.share(part) == told


def test_hours_and_latencies_have_few_figures() -> None:
    assert [words.hours(number).en for number in (0, 2.345, 99, 8500.4)] == ["0 h", "2.35 h", "99 h", "8,500 h"]
    assert [words.latency(ms) for ms in (0.5, 85.04, 999, 1410, 65_800)] == [
        "0.5 ms",
        "85 ms",
        "999 ms",
        "1.41 s",
        "65.8 s",
    ]


def test_months_and_names_without_words() -> None:
    assert words.month(date(2026, 3, 1), year=True).zh == "2026年3月"
    assert words.named(words.CLASSES, "new").zh == "new"


def test_every_text_is_in_both_languages() -> None:
    for table in (words.DAYS, words.CLASSES, words.STEPS, words.CHECKS, words.DEPTHS, words.SERIES):
        for text in table.values():
            assert re.search("[\u4e00-\u9fff]", text.zh)
            assert re.search("[a-z]", text.en)
