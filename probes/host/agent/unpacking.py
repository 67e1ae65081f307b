"""Keeps the agent in the cache of a host, where it is found from then on; where that cannot be, it runs from memory.

That is where the cache cannot be made or filled (a read-only home, a full disk), or others can write to it; psutil's
library is then loaded through an anonymous file, and where that is not to be had either, done without. This text stands
before the zip, as the program of a self-extracting archive does: ``boot`` runs it.

Modules come as text (``.py``), and are compiled here; or, from a controller with the same Python, as code (``.code``).
"""

import marshal
import os
import time
import zlib

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, Optional

KEPT = 2
"""Agents of other versions that stay in the cache: two controllers may not be of one age."""

LEFT_S = 3600
_DIGEST = 64
_BEFORE, _END = 30, 22
"""Bytes that stand in a zip before each file, without its name, and at the end of all."""

_FIELDS = ((14, 18), (18, 22), (26, 28), (28, 30))
"""Where in them the file's checksum and size stand, and the lengths of its name and of what follows that."""
_HEXADECIMAL = frozenset("0123456789abcdef")


def place(sent: bytes, folder: str, boot: "Dict[str, Any]") -> "Any":
    """Put the agent that was sent into the folder of the cache, and return it; it is a ``Held``.

    Where it cannot be put there, or somebody else may write there, it is held in memory. ``boot`` is what that has.

    Raises:
        ValueError: it did not arrive whole.
        SyntaxError: this Python is too old for it.
    """
    code, library = divided(contents(sent), boot["LIBRARY"])
    cached = os.path.dirname(folder)
    made = os.path.join(cached, ".new-%d-%d" % (os.getpid(), time.time() * 1e6))
    held = None
    try:
        os.makedirs(cached, mode=0o700, exist_ok=True)
        if boot["ours"](cached):
            os.mkdir(made, 0o700)
            fill(made, code, library, boot)
            held = settle(made, folder, boot)
            tidy(cached, folder)
    except OSError:
        held = held or boot["kept"](folder)  # no room; or somebody else was first
    _remove(made)
    return held or boot["Held"](code, anonymous(library))


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


def divided(files: "Dict[str, bytes]", library: str) -> "Any":
    """Return the code of each module by the name of its file, without suffix; and psutil's library, None without.

    Raises:
        SyntaxError: this Python is too old for a text.
    """
    code = {}
    for name, content in files.items():
        module, _, suffix = name.rpartition(".")
        if suffix == "py":
            code[module] = marshal.dumps(compile(content, name, "exec"))
        elif suffix == "code":
            code[module] = content
    return code, files.get(library)


def fill(made: str, code: "Dict[str, bytes]", library: "Optional[bytes]", boot: "Dict[str, Any]") -> None:
    """Write what ``kept`` of ``boot`` reads into a folder.

    Raises:
        OSError: that cannot be done.
    """
    if library is not None:
        path = os.path.join(made, boot["LIBRARY"])
        os.mkdir(os.path.dirname(path), 0o700)
        write(path, library)
    modules = marshal.dumps(code)
    write(os.path.join(made, boot["MODULES"]), boot["sealed"](modules, library) + b"\n" + modules)


def write(path: str, content: bytes) -> None:
    """Write a file."""
    with open(path, "wb") as file:
        file.write(content)


def settle(made: str, folder: str, boot: "Dict[str, Any]") -> "Any":
    """Give what was made its place, and return what is there now, a ``Held``; None where that is not to be run.

    What is there already stays where it is whole, since others run from it, and where it is not ours. Only what is
    ours and torn, or compiled by another Python, makes room.

    Raises:
        OSError: that cannot be done.
    """
    try:
        os.rename(made, folder)
    except OSError:
        if not boot["ours"](folder):
            return None
    else:
        return boot["kept"](folder)
    lock = os.open(os.path.dirname(folder), os.O_RDONLY | os.O_CLOEXEC)
    try:
        _locked(lock)  # of several that find it torn, the first puts it right
        if boot["kept"](folder) is None:
            os.rename(folder, made + "-torn")  # tidied up later
            os.rename(made, folder)
    finally:
        os.close(lock)
    return boot["kept"](folder)


def _locked(file: int) -> None:
    from fcntl import LOCK_EX, flock  # noqa: PLC0415 - seldom wanted

    try:
        flock(file, LOCK_EX)
    except OSError:
        return  # a home on a network may know no locks


def anonymous(library: "Optional[bytes]") -> "Optional[str]":
    """Return the path of a file without a name that holds the library; None where the system has no such files."""
    if library is None:
        return None
    try:
        file = os.memfd_create("duheng")
        os.write(file, library)
    except (AttributeError, OSError):
        return None
    return "/proc/self/fd/%d" % file


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
