"""A ``Look`` for tests of probes that need no shop, or a shop of which only the sensitive pages matter."""

from dataclasses import dataclass
from typing import cast

from probes.clock import Clock, Deadline, SystemClock
from probes.errors import LookFailed, NotSet
from probes.look import Look
from probes.redaction import Redactor
from probes.scene import Scene
from probes.shop.shop import Shop
from probes.target import Target
from probes.transports.http import RequestsHttp


@dataclass(frozen=True)
class PagesOnly:
    """A shop of which only the sensitive paths are asked."""

    sensitive_paths: tuple[str, ...]


def looking(
    target: Target,
    subject: str,
    *,
    seconds: float = 30,
    sensitive: tuple[str, ...] | None = None,
    clock: Clock | None = None,
    redactor: Redactor | None = None,
) -> Look:
    """Return a look at a subject over real connections; without ``sensitive`` the target has no shop."""
    time = clock or SystemClock()
    known = redactor or Redactor()
    shop: Shop | LookFailed = NotSet("no adapter")
    if sensitive is not None:
        shop = cast("Shop", PagesOnly(sensitive))
    return Look(
        target=target,
        subject=subject,
        clock=time,
        deadline=Deadline.after(time, seconds),
        vantage="test",
        http=lambda: RequestsHttp(target, time, known),
        scene=Scene(run_token="test", shop=shop),
        redactor=known,
    )
