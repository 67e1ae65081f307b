"""The test file on disk and by upload: where a real scanner catches it, and where none does."""

import signal
from pathlib import Path
from typing import Any

import pytest

from conformance.judges.drill_virus import caught
from profiles.drills.eicar import HALVES
from tests.conformance.drilling.attacked import judged, permitted, recorded_in, run_drill
from tests.conformance.drilling.subject import ended
from tests.conformance.drilling.uploads import scanner, uploads
from tests.conformance.running import start
from tests.miniatures.shop.miniature import MiniatureShop
from tests.probes.backups.asking import needs

pytestmark = pytest.mark.integration
OWN = "SBT-3.1.4.3-protect"


def dropped(shop: MiniatureShop, folder: Path, url: str) -> tuple[int, str, dict[str, Any]]:
    return run_drill(
        shop,
        folder,
        "test-virus",
        listed=url.removeprefix("http://").strip("/"),
        drop_in=str(folder / "drop"),
        upload=f"{url}upload",
        served_at=f"{url}files/",
        stored_in=str(folder / "stored"),
    )


def folders(folder: Path) -> tuple[Path, Path]:
    (folder / "drop").mkdir()
    (folder / "stored").mkdir()
    return folder / "drop", folder / "stored"


def test_a_scanner_catches_it_both_ways(running_shop: MiniatureShop, tmp_path: Path) -> None:
    needs(("clamscan", "clamav"))
    drop, stored = folders(tmp_path)
    with scanner(tmp_path, drop, stored) as quarantine, uploads(stored) as url:
        status, said, told = dropped(running_shop, tmp_path, url)
        assert status == 0, said
        names = {path.name for path in quarantine.glob("duheng-*")}
    mark = f"duheng-{told['run_id']}"
    assert names == {f"{mark}.com", f"{mark}-test.txt"}
    virus = told["virus"]
    assert (virus["disk"]["served"], virus["upload"]["served"]) == (False, False)
    assert virus["disk"]["how"] == "it was taken away"
    assert virus["disk"]["dropped_ms"] <= virus["disk"]["caught_ms"]
    assert (list(drop.iterdir()), list(stored.iterdir())) == ([], [])  # the innocent file is taken away too
    tell = judged(told, OWN, caught)
    assert tell.word == "conforms", tell.en


def test_nobody_catches_it(running_shop: MiniatureShop, tmp_path: Path) -> None:
    drop, stored = folders(tmp_path)
    with uploads(stored) as url:
        status, said, told = dropped(running_shop, tmp_path, url)
    assert status == 0, said
    for way in ("disk", "upload"):
        assert told["virus"][way]["caught_ms"] is None
        assert (told["virus"][way]["served"], told["virus"][way]["watched_s"] >= 60) == (True, True)
    assert (list(drop.iterdir()), list(stored.iterdir())) == ([], [])
    tell = judged(told, OWN, caught)
    assert tell.word == "violates"
    assert "could be had again" in tell.shows


def test_who_takes_no_second_file_at_all_caught_nothing(running_shop: MiniatureShop, tmp_path: Path) -> None:
    stored = tmp_path / "stored"
    stored.mkdir()
    with uploads(stored, most=1) as url:
        status, said, told = run_drill(
            running_shop,
            tmp_path,
            "test-virus",
            listed=url.removeprefix("http://").strip("/"),
            upload=f"{url}upload",
            served_at=f"{url}files/",
            stored_in=str(stored),
        )
    assert status == 0, said
    assert told["virus"]["upload"]["how"] == "an innocent file is not taken and served either (answer 429)"
    assert (told["virus"]["upload"]["caught_ms"], list(stored.iterdir())) == (None, [])
    assert judged(told, OWN, caught).word == "undetermined"


def test_who_asks_for_the_end_gets_it_and_the_file_is_gone(running_shop: MiniatureShop, tmp_path: Path) -> None:
    drop, _ = folders(tmp_path)
    permitted(running_shop, tmp_path, "test-virus", drop_in=str(drop))
    process = start("drill", "test-virus", folder=tmp_path)
    assert process.stderr is not None
    assert any("test file of EICAR" in line for line in process.stderr)  # it is put in
    process.send_signal(signal.SIGINT)
    status, said = ended(process)
    assert (status, list(drop.iterdir())) == (2, []), said
    data = recorded_in(tmp_path, said)
    assert (data["ended"], data["proof_of_revert"]["proved"]) == ("stopped", True)
    assert judged(data, OWN, caught).word == "undetermined"


def test_the_test_file_stands_whole_in_no_file_of_ours() -> None:
    root, whole = Path(__file__).parents[3], "".join(HALVES).encode()
    found = [
        path
        for folder in ("conformance", "probes", "profiles", "reports", "tests")
        for path in (root / folder).rglob("*.py")
        if whole in path.read_bytes()
    ]
    assert found == []
