"""What the controller sends as the first bytes of standard input; the rest of it, when asked for, is the agent's zip.

It runs by itself, before anything else is there: this file is sent as text, and imports the standard library only.
``sys.argv``: digest of the zip with psutil, the machine that it is for, digest of the zip without, seconds, arguments.

The agent is unpacked once into ``~/.cache/duheng/DIGEST`` and found there from then on. Where that folder cannot be
made or filled (a read-only home, a full disk) it runs from memory, psutil's library through an anonymous file; where
that is not to be had either, without psutil. Nothing but the cache is left behind.

A host whose cache has the agent imports no more than it takes to start it: that is most of what a look costs there.
"""

import importlib
import importlib.machinery
import os
import re
import runpy
import signal
import sys
import time
from typing import Any, Dict, List

NEED = "duheng-need"
KEPT = 2
"""Agents of other versions that stay in the cache: two controllers may not be of one age."""

LEFT_S = 3600
LIBRARY = "psutil/_psutil_linux.abi3.so"


class Memory:
    """Imports the agent's modules from the zip that is held in memory."""

    def __init__(self, files: "Dict[str, bytes]") -> None:
        """Keep name and content of every file of the zip."""
        self.files = files

    def find_spec(self, name: str, path: "Any" = None, target: "Any" = None) -> "Any":  # noqa: ARG002 - the importer's own
        """Return where a module comes from; None where it is not the agent's."""
        place = name.replace(".", "/")
        if name == "psutil._psutil_linux" and LIBRARY in self.files:
            return _anonymous(name, self.files[LIBRARY])
        for origin, package in ((place + "/__init__.py", True), (place + ".py", False)):
            if origin in self.files:
                loader = Source(name, origin, self.files[origin])
                return importlib.machinery.ModuleSpec(name, loader, origin=origin, is_package=package)
        return None


class Source(importlib.machinery.SourceFileLoader):
    """Runs one module from its text, as if it came from a file."""

    def __init__(self, name: str, origin: str, text: bytes) -> None:
        """Keep the text; ``origin`` is its name in the zip."""
        super().__init__(name, origin)
        self.text = text

    def path_stats(self, path: str) -> "Any":
        """Tell that there is no file, and so no compiled one to look for.

        Raises:
            OSError: always.
        """
        raise OSError(path)

    def get_data(self, path: str) -> bytes:  # noqa: ARG002 - the importer's own
        """Return the text."""
        return self.text


def _anonymous(name: str, library: bytes) -> "Any":
    """Return the spec of a library in a file without a name; None where the system has no such files."""
    try:
        file = os.memfd_create("duheng")
        os.write(file, library)
    except (AttributeError, OSError):
        return None
    place = "/proc/self/fd/%d" % file
    return importlib.machinery.ModuleSpec(name, importlib.machinery.ExtensionFileLoader(name, place), origin=place)


def cache() -> str:
    """Return the folder of the cache; it may not be there yet."""
    return os.path.join(os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache"), "duheng")


def opened(sent: bytes) -> "Any":
    """Return the zip that was sent."""
    return importlib.import_module("zipfile").ZipFile(importlib.import_module("io").BytesIO(sent))


def unpack(sent: bytes, folder: str) -> bool:
    """Unpack the zip into the folder, whole or not at all; False where that cannot be done."""
    tempfile, shutil = map(importlib.import_module, ("tempfile", "shutil"))
    made = None
    try:
        os.makedirs(os.path.dirname(folder), mode=0o700, exist_ok=True)
        made = tempfile.mkdtemp(dir=os.path.dirname(folder), prefix=".new-")
        with opened(sent) as packed:
            packed.extractall(made)
        os.rename(made, folder)
        tidy(os.path.dirname(folder), folder)
    except OSError:
        if made is not None:
            shutil.rmtree(made, ignore_errors=True)  # no room; or somebody else was first
        return os.path.isdir(folder)
    return True


def tidy(cached: str, own: str) -> None:
    """Take away agents of older versions, but for the newest, and what a broken off unpacking left an hour ago."""
    shutil = importlib.import_module("shutil")
    digests, now = [], time.time()
    for name in os.listdir(cached):
        place = os.path.join(cached, name)
        age_s = now - os.stat(place).st_mtime
        if re.match(r"[0-9a-f]{64}\Z", name) and place != own:
            digests.append((age_s, place))
        elif name.startswith(".new-") and age_s > LEFT_S:
            shutil.rmtree(place, ignore_errors=True)
    for _, place in sorted(digests)[KEPT:]:
        shutil.rmtree(place, ignore_errors=True)


def main(arguments: "List[str]") -> None:
    """Run the agent; where it is neither cached nor sent, print which zip is wanted and end with status 0."""
    whole, machine, plain, seconds = arguments[:4]
    signal.alarm(int(seconds))  # whoever asked may be gone: nothing stays behind
    digest = whole if os.uname().machine == machine else plain
    folder = os.path.join(cache(), digest)
    sys.argv = ["duheng-agent"] + arguments[4:]
    if not os.path.isdir(folder):
        sent = sys.stdin.buffer.read()
        if not sent:
            sys.stdout.write("%s %s\n" % (NEED, digest))
            return
        if not unpack(sent, folder):
            sys.dont_write_bytecode = True
            with opened(sent) as packed:
                sys.meta_path.insert(0, Memory({name: packed.read(name) for name in packed.namelist()}))
    sys.path.insert(0, folder)
    runpy.run_module("probes.host.agent", run_name="__main__", alter_sys=False)


if __name__ == "__main__":
    main(sys.argv[1:])
