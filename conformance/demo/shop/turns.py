"""One view at a time, each in its turn: SQLite lets one write, and whoever waits asks ever more seldom.

Whoever waits long is then overtaken by all who come later: of four shoppers on a busy machine one waited for twenty
seconds, and was told that the database is locked. Those who wait for a lock on a file are woken as soon as it is free.
Pages are rendered after the view's transaction, and so after its turn: that is most of the work, and two may be at it.
"""

import fcntl
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.http import HttpRequest, HttpResponse

_TURN = "_duheng_turn"


class Turns:
    """The outermost middleware; the servers of one shop share the file."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        """Wrap what answers."""
        self._get_response = get_response
        self._path = Path(os.environ["DUHENG_DEMO_DIR"]) / "turn.lock"

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer; where no page was rendered the turn ends here."""
        try:
            return self._get_response(request)
        finally:
            _end(request)

    def process_view(self, request: HttpRequest, *_: Any) -> None:
        """Wait for the turn."""
        turn = self._path.open("w", encoding="ascii")
        fcntl.flock(turn, fcntl.LOCK_EX)  # given back with the file, also by a server that is killed
        setattr(request, _TURN, turn)

    def process_template_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        """End the turn: what the view wrote is committed."""
        _end(request)
        return response


def _end(request: HttpRequest) -> None:
    turn = getattr(request, _TURN, None)
    if turn is not None:
        setattr(request, _TURN, None)
        turn.close()
