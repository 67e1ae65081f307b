"""``browser.walk``: what does a buyer's browser tell third parties on the way from the front page to the order?

Subject: ``buyer``. A real browser registers a person invented for this look, logs in, browses, fills the cart, checks
out, orders, and reads order and account, by the acts that the adapter's journeys describe, or its ``[walk]`` where the
pages are made by scripts. Nothing is sent to a host that the target file does not list: such requests are noted and
stopped. Data::

    {"browser": "chromium 156.0...", "executable": name,
     "steps": [{"step": verb, "done": told | null, "why": str}],     in order; ``told`` without outputs
     "pages": [{"step", "path", "status", "title"}],
     "own_requests": int, "stopped": int,                            requests; the stopped ones to other origins
     "canaries": [kind],                                             that the walk had in hand
     "origins": [{"origin", "party": "third|processor|payment", "requests", "scripts"}],   code not run
     "hits": [{"step", "method", "origin", "party", "path", "kind", "where", "canary", "encoding"}],
     "unread": [{"step", "origin", "path"}]}                         bodies that could not be read

``where`` is host, path, query, ``header NAME`` or body. No value of a canary stands in it: paths and parameters are
told by their shape. The attachment is the log of all foreign requests, in the same words.
"""

import json
from pathlib import PurePath
from typing import TYPE_CHECKING, Any

from probes.browser.canaries import Canary, of_order, of_person
from probes.browser.chromium import executable, opened
from probes.browser.disclosure import Exempt, hits, path_shape, summary
from probes.browser.disclosure import told as told_request
from probes.browser.hands import Hands
from probes.browser.paging import BrowserHttp
from probes.browser.watch import Watch
from probes.cast import invented
from probes.errors import LookFailed, NotSet
from probes.goods import Goods, offered
from probes.look import Look, Probe, Seen
from probes.order import order_number, recipient
from probes.order_budget import may_order
from probes.shop.outcome import Done, Outcome
from probes.shop.person import Person
from probes.shop.session import ShopSession
from probes.target import Target
from probes.telling import told
from probes.transports.visitor import user_agent

if TYPE_CHECKING:
    from playwright.sync_api import Browser

WHO = "browser_buyer"
PERSON = 40
PIECES = 3
"""Of one article, so that what the order costs is no price that stands on a page."""

_LOCALES = {"CNY": "zh-CN", "GBP": "en-GB"}


class Walk:
    """One walk under way: the session that drives the browser, and what came of each step.

    ``hands`` are there where the adapter has a ``[walk]``; else the session's journeys are walked.
    """

    def __init__(self, session: ShopSession, http: BrowserHttp, watch: Watch, hands: Hands | None) -> None:
        """Start at the front door."""
        self.session, self.http, self.watch, self.hands = session, http, watch, hands
        self.steps: list[dict[str, Any]] = []

    def do(self, verb: str, **inputs: Any) -> Outcome | None:
        """Do one verb in the browser; None where the adapter has no such journey or the look failed."""
        self.watch.step = verb
        if not (self.hands or self.session).can(verb):
            self.steps.append({"step": verb, "done": None, "why": "the adapter describes no such journey"})
            return None
        try:
            outcome = self._done(verb, inputs)
        except NotSet:
            raise
        except LookFailed as failed:
            self.steps.append({"step": verb, "done": None, "why": failed.detail})
            return None
        record = told(outcome, WHO, outputs=False)
        self.steps.append({"step": verb, "done": record, "why": record.get("why", "")})
        return outcome

    def forget(self) -> None:
        """Be nobody again: many shops log the new member in at once; a log-in form shows to visitors only."""
        if self.hands:
            self.http.start_over()
        else:
            self.http.forget()

    def _done(self, verb: str, inputs: dict[str, Any]) -> Outcome:
        hands = self.hands
        if hands is None:
            return self.session.do(verb, **inputs)
        return self.session.by_hand(verb, inputs, lambda: hands.do(verb, inputs))


def look(given: Look) -> Seen:
    """Walk the buying journey in a browser and note what it asks of foreign origins."""
    if given.target.declared("browser", "walk") is False:
        raise NotSet("[browser] walk = false: the browser walk is switched off in the target file")
    missing = [verb for verb in ("register", "log_in", "confirm_order") if not given.scene.shop.can(verb)]
    if missing and not given.scene.shop.adapter.walk:
        raise NotSet(f"the adapter describes no {', '.join(missing)} journey")
    may_order(given, PROBE.name)
    goods = offered(given, 1)[0]
    person = invented(given, PERSON)
    given.redactor.add(person.password)
    with opened(given) as browser:
        walk, order = _walked(given, browser, goods, person)
        version = f"{browser.browser_type.name} {browser.version}"
    return _seen(given, walk, version, _canaries(person, order))


def _walked(given: Look, browser: "Browser", goods: Goods, person: Person) -> tuple[Walk, dict[str, str | None]]:
    context = browser.new_context(
        locale=_LOCALES.get(given.scene.shop.adapter.currency or "", "en-GB"),
        user_agent=f"{_like_chrome(browser.version)} {user_agent()}",
        ignore_https_errors=False,
        service_workers="block",  # what one sends is told to nobody; without it the page sends the same itself
    )
    watch = Watch(context, given.target)
    accept = given.target.declared("browser", "accept")
    session = given.scene.shop.session(WHO, deadline=given.deadline)
    http = BrowserHttp(context, watch, given.redactor, None if accept is None else str(accept))
    walk = Walk(session, http, watch, _hands(given, http))
    with session.through(lambda _: http):
        order = _buy(walk, goods, person)
    watch.step = "leave"
    session.close()
    context.close()
    return walk, order


def _hands(given: Look, http: BrowserHttp) -> Hands | None:
    adapter = given.scene.shop.adapter
    if not adapter.walk:
        return None
    return Hands(
        http, adapter, base_url=given.target.platform.base_url, redactor=given.redactor, deadline=given.deadline
    )


def _buy(walk: Walk, goods: Goods, person: Person) -> dict[str, str | None]:
    """Go the whole way; return number and total of the order, None where it did not come about."""
    order: dict[str, str | None] = {"number": None, "amount": None}
    for verb in ("home", "list_products"):
        walk.do(verb)
    walk.do("read_product", url=goods.url)
    walk.do(
        "register",
        email=person.email,
        password=person.password,
        first_name=person.first_name,
        last_name=person.last_name,
        phone=person.phone,
    )
    walk.forget()
    if not isinstance(walk.do("log_in", username=person.email, password=person.password), Done):
        return order
    walk.do("who_am_i")
    walk.do("add_to_cart", url=goods.url, ref=goods.ref, quantity=PIECES)
    walk.do("read_cart")
    preview = walk.do("check_out", **recipient(person))
    if isinstance(preview, Done):
        order["amount"] = _amount(preview.outputs.get("grand_total"))
        confirmed = walk.do("confirm_order")
        order["number"] = None if confirmed is None else order_number(confirmed)
    if order["number"] is not None:
        walk.do("list_orders")
        read = walk.do("read_order", number=order["number"])
        total = _amount(read.outputs.get("total")) if isinstance(read, Done) else None
        order["amount"] = total or order["amount"]
    for verb in ("read_profile", "list_addresses", "home"):
        walk.do(verb)
    return order


def _amount(money: Any) -> str | None:
    amount = money.get("amount") if hasattr(money, "get") else None
    return None if amount is None else str(amount)


def _canaries(person: Person, order: dict[str, str | None]) -> list[Canary]:
    personal = of_person(
        first_name=person.first_name,
        last_name=person.last_name,
        email=person.email,
        phone=person.phone,
        line1=person.line1,
        country=person.country,
    )
    return [*personal, *of_order(number=order["number"], amount=order["amount"])]


def _seen(given: Look, walk: Walk, version: str, canaries: list[Canary]) -> Seen:
    exempt = exempt_of(given.target)
    log, found_hits = [], []
    for request in walk.watch.foreign:
        entry = told_request(request, hits(request, canaries), exempt.party(request.origin))
        log.append(entry)
        shown = {name: entry[name] for name in ("step", "method", "origin", "party", "path", "kind")}
        found_hits += [shown | hit for hit in entry["hits"]]
    program = executable(given.target)
    data = {
        "browser": version,
        "executable": PurePath(program).name if program else "Playwright's own",
        "steps": walk.steps,
        "pages": [
            {"step": page.step, "path": path_shape(page.path), "status": page.status, "title": page.title}
            for page in walk.http.visited
        ],
        "own_requests": walk.watch.own_requests,
        "stopped": walk.watch.stopped,
        "canaries": sorted({canary.kind for canary in canaries}),
        "origins": summary(log),
        "hits": _once(found_hits),
        "unread": [
            {"step": request.step, "origin": request.origin, "path": entry["path"], "party": entry["party"]}
            for request, entry in zip(walk.watch.foreign, log, strict=True)
            if not request.bodied
        ],
    }
    written = json.dumps(given.redactor.json({"log": log}), ensure_ascii=False, sort_keys=True, indent=1)
    return Seen(data=data, attachments=(written.encode(),))


def _once(found: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return list({json.dumps(hit, sort_keys=True): hit for hit in found}.values())


def exempt_of(target: Target) -> Exempt:
    """Return the origins that the target file names as processors, and the hosts of its payment provider."""
    processors = target.declared("processors") or ()
    payment = target.declared("payment", "hosts") or ()
    return Exempt(
        processors=frozenset(str(entry["origin"]).rstrip("/").lower() for entry in processors),
        payment=frozenset(str(host).lower() for host in payment),
    )


def _like_chrome(version: str) -> str:
    """Return the name of an ordinary Chrome: scripts that hold back before a headless one would fool the walk."""
    major = version.partition(".")[0]
    return f"Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/{major}.0.0.0 Safari/537.36"


def subjects(target: Target) -> tuple[str, ...]:
    """One buyer in one browser."""
    return ("buyer",) if target.platform.adapter else ()


PROBE = Probe(
    name="browser.walk",
    version="1",
    look=look,
    subjects=subjects,
    deadline_s=240,
    after=("shop.catalogue",),
    writes=True,
)
