"""3.1.2.3 TCP/IP, 3.1.3.3 plain and encrypted access, 3.1.3 nothing in clear."""

import dataclasses
from typing import Any

import pytest

from conformance.judges.judgement import judge
from conformance.judging import verdict_on
from reports.verdict import Conforms, Violates
from tests.conformance.judges.evidence import NOW, requirement, seen
from tests.conformance.judges.good import GOOD
from tests.conformance.judges.network_evidence import plain_page
from tests.conformance.judges.telling import part
from tests.conformance.judges.ways import Way, all_of, assert_told, put


def address(ip: str, error: str | None) -> dict[str, Any]:
    return {"address": ip, "family": "ipv4", "source": "dns", "connected": error is None, "ms": 1, "error": error}


TCP = (
    Way("one refuses", put("addresses", [address("192.0.2.1", None), address("192.0.2.2", "refused")]), "violates",
        "192.0.2.2"),
    Way("one refuses, one is silent", put("addresses", [
        address("192.0.2.1", None), address("192.0.2.2", "refused"), address("192.0.2.3", "timeout")
    ]), "violates"),
    Way("one is silent", put("addresses", [address("192.0.2.1", None), address("192.0.2.2", "timeout")]),
        "undetermined", "timeout", cause="target"),
    Way("no IPv6 here", put("addresses", [address("192.0.2.1", None), address("2001:db8::1", "no-route-here")]),
        "undetermined", "no-route-here", cause="network"),
    Way("all refuse", put("addresses", [address("192.0.2.1", "refused")]), "undetermined"),
    Way("no addresses", put("addresses", []), "undetermined"),
)  # fmt: skip


@pytest.mark.parametrize("way", TCP, ids=lambda way: way.name)
def test_tcp(way: Way) -> None:
    assert_told("SBT-3.1.2.3-tcpip", "net.tcp", way)


def not_tls(data: dict[str, Any]) -> None:
    data.clear()
    data.update(host="shop.example", port=443, speaks_tls=False, answer="not in TLS")


TLS = (
    Way("no TLS at all", not_tls, "violates", "no TLS"),
    Way("expired", all_of(put("problems", ["expired"]), put("verify_error", "certificate has expired")), "violates",
        "expired"),
    Way("old protocol", put("protocol", "TLSv1.1"), "violates", "TLSv1.1"),
    Way("weak", put("secret_bits", 112), "violates", "112"),
    Way("no bits", put("secret_bits", 0), "violates"),
    Way("exactly as many as asked", put("secret_bits", 128), "conforms"),
    Way("prohibited", put("prohibited_suite", True), "violates", "must not be used"),
    Way("strength unknown", all_of(put("secret_bits", None), put("refusal", "odd")), "undetermined", "odd"),
    Way("no ordinary client gets in", all_of(put("negotiated", False), put("refusal", "dh key too small")),
        "undetermined", "dh key too small"),
    Way("not verified, nobody knows why", put("trusted", False), "undetermined", "verified"),
    Way("protocol unknown", all_of(put("protocol", None), put("cipher", None), put("secret_bits", None)),
        "undetermined"),
)  # fmt: skip


@pytest.mark.parametrize("way", TLS, ids=lambda way: way.name)
def test_tls(way: Way) -> None:
    assert_told("SBT-3.1.3.3-ssl128", "net.tls", way)


def test_a_stricter_bound_of_the_target_file_is_judged_by() -> None:
    data = GOOD["net.tls"]() | {"secret_bits": 128}
    strict = {"thresholds": {"SBT-3.1.3.3-ssl128": {"tls_symmetric_key_length": 256}}}
    readings = [seen("net.tls", data), *(seen(kind, GOOD[kind]()) for kind in ("net.tls_suites", "net.tls_touched"))]
    assert isinstance(verdict_on(requirement("SBT-3.1.3.3-ssl128"), readings, {}, NOW), Conforms)
    verdict = verdict_on(requirement("SBT-3.1.3.3-ssl128"), readings, strict, NOW)
    assert isinstance(verdict, Violates)
    assert verdict.threshold is not None
    assert verdict.threshold.value == 256


def test_the_bound_is_the_catalogue_s() -> None:
    own = requirement("SBT-3.1.3.3-ssl128")
    raised = dataclasses.replace(own, thresholds=(dataclasses.replace(own.thresholds[0], value=512.0),))
    assert isinstance(judge(raised, part(own.id, "net.tls"), [seen("net.tls", GOOD["net.tls"]())], {}, NOW), Violates)


CLOSED = {"connected": False, "status": None, "location": None, "redirects_to_https_same_host": False, "final": None,
          "hsts": None, "hsts_max_age_s": None}  # fmt: skip


def entry(error: str) -> Any:
    pages = [plain_page(path, **CLOSED, error=error) for path in ("/", "/login/")]
    return put("pages", pages)


def final(status: int | None, url: str = "https://shop.example/login/", error: str | None = None) -> Any:
    ok = status is not None and status < 400
    return put("pages/1/final", {"url": url, "status": status, "ok": ok, "error": error})


def no_hsts(data: dict[str, Any]) -> None:
    data.update(hsts=None, hsts_max_age_s=None)
    for page in data["pages"]:
        page.update(hsts=None, hsts_max_age_s=None)


ELSEWHERE = put("pages/1/redirects_to_https_same_host", False)
PLAIN = (
    Way("served in clear", all_of(put("pages/1/form_fields", ["password"]), put("pages/1/served_form", True)),
        "undetermined", "see 3.1.3"),
    Way("nothing sensitive is named", put("pages", [plain_page("/")]), "undetermined", "names no", cause="settings"),
    Way("404 over http", all_of(ELSEWHERE, put("pages/1/status", 404), put("pages/1/final", {
        "url": "http://shop.example/login/", "status": 404, "ok": False, "error": None
    })), "violates", "answers 404"),
    Way("another page in clear", all_of(ELSEWHERE, final(200, "http://shop.example/m/")), "violates"),
    Way("a log-in host of its own", all_of(ELSEWHERE, final(200, "https://passport.example/login/")), "conforms"),
    Way("an unlisted host", all_of(ELSEWHERE, final(None, "https://passport.example/", "not listed")), "violates"),
    Way("leads to a failure", final(500), "violates", "answers 500"),
    Way("leads to a denial", final(403), "conforms"),
    Way("leads to an interface that no browser opens", final(400), "conforms"),
    Way("leads to another address, which refuses", final(400, "https://shop.example/m/"), "violates", "answers 400"),
    Way("leads to nothing", final(404), "undetermined", "404"),
    Way("end not read", final(None, error="timed out"), "undetermined", "timed out"),
    Way("end not told", put("pages/1/final", None), "undetermined"),
    Way("an end in doubt before one that is wrong", all_of(final(404), put("pages/2/final", {
        "url": "https://shop.example/orders/", "status": 502, "ok": False, "error": None
    })), "violates", "answers 502"),
    Way("http is closed", entry("refused"), "conforms"),
    Way("http drops what comes", entry("timeout"), "conforms"),
    Way("http speaks garbage", entry("garbage"), "undetermined", "garbage", cause="target"),
    Way("our network is down", entry("network"), "undetermined", "network", cause="network"),
    Way("closed, and https too", all_of(entry("refused"), put("secure", {
        "connected": False, "status": None, "error": "refused"
    })), "undetermined", "could not be reached"),
    Way("closed, and https fails", all_of(entry("refused"), put("secure/status", 503)), "undetermined", "503"),
    Way("no HSTS", no_hsts, "violates", "HSTS"),
    Way("HSTS ended", all_of(no_hsts, put("hsts_max_age_s", 0)), "violates"),
    Way("HSTS on every sensitive page", all_of(put("hsts", None), put("hsts_max_age_s", None)), "conforms"),
    Way("HSTS on one sensitive page", all_of(no_hsts, put("pages/1/hsts_max_age_s", 300)), "violates"),
)  # fmt: skip


@pytest.mark.parametrize("way", PLAIN, ids=lambda way: way.name)
def test_plain_entry(way: Way) -> None:
    assert_told("SBT-3.1.3.3-plain-web", "web.plain", way)


CLEAR = (
    Way("a form in clear", put("pages/1/form_fields", ["password"]), "violates", "/login/"),
    Way(
        "a page in clear",
        all_of(put("pages/2/served_form", True), put("pages/2/status", 200)),
        "violates",
        "/orders/",
    ),
    Way("words of a redirect", put("pages/2/served_form", True), "conforms"),
    Way("a log-in on the home page", put("pages/0/form_fields", ["password"]), "violates", "/"),
    Way("nothing sensitive is named", put("pages", [plain_page("/")]), "undetermined", cause="settings"),
    Way("nothing at all", put("pages", []), "undetermined", cause="settings"),
    Way("http is closed", entry("refused"), "conforms"),
    Way("http hangs", entry("timeout"), "undetermined", "timeout"),
    Way("http speaks garbage", entry("garbage"), "undetermined", "garbage"),
)


@pytest.mark.parametrize("way", CLEAR, ids=lambda way: way.name)
def test_nothing_in_clear(way: Way) -> None:
    assert_told("SBT-3.1.3-confidential", "web.plain", way)


CHECKOUT = (
    Way("in clear", put("schemes", ["http"]), "violates", "http"),
    Way("in both", put("schemes", ["http", "https"]), "violates", "http, https"),
    Way("not reached", put("schemes", []), "undetermined", "not reached"),
)


@pytest.mark.parametrize("way", CHECKOUT, ids=lambda way: way.name)
def test_the_checkout_is_encrypted(way: Way) -> None:
    assert_told("SBT-3.1.3-confidential", "shop.order", way)
