"""Start a command that the kernel kills when its parent ends: ``bound.py PARENT COMMAND...``, standard library alone.

On Linux the parent's death is a signal of its own, asked for here and kept over ``exec``. Elsewhere the keeper of the
group does without it.
"""

import ctypes
import os
import signal
import sys

_SET_PDEATHSIG = 1
_PARENT_AWAY = 75


def main() -> None:
    """Ask for the signal, make sure that the parent is still there, and become the command."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != int(sys.argv[1]):
        sys.exit(_PARENT_AWAY)  # it ended before the signal was asked for
    os.execv(sys.argv[2], sys.argv[2:])  # noqa: S606 - the command is the harness's own


if __name__ == "__main__":
    main()
