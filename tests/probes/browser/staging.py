"""One browser on a shop of one page, beside a foreign server that counts who comes to it."""

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser

from probes.browser.canaries import Canary
from probes.browser.chromium import opened
from probes.browser.disclosure import hits
from probes.browser.paging import BrowserHttp
from probes.browser.watch import Foreign, Watch
from probes.look import Look
from probes.redaction import Redactor
from probes.transports.port import Request
from tests.probes.browser.foreign import SECRET, Site, sites, target_of
from tests.probes.looking import looking

MAIL = [Canary(kind="email", texts=(SECRET,), hashed=(SECRET,))]


@dataclass(frozen=True)
class Stage:
    """One browser on one shop beside one foreign server, for all tests that need no other settings."""

    own: Site
    other: Site
    look: Look
    browser: Browser

    def visit(self, **pages: str) -> list[Foreign]:
        """Open ``/`` and then ``/next`` of a shop whose page holds this markup; return what was asked of others."""
        self.own.begin({"": "<!doctype html>" + pages.pop("page"), "next": "<!doctype html>next", **pages}, self.other)
        context = self.browser.new_context()
        watch = Watch(context, self.look.target)
        http = BrowserHttp(context, watch, Redactor(), None)
        for path in ("/", "/next"):
            answer = http.send(Request(method="GET", url=self.own.origin + path), deadline=self.look.deadline)
            assert answer.status == 200
        http.close()
        context.close()
        return watch.foreign


@contextlib.contextmanager
def staged(folder: Path, further: str = "") -> Iterator[Stage]:
    """Start the servers and the browser; the further settings may name the foreign server as ``@PLACE@``."""
    with sites() as (own, other):
        target = target_of(folder, own, further.replace("@PLACE@", f"127.0.0.1:{other.server_port}"))
        look = looking(target, "buyer", seconds=300)
        with opened(look) as browser:
            yield Stage(own, other, look, browser)


def found(foreign: list[Foreign]) -> list[str]:
    """Return where the address was found, place by place."""
    return [place for request in foreign for place, _ in hits(request, MAIL)]
