"""All declared hosts, read side by side over a bounded number of connections; each look waits for its own host."""

import threading
from collections.abc import Mapping
from concurrent.futures import CancelledError, Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as NotYet
from typing import Any

from probes.clock import Clock, Deadline
from probes.errors import TimedOut
from probes.host.declared import Host, hosts_of, limits_of
from probes.host.reach import shell_on
from probes.host.remote import facts
from probes.look import Look
from probes.target import Target

_SCENE = "host.facts/fleet"
_ONE = threading.Lock()
_GLANCE_S = 1.0


class Fleet:
    """Reads every declared host once. Its threads end with the last host."""

    def __init__(self, target: Target, clock: Clock, whole: Deadline) -> None:
        """Set all hosts going; ``whole`` bounds them together, ``[hosts_limits] deadline_s`` each."""
        limits, hosts = limits_of(target), hosts_of(target)
        self._target, self._clock, self._whole = target, clock, whole
        self._deadline_s = limits.deadline_s
        pool = ThreadPoolExecutor(max_workers=min(limits.connections, len(hosts)) or 1, thread_name_prefix="host")
        self._reading: Mapping[str, Future[dict[str, Any]]] = {
            host.name: pool.submit(self._read, host) for host in hosts
        }
        pool.shutdown(wait=False)

    def _read(self, host: Host) -> dict[str, Any]:
        deadline = self._whole.sooner(self._deadline_s)
        with shell_on(self._target, host.name, deadline) as shell:
            document = facts(shell, deadline=deadline, clock=self._clock, sudo=host.sudo)
        return {**document, "host": host.name, "roles": list(host.roles), "site": host.site, "sudo": host.sudo}

    def document(self, name: str, deadline: Deadline) -> dict[str, Any]:
        """Return the document of one host, as soon as it is there.

        Raises:
            LookFailed: what kept us from reading the host; ``TimedOut`` where the deadline passed before.
        """
        reading = self._reading[name]
        while True:
            # In glances: a run that is called off ends its deadlines.
            left_s = deadline.remaining_s()
            try:
                return reading.result(min(left_s, _GLANCE_S))
            except NotYet:
                if left_s <= 0:
                    reading.cancel()
                    raise TimedOut(f"deadline passed while waiting for {name}") from None
            except CancelledError:
                raise TimedOut(f"deadline passed while waiting for {name}") from None


def fleet_of(given: Look) -> Fleet:
    """Return the fleet of this run; the first who asks sets it going."""
    with _ONE:
        if not given.scene.has(_SCENE):
            given.scene.put(_SCENE, Fleet(given.target, given.clock, given.deadline))
        fleet: Fleet = given.scene.get(_SCENE)
    return fleet
