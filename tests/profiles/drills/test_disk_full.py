"""A disk that is full: a small file system of its own, seen by nobody else."""

import shutil
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from profiles.drills.deadman import HELD
from tests.miniatures.lab.lab import open_folder
from tests.miniatures.lab.names import need_lab
from tests.profiles.drills.drilled import Drilled, drilled

pytestmark = pytest.mark.integration
USUAL = "/usr/sbin:/usr/bin:/sbin:/bin"
SIZE = 8_000_000
RESERVE = 500_000
SLACK = 65_536 + RESERVE // 8 + 262_144


@dataclass(frozen=True, kw_only=True)
class Disk:
    """A small disk, mounted at ``at`` where ``hand`` runs; what else is on the host, everybody sees."""

    folder: Path
    hand: tuple[str, ...]

    @property
    def at(self) -> Path:
        return self.folder / "disk"

    def fill(self, *, programs: str = USUAL, account: str = "", **entry: Any) -> Drilled:
        hand = (*self.hand, "setpriv", "--reuid", account, "--clear-groups") if account else self.hand
        told = {"path": str(self.at / "data"), "reserve_bytes": RESERVE, **entry}
        return drilled("disk-full", told, self.folder, hand=hand, path=programs)

    def sh(self, text: str, *, account: str = "root") -> subprocess.CompletedProcess[str]:
        words = [*self.hand, "setpriv", "--reuid", account, "--clear-groups", "sh", "-c", text]
        return subprocess.run(words, capture_output=True, text=True, check=False, cwd="/")

    def left(self) -> int:
        blocks, size = self.sh(f"stat -f -c '%a %S' {self.at}").stdout.split()
        return int(blocks) * int(size)

    def there(self) -> list[str]:
        return self.sh(f"ls {self.at}/data").stdout.split()

    def takes(self, count: int) -> bool:
        """Tell whether an account that is not root can write so many bytes."""
        wrote = self.sh(f"head -c {count} /dev/urandom >{self.at}/data/theirs", account="nobody").returncode == 0
        self.sh(f"rm -f {self.at}/data/theirs")
        return wrote


@contextmanager
def mounted(how: str) -> Iterator[Disk]:
    """Mount by a command that is told where, in a namespace of its own; it goes when that does."""
    need_lab()
    with open_folder() as folder:
        (folder / "disk").mkdir()
        mount = f"{how} {folder}/disk && mkdir -m 1777 {folder}/disk/data && echo mounted && exec sleep 600"
        words = ["unshare", "--mount", "sh", "-c", mount]
        with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, cwd=folder) as holds:
            assert holds.stdout is not None
            try:
                said = holds.stdout.readline()
                if "mounted" not in said and "loop" in how:
                    pytest.skip(f"this system mounts no loop devices: {said}")
                assert said == "mounted\n"
                yield Disk(folder=folder, hand=("nsenter", "--target", str(holds.pid), "--mount"))
            finally:
                holds.send_signal(signal.SIGKILL)


@pytest.fixture
def disk() -> Iterator[Disk]:
    with mounted(f"mount -t tmpfs -o size={SIZE} none") as found:
        yield found


def slow(folder: Path) -> str:
    """Return a path on which nothing can be set aside at once, as on file systems that know no such call."""
    (folder / "bin").mkdir()
    (folder / "bin" / "fallocate").write_text("#!/bin/sh\nexit 1\n")
    (folder / "bin" / "fallocate").chmod(0o755)
    return f"{folder}/bin:{USUAL}"


def groups(folder: Path) -> str:
    """Return a path on which nothing can be set aside at once, and each program notes its group of processes."""
    path, noted = slow(folder), "cut -d ' ' -f 5 /proc/$$/stat >>"
    (folder / "bin" / "fallocate").write_text(f"#!/bin/sh\n{noted}{folder}/groups\nexit 1\n")
    (folder / "bin" / "head").write_text(f'#!/bin/sh\n{noted}{folder}/groups\nexec {shutil.which("head")} "$@"\n')
    (folder / "bin" / "head").chmod(0o755)
    return path


def test_what_fills_ends_with_the_injection(disk: Disk) -> None:
    with disk.fill(programs=groups(disk.folder)) as run:
        run.arm()
        assert run.inject()[0] == 0
        run.done()
    told = (disk.folder / "groups").read_text().split()
    assert (len(told) >= 2, len(set(told))) == (True, 1)  # who ends the injection ends that group


EXT4 = f"truncate -s {2 * SIZE} image && mkfs.ext4 -q -m 2 image && mount -o loop image"


@pytest.mark.parametrize("how", [f"mount -t tmpfs -o size={SIZE} none", EXT4], ids=["tmpfs", "ext4"])
@pytest.mark.parametrize("at_once", [True, False])
def test_a_disk_is_filled_down_to_the_reserve_and_is_empty_again(how: str, at_once: bool) -> None:
    with mounted(how) as disk, disk.fill(programs=USUAL if at_once else slow(disk.folder)) as run:
        before = disk.left()
        run.arm()
        assert run.inject() == (0, "")
        assert abs(disk.left() - RESERVE) <= SLACK
        status, said = run.effect()
        assert (status, said.endswith(f"bytes are left in {disk.at}/data, of {before}")) == (0, True)
        assert not disk.takes(disk.left() + 1_000_000)
        assert disk.takes(4096)
        assert run.healed()[0] == 1
        status, said = run.heal()
        assert (status, said.startswith("the file is gone, and ")) == (0, True)
        assert disk.left() >= before - 4096
        assert (run.revert(), run.healed()[0], disk.there()) == (0, 0, [])
        run.done()


def test_a_disk_from_which_somebody_takes_something_is_not_full(disk: Disk) -> None:
    disk.sh(f"head -c 3000000 /dev/zero >{disk.at}/log")
    with disk.fill() as run:
        run.arm()
        assert run.inject()[0] == 0
        disk.sh(f"rm {disk.at}/log")
        status, said = run.effect()
        assert (status, said.endswith(f"bytes are left in {disk.at}/data, and the reserve is {RESERVE}")) == (1, True)
        run.done()


def test_space_that_does_not_come_back_is_not_healed(disk: Disk) -> None:
    with disk.fill() as run:
        run.arm()
        assert run.inject()[0] == 0
        (name,) = disk.there()
        held = f"exec 3<{disk.at}/data/{name}; echo open; exec sleep 600"  # as a snapshot would
        words = [*disk.hand, "sh", "-c", held]
        with subprocess.Popen(words, stdout=subprocess.PIPE) as holds:
            assert holds.stdout is not None
            assert holds.stdout.readline() == b"open\n"
            run.revert()
            status, said = run.healed()
            holds.kill()
        assert (status, said.startswith("the file is gone, and its space is not back")) == (1, True)
        run.done()


def test_nobody_comes_back_so_the_dead_man_empties_it(disk: Disk) -> None:
    before = disk.left()
    with disk.fill() as run:
        run.arm(seconds=10)
        assert run.inject()[0] == 0
        run.wait_for_the_dead_man()
        assert (disk.there(), disk.left()) == ([], before)


def test_another_file_system_in_its_place_is_not_healed(disk: Disk) -> None:
    with disk.fill() as run:
        run.arm()
        assert run.inject()[0] == 0
        over = f"mount -t tmpfs -o size={2 * SIZE} none {disk.at} && mkdir {disk.at}/data"
        assert disk.sh(over).returncode == 0
        said = f"{disk.at}/data is not on the file system that was filled: is that mounted?"
        assert (run.revert(), run.healed()) == (1, (1, said))
        assert disk.sh(f"umount {disk.at}").returncode == 0
        assert run.heal()[0] == 0
        assert disk.there() == []
        run.done()


def test_a_revert_where_nothing_was_put_in_takes_nothing_away(disk: Disk) -> None:
    disk.sh(f"echo x >{disk.at}/data/duheng-drill-fill.run_theirs")
    with disk.fill() as run:
        run.arm()
        assert (run.revert(), run.healed()) == (0, (0, "nothing was filled"))
        run.done()
    assert disk.there() == ["duheng-drill-fill.run_theirs"]


def test_what_heals_the_host_keeps_its_space(disk: Disk) -> None:
    for path, where in ((disk.folder, disk.folder), (disk.at / "data", disk.at)):
        with drilled("disk-full", {"path": str(path)}, where, hand=disk.hand) as run:
            run.arm()
            status, said = run.inject()
            assert (status, said.startswith(f"{path} shares the space of /")) == (HELD, True)
            assert said.endswith(", and what heals the host must be able to write")
            assert run.heal(release=True)[0] == 0


def test_what_is_refused_says_why(disk: Disk) -> None:
    disk.sh(f"mkdir -m 755 {disk.at}/roots")
    left = disk.left()
    for entry, account, told in (
        ({"path": f"{disk.at}/none"}, "", f"{disk.at}/none is no directory here"),
        ({"path": f"{disk.at}/roots"}, "nobody", f"this account may not write to {disk.at}/roots"),
        (
            {"reserve_bytes": left},
            "",
            f"{disk.at}/data is full already: {left} bytes are left, and the reserve is {left}",
        ),
    ):
        disk.folder.chmod(0o777)
        with disk.fill(account=account, **entry) as run:
            run.arm()
            assert run.inject() == (HELD, told)
            assert run.effect() == (1, "nothing was filled")
            run.done()
    assert disk.there() == []
