"""Query times from logs and counters, and lines of logs in all their forms."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from probes.databases import mariadb_figures, postgresql_figures
from probes.databases.figures import Figures, Logged, growth, query_times, refusals

BEFORE = Figures(connections=3, connections_max=100, deadlocks=0, statements=1_000, durations_from_ms=0.0)
DURATIONS = st.lists(st.floats(0, 10_000), min_size=1, max_size=300)


@given(DURATIONS)
def test_of_a_whole_log_the_percentiles_are_values_that_were_seen(durations: list[float]) -> None:
    told = query_times(BEFORE, BEFORE, durations)
    assert told.count == len(durations)
    assert {told.p50, told.p95, told.max} <= set(durations)
    assert told.p95 is not None
    assert sum(each <= told.p95 for each in durations) >= 0.95 * len(durations)
    assert sum(each < told.p95 for each in durations) < 0.95 * len(durations)


@given(DURATIONS, st.floats(1, 5_000))
def test_the_bound_of_a_log_of_slow_statements_is_never_below_the_truth(durations: list[float], least: float) -> None:
    exact = query_times(BEFORE, BEFORE, durations).p95
    after = replace(BEFORE, statements=1_000 + len(durations), durations_from_ms=least)
    told = query_times(BEFORE, after, [each for each in durations if each >= least])
    assert told.p95 is None
    assert told.p95_at_most is not None
    assert exact is not None
    assert told.p95_at_most >= exact


def test_counters_alone_bound_it_where_few_were_slow() -> None:
    first = replace(BEFORE, durations_from_ms=None, slow=7, slow_ms=100.0)
    few, many = (replace(first, statements=2_000, slow=7 + slow) for slow in (50, 51))
    assert query_times(first, few, None).p95_at_most == 100.0
    told = query_times(first, many, None)
    assert (told.p95_at_most, told.count) == (None, 1_000)
    assert "100 ms or longer" in told.why


def test_without_durations_nothing_is_told_and_an_empty_log_is_empty() -> None:
    assert query_times(BEFORE, BEFORE, []).count == 0
    silent = replace(BEFORE, durations_from_ms=None)
    for told in (query_times(silent, silent, []), query_times(BEFORE, BEFORE, None)):
        assert (told.count, told.p95, told.p95_at_most) == (None, None, None)
        assert told.why


@pytest.mark.parametrize(
    ("before", "after", "grew"), [(3, 7, 4), (3, 3, 0), (7, 3, None), (None, 3, None), (3, None, None)]
)
def test_a_counter_that_went_back_tells_nothing(before: int | None, after: int | None, grew: int | None) -> None:
    assert growth(before, after) == grew


def test_refused_connections_are_read_of_the_log_only_where_the_server_counts_none() -> None:
    told = Logged(refused=2)
    assert refusals(BEFORE, BEFORE, told) == 2
    assert refusals(BEFORE, BEFORE, None) is None
    counting = replace(BEFORE, refused=5)
    assert refusals(counting, replace(BEFORE, refused=8), told) == 3
    assert refusals(counting, replace(BEFORE, refused=0), told) is None  # it was started anew


POSTGRES = {
    "2026-11-21 10:00:00.000 UTC [17] ERROR:  division by zero": (1, 0, 0),
    "2026-11-21 10:00:00.000 UTC [17] FATAL:  sorry, too many clients already": (1, 1, 0),
    "[17] shop@orders PANIC:  could not write": (1, 0, 0),
    "2026-11-21 10:00:00.000 UTC [17] STATEMENT:  select 'ERROR:  not one'": (0, 0, 0),
    "2026-11-21 10:00:00.000 UTC [17] LOG:  duration: 12.345 ms  statement: select 1": (0, 0, 1),
    "2026-11-21 10:00:00.000 UTC [17] LOG:  duration: 0.1 ms  parse <unnamed>: select 1": (0, 0, 0),
    "2026-11-21 10:00:00.000 UTC [17] LOG:  duration: 0.1 ms  bind <unnamed>: select 1": (0, 0, 0),
    "2026-11-21 10:00:00.000 UTC [17] LOG:  duration: 0.1 ms  execute <unnamed>: select 1": (0, 0, 1),
    "2026-11-21 10:00:00.000 UTC [17] LOG:  duration: 7 ms": (0, 0, 1),
    "2026-11-21 10:00:00.000 UTC [17] WARNING:  duration: 7 ms": (0, 0, 0),
    "\tERROR:  in a continued statement": (0, 0, 0),
    '2026-11-21 10:00:00 UTC,"u","d",17,"[local]",6,1,"SELECT",2026,3/1,0,ERROR,22012,"zero"': (1, 0, 0),
    '2026-11-21 10:00:00 UTC,"u","d",17,,6,1,"SELECT",2026,3/1,0,LOG,00000,"duration: 3.5 ms"': (0, 0, 1),
    '{"pid":17,"error_severity":"FATAL","message":"remaining connection slots are reserved"}': (1, 1, 0),
    '{"timestamp":"2026-11-21","pid":17,"error_severity":"LOG","message":"duration: 3.5 ms"}': (0, 0, 1),
    "": (0, 0, 0),
}  # fmt: skip


@pytest.mark.parametrize("line", POSTGRES)
def test_a_line_of_postgresql_s_log(line: str) -> None:
    told = postgresql_figures.logged([line])
    assert (told.errors, told.refused, len(told.durations_ms)) == POSTGRES[line]


@pytest.mark.parametrize(
    ("language", "heard"), [("C", True), ("en_US.UTF-8", True), ("", True), ("zh_CN.UTF-8", False), ("de_DE", False)]
)
def test_a_log_in_another_language_tells_of_no_errors(language: str, heard: bool) -> None:
    answer = {"connections": 1, "connections_max": 97, "deadlocks": 0, "transactions": 5}
    told = postgresql_figures.figures({**answer, "settings": {"lc_messages": language}})
    assert (told.silent == "") is heard
    assert told.durations_from_ms is None


def test_mariadb_s_audit_log_tells_statements_and_their_status() -> None:
    lines = [
        "20261121 10:00:00,db1,shop,10.0.0.2,8,1,QUERY,orders,'select 1',0",
        "20261121 10:00:00,db1,shop,10.0.0.2,8,2,QUERY,orders,'select x from nowhere',1146",
        "20261121 10:00:00,db1,shop,10.0.0.2,8,0,CONNECT,orders,,1045",
    ]
    told = mariadb_figures.logged(lines)
    assert (told.statements, told.errors) == (2, 1)
    assert mariadb_figures.MARIADB.errors_of(BEFORE, mariadb_figures.logged(lines[2:]))
    assert mariadb_figures.MARIADB.errors_of(BEFORE, told) == ""
