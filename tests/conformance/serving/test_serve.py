"""`duheng serve` as a process of its own, scraped by HTTP."""

import signal
import socket
import struct
from http import HTTPStatus
from pathlib import Path

import pytest

from tests.awaiting import until
from tests.conformance.operations.prometheus import promtool
from tests.conformance.running import PATIENCE_S, duheng
from tests.conformance.serving.ledgers import open_store, target_in, with_examination, with_year
from tests.conformance.serving.serving import Served, serving, state, value

OPENMETRICS = "application/openmetrics-text;version=1.0.0"


def _well(served: Served) -> None:
    until(lambda: served.health()[0] == HTTPStatus.OK, served.health, alive=served.process)


@pytest.fixture
def target(tmp_path: Path) -> Path:
    """A target whose ledger holds 400 days and an examination."""
    with open_store(tmp_path) as store:
        with_year(store)
        with_examination(store, "run-1", days_left=40)
    return target_in(tmp_path)


def test_what_the_ledger_holds_is_told(target: Path) -> None:
    with serving(target) as served:
        _well(served)
        told = served.series()

        assert state(told, "duheng_clause_state", requirement="SBT-3.1.2.3-tcpip") == "conforms"
        assert state(told, "duheng_clause_state", requirement="SBT-3.2.1-cart") == "undetermined"
        assert state(told, "duheng_clause_state", requirement="SBT-3.1.1.2-mtbf") == "violates"
        assert (state(told, "duheng_service_state"), state(told, "duheng_check_state", check="front")) == ("up", "down")
        assert value(told, "duheng_incident_open", check="front") == 1
        assert value(told, "duheng_incident_open", check="buying") == 0
        assert value(told, "duheng_failures") == 3
        hours = value(told, "duheng_operating_seconds")
        assert hours is not None
        assert value(told, "duheng_mtbf_seconds") == pytest.approx(hours / 3)
        assert value(told, "duheng_availability_ratio", check="buying", window="30d") == 1
        front = value(told, "duheng_availability_ratio", check="front", window="1d")
        assert front == pytest.approx(20 / 24, abs=0.01)
        assert value(told, "duheng_examination_exit_status") == 1
        seen = value(told, "duheng_snapshot_timestamp_seconds")
        expires = value(told, "duheng_certificate_expiry_timestamp_seconds", endpoint="shop.invalid:443")
        assert seen is not None
        assert expires is not None
        assert (expires - seen) / 86_400 == pytest.approx(40, abs=0.1)
        assert value(told, "duheng_ledger_readable") == 1


def test_promtool_has_nothing_to_say_against_the_names(target: Path) -> None:
    with serving(target) as served:
        _well(served)
        done = promtool("check", "metrics", given=served.get("/metrics")[1])

    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_openmetrics_is_spoken_where_it_is_asked_for(target: Path) -> None:
    with serving(target) as served:
        _well(served)
        status, body = served.get("/metrics", accept=OPENMETRICS)

    assert status == 200
    assert body.endswith("# EOF\n")


def test_sigterm_ends_it_well_and_it_says_nothing_else(target: Path) -> None:
    with serving(target) as served:
        _well(served)

        assert served.end() == 0
        assert served.process.communicate() == ("", "")


def test_an_interrupt_ends_it_too(target: Path) -> None:
    with serving(target) as served:
        _well(served)
        served.process.send_signal(signal.SIGINT)

        assert served.process.wait(timeout=PATIENCE_S) == 130


def test_without_a_ledger_it_serves_and_says_so_and_makes_none(tmp_path: Path) -> None:
    with serving(target_in(tmp_path)) as served:
        assert "there is no ledger; `duheng watch` and `duheng examine` make it" in served.line()
        status, told = served.health()
        series = served.series()

        assert (status, told["status"]) == (503, "ill")
        assert told["snapshot_age_s"] is None
        assert value(series, "duheng_ledger_readable") == 0
        assert {name for name, _ in series} == {
            "duheng_build_info",
            "duheng_ledger_readable",
            "duheng_judgings_total",
        }
        assert served.end() == 0
    assert not (tmp_path / "evidence.db").exists()


def test_a_port_that_is_taken_is_told(target: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        done = duheng("serve", "--target", target, "--listen", f"127.0.0.1:{port}", folder=target.parent)

    assert (done.returncode, done.stdout) == (64, "")
    assert done.stderr.startswith(f"--listen: cannot listen on 127.0.0.1, port {port} (Address already in use)")


def test_leaving_loopback_is_warned_of(target: Path) -> None:
    # The last --listen counts; port 0 is one that is free.
    with serving(target, "--listen", "0.0.0.0:0") as served:
        assert served.line() == "0.0.0.0 is not loopback: whoever reaches it may read the state of every clause\n"


@pytest.mark.parametrize("listen", [":9469", "9469", "shop.example:9469", "127.0.0.1", "127.0.0.1:99999", "::1:9469"])
def test_an_address_must_be_written_out(target: Path, listen: str) -> None:
    done = duheng("serve", "--target", target, f"--listen={listen}", folder=target.parent)

    assert (done.returncode, done.stdout) == (64, "")
    assert done.stderr.startswith(f"--listen: '{listen}' is no ADDRESS:PORT; write 127.0.0.1:9469")


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ((), "no target: give one with --target"),
        (("--target", "nowhere.toml"), "nowhere.toml"),
        (("--target", "shop.toml", "--ledger", "memory:"), "a ledger in memory ends with its process"),
        (("--target", "shop.toml", "--ledger", "carrier-pigeon:x"), "no store is called 'carrier-pigeon'"),
    ],
)
def test_wrong_settings_exit_64(tmp_path: Path, words: tuple[str, ...], told: str) -> None:
    target_in(tmp_path)
    done = duheng("serve", *words, folder=tmp_path)

    assert (done.returncode, done.stdout) == (64, "")
    assert told in done.stderr


def test_the_platform_is_never_touched_and_no_password_asked_for(tmp_path: Path) -> None:
    with open_store(tmp_path) as store:
        with_examination(store, "run-1")
    with socket.create_server(("127.0.0.1", 0)) as platform:
        target = target_in(tmp_path, '\n[roles.operator]\nusername = "o"\npassword_env = "NOT_SET_HERE"\n')
        shop = f"https://127.0.0.1:{platform.getsockname()[1]}"
        target.write_text(target.read_text(encoding="utf-8").replace("https://shop.invalid", shop), encoding="utf-8")
        with serving(target) as served:
            _well(served)
            served.series()
            assert served.end() == 0
        platform.settimeout(0)
        with pytest.raises(BlockingIOError):
            platform.accept()


@pytest.mark.parametrize(
    ("path", "status"), [("/", 200), ("/metrics?x=1", 200), ("/nothing", 404), ("//etc/passwd", 404)]
)
def test_nothing_else_is_there(target: Path, path: str, status: int) -> None:
    with serving(target) as served:
        assert served.get(path)[0] == status


def test_who_goes_away_in_the_middle_is_no_news(target: Path) -> None:
    with serving(target) as served:
        _well(served)
        place = served.url.removeprefix("http://").split(":")
        for _ in range(5):
            with socket.create_connection((place[0], int(place[1]))) as visitor:
                # Reset, not closed: what is written to it afterwards fails.
                visitor.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                visitor.sendall(b"GET /metrics HTTP/1.1\r\nHost: x\r\n\r\nGET /metrics HTTP/1.1\r\n")
        assert served.get("/metrics")[0] == 200
        assert served.end() == 0
        assert served.process.communicate() == ("", "")
