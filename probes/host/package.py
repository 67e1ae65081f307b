"""The agent as one small zip; a digest of its files, the same each time, names it wherever it is cached.

It holds the agent's own files and, for hosts of this machine's kind, psutil's library: built against the stable ABI, it
serves every CPython from 3.6 on. psutil's Python stays at home: to import it takes as long as all the rest of a look.
A host whose Python is ours gets the files as code, compiled once here instead of on each host.
"""

import hashlib
import io
import marshal
import platform
import threading
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from types import CodeType

from probes.host import agent
from probes.host.agent.boot import LIBRARY, PYTHON

_EARLIEST = (1980, 1, 1, 0, 0, 0)
_MODE = 0o644 << 16
_NOT_SENT = frozenset({"boot.py", "unpacking.py", "README.md"})
_PACKAGES = ("probes/__init__.py", "probes/host/__init__.py")
_INSTRUCTION_BYTES = 2
_ONE = threading.Lock()


class Package:
    """An agent, named by a digest of its files and of the form in which they are kept on a host."""

    def __init__(self, files: Mapping[str, bytes]) -> None:
        """Name the files, given by their names."""
        self._files = files
        self._one = threading.Lock()
        told = hashlib.sha256(_form())  # what keeps them there, and how they are made
        for name, content in sorted(files.items()):
            told.update(b"%s %d\0%s" % (name.encode(), len(content), content))
        self.digest = told.hexdigest()

    def content(self, python: str) -> bytes:
        """Return what a host with that Python is sent (``PYTHON`` of ``boot``): a zip behind what unpacks it."""
        with self._one:  # whoever asks first makes it for all threads
            return self._code if python == PYTHON else self._text

    @cached_property
    def _text(self) -> bytes:
        return packed(self._files)

    @cached_property
    def _code(self) -> bytes:
        return packed(dict(map(_compiled, self._files.items())))


@dataclass(frozen=True, slots=True, kw_only=True)
class Packages:
    """The agent with psutil, for hosts whose ``uname -m`` is ``machine``; without it, for all others."""

    machine: str
    whole: Package
    plain: Package

    def named(self, digest: str) -> Package:
        """Return the one of that digest.

        Raises:
            KeyError: neither has it.
        """
        return {self.whole.digest: self.whole, self.plain.digest: self.plain}[digest]


def packages() -> Packages:
    """Return the agent's packages, as this installation has them; whoever asks first makes them for all threads."""
    with _ONE:
        return _made()


@lru_cache(maxsize=1)
def _made() -> Packages:
    own = _agent_files()
    return Packages(machine=platform.machine(), whole=Package({**own, **_psutil_files()}), plain=Package(own))


@lru_cache(maxsize=1)
def boot_text() -> bytes:
    """Return the program that starts the agent on a host."""
    return (_agent_folder() / "boot.py").read_bytes()


def packed(files: Mapping[str, bytes]) -> bytes:
    """Return a zip of the files, by name: sorted, with one fixed date and mode, behind the program that unpacks it."""
    target = io.BytesIO()
    target.write(_unpacking() + b"\0")
    with zipfile.ZipFile(target, "a", zipfile.ZIP_DEFLATED) as made:
        for name in sorted(files):
            entry = zipfile.ZipInfo(name, date_time=_EARLIEST)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system = 3
            entry.external_attr = _MODE
            made.writestr(entry, files[name])
    return target.getvalue()


def _compiled(file: tuple[str, bytes]) -> tuple[str, bytes]:
    """Return a module as code, under its name with another suffix; any other file as it is.

    Without docstrings and line numbers: nobody reads them there, and they would double what is sent.
    """
    name, content = file
    if not name.endswith(".py"):
        return file
    code = compile(content, name, "exec", dont_inherit=True, optimize=2)
    return f"{name.removesuffix('.py')}.code", marshal.dumps(_without_lines(code))


def _without_lines(code: CodeType) -> CodeType:
    """Return the code with a location table that says "no location" (kind 15) of each eight instructions."""
    inner = tuple(_without_lines(each) if isinstance(each, CodeType) else each for each in code.co_consts)
    eights, rest = divmod(len(code.co_code) // _INSTRUCTION_BYTES, 8)
    nowhere = b"\xff" * eights + (bytes([0xF7 + rest]) if rest else b"")
    return code.replace(co_consts=inner, co_linetable=nowhere)


def _unpacking() -> bytes:
    return (_agent_folder() / "unpacking.py").read_bytes()


def _form() -> bytes:
    return boot_text() + _unpacking() + Path(__file__).read_bytes()


def _agent_folder() -> Path:
    return Path(next(iter(agent.__path__)))


def _agent_files() -> dict[str, bytes]:
    folder = _agent_folder()
    own = {
        f"probes/host/agent/{path.relative_to(folder).as_posix()}": path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and "__pycache__" not in path.parts and path.name not in _NOT_SENT
    }
    return {**dict.fromkeys(_PACKAGES, b""), **own}


def _psutil_files() -> dict[str, bytes]:
    """Return psutil's library and its version; nothing where this installation's was built for one Python only."""
    found = find_spec("psutil")
    if found is None or found.origin is None:
        return {}
    library = Path(found.origin).parent / Path(LIBRARY).name
    if not library.exists():
        return {}
    said = f'"""psutil\'s library for Linux, without its Python."""\n\n__version__ = "{version("psutil")}"\n'
    return {"psutil/__init__.py": said.encode(), LIBRARY: library.read_bytes()}
