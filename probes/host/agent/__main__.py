"""``python3 -m probes.host.agent``: print what this host says of itself, as one JSON document."""

import os
import sys

from probes.host.agent.document import document
from probes.host.agent.machine import Machine
from probes.host.agent.options import given_by
from probes.host.agent.sections import SECTIONS
from probes.host.agent.written import written

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import ModuleType
    from typing import Dict, List, Optional

    from probes.host.agent.document import Section


def main(arguments: "List[str]") -> int:
    """Print the document between two marks where ``--mark`` gives one: a profile may print before it."""
    given = given_by(arguments)
    if given["sample"]:
        from probes.host.agent import sampler  # noqa: PLC0415 - what is not asked for is not imported

        return sampler.sample(Machine(root=os.sep), max(1.0, given["sample"]), given["spool"] or sampler.place())
    if given["seconds"]:  # 0 would call off the alarm that ``boot`` has set
        __import__("signal").alarm(given["seconds"])  # whoever asked may be gone: nothing stays behind
    machine = Machine(root=os.sep, sudo=given["sudo"], psutil=_psutil())
    sections = _watching(given["watch"], given["every"], given["until"]) if given["watch"] else SECTIONS
    text = written(document(machine, given["sections"], sections))
    sys.stdout.write("%s%s%s\n" % (given["mark"], text, given["mark"]))
    return 0


def _watching(seconds: float, every_s: float, until: str) -> "Dict[str, Section]":
    from probes.host.agent import watching  # noqa: PLC0415 - what is not asked for is not imported

    return {"watch": lambda machine: watching.read(machine, seconds, every_s, until)}


def _psutil() -> "Optional[ModuleType]":
    """Return psutil, whose library is all that is wanted of it; None where that cannot be loaded."""
    try:
        __import__("psutil._psutil_linux")
    except (ImportError, OSError, AttributeError):
        return None  # another architecture, another libc, a folder that may not be run from
    return sys.modules["psutil"]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
