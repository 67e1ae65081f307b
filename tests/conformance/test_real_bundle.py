"""The report of a real examination in a stranger's hands: verified, replayed offline, refused once touched."""

import json
import os
import random
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from conformance.released import released_catalogues
from probes.clock import SystemClock
from reports.signing.answers import Answer
from reports.signing.handed import hand_over
from reports.signing.keys import PUBLIC_FILE, default_folder, load_public
from reports.signing.verifier import verify
from tests.examining import examine
from tests.miniatures.shop.miniature import MiniatureShop

pytestmark = pytest.mark.integration

FLIPS = 1000
Parcel = tuple[Path, Path]


@pytest.fixture(scope="module")
def parcel(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Parcel]:
    """Return the output folder of an examination of the miniature shop with a defect, and the signer's public key."""
    folder = tmp_path_factory.mktemp("parcel")
    with pytest.MonkeyPatch.context() as patch, MiniatureShop.with_defect("order-by-number-readable") as shop:
        patch.setenv("XDG_CONFIG_HOME", str(folder / "config"))
        examined = examine(shop.target_toml(folder), folder / "out")
        yield examined.folder, default_folder(os.environ) / PUBLIC_FILE


def _answers(folder: Path, key: Path) -> tuple[Answer, ...]:
    return verify(
        hand_over(folder / "bundle.zip"),
        key=load_public(key),
        released=released_catalogues(),
        now=SystemClock().now(),
        not_older_than_s=None,
    )


def test_it_verifies(parcel: Parcel) -> None:
    assert all(answer.good for answer in _answers(*parcel))


def test_any_byte_changed_is_refused_and_an_answer_is_named(parcel: Parcel, tmp_path: Path) -> None:
    folder, key = parcel
    copy = tmp_path / "copy"
    shutil.copytree(folder, copy)
    chance = random.Random(20261121)
    names = ("bundle.zip", "bundle.dsse.json")
    whole = {name: (copy / name).read_bytes() for name in names}
    sizes = [len(whole[name]) for name in names]
    for _ in range(FLIPS):
        name = chance.choices(names, weights=(sizes[0] // 20, sizes[1]))[0]
        altered = bytearray(whole[name])
        altered[chance.randrange(len(altered))] ^= chance.randrange(1, 256)
        (copy / name).write_bytes(altered)
        refused = [answer.name for answer in _answers(copy, key) if answer.told and not answer.good]
        (copy / name).write_bytes(whole[name])
        assert refused == ["signature"]
    assert all(answer.good for answer in _answers(copy, key))


def test_replay_agrees_with_the_network_switched_off(parcel: Parcel) -> None:
    folder, _ = parcel
    if shutil.which("unshare") is None or os.geteuid() != 0:
        assert "CI" not in os.environ, "in CI this test needs root and util-linux's unshare"
        pytest.skip("needs root and util-linux's unshare, to take the network away")
    told = json.loads((folder / "report.json").read_text(encoding="utf-8"))
    entry = "from conformance.cli.main import entry; entry()"
    words = ["unshare", "--net", sys.executable, "-c", entry, "replay", str(folder / "bundle.zip")]
    again = subprocess.run(words, capture_output=True, text=True, check=False)
    assert again.returncode == told["run"]["exit"] == 1, again.stderr
    assert f"all {len(told['findings'])} findings come out the same" in again.stdout


def _without_html(folder: Path) -> None:
    (folder / "report.html").unlink()


def _with_more(folder: Path) -> None:
    (folder / "appendix.txt").write_text("not signed", encoding="utf-8")


def _other_csv(folder: Path) -> None:
    (folder / "findings.csv").write_bytes((folder / "findings.csv").read_bytes() + b"\n")


@pytest.mark.parametrize("touch", [_without_html, _with_more, _other_csv])
def test_a_touched_folder_is_refused(parcel: Parcel, tmp_path: Path, touch: Callable[[Path], None]) -> None:
    folder, key = parcel
    copy = tmp_path / "copy"
    shutil.copytree(folder, copy)
    touch(copy)
    answers = verify(
        hand_over(copy),
        key=load_public(key),
        released=released_catalogues(),
        now=SystemClock().now(),
        not_older_than_s=None,
    )
    assert [answer.name for answer in answers if answer.told and not answer.good] == ["signature"]
