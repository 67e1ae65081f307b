"""A server of one page that takes so long for each, any number at once, and stands still while its gate is shut."""

import asyncio
import threading
import time
from collections.abc import Iterator
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

    under_way: set[asyncio.Task[None] | None] = set()

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        under_way.add(asyncio.current_task())
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
            under_way.discard(asyncio.current_task())
            writer.close()
            with suppress(ConnectionError):
                await writer.wait_closed()

    server = await asyncio.start_server(answer, "127.0.0.1", 0, backlog=2048)
    gate.port = server.sockets[0].getsockname()[1]
    up.set()
    await over.wait()
    server.close()
    left = [task for task in under_way if task is not None]
    for task in left:
        task.cancel()
    await asyncio.gather(*left, return_exceptions=True)
