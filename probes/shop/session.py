"""One shopper's session: business verbs, their bounds, and what they leave on the trail."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from probes.clock import Clock, Deadline
from probes.errors import LookFailed, NotPermitted, NotSet
from probes.shop.answer import Answer
from probes.shop.credentials import Login
from probes.shop.engine import Memory, Stage, run
from probes.shop.journey import Journey, Step
from probes.shop.leading import led_by
from probes.shop.money import in_minor_units
from probes.shop.outcome import Broken, Denied, Done, Exchange, Outcome
from probes.shop.templates import shown
from probes.shop.trail import Trail
from probes.shop.verbs import VERBS, Verb
from probes.shop.words import Words
from probes.transports.port import Http, Request

_SECRET_INPUTS = frozenset({"password", "new_password"})
_CART = "cart"
"""What stands in it need not be on disk before the next step: it goes with its account or its order, which are."""

_IDENTITY = {
    "account": "email",
    "cart": "ref",
    "address": "line1",
    "goods": "name",
    "price": "url",
    "profile": "email",
    "return": "text",
    "stock": "url",
    "voucher": "name",
    "wish list": "name",
}
"""Which input names what a verb makes, where the shop gives it no number."""


class ShopSession(Words):
    """A session of its own: cookies, bearer token, and the last outcome. Not to be shared between threads."""

    def __init__(
        self,
        *,
        who: str,
        stage: Stage,
        http: Http,
        clock: Clock,
        permit: Callable[[], str | None],
        trail: Trail | None,
        learn: Callable[[str, Login], None],
        deadline: Deadline | None,
        verb_s: float,
    ) -> None:
        """Open the session of ``who``; see ``ScriptedShop.session``.

        Args:
            who: the role, as it stands in evidence and trail.
            stage: the shop.
            http: this session's own transport.
            clock: for deadlines.
            permit: the reason why the run may not write, or None where it may.
            trail: where made objects are noted.
            learn: told of each login that worked.
            deadline: by when everything must be over; None gives each verb ``verb_s`` seconds.
            verb_s: seconds for one verb.
        """
        self.who = who
        self.http = http
        self.deadline = deadline
        self.login: Login | None = None
        self.last: Outcome | None = None
        self._stage = stage
        self._clock = clock
        self._permit = permit
        self._trail = trail
        self._learn = learn
        self._verb_s = verb_s
        self._memory = Memory()

    def can(self, verb: str) -> bool:
        """Tell whether the adapter describes the verb, or whether it follows from others that it describes."""
        described = self._stage.adapter.journey(verb, self.who) is not None
        return described or (verb == "empty_cart" and self.can("remove_line"))

    def do(self, verb: str, **inputs: Any) -> Outcome:
        """Do a verb and return what came of it; what it made stands on the trail before this returns.

        Args:
            verb: a name of ``probes.shop.verbs.VERBS``.
            inputs: the verb's inputs by name.

        Raises:
            NotSet: the adapter does not describe the verb.
            NotPermitted: the verb writes, and this run may not.
            LookFailed: as ``probes.shop.engine.run``.
            TypeError: the verb is none, or has no such input (our bug).
        """
        known = VERBS.get(verb)
        if known is None:
            raise TypeError(f"{verb} is no business verb")
        strangers = sorted(set(inputs) - {*known.inputs, *known.optional})
        if strangers:
            raise TypeError(f"{verb} takes no {', '.join(strangers)}")
        self._may(known)
        journey = self._stage.adapter.journey(verb, self.who)
        if verb == "empty_cart" and journey is None and self.can(verb):
            return self._empty_by_line()
        if journey is None:
            raise NotSet(f"the adapter {self._stage.adapter.name} describes no {verb} journey")
        return self._walk(known, journey, inputs)

    def by_hand(self, verb: str, inputs: Mapping[str, Any], act: Callable[[], Outcome]) -> Outcome:
        """Do a verb by other means than its journey (a person's acts in a browser); bounds and trail as in ``do``.

        Raises:
            NotPermitted: the verb writes, and this run may not.
            LookFailed: as the act.
        """
        known = VERBS[verb]
        self._may(known)
        return self._noted(known, inputs, {}, act)

    def led_by(self, verb: str, name: str) -> frozenset[str]:
        """Return the ids of a verb's steps that are about what its input ``name`` names; none where it has no such."""
        journey = self._stage.adapter.journey(verb, self.who)
        return led_by(journey, name) if journey is not None and name else frozenset()

    def visit(self, path: str, *, follow: int = 0) -> Outcome:
        """Open one page as this session; success is a page with something on it, denial what the adapter calls so."""
        step = Step(step_id="visit", path=path, follow=follow)
        return self._run(Journey(verb="visit", steps=(step,)), {})

    def proofs(self) -> tuple[Mapping[str, str], tuple[tuple[str, str], ...]]:
        """Return by what this session proves who it is, beside its cookies: form fields by name, and header pairs."""
        rules = self._stage.adapter.session
        token = self.http.cookie(rules.csrf.cookie) if rules.csrf.cookie else None
        fields = {rules.csrf.field: token} if rules.csrf.field and token else {}
        headers = [(rules.csrf.header, token)] if rules.csrf.header and token else []
        if rules.bearer is not None and self._memory.token is not None:
            headers.append((rules.bearer.send, f"{rules.bearer.scheme} {self._memory.token}".strip()))
        return fields, tuple(headers)

    def send_as_own(self, request: Request) -> Exchange:
        """Send a request that was composed elsewhere, as this session; follows no redirect.

        Raises:
            NotPermitted: this run may not write.
            LookFailed: as ``Http.send``.
        """
        reason = self._permit()
        if reason is not None:
            raise NotPermitted(f"sending {request.method} would change the platform: {reason}")
        response = self.http.send(request, deadline=self.deadline or Deadline.after(self._clock, self._verb_s))
        return Exchange(step_id="again", request=request, answer=Answer(response), redactor=self._stage.redactor)

    def last_text(self) -> str:
        """Return the visible text of the last answer; empty before the first."""
        return self.last.exchanges[-1].text if self.last and self.last.exchanges else ""

    @contextmanager
    def through(self, wrap: Callable[[Http], Http]) -> Iterator[Http]:
        """Send everything through a wrapped transport for a while (to alter requests); cookies stay the session's."""
        inner = self.http
        self.http = wrap(inner)
        try:
            yield self.http
        finally:
            self.http = inner

    @property
    def token(self) -> str | None:
        """The bearer token that this session carries; None where the shop gave none."""
        return self._memory.token

    def carry(self, token: str | None) -> None:
        """Carry this bearer token from now on: one kept from another session, a guessed one, or none."""
        self._memory.token = token

    @contextmanager
    def rehearsing(self, wrap: Callable[[Http], Http]) -> Iterator[Http]:
        """Send through a transport that lets nothing out that writes: nothing is made, so nothing is noted."""
        trail, self._trail = self._trail, None
        try:
            with self.through(wrap) as http:
                yield http
        finally:
            self._trail = trail

    def close(self) -> None:
        """Close the connections."""
        self.http.close()

    def _may(self, verb: Verb) -> None:
        reason = self._permit() if verb.writes else None
        if reason is not None:
            raise NotPermitted(f"{verb.name} would change the platform: {reason}")

    def _walk(self, verb: Verb, journey: Journey, inputs: Mapping[str, Any]) -> Outcome:
        before = self._price_before(inputs) if verb.makes == "price" else {}
        return self._noted(verb, inputs, before, lambda: self._run(journey, self._as_the_shop_writes(verb, inputs)))

    def _noted(
        self, verb: Verb, inputs: Mapping[str, Any], before: Mapping[str, Any], act: Callable[[], Outcome]
    ) -> Outcome:
        try:
            outcome = act()
        except BaseException as ended:
            # Broken off, be it by the end of the process: it may have been made.
            if isinstance(ended, LookFailed) or not isinstance(ended, Exception):
                self._note(verb, inputs, before, outcome=None)
            raise
        self._note(verb, inputs, before, outcome=outcome)
        self._learn_from(verb.name, inputs, outcome)
        return outcome

    def _run(self, journey: Journey, inputs: Mapping[str, Any]) -> Outcome:
        deadline = self.deadline or Deadline.after(self._clock, self._verb_s)
        self.last = None
        self.last = run(
            journey, http=self.http, inputs=inputs, deadline=deadline, stage=self._stage, memory=self._memory
        )
        return self.last

    def _note(
        self, verb: Verb, inputs: Mapping[str, Any], before: Mapping[str, Any], *, outcome: Outcome | None
    ) -> None:
        """Note on the trail what a verb made; where it broke off half-way, that it may have made it."""
        if self._trail is None or verb.makes is None or isinstance(outcome, Denied):
            return
        outputs = outcome.outputs if isinstance(outcome, Done) else {}
        name = outputs.get("number") or inputs.get(_IDENTITY.get(verb.makes, ""))
        facts = {key: shown(value) for key, value in inputs.items() if value is not None and key not in _SECRET_INPUTS}
        account = {"account": self.login.username} if self.login else {}
        redactor = self._stage.redactor
        self._trail.append(
            who=self.who,
            kind=verb.makes,
            id=redactor.text("" if name is None else shown(name)),
            facts=redactor.json({**facts, **before, **account}),
            acknowledged=isinstance(outcome, Done),
            wait=verb.makes != _CART,
        )

    def _learn_from(self, verb: str, inputs: Mapping[str, Any], outcome: Outcome) -> None:
        """Remember in memory who this session is, so that the run can clean up after itself."""
        if not isinstance(outcome, Done):
            return
        match verb:
            case "register" | "log_in":
                name = str(inputs["email"] if verb == "register" else inputs["username"])
                self.login = Login(username=name, password=str(inputs["password"]))
            case "change_profile" if self.login is not None and inputs.get("email"):
                account = self.login.account or self.login.username
                self.login = Login(username=str(inputs["email"]), password=self.login.password, account=account)
            case "change_password" if self.login is not None:
                self.login = Login(
                    username=self.login.username, password=str(inputs["new_password"]), account=self.login.account
                )
            case "log_out":
                self.login = None
                self._memory.token = None
            case _:
                return
        if self.login is not None:
            self._learn(self.who, self.login)

    def _as_the_shop_writes(self, verb: Verb, inputs: Mapping[str, Any]) -> Mapping[str, Any]:
        """Return the inputs with sums of money in minor units, where that is how the shop writes them."""
        adapter = self._stage.adapter
        sums = [name for name in verb.money if adapter.money == "minor" and inputs.get(name) is not None]
        return {**inputs, **{name: in_minor_units(str(inputs[name]), adapter.currency) for name in sums}}

    def _price_before(self, inputs: Mapping[str, Any]) -> Mapping[str, Any]:
        """Return the price that a change will overwrite, so that it can be set back."""
        journey = self._stage.adapter.journey("read_product", self.who)
        outcome = self._run(journey, {"url": inputs["url"]}) if journey else None
        price = outcome.outputs.get("price") if isinstance(outcome, Done) else None
        amount = price.get("amount") if isinstance(price, Mapping) else None
        return {} if amount is None else {"was": amount}

    def _empty_by_line(self) -> Outcome:
        """Empty the cart line by line, reading it anew each time (keys may move up)."""
        lines: int | None = None
        while True:
            read = self.do("read_cart")
            if not isinstance(read, Done):
                return read
            found = len(read.outputs["lines"])
            if not found:
                return Done(verb="empty_cart", outputs={}, exchanges=read.exchanges)
            if lines is not None and found >= lines:
                why = f"step empty_cart: {found} lines are left after one was removed of {lines}"
                return Broken(verb="empty_cart", step_id="empty_cart", why=why, exchanges=read.exchanges)
            lines = found
            removed = self.do("remove_line", key=read.outputs["lines"][0]["key"])
            if not isinstance(removed, Done):
                return removed
