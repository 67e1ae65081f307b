"""Lines of a database's audit log on its host: which of them belong to a session, and what they tell. Reads only."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from probes.clock import Deadline
from probes.databases.declared import Declared, Told
from probes.errors import LookFailed, NotPermitted, NotSet, TargetAway
from probes.transports.command import NOT_FOUND, Ran, Shell

TAIL_BYTES = 1_000_000
MOST_LINES = 12
_LONGEST = 600
_FILES_BYTES = 2_000_000
_TIME = re.compile(
    r"(?P<year>\d{4})-(?P<month>\d\d)-(?P<day>\d\d)[ T](?P<hour>\d\d):(?P<minute>\d\d):(?P<second>\d\d)(?:[.,]\d+)?"
    r"(?P<zone> ?(?:[+-]\d\d(?::?\d\d)?(?!\d)|Z\b|UTC\b|GMT\b))?"
)
_COMPACT = re.compile(
    r"(?<!\d)(?P<year>\d{4}|\d\d)(?P<month>\d\d)(?P<day>\d\d)(?P<zone>) +"
    r"(?P<hour>\d?\d):(?P<minute>\d\d):(?P<second>\d\d)"
)
_SHORT_YEAR = 2
_SESSION_MS = 120_000
"""A line of the same session number lies this near to a marked one; numbers are given out again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What the log holds of a session: its lines, and whether they tell account, source and time (ms since 1970)."""

    lines: tuple[str, ...]
    account: bool
    source: bool
    at_ms: int | None


def newest_file(shell: Shell, declared: Declared, deadline: Deadline) -> str:
    """Return the declared log, or the newest file of the declared folder.

    Raises:
        NotPermitted: it may not be listed.
        NotSet: there is no such file, or none in the folder.
    """
    argv = ("find", declared.log, "-maxdepth", "1", "-type", "f", "-printf", "%T@ %p\\0")
    ran = shell.run(argv, deadline=deadline, sudo=declared.sudo, max_bytes=_FILES_BYTES)
    if ran.status != 0:
        raise unread(shell, declared, ran)
    # Parted by NUL: whoever may write there could put a line break into a name, and another file's path behind it.
    stamped = [entry.partition(" ") for entry in ran.stdout.decode("utf-8", "replace").split("\0")]
    files = sorted((float(at), path) for at, _, path in stamped if re.fullmatch(r"\d+\.?\d*", at))
    if not files:
        raise NotSet(f"[databases.{declared.name}] log: {declared.log} on {shell.name} holds no file")
    return files[-1][1]


def tail(shell: Shell, declared: Declared, file: str, deadline: Deadline) -> tuple[str, ...]:
    """Return the last lines of a log.

    Raises:
        NotPermitted: it may not be read.
    """
    argv = ("tail", "-c", str(TAIL_BYTES), file)
    ran = shell.run(argv, deadline=deadline, sudo=declared.sudo, max_bytes=TAIL_BYTES + 1)
    if ran.status != 0:
        raise unread(shell, declared, ran)
    return tuple(ran.stdout.decode("utf-8", "replace").splitlines())


def unread(shell: Shell, declared: Declared, ran: Ran) -> LookFailed:
    """Return what it means that the log could not be read."""
    said = ran.complaint().lower()
    if ran.status == NOT_FOUND:
        return NotSet(f"{shell.name} has no find or tail: {ran.complaint()}")
    if "permission denied" in said or "sudo" in said or "not permitted" in said:
        return NotPermitted(
            f"the account may not read {declared.log} on {shell.name}; let it read the log, or say sudo = true"
        )
    if "no such file" in said:
        return NotSet(f"[databases.{declared.name}] log: there is no {declared.log} on {shell.name}")
    return TargetAway(f"{declared.log} on {shell.name} could not be read: {ran.complaint()}")


def entry_of(lines: Sequence[str], mark: str, told: Told, linked: Sequence[str]) -> Entry | None:
    """Return what the log holds of the marked session; None where the mark is nowhere.

    A line belongs to it by the mark, or by the session's number as the marked lines write it, or by its client port.
    """
    marked = [line for line in lines if mark in line]
    if not marked:
        return None
    numbers = [each for each in linked if any(each in line for line in marked)]
    port = None if told.port is None else re.compile(rf"port[= :\"]+{told.port}(?!\d)|\({told.port}\)")
    then = [at for line in marked for at in instants_ms(line, told.offset_s)]
    linked_lines = [
        line
        for line in lines
        if mark in line or any(each in line for each in numbers) or (port is not None and port.search(line))
    ]
    own = [line for line in linked_lines if mark in line or _near(instants_ms(line, told.offset_s), then)]
    own = own[-MOST_LINES:]
    return Entry(
        lines=tuple(line[:_LONGEST] for line in own),
        account=any(_word(told.account, line) for line in own),
        source=any(_from(told, line) for line in own),
        at_ms=_nearest(own, told),
    )


def _near(times: Sequence[int], then: Sequence[int]) -> bool:
    """Tell whether a line can be of the session by its time; one without a time can."""
    return not times or not then or any(abs(at - other) <= _SESSION_MS for at in times for other in then)


def _word(word: str, line: str) -> bool:
    return re.search(rf"(?<![\w.-]){re.escape(word)}(?![\w.-]*\w)", line) is not None


def _from(told: Told, line: str) -> bool:
    return any(_word(name, line) for name in ([told.address] if told.address else ["local", "localhost"]))


def _nearest(lines: Sequence[str], told: Told) -> int | None:
    times = [at for line in lines for at in instants_ms(line, told.offset_s)]
    return min(times, key=lambda at: abs(at - told.at_ms), default=None)


def instants_ms(line: str, offset_s: int) -> tuple[int, ...]:
    """Return the times that a line writes, ms since 1970; without a zone they lie ``offset_s`` east of UTC."""
    found = []
    for match in (*_TIME.finditer(line), *_COMPACT.finditer(line)):
        parts = match.groupdict()
        try:
            year = int(parts["year"]) + (2000 if len(parts["year"]) == _SHORT_YEAR else 0)
            month, date, hour, minute, second = (
                int(parts[name]) for name in ("month", "day", "hour", "minute", "second")
            )
            at = datetime(year, month, date, hour, minute, second, tzinfo=UTC)
        except ValueError:
            continue  # digits that are no time
        east = _east_s(parts["zone"] or "", offset_s)
        found.append(round((at - timedelta(seconds=east)).timestamp() * 1000))
    return tuple(found)


def _east_s(zone: str, otherwise: int) -> int:
    zone = zone.strip().replace(":", "")
    if not zone:
        return otherwise
    if zone[0] not in "+-":
        return 0
    seconds = int(zone[1:3]) * 3600 + int(zone[3:5] or 0) * 60
    return -seconds if zone[0] == "-" else seconds
