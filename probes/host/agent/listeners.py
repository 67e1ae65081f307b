"""The TCP sockets that listen, asked of the kernel by ``sock_diag(7)``, which goes through those and no others.

``/proc/net/tcp`` goes through every connection, and every place for one: milliseconds on an idle host, and on a busy
one as long as it has connections.
"""

import struct

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Iterator, List, Tuple

    Listener = Tuple[bytes, int, str]

FAMILIES = {"tcp": 2, "tcp6": 10}
"""The families of addresses by the names of their tables; the numbers are Linux's."""

_SOCK_DIAG, _BY_FAMILY, _DUMP = 4, 20, 0x301
_ERROR, _DONE, _INTERRUPTED = 2, 3, 0x10
_TCP, _LISTENS = 6, 10
_HEAD = struct.Struct("=IHHII")
_ASKED = struct.Struct("=BBBxI48x")
_TOLD = struct.Struct("=BBBBHH16s16sI8sIIIII")
_ADDRESS_BYTES = {2: 4, 10: 16}
_WAIT_S = 2.0
_PIECE_BYTES = 1 << 18


def listeners(protocol: str) -> "List[Listener]":
    """Return packed address, port and inode of each socket that listens, of ``tcp`` or ``tcp6``.

    Raises:
        OSError: the kernel does not tell, or was disturbed while it told.
    """
    family = FAMILIES[protocol]
    bare = __import__("_socket")
    netlink = bare.socket(bare.AF_NETLINK, bare.SOCK_RAW, _SOCK_DIAG)
    try:
        netlink.settimeout(_WAIT_S)
        asked = _ASKED.pack(family, _TCP, 0, 1 << _LISTENS)
        netlink.send(_HEAD.pack(_HEAD.size + len(asked), _BY_FAMILY, _DUMP, 1, 0) + asked)
        found = []  # type: List[Listener]
        while True:
            for kind, flags, body in _messages(netlink.recv(_PIECE_BYTES)):
                if flags & _INTERRUPTED or kind == _ERROR:
                    raise OSError("the kernel does not tell which sockets listen")
                if kind == _DONE:
                    return found
                found.append(_listener(body, family))
    finally:
        netlink.close()


def _messages(piece: bytes) -> "Iterator[Tuple[int, int, bytes]]":
    while piece:
        if len(piece) < _HEAD.size:
            raise OSError("a torn message of the kernel")
        length, kind, flags, _, _ = _HEAD.unpack_from(piece)
        if not _HEAD.size <= length <= len(piece):
            raise OSError("a torn message of the kernel")
        yield kind, flags, piece[_HEAD.size : length]
        piece = piece[(length + 3) & ~3 :]


def _listener(body: bytes, family: int) -> "Listener":
    if len(body) < _TOLD.size:
        raise OSError("a torn message of the kernel")
    told = _TOLD.unpack_from(body)
    port = struct.unpack(">H", struct.pack("=H", told[4]))[0]
    return told[6][: _ADDRESS_BYTES[family]], port, str(told[-1])
