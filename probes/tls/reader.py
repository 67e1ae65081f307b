"""Bytes of a server, read front to back; whatever they are, only ``BadAnswer`` comes of it. Pure."""

from typing import NoReturn


class BadAnswer(Exception):  # noqa: N818 - it is an answer
    """What came is not what the protocol says; the text says where."""


class Reader:
    """Reads numbers and vectors of one message."""

    def __init__(self, raw: bytes, what: str) -> None:
        """Read ``raw``; ``what`` names the message in a refusal."""
        self._raw = raw
        self._at = 0
        self._what = what

    @property
    def left(self) -> int:
        """How many bytes were not read yet."""
        return len(self._raw) - self._at

    def take(self, size: int) -> bytes:
        """Return the next bytes.

        Raises:
            BadAnswer: there are fewer.
        """
        if self.left < size:
            self.refuse(f"it ends {size - self.left} bytes early")
        self._at += size
        return self._raw[self._at - size : self._at]

    def number(self, size: int) -> int:
        """Return the next unsigned number of ``size`` bytes; raises as ``take`` does."""
        return int.from_bytes(self.take(size))

    def vector(self, size: int) -> bytes:
        """Return the bytes behind a length of ``size`` bytes; raises as ``take`` does."""
        return self.take(self.number(size))

    def refuse(self, why: str) -> NoReturn:
        """Refuse the message.

        Raises:
            BadAnswer: always.
        """
        raise BadAnswer(f"{self._what}: {why}")
