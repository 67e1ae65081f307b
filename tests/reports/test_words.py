from reports import words
from reports.verdict import Measured, Text, Threshold


def test_a_missing_language_gives_way_to_the_other() -> None:
    assert words.pick(Text(zh="中", en="en"), "zh") == "中"
    assert words.pick(Text(zh="中", en="en"), "en") == "en"
    assert words.pick(Text(zh="", en="en"), "zh") == "en"
    assert words.pick(Text(zh="中", en=""), "en") == "中"


def test_any_chinese_reads_chinese_and_the_rest_english() -> None:
    assert [words.language(code) for code in ("zh", "zh-CN", "ZH_TW", "en", "de", "")] == ["zh"] * 3 + ["en"] * 3


def test_measures_and_bounds_read_as_written_on_paper() -> None:
    assert words.amount(Measured(metric="mtbf", value=912.0, unit="h")) == "mtbf = 912 h"
    assert words.amount(Measured(metric="hsts", value=False)) == "hsts = 否 / no"
    assert words.amount(Measured(metric="version", value="TLSv1.2")) == "version = TLSv1.2"
    assert words.amount(Measured(metric="bound", value=1658.3248534993454, unit="h")) == "bound = 1658.324853 h"
    assert words.bound(Threshold(metric="mtbf", operator=">=", value=8500, unit="h")) == "mtbf ≥ 8500 h"


def test_unknown_words_stand_for_themselves() -> None:
    for word in (words.obligation, words.environment, words.kind, words.method):
        assert word("something else") == Text(zh="something else", en="something else")
    assert words.obligation("mandatory").zh == "强制"
