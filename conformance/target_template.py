"""The target file that ``duheng init`` writes: every key of the table, documented. Pure."""

from collections.abc import Iterator

from probes.target_keys import ROLES, TABLES, Key, Table

_EXAMPLES = {
    "platform.id": '"shop-staging"',
    "platform.name": '"Shop, staging"',
    "platform.base_url": '"https://shop.example"',
    "platform.plain_url": '"http://shop.example"',
    "platform.environment": '"staging"',
    "platform.authorised": "true",
    "platform.adapter": '"oscar"',
    "platform.currency": '"CNY"',
    "ledger.url": '"sqlite:///duheng.db"',
    "tls.ca_file": '"ca.pem"',
    "endpoints.url": '"https://pay.shop.example"',
    "endpoints.addresses": '["192.0.2.10", "192.0.2.11"]',
    "roles.username": '"operator@shop.example"',
    "roles.password_env": '"DUHENG_OPERATOR_PASSWORD"',
    "roles.password_file": '"secrets/operator"',
    "shop.search_term": '"tea"',
    "shop.qualification_page": '"/licences/"',
    "mailbox.listen": '"127.0.0.1:2525"',
    "waivers.check": '"SBT-3.2.5-page"',
    "waivers.reason": '"the licence page goes live with release 7"',
    "waivers.owner": '"Li Lei, compliance"',
    "waivers.expires": "2027-03-31T18:00:00+08:00",
    "not_applicable.reason": '"the shop sells no publications"',
    "windows.starts": "2027-01-10T02:00:00+08:00",
    "windows.ends": "2027-01-10T04:00:00+08:00",
    "windows.purpose": '"test orders, agreed with operations"',
}
_ACTIVE = frozenset({"id", "name", "base_url", "environment", "authorised", "adapter"})
_HEADS = {"array": "[[{name}]]", "table": "[{name}]"}
_NAMED = {"roles": "operator", "thresholds": '"SBT-3.1.1.2-mtbf"', "not_applicable": '"SBT-3.2.5-publications"'}


def _written(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return f'"{value}"'
    return "[]" if value == () else str(value)


def _key_lines(name: str, key_name: str, key: Key, *, active: bool) -> Iterator[str]:
    value = _EXAMPLES.get(f"{name}.{key_name}") or _written(key.default)
    yield f"# {key.en} {key.zh}{' (required 必填)' if key.required else ''}"
    yield f"{'' if active else '# '}{key_name} = {value}"


def _table_lines(name: str, table: Table) -> Iterator[str]:
    active = name == "platform"
    mark = "" if active else "# "
    yield f"# --- {table.en} {table.zh}"
    if table.shape == "named":
        yield f"# [{name}.{_NAMED[name]}]" + (f"     one of: {', '.join(ROLES)}" if name == "roles" else "")
    else:
        yield mark + _HEADS[table.shape].format(name=name)
    if table.free is not None:
        yield "# mtbf = 9000"
    for key_name, key in table.keys.items():
        yield from _key_lines(name, key_name, key, active=active and key_name in _ACTIVE)
    yield ""


def template() -> str:
    """Return the text of a target file to start from; it loads as it stands."""
    lines = [
        "# Target file of Duheng 度衡. Passwords never stand here: name an environment variable or an owner-only file.",
        "# 度衡目标文件。口令不得写入本文件：请指定环境变量或仅属主可读的文件。",
        "",
    ]
    for name, table in TABLES.items():
        lines += _table_lines(name, table)
    return "\n".join(lines)
