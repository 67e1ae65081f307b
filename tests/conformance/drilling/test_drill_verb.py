"""`duheng drill` as its users run it: a whole drill, two at once, and everything that refuses or stops one."""

import json
import signal
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conformance.drilling.subject import Subject, ended, subject
from tests.conformance.running import duheng
from tests.miniatures.shop.miniature import MiniatureShop

pytestmark = pytest.mark.integration


def test_a_whole_drill(running_shop: MiniatureShop, tmp_path: Path) -> None:
    with subject(running_shop, tmp_path) as drilled:
        status, said = ended(drilled.start())
        assert (status, "effect: proven (2 of 2 processes stand still)" in said) == (0, True), said
        assert drilled.untouched()
        (told,) = drilled.runs()
    assert (told["ended"], told["complete"], told["reverted_by"]) == ("planned", True, "harness")
    assert told["proof_of_effect"]["proved"] is True
    assert told["proof_of_revert"]["proved"] is True
    assert told["journeys"]["before"] == {"tried": 5, "failed": 0}
    assert told["journeys"]["after"] == {"tried": 5, "failed": 0}
    assert told["limit_s"] == 4 * 3600
    assert told["left_behind"] == []
    assert abs(told["clock"]["host_offset_s"]) < 1


def test_marked_orders_are_counted(running_shop: MiniatureShop, tmp_path: Path) -> None:
    with subject(running_shop, tmp_path) as drilled:
        target = tmp_path / "duheng.toml"
        target.write_text(target.read_text().replace('depth = "checkout"', 'depth = "order"'))
        status, said = ended(drilled.start())
        assert status == 0, said
        orders = drilled.runs()[0]["orders"]
    assert orders["acknowledged"] == orders["found"] >= 13
    assert (orders["lost"], orders["doubled"], orders["altered"]) == ([], [], [])
    assert orders["degree_percent"] == 100


def test_a_second_laptop_is_refused_and_told_who_drills(running_shop: MiniatureShop, tmp_path: Path) -> None:
    with subject(running_shop, tmp_path) as drilled:
        first = drilled.start_standing("begin:before")
        first.at("begin:before")
        status, said = ended(drilled.start(out="other-out"))
        assert (status, "web1 is locked by another drill: hang of miniature" in said) == (64, True), said
        first.go_on()
        assert first.ended()[0] == 0
        assert drilled.untouched()
        by_end = {run["ended"]: run for run in drilled.runs()}
    assert set(by_end) == {"planned", "aborted"}
    assert "locked by another" in by_end["aborted"]["stopped"]


def test_of_two_at_the_same_moment_one_is_refused(running_shop: MiniatureShop, tmp_path: Path) -> None:
    with subject(running_shop, tmp_path) as drilled:
        both = [drilled.start_standing("begin:arm", out=out) for out in ("one", "two")]
        for each in both:
            each.at("begin:arm")
        for each in both:
            each.go_on()
        assert sorted(each.ended()[0] for each in both) == [0, 64]
        assert drilled.untouched()


def _no_token(drilled: Subject) -> str:
    drilled.token.unlink()
    return "is not there"


def _of_another_platform(drilled: Subject) -> str:
    drilled.permit(platform="another-shop")
    return "permits another platform ('another-shop')"


def _of_another_host(drilled: Subject) -> str:
    drilled.permit(host="web2")
    return "permits another host ('web2')"


def _expired(drilled: Subject) -> str:
    drilled.permit(until="2026-01-01T00:00:00+08:00")
    return "has expired (2025-12-31T16:00:00"


def _writable(drilled: Subject) -> str:
    drilled.token.chmod(0o666)
    return "can be written by others (mode 666)"


def _not_authorised(drilled: Subject) -> str:
    return _changed(drilled, "authorised = true", "authorised = false", "[platform] authorised")


def _production(drilled: Subject) -> str:
    return _changed(drilled, 'environment = "disposable"', 'environment = "production"', "none is open")


def _switched_off(drilled: Subject) -> str:
    (drilled.folder / "stop-drills").touch()
    return "[drill] stop_file"


def _looser(drilled: Subject) -> str:
    return _changed(drilled, "deadman_s", "limit_s = 14401\ndeadman_s", "looser than the clause's 14400 s")


def _unknown(drilled: Subject) -> str:
    return _changed(drilled, 'name = "hang"', 'name = "hang"\nfault = "earthquake"', "is no known fault")


def _changed(drilled: Subject, before: str, after: str, told: str) -> str:
    target = drilled.folder / "duheng.toml"
    text = target.read_text()
    assert before in text
    target.write_text(text.replace(before, after))
    return told


@pytest.mark.parametrize(
    "spoil",
    [
        _no_token, _of_another_platform, _of_another_host, _expired, _writable,
        _not_authorised, _production, _switched_off, _looser, _unknown,
    ],
)  # fmt: skip
def test_each_missing_piece_refuses_by_name_and_touches_nothing(
    spoil: Callable[[Subject], str], running_shop: MiniatureShop, tmp_path: Path
) -> None:
    with subject(running_shop, tmp_path) as drilled:
        told = spoil(drilled)
        status, said = ended(drilled.start())
        assert (status, told in said) == (64, True), said
        assert len(said.strip().splitlines()) == 1
        assert drilled.untouched()
        assert drilled.record() == ()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_ctrl_c_takes_the_fault_out(number: signal.Signals, running_shop: MiniatureShop, tmp_path: Path) -> None:
    with subject(running_shop, tmp_path) as drilled:
        drill = drilled.start_standing("begin:watch")
        drill.at("begin:watch")
        drill.process.send_signal(number)
        drill.go_on()
        assert drill.ended()[0] == 2
        assert drilled.untouched()
        (told,) = drilled.runs()
    assert told["ended"] == "stopped"
    assert told["proof_of_revert"]["proved"] is True


def test_the_kill_switch_ends_a_drill_that_runs(running_shop: MiniatureShop, tmp_path: Path) -> None:
    with subject(running_shop, tmp_path) as drilled:
        drill = drilled.start_standing("begin:watch")
        drill.at("begin:watch")
        (tmp_path / "stop-drills").touch()
        drill.go_on()
        assert drill.ended()[0] == 2
        assert drilled.untouched()
        assert "stop-drills was put there" in drilled.runs()[0]["stopped"]


def test_a_revert_that_fails_is_loud_and_names_the_command(running_shop: MiniatureShop, tmp_path: Path) -> None:
    with subject(running_shop, tmp_path) as drilled:
        _changed(drilled, "start = [", 'start = ["false"]\nwas = [', "")
        target = tmp_path / "duheng.toml"
        target.write_text("\n".join(line for line in target.read_text().splitlines() if not line.startswith("was =")))
        drill = drilled.start_standing("begin:watch")
        drill.at("begin:watch")
        drilled.hit.pidfile.write_text("0\n")  # it seems to be gone, and nothing starts it
        drill.go_on()
        status, said = drill.ended()
        assert status == 1
        assert "NOT proven healed" in said
        (folder,) = tmp_path.glob("drill.drill-*")
        assert f"cd {folder} && sh ./heal.sh person 1 release" in said
        assert drilled.lock.exists()
        (told,) = drilled.runs()
        assert told["proof_of_revert"]["proved"] is False
        drilled.hit.pidfile.write_text(f"{_owner_of(folder)}\n")
        assert duheng("drill", "--recover", folder=tmp_path).returncode == 0
        assert drilled.untouched()


def _owner_of(folder: Path) -> str:
    return (folder / "victims").read_text().split()[0]


def test_the_list_and_the_plan_touch_nothing(running_shop: MiniatureShop, tmp_path: Path) -> None:
    without = duheng("drill", "--list", folder=tmp_path)
    assert (without.returncode, "software-crash" in without.stdout) == (0, True)
    with subject(running_shop, tmp_path) as drilled:
        listed = duheng("drill", "--list", folder=tmp_path)
        assert (listed.returncode, "hang on web1" in listed.stdout) == (0, True)
        plan = duheng("drill", "hang", "--dry-run", folder=tmp_path)
        assert (plan.returncode, 'kill -STOP "$pid"' in plan.stdout) == (0, True)
        (tmp_path / "stop-drills").touch()
        refused = duheng("drill", "hang", "--dry-run", folder=tmp_path)
        assert (refused.returncode, "It would be refused now:" in refused.stdout) == (64, True)
        elsewhere = duheng("drill", "--recover", "--out", "elsewhere", folder=tmp_path)
        assert (elsewhere.returncode, "no drill is on record in" in elsewhere.stderr) == (2, True)
        nothing = duheng("drill", "flood", folder=tmp_path)
        assert (nothing.returncode, "declared: hang" in nothing.stderr) == (64, True)
        assert drilled.untouched()
        assert not (tmp_path / "duheng-out").exists()


def test_what_is_owned_by_the_lock_is_plain_json(running_shop: MiniatureShop, tmp_path: Path) -> None:
    with subject(running_shop, tmp_path) as drilled:
        drill = drilled.start_standing("begin:before")
        drill.at("begin:before")
        owner = json.loads(drilled.lock.read_text())
        assert (owner["drill"], owner["platform"]) == ("hang", "miniature")
        drill.process.send_signal(signal.SIGINT)
        drill.go_on()
        assert drill.ended()[0] == 2
        assert drilled.untouched()
