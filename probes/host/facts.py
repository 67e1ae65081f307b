"""``host.facts``: what each declared host says of itself, read by the agent that runs on it for a moment.

Subjects: the names of ``[[hosts]]``. Data: the agent's document, and who the host is by the target file::

    {"host", "roles": [...], "site": str | null, "sudo": bool,
     "agent": {"version", "python", "psutil": str | null, "euid", "arch", "byteorder"}, "at_ms",
     "clock": {"ahead_s", "within_s"},           the host's clock against ours, and how exactly that is known
     "sections": {NAME: {"state": "read", "data": {...}}
                      | {"state": "unread", "cause": "permission" | "settings" | "target", "why"}}}

The shape of a section's data stands in its file under ``probes/host/agent/``. All hosts are read side by side, as many
at a time as ``[hosts_limits] connections`` says; one that is away costs its own deadline, and is one finding.
"""

from probes.errors import NotSet
from probes.host.declared import hosts_of
from probes.host.fleet import fleet_of
from probes.look import Look, Probe, Seen
from probes.target import Target

NONE = "hosts"
"""The subject where no host is declared: there is one look, and it tells that."""


def look(given: Look) -> Seen:
    """Wait for the host's document; the first look sets all hosts going."""
    if not given.target.declared("hosts"):
        raise NotSet("the target file declares no [[hosts]]")
    return Seen(data=fleet_of(given).document(given.subject, given.deadline))


def subjects(target: Target) -> tuple[str, ...]:
    """Return the names of the declared hosts."""
    return tuple(host.name for host in hosts_of(target)) or (NONE,)


PROBE = Probe(name="host.facts", version="1", look=look, subjects=subjects, deadline_s=600)
