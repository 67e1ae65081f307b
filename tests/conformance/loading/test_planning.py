"""From what was asked for to a plan: what it holds, and how many accounts and orders it needs."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from conformance.loading.cleaning import time_for
from conformance.loading.lasting import STOCK_S, after_s, longest_s
from conformance.loading.planning import MOST_ACCOUNTS, Asked, Drawn, Where, accounts_for, draw
from probes.errors import SettingsError
from probes.shop.adapter_file import load
from probes.target_file import read_target
from probes.target_load import load_limits
from profiles.arrivals import arrivals
from tests.miniatures.shop.miniature import ADAPTERS

NOW = datetime(2027, 1, 10, 12, tzinfo=UTC)
HEAD = '[platform]\nid = "x"\nname = "X"\nbase_url = "https://shop.example"\nauthorised = true\n'
STAGING = HEAD + 'environment = "staging"\n'
PRODUCTION = HEAD + 'environment = "production"\n'
MUCH = "[load]\npeak_rate_per_s = 10\nmax_rate_per_s = 10\nmax_orders = 1000\n"


def _where(folder: Path, text: str) -> Where:
    path = folder / "t.toml"
    path.write_text(text, encoding="utf-8")
    target = read_target(path)
    return Where(
        target=target,
        limits=load_limits(target),
        adapter=load("miniature.toml", beside=ADAPTERS),
        run_id="load-1",
        folder=folder / "run",
        trails=folder / "trails",
    )


def _window(ends: datetime) -> str:
    return f"[[windows]]\nstarts = 2027-01-10T19:00:00+08:00\nends = {ends.isoformat()}\npurpose = 'load'\n"


def _drawn(folder: Path, text: str, asked: Asked) -> Drawn:
    return draw(asked, _where(folder, text), NOW)


def test_the_plan_of_a_shipped_profile(tmp_path: Path) -> None:
    drawn = _drawn(tmp_path, STAGING + MUCH, Asked(name="peak", seed=5, workers=2))
    plan = drawn.plan
    assert (plan.profile, plan.workers, plan.seed, plan.peak_rate_per_s) == ("peak", 2, 5, 10)
    assert plan.held == ((120.0, 1920.0, 10.0),)
    assert (plan.max_orders, plan.accounts, plan.must_end_ms) == (1000, (), None)
    assert plan.target_toml == STAGING + MUCH
    assert Path(plan.record).parent == Path(str(plan.stop_file)).parent == tmp_path / "run"
    assert drawn.orders == sum(one.shopper == "order" for one in arrivals(plan))
    # 12 % of ten a second fill carts, for 8 steps of 3 s each; half as many more, and two.
    assert drawn.accounts == accounts_for(plan) == 2 + 44


def test_many_accounts_are_made_where_the_target_says_so_only(tmp_path: Path) -> None:
    text = STAGING + "[load]\npeak_rate_per_s = 1000\nmax_rate_per_s = 1000\nmax_orders = 100000\n"
    assert _drawn(tmp_path, text, Asked(name="peak", seed=5)).accounts == MOST_ACCOUNTS
    assert _drawn(tmp_path, text + "accounts = 900\n", Asked(name="peak", seed=5)).accounts == 900


def test_as_many_accounts_as_workers_at_least(tmp_path: Path) -> None:
    text = STAGING + "[load]\naccounts = 2\nmax_orders = 50\n"
    assert _drawn(tmp_path, text, Asked(name="smoke", workers=3)).accounts == 3


def test_a_shop_without_accounts_gets_guests(tmp_path: Path) -> None:
    profile = tmp_path / "guests.toml"
    profile.write_text("[[stages]]\nrate_per_s = 1\nseconds = 10\n[mix]\norder = 1.0\n", encoding="utf-8")
    where = _where(tmp_path, STAGING)
    assert where.adapter is not None
    known = {name: journey for name, journey in where.adapter.journeys.items() if name not in {"log_in", "register"}}
    adapter = replace(where.adapter, journeys=known)
    drawn = draw(Asked(name=str(profile)), replace(where, adapter=adapter), NOW)
    assert drawn.accounts == 0
    assert drawn.orders == len(list(arrivals(drawn.plan))) > 0
    with pytest.raises(SettingsError, match="describes no log_in"):
        draw(Asked(name="smoke"), replace(where, adapter=adapter), NOW)


def test_who_only_fills_carts_may_need_an_account_too(tmp_path: Path) -> None:
    profile = tmp_path / "carts.toml"
    profile.write_text("[[stages]]\nrate_per_s = 1\nseconds = 10\n[mix]\ncart = 0.5\nread = 0.5\n", encoding="utf-8")
    assert _drawn(tmp_path, STAGING, Asked(name=str(profile))).accounts > 0
    profile.write_text("[[stages]]\nrate_per_s = 1\nseconds = 10\n[mix]\nread = 1.0\n", encoding="utf-8")
    assert _drawn(tmp_path, STAGING, Asked(name=str(profile))).accounts == 0


def test_budgets_are_the_target_files_where_it_declares_them(tmp_path: Path) -> None:
    profile = tmp_path / "own.toml"
    text = "[[stages]]\nrate_per_s = 1\nseconds = 10\n[mix]\nbrowse = 1.0\n[budgets]\nerror_share = 0.2\n"
    profile.write_text(text + "latency_p99_s = 3\n", encoding="utf-8")
    of_profile = _drawn(tmp_path, STAGING, Asked(name=str(profile))).plan.budgets
    assert (of_profile.error_share, of_profile.latency_p99_s) == (0.2, 3)
    declared = STAGING + "[load]\nerror_share = 0.4\nlatency_p99_ms = 1500\n"
    of_target = _drawn(tmp_path, declared, Asked(name=str(profile))).plan.budgets
    assert (of_target.error_share, of_target.latency_p99_s) == (0.4, 1.5)


def test_in_production_nobody_comes_so_late_that_cleaning_up_would_outlive_the_window(tmp_path: Path) -> None:
    text = PRODUCTION + _window(datetime(2027, 1, 10, 16, 30, tzinfo=UTC))
    where = _where(tmp_path, text)
    drawn = draw(Asked(name="smoke", seed=5), where, NOW)
    after = after_s(where.target, drawn.plan, orders=drawn.orders)
    # Going home 30 + 15 + 10, reading back and cleaning for 2 orders at the most each, and the stock.
    assert after == 55 + 2 * time_for(drawn.orders) + STOCK_S
    ends = datetime(2027, 1, 10, 16, 30, tzinfo=UTC).timestamp()
    assert drawn.plan.must_end_ms == round(1000 * (ends - after))
    assert _drawn(tmp_path, STAGING + _window(NOW + timedelta(hours=1)), Asked(name="smoke")).plan.must_end_ms is None


@pytest.mark.parametrize("own", [False, True])
def test_in_production_a_window_holds_all_that_a_run_may_take(tmp_path: Path, own: bool) -> None:
    (tmp_path / "mine.py").write_text("", encoding="utf-8")
    asked = Asked(name=str(tmp_path / "mine.py"), seconds=1800) if own else Asked(name="smoke", seed=5)
    free = _where(tmp_path, STAGING)
    drawn = draw(asked, free, NOW)
    lasts_s = longest_s(free.target, drawn.plan, accounts=drawn.accounts, orders=drawn.orders)
    just = NOW + timedelta(seconds=lasts_s)
    plan = draw(asked, _where(tmp_path, PRODUCTION + _window(just)), NOW).plan
    assert plan.must_end_ms is not None
    assert NOW.timestamp() + plan.seconds < plan.must_end_ms / 1000 < just.timestamp()
    short = _where(tmp_path, PRODUCTION + _window(just - timedelta(seconds=1)))
    with pytest.raises(SettingsError, match=r"^\[\[windows\]\]: ") as told:
        draw(asked, short, NOW)
    assert f"may take up to {timedelta(seconds=lasts_s)} in all" in str(told.value)


def test_a_locustfile_of_ones_own_is_a_closed_model(tmp_path: Path) -> None:
    (tmp_path / "mine.py").write_text("", encoding="utf-8")
    asked = Asked(name=str(tmp_path / "mine.py"), users=7, users_per_s=2.0, seconds=30)
    drawn = _drawn(tmp_path, STAGING, asked)
    assert drawn.plan.closed is not None
    assert (drawn.plan.model, drawn.plan.profile, drawn.plan.seconds) == ("closed", "mine.py", 30)
    assert (drawn.plan.closed.users, drawn.plan.closed.users_per_s) == (7, 2.0)
    assert (drawn.accounts, drawn.orders, drawn.plan.max_orders) == (0, 0, 0)


def test_the_ceiling_of_the_rate_holds_for_a_locustfile_too(tmp_path: Path) -> None:
    (tmp_path / "mine.py").write_text("", encoding="utf-8")
    asked = Asked(name=str(tmp_path / "mine.py"), users=5000, users_per_s=500.0)
    with pytest.raises(SettingsError) as told:
        _drawn(tmp_path, STAGING + "[load]\nmax_rate_per_s = 5\n", asked)
    assert [fault.partition(":")[0] for fault in told.value.faults] == ["[load] max_rate_per_s"]


def test_all_that_stands_against_it_is_told_at_once(tmp_path: Path) -> None:
    with pytest.raises(SettingsError) as told:
        _drawn(tmp_path, STAGING + "[load]\nmax_rate_per_s = 0.5\nmax_orders = 1\n", Asked(name="smoke", seed=7))
    starts = [fault.partition(":")[0] for fault in told.value.faults]
    assert starts == ["[load] max_rate_per_s", "[load] max_orders"]
