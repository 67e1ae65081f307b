"""``interface.description``: the API description that the target file names, and what it says of the eight interfaces.

Subject: ``api``. It is fetched with the credentials of the API client where they are declared, and read whole. Data::

    {"source", "style": "openapi|graphql|document", "version", "bytes": int, "sha256", "operations": int,
     "unread": [part, ...],                                 where further operations may stand
     "servers_elsewhere": [url, ...],                       servers that the target file does not list
     "kinds": {KIND: {"declared": [{"role": "read|act", "operation", "found": bool, "shown": str|null}],
                      "candidates": [operation, ...]}}}      by their words, where none is declared; five at most

The description is handed on as ``interface.description/api``, its bytes are attached.
"""

from collections.abc import Mapping
from typing import Any

from probes.canonical import digest
from probes.errors import LookFailed
from probes.interfaces.api_key import has_key, key_of
from probes.interfaces.described import Description
from probes.interfaces.kinds import KINDS, Kind
from probes.interfaces.reading import read_description, source_of
from probes.look import Look, Probe, Seen
from probes.target import Target

API = "interface.description/api"


def declared_operations(target: Target, kind: Kind) -> Mapping[str, str]:
    """Return the operations that ``[interfaces.KIND]`` names, by role (``read``, ``act``)."""
    named = {role: target.declared("interfaces", kind.name, role) for role in ("read", "act")}
    return {role: str(operation) for role, operation in named.items() if operation}


def api_of(look: Look) -> Description:
    """Return the description that this run read.

    Raises:
        Unprepared: it did not come about.
    """
    found = look.scene.get(API)
    assert isinstance(found, Description)
    return found


def look(given: Look) -> Seen:
    """Fetch the description, read it, and look for each kind of interface in it."""
    source = source_of(given)
    key = _key(given)
    api, body = read_description(given, source, key)
    given.scene.put(API, api)
    return Seen(
        data={
            "source": given.redactor.url(source),
            "style": api.style,
            "version": api.version,
            "bytes": len(body),
            "sha256": digest(body),
            "operations": len(api.operations),
            "unread": list(api.unread),
            "servers_elsewhere": [
                given.redactor.url(server) for server in api.servers if not given.target.permits(server)
            ],
            "kinds": {kind.name: _kind(given.target, api, kind) for kind in KINDS.values()},
        },
        attachments=(given.redactor.text(body.decode("utf-8", "replace")).encode(),),
    )


def _key(given: Look) -> Any:
    """Return the key where there is one; that it is missing is told by those who cannot do without."""
    try:
        return key_of(given) if has_key(given.target) else None
    except LookFailed:
        return None


def _kind(target: Target, api: Description, kind: Kind) -> dict[str, Any]:
    declared = []
    for role, operation in declared_operations(target, kind).items():
        found = api.find(operation)
        shown = None if found is None else found.shown
        declared.append({"role": role, "operation": operation, "found": found is not None, "shown": shown})
    return {"declared": declared, "candidates": [] if declared else list(api.candidates(kind))}


def subjects(_: Target) -> tuple[str, ...]:
    """Return the one subject: the platform's API."""
    return ("api",)


PROBE = Probe(name="interface.description", version="1", look=look, subjects=subjects, deadline_s=60)
