"""What a cell of the access matrix says, in one word. Pure: for the judge, and for the picture."""

from collections.abc import Mapping
from typing import Any, Literal

from probes.access.kinds import ENDED

State = Literal["refused", "shown", "altered", "pointer", "unproven"]
STATES: tuple[State, ...] = ("refused", "shown", "altered", "pointer", "unproven")


def state_of(cell: Mapping[str, Any]) -> State:
    """Return what came of an attempt.

    ``shown``: the answer held what is somebody else's. ``altered``: its owner found it changed, or gone. ``pointer``:
    what an ended session was shown, which another clause owns. ``refused``: neither, and proven so: the owner's access
    and the session's own worked before and after, the owner's answer holds what was looked for, and what was sent
    takes effect when the owner sends it. Anything else is ``unproven``.
    """
    if cell["who"] == ENDED:
        return "pointer" if _opened(cell) else "refused" if _denied_ended(cell) else "unproven"
    if cell.get("altered"):
        return "altered"
    if _opened(cell):
        return "shown"
    return "refused" if doubt(cell) is None else "unproven"


def _opened(cell: Mapping[str, Any]) -> bool:
    return bool(cell["shown"] or cell.get("same"))


def _denied_ended(cell: Mapping[str, Any]) -> bool:
    """Tell whether an ended session was denied what its owner saw: it has nothing of its own to show any more."""
    return bool(cell["outcome"] == "denied" and cell["owner_before"] and cell["owner_after"])


Doubt = Literal["owner", "own", "neither", "words", "control"]


def doubt(cell: Mapping[str, Any]) -> Doubt | None:
    """Return why a refusal proves nothing; None where it does.

    ``owner``: the owner's own access did not work before and after; ``own``: the session's own did not; ``neither``:
    the answer was no denial (a list that shows nothing foreign needs none); ``words``: nothing by which a leak would
    be known; ``control``: the same request took no effect when the owner sent it.
    """
    if not (cell["owner_before"] and cell["owner_after"]):
        return "owner"
    if not (cell["own_before"] and cell["own_after"]):
        return "own"
    if cell["verb"] == "read":
        if not (cell["outcome"] == "denied" or (cell["outcome"] == "done" and not cell["by_id"])):
            return "neither"
        return None if cell["owner_sees"] else "words"
    if cell["outcome"] == "broken":
        return "neither"
    return None if cell["control"] else "control"
