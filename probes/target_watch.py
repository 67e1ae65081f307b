"""What in the tables of the standing watch does not go together. Pure; told with the other faults of a target file."""

from collections.abc import Iterator, Mapping
from typing import Any, TypeAlias
from urllib.parse import urlsplit

from probes.target import DEFAULT_PORTS, places
from probes.target_keys import TABLES
from probes.target_values import fault_of, is_instant, split

Fault: TypeAlias = tuple[tuple[str | int, ...], str]

PAYING = "payment"
PLACING = ("order", PAYING)
"""Depths at which an order is placed."""

MOST_INTERVALS = 10
"""A deadline is at most so many intervals long: what takes longer tells nothing of now."""

DEFAULT_NAMES = ("front", "buying")
_CHECKS = TABLES["checks"].keys


def watch_faults(written: Mapping[str, Any]) -> Iterator[Fault]:
    """Yield what is wrong between keys of the watch's tables; values wrong in themselves are told elsewhere."""
    checks = _entries(written, "checks")
    yield from _maintenance(written)
    yield from _names(written, checks)
    for index, check in checks:
        yield from ((("checks", index, key), what) for key, what in _check(written, check))
    yield from _ordering(written)
    yield from _canaries(written)


def _table(written: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    value = written.get(name)
    return value if isinstance(value, dict) else {}


def _entries(written: Mapping[str, Any], name: str) -> list[tuple[int, Mapping[str, Any]]]:
    value = written.get(name)
    return [pair for pair in enumerate(value if isinstance(value, list) else ()) if isinstance(pair[1], dict)]


def _sound(check: Mapping[str, Any], key: str) -> Any:
    """Return a value, or its default where it is missing or wrong in itself."""
    value = check.get(key, _CHECKS[key].default)
    return value if value is None or fault_of(_CHECKS[key].type, value) is None else _CHECKS[key].default


def _maintenance(written: Mapping[str, Any]) -> Iterator[Fault]:
    for index, planned in _entries(written, "maintenance"):
        starts, ends = planned.get("starts"), planned.get("ends")
        if is_instant(starts) and is_instant(ends) and starts >= ends:
            yield ("maintenance", index, "ends"), "must be later than starts"


def _names(written: Mapping[str, Any], checks: list[tuple[int, Mapping[str, Any]]]) -> Iterator[Fault]:
    known: dict[str, int] = {}
    for index, check in checks:
        name = check.get("name")
        if isinstance(name, str) and known.setdefault(name, index) != index:
            yield ("checks", index, "name"), f"is the name of number {known[name] + 1} too; each check needs its own"
    service = _table(written, "watch").get("service")
    names = tuple(known) if "checks" in written else DEFAULT_NAMES
    if isinstance(service, str) and service.strip() and service not in names:
        yield ("watch", "service"), f"is no check; known are: {', '.join(names)}"


def _check(written: Mapping[str, Any], check: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    kind, depth = _sound(check, "kind"), _sound(check, "depth")
    every_s, deadline_s = _sound(check, "every_s"), _sound(check, "deadline_s")
    if "deadline_s" in check and deadline_s > every_s * MOST_INTERVALS:
        yield "deadline_s", f"must be at most {MOST_INTERVALS} times every_s, which is {every_s:g}"
    if kind != "page" and not _table(written, "platform").get("adapter"):
        yield "kind", f"a {kind} needs [platform] adapter"
    if kind == "page" and depth not in {None, "page"}:
        yield "depth", "a page has no other depth than page; write kind = 'journey'"
    if kind == "payment" and depth not in {None, "payment"}:
        yield "depth", "a payment has no other depth than payment; leave it out"
    if kind == "payment" or depth in PLACING:
        yield from _placing(written, "kind" if kind == "payment" else "depth", pays="payment" in {kind, depth})
    if (place := unlisted_place(written, check.get("url"))) is not None:
        yield "url", f"{place} is not listed; if it belongs to the platform, add it to [platform] hosts"


def _placing(written: Mapping[str, Any], key: str, *, pays: bool) -> Iterator[tuple[str, str]]:
    """Yield what a check lacks to place orders: permission, and a sandbox, since a shop may charge when it confirms."""
    if _table(written, "watch").get("order") is not True:
        yield key, "places orders: write [watch] order = true"
    if _table(written, "payment").get("sandbox") is not True:
        yield key, f"{'pays' if pays else 'places orders'}: [payment] must say sandbox = true"


def _ordering(written: Mapping[str, Any]) -> Iterator[Fault]:
    watch = _table(written, "watch")
    if watch.get("order") is True and _table(written, "platform").get("authorised") is not True:
        yield ("watch", "order"), "places orders: [platform] must say authorised = true"
    own = watch.get("product") or _table(written, "shop").get("product_urls")
    if watch.get("order") is True and not own:
        yield ("watch", "order"), "needs a test product: name it in [watch] product"
    if (place := unlisted_place(written, watch.get("product"))) is not None:
        yield ("watch", "product"), f"{place} is not listed; if it belongs to the platform, add it to [platform] hosts"


def _canaries(written: Mapping[str, Any]) -> Iterator[Fault]:
    canaries = _table(written, "watch").get("canaries", [])
    listed = _listed(written)
    if fault_of("canaries", canaries) is not None or listed is None:
        return
    for canary in canaries:
        parts = urlsplit(canary if "://" in canary else "//" + canary)
        if (parts.hostname or "").lower() in {host for host, _ in listed}:
            yield ("watch", "canaries"), f"{parts.hostname} belongs to the platform; name hosts of somebody else"


def unlisted_place(written: Mapping[str, Any], page: Any) -> str | None:
    """Return ``host:port`` of a page that lies on a host which the file does not list, else None."""
    parts, listed = split(page) if isinstance(page, str) else None, _listed(written)
    if parts is None or listed is None:
        return None
    place = ((parts.hostname or "").lower(), parts.port or DEFAULT_PORTS[parts.scheme])
    return None if place in listed else f"{place[0]}:{place[1]}"


def _listed(written: Mapping[str, Any]) -> frozenset[tuple[str, int]] | None:
    """Return the hosts and ports that the file lists; None where that is not known, for other faults."""
    platform = _table(written, "platform")
    hosts = platform.get("hosts", [])
    if fault_of("url", platform.get("base_url")) or fault_of("hosts", hosts):
        return None
    urls = [platform["base_url"], platform.get("plain_url")]
    urls += [entry.get("url") for _, entry in _entries(written, "endpoints")]
    return places([url for url in urls if isinstance(url, str) and split(url)], hosts)
