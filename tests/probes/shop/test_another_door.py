"""Shops that let their staff in by another door, and shops that write money in minor units."""

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from probes.shop.money import in_minor_units, read_money
from probes.shop.outcome import Denied, Done
from probes.shop.trail import Trail
from tests.probes.shop.scenery import PASSWORD, SHOP, Backend, Scenery, journey, routes_of
from tests.probes.shop.server import Asked, Route, Said, data, serving
from tests.probes.shop.walking import HEAD, adapter_of

STAFF_DOOR = journey("log_in", "/staff/login", ("username", "password")).replace("journeys.", "as.operator.")
MINOR = HEAD.replace('currency = "GBP"', 'currency = "CNY"\nmoney = "minor"')


class Doors(Backend):
    """A shop with a door for its staff: nobody else is let in there, and staff nowhere else."""

    def login(self, asked: Asked) -> Said:
        return data({}, status=403) if asked.json["username"] == "ops" else super().login(asked)

    def staff_login(self, asked: Asked) -> Said:
        return super().login(asked) if asked.json["username"] == "ops" else data({}, status=403)

    def set_price(self, asked: Asked) -> Said:
        self.units: Any = asked.json["price"]
        return data({"ok": 1})


@pytest.fixture
def doors() -> Iterator[Scenery]:
    backend = Doors()
    routes: dict[str, Route] = routes_of(backend) | {"POST /staff/login": backend.staff_login}
    with serving(routes) as server:
        scenery = Scenery(server.url, backend, adapter=adapter_of(SHOP + STAFF_DOOR, MINOR))
        yield scenery
        scenery.close()


@pytest.mark.parametrize(
    ("who", "let_in"), [("operator", Done), ("buyer_a", Denied), ("visitor", Denied), ("seller_a", Denied)]
)
def test_each_role_goes_in_by_its_own_door(doors: Scenery, who: str, let_in: type[Any]) -> None:
    assert isinstance(doors.shop.session(who).log_in(username="ops", password=PASSWORD), let_in)


def test_what_a_role_has_no_way_of_its_own_for_it_does_like_everybody(doors: Scenery) -> None:
    operator = doors.shop.session("operator")
    assert isinstance(operator.read_product(url="/p/1"), Done)
    assert operator.can("read_product")


def test_a_way_of_one_role_alone_is_no_way_for_others() -> None:
    staff = journey("home", "/staff").replace("journeys.", "as.operator.")
    adapter = adapter_of(SHOP + staff, MINOR)
    assert adapter.describes("home")
    assert adapter.journey("home", "operator") is not None
    assert adapter.journey("home", "buyer_a") is None


def test_a_price_is_set_in_the_shop_s_own_units_and_noted_as_money(trail: Trail) -> None:
    backend = Doors()
    with serving(routes_of(backend)) as server:
        scenery = Scenery(server.url, backend, trail, adapter=adapter_of(SHOP, MINOR))
        assert isinstance(scenery.shop.session("operator").set_price(url="/p/1", price="90.50"), Done)
        scenery.close()
    assert backend.units == 9050
    assert trail.entries()[0].facts["price"] == "90.50"


@given(st.integers(min_value=-(10**12), max_value=10**12), st.sampled_from(["CNY", "JPY", "KWD", None]))
def test_minor_units_there_and_back(units: int, currency: str | None) -> None:
    amount = read_money(units, style="minor", currency=currency)["amount"]
    assert amount is not None
    assert in_minor_units(amount, currency) == units


@pytest.mark.parametrize(("amount", "why"), [("1.234", "finer than its minor unit"), ("dear", "is no amount")])
def test_what_is_no_count_of_minor_units_is_our_bug(amount: str, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        in_minor_units(amount, "CNY")
