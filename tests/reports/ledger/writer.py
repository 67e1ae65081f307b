"""A process that appends batches and says so once each is durable: ``python -m tests.reports.ledger.writer``.

Arguments: path of the ledger, run id, number of batches, largest file it may write (bytes; 0: any).
"""

import resource
import sys
from pathlib import Path

from probes.clock import SystemClock
from probes.errors import EvidenceError
from reports.ledger.entry import draft
from reports.ledger.sqlite import SqliteStore

PARTS = 3


def say(what: object) -> None:
    sys.stdout.write(f"{what}\n")
    sys.stdout.flush()


def main() -> int:
    path, run_id, batches, largest = sys.argv[1:]
    if int(largest):
        resource.setrlimit(resource.RLIMIT_FSIZE, (int(largest), int(largest)))
    say("ready")
    try:
        with SqliteStore(Path(path), clock=SystemClock()) as store:
            for batch in range(int(batches)):
                drafts = [draft("note", {"run": run_id, "batch": batch, "part": part}) for part in range(PARTS)]
                store.append(run_id, drafts, attachments=[b"content of batch %d" % batch])
                say(batch)
    except EvidenceError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
