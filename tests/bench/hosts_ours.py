"""``python -m tests.bench.hosts_ours TARGET``: read all hosts of a target file, and print how many were read."""

import sys
from pathlib import Path

from probes.clock import Deadline, SystemClock
from probes.host.declared import hosts_of
from probes.host.fleet import Fleet
from probes.target_file import read_target

_PATIENCE_S = 600


def main() -> None:
    """Read them as ``host.facts`` does; a host that is not read is an error."""
    target = read_target(Path(sys.argv[1]))
    clock = SystemClock()
    deadline = Deadline.after(clock, _PATIENCE_S)
    fleet = Fleet(target, clock, deadline)
    read = [fleet.document(host.name, deadline) for host in hosts_of(target)]
    sys.stdout.write(f"{len(read)}\n")


if __name__ == "__main__":
    main()
