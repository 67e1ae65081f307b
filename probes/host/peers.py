"""``host.peers``: a direct TCP connection from each declared host to another one, opened on the host itself.

Subjects: the names of ``[[hosts]]``. Each tries the next one of the list, the last the first, so that every host is
once the asking and once the answering side. Data::

    {"from", "to", "address", "port", "state": "connected" | "refused" | "timeout" | "unreachable" | "no-family",
     "why": str}

``refused`` is an answer too: the other side's network spoke. Only declared hosts are contacted, on their SSH port.
"""

import json

from probes.errors import Garbage, NotSet
from probes.host.declared import Host, hosts_of
from probes.host.facts import NONE
from probes.host.facts import subjects as declared_hosts
from probes.host.reach import shell_on
from probes.look import Look, Probe, Seen

_CONNECT_S = 10
_PROGRAM = """
import errno, json, socket, sys
try:
    socket.create_connection((sys.argv[1], int(sys.argv[2])), float(sys.argv[3])).close()
    told = ("connected", "")
except ConnectionRefusedError as error:
    told = ("refused", str(error))
except (socket.timeout, TimeoutError) as error:
    told = ("timeout", str(error))
except OSError as error:
    none = error.errno in (errno.EAFNOSUPPORT, errno.EPROTONOSUPPORT)
    told = ("no-family" if none else "unreachable", str(error))
print(json.dumps({"state": told[0], "why": told[1]}))
"""


def look(given: Look) -> Seen:
    """Log in on the host, and connect from there to the next one."""
    if given.subject == NONE:
        raise NotSet("the target file declares no [[hosts]]")
    other = partner(hosts_of(given.target), given.subject)
    if other is None or other.address is None:
        raise NotSet("a connection between two hosts takes two [[hosts]] entries over SSH")
    with shell_on(given.target, given.subject, given.deadline) as shell:
        argv = ["python3", "-I", "-c", _PROGRAM, other.address, str(other.port), str(_CONNECT_S)]
        ran = shell.run(argv, deadline=given.deadline, max_bytes=10_000)
    try:
        told = json.loads(ran.stdout)
        state, why = str(told["state"]), str(told["why"])[:200]
    except (ValueError, KeyError, TypeError) as error:
        raise Garbage(f"{given.subject} told nothing of its connection to {other.name}: {ran.complaint()}") from error
    data = {"from": given.subject, "to": other.name, "address": other.address, "port": other.port}
    return Seen(data={**data, "state": state, "why": why})


def partner(hosts: tuple[Host, ...], name: str) -> Host | None:
    """Return the next host of the list that can be connected to by an address; None where there is none."""
    names = [host.name for host in hosts]
    place = names.index(name)
    others = [*hosts[place + 1 :], *hosts[:place]]
    return next((host for host in others if host.address is not None), None)


PROBE = Probe(name="host.peers", version="1", look=look, subjects=declared_hosts, deadline_s=60)
