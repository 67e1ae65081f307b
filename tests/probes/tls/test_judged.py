"""From a real server to the verdict: each weakness is judged right, and a good server conforms."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path

import pytest

from conformance.catalogue.load import load_catalogue
from conformance.judges.judgement import judge
from conformance.judges.table import JUDGEMENTS
from probes import tls_trust
from probes.clock import SystemClock
from probes.look import Probe
from probes.observation import Reading
from probes.runner import run_probe
from probes.tls import enumerating, touched
from probes.transports.touched import Touched
from reports.verdict import Verdict, word
from tests.contracts.http_port import target_for
from tests.miniatures.certificates import Authority, Issued, self_signed
from tests.miniatures.shop.weak_tls import DH_1024
from tests.probes.looking import looking
from tests.probes.tls.dropped import tlslite
from tests.probes.tls.servers import Files, gnutls, openssl

OWN = "SBT-3.1.3.3-ssl128"
GOOD = "ECDHE-RSA-AES128-GCM-SHA256"


def verdict_on(port: int, authority: Authority) -> Verdict:
    """Look at the server with all three probes, as a run does, and judge the clause."""
    url = f"https://localhost:{port}/"
    seen = Touched()
    seen.note(url)

    def reading(probe: Probe, subject: str) -> Reading:
        given = looking(target_for(url, ca_file=authority.file), subject, seconds=60)
        given.scene.put("touched_hosts", seen)
        return run_probe(probe, given, run_id="run")[0]

    readings = [
        reading(tls_trust.PROBE, url),
        reading(enumerating.PROBE, url),
        reading(touched.PROBE, touched.SUBJECT),
    ]
    return judge(load_catalogue().by_id[OWN], JUDGEMENTS[OWN], readings, {}, SystemClock().now())


@dataclass(frozen=True)
class Weakness:
    """How the server is weak, and words that must stand in the reason."""

    name: str
    serve: Callable[[Files, Path], AbstractContextManager[int]]
    says: str


def s_server(*words: str) -> Callable[[Files, Path], AbstractContextManager[int]]:
    return lambda files, _: openssl(files, *words)


def suites(selection: str) -> Callable[[Files, Path], AbstractContextManager[int]]:
    return s_server("-cipher", f"{GOOD}:{selection}:@SECLEVEL=0")


def short_prime(files: Files, folder: Path) -> AbstractContextManager[int]:
    parameters = folder / "short.pem"
    parameters.write_text(DH_1024, encoding="ascii")
    return openssl(files, "-dhparam", str(parameters), "-cipher", f"{GOOD}:DHE-RSA-AES128-GCM-SHA256:@SECLEVEL=0")


def gnutls_with(cipher: str) -> Callable[[Files, Path], AbstractContextManager[int]]:
    return lambda files, _: gnutls(files, f"NORMAL:-VERS-TLS1.0:-VERS-TLS1.1:+{cipher}")


WEAKNESSES = (
    Weakness("NULL", suites("NULL-SHA256"), "does not encrypt (TLSv1.2 TLS_RSA_WITH_NULL_SHA256)"),
    Weakness("anonymous", suites("ADH-AES128-SHA256"), "authenticates no one"),
    Weakness("RC4", gnutls_with("ARCFOUR-128"), "RC4 must not be used"),
    Weakness("3DES", gnutls_with("3DES-CBC"), "effective strength of 112 bit"),
    Weakness("TLS 1.0", s_server("-cipher", "DEFAULT:@SECLEVEL=0"), "obsolete protocol (TLSv1, TLSv1.1)"),
    Weakness("DH 1024", short_prime, "key exchange by DH of 1024 bit"),
    Weakness("a short curve", s_server("-cipher", "ALL:@SECLEVEL=0", "-tls1_2", "-groups", "secp192r1"), "of 192 bit"),
)


@pytest.mark.parametrize("weakness", WEAKNESSES, ids=lambda weakness: weakness.name)
def test_a_weakness_beside_what_an_ordinary_client_gets_violates(
    weakness: Weakness, authority: Authority, rsa: Files, folder: Path
) -> None:
    with weakness.serve(rsa, folder) as port:
        verdict = verdict_on(port, authority)
    assert word(verdict) == "violates", verdict.reason.en
    assert weakness.says in verdict.reason.en


def test_what_no_client_here_can_agree_with_is_judged_by_what_was_enumerated(authority: Authority, rsa: Files) -> None:
    with tlslite(rsa, ((3, 0), (3, 0)), ["rc4"], exchanges=["rsa"]) as port:
        verdict = verdict_on(port, authority)
    assert word(verdict) == "violates", verdict.reason.en
    assert "obsolete protocol (SSLv3)" in verdict.reason.en


@pytest.mark.parametrize(
    ("issue", "says"),
    [
        (lambda authority: authority.expired(), "expired"),
        (lambda authority: authority.expired_link(), "expired"),
        (lambda authority: authority.wrong_host(), "wrong-host"),
        (lambda _: self_signed(), "self-signed"),
        (lambda authority: authority.intermediate(send=False), "incomplete-chain"),
    ],
    ids=["expired", "expired link", "wrong name", "self-signed", "incomplete chain"],
)
def test_certificates(issue: Callable[[Authority], object], says: str, authority: Authority, folder: Path) -> None:
    with openssl(Files.of(issue(authority), folder)) as port:  # type: ignore[arg-type]
        verdict = verdict_on(port, authority)
    assert word(verdict) == "violates", verdict.reason.en
    assert says in verdict.reason.en


@pytest.mark.parametrize(
    "issue",
    [lambda authority: authority.intermediate(send=True), lambda authority: authority.good(), Authority.crossed],
    ids=["with its link", "straight from the root", "with an old root that nobody needs"],
)
def test_a_good_server_conforms(authority: Authority, folder: Path, issue: Callable[[Authority], Issued]) -> None:
    with openssl(Files.of(issue(authority), folder)) as port:
        verdict = verdict_on(port, authority)
    assert word(verdict) == "conforms", verdict.reason.en
    assert "and no other; the weakest has 128 bit" in verdict.reason.en


def test_dh_of_2048_bit_conforms(authority: Authority, rsa: Files) -> None:
    with openssl(rsa, "-tls1_2", "-cipher", "DHE-RSA-AES128-GCM-SHA256") as port:
        verdict = verdict_on(port, authority)
    assert word(verdict) == "conforms", verdict.reason.en
