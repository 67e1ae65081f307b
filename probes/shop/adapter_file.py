"""Reads an adapter file: journeys as data, every fault told at once with its line and step."""

import functools
import tomllib
from pathlib import Path
from typing import Any

from probes.errors import SettingsError
from probes.shop.adapter_parts import MONEY_STYLES, criteria, json_path, money_style
from probes.shop.adapter_steps import journeys, journeys_as
from probes.shop.adapter_table import Faults, Table
from probes.shop.adapter_walk import walk
from probes.shop.journey import Adapter, Bearer, Csrf, SessionRules
from probes.shop.places import Places

BUILT_IN = Path(__file__).parent / "adapters"
_ROLES = ("buyer", "seller", "operator")


def built_in() -> tuple[str, ...]:
    """Return the names of the adapters that come with the harness."""
    return tuple(sorted(path.stem for path in BUILT_IN.glob("*.toml")))


def load(adapter: str, *, beside: Path) -> Adapter:
    """Return the adapter of that name, or from that file.

    Args:
        adapter: the name of a built-in adapter, or a path ending in ``.toml``.
        beside: the folder that a relative path starts from (that of the target file).

    Raises:
        SettingsError: there is none, or it is not a good one; all its faults at once.
    """
    if not adapter.endswith(".toml"):
        if adapter not in built_in():
            known = ", ".join(built_in()) or "none"
            raise SettingsError(
                f"adapter {adapter!r} is unknown; built in are {known}, or give the path of a .toml file"
            )
        return parse((BUILT_IN / f"{adapter}.toml").read_text("utf-8"), file=f"{adapter}.toml")
    path = beside / adapter
    try:
        text = path.read_bytes().decode("utf-8")
    except OSError as error:
        raise SettingsError(f"{path}: cannot read the adapter: {error.strerror}; check [platform] adapter") from error
    except UnicodeDecodeError as error:
        raise SettingsError(f"{path}: is not UTF-8 at byte {error.start}; save it as UTF-8") from error
    return parse(text, file=path.name)


@functools.lru_cache(maxsize=8)
def parse(text: str, *, file: str) -> Adapter:
    """Return the adapter that a TOML text describes; ``file`` is its name in faults.

    It is kept: an examination asks twice, once to check its settings and once to open the shop.

    Raises:
        SettingsError: with every fault, each as ``file:line: [table] step: what; what to do``.
    """
    try:
        values = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(f"{file}: is not TOML: {error}") from error
    faults = Faults(file, Places(text))
    read = _adapter(Table(values, path=(), label="file", faults=faults))
    if faults.told():
        raise SettingsError(*faults.told())
    return read


def _adapter(top: Table) -> Adapter:
    head = top.table("adapter") or _empty(top, "adapter")
    currency = head.text("currency")
    if currency is not None and not (len(currency) == 3 and currency.isupper()):  # noqa: PLR2004 - ISO 4217
        head.fault(f"currency = {currency!r} is no ISO 4217 code; write it like GBP", "currency")
    name, title_zh, title_en = head.required("name"), head.required("title_zh"), head.required("title_en")
    money = money_style(head.choice("money", MONEY_STYLES)) or "text"
    head.unknown()
    pages, sensitive = _pages(top)
    denial = top.table("denial")
    read = Adapter(
        name=name,
        title_zh=title_zh,
        title_en=title_en,
        currency=currency,
        money=money,
        session=_session(top),
        denial=criteria(denial, "any") if denial else (),
        roles=_roles(top),
        pages=pages,
        sensitive=sensitive,
        journeys=journeys(top.table("journeys")),
        journeys_as=journeys_as(top.table("as"), _ROLES),
        walk=walk(top.table("walk")),
    )
    if denial:
        denial.unknown()
    if not read.journeys:
        top.fault("has no journeys; add at least [journeys.home]")
    top.unknown()
    return read


def _session(top: Table) -> SessionRules:
    table = top.table("session")
    if table is None:
        return SessionRules()
    kind = table.choice("kind", ("cookie", "bearer"))
    bearer, csrf = _bearer(table), _csrf(table)
    if kind == "bearer" and bearer is None:
        table.fault('kind = "bearer" wants bearer = {header = ...} or {json = ...}; say where the token stands')
    headers = table.text_mapping("headers")
    table.unknown()
    return SessionRules(kind="bearer" if kind == "bearer" else "cookie", bearer=bearer, csrf=csrf, headers=headers)


def _bearer(session: Table) -> Bearer | None:
    table = session.table("bearer")
    if table is None:
        return None
    header, path = table.text("header"), json_path(table, "json")
    if (header is None) == (path is None):
        table.fault("give header or json, one of them")
    send, scheme = table.text("send"), table.text("scheme")
    table.unknown()
    return Bearer(header=header, json=path, send=send or "Authorization", scheme="Bearer" if scheme is None else scheme)


def _csrf(session: Table) -> Csrf:
    table = session.table("csrf")
    if table is None:
        return Csrf()
    read = Csrf(field=table.text("field"), cookie=table.text("cookie"), header=table.text("header"))
    if read.header and not read.cookie:
        table.fault("csrf header wants the cookie whose value it carries; add cookie")
    table.unknown()
    return read


def _roles(top: Table) -> frozenset[str]:
    table = top.table("roles")
    if table is None:
        return frozenset({"buyer"})
    found = frozenset(role for role in _ROLES if table.switch(role))
    table.unknown()
    return found


def _pages(top: Table) -> tuple[dict[str, tuple[str, ...]], tuple[str, ...]]:
    table = top.table("pages")
    if table is None:
        return {}, ()
    sensitive = table.texts("sensitive")
    pages: dict[str, tuple[str, ...]] = {}
    for key, value in table.values.items():
        if key == "sensitive":
            continue
        paths = table.texts(key) if isinstance(value, list) else (table.required(key),)
        pages[key] = tuple(path for path in paths if path)
    for name in sensitive:
        if name not in pages:
            table.fault(f"sensitive names {name}, which is no page here; add it or drop it", "sensitive")
    return pages, sensitive


def _empty(top: Table, name: str) -> Table:
    values: dict[str, Any] = {}
    top.fault(f"[{name}] is missing; add it with name, title_zh and title_en")
    told_already = Faults("", Places(""))
    return Table(values, path=(name,), label=f"[{name}]", faults=told_already)
