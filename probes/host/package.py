"""The agent as one small zip, the same bytes each time, so that its digest names it wherever it is cached.

It holds the agent's own files and, for hosts of this machine's kind, the part of psutil that Linux wants. psutil's
library is built against the stable ABI: it serves every CPython from 3.6 on.
"""

import hashlib
import io
import platform
import zipfile
from dataclasses import dataclass
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path

from probes.host import agent

_EARLIEST = (1980, 1, 1, 0, 0, 0)
_MODE = 0o644 << 16
_NOT_SENT = frozenset({"boot.py", "README.md"})
_PSUTIL = ("__init__.py", "_common.py", "_ntuples.py", "_pslinux.py", "_psposix.py", "_psutil_linux.abi3.so")
_PACKAGES = ("probes/__init__.py", "probes/host/__init__.py")


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


@lru_cache(maxsize=1)
def packages() -> Packages:
    """Return the agent's packages, as this installation has them."""
    own = _agent_files()
    return Packages(machine=platform.machine(), whole=packed({**own, **_psutil_files()}), plain=packed(own))


@lru_cache(maxsize=1)
def boot_text() -> bytes:
    """Return the program that starts the agent on a host."""
    return (_agent_folder() / "boot.py").read_bytes()


def packed(files: dict[str, bytes]) -> Package:
    """Return a zip of the files, by name: sorted, with one fixed date and mode."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as made:
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
    """Return what Linux wants of psutil; nothing where this installation's was built for one Python only."""
    found = find_spec("psutil")
    if found is None or found.origin is None:
        return {}
    folder = Path(found.origin).parent
    wanted = {name: folder / name for name in _PSUTIL}
    if not wanted["_psutil_linux.abi3.so"].exists():
        return {}
    return {f"psutil/{name}": path.read_bytes() for name, path in wanted.items() if path.exists()}
