"""An answer on geventhttpclient's parser: bounded in its head, unpacked and cut at a ceiling in its body."""

import zlib
from collections.abc import Iterator
from typing import Final

from geventhttpclient.header import Headers
from geventhttpclient.response import HTTPParseError, HTTPSocketResponse

_PIECE_BYTES: Final = 65_536
_HEAD_BYTES: Final = 262_144
_GZIP: Final = 16 + zlib.MAX_WBITS
_PACKED: Final = {"gzip": _GZIP, "x-gzip": _GZIP, "deflate": zlib.MAX_WBITS}


class Pairs(Headers):
    """The headers of one answer in their order, and no more: nobody writes into them."""

    def __init__(self) -> None:
        """Begin with none."""
        super().__init__()
        self.pairs: list[tuple[str, str]] = []

    def add(self, field: str, value: str) -> None:  # type: ignore[override] # the parser gives nothing else
        """Take one more line."""
        self.pairs.append((field, value))

    def clear(self) -> None:
        """Forget all: what came was no final answer."""
        self.pairs.clear()

    def items(self) -> Iterator[tuple[str, str]]:  # type: ignore[override] # as in the class itself
        """Yield the lines."""
        return iter(self.pairs)

    def lines(self, name: str) -> list[str]:
        """Return the values of all lines of a name (in lower case)."""
        return [value for field, value in self.pairs if len(field) == len(name) and field.lower() == name]


class Answer(HTTPSocketResponse):
    """One answer being read off a socket; the socket stays its session's own."""

    def __init__(self, sock: object, *, method: str) -> None:
        """Read the head.

        Raises:
            HTTPParseError: it is none, or does not end.
            HTTPConnectionClosed: nothing came.
            OSError: the connection broke.
        """
        self._fed = 0
        super().__init__(sock, block_size=_PIECE_BYTES, method=method, headers_type=Pairs)

    def feed(self, data: str | bytes) -> None:
        """Parse what came."""
        if not self.headers_complete:
            self._fed += len(data)
            if self._fed > _HEAD_BYTES:
                raise HTTPParseError("its head does not end")
        super().feed(data)

    @property
    def lines(self) -> Pairs:
        """The lines of its head."""
        assert isinstance(self._headers_index, Pairs)
        return self._headers_index

    @property
    def reusable(self) -> bool:
        """Whether its connection can take another request: all of it was read, and the server keeps it open."""
        return bool(self.message_complete) and not self.should_close()


def read_body(answer: Answer, ceiling: int) -> tuple[bytes, bool]:
    """Return the unpacked body and whether it was cut at the ceiling (bytes).

    Raises:
        HTTPParseError: it breaks off, or its chunks are none.
        zlib.error: it cannot be unpacked.
        OSError: the connection broke.
    """
    packed = _PACKED.get("".join(answer.lines.lines("content-encoding")).strip().lower())
    if packed is None and answer.message_complete:
        whole = answer.read()
        return whole[:ceiling], len(whole) > ceiling
    content = bytearray()
    for piece in _pieces(answer) if packed is None else _unpacked(answer, packed, ceiling):
        content += piece
        if len(content) > ceiling:
            return bytes(content[:ceiling]), True
    return bytes(content), False


def _pieces(answer: Answer) -> Iterator[bytes]:
    while piece := answer.read(_PIECE_BYTES):
        yield piece


def _unpacked(answer: Answer, bits: int, ceiling: int) -> Iterator[bytes]:
    unpacking, begun = zlib.decompressobj(bits), False
    for piece in _pieces(answer):
        try:
            content = unpacking.decompress(piece, ceiling + 1)
        except zlib.error:
            if begun or bits != zlib.MAX_WBITS:
                raise
            unpacking = zlib.decompressobj(-zlib.MAX_WBITS)  # `deflate` without its wrapper, as some servers send it
            content = unpacking.decompress(piece, ceiling + 1)
        begun = True
        yield content
        if unpacking.unconsumed_tail:  # more than anybody reads: a bomb
            return
    if begun and not unpacking.eof:
        raise zlib.error("the packed answer ends in the middle")
