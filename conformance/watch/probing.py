"""One probe of one check: look, and say good, failed or unknown in a few words. Runs in a thread of its own."""

from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final
from urllib.parse import urljoin
from zoneinfo import ZoneInfo

from conformance.watch.buyer import Buyer
from conformance.watch.buying import FellShort, Way, leave, shop_shows_goods, walk
from conformance.watch.canaries import Canaries
from conformance.watch.checks import Answer, Check, shallower
from conformance.watch.confirm import Outcome
from conformance.watch.heard import Heard, HearingHttp
from conformance.watch.opening import Opening
from conformance.watch.ordering import Orders
from conformance.watch.pages import LONGEST_WHY, Seen
from probes.clock import Clock, Deadline
from probes.errors import EvidenceError, LookFailed, NetworkDown, NotPermitted, NotSet, Throttled
from probes.patience import Patience
from probes.redaction import Redactor
from probes.shop.credentials import Login
from probes.shop.shop import ScriptedShop
from probes.shop.trail import Trail
from probes.target import Target
from probes.target_keys import TABLES
from probes.transports.fresh import FreshHttp
from probes.transports.port import Request, Response

OWN_NETWORK: Final = "own network"
THROTTLED: Final = "throttled"
MOST_REDIRECTS: Final = 5
_REDIRECTS = range(300, 400)
_TOO_MANY_REQUESTS = 429
_NOT_OURS = (NotPermitted, NotSet)


@dataclass(frozen=True, slots=True)
class _Told:
    outcome: Outcome
    why: str


@dataclass(frozen=True, slots=True)
class _One:
    """What belongs to one probe: its deadline, what it heard, the secrets that it met."""

    deadline: Deadline
    heard: Heard
    redactor: Redactor


@dataclass(frozen=True, slots=True, kw_only=True)
class Prober:
    """Probes the checks of one target; safe to call from many threads.

    ``opening`` is None without an adapter; ``buyers`` holds one for each journey, by the name of its check.
    """

    target: Target
    clock: Clock
    canaries: Canaries
    opening: Opening | None
    buyers: Mapping[str, Buyer]
    orders: Orders
    _seen: Seen = field(init=False, default_factory=Seen)
    _zone: ZoneInfo = field(init=False)

    def __post_init__(self) -> None:
        """Keep the zone of the platform's days."""
        object.__setattr__(self, "_zone", ZoneInfo(self.target.platform.timezone))

    def __call__(self, check: Check, planned_ms: int) -> Answer:
        """Probe a check once, within its deadline."""
        began, began_s = self.clock.now(), self.clock.monotonic_s()
        check = self._as_far_as_allowed(check, began)
        one = _One(Deadline.after(self.clock, check.deadline_s), Heard(), Redactor())
        try:
            why: str | Exception | None = self._look(check, one)
        except (FellShort, LookFailed, EvidenceError) as error:
            why = error
        elapsed_s = self.clock.monotonic_s() - began_s
        told = self._told(why, one.heard)
        return Answer(
            check=check.name,
            planned_ms=planned_ms,
            started_ms=_ms(began),
            ended_ms=_ms(self.clock.now()),
            elapsed_ms=elapsed_s * 1000,
            outcome=told.outcome,
            why=one.redactor.text(" ".join(told.why.split()))[:LONGEST_WHY],
            depth=check.depth,
        )

    def _as_far_as_allowed(self, check: Check, now: datetime) -> Check:
        """Return the check as deep as this moment allows: nothing is written where the target file does not let us."""
        if check.depth != "page" and self.target.why_not_write(now) is not None:
            return shallower(check, "page")
        if check.places_orders and self.orders.left_today(self._day(now)) <= 0:
            return shallower(check, "checkout")
        return check

    def _day(self, now: datetime) -> str:
        return now.astimezone(self._zone).date().isoformat()

    def _look(self, check: Check, one: _One) -> str | None:
        if check.kind != "page":
            self._journey(check, one)
            return None
        why = self._page(check, one)
        if why is None and self.opening is not None and check.url == self.target.url("/"):
            shop = self.opening.shop(one.redactor, one.heard)
            with closing(shop.session("visitor", deadline=one.deadline)) as session:
                shop_shows_goods(session)
        return why

    def _page(self, check: Check, one: _One) -> str | None:
        http, url = HearingHttp(FreshHttp(self.target, self.clock, one.redactor), one.heard), check.url
        response = self._get(http, url, one.deadline)
        for _ in range(MOST_REDIRECTS):
            location = response.header("location")
            if response.status not in _REDIRECTS or not location:
                break
            url = urljoin(url, location)
            response = self._get(http, url, one.deadline)
        if response.status == _TOO_MANY_REQUESTS:
            raise Throttled(f"answered {response.status}")
        return self._seen.why_not_sound(response, check.shows)

    def _get(self, http: HearingHttp, url: str, deadline: Deadline) -> Response:
        return http.send(Request(method="GET", url=url), deadline=deadline)

    def _journey(self, check: Check, one: _One) -> None:
        assert self.opening is not None, "a journey needs an adapter; the target file was checked for it"
        opening, buyer = self.opening, self.buyers[check.name]

        def act(shop: ScriptedShop) -> None:
            self._walk(shop, check, buyer, one)

        def noted(trail: Trail) -> ScriptedShop:
            return opening.shop(one.redactor, one.heard, trail)

        if check.places_orders:
            self.orders.placing(self._day(self.clock.now()), noted, act)
        else:
            act(opening.shop(one.redactor, one.heard))

    def _walk(self, shop: ScriptedShop, check: Check, buyer: Buyer, one: _One) -> None:
        if check.depth == "page":
            with closing(shop.session("visitor", deadline=one.deadline)) as session:
                walk(session, self._way(check, buyer, None, one.deadline))
            return
        with buyer.cart:
            login = buyer.login(shop, one.redactor, one.heard, one.deadline)
            way = self._way(check, buyer, login, one.deadline)
            with closing(shop.session(buyer.who, deadline=one.deadline)) as session:
                try:
                    walk(session, way)
                except FellShort as short:
                    if str(short).startswith("log_in"):
                        buyer.refused()
                    raise
                leave(session, way)

    def _way(self, check: Check, buyer: Buyer, login: Login | None, deadline: Deadline) -> Way:
        settle_s = self.target.declared("payment", "settle_s") or TABLES["payment"].keys["settle_s"].default
        return Way(
            depth=check.depth,
            url=check.url,
            recipient=buyer.recipient,
            login=login,
            patience=Patience(settle_s=float(settle_s), deadline=deadline),
        )

    def _told(self, error: str | Exception | None, heard: Heard) -> _Told:
        """Return what a look tells: of the platform, of our network, or of nothing."""
        if error is None:
            return _Told("good", "")
        if not isinstance(error, LookFailed | EvidenceError):
            return self._failed(str(error), heard)
        if isinstance(error, EvidenceError):  # the trail cannot be written, so nothing was bought
            return _Told("unknown", str(error))
        if isinstance(error, NetworkDown):
            return _Told("unknown", OWN_NETWORK)
        if isinstance(error, _NOT_OURS) or error.cause in {"permission", "settings"}:
            return _Told("unknown", f"{error.cause}: {error.detail}")
        if heard.status == _TOO_MANY_REQUESTS:
            return _Told("unknown", THROTTLED)
        if heard.truncated:
            return _Told("unknown", "settings: an answer is longer than [limits] body_bytes allows to be read")
        return self._failed(error.detail, heard)

    def _failed(self, why: str, heard: Heard) -> _Told:
        """Return a failure, unless the platform gave no answer and no canary does either."""
        if heard.status is None and self.canaries.own_network_works() is False:
            return _Told("unknown", OWN_NETWORK)
        return _Told("failed", why)


def _ms(instant: datetime) -> int:
    return round(instant.timestamp() * 1000)
