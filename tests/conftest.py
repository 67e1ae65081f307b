"""What all tests share: a home of their own, Hypothesis without a stopwatch, one running miniature shop."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from tests.miniatures.shop.miniature import MiniatureShop

LONGEST = (
    "conformance/test_demo_watched.py",
    "conformance/test_vendure.py",
    "conformance/matrix/",
    "conformance/test_demo_shop.py",
    "conformance/test_defect_matrix.py",
)
# Machines that run tests are busy: how long an example takes says nothing about the code.
settings.register_profile("duheng", deadline=None)
settings.load_profile("duheng")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the files that take minutes first, in the order of their names there: what is left to the end is short."""
    items.sort(key=_turn)


def _turn(item: pytest.Item) -> int:
    place = item.path.as_posix().removeprefix(f"{Path(__file__).parent.as_posix()}/")
    return next((turn for turn, name in enumerate(LONGEST) if place.startswith(name)), len(LONGEST))


@pytest.fixture(autouse=True)
def home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give each test a home of its own: none reads or makes a key in the real one."""
    folder = tmp_path_factory.mktemp("home")
    monkeypatch.setenv("HOME", str(folder))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(folder / ".config"))
    for name in [name for name in os.environ if name.startswith(("DUHENG_", "PYTEST_ADDOPTS"))]:
        monkeypatch.delenv(name)
    return folder


@pytest.fixture(scope="session")
def running_shop() -> Iterator[MiniatureShop]:
    """A miniature shop without defects, for tests that alter no verdict on it."""
    with MiniatureShop() as shop:
        yield shop
