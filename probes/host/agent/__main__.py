"""``python3 -m probes.host.agent``: print what this host says of itself, as one JSON document."""

import argparse
import importlib
import json
import os
import signal
import sys
from types import ModuleType
from typing import Dict, List, Optional

from probes.host.agent import watching
from probes.host.agent.document import Section, document
from probes.host.agent.machine import Machine
from probes.host.agent.sampler import place, sample
from probes.host.agent.sections import SECTIONS


def main(arguments: "List[str]") -> int:
    """Print the document between two marks where ``--mark`` gives one: a profile may print before it."""
    parser = argparse.ArgumentParser(prog="python3 -m probes.host.agent", description=__doc__)
    parser.add_argument("--sections", default="", help="names, joined by commas (default: all)")
    parser.add_argument("--sudo", action="store_true", help="use `sudo -n` for the commands that want root")
    parser.add_argument("--mark", default="", help="a word to print before and after the document")
    parser.add_argument("--seconds", type=int, default=0, help="end after so many seconds, whatever happens")
    parser.add_argument("--sample", type=float, default=0.0, metavar="SECONDS", help="sample the load until ended")
    parser.add_argument("--spool", default="", help="where the samples go (default: /var/lib/duheng, or at home)")
    parser.add_argument(
        "--watch", type=float, default=0.0, metavar="SECONDS", help="look closely for so long, then tell"
    )
    parser.add_argument("--every", type=float, default=0.5, metavar="SECONDS", help="of --watch: between two looks")
    parser.add_argument("--until", default="", metavar="FILE", help="of --watch: end once this file is there")
    given = parser.parse_args(arguments)
    if given.sample:
        return sample(Machine(root=os.sep), max(1.0, given.sample), given.spool or place())
    names = [name for name in given.sections.split(",") if name]
    unknown = [name for name in names if name not in SECTIONS]
    if unknown:
        parser.error("no such section: %s; there are: %s" % (", ".join(unknown), ", ".join(SECTIONS)))
    if given.seconds:  # 0 would call off the alarm that ``boot`` has set
        signal.alarm(given.seconds)  # whoever asked may be gone: nothing stays behind
    machine = Machine(root=os.sep, sudo=given.sudo, psutil=_psutil())
    sections = _watching(given.watch, given.every, given.until) if given.watch else SECTIONS
    told = json.dumps(document(machine, names, sections), ensure_ascii=False, sort_keys=True)
    text = json.dumps(json.loads(told.encode("utf-8", "replace").decode("utf-8")), sort_keys=True)  # names of any bytes
    sys.stdout.write("%s%s%s\n" % (given.mark, text, given.mark))
    return 0


def _watching(seconds: float, every_s: float, until: str) -> "Dict[str, Section]":
    return {"watch": lambda machine: watching.read(machine, seconds, every_s, until)}


def _psutil() -> "Optional[ModuleType]":
    try:
        return importlib.import_module("psutil")
    except (ImportError, OSError, AttributeError):
        return None  # another architecture, another libc, a folder that may not be run from


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
