"""Which certificates are trusted: this machine's store, and the extra trust anchor of the target file."""

import functools
import ssl
import threading
import warnings
from pathlib import Path

import certifi
from cryptography import x509

from probes.errors import SettingsError

_ONE_AT_A_TIME = threading.Lock()
"""Looks start together: only the first reads the store, the others wait for what it read."""


def trusting_context(ca_file: Path | None, socket_class: type[ssl.SSLSocket] = ssl.SSLSocket) -> ssl.SSLContext:
    """Return the client context that verifies chain and host name against the system store plus ``ca_file``.

    It is shared (reading the store takes 40 ms, and a run opens many sessions): use it, do not change it. A machine
    without any store (slim containers) gets the one that comes with requests, so that the lack is not held against the
    platform.

    Raises:
        SettingsError: ``ca_file`` cannot be read, or holds no certificate.
    """
    try:
        stamp = None if ca_file is None else ca_file.stat().st_mtime_ns
        with _ONE_AT_A_TIME:
            return _context(ca_file, stamp, socket_class)  # type: ignore[arg-type] # typeshed: a class is not Hashable
    except OSError as error:  # ssl.SSLError is one
        reason = error.strerror or str(error)
        raise SettingsError(f"[tls] ca_file: {ca_file} cannot be used as a trust anchor ({reason})") from error


def anchor_names(ca_file: Path | None) -> frozenset[bytes]:
    """Return the subjects (DER) of the usual public roots and of ``ca_file``: what a chain may end at.

    Raises:
        SettingsError: ``ca_file`` cannot be read, or holds no certificate.
    """
    try:
        return _subjects(Path(certifi.where())) | (_subjects(ca_file) if ca_file else frozenset())
    except (OSError, ValueError) as error:
        raise SettingsError(f"[tls] ca_file: {ca_file} cannot be used as a trust anchor ({error})") from error


@functools.lru_cache(maxsize=8)
def _subjects(file: Path) -> frozenset[bytes]:
    with warnings.catch_warnings():  # some old roots have odd serial numbers
        warnings.simplefilter("ignore")
        roots = x509.load_pem_x509_certificates(file.read_bytes())
    return frozenset(root.subject.public_bytes() for root in roots)


@functools.lru_cache(maxsize=8)
def _context(ca_file: Path | None, _stamp: int | None, socket_class: type[ssl.SSLSocket]) -> ssl.SSLContext:
    context = ssl.create_default_context()
    context.sslsocket_class = socket_class
    paths = ssl.get_default_verify_paths()
    if paths.cafile is None and paths.capath is None:
        context.load_verify_locations(certifi.where())
    if ca_file is not None:
        context.load_verify_locations(ca_file)
    return context
