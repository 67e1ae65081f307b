"""The one tree of errors.

::

    DuhengError
    ├── SettingsError        the user's setting or usage is wrong: the run stops, exit 64
    ├── LookFailed           we could not look: the runner records it as Unobserved
    │   ├── TargetAway       cause target: away, refused, reset
    │   ├── TimedOut         cause target: no (whole) answer within the deadline
    │   ├── Throttled        cause target: 429, or 503 with Retry-After, past the deadline
    │   ├── Garbage          cause target: an answer that is not what the protocol says
    │   ├── NetworkDown      cause network: our own side has no way out
    │   ├── NotPermitted     cause permission: the bounds of the run forbid the look
    │   ├── NotSet           cause settings: the target file lacks what the look needs
    │   ├── NotRecorded      cause stale: the ledger holds no record of it
    │   └── Unprepared       cause of what it depended on: an earlier look did not come about
    └── EvidenceError        ledger, bundle or key cannot be used

Anything else that is raised is a bug of ours: the run stops, exit 70.
"""

from typing import Literal, get_args

Cause = Literal["target", "network", "permission", "settings", "document", "attestation", "stale", "not-built"]
CAUSES: tuple[Cause, ...] = get_args(Cause)


class DuhengError(Exception):
    """Root of every error that Duheng raises on purpose."""


class SettingsError(DuhengError):
    """Wrong usage or a bad target file; ``faults`` holds all of them, each with its place."""

    def __init__(self, *faults: str) -> None:
        """Keep one or more faults, each a full sentence: what, where, what to do."""
        super().__init__("\n".join(faults))
        self.faults = faults


class LookFailed(DuhengError):  # noqa: N818 - it is an answer ("we could not look"), named as one
    """A look that did not come about; ``cause`` says why, ``detail`` in one plain sentence."""

    cause: Cause = "target"

    def __init__(self, detail: str) -> None:
        """Keep the plain sentence that the report prints."""
        super().__init__(detail)
        self.detail = detail


class TargetAway(LookFailed):
    """Refused, reset, unreachable, unresolvable."""


class TimedOut(LookFailed):
    """No whole answer within the deadline."""


class Throttled(LookFailed):
    """The platform asked us to wait longer than the deadline allows."""


class Garbage(LookFailed):
    """The answer is not what the protocol says."""


class NetworkDown(LookFailed):
    """Our own side has no way out."""

    cause: Cause = "network"


class NotPermitted(LookFailed):
    """The bounds of this run (production, not authorised, unlisted host) forbid the look."""

    cause: Cause = "permission"


class NotSet(LookFailed):
    """The target file, or the environment, lacks what the look needs."""

    cause: Cause = "settings"


class NotRecorded(LookFailed):
    """What only a standing record can tell was not recorded."""

    cause: Cause = "stale"


class Unprepared(LookFailed):
    """An earlier look, on which this one stands, did not come about."""

    def __init__(self, detail: str, *, cause: Cause) -> None:
        """Take over the cause of the earlier look."""
        super().__init__(detail)
        self.cause = cause


class EvidenceError(DuhengError):
    """A ledger, bundle or key that cannot be used as it is."""
