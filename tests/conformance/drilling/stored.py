"""Orders of a miniature shop that stand in a real PostgreSQL, and nowhere else."""

import pickle
import threading
from collections.abc import Iterator, MutableMapping
from contextlib import contextmanager, suppress
from dataclasses import fields
from typing import Any

import psycopg

from tests.miniatures.postgres import PostgresServer
from tests.miniatures.shop.state import Order

_TABLE = "CREATE TABLE orders (turn serial, number text PRIMARY KEY, told bytea NOT NULL)"
_PUT = "INSERT INTO orders (number, told) VALUES (%s, %s) ON CONFLICT (number) DO UPDATE SET told = EXCLUDED.told"


class StoredOrders(MutableMapping[str, Order]):
    """By their numbers, in the order in which they came. While the database is away, nothing of them can be had."""

    def __init__(self, dsn: str) -> None:
        self.dsn = dsn
        self._ask(_TABLE)

    def _ask(self, query: Any, *values: object) -> list[Any]:
        with psycopg.connect(self.dsn, autocommit=True, connect_timeout=60) as asked:
            answer = asked.execute(query, values or None)
            return answer.fetchall() if answer.description else []

    def __getitem__(self, number: str) -> Order:
        rows = self._ask("SELECT told FROM orders WHERE number = %s", number)
        if not rows:
            raise KeyError(number)
        order = _Lent(**pickle.loads(rows[0][0]))
        object.__setattr__(order, "kept_in", self)
        return order

    def __setitem__(self, number: str, order: Order) -> None:
        told = {field.name: getattr(order, field.name) for field in fields(Order)}
        self._ask(_PUT, number, pickle.dumps(told | {"address": dict(order.address)}))

    def __delitem__(self, number: str) -> None:
        self._ask("DELETE FROM orders WHERE number = %s", number)

    def __iter__(self) -> Iterator[str]:
        return iter([number for (number,) in self._ask("SELECT number FROM orders ORDER BY turn")])

    def __len__(self) -> int:
        return len(list(iter(self)))


class _Lent(Order):
    """An order that was read: what is changed in it is put back at once."""

    kept_in: StoredOrders | None = None

    def __setattr__(self, name: str, value: Any) -> None:
        super().__setattr__(name, value)
        if self.kept_in is not None:
            self.kept_in[self.number] = self


@contextmanager
def kept_running(server: PostgresServer) -> Iterator[None]:
    """Start a server again whenever it is over, as a supervisor does, until this is."""
    over = threading.Event()

    def keep() -> None:
        while True:
            server.wait()
            if over.is_set():
                return
            with suppress(AssertionError):  # it did not come up: it is started again
                server.start()

    keeper = threading.Thread(target=keep)
    keeper.start()
    try:
        yield
    finally:
        over.set()
        server.stop()
        keeper.join()
