"""The document that the agent prints: who it is, when it read, and each section, read or unread with its cause."""

import os
import sys

from probes.host.agent.machine import Machine
from probes.host.agent.sections import SECTIONS
from probes.host.agent.unread import Unread

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Dict, Iterable, Mapping

    Section = Callable[[Machine], Dict[str, Any]]

VERSION = "1"


def document(
    machine: Machine, names: "Iterable[str]" = (), sections: "Mapping[str, Section]" = SECTIONS
) -> "Dict[str, Any]":
    """Return the document; ``names`` are the sections to read, all where none are given.

    ::

        {"agent": {"version", "python", "psutil": str|null, "euid", "arch"}, "at_ms",
         "sections": {NAME: {"state": "read", "data": {...}}
                          | {"state": "unread", "cause": "permission|settings|target", "why"}}}
    """
    return {
        "agent": {
            "version": VERSION,
            "python": sys.version.split()[0],
            "psutil": getattr(machine.psutil, "__version__", None),
            "euid": machine.euid,
            "arch": os.uname().machine,
            "byteorder": sys.byteorder,
        },
        "at_ms": machine.now_ms(),
        "sections": {name: section(sections[name], machine) for name in (list(names) or sections)},
    }


def section(read: "Section", machine: Machine) -> "Dict[str, Any]":
    """Return one section. Files of a form that was not foreseen are told as unread, and stop no other section."""
    try:
        return {"state": "read", "data": read(machine)}
    except Unread as unread:
        return {"state": "unread", "cause": unread.cause, "why": unread.why}
    except PermissionError as error:
        return {"state": "unread", "cause": "permission", "why": "%s: %s" % (error.filename, error.strerror)}
    except (OSError, ValueError, LookupError) as error:
        why = "not of a form that is understood: %s: %s" % (type(error).__name__, error)
        return {"state": "unread", "cause": "target", "why": why[:300]}
