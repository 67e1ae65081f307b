"""What keeps a drill's sender from sending: no such address here, a place off the target's list. Told before it begins.

A sender asks again when it sends; by then the host is armed and the fault is put in.
"""

from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import Final, TypeAlias
from urllib.parse import urlsplit

from probes.errors import NotPermitted, NotSet
from probes.host.declared import host_named
from probes.target import Target
from probes.transports.from_source import need_source
from profiles.drills import attack_set, eicar, marked_flood
from profiles.drills.fault import Entry

Lacks: TypeAlias = Callable[[Target, Entry], Iterator[str]]
"""Yields why what a drill's entry declares cannot be sent from here, each a sentence; nothing where it can."""

FLOODED: Final = ("login_url",)
REPLAYED: Final = ("replay_at",)
UPLOADED: Final = ("upload", "served_at")
"""Keys of an entry that say where something is sent."""


def edge_of(target: Target, entry: Entry) -> str:
    """Return where the edge is: as declared, else the host's own address.

    Raises:
        NotPermitted: it is neither the host's address, nor a listed host.
        NotSet: no such host is declared.
    """
    own = host_named(target, str(entry["host"])).address or "127.0.0.1"
    edge = str(entry.get("edge", own))
    if edge != own and edge not in {host for host, _ in target.listed()}:
        raise NotPermitted(f"{edge} is no host of the target; if it belongs to it, list it in [platform] hosts")
    return edge


def need_listed(target: Target, url: str) -> None:
    """Return where a URL leads to a place that is on the target's list.

    Raises:
        NotPermitted: it does not.
    """
    if not target.permits(url):
        raise NotPermitted(f"{urlsplit(url).netloc} is no host of the target; list it in [platform] hosts")


def _flood(target: Target, entry: Entry) -> Iterator[str]:
    yield from _source(entry)
    try:
        edge_of(target, entry)
    except NotPermitted as error:
        yield f"edge: {error}"
    except NotSet:  # its host is not declared: it is refused for that
        pass
    yield from _off_the_list(target, entry, *FLOODED)


def _attacks(target: Target, entry: Entry) -> Iterator[str]:
    yield from _source(entry)
    yield from _off_the_list(target, entry, *REPLAYED)


def _virus(target: Target, entry: Entry) -> Iterator[str]:
    yield from _off_the_list(target, entry, *UPLOADED)


LACKS: Final[Mapping[str, Lacks]] = MappingProxyType(
    {marked_flood.FAULT.name: _flood, attack_set.FAULT.name: _attacks, eicar.FAULT.name: _virus}
)
"""Name of a fault to what its sender (``senders``) may lack."""


def lacks(target: Target, fault: str, entry: Entry) -> tuple[str, ...]:
    """Return why nothing can be sent from here for a fault, all at once; none where it can, or nothing is sent."""
    name, found = entry["name"], LACKS.get(fault)
    return () if found is None else tuple(f"[[drills]] {name}: {what}" for what in found(target, entry))


def _source(entry: Entry) -> Iterator[str]:
    if "source" not in entry:
        return
    try:
        need_source(str(entry["source"]))
    except NotSet as error:
        yield f"source: {error}"


def _off_the_list(target: Target, entry: Entry, *keys: str) -> Iterator[str]:
    for key in keys:
        if key not in entry:
            continue
        try:
            need_listed(target, str(entry[key]))
        except NotPermitted as error:
            yield f"{key}: {error}"
