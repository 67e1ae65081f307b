"""Puts the agent where it can be imported: into the cache, and where that takes no files, into memory.

Where the cache cannot be made or filled (a read-only home, a full disk) the agent runs from memory, psutil's library
through an anonymous file; where that is not to be had either, without psutil. This text stands before the zip, as the
program of a self-extracting archive does: ``boot`` runs it.
"""

import importlib.machinery
import os
import sys
import time
import zlib

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict

KEPT = 2
"""Agents of other versions that stay in the cache: two controllers may not be of one age."""

LEFT_S = 3600
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


def place(sent: bytes, folder: str) -> None:
    """Put the files that were sent into the folder of the cache; where that cannot be done, import them from memory.

    Raises:
        ValueError: they did not arrive whole.
    """
    files = contents(sent)
    if not unpack(files, folder):
        sys.dont_write_bytecode = True
        sys.meta_path.insert(0, Memory(files))


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


def unpack(files: "Dict[str, bytes]", folder: str) -> bool:
    """Write the files into the folder, whole or not at all; False where that cannot be done."""
    cached = os.path.dirname(folder)
    made = os.path.join(cached, ".new-%d-%d" % (os.getpid(), time.time() * 1e6))
    try:
        os.makedirs(cached, mode=0o700, exist_ok=True)
        os.mkdir(made, 0o700)
        for name, content in files.items():
            path = os.path.join(made, name)
            os.makedirs(os.path.dirname(path), exist_ok=True)
            with open(path, "wb") as file:
                file.write(content)
        os.rename(made, folder)
        tidy(cached, folder)
    except OSError:
        _remove(made)  # no room; or somebody else was first
        return os.path.isdir(folder)
    return True


def tidy(cached: str, own: str) -> None:
    """Take away agents of older versions, but for the newest, and what a broken off unpacking left an hour ago."""
    digests, now = [], time.time()
    for name in os.listdir(cached):
        path = os.path.join(cached, name)
        age_s = now - os.stat(path).st_mtime
        if len(name) == _DIGEST and _HEXADECIMAL.issuperset(name) and path != own:
            digests.append((age_s, path))
        elif name.startswith(".new-") and age_s > LEFT_S:
            _remove(path)
    for _, path in sorted(digests)[KEPT:]:
        _remove(path)


def _remove(folder: str) -> None:
    if os.path.exists(folder):
        import shutil  # noqa: PLC0415 - seldom wanted

        shutil.rmtree(folder, ignore_errors=True)
