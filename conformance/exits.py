"""Exit statuses beside those of a report (0, 1, 2): part of the contract with the outside."""

import select

USAGE = 64
"""Wrong usage, a bad target file, or evidence that cannot be kept or read."""

BUG = 70
BUG_TOLD = "this is a bug of Duheng's own; please report it with the lines above"

INTERRUPTED = 130
DIFFERS = 3
"""``replay``: a verdict comes out differently."""


def reader_left() -> bool:
    """Tell whether whoever read our standard output went away; pytest takes that for an error of its own."""
    poll = select.poll()
    poll.register(1, 0)
    return any(event & select.POLLERR for _, event in poll.poll(0))
