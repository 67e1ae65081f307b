"""A run from the plan to the record, with real Locust processes: how it ends, and that it leaves nothing behind."""

import os
import socket
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import psutil
import pytest
import requests

from probes.errors import EvidenceError, SettingsError
from profiles.commands import worker_elsewhere
from profiles.launch import Place
from profiles.pacing import UNFINISHED
from profiles.plan import Closed
from profiles.tally import LATE_S
from profiles.validity import reasons_against
from tests.profiles.gated import gated
from tests.profiles.pushing import CROWDS, PLAIN, SECRET, planned, pushed, words

pytestmark = pytest.mark.integration


@pytest.fixture(autouse=True)
def no_process_left() -> object:
    yield
    lines = [words(child) for child in psutil.Process().children(recursive=True)]
    assert not [line for line in lines if "locust" in str(line)]


@pytest.mark.parametrize("workers", [1, 2])
def test_all_come_and_are_counted(tmp_path: Path, workers: int) -> None:
    told: list[int] = []
    with gated() as server:
        plan = planned(tmp_path, server.port, workers=workers, drain_s=60)
        record = pushed(tmp_path, on_second=lambda line: told.append(line["second"]))
        assert server.asked == 60
    assert record.complete, record
    assert record.footer is not None
    assert record.footer.totals == {
        "planned": 60, "started": 60, "dropped": 0, "done": 60, "failed": 0, "left": 0, "orders_acknowledged": 0,
    }  # fmt: skip
    assert record.footer.steps["page"].count == record.latencies().count == 60
    assert told == [second.second for second in record.seconds]
    assert record.header.skew_ms == (0.0,) * workers
    assert {*record.header.tools} == {"locust", "python"}
    assert all(len(second.cpu_percent) == workers for second in record.seconds)
    assert record.header.plan_sha256 == plan.sha256()


def test_no_configuration_of_locust_bends_a_run(tmp_path: Path, home: Path) -> None:
    (home / ".locust.conf").write_text(f"run-time = 1s\ncsv = {home}/told\n", encoding="utf-8")
    with gated() as server:
        planned(tmp_path, server.port, seconds=3, drain_s=60)
        record = pushed(tmp_path)
    assert record.complete, record
    assert not list(home.glob("told*"))


def test_the_secret_lands_nowhere(tmp_path: Path) -> None:
    with gated() as server:
        planned(tmp_path, server.port, seconds=1)
        asked: list[bool] = []

        def look(_line: object) -> None:
            children = psutil.Process().children(recursive=True)
            asked.extend(SECRET in " ".join(words(child)) for child in children)

        pushed(tmp_path, on_second=look)
    assert asked
    assert not any(asked)
    for path in tmp_path.iterdir():
        assert SECRET not in path.read_text(encoding="utf-8", errors="replace"), path


def test_whoever_asks_ends_it_and_keeps_the_record(tmp_path: Path) -> None:
    stop = threading.Event()
    with gated() as server:
        planned(tmp_path, server.port, seconds=600)
        record = pushed(tmp_path, stop=stop, on_second=lambda line: stop.set() if line["second"] == 1 else None)
    assert record.stopped is not None
    assert record.stopped.why == "interrupted"
    assert record.footer is not None
    assert record.footer.ended == "stopped"
    assert not record.complete
    assert not record.odd
    assert len(record.seconds) < 60


def test_asked_before_anybody_came(tmp_path: Path) -> None:
    stop = threading.Event()
    stop.set()
    with gated() as server:
        planned(tmp_path, server.port, seconds=600)
        record = pushed(tmp_path, stop=stop)
        assert server.asked == 0
    assert record.stopped is not None
    assert not record.complete


def test_a_file_ends_it(tmp_path: Path) -> None:
    halt = tmp_path / "halt"
    with gated() as server:
        planned(tmp_path, server.port, seconds=600, stop_file=str(halt))
        record = pushed(tmp_path, on_second=lambda _line: halt.touch())
    assert record.stopped is not None
    assert record.stopped.why == "stop-file"


def test_a_shop_that_dies_ends_it(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as gone:
        port = gone.getsockname()[1]
    planned(tmp_path, port, seconds=600, rate=50)
    record = pushed(tmp_path)
    assert record.stopped is not None
    assert record.stopped.why == "errors"
    assert record.footer is not None
    assert record.footer.failures[0].step == "page"


def test_a_worker_that_cannot_walk_the_plan(tmp_path: Path) -> None:
    planned(tmp_path, 1, workers=2)
    record = pushed(tmp_path, shoppers=CROWDS / "unable.py")
    assert record.stopped is not None
    assert (record.stopped.why, record.stopped.detail) == ("unready", "worker 1: shop.toml: is not on this machine")
    assert not record.seconds


def test_a_bug_before_the_start(tmp_path: Path) -> None:
    planned(tmp_path, 1, search_terms=("no-such-thing",))
    record = pushed(tmp_path, shoppers=CROWDS / "broken.py")
    assert record.stopped is not None
    assert record.stopped.why == "unready"
    assert "KeyError: 'no-such-thing'" in record.stopped.detail


def test_a_bug_on_the_way(tmp_path: Path) -> None:
    planned(tmp_path, 1, seconds=600)
    record = pushed(tmp_path, shoppers=CROWDS / "broken.py")
    assert record.stopped is not None
    assert record.stopped.detail == "worker 0: ZeroDivisionError: a bug of ours"
    assert record.footer is not None
    assert record.footer.ended == "broken"


def test_a_generator_short_of_processor_tells_nothing(tmp_path: Path) -> None:
    plan = planned(tmp_path, 1, rate=60, seconds=12)
    record = pushed(tmp_path, shoppers=CROWDS / "busy.py")
    codes = {reason.code for reason in reasons_against(plan, record)}
    if record.lost:  # on a machine that others keep busy as well, it may not even come to say a word for ten seconds
        assert "lost-worker" in codes
    else:  # nor get its 80 %
        assert "late" in codes
        assert max(second.late_ms_max for second in record.seconds) > 1000 * LATE_S


OWN = """
from locust import FastHttpUser, constant, task

class Visitor(FastHttpUser):
    wait_time = constant(0.05)

    @task
    def page(self):
        self.client.get("/tea")
        with self.client.get("/tea", name="/bad", catch_response=True) as answer:
            answer.failure("not to my taste")
"""


def test_a_locustfile_of_the_users_own(tmp_path: Path) -> None:
    own = tmp_path / "own.py"
    own.write_text(OWN, encoding="utf-8")
    closed = Closed(locustfile=str(own), users=4, users_per_s=4, seconds=3)
    with gated() as server:
        plan = planned(tmp_path, server.port, closed=closed, workers=2)
        record = pushed(tmp_path, host=f"http://127.0.0.1:{server.port}")
    assert record.header.model == "closed"
    assert record.footer is not None
    assert record.footer.steps["GET /tea"].failed == 0
    assert record.footer.steps["GET /bad"].failed == record.footer.steps["GET /bad"].count > 0
    assert record.footer.failures[0].why.endswith("not to my taste")
    assert "closed-model" in {reason.code for reason in reasons_against(plan, record)}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("import no_such_module", "No module named 'no_such_module'"),
        ("def (", "SyntaxError"),
        ("x = 1", "No User class"),
    ],
)
def test_a_locustfile_that_does_not_import(tmp_path: Path, text: str, said: str) -> None:
    own = tmp_path / "own.py"
    own.write_text(text, encoding="utf-8")
    planned(tmp_path, 1, closed=Closed(locustfile=str(own), users=1, users_per_s=1, seconds=3))
    record = pushed(tmp_path)
    assert record.stopped is not None
    assert record.stopped.why == "unready"
    assert said in record.stopped.detail
    assert str(own) in record.stopped.detail


def test_locusts_own_page_shows_it_and_ends_it(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    page = f"http://127.0.0.1:{port}"
    shown: list[str] = []

    def look(line: Mapping[str, Any]) -> None:
        if line["second"] == 1:
            shown.append(requests.get(f"{page}/stats/requests", timeout=10).json()["state"])
            requests.post(f"{page}/stop", timeout=30)

    with gated() as server:
        planned(tmp_path, server.port, seconds=600)
        record = pushed(tmp_path, web_port=port, on_second=look)
    assert shown == ["running"]
    assert record.stopped is not None
    assert record.stopped.why == "interrupted"
    assert "web page" in record.stopped.detail


def test_who_hangs_is_not_waited_for_when_it_is_stopped(tmp_path: Path) -> None:
    stop = threading.Event()
    with gated(shut_s=600) as server:  # it never answers again, and shoppers wait up to 30 s
        planned(tmp_path, server.port, seconds=600, rate=5)
        record = pushed(tmp_path, stop=stop, on_second=lambda line: stop.set() if line["second"] == 1 else None)
    assert not record.lost
    assert record.footer is not None
    assert record.footer.ended == "stopped"
    assert record.footer.totals["left"] + record.footer.totals["failed"] > 0
    assert {failure.why for failure in record.footer.failures} == {UNFINISHED}


def test_a_port_that_is_taken(tmp_path: Path) -> None:
    planned(tmp_path, 1)
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(SettingsError) as refused:
            pushed(tmp_path, web_port=port, place=Place(port=port))
    assert len(refused.value.faults) == 2


@pytest.mark.parametrize(
    ("bind", "told"),
    [("::1", "::1 is no address of IPv4"), ("no host", "no host is no"), ("192.0.2.1", "has no such address")],
)
def test_an_address_that_is_none_of_ours(tmp_path: Path, bind: str, told: str) -> None:
    planned(tmp_path, 1)
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with pytest.raises(SettingsError, match=told):
        pushed(tmp_path, place=Place(bind=bind, port=port))


def test_a_record_that_cannot_be_written_on_ends_it(tmp_path: Path) -> None:
    """As on a full disk: nobody comes whom nobody counts, and what stands there stays readable."""
    asked: list[int] = []

    def fill(line: Mapping[str, Any]) -> None:
        asked.append(server.asked)
        if line["second"] == 1:
            [master] = [each for each in psutil.Process().children() if "--master" in words(each)]
            full = (tmp_path / "record.jsonl").stat().st_size + 10
            master.rlimit(psutil.RLIMIT_FSIZE, (full, full))

    with gated() as server:
        planned(tmp_path, server.port, seconds=600)
        record = pushed(tmp_path, on_second=fill)
        assert server.asked < 20 * 30, "it ends at once, not when its silence is noticed"
    assert asked
    assert record.torn_bytes == 10
    assert record.footer is None
    assert len(record.seconds) == 2


def test_a_record_is_never_written_over(tmp_path: Path) -> None:
    planned(tmp_path, 1)
    (tmp_path / "record.jsonl").write_text("of another run", encoding="utf-8")
    with pytest.raises(EvidenceError):
        pushed(tmp_path)


def test_a_worker_from_elsewhere(tmp_path: Path) -> None:
    """The line that is printed works: here in a shell, beside a worker of the harness's own."""
    import subprocess
    import sys

    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with gated() as server:
        plan = planned(tmp_path, server.port, workers=2)
        line = worker_elsewhere(plan, host="127.0.0.1", port=port)
        line = line.replace("print(SHOPPERS)", f'print("{PLAIN}")').replace("python", sys.executable)
        environment = {**os.environ, "DUHENG_LOAD_SECRET": SECRET, "PYTHONPATH": str(Path(__file__).parents[2])}
        with subprocess.Popen(["sh", "-c", f"exec {line}"], env=environment, stderr=subprocess.DEVNULL) as elsewhere:
            record = pushed(tmp_path, place=Place(port=port, away=1))
            assert elsewhere.wait() == 0
        assert server.asked == 60
    assert record.complete, record
    assert record.header.skew_ms[0] == 0.0
    assert record.header.skew_ms[1] is not None


def test_a_stranger_is_no_worker(tmp_path: Path) -> None:
    import subprocess
    import sys

    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    stop = threading.Event()
    plan = planned(tmp_path, 1, workers=1)
    command = [sys.executable, "-m", "locust", "-f", str(PLAIN), "--worker", f"--master-port={port}"]
    environment = {**os.environ, "DUHENG_LOAD_SECRET": "another", "PYTHONPATH": str(Path(__file__).parents[2])}
    with subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True) as stranger:
        waits = threading.Thread(target=lambda: stop.set() if stranger.wait() else None)
        waits.start()
        record = pushed(tmp_path, place=Place(port=port, away=1), stop=stop)
        waits.join()
        assert stranger.stderr is not None
        assert "another one" in stranger.stderr.read()
    assert not record.seconds
    assert record.header.workers == plan.workers
