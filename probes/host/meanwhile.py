"""What every declared host goes through while something else is done: load, drops, database errors and query times.

``Meanwhile.start`` before, ``Meanwhile.stop`` after; one record a declared host, in the order of the file::

    {"host", "roles": [...], "site": str | null, "state": "read", "from_ms", "to_ms", "samples", "step_s",
     "resources": {"cpu" | "memory" | "disk" | "network_bytes": {"unit": "percent" | "bytes_s", "mean", "peak",
                   "p99_minute_peak": highest 99th percentile of a minute | null (no whole minute), "minutes",
                   "series": [[from_ms, mean, peak], ...at most 600]}},
     "gaps_s": seconds between from_ms and to_ms of which nothing is known, "breaks": [why, ...] of these,
     "clock": {"ahead_s", "within_s"}: how far the host's clock is ahead of ours, which is taken off,
     "interfaces": [{"name", "hardware": is there a device behind it | null, "rx_packets", "tx_packets", "rx_dropped",
                     "tx_dropped", "rx_errors", "tx_errors", "rx_fifo", "tx_fifo", "rx_missed",
                     "rx_over": what each counter grew by | null}],
     "softnet_dropped": int | null, "conntrack": {"insert_failed", "drop"} | null,
     "databases": [see ``probes.databases.meanwhile``]}
  | {"host", "roles", "site", "state": "unread", "cause", "why", "databases": [...]}

Instants by our own clock. Over one connection a host one bounded run of the agent follows another, and what could not
be seen between them is a gap. Nothing is left behind but the agent itself, cached.
"""

import threading
from typing import Any, Final

from probes.clock import Clock, Deadline
from probes.databases.declared import declared_databases
from probes.errors import NotSet, TimedOut
from probes.host.declared import Host, hosts_of, limits_of
from probes.host.watched import WatchedHost, unread
from probes.redaction import Redactor
from probes.target import Target

_GLANCE_S: Final = 0.5


class Meanwhile:
    """Watches the declared hosts from ``start`` to ``stop``; without hosts it does nothing."""

    def __init__(self, target: Target, *, clock: Clock, redactor: Redactor, most_s: float) -> None:
        """Keep what is watched; whatever happens, it is over ``most_s`` seconds after the start."""
        self._clock, self._most_s = clock, most_s
        self._ended = threading.Event()
        hosts = hosts_of(target)
        most = limits_of(target).connections
        databases = tuple(declared_databases(target).values())
        self._watched = tuple(
            WatchedHost(
                target, host, tuple(each for each in databases if each.host == host.name), clock=clock,
                redactor=redactor, ended=self._ended,
            )
            for host in hosts[:most]
        )  # fmt: skip
        self._left_out: tuple[Host, ...] = hosts[most:]

    def start(self, deadline: Deadline) -> None:
        """Begin; return once every host is being sampled, or is known not to be, or the deadline has passed."""
        whole = Deadline.after(self._clock, self._most_s)
        for watched in self._watched:
            watched.start(whole)
        for watched in self._watched:
            _awaited(watched.ready, deadline)

    def stop(self, deadline: Deadline, *, from_ms: int | None = None) -> tuple[dict[str, Any], ...]:
        """End the sampling, and return what each host went through; what is not there by the deadline is unread.

        Load from before ``from_ms`` is left out: hosts are sampled before that begins which they are sampled for.
        Stopping what was never started tells that.
        """
        self._ended.set()
        # Side by side: one that does not answer any more keeps no other waiting.
        asking = [threading.Thread(target=each.ask_to_end, args=(deadline,), daemon=True) for each in self._watched]
        for thread in asking:
            thread.start()
        for thread in asking:
            thread.join(deadline.remaining_s())
        told = [
            watched.told(from_ms)
            if _awaited(watched.over, deadline)
            else unread(watched.host, TimedOut("the samples did not come in time"))
            for watched in self._watched
        ]
        return (*told, *(unread(host, _too_many()) for host in self._left_out))


def _too_many() -> NotSet:
    return NotSet("more hosts are declared than [hosts_limits] connections allows at the same time; raise it")


def _awaited(event: threading.Event, deadline: Deadline) -> bool:
    # In glances: a run that is called off ends its deadlines.
    while not event.wait(min(_GLANCE_S, deadline.remaining_s())):
        if deadline.remaining_s() <= 0:
            return event.is_set()
    return True
