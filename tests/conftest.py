"""What all tests share: a home of their own, Hypothesis without a stopwatch, one running miniature shop."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from tests.miniatures.shop.miniature import MiniatureShop

LONGEST = frozenset({"test_vendure", "test_demo_shop"})
# Machines that run tests are busy: how long an example takes says nothing about the code.
settings.register_profile("duheng", deadline=None)
settings.load_profile("duheng")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keep each file's tests together on one worker (`--dist loadgroup`), but for those marked to go one by one.

    The files that take minutes come first: what is left to the end is short.
    """
    items.sort(key=lambda item: item.path.stem not in LONGEST)
    for item in items:
        if item.get_closest_marker("apart") is None:
            item.add_marker(pytest.mark.xdist_group(item.path.stem))


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
