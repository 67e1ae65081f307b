"""Cleaning up: what a run made is taken away again, and nothing else."""

from probes.clock import Deadline
from probes.shop.clean import clean
from probes.shop.credentials import Login
from probes.shop.trail import Trail
from tests.probes.shop.scenery import ADDRESS, ANN, CLOCK, PASSWORD, PERSON, Backend, Scenery, journey, routes_of
from tests.probes.shop.server import serving
from tests.probes.shop.walking import adapter_of


def test_cleaning_up_takes_everything_away(scenery: Scenery, trail: Trail) -> None:
    backend, shop = scenery.backend, scenery.shop
    backend.owner_may_cancel = True
    ann = shop.session("buyer_a")
    ann.register(**ANN, password=PASSWORD)
    ann.log_in(username="ann@example.com", password=PASSWORD)
    ann.add_to_cart(url="/p/1", ref="1", quantity=1)
    ann.add_to_cart(url="/p/2", ref="2", quantity=1)
    ann.confirm_order()
    person = {name: getattr(PERSON, name) for name in ADDRESS}
    ann.add_address(**person)
    ann.change_profile(first_name="An", last_name="Li", email="an@example.com")
    operator = shop.session("operator")
    operator.log_in(username="ops", password=PASSWORD)
    operator.set_price(url="/p/1", price="1.00")
    assert backend.price == "1.00"
    cleaned = clean(shop, trail, deadline=Deadline.after(CLOCK, 30))
    assert (backend.cart, backend.addresses, backend.cancelled, backend.price) == ([], [], ["1000"], "9.90")
    assert backend.accounts == {"ops": PASSWORD}
    assert [(left.entry.kind, left.why) for left in cleaned.left] == [
        ("profile", "nothing takes a change of profile back"),
    ]
    assert [entry.kind for entry in trail.standing()] == ["profile"]


def test_cleaning_up_asks_the_operator_and_tells_what_stays(scenery: Scenery, trail: Trail) -> None:
    backend, shop = scenery.backend, scenery.shop
    ann = shop.session("buyer_a")
    ann.register(**ANN, password=PASSWORD)
    ann.log_in(username="ann@example.com", password=PASSWORD)
    ann.confirm_order()
    cleaned = clean(shop, trail, deadline=Deadline.after(CLOCK, 30))
    assert [(left.entry.kind, left.why) for left in cleaned.left] == [("order", "step go: denied by 403")]
    shop.session("operator").log_in(username="ops", password=PASSWORD)
    shop.session("buyer_a").register(**ANN, password=PASSWORD)
    again = clean(shop, trail, deadline=Deadline.after(CLOCK, 30))
    assert backend.cancelled == ["1000"]
    assert again.left == ()


def test_only_the_account_of_the_run_is_deleted(scenery: Scenery, trail: Trail) -> None:
    """A declared account of the same role logs in as well, and must stay."""
    backend, shop = scenery.backend, scenery.shop
    backend.accounts["declared@example.com"] = PASSWORD
    shop.session("buyer_a").log_in(username="declared@example.com", password=PASSWORD)
    shop.session("buyer_a").register(**ANN, password=PASSWORD)
    backend.accounts["ann@example.com"] = "changed by somebody"
    cleaned = clean(shop, trail, deadline=Deadline.after(CLOCK, 30))
    assert [left.why for left in cleaned.left] == ["no login of ann@example.com works any more"]
    assert "declared@example.com" in backend.accounts


def test_what_cannot_be_cleaned_is_told_with_its_reason(scenery: Scenery, trail: Trail) -> None:
    backend, shop = scenery.backend, scenery.shop
    ann = shop.session("buyer_a")
    ann.register(**ANN, password=PASSWORD)
    ann.log_in(username="ann@example.com", password=PASSWORD)
    backend.half_done = True
    ann.confirm_order()
    ann.add_to_cart(url="/p/1", ref="1", quantity=1)
    trail.append(who="operator", kind="price", id="/p/1")
    trail.append(who="nobody", kind="cart", id="1")
    cleaned = clean(shop, trail, deadline=Deadline.after(CLOCK, 30))
    assert [(left.entry.kind, left.why) for left in cleaned.left] == [
        ("cart", "no login of nobody works any more"),
        ("price", "the price before it is not known"),
        ("cart", "step empty_cart: 1 lines are left after one was removed of 1"),
        ("order", "the shop gave it no number"),
    ]
    assert cleaned.gone == 1
    assert [entry.kind for entry in trail.standing()] == ["order", "cart", "price", "cart"]


def test_a_shop_that_is_away_leaves_everything_with_that_reason(scenery: Scenery, trail: Trail) -> None:
    trail.append(who="buyer_a", kind="account", id="ann@example.com")
    scenery.shop._learn("buyer_a", Login(username="ann@example.com", password=PASSWORD))
    cleaned = clean(scenery.shop, trail, deadline=Deadline.after(CLOCK, 0))
    (left,) = cleaned.left
    assert left.why.startswith("deadline passed while waiting for")


def test_without_journeys_nothing_is_cleaned(backend: Backend, trail: Trail) -> None:
    adapter = adapter_of(journey("home", "/login"))
    with serving(routes_of(backend)) as server:
        scenery = Scenery(server.url, backend, trail, adapter=adapter)
        for kind in ("account", "address", "cart", "order", "price", "robot"):
            trail.append(who="buyer_a", kind=kind, id="x", facts={"was": "1.00"})
        cleaned = clean(scenery.shop, trail, deadline=Deadline.after(CLOCK, 30))
        assert server.asked == []
    assert [left.why for left in cleaned.left] == [
        "nothing takes a change of robot back",
        "the adapter describes no set_price journey",
        "the adapter describes no cancel_order journey",
        "the adapter describes no empty_cart journey",
        "the adapter describes no delete_address journey",
        "the adapter describes no delete_account journey",
    ]
