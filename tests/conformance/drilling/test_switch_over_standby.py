"""A switch-over of real databases: the primary is killed, a streaming standby takes over, and no order is lost."""

import contextlib
from pathlib import Path

import pytest

from reports.verdict import Conforms
from tests.conformance.drilling.disasters import drill
from tests.miniatures.postgres_pair import pair
from tests.miniatures.shop.kept_orders import KeptOrders, PostgresOrders
from tests.miniatures.shop.miniature import MiniatureShop

pytestmark = pytest.mark.integration


def test_a_standby_that_is_waited_for_has_every_acknowledged_order(tmp_path: Path) -> None:
    with pair() as both, contextlib.closing(PostgresOrders(both.place)) as kept:
        shop = MiniatureShop()
        shop.state.orders = KeptOrders(kept)  # type: ignore[assignment]
        entry = {
            "pidfile": str(both.primary.pidfile),
            "start": both.primary.start_command,
            "recover": both.promote,
            "promoted": both.promoted,
            "data_system": both.promoted,
        }
        with shop:
            came = drill(shop, tmp_path, "switch-over", entry)
    assert came.status == 0, came.said
    assert "held: the disaster site has taken over" in came.said
    orders = came.told["orders"]
    assert orders["acknowledged"] == orders["found"] > came.told["journeys"]["before"]["tried"]
    assert (orders["lost"], orders["degree_percent"]) == ([], 100)
    assert came.told["journeys"]["during"]["failed"] > 0
    for check in ("SBT-3.1.1.4-dr-data", "SBT-3.1.1.4.1-severe", "SBT-3.1.1.4.2-severe"):
        assert isinstance(came.verdicts[check].verdict, Conforms), came.verdicts[check]
