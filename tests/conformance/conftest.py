"""One whole examination of the miniature shop, shared by the tests that only read what it left."""

import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.conformance.running import duheng
from tests.miniatures.shop.miniature import MiniatureShop


@dataclass(frozen=True, kw_only=True)
class WholeRun:
    """The working folder, its target file, what the process said, and the environment it ran in."""

    folder: Path
    target: Path
    done: subprocess.CompletedProcess[str]
    further: dict[str, str]

    @property
    def output(self) -> Path:
        """The output folder of the run."""
        return (self.folder / "duheng-out" / "latest").resolve()


@pytest.fixture(scope="session")
def whole_run(running_shop: MiniatureShop, tmp_path_factory: pytest.TempPathFactory) -> WholeRun:
    """Examine everything once, the two standing buyers declared."""
    folder, home = tmp_path_factory.mktemp("whole"), tmp_path_factory.mktemp("home-of-whole")
    further = {"HOME": str(home), "XDG_CONFIG_HOME": str(home / ".config")}
    target = running_shop.target_toml(folder, buyers=True)
    return WholeRun(
        folder=folder, target=target, done=duheng("examine", folder=folder, further=further), further=further
    )


@pytest.fixture(scope="session")
def shop_without_hsts() -> Iterator[MiniatureShop]:
    """A miniature shop that violates SBT-3.1.3.3-plain-web and nothing else."""
    with MiniatureShop.with_defect("no-hsts") as shop:
        yield shop
