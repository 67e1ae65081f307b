"""One request at a time, each in its turn: SQLite lets one write, and whoever waits asks ever more seldom.

Whoever waits long is then overtaken by all who come later: of four shoppers on a busy machine one waited for twenty
seconds, and was told that the database is locked. Those who wait for a lock on a file are woken as soon as it is free.
"""

import fcntl
import os
from collections.abc import Callable
from pathlib import Path

from django.http import HttpRequest, HttpResponse


class Turns:
    """The outermost middleware; the servers of one shop share the file."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        """Wrap what answers."""
        self._get_response = get_response
        self._path = Path(os.environ["DUHENG_DEMO_DIR"]) / "turn.lock"

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Wait for the turn, and answer."""
        with self._path.open("w", encoding="ascii") as turn:
            fcntl.flock(turn, fcntl.LOCK_EX)  # given back with the file, also by a server that is killed
            return self._get_response(request)
