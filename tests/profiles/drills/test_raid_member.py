"""A failed member of an array. Kernels of test machines have no md: mdadm is played, in the words of the real one."""

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest

from profiles.drills import deadman
from profiles.drills.deadman import HELD
from tests.awaiting import until
from tests.profiles.drills.drilled import Drilled, drilled
from tests.profiles.drills.test_switched import hurried

UUID = "6d6f0a3e:3f0a9f0c:8d1c2b7a:5e4f3a2b"
MDADM = r"""#!/bin/sh
# A mirror of two, whose second member is as the file "member" says; each look lets a rebuild go on by a step.
cd "$(dirname "$0")"
exec 9>in-turn
flock 9
read -r is left <member
echo "$*" >>asked
case $1 in
  --examine)
    [ "$2" = "$(pwd)/sdb1" ] && [ ! -e foreign ] || { echo "mdadm: No md superblock detected on $2." >&2; exit 1; }
    printf '%s:\n          Magic : a92b4efc\n        Version : 1.2\n     Array UUID : UUID_OF\n' "$2"
    exit ;;
  --detail)
    [ "$2" = /dev/md0 ] || { echo "mdadm: cannot open $2: No such file or directory" >&2; exit 1; }
    state='clean, degraded' active=1 failed=0 rebuild='' bottom=''
    row='       -       0        0        1      removed'
    [ ! -e spare ] || state='clean ' active=2
    case $is in
      active) state='clean ' active=2 row="       1       8       17        1      active sync   $(pwd)/sdb1" ;;
      faulty) failed=1 bottom="
       1       8       17        -      faulty   $(pwd)/sdb1" ;;
      spare) row="       2       8       17        -      spare   $(pwd)/sdb1" ;;
      rebuilding)
        state='clean, degraded, recovering '
        row="       1       8       17        1      spare rebuilding   $(pwd)/sdb1"
        rebuild='
    Rebuild Status : 12% complete
'
        [ "$left" -gt 0 ] && echo "rebuilding $((left - 1))" >member || echo 'active' >member ;;
    esac
    cat <<END
/dev/md0:
           Version : 1.2
     Creation Time : Sun Nov 22 08:00:00 2026
        Raid Level : $(cat level 2>/dev/null || echo raid1)
        Array Size : 976630464 (931.39 GiB 1000.07 GB)
     Used Dev Size : 976630464 (931.39 GiB 1000.07 GB)
      Raid Devices : 2
     Total Devices : 2
       Persistence : Superblock is persistent

     Intent Bitmap : Internal

       Update Time : Sun Nov 22 09:00:00 2026
             State : $state
    Active Devices : $active
   Working Devices : 2
    Failed Devices : $failed
     Spare Devices : 0

Consistency Policy : bitmap
$rebuild
              Name : web1:0  (local to host web1)
              UUID : UUID_OF
            Events : 17

    Number   Major   Minor   RaidDevice State
       0       8        1        0      active sync   /dev/sda1
$row
$bottom
END
    exit ;;
esac
case $2:$is in
  --fail:active) echo faulty >member ;;
  --remove:faulty) [ ! -e busy ] || { rm busy; echo "mdadm: hot remove failed: Device or resource busy" >&2; exit 1; }
    echo removed >member ;;
  --re-add:removed) [ ! -e no-bitmap ] || { echo "mdadm: --re-add not possible" >&2; exit 1; }
    if [ -e spare ]; then echo spare >member; else echo 'rebuilding 2' >member; fi ;;
  --add:removed) echo 'rebuilding 4' >member ;;
  *) echo "mdadm: cannot do $2 while it is $is" >&2; exit 1 ;;
esac
""".replace("UUID_OF", UUID)


@pytest.fixture
def bin_folder(tmp_path: Path) -> Path:
    if os.geteuid() != 0:
        pytest.skip("an array wants root")
    folder = tmp_path / "bin"
    folder.mkdir()
    (folder / "mdadm").write_text(MDADM)
    (folder / "mdadm").chmod(0o755)
    (folder / "member").write_text("active\n")
    (folder / "sdb1").touch()
    (tmp_path / "by-id").symlink_to(folder / "sdb1")
    return folder


def failing(folder: Path, *, path: str = "/usr/sbin:/usr/bin:/sbin:/bin", **entry: Any) -> Drilled:
    told = {"array": "/dev/md0", "member": str(folder.parent / "by-id"), **entry}
    return drilled("raid-member", told, folder.parent, path=f"{folder}:{path}")


def asked(folder: Path) -> list[str]:
    """Return what was changed by mdadm, in its order."""
    words = [line.split() for line in (folder / "asked").read_text().splitlines()]
    return [each[1] for each in words if each[0] == "/dev/md0"]


def redundant_ms(run: Drilled) -> int:
    """Return what is told of it last."""
    lines = run.sh(deadman.telling(run.place)).stdout.splitlines()
    assert lines[0] == '{"redundant_ms":null}'
    return int(json.loads(lines[-1])["redundant_ms"] or 0)


@pytest.mark.parametrize("whose", ["the owner's", "a spare's"])
def test_an_array_that_is_whole_again_by_itself_was_so_before_the_member_is_put_in(
    whose: str, bin_folder: Path
) -> None:
    with failing(bin_folder) as run:
        run.arm()
        assert run.inject()[0] == 0
        until((Path(run.place.folder) / "lost").exists, "it is noticed that a member is missing")
        if whose == "a spare's":
            (bin_folder / "spare").touch()
        else:
            words = [str(bin_folder / "mdadm"), "/dev/md0", "--re-add", str(bin_folder / "sdb1")]
            subprocess.run(words, check=True)
        found = until((Path(run.place.folder) / "found").read_text, "it is noticed that it is whole")
        assert run.heal()[0] == 0
        assert redundant_ms(run) == int(found)
        run.done()


def test_an_array_that_nobody_repairs_is_not_told_as_whole(bin_folder: Path) -> None:
    with failing(bin_folder, path=hurried(bin_folder)) as run:
        run.arm()
        assert run.inject()[0] == 0
        assert redundant_ms(run) == 0
        run.done()


@pytest.mark.parametrize(
    ("odd", "back"), [("", ["--re-add"]), ("no-bitmap", ["--re-add", "--add"]), ("busy", ["--re-add"])]
)
def test_a_member_fails_and_is_rebuilt(odd: str, back: list[str], bin_folder: Path) -> None:
    if odd:
        (bin_folder / odd).touch()
    with failing(bin_folder) as run:
        run.arm()
        assert run.inject() == (0, "")
        member = bin_folder.parent / "by-id"
        assert run.effect() == (0, f"/dev/md0 is clean, degraded, and {member} is out of it")
        assert run.healed() == (1, f"{member} is not in /dev/md0 (not a member)")
        assert run.heal() == (0, f"/dev/md0 is clean, and {member} is in it (active sync)")
        assert redundant_ms(run) > 0
        assert (run.revert(), run.healed()[0]) == (0, 0)
        run.done()
    removed = ["--remove"] * (2 if odd == "busy" else 1)
    assert asked(bin_folder) == ["--fail", *removed, *back]


def test_a_member_that_is_still_in_it_shows_no_effect(bin_folder: Path) -> None:
    with failing(bin_folder) as run:
        run.arm()
        assert run.inject()[0] == 0
        (bin_folder / "member").write_text("active\n")
        assert run.effect() == (1, f"{bin_folder.parent}/by-id is in /dev/md0 (clean)")
        run.done()


def test_a_member_that_is_faulty_only_is_taken_out_and_put_in(bin_folder: Path) -> None:
    with failing(bin_folder) as run:
        run.arm()
        assert run.inject()[0] == 0
        (bin_folder / "member").write_text("faulty\n")  # as where the injection was cut short between the two
        assert run.effect()[0] == 0
        run.done()
    assert (bin_folder / "member").read_text() == "active\n"


def test_nobody_comes_back_so_the_dead_man_puts_it_in(bin_folder: Path) -> None:
    with failing(bin_folder) as run:
        run.arm(seconds=10)
        assert run.inject()[0] == 0
        run.wait_for_the_dead_man()
    assert (bin_folder / "member").read_text() == "active\n"


def test_another_disk_under_the_members_name_is_never_added(bin_folder: Path) -> None:
    with failing(bin_folder) as run:
        run.arm()
        assert run.inject()[0] == 0
        (bin_folder / "foreign").touch()  # names may change when a host starts again
        assert (run.revert(), run.healed()[0]) == (1, 1)
        (bin_folder / "foreign").unlink()
        run.done()
    assert "--add" not in asked(bin_folder)


def test_what_is_refused_says_why_and_changes_nothing(bin_folder: Path) -> None:
    member = bin_folder.parent / "by-id"
    for changed, state, level, told in (
        ({}, "removed", "raid1", "/dev/md0 is not whole (clean, degraded): another member less may lose data"),
        ({}, "active", "raid0", "/dev/md0 is raid0: it would lose data with a member"),
        ({"array": "/dev/md9"}, "active", "raid1", "/dev/md9 is no array of this host"),
        ({"member": "/dev/sdz1"}, "active", "raid1", "/dev/sdz1 is no active member of /dev/md0"),
    ):
        (bin_folder / "member").write_text(f"{state}\n")
        (bin_folder / "level").write_text(f"{level}\n")
        with failing(bin_folder, **changed) as run:
            run.arm()
            assert run.inject() == (HELD, told)
            assert run.effect() == (1, "no member was failed")
            assert (run.revert(), run.healed()) == (0, (0, "no member was failed"))
            run.done()
    (bin_folder / "member").write_text("active\n")
    (bin_folder / "foreign").touch()
    with failing(bin_folder) as run:
        run.arm()
        assert run.inject() == (HELD, f"{member} does not say that it is of /dev/md0")
        run.done()
    assert asked(bin_folder) == []
