"""Fixtures: a tiny shop that runs, its memory, and a trail."""

from pathlib import Path
from typing import Any

import pytest

from probes.shop.trail import Trail
from tests.probes.shop.scenery import CLOCK, Backend, Scenery, routes_of
from tests.probes.shop.server import serving


@pytest.fixture
def backend() -> Backend:
    return Backend()


@pytest.fixture
def trail(tmp_path: Path) -> Any:
    trail = Trail(tmp_path / "trail.jsonl", CLOCK)
    yield trail
    trail.close()


@pytest.fixture
def scenery(backend: Backend, trail: Trail) -> Any:
    with serving(routes_of(backend)) as server:
        scenery = Scenery(server.url, backend, trail)
        yield scenery
        scenery.close()
