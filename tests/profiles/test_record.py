"""The record: what is written is what is read; what is cut off is told; what was altered is refused."""

import json
import math
import resource
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from probes.errors import EvidenceError
from profiles.histogram import merged
from profiles.outcome import MOST_SPANS, read_record, timeline
from profiles.plan import Stage
from profiles.record import TOTALS, Footer, Header, Line, Lost, RecordFile, Second, Stopped
from tests.profiles.records import good, raw, read, refooted, second_of, twenty

GOOD = good(twenty(workers=2))
STOPPED = Stopped(why="errors", detail="12 % of the steps failed", second=5)
LOST = Lost(worker=1, second=5, why="told nothing for 10 s")


def test_a_good_record_is_complete() -> None:
    record = read(GOOD)
    assert record.complete
    assert (record.lost, record.stopped, record.torn_bytes, record.odd) == ((), None, 0, ())
    assert [record.header, *record.seconds, record.footer] == GOOD
    assert record.latencies().count == record.total("steps") == 200
    assert record.latencies().percentile_ms(99) == 147.0
    assert record.footer is not None
    assert record.footer.steps["browse"].latencies() == record.latencies()
    assert record.ended_ms == record.footer.ended_ms


def test_what_was_written_is_on_disk_and_owner_only(tmp_path: Path) -> None:
    path = tmp_path / "record.jsonl"
    with RecordFile(path) as file:
        for number, line in enumerate(GOOD, start=1):
            file.write(line)
            assert path.read_bytes() == raw(GOOD[:number])
    assert path.stat().st_mode & 0o777 == 0o600
    assert read_record(path.read_bytes()).complete


def test_nothing_follows_a_line_that_could_not_be_written(tmp_path: Path) -> None:
    path = tmp_path / "record.jsonl"
    header, second, *_ = GOOD
    with RecordFile(path) as file:
        file.write(header)
        whole = path.read_bytes()
        before = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (len(whole) + 10, before[1]))
        try:
            with pytest.raises(EvidenceError, match="File too large"):
                file.write(second)
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, before)
        with pytest.raises(EvidenceError, match="nothing may follow"):
            file.write(second)
    assert len(path.read_bytes()) == len(whole) + 10
    assert read_record(path.read_bytes()).torn_bytes == 10


def test_a_record_is_never_written_over(tmp_path: Path) -> None:
    (tmp_path / "record.jsonl").write_bytes(raw(GOOD))
    with pytest.raises(EvidenceError, match="File exists"):
        RecordFile(tmp_path / "record.jsonl")
    with pytest.raises(EvidenceError, match="No such file"):
        RecordFile(tmp_path / "nowhere" / "record.jsonl")


WHOLE = raw(GOOD)
FIRST = len(raw(GOOD[:1]))


@given(cut=st.integers(FIRST, len(WHOLE) - 1))
@settings(max_examples=60, deadline=None)
def test_a_record_cut_anywhere_is_read_to_its_last_whole_line_and_is_not_complete(cut: int) -> None:
    record = read_record(WHOLE[:cut])
    whole = WHOLE[:cut].rpartition(b"\n")[0].count(b"\n") + 1
    assert not record.complete
    assert record.footer is None
    assert [record.header, *record.seconds] == GOOD[:whole]
    assert record.torn_bytes == cut - len(raw(GOOD[:whole]))
    assert record.odd == ()
    assert record.ended_ms == (record.seconds[-1].at_ms if record.seconds else record.header.started_ms)


@pytest.mark.parametrize("cut", [0, 1, FIRST - 1])
def test_without_a_header_there_is_no_record(cut: int) -> None:
    with pytest.raises(EvidenceError, match="begins with no header"):
        read_record(WHOLE[:cut])


@pytest.mark.parametrize(
    ("lines", "odd"),
    [
        ([GOOD[0], *GOOD[2:]], "begins with second 1"),
        ([*GOOD[:5], *GOOD[6:]], "second 5 follows second 3"),
        ([*GOOD[:5], GOOD[4], *GOOD[5:]], "second 3 follows second 3"),
        ([*GOOD, GOOD[-1]], "more than one header or footer"),
        ([GOOD[0], *GOOD], "more than one header or footer"),
        ([*GOOD, STOPPED], "something follows the footer"),
        ([*GOOD[:-2], GOOD[-1]], "the seconds count 190 started, the footer 200"),
    ],
)
def test_what_does_not_fit_together_is_told_and_not_complete(lines: list[Line], odd: str) -> None:
    record = read(lines)
    assert not record.complete
    assert any(odd in each for each in record.odd)


@pytest.mark.parametrize(
    "lines",
    [
        [*GOOD[:6], LOST, *GOOD[6:]],
        [*GOOD[:6], STOPPED, *GOOD[6:]],
        refooted(GOOD, ended="stopped"),
        refooted(GOOD, ended="lost"),
        refooted(GOOD, ended="broken"),
    ],
)
def test_a_run_that_did_not_end_as_planned_is_not_complete(lines: list[Line]) -> None:
    assert not read(lines).complete


def test_what_was_lost_and_stopped_is_kept() -> None:
    record = read([*GOOD[:6], LOST, STOPPED, *GOOD[6:]])
    assert (record.lost, record.stopped) == ((LOST,), STOPPED)


def altered(number: int, change: Callable[[dict[str, Any]], Any]) -> bytes:
    """Return the bytes with one line changed."""
    lines = [json.loads(line) for line in WHOLE.splitlines()]
    change(lines[number])
    return b"".join(json.dumps(line).encode() + b"\n" for line in lines)


@pytest.mark.parametrize(
    ("number", "change", "told"),
    [
        (0, lambda line: line.update(schema="duheng/load-record/v2"), "line 1.schema: must be one of"),
        (0, lambda line: line.update(workers=0), "line 1.workers: must be at least 1"),
        (0, lambda line: line.update(skew_ms=["0"]), "line 1.skew_ms: must be a list of numbers"),
        (3, lambda line: line.update(cpu_percent=[math.nan] * 2), "line 4.cpu_percent: must be a list of finite"),
        (3, lambda line: line.update(cpu_percent=[10**400]), "line 4.cpu_percent: must be a list of finite"),
        (3, lambda line: line.update(late_ms_max=10**400), "line 4.late_ms_max: must be a number"),
        (0, lambda line: line.update(tools=[]), "line 1.tools: must be a table"),
        (3, lambda line: line.update(started=-1), "line 4.started: must be at least 0"),
        (3, lambda line: line.update(started="10"), "line 4.started: must be a whole number"),
        (3, lambda line: line.update(line="minute"), "line 4.line: must be one of"),
        (3, lambda line: line.pop("latency"), "line 4.latency: is missing"),
        (3, lambda line: line.update(more=1), "line 4.more: unknown key"),
        (21, lambda line: line.update(ended="well"), "line 22.ended: must be one of"),
        (21, lambda line: line["totals"].pop("started"), "line 22.totals.started: is missing"),
        (21, lambda line: line["totals"].update(beaten=0), "line 22.totals.beaten: unknown key"),
        (21, lambda line: line["steps"]["browse"].update(count=None), "line 22.steps.browse.count: must be"),
    ],
)
def test_a_line_that_nobody_wrote_is_refused_with_its_place(
    number: int, change: Callable[[dict[str, Any]], Any], told: str
) -> None:
    with pytest.raises(EvidenceError, match="the file was altered") as refused:
        read_record(altered(number, change), name="record.jsonl")
    assert told in str(refused.value)


@pytest.mark.parametrize("line", [b"", b"{", b"3", b"[]", b"\xff\xfe"])
def test_a_line_that_is_none_is_refused(line: bytes) -> None:
    lines = WHOLE.splitlines()
    with pytest.raises(EvidenceError, match=r"record\.jsonl line 3"):
        read_record(b"\n".join([*lines[:2], line, *lines[3:]]) + b"\n", name="record.jsonl")


def test_altered_latencies_are_refused_when_they_are_read() -> None:
    record = read_record(altered(3, lambda line: line.update(latency="AAAA")))
    with pytest.raises(EvidenceError, match="second 2"):
        record.latencies()


@pytest.mark.parametrize(("seconds", "spans", "length"), [(20, 20, 1), (600, 600, 1), (601, 301, 2), (1980, 495, 4)])
def test_the_time_line_has_at_most_so_many_spans_and_leaves_nothing_out(seconds: int, spans: int, length: int) -> None:
    record = read(good(twenty(stages=(Stage(rate_per_s=1, seconds=seconds),))))
    found = timeline(record)
    assert (len(found), found[0].seconds) == (spans, length)
    assert len(found) <= MOST_SPANS
    assert [span.second for span in found] == list(range(0, seconds, length))
    for name in ("planned", "started", "dropped"):
        assert sum(getattr(span, name) for span in found) == record.total(name)
    assert all((span.p50_ms, span.p95_ms, span.p99_ms) == (147.0, 147.0, 147.0) for span in found)


def test_a_span_in_which_nothing_ended_has_no_percentile() -> None:
    silent = Second.of(second_of(0, 0), second=20, at_ms=1, planned=0, cpu_percent=())
    record = read([*GOOD[:-1], silent])
    assert timeline(record)[-1].as_json() == [20, 0, 0, 0, 0, None, None, None]


def test_only_seconds_wholly_within_a_span_are_between() -> None:
    record = read(GOOD)
    assert [second.second for second in record.between(3.0, 6.0)] == [3, 4, 5]
    assert [second.second for second in record.between(2.5, 6.5)] == [3, 4, 5]
    assert record.between(6.2, 6.9) == ()


def test_totals_are_those_of_the_seconds() -> None:
    footer = GOOD[-1]
    assert isinstance(footer, Footer)
    assert isinstance(GOOD[0], Header)
    record = read(GOOD)
    assert footer.totals == {name: record.total(name) for name in TOTALS}
    assert merged(second.latencies() for second in record.seconds) == footer.steps["browse"].latencies()


def test_the_footer_tells_the_most_frequent_failures() -> None:
    counted = second_of(10, 0.1, failed=3)
    counted.failures.update({("read", f"kind {number:02}"): 2 for number in range(30)})
    footer = Footer.of(counted, ended_ms=1, ended="planned", planned=10)
    assert len(footer.failures) == 20
    assert footer.failures[0].as_json() == {"step": "browse", "why": "502 Bad Gateway", "count": 3}
    assert footer.failures[1].why == "kind 00"
