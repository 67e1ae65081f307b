"""The bench's arithmetic, on plain values; what it measures is not asserted anywhere."""

import json
import statistics

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.bench.chain import Timed, largest_share, longest_chain
from tests.bench.table import Row, as_json, markdown, ratio, shown, text, written_into

RATIO = Row(what="this, against that", value=1.84, unit="x", at_most=3, absolute="0.46 s / 0.25 s")
MISSED = Row(what="peak memory", value=201.2, unit="MB", at_most=200)
LEFT_OUT = Row(what="facts of 100 hosts", value=None, unit="", at_most=1, absolute="no root")
PLAIN = Row(what="entries kept", value=40_512.3, unit="/s")


def look(name: str, elapsed_s: float, *after: str, holds: str = "") -> Timed:
    return Timed(name=name, elapsed_s=elapsed_s, after=after, exclusive=frozenset(holds.split()))


def test_without_relations_the_longest_look_is_the_chain() -> None:
    chain = longest_chain([look("tcp/a", 1), look("tls/a", 3), look("tls/b", 2)])
    assert (chain.names, chain.elapsed_s) == (("tls/a",), 3)


def test_a_look_waits_for_every_look_of_the_kinds_before() -> None:
    chain = longest_chain(
        [look("order/a", 4, "register", "goods"), look("register/a", 1), look("register/b", 2), look("goods/x", 1.5)]
    )
    assert (chain.names, chain.elapsed_s) == (("register/b", "order/a"), 6)


def test_a_kind_that_was_not_planned_is_not_waited_for() -> None:
    assert longest_chain([look("order/a", 4, "register")]).names == ("order/a",)


def test_looks_of_one_resource_follow_each_other() -> None:
    chain = longest_chain([look("cart/b", 2, holds="b"), look("forged/b", 3, holds="b c"), look("c/c", 1, holds="c")])
    assert (chain.names, chain.elapsed_s) == (("cart/b", "forged/b"), 5)


def test_nothing_looked_at_is_no_chain() -> None:
    chain = longest_chain([])
    assert (chain.names, chain.elapsed_s) == ((), 0)


def test_a_circle_is_told() -> None:
    with pytest.raises(ValueError, match="these wait for each other: a/x, b/x"):
        longest_chain([look("a/x", 1, "b"), look("b/x", 1, "a")])


@given(st.lists(st.tuples(st.floats(0, 100), st.integers(0, 3), st.booleans()), max_size=12))
def test_the_chain_is_no_longer_than_all_and_no_shorter_than_the_longest(
    drawn: list[tuple[float, int, bool]],
) -> None:
    looks = [
        look(f"k{number}/x", elapsed_s, *(f"k{before}" for before in range(max(0, number - back), number)))
        if after
        else look(f"k{number}/x", elapsed_s, holds=str(back))
        for number, (elapsed_s, back, after) in enumerate(drawn)
    ]
    chain = longest_chain(looks)
    times = [each.elapsed_s for each in looks]
    assert max(times, default=0) <= chain.elapsed_s <= sum(times) + 1e-6
    by_name = {each.name: each.elapsed_s for each in looks}
    assert chain.elapsed_s == pytest.approx(sum(by_name[name] for name in chain.names))


def test_the_largest_share() -> None:
    assert largest_share({"a/x": 1.0, "b/x": 3.0, "c/x": 4.0}) == ("c/x", 0.5)
    assert largest_share({"a/x": 0.0}) == ("a/x", 0.0)


def test_a_ratio_is_one_of_medians() -> None:
    assert ratio([9.0, 3.0, 2.0], [1.0, 100.0, 2.0]) == 1.5
    with pytest.raises(statistics.StatisticsError):
        ratio([], [1.0])


def test_a_goal_is_met_or_missed_or_not_there() -> None:
    assert [row.met for row in (RATIO, MISSED, PLAIN)] == [True, False, None]
    assert Row(what="at the goal", value=3, unit="x", at_most=3).met
    assert Row(what="at the goal", value=1000, unit="x", at_least=1000).met
    assert Row(what="short of it", value=999, unit="x", at_least=1000).met is False
    assert "at least 1000x (MISSED)" in markdown([Row(what="short of it", value=999, unit="x", at_least=1000)])


@pytest.mark.parametrize(
    ("value", "unit", "expected"),
    [
        (1.84, "x", "1.8x"),
        (12.34, "x", "12x"),
        (40_512.3, "/s", "41,000/s"),
        (3_551, "/s", "3,600/s"),
        (0.246, "s", "0.25 s"),
        (0.957, "B", "0.96 B"),
        (84.5, "MB", "84 MB"),
        (14.2, "%", "14 %"),
    ],
)
def test_values_are_shown_with_their_unit(value: float, unit: str, expected: str) -> None:
    assert shown(value, unit) == expected


def test_the_table_as_text() -> None:
    assert text([RATIO, MISSED, PLAIN]).splitlines() == [
        "measure             result    goal                     from",
        "this, against that  1.8x      at most 3.0x (met)       0.46 s / 0.25 s",
        "peak memory         201 MB    at most 200 MB (MISSED)",
        "entries kept        41,000/s",
    ]


def test_the_table_as_markdown() -> None:
    assert markdown([RATIO]).splitlines() == [
        "| measure | result | goal | from |",
        "| --- | ---: | --- | --- |",
        "| this, against that | 1.8x | at most 3.0x (met) | 0.46 s / 0.25 s |",
    ]


def test_the_table_as_json_rounds_nothing() -> None:
    again = json.loads(json.dumps(as_json([RATIO, PLAIN], "here")))
    assert again["machine"] == "here"
    assert [(row["value"], row["met"]) for row in again["rows"]] == [(1.84, True), (40_512.3, None)]


def test_the_readme_takes_the_table_between_its_marks_however_often() -> None:
    readme = "# Speed\n<!-- bench -->\nold\n<!-- /bench -->\nend\n"
    once = written_into(readme, [RATIO], "One machine.")
    assert once == f"# Speed\n<!-- bench -->\n{markdown([RATIO])}\n\nOne machine.\n<!-- /bench -->\nend\n"
    assert written_into(once, [RATIO], "One machine.") == once


@pytest.mark.parametrize("readme", ["", "<!-- bench -->", "<!-- /bench -->"])
def test_a_readme_without_marks_is_refused(readme: str) -> None:
    with pytest.raises(ValueError, match=r"README\.md has no <!-- bench -->"):
        written_into(readme, [RATIO], "")


def test_what_was_not_measured_meets_no_goal_and_says_why() -> None:
    assert LEFT_OUT.met is None
    assert "not measured" in text([LEFT_OUT])
    assert "no root" in text([LEFT_OUT])
    assert as_json([LEFT_OUT], "here")["rows"][0]["value"] is None
