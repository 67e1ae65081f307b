"""Puts the agent where it can be imported: into the cache, and where that is not to be had, into memory.

Where the cache cannot be made or filled (a read-only home, a full disk), or others can write to it, the agent runs from
memory, psutil's library through an anonymous file; where that is not to be had either, without psutil. This text stands
before the zip, as the program of a self-extracting archive does: ``boot`` runs it.
"""

import importlib.machinery
import os
import sys
import time
import zlib

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Dict

KEPT = 2
"""Agents of other versions that stay in the cache: two controllers may not be of one age."""

LEFT_S = 3600
SEAL = "seal"
"""As ``boot`` has it."""
LIBRARY = "psutil/_psutil_linux.abi3.so"
_DIGEST = 64
_BEFORE, _END = 30, 22
"""Bytes that stand in a zip before each file, without its name, and at the end of all."""

_FIELDS = ((14, 18), (18, 22), (26, 28), (28, 30))
"""Where in them the file's checksum and size stand, and the lengths of its name and of what follows that."""
_HEXADECIMAL = frozenset("0123456789abcdef")


class Memory:
    """Imports the agent's modules from the files that are held in memory."""

    def __init__(self, files: "Dict[str, bytes]") -> None:
        """Keep name and content of every file."""
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


def place(
    sent: bytes,
    folder: str,
    ours: "Callable[[str], bool]",
    intact: "Callable[[str], bool]",
    sealed: "Callable[[str, bytes], bytes]",
) -> bool:
    """Put the files that were sent into the folder of the cache, and tell whether they are to be imported from there.

    Where that cannot be done, or somebody else may write there, they are imported from memory. ``ours``, ``intact`` and
    ``sealed`` are those of ``boot``.

    Raises:
        ValueError: they did not arrive whole.
    """
    files = contents(sent)
    cached = os.path.dirname(folder)
    made = os.path.join(cached, ".new-%d-%d" % (os.getpid(), time.time() * 1e6))
    there = False
    try:
        os.makedirs(cached, mode=0o700, exist_ok=True)
        if ours(cached):
            os.mkdir(made, 0o700)
            names = unpack(files, made, folder)
            write(os.path.join(made, SEAL), sealed(made, names) + b"\n" + names)
            there = settle(made, folder, ours, intact)
            tidy(cached, folder)
    except OSError:
        there = there or (ours(cached) and ours(folder) and intact(folder))  # no room; or somebody else was first
    _remove(made)
    if not there:
        sys.meta_path.insert(0, Memory(files))
    return there


def contents(sent: bytes) -> "Dict[str, bytes]":
    """Return name and content of every file of a zip as ``package`` makes it; ``zipfile`` takes long to import.

    Raises:
        ValueError: it did not arrive whole.
    """
    files, at = {}, sent.index(b"PK\3\4", sent.index(b"\0"))
    while sent[at : at + 4] == b"PK\3\4":
        crc, size, name, more = (int.from_bytes(sent[at + a : at + b], "little") for a, b in _FIELDS)
        start = at + _BEFORE + name + more
        content = zlib.decompress(sent[start : start + size], -zlib.MAX_WBITS)
        if zlib.crc32(content) != crc:
            raise ValueError("the agent did not arrive as it was sent")
        files[sent[at + _BEFORE : at + _BEFORE + name].decode("ascii")] = content
        at = start + size
    if sent[-_END : 4 - _END] != b"PK\5\6":
        raise ValueError("the agent did not arrive whole")
    return files


def unpack(files: "Dict[str, bytes]", made: str, folder: str) -> bytes:
    """Write the files into a folder, compiled beside; return the names of all. ``folder`` is where they will lie.

    Raises:
        OSError: that cannot be done.
    """
    from py_compile import compile as compiled  # noqa: PLC0415 - not where nothing can be written

    names = []
    for name, content in files.items():
        path = os.path.join(made, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        write(path, content)
        names.append(name)
        if name.endswith(".py"):
            beside = compiled(path, dfile=os.path.join(folder, name), doraise=True)
            names.append(os.path.relpath(str(beside), made))
    return "\n".join(names).encode("ascii")


def write(path: str, content: bytes) -> None:
    """Write a file."""
    with open(path, "wb") as file:
        file.write(content)


def settle(made: str, folder: str, ours: "Callable[[str], bool]", intact: "Callable[[str], bool]") -> bool:
    """Give what was made its place, and tell whether what is there now may be run.

    What is there already stays where it is intact, since others run from it, and where it is not ours. Only what is
    ours and torn, or compiled by another Python, makes room.

    Raises:
        OSError: that cannot be done.
    """
    try:
        os.rename(made, folder)
    except OSError:
        if not ours(folder):
            return False
    else:
        return True
    lock = os.open(os.path.dirname(folder), os.O_RDONLY | os.O_CLOEXEC)
    try:
        _locked(lock)  # of several that find it torn, the first puts it right
        if not intact(folder):
            os.rename(folder, made + "-torn")  # tidied up later
            os.rename(made, folder)
    finally:
        os.close(lock)
    return True


def _locked(file: int) -> None:
    from fcntl import LOCK_EX, flock  # noqa: PLC0415 - seldom wanted

    try:
        flock(file, LOCK_EX)
    except OSError:
        return  # a home on a network may know no locks


def tidy(cached: str, own: str) -> None:
    """Take away agents of older versions, but for the newest, and what a broken off unpacking left an hour ago."""
    digests, now = [], time.time()
    for name in os.listdir(cached):
        path = os.path.join(cached, name)
        age_s = now - _changed_s(path, now)
        if len(name) == _DIGEST and _HEXADECIMAL.issuperset(name) and path != own:
            digests.append((age_s, path))
        elif name.startswith(".new-") and age_s > LEFT_S:
            _remove(path)
    for _, path in sorted(digests)[KEPT:]:
        _remove(path)


def _changed_s(path: str, now: float) -> float:
    try:
        return os.stat(path).st_mtime
    except OSError:
        return now  # somebody else has tidied it up


def _remove(folder: str) -> None:
    if os.path.exists(folder):
        import shutil  # noqa: PLC0415 - seldom wanted

        shutil.rmtree(folder, ignore_errors=True)
