"""Hosts and evidence as a table: a row a host, a column a section of its document. Pure.

It says what was read and what was not, and why; it judges nothing. What was not read never looks like what was.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final

from probes.clock import parse_rfc3339
from probes.errors import CAUSES
from probes.observation import Observation, Reading
from reports import availability_words, host_words, words
from reports.formats.reading_data import mapping, number, rows, text
from reports.verdict import Text

KIND: Final = "host.facts"
MOST: Final = 100
"""Hosts that are drawn: those of which something was not read stand before the others where there are more."""
MOST_REASONS: Final = 60
_LONG: Final = 300
_DEEP: Final = 4
_LATE_S: Final = 2.0
_MS: Final = 1000
_RECORD: Final = "utilisation"
_GOOD: Final = frozenset({"read", "none"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One section of one host: its state, and why where it was not read."""

    section: str
    state: str
    why: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One host. Without cells it was not read at all: ``cause`` and ``why`` say so then."""

    name: str
    roles: Text
    site: str
    cells: tuple[Cell, ...] = ()
    age: Text | None = None
    ahead: Text | None = None
    rights: Text | None = None
    cause: Text | None = None
    why: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """What was not read for one reason: on which hosts."""

    section: Text
    state: str
    why: str
    hosts: tuple[str, ...]
    more: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """All rows; ``legend`` are (state, words, cells in it) of all hosts, also of those that are not drawn."""

    groups: tuple[tuple[Text, tuple[tuple[str, Text], ...]], ...]
    columns: int
    rows: tuple[Row, ...]
    hosts: int
    away: int
    undrawn: int
    legend: tuple[tuple[str, Text, int], ...]
    reasons: tuple[Reason, ...]
    unlisted: int


def picture(readings: Iterable[Reading], examined_at: str) -> Picture | None:
    """Return the table of the hosts among the readings; None where none was declared."""
    told = [each for each in readings if each.header.kind == KIND]
    if not any(isinstance(each, Observation) or each.cause != "settings" for each in told):
        return None
    made = [_row(each, examined_at) for each in told]
    shown = made if len(made) <= MOST else sorted(made, key=_whole)[:MOST]
    counts = Counter(cell.state for row in made for cell in row.cells)
    reasons = tuple(_reasons(made))
    return Picture(
        groups=tuple((name, tuple((each, host_words.SECTIONS[each]) for each in own)) for name, own in _GROUPS),
        columns=len(_COLUMNS),
        rows=tuple(shown),
        hosts=len(made),
        away=sum(not row.cells for row in made),
        undrawn=len(made) - len(shown),
        legend=tuple((state, said, counts[state]) for state, said in host_words.STATES.items() if counts[state]),
        reasons=reasons[:MOST_REASONS],
        unlisted=len(reasons[MOST_REASONS:]),
    )


_GROUPS: Final = host_words.GROUPS
_COLUMNS: Final = tuple(name for _, own in _GROUPS for name in own)


def _whole(row: Row) -> bool:
    return bool(row.cells) and all(cell.state in _GOOD for cell in row.cells)


def _row(reading: Reading, examined_at: str) -> Row:
    name = text(reading.header.subject, _LONG)
    if not isinstance(reading, Observation):
        return Row(
            name=name,
            roles=Text(zh="", en=""),
            site="",
            cause=host_words.AWAY.get(reading.cause, words.CAUSES[reading.cause]),
            why=reading.detail,
        )
    data = reading.data
    sections = mapping(data.get("sections"))
    agent = mapping(data.get("agent"))
    return Row(
        name=name,
        roles=host_words.separated(
            tuple(availability_words.named(host_words.ROLES, str(each)) for each in _roles(data))
        ),
        site=text(data.get("site"), _LONG),
        cells=tuple(_cell(each, sections.get(each)) for each in _COLUMNS),
        age=_age(reading.header.observed_at, examined_at),
        ahead=_ahead(number(mapping(data.get("clock")).get("ahead_s"))),
        rights=Text(zh="以 root 读取", en="as root") if agent.get("euid") == 0 or data.get("sudo") is True else None,
    )


def _roles(data: Mapping[str, Any]) -> Sequence[Any]:
    return rows(data.get("roles"))[: len(host_words.ROLES)]


def _age(observed_at: str, examined_at: str) -> Text | None:
    """Return how long before the verdicts it was read; None where that cannot be told."""
    try:
        seconds = (parse_rfc3339(examined_at) - parse_rfc3339(observed_at)).total_seconds()
    except ValueError:
        return None
    return availability_words.span(max(0, round(seconds)) * _MS)


def _ahead(ahead_s: float | None) -> Text | None:
    """Return how far a host's clock is off; None where it is right, or nobody knows."""
    if ahead_s is None or abs(ahead_s) < _LATE_S:
        return None
    off = availability_words.span(round(abs(ahead_s)) * _MS)
    if ahead_s > 0:
        return Text(zh=f"主机时钟快 {off.zh}", en=f"its clock is {off.en} ahead")
    return Text(zh=f"主机时钟慢 {off.zh}", en=f"its clock is {off.en} behind")


def _cell(name: str, section: Any) -> Cell:
    told = mapping(section)
    match told.get("state"):
        case "read":
            return _read(name, mapping(told.get("data")))
        case "unread":
            return _unread(name, told)
        case _:
            return Cell(section=name, state="missing")


def _read(name: str, data: Mapping[str, Any]) -> Cell:
    lacking = next(_unread_parts(data, _DEEP), None)
    if name == _RECORD and lacking is not None:  # of several sources one suffices; without any there is no record
        return Cell(section=name, state="read") if data.get("resources") else _unread(name, lacking)
    if lacking is not None:
        return Cell(section=name, state="part", why=text(lacking.get("why"), _LONG))
    return Cell(section=name, state="none" if ABSENT.get(name, _never)(data) else "read")


def _unread(name: str, told: Mapping[str, Any]) -> Cell:
    cause = told.get("cause")
    state = cause if cause in host_words.STATES and cause in CAUSES else "target"
    return Cell(section=name, state=str(state), why=text(told.get("why"), _LONG))


def _unread_parts(value: Any, deep: int) -> Iterator[Mapping[str, Any]]:
    """Yield the parts of a section that could not be read."""
    for each in value.values() if isinstance(value, Mapping) else rows(value):
        own = mapping(each)
        if own.get("state") == "unread":
            yield own
        elif deep:
            yield from _unread_parts(each, deep - 1)


def _never(_: Mapping[str, Any]) -> bool:
    return False


def _nothing(*keys: str) -> Callable[[Mapping[str, Any]], bool]:
    """Return what tells that all these lists are there and empty."""
    return lambda data: all(key in data and not data[key] for key in keys)


def _no_tool(data: Mapping[str, Any]) -> bool:
    tools = mapping(data.get("tools"))
    return (
        bool(tools) and not any(mapping(tool).get("installed") for tool in tools.values()) and not data.get("running")
    )


def _no_antivirus(data: Mapping[str, Any]) -> bool:
    clamav = mapping(data.get("clamav"))
    return clamav.get("installed") is False and not data.get("others")


def _no_array(data: Mapping[str, Any]) -> bool:
    members = [
        mapping(data.get(kind)).get(many) for kind, many in (("md", "arrays"), ("zfs", "pools"), ("lvm", "volumes"))
    ]
    return not any(members) and not data.get("controllers")


def _no_share(data: Mapping[str, Any]) -> bool:
    kinds = mapping(data.get("capability"))
    return bool(kinds) and not any(mapping(each).get("present") for each in kinds.values()) and not data.get("active")


ABSENT: Final[Mapping[str, Callable[[Mapping[str, Any]], bool]]] = MappingProxyType(
    {
        "disks": _nothing("disks", "filesystems"),
        "raid": _no_array,
        "power": _nothing("ups", "supplies"),
        "firewall": lambda data: data.get("active") is False,
        "shares": _no_share,
        "databases": _nothing("servers"),
        "schedule": _nothing("cron", "timers"),
        "antivirus": _no_antivirus,
        "intrusion": _no_tool,
        "monitoring": _no_tool,
        "utilisation": _nothing("resources"),
    }
)
"""What says of a section that was read that the host has nothing of the kind."""


def _reasons(made: Sequence[Row]) -> Iterator[Reason]:
    """Yield why something was not read, what concerns most hosts first."""
    found: dict[tuple[str, str, str], list[str]] = {}
    for row in made:
        for cell in row.cells:
            if cell.state not in _GOOD:
                found.setdefault((cell.section, cell.state, cell.why), []).append(row.name)
    order = {name: number for number, name in enumerate(_COLUMNS)}
    for (section, state, why), hosts in sorted(found.items(), key=lambda each: (-len(each[1]), order[each[0][0]])):
        yield Reason(
            section=host_words.SECTIONS[section],
            state=state,
            why=why,
            hosts=tuple(hosts[:_NAMED]),
            more=len(hosts[_NAMED:]),
        )


_NAMED: Final = 6
