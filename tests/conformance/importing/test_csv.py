"""``duheng import csv``: what is kept, once and by day; and what is refused, with its line, nothing kept."""

import hashlib
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from reports.ledger.standing_record import open_key
from reports.standing import Interval, as_bytes, as_draft
from tests.conformance.importing.importing import Importing
from tests.conformance.importing.importing import importing as importing_into
from tests.contracts.ledger_store import interval

DAY = 86_400
JAN_1 = 1_767_196_800  # 2026-01-01 in Shanghai
RUNS = "starts,ends,state\n"
SAMPLES = "at,success\n"


@pytest.fixture
def importing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Importing:
    return importing_into(tmp_path, capsys)


def runs(*rows: tuple[int, int, str]) -> str:
    return RUNS + "".join(f"{JAN_1 + begin},{JAN_1 + end},{state}\n" for begin, end, state in rows)


def samples(marks: str, *, first: int = JAN_1) -> str:
    rows = [f"{first + 60 * number},{int(mark == '+')}\n" for number, mark in enumerate(marks) if mark != "."]
    return SAMPLES + "".join(rows)


def test_runs_are_kept_by_day_of_the_platforms_zone_with_their_evidence(importing: Importing) -> None:
    text = runs((0, 36 * 3600, "up"), (36 * 3600, 37 * 3600, "down"), (37 * 3600, 38 * 3600, "unknown"))
    status, told = importing.csv(text, "--depth", "checkout")
    name = f"sha256:{hashlib.sha256(text.encode()).hexdigest()}"
    assert (status, told.splitlines()) == (
        0,
        [
            f"front from csv: 3 rows read, {name}",
            "new: up 36.00 h, down 1.00 h, on 2 days (2026-01-01 .. 2026-01-02)",
        ],
    )
    assert importing.said() == [
        ("up", JAN_1, JAN_1 + DAY, "2026-01-01", 1440, 0),
        ("up", JAN_1 + DAY, JAN_1 + 36 * 3600, "2026-01-02", 720, 0),
        ("down", JAN_1 + 36 * 3600, JAN_1 + 37 * 3600, "2026-01-02", 60, 60),
    ]
    last = importing.intervals()[-1]
    assert (last.source, last.why, last.every_ms, last.depth, last.vantage) == (
        f"import {name}", "imported as down", 60_000, "checkout", "csv",
    )  # fmt: skip
    (entry,) = importing.entries()
    assert entry["digest"] == name
    assert (entry["from"], entry["file"], entry["rows"], entry["intervals"]) == ("csv", "history.csv", 3, 3)
    with importing.store() as store:
        assert store.attachment(name) == text.encode()


def test_samples_are_read_as_the_watch_reads_its_probes(importing: Importing) -> None:
    assert importing.csv(samples("++-+--+..+-"))[0] == 0
    assert importing.said() == [
        ("up", JAN_1, JAN_1 + 240, "2026-01-01", 4, 1),
        ("down", JAN_1 + 240, JAN_1 + 360, "2026-01-01", 2, 2),
        ("up", JAN_1 + 360, JAN_1 + 420, "2026-01-01", 1, 0),
        ("up", JAN_1 + 540, JAN_1 + 600, "2026-01-01", 1, 0),
    ]


def test_a_failure_that_nothing_follows_is_said_and_left_to_the_next_import(importing: Importing) -> None:
    _, told = importing.csv(samples("++-"))
    assert "the last sample failed (2025-12-31T16:02:00Z), nothing confirms it yet: not imported" in told
    assert importing.csv(samples("++--+"))[0] == 0
    assert [each[:3] for each in importing.said()] == [
        ("up", JAN_1, JAN_1 + 120),
        ("down", JAN_1 + 120, JAN_1 + 240),
        ("up", JAN_1 + 240, JAN_1 + 300),
    ]


def test_an_outage_goes_on_from_one_import_to_the_next(importing: Importing) -> None:
    importing.csv(samples("+--"))
    importing.csv(samples("-+", first=JAN_1 + 180))
    assert [each[:3] for each in importing.said()] == [
        ("up", JAN_1, JAN_1 + 60),
        ("down", JAN_1 + 60, JAN_1 + 180),
        ("down", JAN_1 + 180, JAN_1 + 240),
        ("up", JAN_1 + 240, JAN_1 + 300),
    ]


@pytest.mark.parametrize("text", [runs((0, 3 * DAY, "up"), (3 * DAY, 3 * DAY + 60, "down")), samples("++--+.+")])
def test_the_same_twice_counts_nothing_twice(importing: Importing, text: str) -> None:
    assert importing.csv(text)[0] == 0
    before = importing.said()
    with importing.store() as store:
        head = store.head()
    status, told = importing.csv(text, name="copy.csv")
    assert status == 0
    assert "nothing is new" in told
    assert "not counted again" in told
    assert importing.said() == before
    with importing.store() as store:
        assert store.head() == head


def test_of_what_overlaps_only_what_is_new_is_kept(importing: Importing) -> None:
    importing.csv(samples("++++"))
    status, told = importing.csv(samples("++++++--+", first=JAN_1 - 120), name="more.csv")
    assert status == 0
    assert "in the ledger already: 0.07 h" in told
    assert importing.said() == [
        ("up", JAN_1 - 120, JAN_1, "2025-12-31", 2, 0),
        ("up", JAN_1, JAN_1 + 240, "2026-01-01", 4, 0),
        ("down", JAN_1 + 240, JAN_1 + 360, "2026-01-01", 2, 2),
        ("up", JAN_1 + 360, JAN_1 + 420, "2026-01-01", 1, 0),
    ]
    assert len(importing.entries()) == 2


def test_an_import_that_contradicts_an_earlier_one_is_refused(importing: Importing) -> None:
    importing.csv(runs((0, 600, "up")))
    before = importing.said()
    status, told = importing.csv(runs((0, 300, "up"), (300, 900, "down")), name="other.csv")
    assert status == 64
    assert "2025-12-31T16:05:00Z to 2025-12-31T16:10:00Z is down here and up in an earlier import (import sha25" in told
    assert importing.said() == before
    assert importing.csv(runs((300, 900, "down")), "--vantage", "another")[0] == 0


def _watched(state: str, begin: int, end: int) -> Interval:
    return interval(1000 * (JAN_1 + begin), 1000 * (JAN_1 + end), vantage="csv", state=state, day="2026-01-01")


@pytest.mark.parametrize("sealed", [True, False])
def test_what_a_watcher_of_that_name_saw_is_not_overlaid(importing: Importing, sealed: bool) -> None:
    importing.csv(runs((-600, -300, "up")))
    with importing.store() as store:
        seen = _watched("up", 300, 600)
        if sealed:
            store.append("watch", [as_draft(seen)])
        else:
            store.note({open_key("shop", "front", "csv"): as_bytes(seen)})
    before = importing.said()
    status, told = importing.csv(runs((0, 360, "up")), name="other.csv")
    assert status == 64
    assert "a watcher of that name was there itself, 2025-12-31T16:05:00Z to 2025-12-31T16:10:00Z" in told
    assert "nothing was imported" in told
    assert importing.said() == before
    assert importing.csv(runs((0, 360, "up")), "--to", "2026-01-01T00:05", name="other.csv")[0] == 0
    assert len(importing.said()) == len(before) + 1


def test_from_and_to_cut_what_is_taken(importing: Importing) -> None:
    text = runs((0, DAY, "up"))
    assert importing.csv(text, "--from", "2026-01-01T06:00", "--to", "2025-12-31T23:00:00Z")[0] == 0
    assert importing.said() == [("up", JAN_1 + 6 * 3600, JAN_1 + 7 * 3600, "2026-01-01", 60, 0)]
    (entry,) = importing.entries()
    assert (entry["starts_ms"], entry["ends_ms"]) == (1000 * (JAN_1 + 6 * 3600), 1000 * (JAN_1 + 7 * 3600))


@pytest.mark.parametrize(("zone", "hours"), [("Europe/Berlin", 23), ("Asia/Shanghai", 24)])
def test_the_day_on_which_clocks_change_has_its_own_length(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], zone: str, hours: int
) -> None:
    importing = importing_into(tmp_path, capsys, zone=zone)
    text = RUNS + "2025-03-28T00:00:00+01:00,2025-04-01T00:00:00+02:00,up\n"
    assert importing.csv(text)[0] == 0
    (changed,) = [each for each in importing.said() if each[3] == "2025-03-30"]
    assert (changed[2] - changed[1], changed[4]) == (hours * 3600, hours * 60)


def test_a_mark_of_windows_blank_lines_and_spaces_are_no_fault(importing: Importing) -> None:
    text = f"\ufeffAt , Success\r\n\r\n2026-01-01T00:00:00+08:00, TRUE\r\n{JAN_1 + 60}.5,0\r\n{JAN_1 + 120},1\r\n\r\n"
    assert importing.csv(text.encode())[0] == 0
    assert importing.said() == [("up", JAN_1, JAN_1 + 180, "2026-01-01", 3, 1)]


def _in_a_week() -> str:
    return (datetime.now(UTC) + timedelta(days=7)).isoformat(timespec="seconds")


BAD: list[tuple[str, Callable[[], str], str]] = [
    ("empty", lambda: "", "history.csv:1: the header is '', and must be at,success"),
    ("no rows", lambda: SAMPLES, "history.csv:1: there is nothing below the header"),
    ("wrong header", lambda: "when,ok\n1,1\n", "history.csv:1: the header is 'when,ok', and must be at,success"),
    ("no header", lambda: "1767196800,1\n", "history.csv:1: the header is '1767196800,1', and must be at,success"),
    ("unordered", lambda: samples("++") + f"{JAN_1},1\n", "history.csv:4: at is 2025-12-31T16:00:00Z, before line 3"),
    ("duplicate", lambda: samples("++") + f"{JAN_1 + 60},1\n", "history.csv:4: at is 2025-12-31T16:01:00Z, as in line"),
    ("future", lambda: f"{SAMPLES}{_in_a_week()},1\n", "in the future"),
    ("future run", lambda: f"{RUNS}2026-01-01T00:00Z,{_in_a_week()},up\n", "history.csv:2: ends is"),
    ("milliseconds", lambda: f"{SAMPLES}1767196800000,1\n", "in the future (milliseconds? they must be seconds)"),
    ("no number", lambda: f"{SAMPLES}yesterday,1\n", "history.csv:2: at is 'yesterday', and must be an instant with"),
    ("not a number", lambda: f"{SAMPLES}nan,1\n", "history.csv:2: at is 'nan', and must be an instant"),
    ("infinite", lambda: f"{SAMPLES}inf,1\n", "history.csv:2: at is 'inf', and must be an instant"),
    ("before 1970", lambda: f"{SAMPLES}-5,1\n", "history.csv:2: at is '-5', and must be an instant"),
    ("the year 1", lambda: f"{SAMPLES}0001-01-01T00:00:00+14:00,1\n", "history.csv:2: at is '0001-01-01T00:00:00+14"),
    ("the year 9999", lambda: f"{SAMPLES}9999-12-31T23:00:00-14:00,1\n", "history.csv:2: at is"),
    ("no offset", lambda: f"{SAMPLES}2026-01-01T00:00,1\n", "history.csv:2: at is '2026-01-01T00:00', without its UTC"),
    ("no success", lambda: f"{SAMPLES}{JAN_1},ok\n", "history.csv:2: success is 'ok', and must be 1 or 0"),
    ("success of nothing", lambda: f"{SAMPLES}{JAN_1},\n", "history.csv:2: success is '', and must be 1 or 0"),
    ("a half", lambda: f"{SAMPLES}{JAN_1},0.5\n", "history.csv:2: success is '0.5', and must be 1 or 0"),
    ("too many cells", lambda: f"{SAMPLES}{JAN_1},1,x\n", "history.csv:2: 3 cells, and the header has 2"),
    ("too few cells", lambda: f"{SAMPLES}{JAN_1}\n", "history.csv:2: 1 cells, and the header has 2"),
    ("open quote", lambda: f'{SAMPLES}"{JAN_1},1\n', "not CSV"),
    ("overlap", lambda: runs((0, 60, "up"), (59, 120, "down")), "history.csv:3: starts at 2025-12-31T16:00:59Z, while"),
    (
        "unordered runs",
        lambda: runs((60, 120, "up"), (0, 60, "up")),
        "history.csv:3: starts at 2025-12-31T16:00:00Z, b",
    ),
    ("the same run", lambda: runs((0, 60, "up"), (0, 60, "up")), "history.csv:3: starts at 2025-12-31T16:00:00Z, whil"),
    ("backwards", lambda: runs((60, 0, "up")), "history.csv:2: it ends at 2025-12-31T16:00:00Z and starts at"),
    ("no time", lambda: runs((60, 60, "up")), "history.csv:2: it ends at 2025-12-31T16:01:00Z and starts at"),
    (
        "no state",
        lambda: runs((0, 60, "maybe")),
        "history.csv:2: state is 'maybe', and must be one of up, down, unknown",
    ),
    ("excluded", lambda: runs((0, 60, "excluded")), "history.csv:2: state is 'excluded', and must be one of up, down"),
    ("sparse", lambda: samples("+....+....+....+"), "the samples are mostly 300 s apart; give --every 300"),
]


@pytest.mark.parametrize(("text", "told"), [bad[1:] for bad in BAD], ids=[bad[0] for bad in BAD])
def test_a_bad_file_is_told_with_its_line_and_nothing_is_kept(
    importing: Importing, text: Callable[[], str], told: str
) -> None:
    status, said = importing.csv(text())
    assert status == 64
    assert told in said
    assert "nothing was imported" in said
    assert "Traceback" not in said
    assert importing.said() == []


def test_all_faults_are_told_in_order_of_lines_up_to_twenty(importing: Importing) -> None:
    text = SAMPLES + f"x,1\n{JAN_1},2\n{JAN_1 + 60},1\n{JAN_1},1\n"
    _, said = importing.csv(text)
    assert [line.split(": ")[0].rpartition(":")[2] for line in said.splitlines()] == [
        "2",
        "3",
        "5",
        "nothing was imported",
    ]
    _, said = importing.csv(SAMPLES + "x,1\n" * 30)
    assert said.splitlines()[-2].endswith("history.csv: and 10 more")


@pytest.mark.parametrize(
    ("content", "told"),
    [(b"at,success\n\xff,1\n", "not UTF-8 at byte 11"), (b"at,success\n1767196800\0,1\n", "history.csv")],
)
def test_bytes_that_are_no_text_are_refused(importing: Importing, content: bytes, told: str) -> None:
    status, said = importing.csv(content)
    assert (status, importing.said()) == (64, [])
    assert told in said


def test_a_file_that_is_not_there_is_told(importing: Importing) -> None:
    status, said = importing.run("csv", importing.folder / "none.csv", "--check", "front", "--every", "60")
    assert (status, "none.csv: cannot be read: No such file or directory; nothing was imported" in said) == (64, True)


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--to", "2100-01-01"), "--to: is in the future"),
        (("--from", "2026-01-02", "--to", "2026-01-01"), "--from: must be earlier than --to"),
        (("--from", "soon"), "--from: 'soon' is no instant"),
        (("--check", "Front Page"), "--check: must be a name of lower-case letters"),
        (("--vantage", " "), "--vantage: must not be empty"),
    ],
)
def test_wrong_words_are_told(importing: Importing, words: tuple[str, str], told: str) -> None:
    status, said = importing.csv(runs((0, 60, "up")), *words)
    assert (status, told in said, importing.said()) == (64, True, [])


@pytest.mark.parametrize("every", ["0", "-1", "nan", "0.5", "90000", "often"])
def test_an_interval_that_is_none_is_wrong_usage(importing: Importing, every: str) -> None:
    with pytest.raises(SystemExit) as ended:
        importing.csv(runs((0, 60, "up")), every=every)
    assert ended.value.code == 64


def test_the_summary_in_chinese(importing: Importing) -> None:
    _, told = importing.csv(samples("++-"), "--lang", "zh")
    assert told.splitlines()[1:] == [
        "新增：可用 0.03 小时，不可用 0.00 小时，1 天（2026-01-01 .. 2026-01-01）",
        "最后一次失败（2025-12-31T16:02:00Z）之后无数据，无法确认，未导入",
    ]
    _, told = importing.csv(samples("++"), "--lang", "zh")
    assert told.splitlines()[1:] == ["没有新内容。", "台账中已有：0.03 小时，未重复计入"]
