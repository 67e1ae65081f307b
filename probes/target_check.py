"""Checks a parsed target file against the table of keys: all faults at once, each with line, key and what to do."""

import difflib
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, TypeAlias

from probes.target import DEFAULT_PORTS, places
from probes.target_backups import backup_faults
from probes.target_databases import database_faults
from probes.target_drills import target_drill_faults
from probes.target_hosts import host_faults
from probes.target_keys import TABLES, Key, Table, Type
from probes.target_load import load_faults
from probes.target_night import target_night_faults
from probes.target_values import fault_of, is_instant, split
from probes.target_watch import watch_faults

Path: TypeAlias = tuple[str | int, ...]
Fault: TypeAlias = tuple[Path, str]
"""Where it stands (members of arrays counted from 0), and what is wrong and what to do."""

_SECRET = re.compile(r"passw|passphrase|pwd|secret|token|credential", re.IGNORECASE)
_NO_PASSWORD = (
    "a password never stands in the target file; name an environment variable with password_env, "  # noqa: S105
    "or an owner-only file with password_file"
)


def faults_in(written: Mapping[str, Any]) -> Iterator[Fault]:
    """Yield every fault of a parsed target file, whatever it holds."""
    for name, value in written.items():
        yield from _table(name, TABLES[name], value) if name in TABLES else [((name,), _unknown_table(name))]
    if "platform" not in written:
        yield ("platform",), "the table is missing; `duheng init` writes one to start from"
    yield from _accounts(_member(written, "roles"))
    yield from _windows(written.get("windows"))
    yield from _unlisted(written)
    yield from watch_faults(written)
    yield from host_faults(written)
    yield from database_faults(written)
    yield from backup_faults(written)
    yield from load_faults(written)
    yield from target_drill_faults(written)
    yield from target_night_faults(written)


def say(fault: Fault) -> str:
    """Return ``[table] key: what is wrong and what to do``."""
    (*table, last), what = fault
    if isinstance(last, int):  # an array's own entry
        return f"[[{table[0]}]] number {last + 1}: {what}"
    where = ".".join(str(part) for part in table if not isinstance(part, int))
    number = next((f" number {part + 1}" for part in table if isinstance(part, int)), "")
    place = f"[[{where}]]{number} {last}" if number else f"[{where}] {last}" if table else f"[{last}]"
    return f"{place}: {what}"


def _table(name: str, table: Table, written: Any) -> Iterator[Fault]:
    if table.shape == "array":
        if isinstance(written, list):
            for index, entry in enumerate(written):
                yield from _keys((name, index), entry, table.keys)
        else:
            yield (name,), f"must be written as [[{name}]]"
    elif not isinstance(written, dict):
        yield (name,), f"must be written as [{name}{'.NAME' if table.shape == 'named' else ''}]"
    elif table.shape == "table":
        yield from _keys((name,), written, table.keys)
    else:
        for entry_name, entry in written.items():
            yield from _named((name, entry_name), table, entry)


def _named(path: tuple[str, str], table: Table, entry: Any) -> Iterator[Fault]:
    if table.names and path[1] not in table.names:
        secret = _SECRET.search(path[1]) and not isinstance(entry, dict)
        yield path, _NO_PASSWORD if secret else f"unknown name; {_nearest(path[1], table.names)}"
    elif table.free is not None:
        yield from _free(path, entry, table.free)
    else:
        yield from _keys(path, entry, table.keys)


def _keys(path: Path, written: Any, keys: Mapping[str, Key]) -> Iterator[Fault]:
    if not isinstance(written, dict):
        yield path, "must be a table of keys"
        return
    for name, value in written.items():
        if name not in keys:
            yield (*path, name), _unknown_key(name, keys)
        elif (fault := fault_of(keys[name].type, value)) is not None:
            yield (*path, name), fault
    for name, key in keys.items():
        if key.required and name not in written:
            yield (*path, name), "is missing"


def _free(path: Path, entry: Any, kind: Type) -> Iterator[Fault]:
    if not isinstance(entry, dict) or not entry:
        yield path, "must be a table of metrics, such as mtbf = 9000"
        return
    for key, value in entry.items():
        if (fault := fault_of(kind, value)) is not None:
            yield (*path, key), fault


def _unknown_table(name: str) -> str:
    return _NO_PASSWORD if _SECRET.search(name) else f"unknown table; {_nearest(name, TABLES)}"


def _unknown_key(name: str, keys: Mapping[str, Key]) -> str:
    # `password_envs` is a slip of the pen, `password` is a password.
    slip = difflib.get_close_matches(name, list(keys), n=1, cutoff=0.85)
    return _NO_PASSWORD if _SECRET.search(name) and not slip else f"unknown key; {_nearest(name, keys)}"


def _nearest(name: str, known: Iterable[str]) -> str:
    names = list(known)
    near = difflib.get_close_matches(name.lower(), names, n=1)
    return f"did you mean {near[0]!r}?" if near else f"known are: {', '.join(names)}"


def _member(written: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    value = written.get(name)
    return value if isinstance(value, dict) else {}


def _accounts(roles: Mapping[str, Any]) -> Iterator[Fault]:
    holders: dict[str, str] = {}
    for name, role in roles.items():
        if not isinstance(role, dict) or name not in TABLES["roles"].names:
            continue
        sources = {"password_env", "password_file"}.intersection(role)
        if len(sources) != 1 and "password" not in role:
            yield ("roles", name), f"has {'both' if sources else 'neither'} of password_env and password_file; give one"
        username = role.get("username")
        if isinstance(username, str) and username:
            holder = holders.setdefault(username, name)
            if holder != name:
                yield ("roles", name, "username"), f"is the account of [roles.{holder}]; each role needs its own"


def _windows(windows: Any) -> Iterator[Fault]:
    for index, window in enumerate(windows if isinstance(windows, list) else ()):
        if not isinstance(window, dict):
            continue
        starts, ends = window.get("starts"), window.get("ends")
        if is_instant(starts) and is_instant(ends) and starts >= ends:
            yield ("windows", index, "ends"), "must be later than starts"


def _unlisted(written: Mapping[str, Any]) -> Iterator[Fault]:
    """Yield the pages to be looked at that lie on a host which the file does not list."""
    platform, shop, endpoints = _member(written, "platform"), _member(written, "shop"), written.get("endpoints")
    entries = [entry for entry in endpoints if isinstance(entry, dict)] if isinstance(endpoints, list) else []
    own = [platform.get("base_url"), platform.get("plain_url"), *(entry.get("url") for entry in entries)]
    urls = [url for url in own if isinstance(url, str) and split(url)]
    hosts = platform.get("hosts", [])
    if fault_of("url", platform.get("base_url")) or fault_of("hosts", hosts):
        return  # what is listed is not known yet
    listed = places(urls, hosts)
    for key in ("product_urls", "qualification_page"):
        value = shop.get(key)
        for page in value if isinstance(value, list) else [value]:
            parts = split(page) if isinstance(page, str) else None
            place = ((parts.hostname or "").lower(), parts.port or DEFAULT_PORTS[parts.scheme]) if parts else None
            if place is not None and place not in listed:
                yield (
                    ("shop", key),
                    f"{place[0]}:{place[1]} is not listed; if it belongs to the platform, add it to [platform] hosts",
                )
