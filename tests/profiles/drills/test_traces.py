"""Traces of a marked attack in the logs of a host: which lines count, and as of when; and the ban that is undone."""

import json
import shlex
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from profiles.drills import deadman
from profiles.drills.attack_set import LET_THROUGH
from profiles.drills.bans import banning, seen_as
from profiles.drills.deadman import HELD
from profiles.drills.traces import mark_of, tracing
from tests.profiles.drills.drilled import Drilled, drilled
from tests.profiles.drills.host import end_time_of, sh

SOURCE = "127.0.0.2"
YEAR = datetime.now(UTC).year


def at(*parts: int) -> int:
    return round(datetime(*parts, tzinfo=UTC).timestamp() * 1000)  # type: ignore[misc, arg-type]


@pytest.mark.parametrize(
    ("line", "instant"),
    [
        ("2026-11-22T09:00:01.5Z edge: drop", at(2026, 11, 22, 9, 0, 1) + 500),
        ("2026-11-22T09:00:01+08:00 edge: drop", at(2026, 11, 22, 1, 0, 1)),
        ('{"timestamp":"2026-11-22T09:00:01.123456-0330","event_type":"alert"}', at(2026, 11, 22, 12, 30, 1) + 123),
        ("2026-11-22 09:00:01,089 fail2ban.actions [7]: NOTICE [shop] Ban 1", at(2026, 11, 22, 1, 0, 1) + 89),
        ('192.0.2.7 - - [22/Nov/2026:09:00:01 +0000] "GET / HTTP/1.1" 403', at(2026, 11, 22, 9, 0, 1)),
        ("2026/11/22 09:00:01 [error] 7#7: access forbidden", at(2026, 11, 22, 1, 0, 1)),
        ("11/22/2026-09:00:01.000200  [**] [1:2:3] SCAN [**]", at(2026, 11, 22, 1, 0, 1)),
        ("Nov  2 09:00:01 edge sshd[7]: Invalid user", at(YEAR, 11, 2, 1, 0, 1)),
        ("+192.0.2.7", None),
        ("at 25:00 of the 99th", None),
    ],
)
def test_an_instant_is_read_as_it_was_written(line: str, instant: int | None, tmp_path: Path) -> None:
    tools = tracing({"source": SOURCE})
    told = sh(f"cd {tmp_path}; : >owner\nTZ=Asia/Shanghai; export TZ\n{tools}\nat_of {shlex.quote(line)}\n")
    assert told.stdout.strip() == ("" if instant is None else str(instant)), told.stderr


def flood(folder: Path, fault: str = "marked-flood", **entry: Any) -> Drilled:
    """Return an attack whose ban is a file."""
    banned = str(folder / "banned-{source}")
    way = {"banned": ["test", "-e", banned], "unban": ["rm", "-f", banned]}
    return drilled(fault, {"source": SOURCE, "watch_s": 600, **way, **entry}, folder)


def told(run: Drilled) -> dict[str, Any]:
    found = json.loads(run.sh(deadman.telling(run.place)).stdout)["attack"]["seen"]
    assert isinstance(found, dict)
    return found


def log_of(folder: Path, *lines: str) -> Path:
    path = folder / "edge.log"
    with path.open("a", encoding="utf-8") as file:
        file.writelines(f"{line}\n" for line in lines)
    return path


def test_lines_from_before_of_others_and_of_another_kind_do_not_count(tmp_path: Path) -> None:
    log = log_of(tmp_path, f"drop {SOURCE}")
    with flood(tmp_path, inspect_log=str(log), inspect="^drop") as run:
        run.arm()
        assert run.inject()[0] == 0
        log_of(tmp_path, f"drop {SOURCE}1", f"drop 1{SOURCE}", f"drop {SOURCE}.7", f"pass {SOURCE}", "drop 192.0.2.1")
        assert told(run) == {}  # not looked for long enough to say that there is none
        assert run.effect()[0] == 0  # though something of ours arrived
        log_of(tmp_path, f'drop "{SOURCE}":443 \\ 茶')
        seen = told(run)["inspect"]
        assert (seen["where"], seen["line"]) == (str(log), f'drop "{SOURCE}":443 \\ 茶')
        log_of(tmp_path, f"drop {SOURCE} again")
        assert told(run)["inspect"] == seen  # the first one tells
        run.done()


def test_a_line_that_names_the_mark_counts_and_a_log_that_was_rotated_is_read_anew(tmp_path: Path) -> None:
    log = log_of(tmp_path, "old " * 50)
    with flood(tmp_path, alarm_log=str(log)) as run:
        run.arm()
        assert run.inject()[0] == 0
        log.rename(tmp_path / "edge.log.1")
        log_of(tmp_path, f"user {mark_of(run.place.run_id)}@duheng.invalid")
        assert told(run)["alarm"]["line"].startswith("user duheng-run-")
        run.done()


def test_a_line_of_another_clock_counts_as_of_when_it_was_read(tmp_path: Path) -> None:
    log = log_of(tmp_path)
    with flood(tmp_path, inspect_log=str(log)) as run:
        run.arm()
        before_ms = time.time() * 1000
        assert run.inject()[0] == 0
        log_of(tmp_path, f"2026-01-01T00:00:00Z {SOURCE}")
        assert before_ms - 1 <= told(run)["inspect"]["at_ms"] <= time.time() * 1000
        run.done()


def test_none_is_said_only_once_it_was_looked_for_long_enough(tmp_path: Path) -> None:
    log = log_of(tmp_path)
    with flood(tmp_path, alarm_log=str(log), watch_s=1) as run:
        run.arm()
        assert run.inject()[0] == 0
        assert run.sh(f"cd {run.place.folder} && until [ -e over ]; do sleep 0.2; done").returncode == 0
        assert told(run) == {"alarm": None, "block": None}
        log.unlink()
        assert told(run) == {"block": None}  # what cannot be read any more tells nothing
        run.done()


def replayed(folder: Path) -> Drilled:
    log_of(folder)
    return flood(folder, "attack-set", reached_log=str(folder / "edge.log"))


def reached(run: Drilled) -> list[str] | None:
    found: list[str] | None = json.loads(run.sh(deadman.telling(run.place)).stdout)["attack"]["reached"]
    return found


def test_what_was_seen_to_reach_the_application_is_not_forgotten_when_its_log_is_rotated(tmp_path: Path) -> None:
    with replayed(tmp_path) as run:
        run.arm()
        assert run.inject()[0] == 0
        mark = mark_of(run.place.run_id)
        log = log_of(tmp_path, *(f"GET /?duheng={mark}-{number}" for number in ("00", "07", "99")))
        assert run.effect()[0] == 0
        log.rename(tmp_path / "edge.log.1")
        log_of(tmp_path)
        assert reached(run) == [f"{mark}-07"]
        run.done()


@pytest.mark.parametrize("after", ["rotated", "gone", "let through"])
def test_a_log_without_the_last_innocent_request_may_tell_nothing(after: str, tmp_path: Path) -> None:
    with replayed(tmp_path) as run:
        run.arm()
        assert run.inject()[0] == 0
        log = log_of(tmp_path, f"GET /?duheng={mark_of(run.place.run_id)}-00")
        assert reached(run) == []
        if after == "let through":
            (Path(run.place.folder) / LET_THROUGH).touch()
            assert run.effect() == (1, f"the innocent request after it was let through, and is not in {log}")
        else:
            log.rename(tmp_path / "edge.log.1")
            if after == "rotated":
                log_of(tmp_path)
        assert reached(run) is None
        run.done()


def test_nothing_that_names_us_proves_nothing(tmp_path: Path) -> None:
    with flood(tmp_path, inspect_log=str(log_of(tmp_path))) as run:
        run.arm()
        assert run.inject()[0] == 0
        assert run.effect() == (1, f"no declared log names {SOURCE} or {mark_of(run.place.run_id)}")
        run.done()


def test_a_ban_from_before_is_left_as_it_is(tmp_path: Path) -> None:
    banned = tmp_path / f"banned-{SOURCE}"
    banned.touch()
    with flood(tmp_path) as run:
        run.arm()
        assert run.inject() == (HELD, f"{SOURCE} is kept out already (test): an old ban tells nothing")
        run.done()
    assert banned.exists()


def test_a_ban_is_seen_and_undone_by_the_harness_or_by_the_dead_man(tmp_path: Path) -> None:
    banned = tmp_path / f"banned-{SOURCE}"
    for by in ("harness", "deadman"):
        with flood(tmp_path) as run:
            run.arm()
            assert run.inject()[0] == 0
            banned.touch()
            assert run.healed()[0] == 1
            assert run.effect() == (0, f"what was sent from {SOURCE} arrived: test")
            assert told(run)["block"]["where"] == "test"
            if by == "deadman":
                end_time_of(Path(run.place.folder))
                run.wait_for_the_dead_man()
            else:
                run.done()
        assert not banned.exists()


@pytest.mark.parametrize(
    ("entry", "session", "why"),
    [
        ({}, f"{SOURCE} 50022 127.0.0.1 22", "would cut off: declare another address of ours as source"),
        ({"seen_as": "192.0.2.7"}, "::ffff:192.0.2.7 50022 127.0.0.1 22", "this session comes from 192.0.2.7"),
        ({"banned": ["false-or-missing"]}, "", "it cannot be asked who is kept out"),
        ({"alarm_log": "/etc/passwd", "alarm": "[[:lower"}, "", "grep -E of this host knows no such pattern: [[:lower"),
        ({"alarm_log": "/nowhere/alarms"}, "", "the log /nowhere/alarms is not there, or cannot be read"),
    ],
)
def test_what_would_tell_nothing_or_cut_us_off_is_not_begun(
    entry: dict[str, Any], session: str, why: str, tmp_path: Path
) -> None:
    way = {"banned": ["test", "-e", "/nowhere"], "unban": ["true"]}
    environ = {"SSH_CONNECTION": session} if session else {}
    with drilled("marked-flood", {"source": SOURCE, **way, **entry}, tmp_path, **environ) as run:
        run.arm()
        status, said = run.inject()
        assert (status, why in said) == (HELD, True), said
        run.done()


def test_words_that_look_like_ours_are_said_as_they_stand(tmp_path: Path) -> None:
    way = {"banned": ["test", "-e", "nowhere"], "unban": ["printf", "%s", "BANNED {source} $unknown"]}
    entry = {"source": "2001:DB8:0::00A", **way}
    assert sh(f"cd {tmp_path}\n{banning(entry)}\nunban\n").stdout == "BANNED 2001:db8::a $unknown"
    assert seen_as({"source": "192.0.2.7", "seen_as": "::ffff:192.0.2.10"}) == "192.0.2.10"


def test_one_way_to_let_us_in_that_fails_keeps_no_other_from_it(tmp_path: Path) -> None:
    banned = tmp_path / "banned"
    banned.touch()
    way = {"banned": ["test", "-e", str(banned)], "unban": ["rm", "-f", str(banned)]}
    entry = {"source": SOURCE, "jail": "of-nobody", **way}
    assert (sh(f"{banning(entry)}\nunban\n").returncode, banned.exists()) == (1, False)
