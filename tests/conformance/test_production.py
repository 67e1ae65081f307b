"""In production the run reads and logs in as its own test accounts, and nothing more: counted at the server."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from conformance.doctoring.whole import lacks_of
from conformance.judges.table import JUDGEMENTS
from probes.order_budget import UP_TO
from probes.target_file import read_target
from reports.verdict import Undetermined
from tests.conformance.judges.machine_subjects import MACHINES
from tests.conformance.judges.standing_subjects import LONG_RUN
from tests.examining import Examined, examine
from tests.miniatures.shop.miniature import BUYERS, STAFF, MiniatureShop
from tests.miniatures.shop.state import Session


class Watched(MiniatureShop):
    """A miniature shop that notes each log-in and whether it came about, and what it holds."""

    def __init__(self) -> None:
        super().__init__()
        self.log_ins: list[tuple[str, bool]] = []
        real = self.state.log_in

        def log_in(session: Session, username: str, password: str) -> bool:
            right = real(session, username, password)
            self.log_ins.append((username, right))
            return right

        self.state.log_in = log_in  # type: ignore[method-assign]

    def holdings(self) -> dict[str, Any]:
        """Return all that a customer could have made or changed."""
        state = self.state
        return {
            "accounts": {account.username: dict(account.profile) for account in state.accounts.values()},
            "orders": {number: (order.status, order.quote) for number, order in state.orders.items()},
            "carts": {key: dict(cart) for key, cart in state.carts.items() if cart},
            "addresses": {key: dict(address.fields) for key, address in state.addresses.items()},
            "prices": dict(state.prices),
        }


def permission(examined: Examined) -> set[str]:
    return {
        name
        for name in JUDGEMENTS
        if isinstance(verdict := examined.findings[name].verdict, Undetermined) and verdict.cause == "permission"
    }


@pytest.mark.parametrize(
    ("environment", "authorised", "reason"),
    [
        ("production", False, "the target file does not say authorised = true"),
        ("production", True, "environment = production, and no declared window is open"),
        ("staging", False, "the target file does not say authorised = true"),
    ],
)
def test_without_leave_nothing_is_written(tmp_path: Path, environment: str, authorised: bool, reason: str) -> None:
    with Watched() as shop:
        before = shop.holdings()
        path = shop.target_toml(tmp_path, environment=environment, authorised=authorised, buyers=True)
        examined = examine(path, tmp_path / "out")
        after = shop.holdings()
        written = [(method, path) for method, path, _ in shop.request_log if method not in {"GET", "HEAD"}]

    assert after == before
    assert not [line for line in shop.provider_log if line[0] != "GET"]
    assert set(written) <= {("POST", "/login/"), ("POST", "/logout/")}
    own = {shop.username(role) for role in (*STAFF, *BUYERS)}
    assert shop.log_ins
    assert all(right and username in own for username, right in shop.log_ins)
    assert (tmp_path / "out" / "trails").is_dir()
    assert all(trail.read_bytes() == b"" for trail in (tmp_path / "out" / "trails").iterdir())

    # What needs more is undetermined for exactly that cause, and the doctor knew.
    assert not examined.told("violates"), examined.reasons()
    unpermitted = permission(examined)
    assert examined.told("undetermined") == unpermitted | set(LONG_RUN) | MACHINES, examined.reasons()
    assert reason in examined.findings["SBT-3.2.1-register"].verdict.reason.en
    lacks = lacks_of(read_target(path), datetime.now(UTC))
    (foreseen,) = [lack.checks for lack in lacks if lack.what.en == f"the run may only read: {reason}"]
    assert set(foreseen) - MACHINES == unpermitted - MACHINES  # without hosts, some lack settings first
    assert examined.exit == 2


def test_in_an_open_window_of_an_authorised_target_everything_is_looked_at(tmp_path: Path) -> None:
    now = datetime.now(UTC)
    window = (
        f"[[windows]]\nstarts = {(now - timedelta(hours=1)).isoformat()}\n"
        f'ends = {(now + timedelta(hours=1)).isoformat()}\npurpose = "test orders"\n'
    )
    with MiniatureShop() as shop:
        target = shop.target_toml(tmp_path, environment="production", at_random=True, browser=True, further=window)
        examined = examine(target, tmp_path / "out")
    # A hundred payments are left out (max_orders); what needs a paper too never conforms by machine alone.
    left = {"SBT-6-reliable", "SBT-6-safe", "SBT-3.1.3-non-repudiable"}
    assert examined.told("conforms") == set(JUDGEMENTS) - left - set(LONG_RUN) - MACHINES, examined.reasons()


def test_the_ceiling_of_orders_is_kept_and_foreign_ids_are_only_read(tmp_path: Path) -> None:
    with Watched() as shop:
        before = shop.holdings()
        examine(shop.target_toml(tmp_path, further="[ledger]\nurl = 'memory:'\n"), tmp_path / "out")
        after = shop.holdings()
    placed = len(after["orders"]) - len(before["orders"])
    assert 2 < placed < UP_TO["trade.at_random"]
    for number, kept in before["orders"].items():
        assert after["orders"][number] == kept
    for username, profile in before["accounts"].items():
        assert after["accounts"][username] == profile
    assert after["prices"] == before["prices"]
