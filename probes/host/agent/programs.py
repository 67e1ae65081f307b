"""Runs the programs of the list; imported where one is to be run, since ``subprocess`` takes as long as a section."""

import os
import re
import selectors
import signal
import subprocess
import time

from probes.host.agent.machine import Output
from probes.host.agent.unread import Unread

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import List

MOST_OUTPUT = 4000000
_PIECE = 65536
_ENVIRONMENT = {"LC_ALL": "C", "PATH": "/usr/sbin:/usr/bin:/sbin:/bin:/usr/local/sbin:/usr/local/bin"}


def run(line: "List[str]", seconds: float) -> Output:
    """Run a command line, and return how it ended.

    Raises:
        Unread: it cannot be run, does not end in time, or prints too much.
    """
    try:
        process = subprocess.Popen(
            line,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=_ENVIRONMENT,
            start_new_session=True,
        )
    except OSError as error:
        raise Unread("target", "%s cannot be run: %s" % (line[0], error.strerror)) from error
    kept = {"stdout": bytearray(), "stderr": bytearray()}
    try:
        over = _drain(process, kept, time.monotonic() + seconds)
        if not over:
            raise Unread("target", "%s did not end within %d s, or printed too much" % (line[0], seconds))
    finally:
        _end(process)
    text, errors = (bytes(kept[name]).decode("utf-8", "replace") for name in ("stdout", "stderr"))
    return Output(process.returncode, text, errors)


def _drain(process: "subprocess.Popen[bytes]", kept: "dict[str, bytearray]", until_s: float) -> bool:
    """Read both streams until they end; False where time or room ran out before."""
    with selectors.DefaultSelector() as selector:
        selector.register(process.stdout, selectors.EVENT_READ, "stdout")  # type: ignore[arg-type]
        selector.register(process.stderr, selectors.EVENT_READ, "stderr")  # type: ignore[arg-type]
        while selector.get_map():
            left_s = until_s - time.monotonic()
            if left_s <= 0:
                return False
            for key, _ in selector.select(left_s):
                piece = os.read(key.fd, _PIECE)
                kept[key.data] += piece
                if not piece:
                    selector.unregister(key.fileobj)
                elif len(kept[key.data]) > MOST_OUTPUT:
                    return False
    try:
        process.wait(max(0.0, until_s - time.monotonic()) + 1.0)
    except subprocess.TimeoutExpired:
        return False
    return True


def _end(process: "subprocess.Popen[bytes]") -> None:
    for stream in (process.stdout, process.stderr):
        if stream is not None:
            stream.close()
    if process.poll() is None:
        try:
            os.killpg(process.pid, signal.SIGKILL)
        except OSError:
            return  # what sudo started is root's: it ends when it writes
        process.wait()


def refused(ended: Output) -> bool:
    """Tell whether it was sudo that ended, since it may not run the command."""
    return ended.status == 1 and re.search(r"(?m)^sudo: |is not allowed to execute", ended.errors) is not None
