"""Credentials, invented persons, typed verbs, and the scene."""
# ruff: noqa: E501 - exact messages and cases stand in one line each

import inspect
from pathlib import Path
from typing import Any

import pytest

from probes.errors import NotSet, Unprepared
from probes.redaction import Redactor
from probes.scene import Scene
from probes.shop.credentials import Login, password_of
from probes.shop.person import invent_person, strong_password
from probes.shop.verbs import VERBS
from probes.shop.words import Words
from probes.target import Role
from tests.probes.shop.scenery import PASSWORD, Scenery

# ---- credentials ----


def role(**more: Any) -> Role:
    return Role(**{"name": "buyer_a", "username": "ann", "password_env": None, "password_file": None} | more)


def test_a_password_from_the_environment_is_known_to_the_redactor() -> None:
    redactor = Redactor()
    assert password_of(role(password_env="P"), redactor, environ={"P": PASSWORD}) == PASSWORD
    assert redactor.text(f"x {PASSWORD}") == "x [redacted]"
    assert PASSWORD not in repr(Login(username="ann", password=PASSWORD))


def test_a_password_from_an_owner_only_file(tmp_path: Path) -> None:
    path = tmp_path / "password"
    path.write_text(PASSWORD + "\n")
    path.chmod(0o600)
    assert password_of(role(password_file=path), Redactor()) == PASSWORD
    path.chmod(0o640)
    with pytest.raises(NotSet) as told:
        password_of(role(password_file=path), Redactor())
    assert told.value.detail == f"[roles.buyer_a]: {path} can be read by others (mode 640); run: chmod 600 {path}"
    path.chmod(0o600)
    path.write_text("\n")
    with pytest.raises(NotSet, match="is empty; write the password into it"):
        password_of(role(password_file=path), Redactor())
    path.write_bytes(b"\xff\xfe\xff")
    with pytest.raises(NotSet, match="cannot read"):
        password_of(role(password_file=path), Redactor())


@pytest.mark.parametrize(
    ("declared", "environ", "why"),
    [
        (
            role(password_env="P"),
            {},
            "[roles.buyer_a]: the environment variable P is not set; export it with the password of ann",
        ),
        (
            role(password_file=Path("/none/such")),
            {},
            "[roles.buyer_a]: cannot read /none/such: No such file or directory",
        ),
        (role(), {}, "[roles.buyer_a] names neither password_env nor password_file; add one of them"),
        (
            role(password_env="P"),
            {"P": "abc"},
            "[roles.buyer_a]: the password in the environment variable P has 3 characters and could not be kept out of the evidence; take one of 4 or more",
        ),
    ],
)
def test_credentials_that_are_not_there(declared: Role, environ: dict[str, str], why: str) -> None:
    with pytest.raises(NotSet) as told:
        password_of(declared, Redactor(), environ=environ)
    assert told.value.detail == why


def test_declared_logins(scenery: Scenery) -> None:
    with pytest.raises(NotSet, match=r"declares no \[roles.seller_a\]"):
        scenery.shop.declared_login("seller_a")


def test_each_verb_has_a_typed_method_with_its_inputs() -> None:
    for verb in VERBS.values():
        given = inspect.signature(getattr(Words, verb.name)).parameters
        named = {name for name, one in given.items() if one.kind is inspect.Parameter.KEYWORD_ONLY}
        free = any(one.kind is inspect.Parameter.VAR_KEYWORD for one in given.values())
        assert named == {*verb.inputs, *verb.optional} or (free and named == set(verb.inputs)), verb.name
        said = dict.fromkeys(named, "x")
        assert getattr(Echo(), verb.name)(**said) == (verb.name, said)


class Echo(Words):
    """Says back what it was asked to do."""

    def do(self, verb: str, **inputs: Any) -> Any:
        return verb, inputs


# ---- persons ----


def test_persons_are_the_same_for_the_same_run_and_differ_otherwise() -> None:
    assert invent_person("run", 1) == invent_person("run", 1)
    people = [invent_person(token, n) for token in ("a", "b") for n in range(8)]
    for part in ("first_name", "last_name", "email", "phone", "line1"):
        assert len({getattr(person, part) for person in people}) == len(people)
    assert len({person.city for person in people[:8]}) == 8
    assert all(person.email.endswith("@example.com") for person in people)
    assert all(word and word not in repr(people[0].password) for word in people[0].canaries)


def test_persons_have_numbers_that_nobody_else_has() -> None:
    assert invent_person("run", 1).phone.startswith("+441134960")
    assert len(invent_person("run", 0).phone) == len(invent_person("run", 1).phone) == 13
    chinese = invent_person("run", 1, country="CN")
    assert (chinese.city, chinese.postcode, chinese.country) == ("上海", "200001", "CN")
    assert len(chinese.phone) == len("+8613800138000")


def test_passwords_are_strong_and_fresh() -> None:
    words = {strong_password() for _ in range(50)}
    assert len(words) == 50
    for word in words:
        assert len(word) == 20
        assert any(c.isupper() for c in word)
        assert any(c.islower() for c in word)
        assert any(c.isdigit() for c in word)
        assert not word.isalnum()


# ---- the scene ----


def test_the_scene_hands_on_and_tells_what_is_missing(scenery: Scenery) -> None:
    scene = Scene(run_token="r", shop=scenery.shop)
    assert scene.shop is scenery.shop
    scene.put("shop.register/buyer_a", 1)
    assert scene.get("shop.register/buyer_a") == 1
    assert (scene.has("shop.register/buyer_a"), scene.has("shop.register/buyer_b")) == (True, False)
    with pytest.raises(Unprepared) as told:
        scene.get("shop.order/order")
    assert told.value.cause == "target"
    scene.spoil("shop.register", "buyer_b", cause="permission", detail="may not write")
    scene.spoil("shop.register", "buyer_c", cause="network", detail="no way out")
    for name, cause in {"buyer_b": "permission", "buyer_c": "network", "other": "permission"}.items():
        with pytest.raises(Unprepared) as told:
            scene.get(f"shop.register/{name}")
        assert told.value.cause == cause
    with pytest.raises(NotSet):
        _ = Scene(run_token="r", shop=NotSet("no adapter")).shop
