"""What the controller sends as the first bytes of standard input; the rest of it, when asked for, is the agent's zip.

It runs by itself, before anything else is there: this file is sent as text, and imports the standard library only.
``sys.argv``: digest of the zip with psutil, the machine that it is for, digest of the zip without, seconds, arguments.

The agent is unpacked once into ``~/.cache/duheng/DIGEST`` and found there from then on; the program that does so stands
before the zip (``unpacking``). Nothing but the cache is left behind.

It is sent and compiled for each look: so it holds and imports no more than it takes to start an agent that is there.
"""

import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, List

NEED = "duheng-need"


def cache() -> str:
    """Return the folder of the cache; it may not be there yet."""
    return os.path.join(os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache"), "duheng")


def ours(folder: str) -> bool:
    """Tell whether a folder is there, and nobody else may have put anything into it."""
    try:
        status = os.stat(folder)
    except OSError:
        return False
    return status.st_uid == os.geteuid() and not status.st_mode & 0o022


def main(arguments: "List[str]") -> None:
    """Run the agent; where it is neither cached nor sent, print which zip is wanted; end with the status."""
    whole, machine, plain, seconds = arguments[:4]
    # Whoever asked may be gone: nothing stays behind. ``signal`` itself would bring ``enum`` along.
    __import__("_signal").alarm(int(seconds))
    digest = whole if os.uname().machine == machine else plain
    folder = os.path.join(cache(), digest)
    there = ours(cache()) and ours(folder)
    sent = b"" if there else sys.stdin.buffer.read()
    if sent:
        unpacking: Dict[str, Any] = {"__name__": "duheng_unpacking"}
        exec(compile(sent.partition(b"\0")[0], "unpacking.py", "exec"), unpacking)  # noqa: S102 - of our own zip
        unpacking["place"](sent, folder)
    status = None
    if sent or there:
        sys.path.insert(0, folder)
        try:
            from probes.host.agent.__main__ import main as agent  # noqa: PLC0415 - it was not there before

            status = agent(arguments[4:])
        except ImportError:
            if not there:
                raise
            # Files of the cache are gone or empty, as after a power cut: it is sent anew, this one tidied up later.
            os.rename(folder, os.path.join(cache(), ".new-%d" % os.getpid()))
    if status is None:
        sys.stdout.write("%s %s\n" % (NEED, digest))
        status = 0
    sys.stdout.flush()
    os._exit(status)  # there is nothing to tidy up


if __name__ == "__main__":
    main(sys.argv[1:])
