"""The looks at log-ins and sessions, on the miniature shop: what they record, and what they leave alone."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from probes.auth.brute_force import late
from probes.observation import Observation, Unobserved
from probes.shop.mailbox import Mailbox
from tests.miniatures.shop.miniature import MiniatureShop
from tests.miniatures.shop.state import Session
from tests.miniatures.shop.web import Answer, Call
from tests.probes.playing import Play


def see(kind: str, folder: Path, *defects: str, subject: str = "throw-away") -> Any:
    with MiniatureShop(frozenset(defects)) as shop, Play(shop, folder) as play:
        if kind == "auth.cookies":
            play.prepare("shop.register")
        return play.see(kind, "buyer_a" if kind == "auth.cookies" else subject)


def by_name(data: Any) -> dict[str, bool]:
    return {each["name"]: each["inside"] for each in data["replayed"]}


def test_a_right_shop_s_sessions(tmp_path: Path) -> None:
    data = see("auth.sessions", tmp_path)
    assert data["carried_by"] == ["sid"]
    assert data["renewed"] is True
    assert by_name(data) == {
        "before log-in": False,
        "planted": False,
        "control": True,
        "guess: one character changed": False,
        "guess: made up": False,
        "control after guesses": True,
        "kept before log-out": True,
        "kept after log-out": False,
        "kept after next log-in": False,
    } | {name: False for name in by_name(data) if name == "guess: next number"}
    assert [each["inside"] for each in data["change"]["replayed"]] == [True, False]
    assert [each["inside"] for each in data["change"]["passwords"]] == [True, False]
    assert data["change"]["own_session"]
    assert data["reset"] == {
        "tried": False,
        "lacks": "mailbox",
        "why": "the target file declares no mailbox that a link could be mailed to",
    }


@pytest.mark.parametrize(
    ("defect", "name"),
    [
        ("session-fixation", "before log-in"),
        ("made-up-session-adopted", "planted"),
        ("session-survives-logout", "kept after log-out"),
    ],
)
def test_a_session_that_is_not_one_s_own_shows(defect: str, name: str, tmp_path: Path) -> None:
    assert by_name(see("auth.sessions", tmp_path, defect))[name]


def test_no_more_than_five_ids_are_guessed_and_none_stands_in_the_evidence(tmp_path: Path) -> None:
    with MiniatureShop() as shop, Play(shop, tmp_path) as play:
        reading = play.read("auth.sessions", "throw-away")
        ids = set(shop.state.sessions)
    assert isinstance(reading, Observation)
    assert sum(each["name"].startswith("guess: ") for each in reading.data["replayed"]) <= 5
    assert not any(own in str(reading.data) for own in ids)


def test_bearer_tokens_are_sessions_too(running_shop: MiniatureShop, tmp_path: Path) -> None:
    with Play(running_shop, tmp_path, adapter="miniature_json") as play:
        data = play.see("auth.sessions", "throw-away")
    assert data["carried_by"] == ["bearer token"]
    assert by_name(data)["control"]
    assert not by_name(data)["kept after log-out"]
    assert data["change"]["lacks"] == "journey"


def test_a_right_shop_locks_the_account_and_no_other(tmp_path: Path) -> None:
    data = see("auth.brute_force", tmp_path)
    assert len(data["tries"]) == 5
    assert data["tries"][-1]["signals"] == ["message"]
    assert [each["inside"] for each in data["rights"]] == [True, False]
    assert data["other_account"]["inside"]
    assert data["home"] == "done"
    assert len({each["text_sha256"] for each in (*data["unknown"]["known"], *data["unknown"]["unknown"])}) == 1


def test_a_shop_that_only_says_so_is_tried_to_the_end(tmp_path: Path) -> None:
    data = see("auth.brute_force", tmp_path, "lock-message-only")
    assert len(data["tries"]) == 20
    assert all(each["inside"] for each in data["rights"])
    assert data["other_account"] is None


class Throttling(MiniatureShop):
    """A shop that answers 429 to whoever comes to the log-in after the fourth wrong password, from anywhere."""

    def _answer(self, call: Call) -> Answer:
        wrong = sum(self.state.guard._failed.values())
        if call.path == "/login/" and wrong >= 4:
            return Answer(status=429, body=b"slow down", headers=(("Retry-After", "3600"),))
        return super()._answer(call)


def test_being_asked_to_wait_is_seen_and_not_waited_for(tmp_path: Path) -> None:
    with Throttling() as shop, Play(shop, tmp_path) as play:
        data = play.see("auth.brute_force", "throw-away")
    assert data["tries"][-1]["signals"] == ["status 429"]
    assert data["rights"][-1]["asked_to_wait"] == "status 429"
    assert not data["other_account"]["inside"]


class Silent(MiniatureShop):
    """A shop whose log-in fails without a word: the same page again, with no error on it."""

    def _answer(self, call: Call) -> Answer:
        if call.path == "/login/":
            call = Call(**{name: getattr(call, name) for name in Call.__slots__} | {"method": "GET"})
        return super()._answer(call)


@pytest.mark.parametrize("kind", ["auth.sessions", "auth.brute_force", "auth.cookies"])
def test_a_log_in_that_fails_without_a_word_is_no_verdict(kind: str, tmp_path: Path) -> None:
    with Silent() as shop, Play(shop, tmp_path, buyers=True) as play:
        reading = play.read(kind, "buyer_a" if kind == "auth.cookies" else "throw-away")
    assert isinstance(reading, Unobserved)
    assert reading.cause == "target"
    assert "log in" in reading.detail


@pytest.mark.parametrize("kind", ["auth.sessions", "auth.brute_force"])
def test_where_the_run_may_not_write_nothing_is_sent(kind: str, tmp_path: Path) -> None:
    with MiniatureShop() as shop, Play(shop, tmp_path, environment="production", buyers=True) as play:
        reading = play.read(kind, "throw-away")
        assert isinstance(reading, Unobserved)
        assert reading.cause == "permission"
        assert shop.request_log == []


def test_cookies_are_looked_at_in_production_by_right_log_ins_alone(tmp_path: Path) -> None:
    with MiniatureShop() as shop, Play(shop, tmp_path, environment="production", buyers=True) as play:
        log_ins: list[bool] = []
        real = shop.state.log_in

        def log_in(session: Session, username: str, password: str) -> bool:
            log_ins.append(real(session, username, password))
            return log_ins[-1]

        shop.state.log_in = log_in  # type: ignore[method-assign]
        data = play.see("auth.cookies", "buyer_a")
        assert log_ins == [True]
        assert {method for method, path, _ in shop.request_log if path != "/login/"} == {"GET"}
    assert data["carried_by"] == ["sid"]
    assert data["in_urls"] == data["in_answers"] == []


def test_a_hash_is_told_by_its_kind_and_place_alone(tmp_path: Path) -> None:
    data = see("auth.cookies", tmp_path, "hash-in-profile-page")
    assert {(each["what"], each["where"]) for each in data["in_answers"]} == {("pbkdf2", "/account/profile/")}
    assert "pbkdf2_sha256$" not in str(data)


class Echoing(MiniatureShop):
    """A shop that sends who logs in on with the session in the address, and shows it on the page."""

    def _answer(self, call: Call) -> Answer:
        answer = super()._answer(call)
        if call.path == "/orders/" and "s" not in call.query:
            return Answer(status=302, headers=(("Location", f"/orders/?s={call.session.token}"),))
        if call.path == "/account/":
            return Answer(body=answer.body.replace(b"<main>", f"<main>{call.session.token}".encode()))
        return answer


def test_a_session_id_in_an_address_or_on_a_page_shows(tmp_path: Path) -> None:
    with Echoing() as shop, Play(shop, tmp_path, buyers=True) as play:
        data = play.see("auth.cookies", "buyer_a")
        ids = set(shop.state.sessions)
    assert ("session id (sid)", "/orders/") in {(each["what"], each["where"]) for each in data["in_urls"]}
    assert ("session id (sid)", "/account/") in {(each["what"], each["where"]) for each in data["in_answers"]}
    assert not any(own in str(data) for own in ids)


@pytest.mark.parametrize("twice", [False, True])
def test_a_mailed_link_is_used_twice(twice: bool, tmp_path: Path) -> None:
    with MiniatureShop() as shop, Mailbox("127.0.0.1:0") as mailbox:
        shop.state.guard.mail_port, shop.state.guard.links_stay = mailbox.port, twice
        with Play(shop, tmp_path, further='[mailbox]\nlisten = "127.0.0.1:0"') as play:
            play.shop._stage = replace(play.shop._stage, mail=mailbox)
            reading = play.read("auth.sessions", "throw-away")
        links = set(shop.state.guard.links)
    assert isinstance(reading, Observation)
    reset = reading.data["reset"]
    assert reset["first"]["outcome"] == "done"
    assert reset["second"]["outcome"] == ("done" if twice else "denied")
    assert [each["inside"] for each in reset["passwords"]] == [True, False, twice]
    assert reset["mailed"]["shortest"] == 40
    assert not any(link in str(reading.data) for link in links)


@pytest.mark.parametrize(
    ("took", "slowed_down"),
    [
        ([20] * 10, False),
        ([20, 20, 1500, 1500], False),
        ([20, 20, 1500, 1500, 1500], True),
        ([20, 20, 1500, 20, 1500, 1500], False),
        ([1500] * 10, False),
        ([], False),
    ],
)
def test_three_late_answers_in_a_row_end_it(took: list[int], slowed_down: bool) -> None:
    assert late(took) is slowed_down
