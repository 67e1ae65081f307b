"""Hosts watched while something else goes on: this machine, one that is away, and one over SSH that breaks off."""

import secrets
import threading
import time
from pathlib import Path
from types import SimpleNamespace

import pytest

from probes.clock import Deadline, SystemClock
from probes.host.meanwhile import Meanwhile
from probes.redaction import Redactor
from probes.target_file import read_target
from tests.probes.target_faults import HEAD

LOCAL = '[[hosts]]\nname = "here"\naddress = "local"\nsite = "Shanghai"\nroles = ["web"]\n'
AWAY = (
    '[[hosts]]\nname = "away"\naddress = "127.0.0.1:1"\nuser = "nobody"\nknown_hosts = "known_hosts"\n'
    'roles = ["firewall"]\n'
)


def meanwhile(folder: Path, entries: str, most_s: float = 60) -> Meanwhile:
    (folder / "known_hosts").touch()
    path = folder / "duheng.toml"
    path.write_text(HEAD + entries, encoding="utf-8")
    return Meanwhile(read_target(path), clock=SystemClock(), redactor=Redactor(), most_s=most_s)


def soon(seconds: float = 40) -> Deadline:
    return Deadline.after(SystemClock(), seconds)


def test_this_machine_is_sampled_until_it_is_asked_to_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    own = f"of-this-test-{secrets.token_hex(8)}"
    monkeypatch.setattr("probes.host.watched.secrets", SimpleNamespace(token_hex=lambda _size: own))
    watch = meanwhile(tmp_path, LOCAL)
    assert own in str(vars(watch._watched[0]))
    began_ms = time.time() * 1000
    watch.start(soon())
    busy = threading.Event()
    busy.wait(2.5)
    (told,) = watch.stop(soon())
    assert told["state"] == "read", told
    assert (told["host"], told["roles"], told["site"]) == ("here", ["web"], "Shanghai")
    assert told["samples"] >= 3
    assert told["from_ms"] >= began_ms - 1_000
    assert told["to_ms"] <= time.time() * 1000 + 1_000
    assert 0 <= told["resources"]["cpu"]["mean"] <= told["resources"]["cpu"]["peak"] <= 100
    assert told["resources"]["memory"]["p99_minute_peak"] is None  # no whole minute
    assert told["resources"]["memory"]["series"]
    assert told["breaks"] == []
    assert not Path(f"/tmp/duheng-ends-{own}").exists()


def test_a_host_that_is_away_is_unread_and_holds_up_no_other(tmp_path: Path) -> None:
    watch = meanwhile(tmp_path, AWAY + LOCAL)
    watch.start(soon())
    threading.Event().wait(1.2)
    away, here = watch.stop(soon())
    assert (away["host"], away["state"], away["cause"]) == ("away", "unread", "target")
    assert away["roles"] == ["firewall"]
    assert away["why"]
    assert here["state"] == "read"


def test_without_hosts_there_is_nothing_to_watch(tmp_path: Path) -> None:
    watch = meanwhile(tmp_path, "")
    watch.start(soon())
    assert watch.stop(soon()) == ()


def test_what_was_never_started_or_runs_out_at_once_is_unread(tmp_path: Path) -> None:
    (never,) = meanwhile(tmp_path, LOCAL).stop(soon())
    assert never["state"] == "unread"
    watch = meanwhile(tmp_path, LOCAL, most_s=0)
    watch.start(soon())
    (told,) = watch.stop(soon())
    assert told["state"] == "unread"


def test_no_more_hosts_than_allowed_are_watched_and_the_others_are_told(tmp_path: Path) -> None:
    entries = "".join(f'[[hosts]]\nname = "h{number}"\naddress = "local"\n' for number in range(3))
    watch = meanwhile(tmp_path, f"{entries}[hosts_limits]\nconnections = 2\n")
    watch.start(soon())
    threading.Event().wait(0.8)
    told = watch.stop(soon())
    assert [(each["host"], each["state"]) for each in told] == [("h0", "read"), ("h1", "read"), ("h2", "unread")]
    assert "[hosts_limits] connections" in told[2]["why"]
    assert told[2]["cause"] == "settings"


@pytest.mark.parametrize("seconds", [0.0])
def test_the_deadline_of_the_end_is_kept(tmp_path: Path, seconds: float) -> None:
    watch = meanwhile(tmp_path, LOCAL)
    watch.start(soon())
    (told,) = watch.stop(soon(seconds))
    assert told["state"] == "unread"
    assert "in time" in told["why"]
    (later,) = watch.stop(soon())
    assert later["state"] in {"read", "unread"}
