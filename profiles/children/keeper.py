"""The keeper of a run's process group: a script of the standard library alone, started before all others of the group.

Its standard input is a pipe whose other end the parent holds and nobody else. When that ends, the parent has ended,
however it did; the keeper then kills its whole process group, and itself with it.
"""

import os
import signal


def main() -> None:
    """Wait for the end of standard input, then kill the group."""
    while os.read(0, 4096):
        pass
    os.killpg(0, signal.SIGKILL)


if __name__ == "__main__":
    main()
