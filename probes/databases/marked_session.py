"""``db.marked_session``: a session that we open is looked for in the database's audit log.

Subjects: the names of ``[[databases]]``. On the database's host its own client program opens a session under the
declared account and asks the server who we are; then the log is read until it holds the session, for as long as
``settle_s`` says. Data::

    {"name", "host", "kind", "account", "database", "log": path of the file that was read,
     "session": {"address": str | null (a local socket), "port": int | null, "number", "at_ms"},
     "opened_ms": by our own clock; ``session.at_ms`` is the server's,
     "settings": {name: text},                  of the server's logging, those that the account may see
     "found": bool, "lines": [...at most 12, of this session alone], "account_found", "source_found": bool,
     "written_ms": int | null, "rounds": int}

The password travels in the environment of the client, beside its standard input; never on a command line.
"""

import json
import secrets
from typing import Any

from probes.clock import Deadline
from probes.databases import mariadb, postgresql
from probes.databases.audit_log import Entry, entry_of, newest_file, tail
from probes.databases.declared import Client, Declared, Told, declared_databases
from probes.errors import Garbage, LookFailed, NotPermitted, NotSet, TargetAway
from probes.host.reach import shell_on
from probes.look import Look, Probe, Seen
from probes.patience import Patience
from probes.target import Target
from probes.transports.command import NOT_FOUND, Ran, Shell

NONE = "databases"
"""The subject where no database is declared: there is one look, and it tells that."""

CLIENTS: dict[str, Client] = {"postgresql": postgresql.CLIENT, "mariadb": mariadb.MARIADB, "mysql": mariadb.MYSQL}


def subjects(target: Target) -> tuple[str, ...]:
    """Return the names of the declared databases."""
    return tuple(declared_databases(target)) or (NONE,)


def look(given: Look) -> Seen:
    """Open the session, then read the log."""
    declared = declared_databases(given.target).get(given.subject)
    if declared is None:
        raise NotSet("the target file declares no [[databases]] whose sessions could be traced")
    mark = f"duheng-{secrets.token_hex(8)}"
    password = declared.password(given.target, given.redactor)
    with shell_on(given.target, declared.host, given.deadline) as shell:
        newest_file(shell, declared, given.deadline)  # a log that may not be read is told before anything is opened
        opened_ms = round(given.clock.now().timestamp() * 1000)
        told = opened(shell, declared, mark, password, given.deadline)
        (file, entry), rounds = Patience(settle_s=declared.settle_s, deadline=given.deadline).until(
            lambda read: read[1] is not None,
            lambda: _read(shell, declared, mark, told, given.deadline),
            f"the audit log of {declared.name} to hold the session",
        )
    return Seen(data=_data(declared, file, told, entry, rounds) | {"opened_ms": opened_ms})


def opened(shell: Shell, declared: Declared, mark: str, password: str | None, deadline: Deadline) -> Told:
    """Open a marked session, and return what the server says of it.

    Raises:
        NotSet: the client program is not there.
        NotPermitted: the server refuses the account.
        TargetAway: it cannot be reached.
        Garbage: it answered something else.
    """
    client = CLIENTS[declared.kind]
    ran = shell.run(
        client.command(declared),
        deadline=deadline,
        stdin=client.statement(mark).encode(),
        secrets=client.variables(mark, password),
    )
    if ran.status != 0:
        raise refused(shell, client, declared, ran)
    try:
        return client.read(json.loads(ran.stdout))
    except (ValueError, KeyError, TypeError) as error:
        raise Garbage(f"the client of {declared.name} printed no answer that is understood") from error


def refused(shell: Shell, client: Client, declared: Declared, ran: Ran) -> LookFailed:
    """Return what it means that a client's program failed."""
    said = ran.stderr.decode("utf-8", "replace").lower()
    if ran.status == NOT_FOUND:
        return NotSet(f"{shell.name} has no client program for {declared.kind}: {ran.complaint()}")
    if any(each in said for each in client.refused):
        return NotPermitted(f"{declared.name} refuses the account {declared.account}: {ran.complaint()}")
    return TargetAway(f"no session with {declared.name} came about: {ran.complaint()}")


def _read(shell: Shell, declared: Declared, mark: str, told: Told, deadline: Deadline) -> tuple[str, Entry | None]:
    # A log may be rotated by the very session that is looked for.
    file = newest_file(shell, declared, deadline)
    return file, entry_of(
        tail(shell, declared, file, deadline), mark, told, CLIENTS[declared.kind].linked(told.session)
    )


def _data(declared: Declared, file: str, told: Told, entry: Entry | None, rounds: int) -> dict[str, Any]:
    return {
        "name": declared.name,
        "host": declared.host,
        "kind": declared.kind,
        "account": declared.account,
        "database": declared.database,
        "log": file,
        "session": {"address": told.address, "port": told.port, "number": told.session, "at_ms": told.at_ms},
        "settings": dict(told.settings),
        "found": entry is not None,
        "lines": [] if entry is None else list(entry.lines),
        "account_found": entry is not None and entry.account,
        "source_found": entry is not None and entry.source,
        "written_ms": None if entry is None else entry.at_ms,
        "rounds": rounds,
    }


PROBE = Probe(name="db.marked_session", version="1", look=look, subjects=subjects, deadline_s=90)
