"""Drills: how late a recovery is told, and what a drill itself takes, beside what it waits for."""

import secrets
import socket
import subprocess
import threading
import time
from pathlib import Path

from conformance.drilling.watching import INTERVAL_S, Seen, Watcher
from probes.clock import SystemClock
from profiles.drills import deadman
from profiles.drills.course import Journey, confirmed
from profiles.drills.registry import FAULTS
from tests.bench.table import Row
from tests.profiles.drills.host import sh, victim

ROUNDS = 5
WALKERS = 4
DOWN_S = (1.1, 1.2, 1.3, 1.4, 1.5)
"""Away for so long, so that what came back stands at every point of the interval between two journeys."""


def drill_rows(folder: Path) -> list[Row]:
    """Measure the resolution of recovery times, and the seconds that a drill spends on the host."""
    late = [_told_late(down_s) for down_s in DOWN_S]
    spent = [_spent(folder / str(number)) for number in range(ROUNDS)]
    return [
        Row(
            what="drill: recovery told later than it was",
            value=max(late),
            unit="s",
            at_most=INTERVAL_S,
            absolute=f"{len(late)} outages of {DOWN_S[0]} to {DOWN_S[-1]} s; a journey every {INTERVAL_S} s",
        ),
        Row(
            what="drill: on the host, lock and dead man to lock given back",
            value=sorted(spent)[len(spent) // 2],
            unit="s",
            at_most=2.0,
            absolute=f"arm, inject, prove, heal, prove, release, collect; median of {ROUNDS}",
        ),
    ]


class _Gate:
    """A server that answers while it is open, at instants that are known."""

    def __init__(self) -> None:
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.place = self._listening.getsockname()
        self._serve()

    def _serve(self) -> None:
        threading.Thread(target=self._answer, args=(self._listening,), daemon=True).start()

    def _answer(self, listening: socket.socket) -> None:
        while True:
            try:
                connection, _ = listening.accept()
            except OSError:
                return
            with connection:
                connection.sendall(b"good")

    def close(self) -> None:
        """Refuse from now on."""
        self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()

    def open(self) -> float:
        """Answer again; return since when, in monotonic seconds."""
        self._listening = socket.create_server(self.place)
        opened_s = time.monotonic()
        self._serve()
        return opened_s


def _told_late(down_s: float) -> float:
    gate, clock = _Gate(), SystemClock()
    opened: list[float] = []

    def look(phase: str) -> Journey:
        started_s = clock.monotonic_s()
        try:
            with socket.create_connection(gate.place, timeout=5) as connection:
                ok = connection.recv(4) == b"good"
        except OSError:
            ok = False
        return Journey(phase=phase, started_ms=0, ended_ms=0, started_s=started_s, ended_s=clock.monotonic_s(), ok=ok)

    began_s = clock.monotonic_s()
    gate.close()
    back = threading.Timer(down_s, lambda: opened.append(gate.open()))
    back.start()

    def over(seen: Seen) -> str | None:
        return "recovered" if opened and seen.recovered_since(began_s) else None

    _, seen = Watcher(walkers=(look,) * WALKERS, clock=clock, note=lambda _: None).until("during", over)
    gate.close()
    return confirmed(seen.over)[0].ended_s - opened[0]


def _spent(folder: Path) -> float:
    folder.mkdir()
    with victim(folder) as hit:
        place = deadman.Place(place=str(folder / "drill"), run_id=f"run-{secrets.token_hex(4)}")
        scripts = FAULTS["hang"].scripts(hit.entry)
        texts = (
            deadman.arming(place, scripts, owner={}, seconds=600),
            deadman.injecting(place),
            deadman.proving(place),
            deadman.healing(place, who="harness", release=False),
            deadman.healing(place, who="harness", release=True),
            deadman.collecting(place),
        )
        began_s = time.monotonic()
        for text in texts:
            answer = sh(text)
            if answer.returncode != 0:
                raise subprocess.CalledProcessError(answer.returncode, "sh", answer.stdout, answer.stderr)
        return time.monotonic() - began_s
