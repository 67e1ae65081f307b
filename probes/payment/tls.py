"""``payment.tls``: whether the payment provider's hosts are to be trusted; data as of ``net.tls``.

Subjects: each host of ``[payment]``, as an https URL. A look that reads only, in production too.
"""

from probes import tls_trust
from probes.errors import NotSet
from probes.look import Look, Probe, Seen
from probes.payment.sandbox import declared_hosts
from probes.target import Target

NONE = "sandbox"


def look(given: Look) -> Seen:
    """Shake hands with one of the provider's hosts.

    Raises:
        NotSet: the target file names none.
    """
    if given.subject == NONE:
        raise NotSet("[payment] names no hosts, so the payment provider's encryption cannot be looked at")
    return tls_trust.look(given)


def subjects(target: Target) -> tuple[str, ...]:
    """Return the URLs of the provider's hosts; ``sandbox`` where the target file declares none."""
    return tuple(f"https://{host}" for host in declared_hosts(target)) or (NONE,)


PROBE = Probe(name="payment.tls", version="1", look=look, subjects=subjects, deadline_s=60.0)
