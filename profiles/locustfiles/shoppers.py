"""The file that Locust is started with: shoppers who walk the target's own journeys, by the plan's open model.

The target is the plan's own text of it, so that a worker on another machine needs no target file. Only buyers leave a
trail: nothing else that a shopper does outlasts the visit.
"""

import os
from contextlib import closing, suppress
from pathlib import Path
from typing import Final

import gevent
import locust

from probes.clock import Clock, Deadline, SystemClock
from probes.errors import EvidenceError, LookFailed, SettingsError
from probes.order import recipient
from probes.redaction import Redactor
from probes.shop.credentials import Login
from probes.shop.journey import Adapter
from probes.shop.opening import adapter_of
from probes.shop.outcome import Done
from probes.shop.person import invent_person
from probes.shop.session import ShopSession
from probes.shop.shop import ScriptedShop
from probes.shop.trail import PURCHASE, Trail
from probes.target import Target
from probes.target_file import target_of
from profiles import variables
from profiles.arrivals import Arrival, luck, orders_of
from profiles.locustfiles.accounts import Accounts, Orders
from profiles.locustfiles.going import Going
from profiles.locustfiles.http import LocustHttp
from profiles.locustfiles.journeys import JOURNEYS, goods_on
from profiles.locustfiles.places import Places
from profiles.locustfiles.reporting import open_model
from profiles.pacing import UNFINISHED, Visit, Walk
from profiles.passwords import derived_password
from profiles.plan import LoadPlan
from profiles.shoppers import SHOPPERS, Shopper
from profiles.trails import trail_path

TARGET_NAME: Final = "duheng.toml"
_REHEARSAL_S: Final = 10.0


def sync_beside(descriptor: int) -> None:
    """Put what was written on disk while the other shoppers go on."""
    gevent.get_hub().threadpool.apply(os.fsync, (descriptor,))


class Shoppers:
    """One worker's shoppers: each arrival gets a session of its own, and a buyer an account to itself."""

    def __init__(self, plan: LoadPlan, worker: int, workers: int, *, clock: Clock | None = None) -> None:  # noqa: ARG002
        """Read the target and its adapter out of the plan, and begin this worker's trail.

        Raises:
            SettingsError: target, adapter or the folder of trails cannot be used here, or the secret is not set.
        """
        self._plan = plan
        self._clock = clock or SystemClock()
        self._target = target_of(plan.target_toml, Path(plan.target_folder) / TARGET_NAME)
        self._adapter = _adapter(self._target)
        self._places = Places(self._target, self._clock)
        self._accounts = Accounts(plan.accounts_of(worker))
        self._orders = Orders(orders_of(plan, worker))
        self._secret = _secret(plan)
        self._requests = locust.events.request if os.environ.get(variables.WEB) else None
        sells_in = self._target.platform.currency or self._adapter.currency
        self._person = invent_person(plan.run_id, worker, country="CN" if sells_in == "CNY" else "GB")
        self._trail = _trail(trail_path(plan, worker), self._clock)
        self._carts_need_an_account = bool(self._accounts and plan.mix.get("cart")) and not self._guests_fill_carts()

    def enter(self, arrival: Arrival) -> Visit | None:
        """Let a shopper in; None where there is no free account, or no order left."""
        shopper = SHOPPERS[arrival.shopper]
        if not shopper.orders and not (shopper.writes and self._carts_need_an_account):
            return lambda walk: self._visit(walk, shopper)
        if shopper.orders and not self._orders.reserve():
            return None
        account = self._accounts.take() if self._accounts else None
        if account is None and self._accounts:
            if shopper.orders:
                self._orders.give_back()
            return None
        # Concurrent buyers go by names of their own: what is due stands before the order of the same name.
        name = f"guest_{arrival.number}" if account is None else f"buyer_{self._plan.accounts.index(account) + 1}"
        return lambda walk: self._with_a_cart(walk, shopper, name, account)

    def close(self) -> None:
        """Close the trail; everything in it that anybody waited for is on disk already."""
        self._trail.close()

    def _visit(self, walk: Walk, shopper: Shopper) -> None:
        account = self._accounts.begin_reading() if shopper.account and self._accounts else None
        try:
            go = self.going(walk, "visitor" if account is None else "buyer", account)
            try:
                JOURNEYS[shopper.name](go)
            finally:
                go.session.close()
        finally:
            if account is not None:
                self._accounts.end_reading(account)

    def _with_a_cart(self, walk: Walk, shopper: Shopper, who: str, account: str | None) -> None:
        go = self.going(walk, who, account, trail=self._trail if shopper.orders else None)
        go.untidy = account is not None and self._accounts.untidy(account)
        begun_ms, why = self._ms(), None
        if shopper.orders:
            walk.on_abandon = lambda: self._purchase(who, begun_ms, None, UNFINISHED)
        try:
            JOURNEYS[shopper.name](go)
        except LookFailed as failure:
            why = failure.detail
            raise
        finally:
            walk.on_abandon = None  # it is over, whatever the run says while what follows waits
            noted = walk.abandoned
            go.session.close()
            self._left(go, shopper, account)
            if shopper.orders and not noted and (go.bought or why is not None):
                self._purchase(who, begun_ms, go.bought, why)

    def _purchase(self, who: str, begun_ms: int, bought: bool | None, why: str | None) -> None:
        """Note how a purchase went; ``bought`` is None where the run was over before it was."""
        facts = {"begun_ms": begun_ms, "ended_ms": self._ms(), "bought": bought, "why": why}
        self._trail.append(who=who, kind=PURCHASE, id="", facts=facts)

    def _left(self, go: Going, shopper: Shopper, account: str | None) -> None:
        """Give back what the shopper had."""
        if shopper.orders and not go.tried:
            self._orders.give_back()
        if account is not None:
            if go.untidy:
                self._accounts.leave_untidy(account)
            self._accounts.give_back(account)

    def _guests_fill_carts(self) -> bool:
        """Try it before the run: some shops want people to log in first. Where it can't be told, the run will tell."""
        with closing(self._session("visitor", Redactor(), None)) as session, suppress(LookFailed):
            session.deadline = Deadline.after(self._clock, _REHEARSAL_S)
            for url in self._plan.product_urls or goods_on(session):
                article = session.do("read_product", url=url)
                if isinstance(article, Done) and article.outputs.get("ref"):
                    ref = article.outputs["ref"]
                    return isinstance(session.do("add_to_cart", url=url, ref=ref, quantity=1), Done)
        return True

    def going(self, walk: Walk, who: str, account: str | None, *, trail: Trail | None = None) -> Going:
        """Return a shopper under way, with a session of its own; whoever asks closes it."""
        redactor = Redactor()
        login = None
        if account is not None:
            login = Login(username=account, password=derived_password(self._secret, account))
            redactor.add(login.password)
        return Going(
            walk=walk,
            session=self._session(who, redactor, trail),
            plan=self._plan,
            chance=luck(self._plan, walk.arrival),
            recipient=recipient(self._person),
            login=login,
            trail=trail,
        )

    def _session(self, who: str, redactor: Redactor, trail: Trail | None) -> ShopSession:
        # The redactor learns each session's cookies, and the shop its logins: both end with the visit, else a long run
        # would fill the memory with them.
        shop = ScriptedShop(
            adapter=self._adapter,
            target=self._target,
            redactor=redactor,
            clock=self._clock,
            open_http=lambda: LocustHttp(self._places, redactor, self._requests),
            trail=trail,
            repeats=0,
        )
        return shop.session(who)

    def _ms(self) -> int:
        return round(self._clock.now().timestamp() * 1000)


def _adapter(target: Target) -> Adapter:
    adapter = adapter_of(target)
    if adapter is None:
        raise SettingsError("[platform] adapter: names none; load needs one, since its shoppers walk journeys")
    return adapter


def _secret(plan: LoadPlan) -> str:
    secret = os.environ.get(variables.SECRET, "")
    if not secret and plan.accounts:
        raise SettingsError(
            f"the environment variable {variables.SECRET} is not set; it is the run's, as told at its start"
        )
    return secret


def _trail(path: Path, clock: Clock) -> Trail:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        return Trail(path, clock, sync=sync_beside)
    except (EvidenceError, OSError) as error:
        raise SettingsError(f"the trail {path} cannot be written here: {error}") from error


Crowd = open_model(Shoppers)
