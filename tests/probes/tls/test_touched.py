"""Hosts that the journeys touched, and that are no endpoints."""

from pathlib import Path

import pytest

from probes.canonical import freeze
from probes.clock import Deadline, SystemClock
from probes.errors import LookFailed
from probes.redaction import Redactor
from probes.target import Target
from probes.tls.touched import PROBE, subjects
from probes.transports.http import RequestsHttp
from probes.transports.port import Request
from probes.transports.touched import Touched, origin
from tests.contracts.http_port import target_for
from tests.miniatures.bad_servers import always, answer, refusing, serving
from tests.miniatures.certificates import Authority
from tests.probes.looking import looking
from tests.probes.tls.scanning import suites

CLOCK = SystemClock()


def listing(base_url: str, *others: str, ca_file: Path) -> Target:
    hosts = tuple(url.partition("//")[2].rstrip("/") for url in others)
    return target_for(base_url, ca_file=ca_file, hosts=hosts)


def test_a_further_host_is_enumerated(authority: Authority, folder: Path) -> None:
    context = authority.good().server_context(folder)
    with (
        serving(always(answer()), context=context) as shop,
        serving(always(answer()), context=context) as pay,
        serving(always(answer())) as plain,
        serving(always(answer()), context=context) as untouched,
    ):
        target = listing(shop.url, pay.url, plain.url, untouched.url, ca_file=authority.file)
        touched = Touched()
        session = RequestsHttp(target, CLOCK, Redactor(), touched)
        for server in (shop, pay, plain):
            session.send(Request(method="GET", url=server.url), deadline=Deadline.after(CLOCK, 10))
        session.close()
        given = looking(target, "touched hosts")
        given.scene.put("touched_hosts", touched)
        seen = PROBE.look(given)
    freeze(seen.data)
    own, other = (f"https://127.0.0.1:{server.port}" for server in (shop, pay))
    assert set(seen.data["touched"]) == {own, other}
    assert seen.data["endpoints"] == [own]
    (host,) = seen.data["hosts"]
    assert (host["origin"], host["cause"], host["failure"]) == (other, None, None)
    assert len(suites(host["suites"])["TLSv1.3"]) == 3
    assert len(seen.attachments) == 1


def test_one_that_is_away_by_then_has_its_cause(authority: Authority) -> None:
    with refusing() as port:
        place = f"https://127.0.0.1:{port}"
        target = listing("https://127.0.0.1:1/", place, ca_file=authority.file)
        touched = Touched()
        touched.note(f"{place}/pay?order=1")
        given = looking(target, "touched hosts")
        given.scene.put("touched_hosts", touched)
        (host,) = PROBE.look(given).data["hosts"]
    assert (host["origin"], host["suites"], host["cause"]) == (place, None, "target")
    assert "refused" in host["failure"]


def test_none_besides_the_endpoints(authority: Authority) -> None:
    touched = Touched()
    touched.note("https://SHOP.example/cart")
    target = target_for("https://shop.example", ca_file=authority.file)
    given = looking(target, "touched hosts")
    given.scene.put("touched_hosts", touched)
    own = "https://shop.example:443"
    assert PROBE.look(given).data == {"touched": [own], "endpoints": [own], "hosts": []}
    assert subjects(target) == ("touched hosts",)


def test_a_run_that_keeps_no_list_cannot_tell() -> None:
    with pytest.raises(LookFailed):
        PROBE.look(looking(target_for("https://shop.example"), "touched hosts"))


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://shop.example/a?b=c", "https://shop.example:443"),
        ("https://user:word@Shop.example:8443/", "https://shop.example:8443"),
        ("https://[::1]/", "https://[::1]:443"),
        ("http://shop.example/", None),
        ("https:///nothing", None),
    ],
)
def test_origins(url: str, expected: str | None) -> None:
    assert origin(url) == expected
