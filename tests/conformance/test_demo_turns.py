"""The demo shop's turns: whoever comes while another's view is at work waits for the lock, and is served next."""

import importlib
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from tests.awaiting import PATIENCE_S, until


def test_whoever_comes_meanwhile_waits_for_the_turn(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("django", reason="the extra `demo` is not installed")
    monkeypatch.setenv("DUHENG_DEMO_DIR", str(tmp_path))
    served: list[str] = []
    came, go_on, rendering = threading.Event(), threading.Event(), threading.Event()

    def answer(request: Any) -> Any:
        turns.process_view(request)  # as Django does before the view, and after it, before it renders
        served.append(request.name)
        if request.name == "first":
            came.set()
            assert go_on.wait(PATIENCE_S)
            turns.process_template_response(request, "a page")
            assert rendering.wait(PATIENCE_S)  # which needs no turn
        served.append(f"{request.name}, over")
        return request.name

    turns = importlib.import_module("conformance.demo.shop.turns").Turns(answer)
    with ThreadPoolExecutor(max_workers=2) as pool:
        first = pool.submit(turns, SimpleNamespace(name="first"))
        assert came.wait(PATIENCE_S)
        second = pool.submit(turns, SimpleNamespace(name="second"))
        until(lambda: waiting_for(tmp_path / "turn.lock") or second.done(), "the second waits")
        assert not second.done()
        assert served == ["first"]
        go_on.set()
        assert second.result() == "second"
        rendering.set()
        assert first.result() == "first"
    assert served == ["first", "second", "second, over", "first, over"]
    assert turns(SimpleNamespace(name="third")) == "third"  # where no page is rendered, the turn ends with the answer
    assert turns(SimpleNamespace(name="fourth")) == "fourth"


def waiting_for(lock: Path) -> bool:
    """Tell whether the kernel knows of somebody who waits for a lock on a file."""
    own = f":{lock.stat().st_ino} "
    return any("->" in line and own in line for line in Path("/proc/locks").read_text().splitlines())
