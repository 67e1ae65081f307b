"""Disks and arrays, in the formats that real programs print (the hardware is not here)."""

import json
from pathlib import Path
from typing import Any

import pytest

from probes.host.agent import disks, raid
from probes.host.agent.machine import Machine

RECORDED = Path(__file__).parent / "recorded"
CLEAN = """Personalities : [raid1] [raid6] [raid5] [raid4]
md0 : active raid1 sdb1[1] sda1[0]
      976630464 blocks super 1.2 [2/2] [UU]
      bitmap: 1/8 pages [4KB], 65536KB chunk

unused devices: <none>
"""
DEGRADED = """Personalities : [raid1] [raid6] [raid5] [raid4]
md1 : active raid5 sdd1[3](S) sdc1[2](F) sdb1[1] sda1[0]
      1953260544 blocks super 1.2 level 5, 512k chunk, algorithm 2 [3/2] [UU_]

md127 : inactive sde1[0](S)
      976630464 blocks super 1.2

unused devices: <none>
"""
REBUILDING = """Personalities : [raid1]
md0 : active raid1 sdb1[2] sda1[0]
      976630464 blocks super 1.2 [2/1] [U_]
      [==>..................]  recovery = 12.6% (123456/976630464) finish=75.1min speed=189302K/sec

unused devices: <none>
"""


def test_a_clean_mirror() -> None:
    (array,) = raid.mdstat(CLEAN)
    assert (array["name"], array["level"], array["state"], array["redundant"]) == ("md0", "raid1", "clean", True)
    assert (array["wanted"], array["active"], array["failed"], array["spares"]) == (2, 2, [], [])


def test_an_array_with_a_failed_disk_and_one_that_does_not_run() -> None:
    five, dead = raid.mdstat(DEGRADED)
    assert (five["state"], five["failed"], five["spares"], five["active"]) == ("degraded", ["sdc1"], ["sdd1"], 2)
    assert (dead["state"], dead["redundant"], dead["level"]) == ("inactive", False, None)


def test_an_array_that_is_being_rebuilt_tells_how_far_it_is() -> None:
    (array,) = raid.mdstat(REBUILDING)
    assert (array["state"], array["progress_percent"]) == ("rebuilding", 12.6)


def test_a_stripe_is_an_array_without_redundancy() -> None:
    (array,) = raid.mdstat("md2 : active raid0 sdb1[1] sda1[0]\n      1953260544 blocks super 1.2 512k chunks\n")
    assert (array["state"], array["redundant"]) == ("clean", False)


def test_the_detail_of_an_array() -> None:
    told = raid.detail((RECORDED / "mdadm_detail.txt").read_text())
    assert (told["state"], told["failed_devices"], told["raid_level"]) == ("clean, degraded", "1", "raid1")


@pytest.mark.parametrize(("health", "errors"), [("ONLINE", None), ("DEGRADED", "3 data errors, use '-v' for a list")])
def test_pools_of_zfs(health: str, errors: str | None) -> None:
    said = errors or "No known data errors"
    disks_of_it = [f"\ttank  {health}  0 0 0", f"\t  mirror-0  {health}  0 0 0", "\t    /dev/sda1  ONLINE  0 0 0"]
    head = ["  pool: tank", f" state: {health}", "config:", "", "\tNAME  STATE  READ WRITE CKSUM"]
    status = "\n".join([*head, *disks_of_it, "", f"errors: {said}", ""])
    (pool,) = raid.zpools(f"tank\t{health}\t1000\t200\n", status)
    assert pool == {"name": "tank", "health": health, "layouts": ["mirror"], "redundant": True, "errors": errors}


def test_a_pool_of_one_disk_is_not_redundant() -> None:
    status = (
        "  pool: one\n state: ONLINE\nconfig:\n\n\tNAME        STATE\n\tone         ONLINE\n\t  /dev/sda  ONLINE\n\n"
    )
    assert raid.zpools("one\tONLINE\t1\t1\n", status)[0]["redundant"] is False


def test_logical_volumes() -> None:
    rows = [
        {"lv_name": "root", "vg_name": "v", "segtype": "linear", "lv_health_status": "", "sync_percent": ""},
        {"lv_name": "data", "vg_name": "v", "segtype": "raid1", "lv_health_status": "partial", "sync_percent": "93.75"},
        {"lv_name": "[data_rimage_0]", "vg_name": "v", "segtype": "linear", "lv_health_status": "", "sync_percent": ""},
    ]
    plain, mirror = raid.volumes({"report": [{"lv": rows}]})
    assert (plain["redundant"], plain["health"], plain["sync_percent"]) == (False, None, None)
    assert (mirror["redundant"], mirror["health"], mirror["sync_percent"]) == (True, "partial", 93.75)


def _host(folder: Path, files: dict[str, str]) -> Machine:
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return Machine(root=str(folder))


def test_a_host_with_arrays_says_whether_they_are_ill(tmp_path: Path) -> None:
    told = raid.read(_host(tmp_path / "good", {"proc/mdstat": CLEAN}))
    assert (told["redundant"], told["degraded"]) == (True, False)
    told = raid.read(_host(tmp_path / "ill", {"proc/mdstat": DEGRADED}))
    assert (told["redundant"], told["degraded"]) == (True, True)
    assert told["md"]["arrays"][0]["detail"]["state"] == "unread"


def test_a_host_without_any_array_is_told_as_that_and_a_controller_keeps_it_open(tmp_path: Path) -> None:
    bare = raid.read(_host(tmp_path / "bare", {"proc/version": ""}))
    assert (bare["redundant"], bare["degraded"], bare["controllers"]) == (False, None, [])
    behind = raid.read(_host(tmp_path / "behind", {"sys/class/scsi_host/host0/proc_name": "megaraid_sas\n"}))
    assert (behind["redundant"], behind["controllers"]) == (None, ["megaraid_sas"])


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("nvme", {"passed": True, "power_on_h": 8123, "wear_percent": 3, "reallocated": None, "media_errors": 0}),
        ("ssd", {"passed": True, "power_on_h": 20417, "wear_percent": 7, "reallocated": 0, "pending": None}),
        ("disk", {"passed": False, "power_on_h": 51234, "wear_percent": None, "reallocated": 1832, "pending": 24}),
        ("sas", {"passed": True, "power_on_h": 33000, "wear_percent": None, "reallocated": 2}),
    ],
)
def test_what_smart_says(name: str, wanted: dict[str, Any]) -> None:
    told = disks.smart(json.loads((RECORDED / f"smartctl_{name}.json").read_text()))
    assert {key: told[key] for key in wanted} == wanted


def test_filesystems_are_told_once_and_those_of_the_kernel_not_at_all(tmp_path: Path) -> None:
    mounts = (
        f"proc /proc proc rw 0 0\n/dev/sda1 / ext4 rw 0 0\n/dev/sda1 /again ext4 rw 0 0\ntmpfs {tmp_path} tmpfs rw\n"
    )
    told = disks.read(_host(tmp_path, {"proc/mounts": mounts, "sys/block/loop0/size": "8\n"}))
    assert told["disks"] == []
    assert [each["mount"] for each in told["filesystems"]] == ["/"]
    assert 0 < told["filesystems"][0]["used_percent"] <= 100


def test_a_disk_that_tells_no_smart_is_unread_and_the_others_are_not_lost(tmp_path: Path) -> None:
    files = {"sys/block/sda/size": "2000\n", "sys/block/sda/queue/rotational": "1\n", "proc/mounts": ""}
    (disk,) = disks.read(_host(tmp_path, files))["disks"]
    assert (disk["size_bytes"], disk["rotational"]) == (1_024_000, True)
    assert (disk["smart"]["state"], disk["smart"]["cause"]) == ("unread", "target")
