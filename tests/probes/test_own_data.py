"""Own data: what was given, what is shown, what is starred out, and what a change leaves."""

from pathlib import Path
from typing import Any

import pytest

from probes.observation import Unobserved
from probes.own_data import _stands_in, _starred_in, _takes
from tests.miniatures.shop.miniature import MiniatureShop
from tests.probes.playing import Play


@pytest.mark.parametrize(
    ("value", "text", "there"),
    [
        ("Kavoro", "Welcome, KAVORO!", True),
        ("Kavoro", "Welcome, Kavor", False),
        ("+441134960123", "0113 496 0123", True),
        ("+441134960123", "(0113) 496-0123", True),
        ("+441134960123", "0113 496 0124", False),
        ("+8619900012345", "199 0001 2345", True),
        ("N1 9GU", "London N1 9GU", True),
        ("7 Long Lane", "7 Long Lane, Leeds", True),
        ("12 Lane 345678901", "345678901", False),
        ("Kavoro", "", False),
    ],
)
def test_a_value_stands_in_a_text_however_a_phone_is_set(value: str, text: str, there: bool) -> None:
    assert _stands_in(value, [text]) is there
    assert _stands_in(value, ["", text]) is there


@pytest.mark.parametrize(
    ("value", "text", "starred"),
    [
        ("+8619900012345", "手机：199****2345", True),
        ("kavoro@example.com", "k*****@example.com", True),
        ("kavoro@example.com", "邮箱 ka••••@example.com", True),
        ("Kavoro", "K*****", True),
        ("Kavoro", "*****o", True),
        ("+8619900012345", "138****8888", False),
        ("kavoro@example.com", "a***@example.com", False),
        ("Kavoro", "****", False),
        ("Kavoro", "Kavoro", False),
        ("Kavoro", "required *", False),
    ],
)
def test_a_value_is_starred_where_its_ends_are_shown(value: str, text: str, starred: bool) -> None:
    assert _starred_in(value, [text]) is starred


def seen(shop: MiniatureShop, folder: Path, **toml: Any) -> Any:
    with Play(shop, folder, **toml) as play:
        play.see("shop.register", "buyer_c")
        return play.see("privacy.own_data", "buyer_c")


FIELDS = {
    *("first_name", "last_name", "email", "phone"),
    *(f"address.{name}" for name in ("first_name", "last_name", "line1", "city", "postcode", "phone")),
}


def test_everything_that_was_given_is_shown_and_can_be_changed(running_shop: MiniatureShop, tmp_path: Path) -> None:
    data = seen(running_shop, tmp_path)
    assert set(data["seeded"]) == FIELDS
    assert data["shown"] == dict.fromkeys(FIELDS, True)
    assert not any(data["starred"].values())
    assert {change["field"] for change in data["changes"]} == FIELDS
    assert all(change["read_back"] and change["old"] != change["new"] for change in data["changes"])
    assert data["logged_in_after"]


def test_no_value_of_the_profile_tells_of_the_address(running_shop: MiniatureShop, tmp_path: Path) -> None:
    data = seen(running_shop, tmp_path)
    values = list(data["seeded"].values())
    assert len(set(values)) == len(values)
    renewed = [change["new"] for change in data["changes"]]
    assert len(set(renewed)) == len(renewed)


@pytest.mark.parametrize(
    ("defect", "lost"),
    [
        ("profile-change-ignored", {"first_name", "last_name", "email", "phone"}),
        ("address-change-ignored", {name for name in FIELDS if name.startswith("address.")}),
        ("email-not-changeable", {"email"}),
    ],
)
def test_a_change_that_is_not_kept_shows_on_its_own_fields_alone(defect: str, lost: set[str], tmp_path: Path) -> None:
    with MiniatureShop.with_defect(defect) as shop:
        data = seen(shop, tmp_path)
    assert {change["field"] for change in data["changes"] if not change["read_back"]} == lost


@pytest.mark.parametrize(
    ("defect", "hidden"),
    [
        ("phone-not-shown", {"phone", "address.phone"}),
        ("address-not-shown", {name for name in FIELDS if name.startswith("address.")}),
    ],
)
def test_what_is_hidden_is_told_of_its_own_fields_alone(defect: str, hidden: set[str], tmp_path: Path) -> None:
    with MiniatureShop.with_defect(defect) as shop:
        data = seen(shop, tmp_path)
    assert {name for name, there in data["shown"].items() if not there} == hidden


def test_what_the_journeys_hand_to_the_shop_is_read_from_their_templates(
    running_shop: MiniatureShop, tmp_path: Path
) -> None:
    with Play(running_shop, tmp_path) as play:
        shop = play.shop
    assert _takes(shop, "register", ("email", "phone", "line1")) == ("email", "phone")
    assert _takes(shop, "change_address", ("line1", "email")) == ("line1",)
    assert _takes(shop, "no_such_verb", ("email",)) == ()


def test_a_declared_account_is_left_alone(running_shop: MiniatureShop, tmp_path: Path) -> None:
    secret = tmp_path / "c.password"
    secret.touch(mode=0o600)
    secret.write_text("long-enough-1", encoding="utf-8")
    further = '[roles.buyer_c]\nusername = "c@miniature.example"\npassword_file = "c.password"\n'
    with Play(running_shop, tmp_path, further=further) as play:
        reading = play.read("privacy.own_data", "buyer_c")
    assert isinstance(reading, Unobserved)
    assert reading.cause == "settings"
