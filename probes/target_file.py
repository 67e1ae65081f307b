"""Reads a target file: TOML in, ``Target`` out, or every fault at once."""

import dataclasses
import tomllib
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, TypeAlias
from urllib.parse import urlsplit

from probes.canonical import Frozen, freeze, thaw
from probes.errors import EvidenceError, SettingsError
from probes.shop.places import Places
from probes.target import (
    Endpoint,
    Limits,
    Platform,
    Role,
    ShopHints,
    Target,
    WaiverEntry,
    Window,
)
from probes.target_check import Fault, faults_in, say
from probes.target_keys import TABLES

Further: TypeAlias = Callable[[Mapping[str, Any]], Iterable[Fault]]
"""Looks at a parsed target file, sound or not, and yields what else is wrong with it."""

FEW_ORDERS = 2
MOST_ORDERS = 200
DEFAULT_NAME = "duheng.toml"


def read_target(path: Path, *, further: Further = lambda _: ()) -> Target:
    """Return the target that a file describes; ``further`` adds its faults to those that are found here.

    Raises:
        SettingsError: the file cannot be read, is empty, is not TOML, or has faults; all faults are in it, each as
            ``FILE:LINE: [table] key: what is wrong and what to do``, in the order of the lines.
    """
    return target_of(_read(path), path, further=further)


def target_of(text: str, path: Path, *, further: Further = lambda _: ()) -> Target:
    """Return the target that a file's text describes; ``path`` is where it stands, or stood when it was read.

    Raises:
        SettingsError: as ``read_target``.
    """
    try:
        written = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(f"{path}: not TOML: {error}") from error
    if found := [*faults_in(written), *further(written)]:
        lines = Places(text)
        placed = sorted((lines.line(fault[0]), index) for index, fault in enumerate(found))
        raise SettingsError(*(f"{path.name}:{line}: {say(found[index])}" for line, index in placed))
    return _target(path, written)


def _read(path: Path) -> str:
    try:
        text = path.read_bytes().decode("utf-8-sig")  # Windows editors put a mark in front
    except FileNotFoundError as error:
        raise SettingsError(f"{path}: there is no such target file; `duheng init` writes one") from error
    except OSError as error:
        raise SettingsError(f"{path}: the target file cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise SettingsError(f"{path}: not UTF-8 at byte {error.start}; save the target file as UTF-8") from error
    if not text.strip():
        raise SettingsError(f"{path}: the target file is empty; `duheng init` writes one to start from")
    return text


def _get(written: Mapping[str, Any], table: str, key: str) -> Any:
    return written.get(table, {}).get(key, TABLES[table].keys[key].default)


def _platform(written: Mapping[str, Any]) -> Platform:
    values = {field.name: _get(written, "platform", field.name) for field in dataclasses.fields(Platform)}
    host = urlsplit(values["base_url"]).hostname or ""
    values["plain_url"] = values["plain_url"] or f"http://{f'[{host}]' if ':' in host else host}"
    values["hosts"] = tuple(values["hosts"])
    return Platform(**values)


def _target(path: Path, written: Mapping[str, Any]) -> Target:
    folder = path.resolve().parent
    platform = _platform(written)
    ca_file = _get(written, "tls", "ca_file")
    declared = tuple(
        Endpoint(url=entry["url"], addresses=tuple(entry.get("addresses", ())))
        for entry in written.get("endpoints", ())
    )
    own = tuple(endpoint for endpoint in declared if endpoint.url.rstrip("/") == platform.base_url.rstrip("/"))
    others = tuple(endpoint for endpoint in declared if endpoint not in own)
    shop = {field.name: _get(written, "shop", field.name) for field in dataclasses.fields(ShopHints)}
    shop["product_urls"] = tuple(shop["product_urls"])
    shop["max_orders"] = _most_orders(platform, shop["max_orders"])
    limits = {field.name: _get(written, "limits", field.name) for field in dataclasses.fields(Limits)}
    return Target(
        path=path.resolve(),
        platform=platform,
        ledger_url=_get(written, "ledger", "url") or f"sqlite:///{_ledger_name(path)}",
        ca_file=folder / ca_file if ca_file else None,
        endpoints=(*(own or (Endpoint(url=platform.base_url),)), *others),
        roles={name: _role(folder, name, role) for name, role in written.get("roles", {}).items()},
        shop=ShopHints(**shop),
        mailbox_listen=written.get("mailbox", {}).get("listen"),
        limits=Limits(**limits),
        thresholds={check: dict(metrics) for check, metrics in written.get("thresholds", {}).items()},
        waivers=tuple(WaiverEntry(**entry) for entry in written.get("waivers", ())),
        not_applicable={check: entry["reason"] for check, entry in written.get("not_applicable", {}).items()},
        windows=tuple(Window(**entry) for entry in written.get("windows", ())),
        written=freeze(_jsonable(written)),
    )


def _most_orders(platform: Platform, declared: int | None) -> int:
    """Return the ceiling of orders: as declared, else few, and plenty where the platform is disposable."""
    if declared is not None:
        return declared
    return MOST_ORDERS if platform.environment == "disposable" else FEW_ORDERS


def _ledger_name(path: Path) -> str:
    return "duheng.db" if path.name == DEFAULT_NAME else f"{path.stem}.duheng.db"


def _role(folder: Path, name: str, role: Mapping[str, Any]) -> Role:
    file = role.get("password_file")
    return Role(
        name=name,
        username=role["username"],
        password_env=role.get("password_env"),
        password_file=folder / file if file else None,
    )


def _jsonable(value: Any) -> Any:
    """Return the file as JSON holds it: instants as RFC 3339 text."""
    if isinstance(value, dict):
        return {key: _jsonable(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_jsonable(item) for item in value]
    return value.isoformat() if isinstance(value, datetime) else value


def target_from_declarations(path: Path, declarations: Mapping[str, Frozen]) -> Target:
    """Return the target as a bundle's ``target.json`` declares it; ``path`` only names it.

    Raises:
        EvidenceError: these are not declarations that a target file could have made.
    """
    written = thaw(declarations)
    try:
        spans = ("starts", "ends")
        for table, keys in (("waivers", ("expires",)), ("windows", spans), ("maintenance", spans)):
            for entry in written.get(table, ()):
                entry |= {key: datetime.fromisoformat(entry[key]) for key in keys}
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise EvidenceError(f"target.json: not the declarations of a target file: {error!r}") from error
    if faults := [f"target.json: {say(fault)}" for fault in faults_in(written)]:
        raise EvidenceError("\n".join(faults))
    return _target(path, written)
