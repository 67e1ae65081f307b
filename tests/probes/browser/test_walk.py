"""The walk through the miniature shop: the whole way, nothing told that is secret, and why it does not come about."""

import json
from pathlib import Path
from typing import Any

import pytest

from probes.browser.walk import PERSON, exempt_of
from probes.cast import invented
from probes.observation import Observation, Unobserved
from probes.registry import PROBES
from probes.runner import run_probe
from tests.miniatures.shop.miniature import MiniatureShop
from tests.probes.browser.foreign import Site, target_of
from tests.probes.playing import Play

pytestmark = pytest.mark.integration


def walked(folder: Path, defects: frozenset[str] = frozenset(), **toml: Any) -> tuple[Any, tuple[bytes, ...], Play]:
    with MiniatureShop(defects) as shop, Play(shop, folder, **({"browser": True} | toml)) as play:
        play.prepare("shop.catalogue")
        reading, attachments = run_probe(PROBES["browser.walk"], play.look("buyer"), run_id="run")
        return reading, attachments, play


def _folder(parent: Path, name: str) -> Path:
    (parent / name).mkdir()
    return parent / name


def test_the_whole_way_is_walked_and_nobody_is_told_anything(tmp_path: Path) -> None:
    reading, (log,), _ = walked(tmp_path)
    assert isinstance(reading, Observation), reading
    assert {step["done"]["outcome"] for step in reading.data["steps"]} == {"done"}
    assert [page["path"] for page in reading.data["pages"]][-3:] == ["/account/profile/", "/account/addresses/", "/"]
    assert reading.data["canaries"] == ("address", "amount", "email", "name", "order number", "phone")
    assert (reading.data["origins"], reading.data["hits"], reading.data["stopped"]) == ((), (), 0)
    assert json.loads(log) == {"log": []}


def test_what_was_told_is_recorded_without_a_single_value(tmp_path: Path) -> None:
    wrong = frozenset({"email-in-analytics-pixel", "address-posted-to-third-party", "order-hashed-in-css"})
    reading, (log,), play = walked(tmp_path, wrong)
    assert isinstance(reading, Observation), reading
    found = {(hit["canary"], hit["where"]) for hit in reading.data["hits"]}
    assert {("email", "query"), ("address", "body"), ("order number", "path")} <= found
    person = invented(play.look("buyer"), PERSON)
    told = (repr(reading.data["hits"]) + repr(reading.data["origins"])).encode() + log
    secrets = (person.email, person.last_name, person.line1, person.phone, person.phone[3:])
    assert not [secret for secret in secrets if secret.encode() in told]


def test_switched_off_it_is_not_walked(tmp_path: Path) -> None:
    reading, _, _ = walked(tmp_path, browser=False)
    assert isinstance(reading, Unobserved)
    assert (reading.cause, "walk = false" in reading.detail) == ("settings", True)


def test_an_adapter_of_an_interface_has_no_pages_to_walk(tmp_path: Path) -> None:
    reading, _, _ = walked(tmp_path, adapter="miniature_json")
    assert isinstance(reading, Unobserved), reading.data
    assert (reading.cause, "describe pages" in reading.detail) == ("settings", True)


def test_a_certificate_that_nobody_trusts_is_not_excused_for_the_browser(tmp_path: Path) -> None:
    with MiniatureShop() as good, Play(good, _folder(tmp_path, "a"), browser=True) as play:
        play.prepare("shop.catalogue")
        offered = play.scene.get("shop.catalogue/goods")
    with (
        MiniatureShop.with_defect("self-signed-certificate") as shop,
        Play(shop, _folder(tmp_path, "b"), browser=True) as play,
    ):
        play.scene.put("shop.catalogue/goods", offered)
        reading = play.read("browser.walk", "buyer")
        assert isinstance(reading, Unobserved)
        assert (reading.cause, "verified TLS" in reading.detail) == ("target", True)
        assert shop.request_log == []


def test_processors_and_payment_hosts_are_told_apart_from_third_parties(tmp_path: Path) -> None:
    site = Site()
    site.server_close()
    further = """[payment]
hosts = ["pay.example", "bank.example:8443"]
[[processors]]
origin = "https://Statistics.example/"
purpose = "counting visits"
"""
    exempt = exempt_of(target_of(tmp_path, site, further))
    assert exempt.party("https://statistics.example") == "processor"
    assert exempt.party("https://pay.example") == "payment"
    assert exempt.party("https://pay.example:9443") == "payment"
    assert exempt.party("https://bank.example:8443") == "payment"
    assert exempt.party("https://bank.example") == "third"
    assert exempt.party("https://x.statistics.example") == "third"
