"""Orders that lie elsewhere: read anew each time, and acknowledged only once they are kept.

::

    shop.state.orders = KeptOrders(PostgresOrders("host=... port=..."))
"""

import pickle
from collections.abc import Callable, Iterator, Mapping, MutableMapping
from functools import partial
from types import MappingProxyType
from typing import Any, Protocol

import psycopg

from tests.awaiting import until
from tests.miniatures.shop.state import Order


class Kept(Protocol):
    """Where orders are kept, as bytes; an operation that does not come about raises."""

    def read(self) -> Mapping[str, bytes]:
        """Return all that is there, by number."""

    def write(self, number: str, order: bytes) -> None:
        """Keep one; it is safe when this returns."""

    def remove(self, number: str) -> None:
        """Take one away."""


class KeptOrders(MutableMapping[str, Order]):
    """The orders of a shop, in such a place. An order that is changed is kept again."""

    def __init__(self, kept: Kept) -> None:
        """Keep the place."""
        self._kept = kept

    def __getitem__(self, number: str) -> Order:
        return self._order(self._kept.read()[number])

    def __setitem__(self, number: str, order: Order) -> None:
        told = (order.number, order.owner, order.lines, order.quote, dict(order.address), order.note, order.status)
        self._kept.write(number, pickle.dumps(told))

    def __delitem__(self, number: str) -> None:
        self._kept.remove(number)

    def __iter__(self) -> Iterator[str]:
        return iter(self._kept.read())

    def __len__(self) -> int:
        return len(self._kept.read())

    def _order(self, told: bytes) -> Order:
        number, owner, lines, quote, address, note, status = pickle.loads(told)
        found = _Order(
            number=number, owner=owner, lines=lines, quote=quote, address=MappingProxyType(address), note=note,
            status=status,
        )  # fmt: skip
        found.keep = lambda: self.__setitem__(number, found)
        return found


class _Order(Order):
    __slots__ = ("keep",)
    keep: Callable[[], None]

    def __setattr__(self, name: str, value: Any) -> None:
        super().__setattr__(name, value)
        if name != "keep" and hasattr(self, "keep"):
            self.keep()


class PostgresOrders:
    """In a table of a PostgreSQL; ``archived``: kept is what its archive has, not only its own disk."""

    def __init__(self, place: str, *, archived: bool = False) -> None:
        """Make the table; ``place`` is how libpq gets to the database."""
        self._place = f"{place} connect_timeout=5 client_encoding=UTF8"
        self._archived = archived
        self._open: psycopg.Connection[tuple[Any, ...]] | None = None
        self._do("CREATE TABLE IF NOT EXISTS orders (number text PRIMARY KEY, told bytea NOT NULL)")

    def read(self) -> Mapping[str, bytes]:
        """Return all orders, in the order of their numbers."""
        rows = self._do("SELECT number, told FROM orders ORDER BY number::int").fetchall()
        return {number: bytes(told) for number, told in rows}

    def write(self, number: str, order: bytes) -> None:
        """Keep one."""
        self._do(
            "INSERT INTO orders VALUES (%s, %s) ON CONFLICT (number) DO UPDATE SET told = excluded.told", number, order
        )
        if self._archived:
            self._wait_for_the_archive()

    def remove(self, number: str) -> None:
        """Take one away."""
        self._do("DELETE FROM orders WHERE number = %s", number)

    def close(self) -> None:
        """Hang up."""
        if self._open is not None:
            self._open.close()

    def _wait_for_the_archive(self) -> None:
        ((segment,),) = self._do("SELECT pg_walfile_name(pg_switch_wal())").fetchall()
        archived = partial(self._do, "SELECT last_archived_wal >= %s FROM pg_stat_archiver", segment)
        until(lambda: archived().fetchall() == [(True,)], f"{segment} is in the archive")

    def _do(self, command: str, *given: Any) -> "psycopg.Cursor[tuple[Any, ...]]":
        if self._open is None or self._open.closed:
            self._open = psycopg.connect(self._place, autocommit=True)
        try:
            return self._open.execute(command, given or None)
        except psycopg.OperationalError:
            self._open.close()
            raise
