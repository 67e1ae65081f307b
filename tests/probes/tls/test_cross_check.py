"""The same suites that other enumerators find, where these can look: sslscan and testssl.sh."""

import json
import re
import subprocess
from pathlib import Path

import pytest

from tests.probes.tls.dropped import tlslite
from tests.probes.tls.scanning import facts
from tests.probes.tls.servers import Files, gnutls, nginx, openssl, tool

pytestmark = pytest.mark.integration
OLD = (
    "NONE:+VERS-TLS-ALL:+3DES-CBC:+AES-128-CBC:+AES-256-GCM:+SHA1:+AEAD:+RSA:+ECDHE-RSA:+GROUP-ALL:+SIGN-ALL:+COMP-NULL"
)
_NAMES = {"SSLv2": "SSLv2", "SSLv3": "SSLv3", "TLSv1.0": "TLSv1", "TLSv1.1": "TLSv1.1", "TLSv1.2": "TLSv1.2",
          "TLSv1.3": "TLSv1.3"}  # fmt: skip


def ours(port: int) -> dict[str, set[str]]:
    """Return the suites by protocol that we find, by code."""
    data = facts(port)
    return {
        each["protocol"]: {suite["code"] for suite in each["suites"]} for each in data["protocols"] if each["offered"]
    }


def by_sslscan(port: int) -> dict[str, set[str]]:
    """Return the suites by protocol that sslscan finds, by code."""
    words = [tool("sslscan"), "--no-colour", "--show-cipher-ids", f"127.0.0.1:{port}"]
    said = subprocess.run(words, check=True, capture_output=True, text=True, timeout=120).stdout
    found: dict[str, set[str]] = {}
    for protocol, code in re.findall(r"^(?:Preferred|Accepted)\s+(\S+)\s+\d+ bits\s+0x(\w+)", said, re.MULTILINE):
        found.setdefault(_NAMES[protocol], set()).add(code.upper())
    return found


def by_testssl(port: int, folder: Path) -> dict[str, set[str]]:
    """Return the suites by protocol that testssl.sh finds, by code."""
    report = folder / f"testssl-{port}.json"
    words = [tool("testssl"), "--quiet", "--color", "0", "--warnings", "off", "--cipher-per-proto", "--jsonfile",
             str(report), f"127.0.0.1:{port}"]  # fmt: skip
    subprocess.run(words, check=False, capture_output=True, timeout=600)
    found: dict[str, set[str]] = {}
    for entry in json.loads(report.read_text(encoding="utf-8")):
        kind = re.fullmatch(r"cipher-(tls1|tls1_1|tls1_2|tls1_3|ssl3|ssl2)_x(\w+)", entry["id"])
        if kind:
            names = {"tls1": "TLSv1", "tls1_1": "TLSv1.1", "tls1_2": "TLSv1.2", "tls1_3": "TLSv1.3"}
            protocol = names.get(kind[1]) or kind[1].replace("ssl", "SSLv")
            found.setdefault(protocol, set()).add(f"{int(kind[2], 16):04X}")
    return found


def test_sslscan_on_openssl(rsa: Files) -> None:
    with openssl(rsa, "-cipher", "ALL:!PSK:!SRP:!DSS:!CAMELLIA:@SECLEVEL=0") as port:
        assert ours(port) == by_sslscan(port)


def test_sslscan_on_gnutls(rsa: Files) -> None:
    with gnutls(rsa, OLD) as port:
        assert ours(port) == by_sslscan(port)


def test_sslscan_on_nginx(ec: Files, folder: Path) -> None:
    with nginx(ec, folder, "ssl_protocols TLSv1.2 TLSv1.3;") as port:
        assert ours(port) == by_sslscan(port)


def test_testssl_on_nginx(rsa: Files, folder: Path) -> None:
    settings = ("ssl_protocols TLSv1.2;", "ssl_ciphers ECDHE-RSA-AES256-GCM-SHA384:AES128-SHA;")
    with nginx(rsa, folder, *settings) as port:
        found = ours(port)
        assert found == by_testssl(port, folder)
    assert len(found["TLSv1.2"]) == 2


def test_sslscan_sees_sslv3_where_tlslite_offers_it(rsa: Files) -> None:
    with tlslite(rsa, ((3, 0), (3, 1)), ["aes128", "3des"], exchanges=["rsa"]) as port:
        found = ours(port)
        theirs = by_sslscan(port)
    assert "000A" in found["SSLv3"]
    assert set(theirs) <= set(found)
