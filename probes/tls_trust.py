"""``net.tls``: whether an https endpoint is to be trusted, and what it negotiates with an ordinary client.

Subjects: the URL of each https endpoint; where the target declares none, its base URL, asked over http. Data where the
server does not speak TLS (it answers in clear; one that answers neither in TLS nor in HTTP fails the look)::

    {"host", "port", "speaks_tls": false, "answer": sentence}

and else::

    {"host", "port", "speaks_tls": true,
     "negotiated": bool,              an ordinary client (TLS 1.2 or newer, this machine's suites) could agree with it
     "refusal": str|null,             why not, in the words of the TLS library
     "protocol": "TLSv1.3"|null, "cipher": str|null, "secret_bits": int|null, "prohibited_suite": bool,
                                      of the ordinary client; where it could not agree, of one that takes anything
     "trusted": bool, "verify_error": str|null,   by this machine's store and the target's ca_file
     "name_matches": bool, "self_signed": bool, "chain_complete": bool, "expires_in_s": int|null,
     "problems": [code ...],          expired, not-yet-valid, wrong-host, self-signed, untrusted, incomplete-chain,
                                      weak-certificate, refused (anything else; see verify_error)
     "chain": [{subject, issuer, sans, not_before, not_after, key_type, key_bits, signature_hash, sha256}],  as sent
     "hsts": str|null, "hsts_status": int|null, "hsts_error": str|null}   of GET / over verified TLS

``incomplete-chain``: only the leaf was sent and its issuer is not known here; ``untrusted`` stands beside it, since an
unknown authority that signs leaves itself looks the same. ``secret_bits`` is the effective strength of the suite (see
``probes.certificate``). A server with which nothing at all can be agreed fails the look. Attachments: the certificates
as sent (DER).
"""

import ssl
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from probes.certificate import (
    describe,
    name_matches,
    path,
    period_problem,
    read_certificate,
    self_signed,
    suite_bits,
    suite_prohibited,
)
from probes.errors import Garbage, LookFailed, NotPermitted, TargetAway, TimedOut
from probes.look import Look, Probe, Seen
from probes.target import Target
from probes.tcp import place_of
from probes.transports import dial
from probes.transports.http_errors import NO_TLS_REASONS
from probes.transports.patient import ask
from probes.transports.port import Request
from probes.transports.trust import anchor_names, trusting_context

_SELF_SIGNED_LEAF = 18
_NO_ISSUER = frozenset({2, 20, 21})
_SELF_SIGNED_ABOVE = 19
_PERIOD = {9: "not-yet-valid", 10: "expired"}
_NAME = frozenset({62, 63, 64})
_WEAK = frozenset({66, 67, 68})
"""Codes of X509_verify_cert (OpenSSL, x509_vfy.h)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Shaken:
    """One handshake: what was agreed (None: nothing), and what stood against it."""

    protocol: str | None = None
    cipher: str | None = None
    chain: tuple[bytes, ...] = ()
    verify_code: int = 0
    verify_error: str | None = None
    refusal: str | None = None
    no_tls: bool = False


def subjects(target: Target) -> tuple[str, ...]:
    """Return the URLs of the https endpoints; where the target declares none, its base URL."""
    secure = [endpoint.url for endpoint in target.endpoints if urlsplit(endpoint.url).scheme == "https"]
    return tuple(dict.fromkeys(secure)) or (target.platform.base_url,)


def _in_clear(given: Look, url: str) -> int:
    """Return the status with which a place answers in clear.

    Raises:
        LookFailed: it does not answer in HTTP.
    """
    session = given.http()
    try:
        return ask(session, Request(method="GET", url=url), deadline=given.deadline, clock=given.clock).status
    finally:
        session.close()


def _no_tls(given: Look, host: str, port: int, refusal: str | None) -> str:
    """Return what a place without TLS answers instead.

    Raises:
        Garbage: nothing of a shop's: neither TLS nor HTTP. Who mistyped a port has not seen a shop without encryption.
    """
    place = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    try:
        status = _in_clear(given, f"http://{place}/")
    except (TargetAway, TimedOut, Garbage) as failed:
        raise Garbage(f"{host}:{port} answers, but neither in TLS ({refusal}) nor in HTTP") from failed
    return f"{host}:{port} answers, but not in TLS ({refusal}); in clear it answers {status}"


def look(given: Look) -> Seen:
    """Shake hands with verification, then without (for the chain); ask for HSTS over verified TLS."""
    if not given.target.permits(given.subject):
        raise NotPermitted(f"{given.redactor.url(given.subject)} is not on the target's list of hosts")
    host, port = place_of(given.subject)
    if urlsplit(given.subject).scheme != "https":
        status = _in_clear(given, given.target.url("/"))
        answer = f"the target declares no https endpoint; over http it answers {status}"
        return Seen(data={"host": host, "port": port, "speaks_tls": False, "answer": answer})
    verified = _shake(given, trusting_context(given.target.ca_file))
    if verified.no_tls:
        answer = _no_tls(given, host, port, verified.refusal)
        return Seen(data={"host": host, "port": port, "speaks_tls": False, "answer": answer})
    bare = _shake(given, _unverifying())
    lenient = _shake(given, _taking_anything()) if bare.protocol is None else bare
    if lenient.protocol is None:
        # SSLv3, RC4 or TLCP only: this machine cannot tell how strong that is, so it is no violation that we saw.
        raise TargetAway(f"{host}:{port} speaks TLS, but nothing that this machine speaks as well ({lenient.refusal})")
    agreed = verified if verified.protocol else lenient
    data = {
        "host": host,
        "port": port,
        "speaks_tls": True,
        "negotiated": bare.protocol is not None,
        "refusal": bare.refusal,
        "protocol": agreed.protocol,
        "cipher": agreed.cipher,
        "secret_bits": suite_bits(agreed.cipher) if agreed.cipher else None,
        "prohibited_suite": bool(agreed.cipher) and suite_prohibited(agreed.cipher or ""),
        "trusted": verified.protocol is not None,
        "verify_error": verified.verify_error,
        **_of_chain(host, lenient.chain, verified.verify_code, given),
        **_hsts(given),
    }
    return Seen(data=data, attachments=lenient.chain)


def _shake(given: Look, context: ssl.SSLContext) -> _Shaken:
    host, port = place_of(given.subject)
    with dial.connect(host, port, given.deadline) as connection:
        connection.settimeout(given.deadline.check(f"a TLS handshake with {host}:{port}"))
        try:
            with context.wrap_socket(connection, server_hostname=host) as wrapped:
                cipher = wrapped.cipher()
                return _Shaken(
                    protocol=wrapped.version(), cipher=cipher[0] if cipher else None, chain=_sent_chain(wrapped)
                )
        except ssl.SSLCertVerificationError as error:
            return _Shaken(verify_code=error.verify_code, verify_error=error.verify_message)
        except TimeoutError:
            raise TimedOut(f"{host}:{port} took the connection, but did not finish a TLS handshake in time") from None
        except (ssl.SSLEOFError, ssl.SSLZeroReturnError, ConnectionError) as error:
            raise TargetAway(f"{host}:{port} broke the connection off during the TLS handshake") from error
        except ssl.SSLError as error:
            reason = error.reason or str(error)
            return _Shaken(refusal=reason, no_tls=reason in NO_TLS_REASONS)


def _unverifying() -> ssl.SSLContext:
    """Return an ordinary client that only wants to see the certificates; nothing is sent over its connections."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


def _taking_anything() -> ssl.SSLContext:
    """Return a client that takes every version and suite which this machine's TLS library still has."""
    context = _unverifying()
    context.minimum_version = ssl.TLSVersion.MINIMUM_SUPPORTED
    context.set_ciphers("ALL:COMPLEMENTOFALL:@SECLEVEL=0")
    return context


def _sent_chain(wrapped: ssl.SSLSocket) -> tuple[bytes, ...]:
    # Public from Python 3.13 on, there with bytes; before that it is there, under an underscore, with objects.
    holder: Any = wrapped if hasattr(wrapped, "get_unverified_chain") else wrapped._sslobj  # type: ignore[attr-defined] # noqa: SLF001
    chain = holder.get_unverified_chain() or ()
    return tuple(each if isinstance(each, bytes) else ssl.PEM_cert_to_DER_cert(each.public_bytes()) for each in chain)


def _of_chain(host: str, chain: tuple[bytes, ...], verify_code: int, given: Look) -> dict[str, Any]:
    shown = [describe(der) for der in chain]
    leaf = read_certificate(chain[0]) if chain else None
    problems = list(_problems(host, chain, verify_code, given))
    left = None if leaf is None else int((leaf.not_valid_after_utc - given.clock.now()).total_seconds())
    return {
        "name_matches": bool(shown) and name_matches(host, shown[0]["sans"]),
        "self_signed": leaf is not None and self_signed(leaf),
        "chain_complete": bool(chain) and "incomplete-chain" not in problems,
        "expires_in_s": left,
        "problems": problems,
        "chain": shown,
    }


def _problems(host: str, chain: tuple[bytes, ...], verify_code: int, given: Look) -> tuple[str, ...]:
    """Return the codes of all that is wrong: OpenSSL stops at the first, so dates and name are looked at here too.

    What is sent along and not needed to reach an anchor may be out of date: clients do not look at it.
    """
    found: list[str] = []
    anchors = anchor_names(given.target.ca_file) if len(chain) > 1 else frozenset()
    for certificate in (read_certificate(chain[at]) for at in path(chain, anchors)):
        problem = period_problem(certificate, given.clock.now()) if certificate else None
        found += [problem] if problem else []
    if verify_code in _PERIOD:
        found.append(_PERIOD[verify_code])
    if verify_code in _NAME or (chain and not name_matches(host, describe(chain[0])["sans"])):
        found.append("wrong-host")
    found += _chain_problems(len(chain), verify_code)
    return tuple(dict.fromkeys(found))


def _chain_problems(sent: int, verify_code: int) -> list[str]:
    if verify_code == _SELF_SIGNED_LEAF:
        return ["self-signed"]
    if verify_code == _SELF_SIGNED_ABOVE:
        return ["untrusted"]
    if verify_code in _NO_ISSUER:
        return ["untrusted", "incomplete-chain"] if sent <= 1 else ["untrusted"]
    if verify_code in _WEAK:
        return ["weak-certificate"]
    known = verify_code in _PERIOD or verify_code in _NAME or verify_code == 0
    return [] if known else ["refused"]


def _hsts(given: Look) -> dict[str, Any]:
    session = given.http()
    try:
        response = session.send(Request(method="GET", url=_root_of(given.subject)), deadline=given.deadline)
    except LookFailed as failed:
        return {"hsts": None, "hsts_status": None, "hsts_error": failed.detail}
    finally:
        session.close()
    return {
        "hsts": response.header("strict-transport-security"),
        "hsts_status": response.status,
        "hsts_error": None,
    }


def _root_of(url: str) -> str:
    return f"https://{urlsplit(url).netloc.rpartition('@')[2]}/"


PROBE = Probe(name="net.tls", version="1", look=look, subjects=subjects, deadline_s=60.0)
