"""A server of one page that takes so long for each, any number at once, and stands still while its gate is shut."""

import asyncio
import threading
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass

ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\nConnection: close\r\n\r\ntea\n"


@dataclass(slots=True, kw_only=True)
class Gate:
    """Shut ``shut_after_s`` after the first request, for ``shut_s`` at least; each answer takes ``service_s`` at least.

    ``shut_at_s`` and ``opened_at_s`` are when it was so, on the monotonic clock: nobody who came between was answered
    before it opened.
    """

    service_s: float
    shut_after_s: float
    shut_s: float
    port: int = 0
    asked: int = 0
    shut_at_s: float = 0.0
    opened_at_s: float = 0.0


@contextmanager
def gated(service_s: float = 0.01, shut_after_s: float = 0.0, shut_s: float = 0.0) -> Iterator[Gate]:
    """Serve on a free port of loopback, in a thread with a loop of its own."""
    gate = Gate(service_s=service_s, shut_after_s=shut_after_s, shut_s=shut_s)
    up = threading.Event()
    loop = asyncio.new_event_loop()
    over = asyncio.Event()
    thread = threading.Thread(target=lambda: loop.run_until_complete(_serve(gate, up, over)))
    thread.start()
    up.wait()
    try:
        yield gate
    finally:
        loop.call_soon_threadsafe(over.set)
        thread.join()
        loop.close()


async def _serve(gate: Gate, up: threading.Event, over: asyncio.Event) -> None:
    open_again = asyncio.Event()
    open_again.set()
    loop = asyncio.get_running_loop()

    def shut() -> None:
        open_again.clear()
        gate.shut_at_s = time.monotonic()
        loop.call_later(gate.shut_s, opened)

    def opened() -> None:
        gate.opened_at_s = time.monotonic()
        open_again.set()

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        gate.asked += 1
        if gate.asked == 1 and gate.shut_s:
            loop.call_later(gate.shut_after_s, shut)
        try:
            await reader.readuntil(b"\r\n\r\n")
            await open_again.wait()
            await asyncio.sleep(gate.service_s)
            writer.write(ANSWER)
            await writer.drain()
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass  # the visitor went, or the server closes
        finally:
            writer.close()
            with suppress(ConnectionError):
                await writer.wait_closed()

    visits: set[_Visit] = set()
    server = await loop.create_server(lambda: _Visit(answer, visits), "127.0.0.1", 0, backlog=2048)
    gate.port = server.sockets[0].getsockname()[1]
    up.set()
    await over.wait()
    loop.remove_reader(server.sockets[0].fileno())
    await asyncio.sleep(0)  # what was just accepted has a transport then; a closed server would give it none
    server.close()
    while visits:
        for visit in visits:
            if visit.transport is not None:
                visit.transport.abort()
        await asyncio.sleep(0)
    left = asyncio.all_tasks() - {asyncio.current_task()}
    for task in left:
        task.cancel()
    await asyncio.gather(*left, return_exceptions=True)


class _Visit(asyncio.StreamReaderProtocol):
    """One connection, among the visits from the moment it is accepted until it is lost."""

    def __init__(
        self,
        answer: Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]],
        visits: set["_Visit"],
    ) -> None:
        super().__init__(asyncio.StreamReader(), answer)
        self.transport: asyncio.WriteTransport | None = None
        self._visits = visits
        visits.add(self)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.WriteTransport)
        self.transport = transport
        super().connection_made(transport)

    def connection_lost(self, error: Exception | None) -> None:
        super().connection_lost(error)
        self._visits.discard(self)
