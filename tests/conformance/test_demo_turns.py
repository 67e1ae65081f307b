"""The demo shop's turns: whoever comes while another is served waits for the lock, and is served next."""

import importlib
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest


def test_whoever_comes_meanwhile_waits_for_the_turn(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("django", reason="the extra `demo` is not installed")
    monkeypatch.setenv("DUHENG_DEMO_DIR", str(tmp_path))
    served: list[str] = []
    came, go_on = threading.Event(), threading.Event()

    def answer(request: Any) -> Any:
        if not served:
            served.append(request)
            came.set()
            go_on.wait()
        served.append(f"{request}, over")
        return request

    turns = importlib.import_module("conformance.demo.shop.turns").Turns(answer)
    with ThreadPoolExecutor(max_workers=2) as pool:
        first = pool.submit(turns, "first")
        came.wait()
        second = pool.submit(turns, "second")
        while not waiting_for(tmp_path / "turn.lock"):
            assert not second.done()
        assert served == ["first"]
        go_on.set()
        assert [first.result(), second.result()] == ["first", "second"]
    assert served == ["first", "first, over", "second, over"]


def waiting_for(lock: Path) -> bool:
    """Tell whether the kernel knows of somebody who waits for a lock on a file."""
    own = f":{lock.stat().st_ino} "
    return any("->" in line and own in line for line in Path("/proc/locks").read_text().splitlines())
