"""Judging beside scraping, in this process: how often it is judged, and what is told while the ledger is away."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest

from conformance.catalogue.load import load_catalogue
from conformance.places import ledger_of
from conformance.serving.keeper import EVERY_S, LATE_TIMES, Keeper
from conformance.serving.listen import listen_of
from conformance.serving.server import keeper_of
from conformance.serving.web import Web
from conformance.stricter import target_for
from probes.clock import SystemClock
from reports.metrics import Served as Told
from reports.metrics_snapshot import Snapshot
from tests.conformance.serving.ledgers import open_store, target_in, with_examination, with_year
from tests.conformance.serving.serving import Served, state, value


class ScriptedClock(SystemClock):
    """The wall clock, and a monotonic one that moves only when it is told to."""

    at_s = 0.0

    def monotonic_s(self) -> float:
        """Return the scripted seconds."""
        return self.at_s


@contextmanager
def answering(keeper: Keeper) -> Iterator[Served]:
    """Answer over HTTP what the keeper keeps; nobody judges but the test."""
    with Web(listen_of("127.0.0.1:0"), keeper) as web:
        thread = threading.Thread(target=web.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield Served(None, f"http://127.0.0.1:{web.server_address[1]}")  # type: ignore[arg-type]
        finally:
            web.shutdown()
            thread.join()


def _keeper(folder: Path, clock: SystemClock) -> Keeper:
    catalogue = load_catalogue()
    target = target_for(target_in(folder), catalogue)
    return keeper_of(target, ledger_of(target), catalogue, clock=clock)


def test_a_ledger_that_goes_away_leaves_the_last_snapshot_with_its_age(tmp_path: Path) -> None:
    with open_store(tmp_path) as store:
        with_year(store)
        with_examination(store, "run-1")
    clock = ScriptedClock()
    keeper = _keeper(tmp_path, clock)
    with answering(keeper) as served:
        assert served.health()[1]["why"] == "the ledger was not judged yet"
        keeper.refresh()
        before = served.series()
        assert served.health() == (200, {"status": "ok", "platform": "shop-staging", "why": "", "snapshot_age_s": 0.0})
        assert state(before, "duheng_service_state") == "up"

        away = tmp_path / "away.db"
        (tmp_path / "evidence.db").rename(away)
        clock.at_s = 61.0
        keeper.refresh()
        during = served.series()
        status, told = served.health()
        assert (status, told["snapshot_age_s"]) == (503, 61.0)
        assert value(during, "duheng_ledger_readable") == 0
        instant = "duheng_snapshot_timestamp_seconds"
        assert value(during, instant) == value(before, instant)
        clause = {"requirement": "SBT-3.1.2.3-tcpip"}
        assert state(during, "duheng_clause_state", **clause) == state(before, "duheng_clause_state", **clause)
        # What is now is not known: neither up nor down, and no outage open or shut.
        assert state(during, "duheng_service_state") == "unknown"
        assert state(during, "duheng_check_state", check="front") == "unknown"
        assert not [name for name, _ in during if name.startswith("duheng_incident")]
        assert not (tmp_path / "evidence.db").exists()

        away.rename(tmp_path / "evidence.db")
        keeper.refresh()
        assert served.health()[0] == 200
        assert state(served.series(), "duheng_check_state", check="front") == "down"


def test_scrapes_judge_nothing_however_many_they_are(tmp_path: Path) -> None:
    with open_store(tmp_path) as store:
        with_year(store, days=30)
    keeper = _keeper(tmp_path, SystemClock())
    keeper.refresh()
    with answering(keeper) as served:
        told = [value(served.series(), "duheng_judgings_total") for _ in range(20)]

    assert told == [1.0] * 20


def test_a_scrape_does_not_wait_for_a_judging(tmp_path: Path) -> None:
    begun, go_on = threading.Event(), threading.Event()

    def slow() -> Snapshot:
        begun.set()
        assert go_on.wait(60)
        return _snapshot()

    keeper = Keeper(slow, first=Told(platform_id="p", tool="t"), clock=SystemClock())
    judging = threading.Thread(target=keeper.refresh)
    judging.start()
    try:
        assert begun.wait(60)
        with answering(keeper) as served:
            assert value(served.series(), "duheng_judgings_total") == 0
            go_on.set()
            judging.join()
            assert value(served.series(), "duheng_judgings_total") == 1
    finally:
        go_on.set()
        judging.join()


def _snapshot() -> Snapshot:
    return Snapshot(platform_id="p", judged_s=datetime.now(UTC).timestamp(), findings=())


class CountedStop(threading.Event):
    """Notes how long it was waited for, and is set after some waits."""

    def __init__(self, most: int) -> None:
        super().__init__()
        self.waits: list[float | None] = []
        self._most = most

    def wait(self, timeout: float | None = None) -> bool:
        """Note the wait; do not wait."""
        self.waits.append(timeout)
        if len(self.waits) == self._most:
            self.set()
        return self.is_set()


def test_it_is_judged_at_most_once_a_minute() -> None:
    keeper = Keeper(_snapshot, first=Told(platform_id="p", tool="t"), clock=SystemClock())
    stop = CountedStop(5)
    keeper.run(stop, lambda _: None)

    assert EVERY_S == 60
    assert stop.waits == [60.0] * 5
    assert keeper.served.judgings == 5


def test_judging_that_is_held_up_is_told() -> None:
    clock = ScriptedClock()
    keeper = Keeper(_snapshot, first=Told(platform_id="p", tool="t"), clock=clock)
    keeper.refresh()

    clock.at_s = LATE_TIMES * EVERY_S
    assert keeper.ill() == ""
    clock.at_s += 1
    assert keeper.ill() == "judging the ledger is held up; what is served is old"


def test_a_bug_stops_the_server_and_is_kept_for_the_main_thread() -> None:
    def broken() -> Snapshot:
        raise KeyError("no such thing")

    keeper = Keeper(broken, first=Told(platform_id="p", tool="t"), clock=SystemClock())
    stop = threading.Event()
    keeper.run(stop, lambda _: None)

    assert stop.is_set()
    assert isinstance(keeper.failed, KeyError)


def test_the_ledger_going_and_coming_is_said_once_each(tmp_path: Path) -> None:
    keeper = _keeper(tmp_path, SystemClock())
    said: list[str] = []
    keeper.run(CountedStop(3), said.append)
    assert len(said) == 1
    with open_store(tmp_path) as store:
        with_examination(store, "run-1")
    keeper.run(CountedStop(3), said.append)

    assert said[1:] == ["the ledger can be read again"]


@pytest.mark.parametrize(
    ("text", "url", "loopback"),
    [
        ("127.0.0.1:9469", "http://127.0.0.1:9469", True),
        ("localhost:9469", "http://127.0.0.1:9469", True),
        ("[::1]:9469", "http://[::1]:9469", True),
        ("0.0.0.0:9469", "http://0.0.0.0:9469", False),
        ("[::]:9469", "http://[::]:9469", False),
        ("192.0.2.7:9469", "http://192.0.2.7:9469", False),
    ],
)
def test_where_to_listen(text: str, url: str, loopback: bool) -> None:
    listen = listen_of(text)

    assert (listen.url(listen.port), listen.loopback) == (url, loopback)
