"""The hosts: what keeps us from logging in, as far as files and variables here tell it. No host is contacted."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import partial

from conformance.doctoring.lack import Lack, declaring, recalling, tried
from probes.backups.declared import declared_backups
from probes.databases.declared import declared_databases
from probes.host.declared import hosts_of
from probes.host.reach import place_of
from probes.redaction import Redactor
from probes.target import Target
from probes.transports.ssh_opening import known_keys, own_key
from reports.verdict import Text

_MEND = Text(zh="请予补齐；其余部分照常检查", en="put this right; what does not stand on it is examined without")


def of_hosts(target: Target) -> Iterator[Lack]:
    """Yield what is missing to reach the declared hosts, and what their databases and backups are asked with."""
    yield from _once(_logging_in(target), declaring("hosts"))
    for database in declared_databases(target).values():
        yield from tried(partial(database.password, target, Redactor()), _MEND, recalling("db.marked_session"))
    backups = (
        lack
        for backup in declared_backups(target).values()
        for lack in tried(partial(backup.secrets, target, Redactor()), _MEND)
    )
    yield from _once(backups, declaring("backups"))


def _logging_in(target: Target) -> Iterator[Lack]:
    for host in hosts_of(target):
        if host.address is not None:
            place = place_of(target, host)
            yield from tried(partial(own_key, place), _MEND)
            yield from tried(partial(known_keys, place), _MEND)


def _once(lacks: Iterable[Lack], checks: tuple[str, ...]) -> Iterator[Lack]:
    """Yield each once, as hosts may share a key; the checks, which are the same for all, stand at the last."""
    *others, last = tuple(dict.fromkeys(lacks)) or (None,)
    yield from others
    if last is not None:
        yield replace(last, checks=checks)
