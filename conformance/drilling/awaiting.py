"""Waits until what a fault has to watch on its host is over: a sender's last act, before the fault is taken out."""

import shlex
from typing import Final

from conformance.drilling.sending import Sending
from probes.clock import Deadline
from profiles.drills.traces import OVER

_PIECE_S: Final = 10
"""So long the host is waited for at a time; between, somebody may ask for the end."""

_NOT_YET: Final = 75
"""Status: it is still watched. With any other one it makes no sense to ask again: the run's folder is gone."""


def await_over(sending: Sending, seconds: float, *signs: str) -> bool:
    """Tell whether the host's watcher came to its end in so many seconds; nobody asked for the end before.

    ``signs``: files in the run's folder of which one will do, where it is not the watcher's end that is waited for.

    Raises:
        LookFailed: the host cannot be asked.
    """
    deadline = Deadline.after(sending.task.clock, seconds)
    there = " || ".join(f"[ -e {shlex.quote(sign)} ]" for sign in signs or (OVER,))
    text = _WAIT.format(folder=shlex.quote(sending.place.folder), there=there, tries=_PIECE_S, not_yet=_NOT_YET)
    while sending.asked() is None and deadline.remaining_s() > 0:
        if (status := sending.task.hand.run(text).status) != _NOT_YET:
            return status == 0
    return False


_WAIT: Final = """{{
cd {folder} || exit 1
tries=0
until {there}; do
  tries=$((tries + 1))
  [ "$tries" -le {tries} ] || exit {not_yet}
  sleep 1
done
}}
"""
