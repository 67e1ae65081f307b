"""Journeys made shorter: what may be left out, and that nothing of what is left out comes back."""

from typing import Any

from hypothesis import given

from probes.trade.shorten import Step, journey_of, merged, orders_in, shorter, sliced
from tests.probes.trade.model import ACTS, history


def step(did: str, who: str = "ann", **further: Any) -> Step:
    return Step(who=who, did=did, **further)


LONG = (
    step("browse", article=0),
    step("add", article=0, quantity=1),
    step("add", "bob", article=1, quantity=2),
    step("change", article=0, quantity=4),
    step("add", article=1, quantity=1),
    step("remove", article=1),
    step("check out"),
    step("confirm", order=7),
    step("add", article=1, quantity=1),
    step("cancel", order=7),
)


def test_what_is_put_in_step_by_step_is_put_in_at_once() -> None:
    assert merged(LONG) == (
        step("browse", article=0),
        step("add", article=0, quantity=4),
        step("check out"),
        step("confirm", order=7),
        step("cancel", order=7),
        step("add", article=1, quantity=1),
        step("add", "bob", article=1, quantity=2),
    )


def test_looks_and_carts_that_are_not_bought_are_left_out() -> None:
    assert sliced(merged(LONG)) == (
        step("add", article=0, quantity=4),
        step("check out"),
        step("confirm", order=7),
        step("cancel", order=7),
    )
    assert next(shorter(LONG)) == sliced(merged(LONG))


def test_an_order_is_left_out_with_all_that_led_to_it_and_all_that_is_about_it() -> None:
    second = (step("add", "bob", article=0, quantity=1), step("check out", "bob"), step("confirm", "bob", order=9))
    assert second in set(shorter((*sliced(merged(LONG)), *second)))


def test_a_history_is_read_as_steps() -> None:
    records = history([("ann", "add", "Tea", 2), ("ann", "confirm", "Tea", 1), ("ann", "cancel", "Tea", 1)])
    steps = journey_of(records, ["Cup", "Tea"])
    assert [(each.did, each.article, each.quantity) for each in steps] == [
        ("add", 1, 2), ("confirm", None, None), ("cancel", None, None)
    ]  # fmt: skip
    assert steps[1].order == steps[2].order


@given(acts=ACTS)
def test_every_candidate_is_shorter_and_names_only_orders_that_it_places(acts: list[Any]) -> None:
    journey = journey_of(history(acts), ["Cup", "Tea"])
    for candidate in shorter(journey):
        assert 0 < len(candidate) < len(journey)
        assert orders_in(candidate) <= orders_in(journey)
        placed = {each.order for each in candidate if each.did == "confirm"}
        assert {each.order for each in candidate if each.did == "cancel"} <= placed
