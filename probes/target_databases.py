"""What in ``[[databases]]``, and between the ports of ``[[hosts]]``, does not go together. Pure."""

from collections.abc import Iterator, Mapping
from typing import Any, TypeAlias

Fault: TypeAlias = tuple[tuple[str | int, ...], str]

_LAST_PORT = 65535


def database_faults(written: Mapping[str, Any]) -> Iterator[Fault]:
    """Yield what is wrong between these keys; values wrong in themselves are told elsewhere."""
    hosts = {host.get("name") for _, host in _entries(written, "hosts")}
    names: dict[str, int] = {}
    for index, entry in _entries(written, "databases"):
        name, host, port = entry.get("name"), entry.get("host"), entry.get("port")
        if isinstance(name, str) and names.setdefault(name, index) != index:
            yield (
                ("databases", index, "name"),
                f"is the name of number {names[name] + 1} too; each database needs its own",
            )
        if isinstance(host, str) and host not in hosts:
            known = f"known are: {', '.join(sorted(str(each) for each in hosts if each))}" if hosts else "there is none"
            yield ("databases", index, "host"), f"is no declared host; add it to [[hosts]] ({known})"
        if isinstance(port, int) and port > _LAST_PORT:
            yield ("databases", index, "port"), f"must be from 1 to {_LAST_PORT}"
        if {"password_env", "password_file"} <= entry.keys():
            yield ("databases", index, "password_file"), "stands beside password_env; give one of them"
        log = entry.get("log")
        if isinstance(log, str) and not log.startswith("/"):
            yield ("databases", index, "log"), "must be an absolute path on the host, such as /var/log/postgresql"
        for key in ("account", "database", "address"):
            value = entry.get(key)
            if isinstance(value, str) and value.startswith("-"):
                yield ("databases", index, key), "must not begin with '-'"
    yield from _ports(written)


def _ports(written: Mapping[str, Any]) -> Iterator[Fault]:
    for index, host in _entries(written, "hosts"):
        both = _listed(host.get("open_ports")) & _listed(host.get("management_ports"))
        if both:
            ports = ", ".join(str(port) for port in sorted(both))
            yield ("hosts", index, "management_ports"), f"holds {ports}, which open_ports approves; keep it in one"


def _listed(value: Any) -> set[int]:
    return {port for port in value if isinstance(port, int)} if isinstance(value, list) else set()


def _entries(written: Mapping[str, Any], name: str) -> list[tuple[int, Mapping[str, Any]]]:
    value = written.get(name)
    return [pair for pair in enumerate(value if isinstance(value, list) else ()) if isinstance(pair[1], dict)]
