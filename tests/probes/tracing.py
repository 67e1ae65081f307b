"""Traces in the miniature shop, by the simplest look: the operator's pages after one deed."""

import json
from collections.abc import Callable, Mapping
from typing import Any

from probes.shop.journey import Journey, Step


def _page(scene: Any, path: str) -> str:
    journey = Journey(verb="visit", steps=(Step(step_id="visit", path=path),))
    return str(scene.who("operator").walk(journey).exchanges[-1].body)


def _record(scene: Any, role: str) -> dict[str, Any]:
    found: dict[str, Any] = scene.who("operator").done("operator_read_order", number=scene.number(role))
    return found


def _entries(scene: Any) -> list[dict[str, str]]:
    found: list[dict[str, str]] = scene.who("operator").done("operator_read_audit")["entries"]
    return found


def _priced(scene: Any) -> dict[str, str]:
    scene.who("operator").done("set_price", url="/goods/6/", price="361.00")
    return _entries(scene)[0]


def _entitled(scene: Any) -> bool:
    scene.who("operator").done("operator_set_rights", username=scene.shop.username("buyer_b"))
    return any("Rights of" in entry["what"] for entry in _entries(scene))


def _cancelled(scene: Any) -> str:
    number = scene.ordered()["number"]
    scene.who("buyer_a").came("cancel_order", number=number)
    return next((entry["who"] for entry in _entries(scene) if number in entry["what"]), "")


def _log(scene: Any) -> list[dict[str, Any]]:
    return [json.loads(line) for line in _page(scene, "/operator/audit/log/").splitlines()]


def _logged(scene: Any) -> list[dict[str, Any]]:
    number = scene.ordered()["number"]
    return [line for line in _log(scene) if line.get("order") == number]


SHOWS: Mapping[str, Callable[[Any], bool]] = {
    "order-record-without-account": lambda s: _record(s, "buyer_a")["account"] == "",
    "order-record-names-another": lambda s: "buyer_a@" in _record(s, "buyer_b")["account"],
    "order-record-without-time": lambda s: _record(s, "buyer_a")["placed_at"] == "",
    "log-line-altered": lambda s: any(line["total_fen"] == 1 for line in _logged(s)),
    "order-missing-in-log": lambda s: not _logged(s),
    "log-rewritten-with-new-hashes": lambda s: _log(s)[0] != _log(s)[0],
    "rights-change-untraced": lambda s: not _entitled(s),
    "price-trace-lacks-old-value": lambda s: _priced(s)["old"] == "",
    "cancellation-traced-to-system": lambda s: _cancelled(s) == "system",
    "operator-log-in-untraced": lambda s: not any("Log in" in entry["what"] for entry in _entries(s)),
}
