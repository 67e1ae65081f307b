"""Asks the host for its permission: the token file there, and its clock."""

from conformance.drilling.hand import Hand
from probes.clock import Clock
from probes.errors import Garbage, SettingsError
from probes.target import Target
from profiles.drills.token import Asked, Found, found, reading, token_faults


def permission(hand: Hand, target: Target, path: str, *, fault: str, lasts_s: float, clock: Clock) -> Found:
    """Return the token that permits a fault on a host.

    Raises:
        SettingsError: it does not; every reason at once.
        LookFailed: the host could not be asked.
    """
    answer = hand.run(reading(path))
    try:
        token = found(path, answer.text, began=answer.sent_at, ended=answer.ended_at)
    except ValueError:
        said = answer.ran.complaint() or "nothing"
        raise Garbage(f"{hand.host} does not say whether {path} is there (it said: {said})") from None
    asked = Asked(platform_id=target.platform.id, host=hand.host, fault=fault, now=clock.now(), lasts_s=lasts_s)
    if faults := tuple(token_faults(token, asked)):
        raise SettingsError(*faults)
    return token
