"""``[night]``: every fault at once, each with its place."""

from datetime import time
from pathlib import Path

import pytest

from probes.errors import SettingsError
from probes.target_file import read_target
from probes.target_night import Hours, Step, night_of

HEAD = '[platform]\nid = "x"\nname = "X"\nbase_url = "https://shop.example"\nadapter = "oscar"\n'
DRILLS = (
    '[[hosts]]\nname = "web1"\naddress = "local"\n[[drills]]\nname = "shop-crash"\nhost = "web1"\n'
    '[[backups]]\nname = "orders"\ntool = "restic"\nhost = "web1"\nrepository = "/srv/backup"\n'
    'password_env = "DUHENG_BACKUP_PASSWORD"\nholds = ["trades"]\nplace = "local"\n'
)


def faults(tmp_path: Path, night: str, further: str = DRILLS) -> list[str]:
    path = tmp_path / "duheng.toml"
    path.write_text(f"{HEAD}{further}[night]\n{night}\n", encoding="utf-8")
    try:
        read_target(path)
    except SettingsError as error:
        return [fault.partition(": ")[2] for fault in error.faults]
    return []


def test_a_sound_night(tmp_path: Path) -> None:
    steps = 'steps = ["load:nightly", "drill:shop-crash", "restore", "examine:3.1.1,3.1.2"]'
    assert faults(tmp_path, f'{steps}\nfrom = "23:00"\nuntil = "04:30"\ndays = ["mon", "sun"]') == []
    night = night_of(read_target(tmp_path / "duheng.toml"))
    assert night is not None
    assert night.hours == Hours(begins=time(23), ends=time(4, 30), days=frozenset({0, 6}))
    assert night.steps[1:] == (
        Step(verb="drill", name="shop-crash"),
        Step(verb="restore"),
        Step(verb="examine", name="3.1.1,3.1.2"),
    )
    assert [step.words for step in night.steps] == [
        "load:nightly", "drill:shop-crash", "restore", "examine:3.1.1,3.1.2",
    ]  # fmt: skip


def test_without_the_table_there_is_none(tmp_path: Path) -> None:
    path = tmp_path / "duheng.toml"
    path.write_text(HEAD, encoding="utf-8")
    assert night_of(read_target(path)) is None


KNOWN = "known are load:PROFILE, drill:NAME, restore, examine and examine:CLAUSES"
LIST = 'must be a list of steps, such as ["load:nightly", "drill:shop-crash", "restore", "examine"]'
LAST = "must end with examine, and have it only there: it leaves the report"
BOTH = "is missing: hours have both, such as from = '01:00' and until = '05:00'"


@pytest.mark.parametrize(
    ("night", "told"),
    [
        ("", "steps: is missing"),
        ("steps = []", f"steps: {LIST}"),
        ('steps = "examine"', f"steps: {LIST}"),
        ('steps = ["drill:shop-crash", "reboot", "examine"]', f"steps: number 2 is no step; {KNOWN}"),
        ('steps = ["load:", "examine"]', f"steps: number 1 is no step; {KNOWN}"),
        ('steps = [7, "examine"]', f"steps: number 1 is no step; {KNOWN}"),
        ('steps = ["load:nightly"]', f"steps: {LAST}"),
        ('steps = ["examine", "load:nightly"]', f"steps: {LAST}"),
        ('steps = ["examine:3.1", "examine"]', f"steps: {LAST}"),
        ('steps = ["drill:flood", "examine"]', "steps: number 1 is no declared drill; [[drills]] has: shop-crash"),
        ('steps = ["examine"]\nfrom = "01:00"', f"until: {BOTH}"),
        ('steps = ["examine"]\nuntil = "01:00"', f"from: {BOTH}"),
        ('steps = ["examine"]\nfrom = "01:00"\nuntil = "01:00"', "until: is the same as from: that is no time at all"),
        ('steps = ["examine"]\ndays = ["mon"]', "days: says nothing without from and until"),
    ],
)
def test_faults(tmp_path: Path, night: str, told: str) -> None:
    assert faults(tmp_path, night) == [f"[night] {told}"]


def test_all_of_them_at_once(tmp_path: Path) -> None:
    told = faults(
        tmp_path,
        'steps = ["drill:a", "restore"]\nfrom = "25:00"\nuntil = 5\ndays = ["monday"]\nhours = 3',
        further="",
    )
    assert told == [
        "[night] steps: must end with examine, and have it only there: it leaves the report",
        "[night] steps: restore needs a backup; declare it in [[backups]]",
        "[night] steps: number 1 is no declared drill; [[drills]] has: none",
        '[night] from: must be a time of day in quotes, such as "02:30"',
        '[night] until: must be a time of day in quotes, such as "02:30"',
        "[night] days: must be a list of these days: mon, tue, wed, thu, fri, sat, sun",
        "[night] hours: unknown key; known are: steps, from, until, days",
    ]
