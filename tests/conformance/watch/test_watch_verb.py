"""`duheng watch` as its users run it, on the miniature shop: outages, orders, signals, bad settings, two of a name."""

import contextlib
import os
import pty
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from reports.ledger.entry import Entry
from reports.ledger.standing_record import Standing, standing
from reports.standing import Interval
from tests.awaiting import until
from tests.conformance.running import command, duheng, environment, recorded, start
from tests.conformance.watch.said import Said
from tests.miniatures.shop.miniature import BUYERS, MiniatureShop
from tests.miniatures.shop.web import Answer

pytestmark = pytest.mark.integration

FRONT = '[[checks]]\nname = "front"\nevery_s = 1\n'
BUYING = '[[checks]]\nname = "buying"\nkind = "journey"\nevery_s = 1\n'
RULES = '[[incident_rules]]\nmatch = "answered 5"\nclass = "software"\n'


class Watch(Said):
    """A running `duheng watch`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        super().__init__(start("watch", folder=folder))

    def stop(self, number: int = signal.SIGTERM) -> int:
        return super().stop(number)


@contextmanager
def watching(folder: Path) -> Iterator[Watch]:
    watch = Watch(folder)
    try:
        yield watch
    finally:
        if watch.process.poll() is None:
            watch.stop(signal.SIGKILL)
        for stream in (watch.process.stdout, watch.process.stderr):
            assert stream is not None
            stream.close()


def record(folder: Path) -> Standing:
    with recorded(folder / "duheng.db") as store:
        return standing(store, "miniature")


def states(found: Standing, name: str) -> list[str]:
    joined: list[Interval] = []
    for each in found.intervals:
        if each.check == name and not (joined and joined[-1].state == each.state):
            joined.append(each)
    return [each.state for each in joined]


def broken(_: Any) -> Answer:
    return Answer(status=503, body=b"<h1>Service Unavailable</h1>")


def test_an_outage_is_seen_classified_and_over(tmp_path: Path) -> None:
    with MiniatureShop() as shop:
        shop.target_toml(tmp_path, further=FRONT + BUYING + RULES)
        door, sound = shop._tls, shop._tls.respond
        with watching(tmp_path) as watch:
            assert "no [watch] canaries are declared" in watch.until("canaries")
            watch.until("front is up since")
            watch.until("buying is up since")
            door.respond = broken
            assert watch.until("front is down since").endswith(": answered 503")
            watch.until("buying is down since")
            door.respond = sound
            watch.until("front is up since")
            watch.until("buying is up since")
            assert watch.stop() == 0
            assert "everything is sealed" in watch.lines[-1]
        assert len(shop.state.orders) == len(BUYERS), "nothing but the orders from before"
    found = record(tmp_path)
    assert states(found, "front") == states(found, "buying") == ["up", "down", "up"]
    assert {each.depth for each in found.intervals if each.check == "buying"} == {"checkout"}
    down = next(each for each in found.intervals if each.check == "front" and each.state == "down")
    assert (down.why, down.failed) == ("answered 503", down.tried)
    words = [word for word in found.incidents if word.check == "front"]
    assert [word.incident_class for word in words] == ["software", "software"]
    assert words[0].starts_ms == down.starts_ms
    assert words[1].verified_ms == down.ends_ms
    with recorded(tmp_path / "duheng.db") as store:
        assert [name for name in store.notes() if not name.startswith("latency")] == []
        entries: list[Entry] = list(store.entries())
    assert (entries[0].kind, entries[-1].kind) == ("run-started", "run-finished")


def test_the_account_that_was_made_is_taken_away_again(tmp_path: Path) -> None:
    with MiniatureShop() as shop:
        shop.target_toml(tmp_path, further=BUYING)
        before = set(shop.state.accounts)
        with watching(tmp_path) as watch:
            watch.until("buying is up since")
            assert watch.stop(signal.SIGINT) == 0
        assert set(shop.state.accounts) == before


def test_orders_are_placed_where_allowed_up_to_the_ceiling_and_cancelled(tmp_path: Path) -> None:
    further = (
        '[watch]\norder = true\nproduct = "/goods/1/"\nmax_orders_a_day = 2\n'
        '[[checks]]\nname = "ordering"\nkind = "journey"\ndepth = "order"\nevery_s = 1\n'
    )
    with MiniatureShop() as shop:
        shop.target_toml(tmp_path, further=further)
        before = set(shop.state.orders)
        for _ in range(2):
            with watching(tmp_path) as watch:
                watch.until("would place 86,400 orders a day")
                watch.until("ordering is up since")
                until(lambda: sum(path == "/checkout/" for _, path, _ in shop.request_log) >= 6, "six checkouts")
                assert watch.stop() == 0
        placed = [order for number, order in shop.state.orders.items() if number not in before]
        assert len(placed) == 2
        assert {order.status for order in placed} == {"已取消 Cancelled"}
    found = record(tmp_path)
    assert [each.depth for each in found.intervals if each.state == "up"][:2] == ["order", "checkout"]


def test_where_nothing_may_be_written_journeys_only_read(tmp_path: Path) -> None:
    with MiniatureShop() as shop:
        shop.target_toml(tmp_path, environment="production", further=BUYING)
        with watching(tmp_path) as watch:
            watch.until("buying only reads (depth page, not checkout): environment = production")
            watch.until("buying is up since")
            assert watch.stop() == 0
        assert {method for method, _, _ in shop.request_log} == {"GET"}
        assert {who for _, _, who in shop.request_log} == {"visitor"}
    assert {each.depth for each in record(tmp_path).intervals} == {"page"}


def test_two_watchers_of_one_name(tmp_path: Path) -> None:
    with MiniatureShop() as shop:
        shop.target_toml(tmp_path, further=FRONT)
        with watching(tmp_path) as watch:
            watch.until("front is up since")
            second = duheng("watch", folder=tmp_path)
            assert second.returncode == 64
            assert second.stderr.count("\n") == 1
            assert f"(process {watch.process.pid} on " in second.stderr
            assert "[watch] vantage" in second.stderr
            assert watch.stop() == 0
    assert states(record(tmp_path), "front") == ["up"]


def test_maintenance_is_announced_when_the_file_changes(tmp_path: Path) -> None:
    with MiniatureShop() as shop:
        path = shop.target_toml(tmp_path, further=FRONT)
        window = '[[maintenance]]\nstarts = 2096-01-01T02:00:00+08:00\nends = 2096-01-01T04:00:00+08:00\nreason = "x"\n'
        with watching(tmp_path) as watch:
            watch.until("front is up since")
            path.write_text(path.read_text(encoding="utf-8") + "[[maintenance]]\n", encoding="utf-8")
            watch.until("the target file has changed and is not taken")
            path.write_text(path.read_text(encoding="utf-8").replace("[[maintenance]]\n", window), encoding="utf-8")
            watch.until("its maintenance and incident rules hold from now on")
            assert watch.stop() == 0
        with watching(tmp_path) as watch:
            watch.until("front is up since")
            assert watch.stop() == 0
    (planned,) = record(tmp_path).maintenance
    assert planned.reason == "x"
    assert planned.announced_ms < planned.starts_ms


def test_it_ends_by_itself_where_that_was_asked_for(tmp_path: Path) -> None:
    with MiniatureShop() as shop:
        shop.target_toml(tmp_path, further=FRONT)
        ended = duheng("watch", "--for", "2.5", folder=tmp_path)
    assert (ended.returncode, ended.stderr) == (0, "")
    assert states(record(tmp_path), "front") == ["up"]


def test_a_person_sees_a_table(tmp_path: Path) -> None:
    with MiniatureShop() as shop:
        shop.target_toml(tmp_path, further=FRONT)
        ours, theirs = pty.openpty()
        with subprocess.Popen(
            command("watch", "--for", "4"),
            cwd=tmp_path,
            env=environment({"TERM": "xterm", "COLUMNS": "120"}),
            stdout=theirs,
            stderr=theirs,
        ) as process:
            os.close(theirs)
            shown = b""
            with contextlib.suppress(OSError):  # so ends a terminal of which nobody holds the other end
                while piece := os.read(ours, 65_536):
                    shown += piece
        os.close(ours)
    words = shown.decode()
    assert process.returncode == 0, words
    for word in ("check", "state", "since", "next", "front", "up", "everything is sealed"):
        assert word in words


def test_a_ledger_that_is_locked_is_waited_for(tmp_path: Path) -> None:
    import sqlite3

    with MiniatureShop() as shop:
        shop.target_toml(tmp_path, further=FRONT)
        with watching(tmp_path) as watch:
            watch.until("front is up since")
            lock = sqlite3.connect(tmp_path / "duheng.db", isolation_level=None)
            lock.execute("BEGIN IMMEDIATE")
            watch.until("the ledger is away; watching goes on")
            shop._tls.respond = broken
            watch.until("front is down since")
            lock.execute("ROLLBACK")
            lock.close()
            watch.until("the ledger is back")
            assert watch.stop() == 0
    found = record(tmp_path)
    assert states(found, "front") == ["up", "down"]
    assert {each.why for each in found.intervals if each.state == "unknown"} == set()


@pytest.mark.parametrize(
    ("further", "fault"),
    [
        ("[[checks]]\nname = 'a'\nevery_s = 0.5\n", "every_s: must be at least 1"),
        ("[watch]\nservice = 'x'\n", "service: is no check; known are: front, buying"),
        ("[[incident_rules]]\nmatch = '('\nclass = 'software'\n", "match: is no regular expression"),
    ],
)
def test_bad_settings_are_told_before_anything_is_watched(
    tmp_path: Path, running_shop: MiniatureShop, further: str, fault: str
) -> None:
    running_shop.target_toml(tmp_path, further=further)
    ended = duheng("watch", folder=tmp_path)
    assert ended.returncode == 64
    assert fault in ended.stderr
    assert not (tmp_path / "duheng.db").exists()


def test_no_order_is_placed_that_cannot_be_cancelled(tmp_path: Path, running_shop: MiniatureShop) -> None:
    path = running_shop.target_toml(
        tmp_path,
        further='[watch]\norder = true\nproduct = "/goods/1/"\n'
        '[[checks]]\nname = "a"\nkind = "journey"\ndepth = "order"\n',
    )
    text = path.read_text(encoding="utf-8")
    adapter = next(line for line in text.splitlines() if line.startswith("adapter")).split('"')[1]
    own = Path(adapter).read_text(encoding="utf-8").replace("cancel_order", "cancel_nothing")
    (tmp_path / "own.toml").write_text(_without(own, "cancel_nothing"), encoding="utf-8")
    path.write_text(text.replace(adapter, "own.toml"), encoding="utf-8")
    ended = duheng("watch", folder=tmp_path)
    assert ended.returncode == 64
    assert "no order is placed that cannot be cancelled" in ended.stderr


def _without(adapter: str, verb: str) -> str:
    """Return an adapter's text without one journey."""
    kept, skipping = [], False
    for line in adapter.splitlines():
        if line.startswith("["):
            skipping = line.strip("[]").startswith(f"journeys.{verb}")
        kept += [] if skipping else [line]
    return "\n".join(kept) + "\n"
