"""``net.tls_suites``: every suite that an https endpoint accepts, in every protocol, not only the one negotiated.

Subjects: as ``net.tls``. Data where the server does not speak TLS (``net.tls`` tells it)::

    {"host", "port", "speaks_tls": false, "answer": sentence}

and else::

    {"host", "port", "speaks_tls": true,
     "protocols": [{"protocol": "SSLv2"|"SSLv3"|"TLSv1"|"TLSv1.1"|"TLSv1.2"|"TLSv1.3"|"TLCPv1.1",
                    "offered": bool,       it accepts at least one suite in it
                    "refusal": str|null,   how it said no to the rest (or to all)
                    "trouble": str|null,   why its answer to the rest (or to all) is not known: silence, for one
                    "broke_off": [code],   suites that it chose and then gave up
                    "suites": [{"code", "name", "openssl": str|null, "bits": effective strength, "cipher", "export",
                                "key_exchange", "authentication": "RSA"|...|"anonymous",
                                "group": str|null, "group_kind": "ec"|"dh"|"rsa"|null, "group_bits": int|null,
                                "chain": index|null}]}],
     "chains": [{"certificates": as net.tls has them, "name_matches": bool|null (it cannot be read),
                 "path": [place],  of those that lead to an anchor; what is sent besides is needless
                 "problems": ["expired"|"not-yet-valid"]}],  of those
     "connections": int}

``group`` is what carried the key exchange when this suite was chosen: the curve, the Diffie-Hellman prime, the RSA key.
TLS 1.3 sends its certificates encrypted: their chain is the one that ``net.tls`` saw. A server that answers nothing in
words of TLS fails the look. Attachments: the certificates, each once (DER).
"""

from typing import Any
from urllib.parse import urlsplit

from probes.errors import LookFailed, NotPermitted, TargetAway, TimedOut
from probes.look import Look, Probe, Seen
from probes.tcp import place_of
from probes.tls.asking import Door
from probes.tls.scan import Scan, scan
from probes.tls.telling import told
from probes.tls_trust import subjects
from probes.transports import dial
from probes.transports.trust import anchor_names


def look(given: Look) -> Seen:
    """Enumerate one endpoint."""
    return enumerated(given, given.subject)


def enumerated(given: Look, url: str) -> Seen:
    """Enumerate the server behind a URL.

    Raises:
        LookFailed: it is not listed, away, silent, or hangs up whatever it is asked.
    """
    if not given.target.permits(url):
        raise NotPermitted(f"{given.redactor.url(url)} is not on the target's list of hosts")
    host, port = place_of(url)
    place: dict[str, Any] = {"host": host, "port": port}
    if urlsplit(url).scheme != "https":
        return Seen(data=place | {"speaks_tls": False, "answer": "the target declares no https endpoint"})
    with dial.connect(host, port, given.deadline) as connection:
        address = dial.literal(connection.getpeername()[0], port)
    done = scan(Door(host=host, address=address, deadline=given.deadline))
    if not done.speaks:
        if {each.trouble.kind for each in done.found if each.trouble} & {"not-tls"}:
            return Seen(data=place | {"speaks_tls": False, "answer": _first_words(done)})
        raise _silent(f"{host}:{port}", done)
    data, certificates = told(done, host, given.clock.now(), anchor_names(given.target.ca_file))
    return Seen(data=place | {"speaks_tls": True} | data, attachments=certificates)


def _first_words(done: Scan) -> str:
    return next(each.trouble.words for each in done.found if each.trouble and each.trouble.kind == "not-tls")


def _silent(place: str, done: Scan) -> LookFailed:
    """Return why nothing was heard: what kept us from an answer in TLS 1.2 stands for the rest."""
    troubles = {each.protocol.name: each.trouble for each in done.found if each.trouble}
    if not troubles:
        return TargetAway(f"{place} gave no answer in TLS")
    trouble = troubles.get("TLSv1.2") or next(iter(troubles.values()))
    kind = TimedOut if trouble.kind == "timeout" else TargetAway
    return kind(f"{place} answers no hello in words of TLS: {trouble.words}")


PROBE = Probe(name="net.tls_suites", version="1", look=look, subjects=subjects, deadline_s=120.0)
