"""A server of tlslite-ng, in this process: it still has what other libraries have dropped."""

import contextlib
import socket
import threading
import warnings
from collections.abc import Iterator, Sequence

from tests.probes.tls.servers import PATIENCE_S, Files

with warnings.catch_warnings():
    warnings.simplefilter("ignore", DeprecationWarning)  # it imports asyncore where there still is one
    from tlslite.api import HandshakeSettings, TLSConnection, X509CertChain, parsePEMKey
    from tlslite.errors import BaseTLSException

Version = tuple[int, int]


def _settings(versions: tuple[Version, Version], ciphers: Sequence[str], exchanges: Sequence[str]) -> HandshakeSettings:
    settings = HandshakeSettings()
    settings.minVersion, settings.maxVersion = versions
    settings.cipherNames = list(ciphers)
    settings.macNames = ["sha", "md5"]
    if exchanges:
        settings.keyExchangeNames = list(exchanges)
    return settings


@contextlib.contextmanager
def tlslite(
    files: Files,
    versions: tuple[Version, Version],
    ciphers: Sequence[str],
    *,
    exchanges: Sequence[str] = (),
    anonymous: bool = False,
) -> Iterator[int]:
    """Serve these ciphers between two protocol versions, (3, 0) being SSLv3; yields the port."""
    settings = _settings(versions, ciphers, exchanges)
    chain = X509CertChain()
    chain.parsePemList(files.certificate.read_text(encoding="ascii"))
    key = parsePEMKey(files.key.read_text(encoding="ascii"), private=True)
    own = {"anon": True} if anonymous else {"certChain": chain, "privateKey": key}
    listener = socket.create_server(("127.0.0.1", 0), backlog=64)

    def shake(raw: socket.socket) -> None:
        raw.settimeout(PATIENCE_S)
        with raw, contextlib.suppress(BaseTLSException, OSError, ValueError):
            TLSConnection(raw).handshakeServer(settings=settings, **own)

    def accept() -> None:
        while True:
            try:
                raw, _ = listener.accept()
            except OSError:
                return
            threading.Thread(target=shake, args=(raw,), daemon=True).start()

    acceptor = threading.Thread(target=accept)
    acceptor.start()
    try:
        yield int(listener.getsockname()[1])
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        acceptor.join(PATIENCE_S)
