"""The agent as one small zip, the same bytes each time, so that its digest names it wherever it is cached.

It holds the agent's own files and, for hosts of this machine's kind, psutil's library: built against the stable ABI, it
serves every CPython from 3.6 on. psutil's Python stays at home: to import it takes as long as all the rest of a look.
"""

import hashlib
import io
import platform
import threading
import zipfile
from dataclasses import dataclass
from functools import lru_cache
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

from probes.host import agent

_EARLIEST = (1980, 1, 1, 0, 0, 0)
_MODE = 0o644 << 16
_NOT_SENT = frozenset({"boot.py", "unpacking.py", "README.md"})
_LIBRARY = "_psutil_linux.abi3.so"
_PACKAGES = ("probes/__init__.py", "probes/host/__init__.py")
_ONE = threading.Lock()


@dataclass(frozen=True, slots=True, kw_only=True)
class Package:
    """A zip: its bytes and the digest that names it."""

    content: bytes
    digest: str


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
    return Packages(machine=platform.machine(), whole=packed({**own, **_psutil_files()}), plain=packed(own))


@lru_cache(maxsize=1)
def boot_text() -> bytes:
    """Return the program that starts the agent on a host."""
    return (_agent_folder() / "boot.py").read_bytes()


def packed(files: dict[str, bytes]) -> Package:
    """Return a zip of the files, by name: sorted, with one fixed date and mode, behind the program that unpacks it."""
    target = io.BytesIO()
    target.write((_agent_folder() / "unpacking.py").read_bytes() + b"\0")
    with zipfile.ZipFile(target, "a", zipfile.ZIP_DEFLATED) as made:
        for name in sorted(files):
            entry = zipfile.ZipInfo(name, date_time=_EARLIEST)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system = 3
            entry.external_attr = _MODE
            made.writestr(entry, files[name])
    content = target.getvalue()
    return Package(content=content, digest=hashlib.sha256(content).hexdigest())


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
    library = Path(found.origin).with_name(_LIBRARY)
    if not library.exists():
        return {}
    said = f'"""psutil\'s library for Linux, without its Python."""\n\n__version__ = "{version("psutil")}"\n'
    return {"psutil/__init__.py": said.encode(), f"psutil/{_LIBRARY}": library.read_bytes()}
