"""Any command that prints the common JSON form (``catalogue.schema.json``): tools that no reader is built for.

::

    {"schema": "duheng/backup-catalogue/v1", "tool": text, "version": text, "locked": bool | null,
     "backups": [{"id": text, "kind": "full|incremental|differential|image|other",
                  "started": time, "stopped": time | null, "bytes": int | null, "depends_on": [id],
                  "medium": text | null, "online": bool | null,
                  "verified": {"how": text, "at": time, "ok": bool} | null, "error": text | null}]}

Times are RFC 3339; without an offset they are local to the declared ``zone``.
"""

import json
from collections.abc import Mapping
from typing import Any, cast

from probes.backups.asking import Asked, Catalogue
from probes.backups.form import KINDS, Backup, Kind, Verified, newest
from probes.backups.times import instant_ms
from probes.backups.verifying import not_understood
from probes.errors import Garbage

SCHEMA = "duheng/backup-catalogue/v1"


def read(asked: Asked) -> Catalogue:
    """Return the catalogue that the declared command prints; see ``Reader``."""
    return catalogue_of(
        asked.answer(asked.declared.command),
        kind=asked.declared.kind,
        zone=asked.declared.zone,
        now_ms=asked.now_ms,
        who=f"{asked.declared.command[0]} on {asked.shell.name}",
    )


def catalogue_of(text: str, *, kind: Kind | None, zone: str | None, now_ms: int, who: str) -> Catalogue:
    """Return the catalogue that a text holds.

    Raises:
        Garbage: it is no JSON, or of no or another schema. An entry that is none is counted as unread.
    """
    found: list[Backup] = []
    unread: list[str] = []

    def hooked(entry: dict[str, Any]) -> Any:
        if "id" not in entry:
            return entry
        try:
            found.append(backup_of(entry, kind=kind, zone=zone))
        except (ValueError, TypeError, AttributeError) as error:
            unread.append(str(error)) if len(unread) < _MOST_FAULTS else unread.append("")
        return None

    try:
        read_ = json.loads(text, object_hook=hooked)
    except (ValueError, RecursionError) as error:
        raise Garbage(f"{who} printed no JSON: {error}") from error
    if not isinstance(read_, dict) or read_.get("schema") != SCHEMA or not isinstance(read_.get("backups"), list):
        raise Garbage(f"{who} printed no catalogue of the schema {SCHEMA}")
    unread += [str(each) for each in read_["backups"] if each is not None]
    named = {each.id: each for each in reversed(found)}
    unread += ["an id stands there twice"] * (len(found) - len(named))
    kept, out = newest(named.values(), now_ms=now_ms)
    locked = read_.get("locked")
    return Catalogue(
        version=f"{read_.get('tool', '')} {read_.get('version', '')}".strip()[:100],
        backups=kept,
        locked=locked if isinstance(locked, bool) else None,
        locked_by="the command says so" if locked is True else "",
        left_out=out,
        unread=len(unread),
        notes=tuple(f"an entry was not read: {why[:200]}" for why in unread[:1]),
    )


_MOST_FAULTS = 10


def backup_of(entry: Mapping[str, Any], *, kind: Kind | None, zone: str | None) -> Backup:
    """Return one entry.

    Raises:
        ValueError: a value has another form than the schema says.
    """
    said, size, bases = entry.get("kind", kind), entry.get("bytes"), entry.get("depends_on") or []
    if said not in KINDS:
        raise ValueError(f"kind must be one of {', '.join(KINDS)}")
    if not isinstance(entry["id"], str) or not entry["id"]:
        raise ValueError("id must be a text")
    if size is not None and (not isinstance(size, int) or isinstance(size, bool) or size < 0):
        raise ValueError("bytes must be a whole number")
    if not isinstance(bases, list) or not all(isinstance(base, str) for base in bases):
        raise ValueError("depends_on must be a list of ids")
    online = entry.get("online")
    return Backup(
        id=entry["id"],
        kind=cast("Kind", said),
        started_ms=instant_ms(entry.get("started"), zone),
        stopped_ms=instant_ms(entry.get("stopped"), zone),
        bytes=size,
        depends_on=tuple(bases),
        medium=str(entry["medium"])[:200] if entry.get("medium") else None,
        online=online if isinstance(online, bool) else None,
        verified=_verified(entry.get("verified"), zone),
        error=str(entry["error"])[:300] if entry.get("error") else None,
    )


def _verified(entry: Any, zone: str | None) -> Verified | None:
    """Return a verification. What does not say how, when and with what outcome is not understood."""
    if entry is None:
        return None
    how, at_ms, ok = entry.get("how"), instant_ms(entry.get("at"), zone), entry.get("ok")
    if isinstance(how, str) and how and at_ms is not None and isinstance(ok, bool):
        return Verified(how=how[:200], at_ms=at_ms, ok=ok, understood=True, why=str(entry.get("why", ""))[:300])
    return not_understood(str(how or ""), at_ms, "a verification says how, at (when) and ok")
