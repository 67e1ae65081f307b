"""Where a worker's trail lies, and how one comes over from another machine."""

import os
from pathlib import Path

from probes.errors import EvidenceError
from profiles.plan import LoadPlan


def trail_path(plan: LoadPlan, worker: int) -> Path:
    """Return where a worker (counted from 0) writes what its shoppers made."""
    return Path(plan.trails) / f"worker-{worker}-of-{plan.workers}.jsonl"


def take_over(plan: LoadPlan, worker: int, text: str) -> None:
    """Write the trail of a worker elsewhere, as it came over; where one lies here already, it is that worker's own.

    Raises:
        EvidenceError: it cannot be written.
    """
    path = trail_path(plan, worker)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    except FileExistsError:
        return
    except OSError as error:
        raise EvidenceError(f"{path}: cannot write the trail of a worker elsewhere: {error.strerror}") from error
    with os.fdopen(file, "w", encoding="utf-8") as trail:
        trail.write(text)
        trail.flush()
        os.fsync(trail.fileno())
