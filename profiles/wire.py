"""What master and workers of a load run say to each other. Locust carries it; here are its words and its proof."""

import hashlib
import hmac
from typing import Final, Literal

HERE: Final = "duheng-here"
"""Worker: ``{"worker": its number or None where the master may choose, "proof"}``; said until the plan comes."""

READY: Final = "duheng-ready"
"""Worker: it has read the plan and can begin. ``{}``"""

UNABLE: Final = "duheng-unable"
"""Worker: it cannot begin. ``{"why"}``"""

PONG: Final = "duheng-pong"
"""Worker: its clock. ``{"at_ms"}``"""

SECOND: Final = "duheng-second"
"""Worker: ``{"second", "slice": Slice.as_json(), "cpu_percent"}``; each second once, in order."""

OVER: Final = "duheng-over"
"""Worker: no more seconds come. ``{"bug": text or None, "trail"}``; the trail of one on another machine, or None."""

PLAN: Final = "duheng-plan"
"""Master: ``{"plan": canonical JSON, "worker": number, "proof"}``"""

REFUSED: Final = "duheng-refused"
"""Master: it will not have this worker. ``{"why"}``"""

PING: Final = "duheng-ping"
"""Master: say what your clock shows. ``{}``"""

START: Final = "duheng-start"
"""Master: second 0 begins ``{"in_s"}`` from now."""

STOP: Final = "duheng-stop"
"""Master: nobody comes any more; those under way go home. ``{}``"""

FROM_WORKERS: Final = (HERE, READY, UNABLE, PONG, SECOND, OVER)
FROM_MASTER: Final = (PLAN, REFUSED, PING, START, STOP)


def proof(secret: str, side: Literal["master", "worker"], client: str) -> str:
    """Return what shows that a side knows the run's secret, good for this connection only.

    Without it a stranger on the network could send a worker after any shop, and a worker with another run's secret
    would fail at every log-in.
    """
    return hmac.new(secret.encode(), f"duheng load {side} {client}".encode(), hashlib.sha256).hexdigest()


def proved(secret: str, side: Literal["master", "worker"], client: str, shown: object) -> bool:
    """Tell whether that is the proof."""
    return isinstance(shown, str) and hmac.compare_digest(proof(secret, side, client).encode(), shown.encode())
