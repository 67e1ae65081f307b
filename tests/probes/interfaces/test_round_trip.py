"""The looks at the platform interfaces, played on the miniature shop: what they record, send, and never show."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from probes.errors import CAUSES
from probes.interfaces.facts import facts_of, other_digits
from probes.interfaces.kinds import KINDS
from probes.interfaces.leak import alike
from probes.observation import Observation, Unobserved
from probes.registry import PROBES
from tests.conformance.looks import target
from tests.miniatures.bad_servers import always, answer, serving
from tests.miniatures.shop.miniature import MiniatureShop
from tests.probes.looking import looking
from tests.probes.playing import Play

BEFORE = ("shop.register", "shop.catalogue", "shop.order")
OFFICE = "/api/office/openapi.json"


def seen(play: Play, kind: str) -> Mapping[str, Any]:
    return play.see(f"interface.{kind}", kind)


def unseen(play: Play, kind: str, subject: str) -> Unobserved:
    reading = play.read(kind, subject)
    assert isinstance(reading, Unobserved), reading
    assert reading.cause in CAUSES
    return reading


def rewritten(play: Play, old: str, new: str, folder: Path) -> None:
    """Read the target file of a play again, with something changed in it."""
    from probes.target_file import read_target

    path = folder / "duheng.toml"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")
    play.target = read_target(path)


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Any:
    folder = tmp_path_factory.mktemp("played")
    with MiniatureShop() as shop, Play(shop, folder) as play:
        play.prepare(*BEFORE, "interface.description")
        data = {kind: seen(play, kind) for kind in KINDS}
        yield shop, play, data, folder


def test_the_description_names_every_declared_operation(played: Any) -> None:
    _, play, _, _ = played
    data = play.see("interface.description", "api")
    assert (data["style"], data["version"], data["unread"], data["servers_elsewhere"]) == ("openapi", "3.0.3", [], [])
    assert all(each["found"] for kind in data["kinds"].values() for each in kind["declared"])
    assert {kind for kind, found in data["kinds"].items() if len(found["declared"]) == 2} == {
        "stock", "logistics", "e-bank", "crm"
    }  # fmt: skip


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_each_round_trip_came_about_on_the_documented_operations(played: Any, kind: str) -> None:
    _, _, data, _ = played
    (one,) = data[kind]["rounds"]
    assert one["after"]["outcome"] == "done"
    assert (one["act"] is not None) == KINDS[kind].acts
    roles = {"read", "act"} if KINDS[kind].acts else {"read"}
    assert {call["role"] for call in data[kind]["calls"]} == roles
    assert {call["fit"] for call in data[kind]["calls"]} == {"fits"}
    refusals = data[kind]["refusals"]
    assert {(each["who"], each["verb"]) for each in refusals} == {
        (who, role) for who in ("nobody", "stranger") for role in roles
    }
    assert {(each["who"], each["status"]) for each in refusals} == {("nobody", 401), ("stranger", 403)}
    assert not any(each["carries"] or each["made"] for each in refusals)
    assert data[kind]["again"]["outcome"] == "done"


def test_the_effects_are_those_of_the_shop(played: Any) -> None:
    shop, _, data, _ = played
    one = data["stock"]["rounds"][0]
    assert one["after"]["outputs"]["state"] - one["before"]["outputs"]["state"] == 1
    assert shop.state.office.receipts == 1
    assert len(shop.state.office.waybills) == len(shop.state.office.payments) == 1
    assert list(shop.state.office.remarks.values()) == [data["crm"]["rounds"][0]["mark"]]


def test_no_key_is_in_what_was_recorded(played: Any) -> None:
    shop, play, data, _ = played
    play.see("interface.description", "api")
    assert shop.state.office.key not in json.dumps(data)
    assert play.redactor.text(f"X-Api-Key: {shop.state.office.key}") == "X-Api-Key: [redacted]"


@pytest.mark.parametrize("defect", ["interface-sales-payment-behind-401", "interface-accounting-open"])
def test_data_in_a_refusal_is_seen_whatever_the_status(defect: str, tmp_path: Path) -> None:
    kind = "sales-payment" if "sales" in defect else "accounting"
    with MiniatureShop.with_defect(defect) as shop, Play(shop, tmp_path) as play:
        play.prepare(*BEFORE, "interface.description")
        assert [each["carries"] for each in seen(play, kind)["refusals"]] == [True, True]


def test_an_operation_that_is_not_described_and_one_that_is_not_named(tmp_path: Path) -> None:
    with MiniatureShop() as shop, Play(shop, tmp_path) as play:
        play.prepare(*BEFORE)
        rewritten(play, 'read = "readStock"', 'read = "readStocks"', tmp_path)
        rewritten(play, '[interfaces.crm]\nread = "readCustomer"\nact = "updateCustomer"\n', "", tmp_path)
        data = play.see("interface.description", "api")
        assert [each["found"] for each in data["kinds"]["stock"]["declared"]] == [False, True]
        assert data["kinds"]["crm"]["declared"] == []
        assert "GET /customers/{username}" in data["kinds"]["crm"]["candidates"]
        for kind, told in (("stock", "does not have"), ("crm", "names no operation for it")):
            reading = unseen(play, f"interface.{kind}", kind)
            assert (reading.cause, told in reading.detail) == ("settings", True)


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('key_file = "office.key"', "", "names neither key_env nor key_file"),
        ('key_file = "office.key"', 'key_env = "DUHENG_NOT_SET"', "DUHENG_NOT_SET is not set"),
        ('key_file = "office.key"', 'key_file = "none.key"', "cannot read"),
    ],
)
def test_without_the_key_the_description_is_read_and_nothing_is_called(
    old: str, new: str, told: str, tmp_path: Path
) -> None:
    with MiniatureShop() as shop, Play(shop, tmp_path) as play:
        play.prepare(*BEFORE)
        rewritten(play, old, new, tmp_path)
        play.prepare("interface.description")
        reading = unseen(play, "interface.stock", "stock")
    assert (reading.cause, told in reading.detail) == ("settings", True)
    assert not [path for _, path, _ in shop.request_log if path.startswith("/api/office/stock")]


def test_a_wrong_key_of_ours_is_no_fault_of_the_platform(tmp_path: Path) -> None:
    with MiniatureShop() as shop, Play(shop, tmp_path) as play:
        play.prepare(*BEFORE, "interface.description")
        (tmp_path / "office.key").write_text("another-key", encoding="utf-8")
        data = seen(play, "stock")
    assert data["rounds"][0]["before"]["status"] == 403
    assert data["refusals"] == []


def test_servers_elsewhere_are_told_and_not_called(tmp_path: Path) -> None:
    described = {
        "openapi": "3.0.3",
        "servers": [{"url": "https://api.elsewhere.example/v1"}],
        "paths": {
            "/stock/{sku}": {"get": {"operationId": "readStock"}},
            "/r": {"post": {"operationId": "postReceipt"}},
        },
    }
    (tmp_path / "api.json").write_text(json.dumps(described), encoding="utf-8")
    with MiniatureShop() as shop, Play(shop, tmp_path) as play:
        play.prepare(*BEFORE)
        rewritten(play, f'description = "{OFFICE}"', 'description = "api.json"', tmp_path)
        data = play.see("interface.description", "api")
        assert data["servers_elsewhere"] == ["https://api.elsewhere.example/v1"]
        reading = unseen(play, "interface.stock", "stock")
    assert (reading.cause, "are not listed" in reading.detail) == ("settings", True)


def test_without_a_description_or_away_or_in_production(tmp_path: Path) -> None:
    with MiniatureShop() as shop, Play(shop, tmp_path) as play:
        play.prepare(*BEFORE, "interface.description")
        asked = len(shop.request_log)
        rewritten(play, 'environment = "disposable"', 'environment = "production"', tmp_path)
        assert isinstance(play.read("interface.description", "api"), Observation)
        assert {play.read(f"interface.{kind}", kind).cause for kind in KINDS} == {"permission"}  # type: ignore[union-attr]
        assert [method for method, _, _ in shop.request_log[asked:]] == ["GET"]
        rewritten(play, f'description = "{OFFICE}"', "", tmp_path)
        assert unseen(play, "interface.description", "api").cause == "settings"
        rewritten(play, "[api]", f'[api]\ndescription = "{OFFICE}"', tmp_path)
    assert unseen(play, "interface.description", "api").cause == "target"


def test_what_stands_on_a_description_that_did_not_come_tells_its_cause(tmp_path: Path) -> None:
    with MiniatureShop() as shop, Play(shop, tmp_path) as play:
        rewritten(play, f'description = "{OFFICE}"', 'description = "/none.json"', tmp_path)
        reading = unseen(play, "interface.description", "api")
        assert (reading.cause, "answers 404" in reading.detail) == ("document", True)
        assert unseen(play, "interface.stock", "stock").cause == "document"


BOMB = "\n".join(["a0: &a0 [x, x, x, x]", *(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 12))])
BAD: Mapping[str, tuple[bytes, str]] = {
    "missing": (answer(b"none", status="404 Not Found"), "answers 404"),
    "page": (answer(b"<!doctype html><title>Log in</title>"), "a web page came"),
    "empty": (answer(b""), "is empty"),
    "garbage": (answer(b"\xff\xfe\x00{", "Content-Type: application/json"), "desc"),
    "huge": (
        answer(b'{"openapi": "3.0.0", "x": "' + b"x" * 70_000 + b'"}', "Content-Type: application/json"),
        "longer",
    ),
    "bomb": (answer(BOMB.encode(), "Content-Type: application/yaml"), "more than"),
    "other": (answer(b'{"hello": 1}', "Content-Type: application/json"), "no OpenAPI description"),
}


@pytest.mark.parametrize("bad", sorted(BAD))
def test_what_is_served_instead_is_told_with_its_cause(bad: str, tmp_path: Path) -> None:
    raw, why = BAD[bad]
    with MiniatureShop() as shop, Play(shop, tmp_path) as play, serving(always(raw, close=True)) as server:
        rewritten(play, f'description = "{OFFICE}"', f'description = "{server.url}api.json"', tmp_path)
        host = server.url.removeprefix("http://").rstrip("/")
        rewritten(play, "[tls]", f'hosts = ["{host}"]\n[tls]', tmp_path)
        rewritten(play, "[limits]", "[limits]\nbody_bytes = 50000", tmp_path)
        reading = unseen(play, "interface.description", "api")
    assert (reading.cause, why in reading.detail) == ("document", True), reading


def test_a_graphql_endpoint_is_asked_for_its_schema_and_a_file_is_read(tmp_path: Path) -> None:
    types = [{"name": "Query", "fields": [{"name": "readStock"}]}]
    schema = {"data": {"__schema": {"queryType": {"name": "Query"}, "types": types}}}
    raw = answer(json.dumps(schema).encode(), "Content-Type: application/json")
    with MiniatureShop() as shop, Play(shop, tmp_path) as play, serving(always(raw, close=True)) as server:
        described = f'description = "{server.url}graphql"\nstyle = "graphql"'
        rewritten(play, f'description = "{OFFICE}"', described, tmp_path)
        rewritten(play, "[tls]", f'hosts = ["{server.url.removeprefix("http://").rstrip("/")}"]\n[tls]', tmp_path)
        asked = play.see("interface.description", "api")
        (tmp_path / "schema.graphql").write_text("type Query { readStock(sku: ID!): Int }", encoding="utf-8")
        rewritten(play, described, 'description = "schema.graphql"', tmp_path)
        read = play.see("interface.description", "api")
    for data in (asked, read):
        assert (data["style"], data["operations"]) == ("graphql", 1)
        assert [each["found"] for each in data["kinds"]["stock"]["declared"]] == [True, False]


def test_a_description_on_a_host_that_is_not_listed_is_not_asked_for(tmp_path: Path) -> None:
    with MiniatureShop() as shop, Play(shop, tmp_path) as play:
        rewritten(play, f'description = "{OFFICE}"', 'description = "https://elsewhere.example/api.json"', tmp_path)
        assert unseen(play, "interface.description", "api").cause == "permission"


# ---- pure


@pytest.mark.parametrize(
    ("authorised", "other", "same"),
    [
        ({"order": "1", "total": "2"}, {"order": "1", "total": "2"}, True),
        ({"order": "1", "total": "2", "net": "3"}, {"error": "no key", "order": "1"}, False),
        ({"order": "1"}, {"error": "no key"}, False),
        ([1, 2], [3], True),
        ([1, 2], [], False),
        (True, False, True),
        (3, {"error": 1}, False),
        (3, None, False),
        (None, 3, False),
    ],
)
def test_answers_of_one_form(authorised: Any, other: Any, same: bool) -> None:
    assert alike(authorised, other) is same


@pytest.mark.parametrize(
    ("text", "other"),
    [("100001", "109999"), ("9999", "0000"), ("+86 138", "+89 999"), ("A-1", "A-9"), ("none", "none9")],
)
def test_another_number_of_the_same_form(text: str, other: str) -> None:
    assert other_digits(text) == other
    assert other_digits(text) != text


class At:
    """A clock that stands."""

    offset_s = None

    def __init__(self, hour: int, minute: int) -> None:
        self._now = datetime(2026, 11, 21, hour, minute, tzinfo=UTC)

    def now(self) -> datetime:
        return self._now

    def monotonic_s(self) -> float:
        return 0.0


def test_a_day_that_has_just_begun_is_tried_with_the_day_before(tmp_path: Path) -> None:
    given = target(tmp_path)
    midnight = facts_of(looking(given, "analytics", clock=At(16, 5)), KINDS["analytics"])
    assert (midnight.inputs, midnight.otherwise) == ({"day": "2026-11-22"}, {"day": "2026-11-21"})
    later = facts_of(looking(given, "analytics", clock=At(16, 25)), KINDS["analytics"])
    assert (later.inputs, later.otherwise) == ({"day": "2026-11-22"}, None)
    earlier = facts_of(looking(given, "analytics", clock=At(15, 59)), KINDS["analytics"])
    assert (earlier.inputs, earlier.otherwise) == ({"day": "2026-11-21"}, None)


def test_every_kind_has_its_probe() -> None:
    assert {f"interface.{kind}" for kind in KINDS} | {"interface.description"} == {
        name for name in PROBES if name.startswith("interface.")
    }
