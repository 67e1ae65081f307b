"""What the controller sends as the first bytes of standard input; the agent's zip comes behind it, when asked for.

It runs by itself, before anything else is there: this file is sent as text, and imports the standard library only.
``sys.argv``: digest of the agent with psutil, the machine that it is for, digest of that without, seconds, arguments.

The agent is kept once in ``~/.cache/duheng/DIGEST`` and found there from then on: its modules, compiled, in one file,
and psutil's library beside. Where it is not, this asks for it: ``duheng-need DIGEST PYTHON``, and the zip follows on
standard input behind the program that keeps it (``unpacking``). Nothing but the cache is left behind. What is there is
run only where nobody else can have put it there and all of it is whole; else the agent is sent anew.

It is sent and compiled for each look: so it holds and imports no more than it takes to start an agent that is there.
"""

import _frozen_importlib as machinery  # importlib itself takes as long as five of the agent's modules
import marshal
import os
import sys
from _frozen_importlib_external import MAGIC_NUMBER, ExtensionFileLoader
from zlib import crc32

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, List, Optional

NEED = "duheng-need"
MODULES = "modules"
"""The file in the agent's folder: a line with ``PYTHON`` and checksums, then code by name, as ``marshal`` writes it."""

LIBRARY = "psutil/_psutil_linux.abi3.so"
PYTHON = "%s-%s" % (sys.implementation.cache_tag, "".join("%02x" % byte for byte in MAGIC_NUMBER))
"""Which Python runs here: code that another of the same name compiled fits."""


class Held:
    """Imports the agent's modules from their code in memory, and psutil's library from its file."""

    def __init__(self, code: "Dict[str, bytes]", library: "Optional[str]") -> None:
        """Keep each module's code by the name of its file, without suffix, and where the library is."""
        self.code, self.library = code, library

    def find_spec(self, name: str, path: "Any" = None, target: "Any" = None) -> "Any":  # noqa: ARG002 - the importer's own
        """Return where a module comes from; None where it is not the agent's."""
        place = name.replace(".", "/")
        for origin in (place, place + "/__init__"):
            if origin in self.code:
                loader = self  # type: Any
                return machinery.ModuleSpec(name, loader, origin=origin, is_package=origin != place)
        fits = ".abi3.so" in __import__("_imp").extension_suffixes()  # not where Python runs without its one lock
        if self.library and fits and LIBRARY.startswith(place + "."):
            return machinery.ModuleSpec(name, ExtensionFileLoader(name, self.library), origin=self.library)
        return None

    def create_module(self, spec: "Any") -> None:
        """Leave that to the importer."""

    def exec_module(self, module: "Any") -> None:
        """Run a module."""
        exec(marshal.loads(self.code[module.__spec__.origin]), module.__dict__)  # noqa: S102, S302 - of our own zip


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


def kept(folder: str) -> "Optional[Held]":
    """Return the agent in a folder of the cache.

    None where others may have written there, or it is not whole: files get lost and torn, as in a power cut.
    """
    if not ours(os.path.dirname(folder)) or not ours(folder):
        return None
    try:
        told, _, code = content(os.path.join(folder, MODULES)).partition(b"\n")
        library = os.path.join(folder, LIBRARY)
        with_library = not told.endswith(b" -")
        if told != sealed(code, content(library) if with_library else None):
            return None
        return Held(marshal.loads(code), library if with_library else None)  # noqa: S302 - written here, and whole
    except OSError:
        return None


def sealed(code: bytes, library: "Optional[bytes]") -> bytes:
    """Return the first line of ``MODULES``: this Python, and a checksum of the code and of the library."""
    return ("%s %d %s" % (PYTHON, crc32(code), "-" if library is None else crc32(library))).encode("ascii")


def content(path: str) -> bytes:
    """Return what a file holds."""
    with open(path, "rb", 0) as file:
        return file.read()


def main(arguments: "List[str]") -> None:
    """Run the agent; where it is not kept, say which one is wanted and wait for it; end with its status."""
    whole, machine, plain, seconds = arguments[:4]
    # Whoever asked may be gone: nothing stays behind. ``signal`` itself would bring ``enum`` along.
    __import__("_signal").alarm(int(seconds))
    digest = whole if os.uname().machine == machine else plain
    folder = os.path.join(cache(), digest)
    held = kept(folder)
    if held is None:
        sys.stdout.write("%s %s %s\n" % (NEED, digest, PYTHON))
        sys.stdout.flush()
        sent = sys.stdin.buffer.read()
        if not sent:
            os._exit(0)
        unpacking: Dict[str, Any] = {"__name__": "duheng_unpacking"}
        exec(compile(sent.partition(b"\0")[0], "unpacking.py", "exec"), unpacking)  # noqa: S102 - of our own zip
        held = unpacking["place"](sent, folder, globals())
    sys.meta_path.insert(0, held)
    from probes.host.agent.__main__ import main as agent  # noqa: PLC0415 - it was not there before

    status = agent(arguments[4:])
    sys.stdout.flush()
    os._exit(status)  # there is nothing to tidy up


if __name__ == "__main__":
    main(sys.argv[1:])
