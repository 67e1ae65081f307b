"""The simplest looks at how the miniature shop guards its door: one question each, without any probe."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlencode

from probes.clock import Deadline, SystemClock
from probes.redaction import Redactor
from probes.target_file import read_target
from probes.transports.http import RequestsHttp
from probes.transports.port import Request, Response
from tests.miniatures.shop.miniature import MiniatureShop
from tests.miniatures.shop.shopper import Shopper

PASSWORD, NEW = "Correct-Horse-7", "Another-Horse-8"


class Guest:
    """Somebody with an account of their own, and cookies that can be looked at and handed on."""

    def __init__(self, shop: MiniatureShop, folder: Path) -> None:
        self._shop, self._clock = shop, SystemClock()
        self._http = RequestsHttp(read_target(shop.target_toml(folder)), self._clock, Redactor())

    def get(self, path: str, sid: str | None = None) -> Response:
        headers = () if sid is None else (("Cookie", f"sid={sid}"),)
        request = Request(method="GET", url=self._shop.base_url + path, headers=headers)
        return self._http.send(request, deadline=Deadline.after(self._clock, 10))

    def post(self, path: str, sid: str, **fields: str) -> Response:
        page = self.get(path if path != "/logout/" else "/", sid).body.decode()
        token = re.search(r'name="csrf" value="([^"]+)"', page)
        assert token is not None
        request = Request(
            method="POST",
            url=self._shop.base_url + path,
            headers=(("Cookie", f"sid={sid}"), ("Content-Type", "application/x-www-form-urlencoded")),
            body=urlencode(fields | {"csrf": token[1]}).encode(),
        )
        return self._http.send(request, deadline=Deadline.after(self._clock, 10))

    def visitor(self) -> str:
        """Return the id of a fresh visitor's session."""
        self._http.forget()
        return sid_of(self.get("/login/")) or ""

    def log_in(self, sid: str, password: str = PASSWORD) -> str:
        """Log a session in and return its id afterwards."""
        return sid_of(self.post("/login/", sid, username="guest@example.com", password=password)) or sid

    def inside(self, sid: str) -> bool:
        return self.get("/account/", sid).status == 200

    def close(self) -> None:
        self._http.close()


def sid_of(response: Response) -> str | None:
    found = re.match(r"sid=([^;]+)", response.header("set-cookie") or "")
    return found[1] if found else None


@contextmanager
def guest(shop: MiniatureShop, folder: Path) -> Iterator[Guest]:
    shop.state.enrol("guest@example.com", PASSWORD, "buyer", {"email": "guest@example.com"})
    here = Guest(shop, folder)
    try:
        yield here
    finally:
        here.close()
        account = shop.state.find("guest@example.com")
        assert account is not None
        shop.state.remove_account(account)
        shop.state.guard.passed("guest@example.com")


def after_wrong(shop: MiniatureShop, folder: Path, tries: int) -> tuple[bool, bool]:
    """Return whether the page says so after so many wrong passwords, and whether the right one is let in."""
    with Shopper(shop, folder) as shopper, guest(shop, folder):
        last = ""
        for _ in range(tries):
            last = shopper.do("log_in", username="guest@example.com", password="wrong").exchanges[-1].text
        came = shopper.came("log_in", username="guest@example.com", password=PASSWORD)
    return "锁定" in last, came == "done"


def fixed(shop: MiniatureShop, folder: Path, *, made_up: bool) -> bool:
    with guest(shop, folder) as here:
        sid = "an-id-of-our-own" if made_up else here.visitor()
        here.log_in(sid)
        return here.inside(sid)


def outlives_log_out(shop: MiniatureShop, folder: Path) -> bool:
    with guest(shop, folder) as here:
        sid = here.log_in(here.visitor())
        here.post("/logout/", sid)
        return here.inside(sid)


def outlives_password(shop: MiniatureShop, folder: Path) -> tuple[bool, bool]:
    """Change the password; return whether another session lives on, and whether the old password works."""
    with guest(shop, folder) as here:
        other, own = here.log_in(here.visitor()), here.log_in(here.visitor())
        here.post("/account/password/", own, old=PASSWORD, new=NEW)
        lives = here.inside(other)
        return lives, here.inside(here.log_in(here.visitor()))


def ids(shop: MiniatureShop, folder: Path) -> tuple[str, str]:
    with guest(shop, folder) as here:
        return here.visitor(), here.visitor()


def profile_body(shop: MiniatureShop, folder: Path) -> str:
    with guest(shop, folder) as here:
        return here.get("/account/profile/", here.log_in(here.visitor())).body.decode()


def refusal(shop: MiniatureShop, folder: Path, username: str) -> str:
    with Shopper(shop, folder) as shopper:
        text = shopper.do("log_in", username=username, password="wrong").exchanges[-1].text
    shop.state.guard.passed(username)
    return text
