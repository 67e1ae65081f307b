"""A shop in business words: what probes ask for, and its one implementation, by an adapter's journeys."""

import threading
import time
from collections.abc import Callable, Mapping
from typing import Protocol

from probes.clock import Clock, Deadline
from probes.errors import NotSet
from probes.redaction import Redactor
from probes.shop.credentials import Login, password_of
from probes.shop.engine import Mail, Stage
from probes.shop.journey import Adapter
from probes.shop.session import ShopSession
from probes.shop.throttle import MAX_REPEATS
from probes.shop.trail import Trail
from probes.target import Target
from probes.transports.port import Http

VERB_S = 60.0
"""Seconds for one verb where no deadline is given."""


class Shop(Protocol):
    """What a probe may ask of a shop."""

    @property
    def adapter(self) -> Adapter:
        """How this shop is spoken to."""
        ...

    @property
    def pages(self) -> Mapping[str, str]:
        """The paths of named pages (``home``, ``login``, ``cart`` ...); of several paths the first."""
        ...

    @property
    def sensitive_paths(self) -> tuple[str, ...]:
        """The paths of pages with personal or payment data, and of forms for passwords."""
        ...

    def page_list(self, name: str) -> tuple[str, ...]:
        """Return all paths of a named page; none where the adapter does not name it."""
        ...

    def can(self, verb: str) -> bool:
        """Tell whether the adapter describes a verb."""
        ...

    def session(self, who: str, *, deadline: Deadline | None = None) -> ShopSession:
        """Return a fresh session, nobody's yet; ``who`` names it in evidence and trail."""
        ...


class ScriptedShop:
    """A shop spoken to by the journeys of its adapter; safe to share between threads, its sessions are not."""

    def __init__(
        self,
        *,
        adapter: Adapter,
        target: Target,
        redactor: Redactor,
        clock: Clock,
        open_http: Callable[[], Http],
        trail: Trail | None = None,
        mail: Mail | None = None,
        permit: Callable[[], str | None] | None = None,
        pause: Callable[[float], None] = time.sleep,
        repeats: int = MAX_REPEATS,
    ) -> None:
        """Keep what its sessions need.

        Args:
            adapter: the shop's journeys.
            target: whose base URL, listed hosts and bounds hold.
            redactor: learns passwords, tokens and secret outputs.
            clock: for deadlines and the trail.
            open_http: opens a transport with cookies of its own.
            trail: where made objects are noted; None notes nothing.
            mail: the harness's own mailbox, for shops that mail a token.
            permit: the reason why the run may not write, or None; by default what the target says at that moment.
            pause: how to wait when the shop throttles.
            repeats: how often a throttled request is sent again.
        """
        self.adapter = adapter
        self.trail = trail
        self.target = target
        self._redactor = redactor
        self._clock = clock
        self._open_http = open_http
        self._permit = permit or (lambda: target.why_not_write(clock.now()))
        self._lock = threading.Lock()
        self._logins: dict[str, list[Login]] = {}
        self._stage = Stage(
            adapter=adapter,
            base_url=target.platform.base_url,
            permits=target.permits,
            redactor=redactor,
            mail=mail,
            pause=pause,
            repeats=repeats,
        )

    @property
    def pages(self) -> Mapping[str, str]:
        """The paths of named pages; of several paths the first."""
        return {name: paths[0] for name, paths in self.adapter.pages.items() if paths}

    @property
    def sensitive_paths(self) -> tuple[str, ...]:
        """The paths of the pages that the adapter calls sensitive."""
        return tuple(path for name in self.adapter.sensitive for path in self.adapter.pages[name])

    def page_list(self, name: str) -> tuple[str, ...]:
        """Return all paths of a named page; none where the adapter does not name it."""
        return self.adapter.pages.get(name, ())

    def can(self, verb: str) -> bool:
        """Tell whether the adapter describes a verb (``empty_cart`` follows from ``remove_line``)."""
        described = self.adapter.describes
        return described(verb) or (verb == "empty_cart" and described("remove_line"))

    def session(self, who: str, *, deadline: Deadline | None = None) -> ShopSession:
        """Return a fresh session, nobody's yet; without a deadline each verb gets ``VERB_S`` seconds."""
        return ShopSession(
            who=who,
            stage=self._stage,
            http=self._open_http(),
            clock=self._clock,
            permit=self._permit,
            trail=self.trail,
            learn=self._learn,
            deadline=deadline,
            verb_s=VERB_S,
        )

    def declared_login(self, who: str) -> Login:
        """Return the login that the target file declares for a role.

        Raises:
            NotSet: it declares none, or the password is not where it says.
        """
        role = self.target.roles.get(who)
        if role is None:
            raise NotSet(f"the target file declares no [roles.{who}]")
        return Login(username=role.username, password=password_of(role, self._redactor))

    def remember(self, who: str, login: Login) -> None:
        """Know a login that worked in another process of this run, so that this one can clean up after it."""
        self._learn(who, login)

    def known_logins(self, who: str) -> tuple[Login, ...]:
        """Return the logins that worked for a role in this run, the latest first."""
        with self._lock:
            return tuple(reversed(self._logins.get(who, [])))

    def _learn(self, who: str, login: Login) -> None:
        with self._lock:
            known = self._logins.setdefault(who, [])
            if login not in known:
                known.append(login)
