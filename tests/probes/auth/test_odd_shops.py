"""Right shops whose sessions are unlike the miniature's own, and wrong ones that look right at first sight."""

import hashlib
import json
from collections.abc import Callable
from http.cookies import SimpleCookie
from pathlib import Path
from typing import Any

import pytest

from probes.canonical import thaw
from probes.observation import Observation
from tests.miniatures.shop.miniature import MiniatureShop
from tests.miniatures.shop.server import Handler
from tests.miniatures.shop.state import Account, Session, State
from tests.miniatures.shop.web import Answer, Call
from tests.probes.playing import Play

SUBJECTS = {"auth.cookies": "buyer_a", "auth.sessions": "throw-away", "auth.brute_force": "throw-away"}


class Jar(Handler):
    """A door that sees the browser's cookies, and may set further ones of its own (``name -> line``)."""

    def came_with(self, name: str) -> str:
        found = SimpleCookie(self.headers.get("Cookie", "")).get(name)
        return "" if found is None else found.value

    def further(self) -> dict[str, str]:
        return {}

    def end_headers(self) -> None:
        for name, line in self.further().items():
            self.send_header("Set-Cookie", f"{name}={line}")
        super().end_headers()


class Counting(Jar):
    """Beside the session: analytics and a form token that scripts read, neither of which proves anything."""

    def further(self) -> dict[str, str]:
        set_once = {"_ga": "GA1.2.1234567890; Path=/", "csrftoken": "abcdefghij1234567890; Path=/; Secure"}
        return {name: line for name, line in set_once.items() if not self.came_with(name)}


class Routed(Jar):
    """Behind a load balancer: without its cookie the session is not found; any value of it leads somewhere."""

    def _session(self, shop: State) -> tuple[Session, bool]:
        session, fresh = super()._session(shop)
        if self.came_with("route"):
            return session, fresh
        lost = Session(token=shop.guard.new_id())
        shop.sessions[lost.token] = lost
        return lost, not self._sent

    def further(self) -> dict[str, str]:
        return {} if self.came_with("route") else {"route": "node-7; Path=/"}


class OnceOnly(Jar):
    """Each answer gives the session another id; the one before is dead."""

    def _session(self, shop: State) -> tuple[Session, bool]:
        session, fresh = super()._session(shop)
        shop.sessions.pop(session.token, None)
        session.token = shop.guard.new_id()
        shop.sessions[session.token] = session
        return session, fresh

    def further(self) -> dict[str, str]:
        return {} if self.came_with("_ga") else {"_ga": "GA1.2.1234567890; Path=/"}


class Remembering(Jar):
    """Two cookies, each of which suffices: the session's, and one that remembers the browser."""

    def _session(self, shop: State) -> tuple[Session, bool]:
        session, fresh = super()._session(shop)
        remembered = shop.sessions.get(self._own(self.came_with("remember")))
        return (remembered, False) if remembered is not None and session.account is None else (session, fresh)

    @staticmethod
    def _own(value: str) -> str:
        return value.removeprefix("r-")

    def further(self) -> dict[str, str]:
        own = next((each for each in self.server.shop.sessions.values() if each.token == self._after), None)
        if own is None or own.account is None:
            return {}
        return {"remember": f"r-{own.token}; Path=/; Secure; HttpOnly; SameSite=Lax"}

    def _send(self, answer: Answer, cookie: str, *, head: bool) -> None:
        self._after = cookie
        super()._send(answer, cookie, head=head)


class Ending(Jar):
    """Each answer also ends a cookie of the same name that an older version of the shop kept elsewhere."""

    def further(self) -> dict[str, str]:
        return {"sid": "gone; Path=/old; Expires=Mon, 11-Oct-1999 22:00:00 GMT"}


def see(door: type[Handler], kind: str, folder: Path, shop: MiniatureShop | None = None) -> Any:
    with shop or MiniatureShop() as running, Play(running, folder, buyers=True) as play:
        running._tls.RequestHandlerClass = door
        return play.see(kind, SUBJECTS[kind])


def opening(data: Any) -> set[str]:
    return {each["name"] for each in data["replayed"] if each["inside"]}


CONTROLS = {"control", "control after guesses", "kept before log-out"}


@pytest.mark.parametrize("door", [Counting, Routed, Ending])
def test_only_what_proves_who_one_is_counts_as_the_session(door: type[Handler], tmp_path: Path) -> None:
    data = see(door, "auth.cookies", tmp_path)
    assert data["carried_by"] == ["sid"]
    assert [(each["name"], each["httponly"], each["samesite"]) for each in data["cookies"]] == [("sid", True, "Lax")]


@pytest.mark.parametrize("door", [Counting, Routed, Ending, Remembering])
def test_right_sessions_show_no_fault(door: type[Handler], tmp_path: Path) -> None:
    data = see(door, "auth.sessions", tmp_path)
    assert set(data["carried_by"]) - {"remember"} == {"sid"}
    assert opening(data) == CONTROLS


@pytest.mark.parametrize("kind", ["auth.cookies", "auth.sessions"])
def test_ids_that_are_good_once_are_nothing_that_could_be_told_of(kind: str, tmp_path: Path) -> None:
    assert see(OnceOnly, kind, tmp_path)["carried_by"] == []


class OneAtATime(MiniatureShop):
    """A shop in which a log-in ends the account's other sessions."""

    def _answer(self, call: Call) -> Answer:
        answer = super()._answer(call)
        if call.path == "/login/" and call.method == "POST" and call.session.account is not None:
            others = [each for each in self.state.sessions.values() if each.account == call.session.account]
            for other in others:
                if other is not call.session:
                    del self.state.sessions[other.token]
        return answer


def test_one_session_at_a_time_is_looked_at_all_the_same(tmp_path: Path) -> None:
    data = see(Handler, "auth.sessions", tmp_path, OneAtATime())
    assert data["carried_by"] == ["sid"]
    assert opening(data) == CONTROLS
    assert data["change"]["changed"]["outcome"] == "done"
    assert [each["inside"] for each in data["change"]["passwords"]] == [True, False]
    assert [each["inside"] for each in data["change"]["replayed"]] == [False, False]


class ByName(MiniatureShop):
    """A shop whose session id is made of the user name: long, and always the same."""

    def __init__(self) -> None:
        super().__init__()
        real = self.state.log_in

        def log_in(session: Session, username: str, password: str) -> bool:
            if not real(session, username, password):
                return False
            del self.state.sessions[session.token]
            session.token = hashlib.sha256(username.encode()).hexdigest()
            self.state.sessions[session.token] = session
            return True

        self.state.log_in = log_in  # type: ignore[method-assign]


def test_an_id_that_comes_back_with_the_next_log_in_shows(tmp_path: Path) -> None:
    data = see(Handler, "auth.sessions", tmp_path, ByName())
    assert "kept after next log-in" in opening(data)
    assert data["ids"]["distinct"] == 1


class Warned(MiniatureShop):
    """A shop that locks after eight wrong passwords in a row, and speaks of it from the sixth on."""

    def __init__(self) -> None:
        super().__init__()
        guard = self.state.guard
        guard.says_locked = lambda username: guard._failed.get(username, 0) >= 6  # type: ignore[method-assign]
        guard.locked = lambda username: guard._failed.get(username, 0) >= 8  # type: ignore[method-assign]


def test_a_warning_begins_the_count_anew(tmp_path: Path) -> None:
    data = see(Handler, "auth.brute_force", tmp_path, Warned())
    afters = [each["after"] for each in data["rights"]]
    assert afters == [0, 6, 16]
    assert [each["inside"] for each in data["rights"]] == [True, True, False]


class Refusing(MiniatureShop):
    """A shop whose refusal is what ``says`` makes of the user name, of whether it is known, and of the number."""

    def __init__(self, says: Callable[[str, bool, int], str]) -> None:
        super().__init__()
        self._says, self._count = says, 0

    def _answer(self, call: Call) -> Answer:
        name = call.form.get("username", "")
        known: Account | None = self.state.find(name)
        answer = super()._answer(call)
        if call.path != "/login/" or call.method != "POST" or answer.status != 200:
            return answer
        self._count += 1
        said = self._says(name, known is not None, self._count)
        return Answer(body=answer.body.replace(b"<main>", f"<main><p>{said}</p>".encode()))


def starred(name: str, _known: bool, _count: int) -> str:
    local, _, host = name.partition("@")
    return f"{local[:2]}***{local[-1]}@{host}: no"


def first_part(name: str, _known: bool, _count: int) -> str:
    return f"Hello {name.partition('@')[0]}, no"


def by_turns(_name: str, _known: bool, count: int) -> str:
    return f"served by node {'ab'[count % 2]}"


def left(_name: str, _known: bool, count: int) -> str:
    return f"try {count}"


def in_figures(_name: str, known: bool, _count: int) -> str:
    return f"error {1001 if known else 1002}"


@pytest.mark.parametrize(
    ("says", "apart"), [(starred, False), (first_part, False), (by_turns, False), (left, False), (in_figures, True)]
)
def test_what_tells_known_from_unknown(says: Callable[[str, bool, int], str], apart: bool, tmp_path: Path) -> None:
    unknown = see(Handler, "auth.brute_force", tmp_path, Refusing(says))["unknown"]
    assert len(unknown["known"]) == len(unknown["unknown"]) == 3
    keys = ("text_sha256", "exact_sha256")
    told = [
        {each[key] for each in unknown["known"]} != {each[key] for each in unknown["unknown"]}
        and len({each[key] for each in unknown["known"]}) == len({each[key] for each in unknown["unknown"]}) == 1
        for key in keys
    ]
    assert any(told) is apart


@pytest.mark.parametrize("kind", SUBJECTS)
def test_no_secret_stands_in_the_evidence(kind: str, tmp_path: Path) -> None:
    secrets: set[str] = set()
    with MiniatureShop() as shop, Play(shop, tmp_path, buyers=True) as play:
        real_id, real_log_in, real_change = shop.state.guard.new_id, shop.state.log_in, shop.state.change_password

        def new_id(sent: str = "") -> str:
            made = real_id(sent)
            secrets.add(made)
            return made

        def log_in(session: Session, username: str, password: str) -> bool:
            secrets.add(password)
            return real_log_in(session, username, password)

        def change(account: Account, session: Session, password: str) -> None:
            secrets.add(password)
            real_change(account, session, password)

        guard, state = shop.state.guard, shop.state
        guard.new_id, state.log_in, state.change_password = new_id, log_in, change  # type: ignore[method-assign]
        reading = play.read(kind, SUBJECTS[kind])
    assert isinstance(reading, Observation)
    assert len(secrets) > 2
    assert reading.attachments == ()
    written = json.dumps(thaw(reading.data))
    assert not any(secret in written for secret in secrets)
