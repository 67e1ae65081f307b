"""Runs of `duheng load` that are ended before their time: by Ctrl-C, by a file, by being killed."""

import re
import signal
import subprocess
from pathlib import Path

import psutil
import pytest

from profiles.outcome import read_record
from tests.awaiting import until
from tests.conformance.loading.running import ONLY_ORDERS, kept, load, profile, target
from tests.conformance.loading.shops import OperatorCancels, Recorded
from tests.conformance.running import PATIENCE_S, recorded, start
from tests.profiles.pushing import lives

pytestmark = pytest.mark.integration

SECONDS = 12  # of orders: no more than the ceiling of 200 allows


def _begun(folder: Path) -> subprocess.Popen[str]:
    """Start a run, and return it once three orders were acknowledged."""
    running = start("load", profile(folder, rate=10, seconds=SECONDS, mix=ONLY_ORDERS), folder=folder)

    def ordered() -> int:
        return sum(line.count('"kind":"order"') for file in _trails(folder) for line in file.read_text().splitlines())

    until(lambda: ordered() >= 3, "three orders", alive=running)
    assert running.poll() is None, running.communicate()
    return running


def _trails(folder: Path) -> list[Path]:
    return list(folder.glob("duheng-out/trails/*/worker-*.jsonl"))


def _record(folder: Path) -> bytes:
    (file,) = folder.glob("duheng-out/loads/*/record.jsonl")
    return file.read_bytes()


@pytest.mark.parametrize(
    ("number", "why"), [(signal.SIGINT, "interrupted"), (signal.SIGTERM, "terminated")], ids=["Ctrl-C", "SIGTERM"]
)
def test_a_signal_ends_the_run_keeps_its_record_and_cancels_its_orders(
    tmp_path: Path, number: signal.Signals, why: str
) -> None:
    with Recorded() as shop:
        target(shop, tmp_path)
        running = _begun(tmp_path)
        children = psutil.Process(running.pid).children(recursive=True)
        running.send_signal(number)
        out, err = running.communicate(timeout=PATIENCE_S)
        assert running.returncode == 130, out + err
        run = kept(tmp_path, subprocess.CompletedProcess([], running.returncode, out, err))
        assert (run.data["stopped"], run.data["complete"], run.data["valid"]) == (why, False, False)
        assert 3 <= run.business["orders"]["acknowledged"] == len(shop.acknowledged) < 10 * SECONDS
        assert run.business["orders"]["found"] == len(shop.acknowledged)
        assert run.data["cleaned"] == {"cancelled": len(shop.acknowledged), "left": 0}
        assert not [*filter(lives, children)]


def test_the_stop_file_ends_the_run(tmp_path: Path) -> None:
    with Recorded() as shop:
        target(shop, tmp_path)
        running = _begun(tmp_path)
        (folder,) = tmp_path.glob("duheng-out/loads/*")
        (folder / "stop").touch()
        out, err = running.communicate(timeout=PATIENCE_S)
        assert running.returncode == 2, out + err
        run = kept(tmp_path, subprocess.CompletedProcess([], running.returncode, out, err))
        assert run.data["stopped"] == "stop-file"
        assert run.data["cleaned"]["left"] == 0


def test_a_killed_run_leaves_a_readable_record_no_process_and_orders_for_the_next_to_cancel(tmp_path: Path) -> None:
    with OperatorCancels() as shop:
        target(shop, tmp_path)
        running = _begun(tmp_path)
        children = psutil.Process(running.pid).children(recursive=True)
        assert len(children) >= 2  # master and worker
        running.kill()
        running.communicate(timeout=PATIENCE_S)
        until(lambda: not any(map(lives, children)), "all are over")
        record = read_record(_record(tmp_path))
        assert not record.complete
        with recorded(tmp_path / "duheng.db") as store:
            assert store.latest("miniature", "load.run") is None
            (left,) = store.runs()
            assert not left.finished

        run = load(tmp_path, profile(tmp_path, rate=2, seconds=1, mix="browse = 1.0"))
        told = re.search(rf"{left.run_id} was killed and left (\d+) orders: (\d+) are cancelled now", run.said)
        assert told is not None, run.said
        cancelled = [order for order in shop.state.orders.values() if order.status.endswith("Cancelled")]
        # What was acknowledged in the very moment of the kill may stand on no trail.
        assert len(shop.acknowledged) - 1 <= int(told[1]) <= len(shop.acknowledged)
        assert int(told[2]) == len(cancelled) == int(told[1])
        again = load(tmp_path, profile(tmp_path, rate=2, seconds=1, mix="browse = 1.0"))
        assert "was killed" not in again.done.stdout


def test_an_order_of_somebody_else_under_the_same_number_is_left_alone(tmp_path: Path) -> None:
    with OperatorCancels() as shop:
        target(shop, tmp_path)
        running = _begun(tmp_path)
        running.kill()
        running.communicate(timeout=PATIENCE_S)
        # As after a platform was set up anew: its numbers begin again, with other people's orders.
        for order in shop.state.orders.values():
            order.address = {**order.address, "first_name": "Li", "last_name": "Wei"}
        run = load(tmp_path, profile(tmp_path, rate=2, seconds=1, mix="browse = 1.0"))
        assert re.search(
            r"was killed and left \d+ orders: 0 are cancelled now; .*does not name the run's recipient", run.said
        )
        assert not [order for order in shop.state.orders.values() if order.status.endswith("Cancelled")]
