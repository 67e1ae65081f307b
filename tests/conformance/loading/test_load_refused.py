"""What `duheng load` refuses before anything is sent: bad profiles, ceilings, authority; all of it at once."""

import os
from contextlib import nullcontext
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from conformance.turn import said, turn
from probes.clock import SystemClock
from reports.ledger.sqlite import SqliteStore
from tests.conformance.loading.running import profile, target
from tests.conformance.running import duheng
from tests.miniatures.shop.miniature import MiniatureShop


def _refused(folder: Path, *words: str) -> list[str]:
    done = duheng("load", *words, folder=folder)
    assert (done.returncode, done.stdout) == (64, ""), done.stdout + done.stderr
    assert not (folder / "duheng-out").exists()
    assert not (folder / "duheng.db").exists()
    return done.stderr.splitlines()


def test_without_a_target_one_line_says_how_to_give_one(tmp_path: Path) -> None:
    (told,) = _refused(tmp_path, "smoke")
    assert told.startswith("no target: give one with --target FILE.toml")


def test_an_unauthorised_target_with_low_ceilings_is_told_all_at_once(
    tmp_path: Path, running_shop: MiniatureShop
) -> None:
    further = "[load]\nmax_rate_per_s = 0.5\nmax_orders = 1\n"
    running_shop.target_toml(tmp_path, environment="production", authorised=False, further=further)
    told = _refused(tmp_path, "smoke", "--seed", "7")
    assert [line.partition(":")[0] for line in told] == [
        "[platform] authorised",
        "[[windows]]",
        "[load] max_rate_per_s",
        "[load] max_orders",
    ]


def test_a_profile_in_shares_of_a_peak_that_nobody_declared(tmp_path: Path, running_shop: MiniatureShop) -> None:
    running_shop.target_toml(tmp_path)
    (told,) = _refused(tmp_path, "nightly")
    assert told.startswith("[load] peak_rate_per_s: is missing; the profile nightly counts in shares of it")


def test_a_bad_profile_is_told_with_every_fault(tmp_path: Path, running_shop: MiniatureShop) -> None:
    running_shop.target_toml(tmp_path)
    profile(tmp_path, rate=-1, seconds=5, mix="browse = 0.5\norder = 0.4\nreturns = 0.1")
    told = _refused(tmp_path, "short.toml")
    assert told[0].startswith("short.toml.stages 1.rate_per_s: must be at least 0")
    assert "short.toml.mix.returns: is no shopper; known are: browse, search, read, cart, order, return" in told
    assert told[-1].startswith("short.toml.mix: the shares add up to 0.9, not to 1")


@pytest.mark.parametrize(
    ("name", "text", "told"),
    [
        ("away.py", None, "away.py: cannot read the locustfile: No such file or directory"),
        ("broken.py", "def task(:\n", "broken.py: not Python: invalid syntax"),
        ("away.toml", None, "away.toml: cannot read the load profile: No such file or directory"),
        ("broken.toml", "[[stages]\n", "broken.toml: not TOML: "),
        ("fast", None, "no load profile 'fast'; there are smoke, nightly, peak, soak"),
    ],
)
def test_what_cannot_be_read_is_told_in_one_line(
    tmp_path: Path, running_shop: MiniatureShop, name: str, text: str | None, told: str
) -> None:
    running_shop.target_toml(tmp_path)
    if text is not None:
        (tmp_path / name).write_text(text, encoding="utf-8")
    (said,) = _refused(tmp_path, name)
    assert said.startswith(told)


def test_an_open_window_that_is_shorter_than_all_that_the_run_may_take(
    tmp_path: Path, running_shop: MiniatureShop
) -> None:
    now = datetime.now(UTC).replace(microsecond=0)
    starts, ends = now - timedelta(hours=1), now + timedelta(minutes=10)
    window = f'[[windows]]\nstarts = {starts.isoformat()}\nends = {ends.isoformat()}\npurpose = "load"\n'
    running_shop.target_toml(tmp_path, environment="production", authorised=True, further=window)
    (told,) = _refused(tmp_path, "smoke", "--seed", "7")
    assert told.startswith("[[windows]]: smoke may take up to 0:16:")  # a payment sandbox is read, too
    assert f"the open window ends at {ends:%Y-%m-%d %H:%M:%S} UTC" in told


def test_users_of_a_locustfile_who_come_faster_than_the_ceiling(tmp_path: Path, running_shop: MiniatureShop) -> None:
    running_shop.target_toml(tmp_path, authorised=True, further="[load]\nmax_rate_per_s = 5\n")
    (tmp_path / "mine.py").write_text("", encoding="utf-8")
    (told,) = _refused(tmp_path, "mine.py", "--users", "5000", "--users-per-s", "500")
    assert told.startswith("[load] max_rate_per_s: mine.py starts 500 users a second, and the ceiling is 5; ")


def test_a_backup_that_is_not_declared(tmp_path: Path, running_shop: MiniatureShop) -> None:
    target(running_shop, tmp_path)
    (told,) = _refused(tmp_path, "smoke", "--backup", "nightly")
    assert told.startswith("--backup nightly: ")


def test_workers_elsewhere_need_a_secret_that_both_sides_know(tmp_path: Path, running_shop: MiniatureShop) -> None:
    target(running_shop, tmp_path)
    told = _refused(tmp_path, "smoke", "--away", "2")
    assert told[0] == "--away 2: is more than --workers 1, of which they are a part"
    assert "set DUHENG_LOAD_SECRET here and there to the same text" in told[1]


def test_a_locustfile_that_does_not_import_is_told_in_one_line(tmp_path: Path, running_shop: MiniatureShop) -> None:
    target(running_shop, tmp_path)
    (tmp_path / "mine.py").write_text("import no_such_module\n", encoding="utf-8")
    done = duheng("load", "mine.py", "--for", "5", folder=tmp_path)
    assert done.returncode == 2, done.stdout + done.stderr
    assert "no_such_module" in done.stdout
    assert "it tells nothing: " in done.stdout
    assert "Traceback" not in done.stdout + done.stderr


def test_no_two_load_runs_at_once_though_each_is_within_the_ceiling(
    tmp_path: Path, running_shop: MiniatureShop
) -> None:
    target(running_shop, tmp_path)
    now = datetime.now(UTC)
    with (
        SqliteStore(tmp_path / "duheng.db", clock=SystemClock()) as store,
        turn(
            lambda: nullcontext(store), "load", "miniature", run_id="theirs", now=now, over_by=now + timedelta(hours=1)
        ),
    ):
        done = duheng("load", "smoke", folder=tmp_path)
    assert done.returncode == 64
    assert f"another load of miniature runs since {said(now)} (process {os.getpid()} on" in done.stderr
