"""Which requests of a journey are about what an input names, be it by another name."""

from typing import Any

import pytest

from probes.shop.leading import led_by
from tests.probes.shop.walking import adapter_of

TEXT = """
[journeys.cancel_order]
inputs = ["number"]
[[journeys.cancel_order.steps]]
stepId = "token"
path = "/token"
outputs.token = {json = "$.token"}
[[journeys.cancel_order.steps]]
stepId = "order"
path = "/orders"
query = {q = "{number}"}
outputs.id = {json = "$.id"}
outputs.proof = {json = "$.proof", secret = true}
[[journeys.cancel_order.steps]]
stepId = "basket"
path = "/basket"
json = {token = "{token}", proof = "{proof}"}
[[journeys.cancel_order.steps]]
stepId = "cancel"
when = "{id}"
path = "/cancel"
%s
"""


@pytest.mark.parametrize(
    ("body", "led"),
    [
        ('json = {order = ["{id}"]}', {"order", "cancel"}),
        ('fields = {order = "{id}"}', {"order", "cancel"}),
        ('graphql = {query = "mutation { cancel }", variables = {id = "{id}"}}', {"order", "cancel"}),
        ('json = {token = "{token}"}', {"order"}),
        ('headers = {x-order = "{id}"}', {"order"}),
    ],
)
def test_a_key_that_was_looked_up_names_it_and_a_token_does_not(body: str, led: set[str]) -> None:
    journey: Any = adapter_of(TEXT % body).journey("cancel_order")
    assert led_by(journey, "number") == led


def test_what_is_no_input_leads_nowhere() -> None:
    journey: Any = adapter_of(TEXT % "json = {a = 1}").journey("cancel_order")
    assert led_by(journey, "key") == frozenset()
