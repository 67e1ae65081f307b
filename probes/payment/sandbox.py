"""The payment provider's sandbox as the target file declares it, and those who buy there: newcomers of this run."""

from dataclasses import dataclass
from typing import Any

from probes.cast import invented, registered
from probes.errors import NotSet, Unprepared
from probes.look import Look
from probes.patience import settle_s
from probes.redaction import Redactor
from probes.shop.credentials import Whereabouts, secret_at
from probes.shop.outcome import Done, Outcome
from probes.shop.session import ShopSession
from probes.target import Target


@dataclass(frozen=True, slots=True, kw_only=True)
class Sandbox:
    """Where the provider's API answers, the merchant's key for it (None: undeclared), and its patience."""

    provider: str
    key: str | None
    settle_s: float

    def ask(self, session: ShopSession, verb: str, **inputs: Any) -> Outcome:
        """Do one of the ``provider_`` verbs."""
        return session.do(verb, provider=self.provider, key=self.key, **inputs)


def declared_hosts(target: Target) -> tuple[str, ...]:
    """Return the provider's hosts; none where the target file declares none."""
    return tuple(target.declared("payment", "hosts") or ())


def sandbox_of(given: Look, *verbs: str) -> Sandbox:
    """Return the sandbox, where all that is needed is there.

    Raises:
        NotSet: the target file declares no sandbox or no host of it, or the adapter lacks one of the verbs.
    """
    if given.target.declared("payment", "sandbox") is not True:
        raise NotSet("[payment] does not say sandbox = true; no payment is started before it does")
    hosts = declared_hosts(given.target)
    if not hosts:
        raise NotSet("[payment] names no hosts; add the provider's, the one of its API first")
    lacking = [verb for verb in verbs if not given.scene.shop.can(verb)]
    if lacking:
        raise NotSet(f"the adapter describes no {' or '.join(lacking)} journey")
    return Sandbox(
        provider=f"https://{hosts[0]}",
        key=key_in(given.target, given.redactor),
        settle_s=settle_s(given.target, "payment"),
    )


def key_in(target: Target, redactor: Redactor) -> str | None:
    """Return the merchant's sandbox key, which the redactor learns first; None where the target file names none.

    Raises:
        NotSet: it is not where the target file says.
    """
    env, file = (target.declared("payment", name) for name in ("key_env", "key_file"))
    if env is None and file is None:
        return None
    path = target.path.parent / file if file else None
    return secret_at(Whereabouts(table="payment", key="key", env=env, file=path), redactor)


def newcomer(given: Look, number: int) -> ShopSession:
    """Register the run's n-th invented person and return their session, logged in; the caller closes it.

    Payments are made by newcomers: nothing that they leave disturbs the looks of the standing buyers.

    Raises:
        Unprepared: registering or logging in did not come about.
    """
    person, who = invented(given, number), f"payer_{number}"
    session = given.scene.shop.session(who, deadline=given.deadline)
    came = registered(given, session, person)
    entered = session.do("log_in", username=person.email, password=person.password)
    if not isinstance(entered, Done):
        session.close()
        first = came if not isinstance(came, Done) else entered
        raise Unprepared(f"a buyer of the sandbox could not be registered: {first.why}", cause="target")
    return session
