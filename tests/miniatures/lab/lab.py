"""Several hosts with addresses of their own on this machine: network namespaces joined to one of the client's.

Nothing of it is to be reached from outside: the client's namespace has no way out. What is to connect runs ``inside``,
in a thread that has entered the client's namespace (threads that it starts are in it too).
"""

import ctypes
import os
import secrets
import socket
import subprocess
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Self, TypeVar

from tests.miniatures.lab.names import SSHD

T = TypeVar("T")
USER = "tester"
UID = 64_990
_CLONE_NEWNET = 0x40000000
_LIBC = ctypes.CDLL(None, use_errno=True)


@dataclass(frozen=True, kw_only=True)
class LabHost:
    """A host of the lab: its own address, what stands in its home, and what is odd about it."""

    name: str
    sshd: bool = True
    behind: str | None = None
    mounts: str = ""
    """Options of a file system that is mounted over its home after the keys are in place, such as ``ro``."""
    path: str | None = None
    """Its whole search path, where that is not the usual one."""
    profile: str = ""
    sudoers: str = ""
    shell: str = "/bin/bash"


@dataclass
class _Built:
    namespace: str
    address: str
    home: Path
    process: subprocess.Popen[bytes] | None = None
    listeners: list[socket.socket] = field(default_factory=list)


@contextmanager
def open_folder() -> Iterator[Path]:
    """Give a temporary folder that every account may enter."""
    with tempfile.TemporaryDirectory(prefix="duheng-lab-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        yield folder


class Lab:
    """Builds the hosts and takes them down again."""

    def __init__(self, folder: Path, *hosts: LabHost) -> None:
        """Keep the hosts; ``folder`` is one that every account may enter, as those of pytest are not."""
        self.folder = folder
        self.token = secrets.token_hex(3)
        self.client = f"dh{self.token}"
        self.hosts = {host.name: host for host in hosts}
        self.built: dict[str, _Built] = {}
        self.key = folder / "key"
        self.host_key = folder / "host_key"
        self.known_hosts = folder / "known_hosts"
        self._stack = ExitStack()

    def __enter__(self) -> Self:
        for path in (self.key, self.host_key):
            _do("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(path))
        Path("/run/sshd").mkdir(exist_ok=True)
        self._namespace(self.client)
        for number, host in enumerate(self.hosts.values(), start=1):
            self._build(host, number)
        kind, key, *_ = self.host_key.with_suffix(".pub").read_text().split()
        lines = [f"{built.address} {kind} {key}" for built in self.built.values()]
        self.known_hosts.write_text("\n".join(lines) + "\n")
        for name, host in self.hosts.items():
            if host.sshd:
                self._serve(host, self.built[name])
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        for built in self.built.values():
            for listener in built.listeners:
                listener.close()
            if built.process is not None:
                built.process.terminate()
                built.process.wait()
                if built.process.stderr is not None:
                    built.process.stderr.close()
        self._stack.close()

    def inside(self, act: Callable[[], T], *, namespace: str | None = None) -> T:
        """Return what ``act`` returns when it is called in the client's namespace, or a host's."""
        outcome: list[T | BaseException] = []

        def enter() -> None:
            try:
                _enter(namespace or self.client)
                outcome.append(act())
            except BaseException as error:  # noqa: BLE001 - it is raised again in the caller's thread
                outcome.append(error)

        thread = threading.Thread(target=enter)
        thread.start()
        thread.join()
        (result,) = outcome
        if isinstance(result, BaseException):
            raise result
        return result

    def address(self, name: str) -> str:
        """Return the address of a host."""
        return self.built[name].address

    def home(self, name: str) -> Path:
        """Return the home of the account on a host."""
        return self.built[name].home

    def mute(self, name: str, port: int = 22) -> None:
        """Let a host take connections on a port and never answer."""
        built = self.built[name]
        place = (built.address, port)
        built.listeners.append(self.inside(lambda: socket.create_server(place), namespace=built.namespace))

    def unplug(self, name: str) -> None:
        """Cut a host off."""
        _do("ip", "-n", self.built[name].namespace, "link", "set", "eth0", "down")

    def plug(self, name: str) -> None:
        """Let a host that was cut off be reached again; what was spoken over the old connections is over."""
        _do("ip", "-n", self.built[name].namespace, "link", "set", "eth0", "up")

    def _namespace(self, name: str) -> None:
        _do("ip", "netns", "add", name)
        self._stack.callback(_do, "ip", "netns", "delete", name)
        _do("ip", "-n", name, "link", "set", "lo", "up")

    def _build(self, host: LabHost, number: int) -> None:
        namespace = f"{self.client}-{number}"
        before = self.built[host.behind].namespace if host.behind else self.client
        self._namespace(namespace)
        far, near = f"10.77.{number}.2", f"10.77.{number}.1"
        link = f"v{number}"
        _do("ip", "-n", before, "link", "add", link, "type", "veth", "peer", "name", "eth0", "netns", namespace)
        for where, device, address in ((before, link, near), (namespace, "eth0", far)):
            _do("ip", "-n", where, "address", "add", f"{address}/30", "dev", device)
            _do("ip", "-n", where, "link", "set", device, "up")
        home = self.folder / "homes" / host.name
        home.mkdir(parents=True)
        (home / ".bashrc").write_text(host.profile)
        for path in (home, home / ".bashrc"):
            os.chown(path, UID, UID)
        self.built[host.name] = _Built(namespace, far, home)

    def _serve(self, host: LabHost, built: _Built) -> None:
        etc = self.folder / "etc" / host.name
        etc.mkdir(parents=True)
        passwd = Path("/etc/passwd").read_text() + f"{USER}:x:{UID}:{UID}::{built.home}:{host.shell}\n"
        (etc / "passwd").write_text(passwd)
        shadow = Path("/etc/shadow").read_text() + f"{USER}:*:20000:0:99999:7:::\n"
        (etc / "shadow").write_text(shadow)
        (etc / "shadow").chmod(0o600)
        (etc / "sudoers").write_text("root ALL=(ALL) ALL\n" + host.sudoers)
        (etc / "sudoers").chmod(0o440)
        config = [
            f"HostKey {self.host_key}",
            f"AuthorizedKeysFile {self.key}.pub",
            f"ListenAddress {built.address}",
            f"PidFile {etc}/pid",
            "StrictModes no",
            "UsePAM no",
            "PasswordAuthentication no",
            "KbdInteractiveAuthentication no",
            "AllowTcpForwarding yes",
            *([f"SetEnv PATH={host.path}"] if host.path else []),
        ]
        (etc / "sshd_config").write_text("\n".join(config) + "\n")
        mounts = [f"mount --bind {etc}/{name} /etc/{name}" for name in ("passwd", "shadow", "sudoers")]
        if host.mounts:
            options = f"{host.mounts},mode=755,uid={UID},gid={UID}"
            mounts.append(f"mount -t tmpfs -o {options} none {built.home}")
        start = " && ".join([*mounts, f"exec {SSHD} -D -e -f {etc}/sshd_config"])
        built.process = subprocess.Popen(
            ["ip", "netns", "exec", built.namespace, "sh", "-c", start], stderr=subprocess.PIPE
        )
        self._wait_until_it_listens(built)

    def _wait_until_it_listens(self, built: _Built) -> None:
        assert built.process is not None
        assert built.process.stderr is not None
        told = b""
        while b"Server listening" not in told:
            line = built.process.stderr.readline()
            told += line
            assert line, f"sshd ended: {told.decode()}"
        threading.Thread(target=built.process.stderr.read, daemon=True).start()


def _do(*argv: str) -> None:
    done = subprocess.run(argv, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{' '.join(argv)}: {done.stderr}"


def _enter(namespace: str) -> None:
    file = os.open(f"/run/netns/{namespace}", os.O_RDONLY)
    try:
        if _LIBC.setns(file, _CLONE_NEWNET) != 0:
            raise OSError(ctypes.get_errno(), f"cannot enter {namespace}")
    finally:
        os.close(file)
