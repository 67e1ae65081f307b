"""``duheng drill --recover``: heals what a killed drill left, reads what the host noted, and puts it on record."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from conformance.drilling.declared import Drill
from conformance.drilling.hand import LONGEST_S, Hand
from conformance.drilling.keeping import keep
from conformance.drilling.record import Record
from conformance.drilling.runbook import Runbook
from conformance.drilling.task import RECORDS, hand_of
from probes.clock import Clock
from probes.errors import EvidenceError, LookFailed
from probes.redaction import Redactor
from probes.shop.trail import Entry, read
from probes.target import Target
from profiles.drills import deadman
from profiles.drills.course import RECOVER
from reports.ledger.store import LedgerStore

NOTHING: Final = -1
"""There is no record of any drill: perhaps it was run with another folder."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recovery:
    """What is recovered with: the target and its drills, the ledger, the folder of records, a voice."""

    target: Target
    drills: Sequence[Drill]
    store: LedgerStore
    out: Path
    clock: Clock
    say: Callable[[str], None]
    redactor: Redactor


def recover(given: Recovery) -> int:
    """Recover every run that needs it; return how many hosts are not proven healed, ``NOTHING`` without any record.

    Raises:
        EvidenceError: a record was altered, or the ledger does not take it.
    """
    wounded = 0
    paths = sorted((given.out / RECORDS).glob("*.jsonl"))
    if not paths:
        given.say(f"no drill is on record in {given.out / RECORDS}; say with --out where it was run")
        return NOTHING
    for path in paths:
        if needs_recovery(read(path.read_bytes(), name=str(path)).entries, given.target.platform.id):
            wounded += not _one(given, path)
    return wounded


def needs_recovery(entries: Sequence[Entry], platform_id: str) -> bool:
    """Tell whether a run of this platform is not in the ledger yet, or its host is not known to be healed."""
    kept = any(entry.kind == "kept" for entry in entries)
    healed = any(entry.kind == "host" and entry.facts.get("healed") is True for entry in entries)
    plan = next((entry for entry in entries if entry.kind == "plan"), None)
    if plan is None or plan.facts.get("platform") != platform_id:
        return False
    return not kept or (_touched(entries) and not healed)


def _touched(entries: Sequence[Entry]) -> bool:
    """Tell whether the host may hold something of the run: it was asked to arm, and did not refuse."""
    refused = any(entry.kind == "end" and entry.id == "arm" and entry.facts.get("refused") for entry in entries)
    return any(entry.kind == "begin" and entry.id == "arm" for entry in entries) and not refused


def _one(given: Recovery, path: Path) -> bool:
    try:
        record = Record(path, given.clock, given.redactor)
    except EvidenceError as error:
        given.say(f"{path.stem}: {error}")  # it is being drilled just now: nothing is proven yet
        return False
    with closing(record):
        plan = next(entry for entry in record.entries() if entry.kind == "plan")
        healed = not _touched(record.entries()) or _healed(given, record, plan)
        if healed:
            trails = sorted((given.out / "trails").glob(f"{plan.id}-*.jsonl"))
            data = keep(record, given.target, given.store, given.clock, trails=trails)
            by = {"deadman": "the dead man had taken the fault out", "harness": "the fault was taken out"}
            how = by.get(str(data["reverted_by"]), "no fault was put in")
            given.say(f"{plan.id} ({data['ended']}): {how}; on record")
            for words in _left(trails):
                given.say(words)
        elif not record.has("kept"):  # so that metrics and reports tell of the wound; once it is healed, that is told
            keep(record, given.target, given.store, given.clock)
        return healed


def _healed(given: Recovery, record: Record, plan: Entry) -> bool:
    drill = next((each for each in given.drills if each.name == plan.facts["drill"]), None)
    place = deadman.Place(place=str(plan.facts["place"]), run_id=plan.id)
    host = str(plan.facts["host"])
    by_hand = f"by hand on {host}: {deadman.by_hand(place)}"
    if drill is None or drill.host != host:
        given.say(f"{plan.id}: the target file declares the drill {plan.facts['drill']} on {host} no more; {by_hand}")
        return False
    hand = hand_of(given.target, drill, given.clock)
    runbook = Runbook(target=given.target, drill=drill, place=place, record=record, clock=given.clock, say=given.say)
    try:
        if record.has("begin", RECOVER) and not record.has("end", RECOVER):
            runbook.call_off()  # it would be at work on what is taken out
        return _heal(given, record, hand, place, by_hand)
    except LookFailed as error:
        given.say(f"{plan.id}: {host} cannot be asked ({error}); its dead man heals it, or {by_hand}")
        return False


def _heal(given: Recovery, record: Record, hand: Hand, place: deadman.Place, by_hand: str) -> bool:
    answer = hand.run(deadman.healing(place, who="recover", release=True), seconds=LONGEST_S)
    if answer.status == deadman.HELD:
        if record.has("begin", "inject") and not _taken_out(record.entries()):
            given.say(
                f"{place.run_id}: {hand.host} holds nothing of the run any more (another machine, or its folder was "
                "emptied), and is NOT proven healed; look whether the fault is still there"
            )
            return False
        record.say("host", hand.host, {"journal": "", "healed": True})
        return True  # nothing of the run is there: it never came to the host
    if answer.status != 0:
        given.say(f"{place.run_id}: {hand.host} is NOT proven healed ({answer.said}); {by_hand}")
        return False
    journal = hand.run(deadman.collecting(place))
    record.say("host", hand.host, {"journal": journal.text, "healed": True})
    return True


def _taken_out(entries: Sequence[Entry]) -> bool:
    """Tell whether the harness itself still saw the fault taken out."""
    return any(entry.kind == "end" and entry.id in {"revert", "disarm"} and entry.facts.get("ok") for entry in entries)


def _left(trails: Sequence[Path]) -> Iterator[str]:
    for path in trails:
        entries = read(path.read_bytes(), name=str(path)).entries
        gone = {entry.facts["seq"] for entry in entries if entry.kind == "cleaned"}
        for entry in entries:
            if entry.kind in {"account", "order"} and entry.seq not in gone:
                yield f"{entry.kind} {entry.id or '(without a number)'} of the killed drill stays on the platform"
