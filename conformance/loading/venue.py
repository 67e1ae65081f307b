"""The shop as the run's own process sees it: before the load to make accounts, after it to read back and clean up."""

import platform as machine
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from probes.clock import Clock, Deadline, rfc3339
from probes.errors import NotSet, Unprepared
from probes.observation import Header
from probes.redaction import Redactor
from probes.shop.credentials import Login
from probes.shop.journey import Adapter
from probes.shop.opening import opened_shop
from probes.shop.outcome import Done
from probes.shop.session import ShopSession
from probes.shop.shop import ScriptedShop
from probes.shop.trail import Trail
from probes.target import Target
from probes.transports.http import RequestsHttp
from profiles.passwords import derived_password

WHO = "load"
"""Who makes accounts, reads orders back, and cleans up."""

OPERATOR = "operator"

Given = TypeVar("Given")
Came = TypeVar("Came")


@dataclass(frozen=True, slots=True, kw_only=True)
class Venue:
    """One shop during one run; safe to share between threads, its sessions are not.

    ``tidied`` is set once somebody has begun to take away what stands on ``trail``.
    """

    target: Target
    shop: ScriptedShop
    clock: Clock
    redactor: Redactor
    run_id: str
    secret: str = field(repr=False)
    trail: Trail
    tidied: threading.Event = field(default_factory=threading.Event)

    def login(self, username: str) -> Login:
        """Return how an account of this run logs in."""
        password = derived_password(self.secret, username)
        self.redactor.add(password)
        return Login(username=username, password=password)

    @contextmanager
    def as_buyer(self, username: str, deadline: Deadline) -> Iterator[ShopSession]:
        """Give a session that is logged in as an account of this run.

        Raises:
            LookFailed: the shop could not be asked, or did not let it in.
        """
        with self._inside(WHO, self.login(username), deadline) as session:
            yield session

    @contextmanager
    def as_operator(self, deadline: Deadline) -> Iterator[ShopSession]:
        """Give a session that is logged in as the declared operator.

        Raises:
            NotSet: none is declared.
            LookFailed: the shop could not be asked, or did not let the operator in.
        """
        with self._inside(OPERATOR, self.shop.declared_login(OPERATOR), deadline) as session:
            yield session

    @contextmanager
    def _inside(self, who: str, login: Login, deadline: Deadline) -> Iterator[ShopSession]:
        with closing(self.shop.session(who, deadline=deadline)) as session:
            came = session.do("log_in", username=login.username, password=login.password)
            if not isinstance(came, Done):
                raise Unprepared(f"{login.username} could not log in: {came.why}", cause="target")
            yield session

    def side_by_side(self, act: Callable[[Given], Came], given: Sequence[Given]) -> tuple[Came, ...]:
        """Do something for each, as many at once as ``[limits] workers`` says; return what came, in their order."""
        with ThreadPoolExecutor(max_workers=self.target.limits.workers, thread_name_prefix="load") as pool:
            return tuple(pool.map(act, given))

    def within(self, seconds: float) -> Deadline:
        """Return the deadline so many seconds from now."""
        return Deadline.after(self.clock, seconds)


@contextmanager
def opened(
    target: Target, adapter: Adapter, *, clock: Clock, redactor: Redactor, run_id: str, secret: str, trail: Trail
) -> Iterator[Venue]:
    """Open the shop; what is made in it stands on ``trail``.

    Raises:
        NotSet: the mailbox cannot listen.
    """
    redactor.add(secret)

    def open_http() -> RequestsHttp:
        return RequestsHttp(target, clock, redactor)

    with opened_shop(target, adapter, redactor=redactor, clock=clock, trail=trail, open_http=open_http) as shop:
        if shop is None:
            raise NotSet("the target file names no adapter")
        yield Venue(target=target, shop=shop, clock=clock, redactor=redactor, run_id=run_id, secret=secret, trail=trail)


def header(target: Target, clock: Clock, *, run_id: str, subject: str) -> Header:
    """Return the header of what a run tells, observed now."""
    return Header(
        platform_id=target.platform.id,
        kind="load.run",
        subject=subject,
        observed_at=rfc3339(clock.now()),
        clock_offset_s=clock.offset_s,
        vantage=machine.node(),
        probe_version="1",
        run_id=run_id,
    )


def trail_at(path: Path, clock: Clock) -> Trail:
    """Open a trail, whose folder is made where it is not there.

    Raises:
        EvidenceError: it cannot be written, or was altered.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    return Trail(path, clock)
