"""``net.tls_touched``: the same as ``net.tls_suites`` for every further host that this run's journeys touched.

One look, once all others are over. Data::

    {"touched": ["https://host:port", ...],    answered over https in this run, under a certificate that was verified
     "endpoints": ["https://host:port", ...],  those of them that net.tls_suites looks at
     "hosts": [{"origin", "suites": data of net.tls_suites | null,
                "cause": str|null, "failure": str|null}]}    why one could not be looked at

``hosts`` is empty where the journeys touched none besides the endpoints. Attachments: their certificates (DER).
"""

from typing import Any

from probes.errors import LookFailed
from probes.look import Look, Probe, Seen
from probes.target import Target
from probes.tls.enumerating import enumerated
from probes.tls_trust import subjects as endpoints
from probes.transports.touched import origin

SUBJECT = "touched hosts"


def subjects(_: Target) -> tuple[str, ...]:
    """One look, on all of them."""
    return (SUBJECT,)


def look(given: Look) -> Seen:
    """Enumerate the hosts that answered in this run and are no endpoints."""
    touched: tuple[str, ...] = given.scene.get("touched_hosts").origins()
    known = {origin(url) for url in endpoints(given.target)}
    hosts: list[dict[str, Any]] = []
    certificates: list[bytes] = []
    for place in touched:
        if place not in known:
            entry, sent = _enumerated(given, place)
            hosts.append(entry)
            certificates += sent
    data = {"touched": list(touched), "endpoints": [place for place in touched if place in known], "hosts": hosts}
    return Seen(data=data, attachments=tuple(dict.fromkeys(certificates)))


def _enumerated(given: Look, place: str) -> tuple[dict[str, Any], tuple[bytes, ...]]:
    try:
        seen = enumerated(given, place)
    except LookFailed as failed:
        return {"origin": place, "suites": None, "cause": failed.cause, "failure": failed.detail}, ()
    return {"origin": place, "suites": dict(seen.data), "cause": None, "failure": None}, seen.attachments


PROBE = Probe(name="net.tls_touched", version="1", look=look, subjects=subjects, deadline_s=240.0, last=True)
