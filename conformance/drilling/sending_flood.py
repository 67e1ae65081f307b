"""The marked flood: connections to a short list of ports, then log-ins that must fail, from a declared address of ours.

Each attempt names the run: an account ``duheng-RUN@duheng.invalid``, which no shop has, or over SSH a user
``duheng-RUN``; over HTTP the User-Agent too. It ends when nobody answers any more, or when the declared number is
reached; then the edge's traces are waited for, and where a block is noted, it is tried whether it keeps us out.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from typing import Final, TypeAlias
from urllib.parse import urlencode, urlsplit

from conformance.drilling.awaiting import await_over
from conformance.drilling.sendable import edge_of, need_listed
from conformance.drilling.sending import Sending, Sent
from probes.clock import Deadline
from probes.errors import TargetAway
from probes.target import DEFAULT_PORTS, Target
from probes.transports.from_source import Endpoint, asked_from, connect_from, need_source
from probes.transports.ssh_refused import refused_login
from probes.transports.trust import trusting_context
from profiles.drills.fault import Entry
from profiles.drills.traces import OVER, WATCH_S, mark_of

ATTEMPTS: Final = 20
"""Log-ins, where the entry says nothing."""

ATTEMPT_S: Final = 5.0
PAUSE_S: Final = 0.2
"""Between two attempts; they never overlap."""

IN_A_ROW: Final = 3
"""So many attempts in a row that are not answered, or refused: it makes no sense to go on."""

SSH: Final = 0
"""What stands for an answer over SSH, where HTTP has a status."""

BLOCKED: Final = "seen.block"
"""The file in the run's folder in which the host's watcher notes the trace of a block (``profiles/drills/traces``)."""

_KEEPING_OUT: Final = (403, 429, 503)
_IN_THE_END: Final = {True: "kept out", False: "NOT kept out", None: "nobody knows whether kept out in the end"}
_BLOCKING_S: Final = 1.0
_SCAN_S: Final = 1.0
_MARGIN_S: Final = 30.0

Attempt: TypeAlias = Callable[[], int | None]
"""Tries once; the answer's status, None where nobody answered."""


@dataclass(slots=True, kw_only=True)
class _Series:
    """Attempts of one kind, and how they were answered."""

    attempt: Attempt
    answers: list[int | None] = field(default_factory=list)

    def once(self) -> None:
        """Try once more."""
        self.answers.append(self.attempt())

    @property
    def answered(self) -> bool:
        """Whether the first one was answered: else nobody can tell of the others that they were kept out."""
        return bool(self.answers) and self.answers[0] is not None

    @property
    def kept_out(self) -> bool:
        """Whether the last one was kept out, or several in a row; and the first one was not."""
        return self.answered and (self._refused(self.answers[-1]) or any(map(self._pointless_at, self._places())))

    @property
    def pointless(self) -> bool:
        """Whether it makes no sense to go on."""
        return self._pointless_at(len(self.answers))

    def _places(self) -> range:
        return range(len(self.answers) + 1)

    def _pointless_at(self, end: int) -> bool:
        return end >= IN_A_ROW and all(self._refused(each) for each in self.answers[end - IN_A_ROW : end])

    def _refused(self, answer: int | None) -> bool:
        """Tell whether nobody answered, or otherwise than at first: with a status that keeps out."""
        return answer is None or (answer in _KEEPING_OUT and answer != self.answers[0])


def flood(sending: Sending) -> Sent:
    """Send it, wait for its traces, and see whether we are kept out by then.

    Raises:
        NotSet: this machine has not the declared address.
        NotPermitted: it would go elsewhere than to the target.
        TargetAway: nothing of it was answered at all.
        LookFailed: the host cannot be asked.
    """
    task, entry = sending.task, sending.task.drill.entry
    source, mark = str(entry["source"]), mark_of(sending.place.run_id)
    edge = edge_of(task.target, entry)
    logins = tuple(_Series(attempt=attempt) for attempt in _logins(sending, edge, source, mark))
    need_source(source)
    scan = tuple(_Series(attempt=partial(_connects, sending, source, edge, port)) for port in entry.get("ports", ()))
    for series in scan:
        _go_on(sending, series, 1)
    for series in logins:
        _go_on(sending, series, int(entry.get("attempts", ATTEMPTS)))
    tried = [series for series in (*logins, *scan) if series.answered]
    if not tried:
        raise TargetAway(f"nobody at {edge} answered any attempt from {source}")
    out = _kept_out(sending, tried[0], float(entry.get("watch_s", WATCH_S)) + _MARGIN_S)
    sent = sum(len(series.answers) for series in (*logins, *scan))
    scanned = f"{len(scan)} ports tried, {sum(each.answered for each in scan)} open; " if scan else ""
    how = f"{sent} attempts from {source} at {edge} ({scanned}{_IN_THE_END[out]})"
    return Sent(how=how, shapes={"attack": {"sent": sent, "source": source, "kept_out": out}})


def _kept_out(sending: Sending, series: _Series, seconds: float) -> bool | None:
    """Tell whether we are kept out: as soon as a block is noted, which may be a short one, or when the watch is over.

    None where that did not come to its end: a block might still have come.
    """
    deadline = Deadline.after(sending.task.clock, seconds)
    if await_over(sending, seconds, OVER, BLOCKED):
        for _ in range(IN_A_ROW):  # who blocks may say so before it is done
            series.once()
            if series.kept_out:
                break
            sending.pause(_BLOCKING_S)
    if not await_over(sending, deadline.remaining_s()):
        return None
    if not series.kept_out:
        series.once()
    return series.kept_out


def _go_on(sending: Sending, series: _Series, times: int) -> None:
    for _ in range(times):
        if sending.asked() is not None or series.pointless:
            return
        series.once()
        sending.pause(PAUSE_S)


def _connects(sending: Sending, source: str, edge: str, port: int) -> int | None:
    try:
        connect_from(source, edge, port, Deadline.after(sending.task.clock, _SCAN_S)).close()
    except OSError:
        return None
    return SSH


def endpoint_of(target: Target, url: str) -> Endpoint:
    """Return where a URL leads.

    Raises:
        NotPermitted: it is not on the target's list.
    """
    need_listed(target, url)
    parts = urlsplit(url)
    context = trusting_context(target.ca_file) if parts.scheme == "https" else None
    return Endpoint(host=parts.hostname or "", port=parts.port or DEFAULT_PORTS[parts.scheme], context=context)


def _logins(sending: Sending, edge: str, source: str, mark: str) -> Iterator[Attempt]:
    entry, clock = sending.task.drill.entry, sending.task.clock
    if "login_url" in entry:
        endpoint, request = endpoint_of(sending.task.target, entry["login_url"]), _form(entry, mark)
        yield lambda: asked_from(source, endpoint, request, Deadline.after(clock, ATTEMPT_S))
    if "ssh_port" in entry:
        port = int(entry["ssh_port"])
        yield lambda: _over_ssh(source, edge, port, mark, Deadline.after(clock, ATTEMPT_S))


def _over_ssh(source: str, edge: str, port: int, mark: str, deadline: Deadline) -> int | None:
    try:
        carrier = connect_from(source, edge, port, deadline)
    except OSError:
        return None
    return SSH if refused_login(carrier, mark, deadline) else None


def _form(entry: Entry, mark: str) -> bytes:
    parts = urlsplit(str(entry["login_url"]))
    account, password = entry.get("login_fields", ("email", "password"))
    body = urlencode({account: f"{mark}@duheng.invalid", password: f"{mark}-no-password"})
    head = (
        f"POST {parts.path or '/'} HTTP/1.1",
        f"Host: {parts.netloc}",
        f"User-Agent: duheng ({mark})",
        "Content-Type: application/x-www-form-urlencoded",
        f"Content-Length: {len(body)}",
        "Connection: close",
    )
    return ("\r\n".join((*head, "", "")) + body).encode()
