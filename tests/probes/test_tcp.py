import errno
import socket
from dataclasses import replace

import pytest

from probes.canonical import freeze
from probes.clock import Deadline
from probes.errors import NetworkDown, NotPermitted, TargetAway, TimedOut
from probes.target import Endpoint, Target
from probes.tcp import PROBE, _nobody_answers, subjects
from probes.transports import dial
from tests.contracts.http_port import CLOCK, target_for
from tests.miniatures.bad_servers import always, answer, refusing, serving
from tests.probes.looking import looking


def published(url: str, *addresses: str) -> Target:
    return replace(target_for(url), endpoints=(Endpoint(url=url, addresses=addresses),))


def test_an_address_that_answers() -> None:
    with serving(always(answer())) as server:
        data = PROBE.look(looking(published(server.url), server.url)).data
        (entry,) = data["addresses"]
    assert (data["host"], data["port"], data["any_connected"]) == ("127.0.0.1", server.port, True)
    assert isinstance(entry.pop("ms"), int)
    assert entry == {"address": "127.0.0.1", "family": "ipv4", "source": "dns", "connected": True, "error": None}
    freeze(data)


def test_a_declared_front_end_that_refuses_beside_one_that_answers() -> None:
    with serving(always(answer())) as server:
        look = looking(published(server.url, "127.0.0.1", "127.0.0.2"), server.url)
        first, second = PROBE.look(look).data["addresses"]
    assert (first["source"], first["connected"]) == ("dns", True)
    assert (second["address"], second["source"], second["connected"], second["error"]) == (
        "127.0.0.2",
        "declared",
        False,
        "refused",
    )
    assert second["ms"] is None


def test_a_name_is_resolved() -> None:
    with serving(always(answer())) as server:
        url = f"http://localhost:{server.port}/"
        addresses = PROBE.look(looking(published(url), url)).data["addresses"]
    assert "127.0.0.1" in {entry["address"] for entry in addresses if entry["connected"]}


def test_ipv6_as_well() -> None:
    with serving(always(answer()), family=socket.AF_INET6) as server:
        url = f"http://[::1]:{server.port}/"
        (entry,) = PROBE.look(looking(published(url, "0:0:0:0:0:0:0:1"), url)).data["addresses"]
    assert (entry["address"], entry["family"], entry["connected"]) == ("::1", "ipv6", True)


def test_nobody_answers() -> None:
    with refusing() as port:
        url = f"http://127.0.0.1:{port}/"
        with pytest.raises(TargetAway, match=r"127\.0\.0\.1: refused"):
            PROBE.look(looking(published(url), url))


def test_an_unlisted_place_is_not_touched() -> None:
    with serving(always(answer())) as server:
        with pytest.raises(NotPermitted):
            PROBE.look(looking(target_for("http://127.0.0.1:1/"), server.url))
        assert server.connections == 0


def test_a_deadline_that_has_passed() -> None:
    with serving(always(answer())) as server, pytest.raises(TimedOut):
        PROBE.look(looking(published(server.url), server.url, seconds=0))


@pytest.mark.parametrize(
    ("errors", "kind"),
    [
        (["no-route-here", "no-route-here"], NetworkDown),
        (["timeout", "no-route-here"], TimedOut),
        (["refused", "timeout"], TargetAway),
        (["unreachable"], TargetAway),
    ],
)
def test_why_nobody_answers(errors: list[str], kind: type[Exception]) -> None:
    assert type(_nobody_answers("shop", 443, [{"address": "x", "error": error} for error in errors])) is kind


@pytest.mark.parametrize(
    ("error", "name"),
    [
        (OSError(errno.ENETUNREACH, "x"), "no-route-here"),
        (OSError(errno.EADDRNOTAVAIL, "x"), "no-route-here"),
        (OSError(errno.EHOSTUNREACH, "x"), "unreachable"),
        (ConnectionRefusedError(errno.ECONNREFUSED, "x"), "refused"),
        (TimeoutError("x"), "timeout"),
    ],
)
def test_names_of_connection_errors(error: OSError, name: str) -> None:
    assert dial.connect_error(error) == name


@pytest.mark.parametrize(
    ("errors", "kind"),
    [
        ([errno.ENETUNREACH], NetworkDown),
        ([errno.ENETUNREACH, errno.ECONNREFUSED], dial.Refused),
        ([errno.EHOSTUNREACH, errno.ECONNREFUSED], TargetAway),
    ],
)
def test_why_a_host_is_not_connected(errors: list[int], kind: type[Exception]) -> None:
    failures = [(dial.literal("192.0.2.1", 80), OSError(number, "x")) for number in errors]
    assert type(dial._why_unconnected("shop", 80, failures)) is kind


def test_an_address_family_that_does_not_exist_here_is_ours() -> None:
    # A zone that no interface has: our own kernel refuses before a packet leaves.
    with pytest.raises(OSError):  # noqa: PT011 - which errno it is differs between kernels
        dial.connect_address(dial.Address(ip="fe80::1", family="ipv6", place=("fe80::1", 9, 0, 999_999)), 1)


def test_a_name_that_is_none() -> None:
    with pytest.raises((TargetAway, NetworkDown)):
        dial.resolve("no..such..name", 80, Deadline.after(CLOCK, 10))


def test_subjects_are_the_endpoints_once() -> None:
    target = replace(
        target_for("http://a.example/"),
        endpoints=(Endpoint(url="http://a.example/"), Endpoint(url="http://a.example/", addresses=("192.0.2.1",))),
    )
    assert subjects(target) == ("http://a.example/",)
