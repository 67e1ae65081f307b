"""What the controller sends as the first bytes of standard input; the rest of it, when asked for, is the agent's zip.

It runs by itself, before anything else is there: this file is sent as text, and imports the standard library only.
``sys.argv``: digest of the zip with psutil, the machine that it is for, digest of the zip without, seconds, arguments.

The agent is unpacked once into ``~/.cache/duheng/DIGEST`` and found there from then on; the program that does so stands
before the zip (``unpacking``). Nothing but the cache is left behind. What is there is run only where nobody else can
have put it there and all of it is whole; else the agent is sent anew.

It is sent and compiled for each look: so it holds and imports no more than it takes to start an agent that is there.
"""

import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, List

NEED = "duheng-need"
SEAL = "seal"
"""A file in the agent's folder: which files there are, and their checksum."""


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


def intact(folder: str) -> bool:
    """Tell whether each file is there as it was put there; files get lost and torn, as in a power cut."""
    try:
        told, _, names = content(os.path.join(folder, SEAL)).partition(b"\n")
        return told == sealed(folder, names)
    except (OSError, ValueError):
        return False


def sealed(folder: str, names: bytes) -> bytes:
    """Return the first line of ``SEAL``: this Python, and a checksum of the files that the other lines name.

    What runs is compiled, so a text is known by its size: it is by that, too, that Python tells whether it fits.

    Raises:
        OSError: one of them is not there.
    """
    from zlib import crc32  # noqa: PLC0415 - where nothing is cached, nothing is to be checked

    told = crc32(names)
    for name in names.decode("utf-8").split("\n"):
        path = os.path.join(folder, name)
        told = crc32(b"%d" % os.stat(path).st_size if name.endswith(".py") else content(path), told)
    return b"%d %d" % (sys.hexversion, told)


def content(path: str) -> bytes:
    """Return what a file holds; there are some fifty, and a reader with a buffer takes twice as long."""
    file = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        return os.read(file, os.fstat(file).st_size)
    finally:
        os.close(file)


def main(arguments: "List[str]") -> None:
    """Run the agent; where it is neither cached nor sent, print which zip is wanted; end with the status."""
    whole, machine, plain, seconds = arguments[:4]
    # Whoever asked may be gone: nothing stays behind. ``signal`` itself would bring ``enum`` along.
    __import__("_signal").alarm(int(seconds))
    digest = whole if os.uname().machine == machine else plain
    folder = os.path.join(cache(), digest)
    there = ours(cache()) and ours(folder) and intact(folder)
    sent = b"" if there else sys.stdin.buffer.read()
    if sent:
        unpacking: Dict[str, Any] = {"__name__": "duheng_unpacking"}
        exec(compile(sent.partition(b"\0")[0], "unpacking.py", "exec"), unpacking)  # noqa: S102 - of our own zip
        there = unpacking["place"](sent, folder, ours, intact, sealed)
    status = None
    sys.dont_write_bytecode = True  # all of it is compiled; what is written without being checked may be torn
    if there:
        sys.path.insert(0, folder)  # else nothing is imported from there: who knows whose it is
    if sent or there:
        from probes.host.agent.__main__ import main as agent  # noqa: PLC0415 - it was not there before

        status = agent(arguments[4:])
    if status is None:
        sys.stdout.write("%s %s\n" % (NEED, digest))
        status = 0
    sys.stdout.flush()
    os._exit(status)  # there is nothing to tidy up


if __name__ == "__main__":
    main(sys.argv[1:])
