"""Checks a parsed target file against the table of keys: all faults at once, each with line, key and what to do."""

import difflib
import ipaddress
import zoneinfo
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from probes.target_keys import ENVIRONMENTS, TABLES, Key, Table
from probes.toml_lines import line_of

Path = tuple[str | int, ...]
Fault = tuple[Path, str]


def _url_fault(value: Any) -> str | None:
    if not isinstance(value, str):
        return "must be a URL in quotes"
    try:
        parts = urlsplit(value)
        port = parts.port
    except ValueError as error:
        return f"is not a URL ({error})"
    if parts.scheme not in {"http", "https"} or not parts.hostname or port == 0 or any(c.isspace() for c in value):
        return f"is not a URL: {value!r}; write it as https://shop.example"
    if parts.username is not None or parts.password is not None:
        return "must not hold a user name or password; use [roles.NAME] with password_env"
    return None


def _instant_fault(value: Any) -> str | None:
    if isinstance(value, datetime) and value.tzinfo is not None:
        return None
    return "must be an instant with its UTC offset, such as 2026-12-31T18:00:00+08:00 (without quotes)"


def _address_fault(value: Any) -> str | None:
    host, _, port = value.rpartition(":") if isinstance(value, str) else ("", "", "")
    try:
        loopback = ipaddress.ip_address(host.strip("[]")).version in {4, 6}
    except ValueError:
        loopback = False
    return None if loopback and port.isdigit() else "must be IP:PORT, such as 127.0.0.1:2525"


def _zone_fault(value: Any) -> str | None:
    try:
        zoneinfo.ZoneInfo(value)
    except (ValueError, TypeError, OSError):
        return f"is no time zone: {value!r}; use a name such as Asia/Shanghai"
    return None


def _plain(kind: type | tuple[type, ...], wanted: str, *, positive: bool = False) -> Callable[[Any], str | None]:
    def fault(value: Any) -> str | None:
        if not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool):
            return f"must be {wanted}"
        if positive and isinstance(value, int | float) and value <= 0:
            return "must be greater than 0"
        if isinstance(value, str) and not value.strip():
            return "must not be empty"
        return None

    return fault


def _texts_fault(value: Any) -> str | None:
    if isinstance(value, list) and all(isinstance(item, str) and item.strip() for item in value):
        return None
    return 'must be a list of texts, such as ["a", "b"]'


def _environment_fault(value: Any) -> str | None:
    return None if value in ENVIRONMENTS else f"must be one of {', '.join(ENVIRONMENTS)}"


_CHECKS: Mapping[str, Callable[[Any], str | None]] = {
    "text": _plain(str, "a text in quotes"),
    "path": _plain(str, "a path in quotes"),
    "url": _url_fault,
    "flag": _plain(bool, "true or false"),
    "number": _plain((int, float), "a number", positive=True),
    "whole": _plain(int, "a whole number", positive=True),
    "texts": _texts_fault,
    "instant": _instant_fault,
    "environment": _environment_fault,
    "address": _address_fault,
    "zone": _zone_fault,
}


def _nearest(name: str, known: Mapping[str, Any] | tuple[str, ...]) -> str:
    near = difflib.get_close_matches(name, list(known), n=1)
    return f"did you mean {near[0]!r}?" if near else f"known are: {', '.join(known)}"


def _unknown(path: Path, name: str, keys: Mapping[str, Key]) -> str:
    if name in {"password", "passwd", "secret"}:
        return (
            "a password never stands in the target file; name an environment variable with password_env, "
            "or an owner-only file with password_file"
        )
    return f"unknown key; {_nearest(name, keys)}" if path else f"unknown table; {_nearest(name, TABLES)}"


def _keys(path: Path, written: Any, keys: Mapping[str, Key]) -> Iterator[Fault]:
    if not isinstance(written, dict):
        yield path, "must be a table"
        return
    for name, value in written.items():
        if name not in keys:
            yield (*path, name), _unknown(path, name, keys)
        elif (fault := _CHECKS[keys[name].type](value)) is not None:
            yield (*path, name), fault
    for name, key in keys.items():
        if key.required and name not in written:
            yield (*path, name), "is missing"


def _table(name: str, table: Table, written: Any) -> Iterator[Fault]:
    if table.shape == "table":
        yield from _keys((name,), written, table.keys)
    elif table.shape == "array":
        if not isinstance(written, list):
            yield (name,), f"must be written as [[{name}]]"
            return
        for index, entry in enumerate(written):
            yield from _keys((name, index), entry, table.keys)
    elif not isinstance(written, dict):
        yield (name,), f"must be written as [{name}.NAME]"
    else:
        for entry_name, entry in written.items():
            path: Path = (name, entry_name)
            if table.names and entry_name not in table.names:
                yield path, f"unknown name; {_nearest(entry_name, table.names)}"
            elif table.free is not None:
                yield from _free(path, entry, table.free)
            else:
                yield from _keys(path, entry, table.keys)


def _free(path: Path, entry: Any, kind: str) -> Iterator[Fault]:
    if not isinstance(entry, dict) or not entry:
        yield path, "must be a table of metrics, such as mtbf = 9000"
        return
    for key, value in entry.items():
        if (fault := _CHECKS[kind](value)) is not None:
            yield (*path, key), fault


def _roles(written: Mapping[str, Any]) -> Iterator[Fault]:
    roles = written.get("roles")
    for name, role in roles.items() if isinstance(roles, dict) else ():
        if isinstance(role, dict) and "password" not in role and ("password_env" in role) == ("password_file" in role):
            yield ("roles", name), "needs exactly one of password_env and password_file"


def _windows(written: Mapping[str, Any]) -> Iterator[Fault]:
    windows = written.get("windows")
    for index, window in enumerate(windows if isinstance(windows, list) else ()):
        starts, ends = (window.get("starts"), window.get("ends")) if isinstance(window, dict) else (None, None)
        sound = _instant_fault(starts) is None and _instant_fault(ends) is None
        if sound and isinstance(starts, datetime) and isinstance(ends, datetime) and starts >= ends:
            yield ("windows", index, "ends"), "must be later than starts"


def faults_of(written: Mapping[str, Any], lines: Mapping[Path, int], file_name: str) -> tuple[str, ...]:
    """Return every fault as ``FILE:LINE: [table] key: what is wrong and what to do``, in the order of the lines."""
    found: list[Fault] = []
    for name, value in written.items():
        table = TABLES.get(name)
        found += [((name,), _unknown((), name, {}))] if table is None else list(_table(name, table, value))
    found += [((name,), f"the table [{name}] is missing") for name in ("platform",) if name not in written]
    found += [*_roles(written), *_windows(written)]
    placed = sorted((line_of(lines, path), index, path, what) for index, (path, what) in enumerate(found))
    return tuple(f"{file_name}:{line}: {_say(path)}: {what}" for line, _, path, what in placed)


def _say(path: Path) -> str:
    *table, last = path
    if not table:
        return f"[{last}]"
    if len(path) == 2 and isinstance(last, int):  # noqa: PLR2004 - an array's own entry
        return f"[[{table[0]}]] number {last + 1}"
    where = ".".join(str(part) for part in table if not isinstance(part, int))
    return f"[{where}] {last}"
