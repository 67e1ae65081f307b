"""What the miniature shop's pages hold for third parties, by the simplest look: the markup that a buyer is sent."""

import hashlib
from collections.abc import Callable, Mapping
from typing import Any

from probes.shop.journey import Journey, Step
from tests.miniatures.shop.trackers import ADVERTS, ANALYTICS, CHAT, FONTS


def _page(scene: Any, path: str) -> str:
    journey = Journey(verb="visit", steps=(Step(step_id="visit", path=path),))
    return str(scene.who("buyer_a").walk(journey).exchanges[-1].body)


def _preview(scene: Any, address: Mapping[str, str]) -> str:
    buyer = scene.who("buyer_a")
    buyer.done("add_to_cart", url="/goods/1/", ref="1", quantity=1)
    return str(buyer.do("check_out", **address).exchanges[-1].body)


def _done(scene: Any) -> str:
    return _page(scene, f"/checkout/done/{scene.number('buyer_a')}/")


def _digest(scene: Any) -> str:
    return hashlib.md5(scene.number("buyer_a").encode(), usedforsecurity=False).hexdigest()


def shows(address: Mapping[str, str]) -> Mapping[str, Callable[[Any], bool]]:
    """Return the look for each defect; ``address`` is where a buyer has things sent."""
    return {
        "email-in-analytics-pixel": lambda s: f"{ANALYTICS}/p.gif" in _page(s, "/account/"),
        "email-hashed-to-analytics": lambda s: f"{ANALYTICS}/collect" in _page(s, "/account/"),
        "phone-in-beacon": lambda s: f"{CHAT}/lead" in _page(s, "/checkout/"),
        "address-posted-to-third-party": lambda s: f"{ADVERTS}/labels" in _preview(s, address),
        "name-sent-on-leaving": lambda s: f"{CHAT}/bye" in _page(s, "/account/"),
        "order-in-advert-pixel": lambda s: f"{ADVERTS}/conv?oid={s.number('buyer_a')}" in _done(s),
        "order-link-in-referer": lambda s: "unsafe-url" in _done(s) and FONTS in _done(s),
        "amount-over-websocket": lambda s: "wss://adverts.example/live" in _done(s),
        "order-hashed-in-css": lambda s: _digest(s) in _done(s),
    }
