"""What a run left on the platform, read from its trail: what it made and said that it could not take back. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from probes.errors import EvidenceError
from reports import strict_json, words
from reports.verdict import Text
from reports.words import Lang, pick

_CLEANED = "cleaned"
_NOTES = ("left", "torn")


@dataclass(frozen=True, slots=True, kw_only=True)
class Left:
    """One object that stays: its kind, the platform's name for it, the role that made it, and why it stays."""

    seq: int
    kind: str
    id: str
    who: str
    why: str


def left_behind(trail: bytes | None) -> tuple[Left, ...]:
    """Return what still stands, in the order in which it was made; nothing where there is no trail.

    That is what a ``left`` note names, and what a run that was cut short never came to clean: its ``why`` is empty. A
    torn last line was never acknowledged: it is left out.

    Raises:
        EvidenceError: if a line before the last is no JSON object.
    """
    whole, feed, _ = (trail or b"").rpartition(b"\n")
    standing: dict[int, Left] = {}
    for number, line in enumerate(whole.split(b"\n") if feed else (), start=1):
        entry = _entry(line, f"trail:{number}")
        facts = entry.get("facts")
        note = facts if isinstance(facts, dict) else {}
        about = note.get("seq", 0)  # entries are numbered from 1
        if entry.get("kind") == _CLEANED:
            standing.pop(about, None)
        elif entry.get("kind") in _NOTES:
            if about in standing:
                standing[about] = replace(standing[about], why=str(note.get("why", "")))
        elif isinstance(entry.get("seq"), int):
            standing[entry["seq"]] = _left(entry)
    return tuple(standing.values())


def why(left: Left) -> Text:
    """Return why it stays: the note's own words, or that there is no note."""
    if left.why:
        return Text(zh=left.why, en=left.why)
    return Text(zh="未及清理", en="cleaning up did not come to it")


def lines(left: Sequence[Left], lang: Lang) -> tuple[str, ...]:
    """Return a line for each object, ready for ``terminal.render``."""
    form = "{0} {1}（{2}）：{3}" if lang == "zh" else "{0} {1} ({2}): {3}"
    return tuple(
        form.format(pick(words.made(each.kind), lang), each.id, each.who, pick(why(each), lang)) for each in left
    )


def _entry(line: bytes, what: str) -> Mapping[str, Any]:
    entry = strict_json.load(line, what=what)
    if not isinstance(entry, dict):
        raise EvidenceError(f"{what}: no entry of a trail")
    return entry


def _left(entry: Mapping[str, Any]) -> Left:
    kind, own_id, who = (str(entry.get(name, "")) for name in ("kind", "id", "who"))
    return Left(seq=entry["seq"], kind=kind, id=own_id, who=who, why="")
