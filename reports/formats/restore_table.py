"""Trial restores as a table: what came back, counted by kind of data, and whether a flipped byte was noticed. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC
from typing import Any, Final

from probes.observation import Observation, Reading
from reports import availability_words, backup_words, words
from reports.formats.reading_data import instant, mapping, number, rows, text
from reports.verdict import Text

KIND: Final = "backup.restore"
MOST: Final = 40
_LONG: Final = 200
_DASH: Final = "—"
_MS: Final = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One thing told of a restore: ``state`` is "conforms", "violates", "undetermined" or "" (not asked)."""

    state: str
    said: Text
    why: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One trial restore; without cells it could not be tried, and ``cause`` and ``why`` say so."""

    name: str
    backup: Text | None = None
    id: str = ""
    restored: Cell | None = None
    data: tuple[Cell, ...] = ()
    checksums: Cell | None = None
    flipped: Cell | None = None
    seconds: str = ""
    left: bool = False
    cause: Text | None = None
    why: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """The rows that are shown, and how many are not."""

    columns: tuple[Text, ...]
    rows: tuple[Row, ...]
    undrawn: int


def picture(readings: Iterable[Reading]) -> Picture | None:
    """Return the table of the trial restores; None where none was asked for."""
    told = [each for each in readings if each.header.kind == KIND]
    if not any(isinstance(each, Observation) or each.cause != "settings" for each in told):
        return None
    shown = tuple(_row(each) for each in told[:MOST])
    return Picture(columns=tuple(backup_words.DATA.values()), rows=shown, undrawn=len(told[MOST:]))


def _row(reading: Reading) -> Row:
    name = text(reading.header.subject, _LONG)
    if not isinstance(reading, Observation):
        return Row(
            name=name, cause=backup_words.AWAY.get(reading.cause, words.CAUSES[reading.cause]), why=reading.detail
        )
    data = reading.data
    backup, kinds = mapping(data.get("backup")), mapping(data.get("kinds"))
    started, seconds = number(backup.get("started_ms")), number(data.get("restore_s"))
    kind = availability_words.named(backup_words.KINDS, text(backup.get("kind"), _LONG))
    when = "" if started is None else f" · {instant(started, zone=UTC)} UTC"
    return Row(
        name=name,
        backup=Text(zh=f"{kind.zh}{when}", en=f"{kind.en}{when}"),
        id=text(backup.get("id"), _LONG),
        restored=_restored(data),
        data=tuple(_counted(each, kinds, data) for each in backup_words.DATA),
        checksums=_checksums(mapping(data.get("checksums"))),
        flipped=_flipped(mapping(data.get("flipped"))),
        seconds="" if seconds is None else f"{seconds:,.1f} s",
        left=data.get("cleaned") is False,
    )


def _restored(data: Mapping[str, Any]) -> Cell:
    if data.get("restored") is True:
        return Cell(state="conforms", said=Text(zh="已恢复", en="restored"))
    return Cell(state="violates", said=Text(zh="未能恢复", en="not restored"), why=text(data.get("complaint"), _LONG))


def _counted(name: str, kinds: Mapping[str, Any], data: Mapping[str, Any]) -> Cell:
    own = mapping(kinds.get(name))
    if not own:
        if name in rows(data.get("holds")):
            why = text(mapping(data.get("manifest")).get("why"), _LONG)
            return Cell(state="undetermined", said=Text(zh="未清点", en="not counted"), why=why)
        return Cell(state="", said=Text(zh="不含", en="not held"))
    expected, found = number(own.get("expected")), number(own.get("found"))
    if own.get("equal") is True and expected:
        return Cell(state="conforms", said=Text(zh=_figure(found), en=_figure(found)))
    said = f"{_figure(found)} / {_figure(expected)}"
    whys = [text(mapping(source).get("why"), _LONG) for source in rows(own.get("sources"))]
    why = next((each for each in whys if each), "")
    uncounted = all(mapping(source).get("sha256_found") is None for source in rows(own.get("sources")))
    return Cell(state="undetermined" if uncounted or not expected else "violates", said=Text(zh=said, en=said), why=why)


def _figure(value: float | None) -> str:
    return _DASH if value is None else f"{value:,.0f}"


def _checksums(told: Mapping[str, Any]) -> Cell:
    whole, equal = number(told.get("all")), number(told.get("equal"))
    if not whole:
        return Cell(state="undetermined", said=Text(zh="无可比较", en="none to compare"))
    said = f"{_figure(equal)} / {_figure(whole)}"
    return Cell(state="conforms" if equal == whole else "violates", said=Text(zh=said, en=said))


def _flipped(told: Mapping[str, Any]) -> Cell:
    why = text(told.get("why"), _LONG)
    if told.get("tried") is not True or told.get("refused") is None:
        return Cell(state="undetermined", said=Text(zh="未知", en="not known"), why=why)
    before = mapping(told.get("before"))
    if before.get("ok") is not True:
        return Cell(
            state="undetermined", said=Text(zh="完好的副本也被拒绝", en="the whole copy was refused too"), why=why
        )
    if told.get("refused") is True:
        return Cell(state="conforms", said=Text(zh="已被发现", en="noticed"), why=why)
    return Cell(state="violates", said=Text(zh="未被发现", en="not noticed"), why=why)
