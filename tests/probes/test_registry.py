"""The registry: every row is a probe that can be planned, and says what it disturbs."""

from pathlib import Path

import pytest

from probes.registry import PROBES
from probes.target_file import read_target
from tests.conformance.looks import target
from tests.miniatures.shop.miniature import MiniatureShop


@pytest.mark.parametrize("name", sorted(PROBES))
def test_each_probe_has_a_version_a_deadline_and_subjects(
    name: str, running_shop: MiniatureShop, tmp_path: Path
) -> None:
    probe = PROBES[name]
    assert probe.version.isdecimal()
    assert 0 < probe.deadline_s <= 600
    subjects = probe.subjects(read_target(running_shop.target_toml(tmp_path)))
    assert subjects
    assert len(set(subjects)) == len(subjects)


@pytest.mark.parametrize("name", sorted(name for name in PROBES if name.startswith(("shop.", "access.", "privacy."))))
def test_without_an_adapter_the_shop_has_no_subjects(name: str, tmp_path: Path) -> None:
    assert PROBES[name].subjects(target(tmp_path)) == ()


def test_those_that_log_in_as_one_account_are_kept_apart() -> None:
    # A shop may throttle by address, and the matrix is everybody: nobody else logs in beside these.
    alone = {"auth.brute_force", "access.matrix", "access.matrix_writes"}

    def users(account: str) -> set[str]:
        found = {name for name, probe in PROBES.items() if f"account:{account}" in probe.exclusive}
        assert found >= alone
        return found - alone

    ordering = {"shop.order", "access.outsiders", "access.peers", "access.shared_order"}
    assert users("buyer_a") == ordering | {"shop.identity", "auth.cookies"}
    assert users("buyer_b") == {
        "shop.identity",
        "shop.wrong_credentials",
        "shop.cart",
        "shop.tampering",
        "access.peers",
        "access.operator_pages",
    }
    tracing = {"audit.records", "audit.operations", "audit.log"}
    trading = {"trade.forgery", "trade.fields", "trade.race", "trade.at_random"}
    paying = {"payment.notices", "payment.refund"}
    stocking = {"interface.stock"}  # no operator, but the stock that trade.race sets as one
    assert users("operator") == {"shop.order", "access.operator_pages"} | tracing | trading | paying | stocking
    assert users("seller_b") == {"shop.order", "access.peers", "access.shared_order", "access.operator_pages"}
