"""Real TLS servers on free ports of 127.0.0.1, each with the suites that the test configures."""

import contextlib
import os
import shutil
import socket
import subprocess
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding

from tests.awaiting import until
from tests.miniatures.certificates import Issued, key_pem

PATIENCE_S = 20.0


def tool(name: str) -> str:
    """Return a tool's path; without it the test is skipped by name, and fails where CI=true."""
    found = shutil.which(name) or shutil.which(name, path="/usr/sbin")
    if found:
        return found
    missing = f"{name} is not installed (tests/packages.sh installs it)"
    if os.environ.get("CI") == "true":
        pytest.fail(missing)
    pytest.skip(missing)


@dataclass(frozen=True, slots=True, kw_only=True)
class Files:
    """An issued certificate with its chain, its key, and what stands above it (None: nothing is sent), as files."""

    certificate: Path
    key: Path
    above: Path | None

    @classmethod
    def of(cls, issued: Issued, folder: Path) -> "Files":
        """Write them to the folder."""
        stem = f"{issued.certificate.serial_number:x}"
        above = folder / f"{stem}.above" if issued.sent_along else None
        if above is not None:
            above.write_bytes(b"".join(each.public_bytes(Encoding.PEM) for each in issued.sent_along))
        files = cls(certificate=folder / f"{stem}.crt", key=folder / f"{stem}.key", above=above)
        files.certificate.write_bytes(issued.server_pem())
        files.key.write_bytes(key_pem(issued.key))
        return files


def free_port() -> int:
    """Return a port of 127.0.0.1 that nobody has just now."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


@contextlib.contextmanager
def running(words: Sequence[str], port: int) -> Iterator[int]:
    """Run a server until the test is over; yields its port once it takes connections."""
    with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE) as child:
        assert child.stderr is not None
        drained: list[bytes] = []
        drain = threading.Thread(target=lambda: drained.extend(child.stderr or ()), daemon=True)
        drain.start()
        try:
            # Whoever listens once it is over is somebody else.
            until(lambda: child.poll() is None and _listens(port), lambda: b"".join(drained).decode(), alive=child)
            yield port
        finally:
            child.terminate()
            child.wait(PATIENCE_S)
            drain.join(PATIENCE_S)


def _listens(port: int) -> bool:
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
        return True
    return False


def openssl(files: Files, *words: str) -> contextlib.AbstractContextManager[int]:
    """Run ``openssl s_server``, which answers HTTP with its own status."""
    port = free_port()
    own = ("-accept", f"127.0.0.1:{port}", "-cert", str(files.certificate), "-key", str(files.key), "-quiet", "-www")
    chain = ("-cert_chain", str(files.above)) if files.above else ("-no-CAfile", "-no-CApath", "-no-CAstore")
    return running((tool("openssl"), "s_server", *own, *chain, *words), port)


def gnutls(files: Files, priority: str) -> contextlib.AbstractContextManager[int]:
    """Run ``gnutls-serv``; the certificate's key is RSA or EC as it comes."""
    port = free_port()
    own = ("--http", "--port", str(port), "--priority", priority)
    x509 = ("--x509certfile", str(files.certificate), "--x509keyfile", str(files.key))
    return running((tool("gnutls-serv"), *own, *x509), port)


def nginx(files: Files, folder: Path, *settings: str) -> contextlib.AbstractContextManager[int]:
    """Run nginx with one TLS server of these settings."""
    port = free_port()
    lines = (
        "daemon off; master_process off; pid nginx.pid; error_log error.log;",
        "events {} http { access_log off; client_body_temp_path body; proxy_temp_path proxy; fastcgi_temp_path fcgi;",
        "uwsgi_temp_path uwsgi; scgi_temp_path scgi;",
        f"server {{ listen 127.0.0.1:{port} ssl; server_name localhost;",
        f"ssl_certificate {files.certificate}; ssl_certificate_key {files.key};",
        *settings,
        "location / { return 204; } } }",
    )
    configuration = folder / f"nginx-{port}.conf"
    configuration.write_text("\n".join(lines), encoding="ascii")
    return running((tool("nginx"), "-p", str(folder), "-c", str(configuration), "-e", "error.log"), port)
