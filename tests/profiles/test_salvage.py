"""What is left of a run whose master did not come to its end: it says why, and is never complete."""

from pathlib import Path

import pytest

from probes.errors import EvidenceError
from profiles.plan import LoadPlan
from profiles.record import Footer, Header, RecordFile, Second
from profiles.salvage import BROKEN, UNREADY, salvage
from profiles.tally import Slice
from tests.profiles.plans import plan


@pytest.fixture
def made(tmp_path: Path) -> LoadPlan:
    return plan(record=str(tmp_path / "record.jsonl"))


def begun(made: LoadPlan, *, seconds: int, footer: bool = False) -> Path:
    with RecordFile(Path(made.record)) as file:
        file.write(
            Header(
                run_id=made.run_id, plan_sha256=made.sha256(), model="open", workers=1, started_ms=1, tools={},
                skew_ms=(0.0,),
            )
        )  # fmt: skip
        for second in range(seconds):
            file.write(Second.of(Slice(), second=second, at_ms=1000 * second, planned=0, cpu_percent=(1.0,)))
        if footer:
            file.write(Footer.of(Slice(), ended_ms=9, ended="planned", planned=0))
    return Path(made.record)


@pytest.mark.parametrize("there", [None, b"", b'{"line": "head'])
def test_what_never_began_says_why(made: LoadPlan, there: bytes | None) -> None:
    if there is not None:
        Path(made.record).write_bytes(there)
    record = salvage(made, "no such module")
    assert record.stopped is not None
    assert (record.stopped.why, record.stopped.detail) == (UNREADY, "no such module")
    assert record.header.run_id == made.run_id
    assert not record.complete
    assert record.torn_bytes == 0


def test_what_broke_off_says_why(made: LoadPlan) -> None:
    begun(made, seconds=3)
    record = salvage(made, "the master was killed")
    assert record.stopped is not None
    assert (record.stopped.why, record.stopped.second) == (BROKEN, 2)
    assert len(record.seconds) == 3
    assert not record.complete


def test_a_torn_line_stays_torn(made: LoadPlan) -> None:
    path = begun(made, seconds=3)
    path.write_bytes(path.read_bytes() + b'{"line": "seco')
    before = path.read_bytes()
    record = salvage(made, "the master was killed")
    assert record.torn_bytes == 14
    assert path.read_bytes() == before
    assert not record.complete


@pytest.mark.parametrize("why", [None, "hung after the end"])
def test_what_is_closed_stays_as_it_is(made: LoadPlan, why: str | None) -> None:
    path = begun(made, seconds=60, footer=True)
    before = path.read_bytes()
    assert salvage(made, why).complete
    assert path.read_bytes() == before


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(EvidenceError, match="cannot write"):
        salvage(plan(record=str(tmp_path / "gone" / "record.jsonl")), "why")
