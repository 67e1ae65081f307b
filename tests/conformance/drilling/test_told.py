"""A fault that does not tell what it saw: why stands in the record, for whoever reads it."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from conformance.drilling.record import Record
from conformance.drilling.told import not_told
from conformance.drilling.wound import Wound
from probes.clock import SystemClock
from probes.transports.command import Ran
from profiles.drills.token import Found
from tests.conformance.drilling.sent import sending, task_of

WHOLE = '{"attack": {"reached": []}}'


def told(folder: Path, text: str) -> Mapping[str, Any]:
    """Return what stands in the record of a run whose fault tells by such a text."""
    entry: dict[str, Any] = {"source": "127.0.0.1", "reached_log": "/var/log/app.log"}
    with task_of(folder, "attack-set", **entry) as task:
        place = sending(task, folder).place
        (Path(place.folder) / "tell.sh").write_text(text)
        record = Record(folder / "run-12345678.jsonl", SystemClock())
        token = Found(path=str(folder / "token"), text="{}", owner=0, mode=0o600, account=0, host_offset_s=0.0)
        wound = Wound(task=task, token=token, run_id="run-12345678", record=record)
        wound.place = place
        wound.tell()
        ends = [entry.facts for entry in record.entries() if (entry.kind, entry.id) == ("end", "told")]
        record.close()
    return ends[-1]


def test_what_is_told_whole_is_told(tmp_path: Path) -> None:
    told_whole = told(tmp_path, f"echo '{WHOLE}'")
    assert (told_whole["ok"], told_whole["detail"]) == (True, "")
    assert told_whole["shapes"]["attack"]["reached"] == ()


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("""printf '{"attack": {"reached": '""", 'what it told is torn: {"attack": {"reached":'),
        ("echo 'redundancy is not back'; exit 1", "redundancy is not back"),
        (f"echo '{WHOLE}'; exit 3", "status 3"),
    ],
)
def test_what_is_not_told_has_its_reason(tmp_path: Path, text: str, why: str) -> None:
    ended = told(tmp_path, text)
    assert (ended["ok"], ended["detail"]) == (False, why)


def test_what_the_host_complains_of_goes_before() -> None:
    ran = Ran(status=1, stdout=b"nothing\n", stderr=b"sh: cannot open tell.sh\n")
    assert not_told(ran) == "sh: cannot open tell.sh"
    torn = Ran(status=0, stdout=b"a plain line\n{torn\n", stderr=b"disk full\n")
    assert not_told(torn) == "what it told is torn: {torn (disk full)"
