"""How long a run of load may take: the sum that its turn and a night go by."""

from dataclasses import replace
from pathlib import Path

import pytest

from conformance.loading.beside import STARTING_S, STOPPING_S
from conformance.loading.cleaning import MOST_S, time_for
from conformance.loading.lasting import ORDERLY_S, STOCK_S, longest_s, preparing_s
from conformance.loading.planning import Asked, Drawn, Where, draw, foreseen
from probes.clock import SystemClock
from probes.shop.opening import adapter_of
from probes.target import Target
from probes.target_file import read_target
from probes.target_load import load_limits
from profiles.plan import Closed
from tests.miniatures.shop.miniature import ADAPTERS

HEAD = (
    '[platform]\nid = "x"\nname = "X"\nbase_url = "https://shop.example"\nauthorised = true\nenvironment = "staging"\n'
)
MUCH = "[load]\npeak_rate_per_s = 50\nmax_rate_per_s = 50\nmax_orders = 20000\n"
PAYING = '[payment]\nsandbox = true\nhosts = ["pay.example"]\n'
HOST = '[[hosts]]\nname = "web1"\naddress = "local"\nroles = ["web"]\n'


def target(folder: Path, further: str = MUCH) -> Target:
    path = folder / "duheng.toml"
    adapter = ADAPTERS / "miniature.toml"
    (folder / adapter.name).write_bytes(adapter.read_bytes())
    path.write_text(f'{HEAD}adapter = "miniature.toml"\n{further}', encoding="utf-8")
    return read_target(path)


def lasts(of: Target, drawn: Drawn) -> float:
    return longest_s(of, drawn.plan, accounts=drawn.accounts, orders=drawn.orders)


def test_every_phase_may_take_all_its_time(tmp_path: Path) -> None:
    own = target(tmp_path, MUCH + PAYING)
    drawn = foreseen("peak", own)
    assert drawn.orders > MOST_S
    phases = preparing_s(drawn.accounts) + drawn.plan.seconds + drawn.plan.drain_s + 3 * MOST_S + STOCK_S
    assert phases < lasts(own, drawn) < phases + ORDERLY_S


def test_what_is_not_asked_takes_no_time(tmp_path: Path) -> None:
    plain, paying, hosted = (target(tmp_path, MUCH + further) for further in ("", PAYING, HOST))
    drawn = foreseen("nightly", plain)
    assert lasts(paying, drawn) - lasts(plain, drawn) == time_for(drawn.orders)
    assert lasts(hosted, drawn) - lasts(plain, drawn) == STARTING_S + STOPPING_S
    assert lasts(plain, drawn) - lasts(plain, replace(drawn, orders=0)) == 2 * drawn.orders + STOCK_S
    assert lasts(plain, replace(drawn, orders=10**9)) == lasts(plain, replace(drawn, orders=drawn.plan.max_orders))


def test_a_locustfile_of_ones_own_prepares_nothing(tmp_path: Path) -> None:
    own = target(tmp_path)
    closed = Closed(locustfile="mine.py", users=1, users_per_s=1, seconds=30)
    plan = replace(foreseen("smoke", own).plan, stages=(), mix={}, closed=closed)
    assert longest_s(own, plan, accounts=0, orders=0) < preparing_s(0)


@pytest.mark.parametrize("profile", ["smoke", "nightly", "peak"])
def test_what_a_night_foresees_is_what_is_drawn(tmp_path: Path, profile: str) -> None:
    own = target(tmp_path)
    seen = foreseen(profile, own)
    where = Where(
        target=own,
        limits=load_limits(own),
        adapter=adapter_of(own),
        run_id="load-1",
        folder=tmp_path / "run",
        trails=tmp_path / "trails",
    )
    drawn = draw(Asked(name=profile), where, SystemClock().now())
    assert (seen.accounts, seen.plan.seconds, seen.plan.drain_s) == (
        drawn.accounts, drawn.plan.seconds, drawn.plan.drain_s,
    )  # fmt: skip
