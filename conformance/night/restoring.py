"""The trial restores of a night, in a process of their own: what they show goes into the ledger, and no report is made.

The examination at the end of the night takes them from there (``duheng examine --restored RUN``).
"""

import argparse
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from conformance.exits import INTERRUPTED, USAGE
from conformance.judges.table import JUDGEMENTS
from conformance.observing import RESTORES
from conformance.options import Options
from conformance.session import Progress, gather_into, prepare
from probes.clock import SystemClock
from probes.errors import DuhengError
from probes.observation import Reading, Unobserved

DONE: Final = 0
UNTOLD: Final = 2


def restore(options: Options) -> int:
    """Restore the newest of each declared backup; return 0 where each was tried, else 2.

    Raises:
        SettingsError: faults of the target file.
        EvidenceError: the ledger or a trail cannot be used.
    """
    session = prepare(options, SystemClock())
    gather_into(session, _silent)
    tried = [each for each in session.examination.readings if each.header.kind == RESTORES]
    for reading in tried:
        print(_said(reading))  # noqa: T201 - the night keeps what its steps say
    return DONE if tried and not any(isinstance(each, Unobserved) for each in tried) else UNTOLD


def _said(reading: Reading) -> str:
    about = f"trial restore of {reading.header.subject}"
    return f"{about}: {reading.cause}: {reading.detail}" if isinstance(reading, Unobserved) else f"{about}: on record"


@contextmanager
def _silent() -> Iterator[Progress]:
    yield lambda *_: None


def options_of(words: Sequence[str]) -> Options:
    """Return the options of an examination that restores, and does nothing else."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--target", type=Path, required=True)
    parser.add_argument("--ledger")
    parser.add_argument("--out", type=Path, required=True)
    given = parser.parse_args(words)
    clauses = ",".join(name for name, judgement in JUDGEMENTS.items() if set(judgement.needs) == {RESTORES})
    assert clauses, "without any, all would be examined"
    return Options(
        target=given.target,
        ledger=given.ledger,
        out=given.out,
        clauses=clauses,
        standard="SBT",
        replay=None,
        accept=(),
        lang="en",
    )


def main(words: Sequence[str]) -> int:
    """Restore, and return the exit status of a verb."""
    try:
        return restore(options_of(words))
    except DuhengError as error:
        print(error, file=sys.stderr)  # noqa: T201
        return USAGE
    except KeyboardInterrupt:
        return INTERRUPTED


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
