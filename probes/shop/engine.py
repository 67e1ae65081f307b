"""The journey engine: walks the steps of a journey over an ``Http`` and tells what came of it.

The only part of the shop that does I/O; what is sent, met, denied or taken is decided by the pure modules beside it.
"""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Protocol
from urllib.parse import urlsplit

from probes.canonical import Frozen, freeze
from probes.clock import Deadline
from probes.errors import Garbage, NotSet, Throttled
from probes.redaction import SHORTEST_SECRET, Redactor
from probes.shop.answer import Answer, joined
from probes.shop.compose import Setting, Uncomposable, compose, redirected
from probes.shop.criteria import denied, first_unmet
from probes.shop.extract import Missing, Reading, extract, finished
from probes.shop.journey import ABSENT, Adapter, Extractor, Journey, MailTake, Step
from probes.shop.outcome import Broken, Denied, Done, Exchange, Outcome
from probes.shop.selecting import css, json_values
from probes.shop.templates import Unfilled, fill, fill_css, fill_pattern, given
from probes.shop.throttle import MAX_REPEATS, pause_s
from probes.transports.port import Http, Request, Response

_REDIRECTS = range(300, 400)
_LONGEST_WAY = 8


class Mail(Protocol):
    """The mailbox, as the engine needs it."""

    def wait(self, pattern: str, *, to: str, deadline: Deadline) -> str:
        """Return the pattern's first group in a message to the address.

        Raises:
            TimedOut: none came within the deadline.
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """What stays the same across the journeys on one shop.

    ``permits`` tells whether a URL's host is listed; ``pause`` sleeps for seconds (handed in, so that tests need not).
    ``repeats``: so often a request that is throttled is sent again; 0 where nobody waits politely, as under load.
    """

    adapter: Adapter
    base_url: str
    permits: Callable[[str], bool]
    redactor: Redactor
    mail: Mail | None = None
    pause: Callable[[float], None] = time.sleep
    repeats: int = MAX_REPEATS


@dataclass(slots=True)
class Memory:
    """What one session carries from journey to journey, besides the cookies in its ``Http``."""

    token: str | None = None


def run(
    journey: Journey,
    *,
    http: Http,
    inputs: Mapping[str, Any],
    deadline: Deadline,
    stage: Stage,
    memory: Memory | None = None,
) -> Outcome:
    """Walk a journey and return what came of it.

    Args:
        journey: what to do.
        http: the session to do it in.
        inputs: values for the journey's inputs; optional ones may be missing or None, further ones are ignored.
        deadline: by when all of it must be over.
        stage: the shop.
        memory: the session's bearer token; none needed for shops that use cookies alone.

    Raises:
        LookFailed: as ``Http.send`` does; ``Throttled`` where the shop asks for more patience than the deadline allows;
            ``Garbage`` where an answer is longer than is read; ``TimedOut`` where mail does not come; ``NotSet`` where
            mail is needed and no mailbox is set.
        TypeError: an input that the journey needs was not given (our bug).
    """
    lacking = [name for name in journey.inputs if inputs.get(name) is None]
    if lacking:
        raise TypeError(f"{journey.verb} needs {', '.join(lacking)}")
    known = {name: freeze(inputs.get(name)) for name in (*journey.inputs, *journey.optional_inputs)}
    walk = _Walk(journey=journey, http=http, values=known, deadline=deadline, stage=stage, memory=memory or Memory())
    return walk.outcome()


@dataclass(slots=True, kw_only=True)
class _Walk:
    """One walk through a journey: the values so far, the page that lies open, the exchanges made."""

    journey: Journey
    http: Http
    values: dict[str, Frozen]
    deadline: Deadline
    stage: Stage
    memory: Memory
    page: Answer | None = None
    exchanges: list[Exchange] = field(default_factory=list)

    def outcome(self) -> Outcome:
        """Walk the steps in order; stop at the first that is denied or broken and not optional."""
        for step in self.journey.steps:
            if self._skipped(step):
                self._default_outputs(step)
                continue
            stopped = self._step(step)
            if stopped is not None and not step.optional:
                return stopped
            if stopped is not None:
                self._default_outputs(step)
        return Done(verb=self.journey.verb, outputs=self._outputs(), exchanges=tuple(self.exchanges))

    def _skipped(self, step: Step) -> bool:
        if step.when is not None and not given(step.when, self.values):
            return True
        return step.unless is not None and given(step.unless, self.values)

    def _step(self, step: Step) -> Denied | Broken | None:
        try:
            request = compose(step, self._setting())
        except (Uncomposable, Unfilled) as error:
            return self._broken(step, str(error))
        before, answer = self.page, self._answer(step, request)
        self.page = answer
        self._remember_token(answer)
        unmet = first_unmet(step, answer, self.values)
        if denied(step.denial, answer, self.values):
            return self._refused(step, answer)
        if unmet is not None:
            self._refuse_what_is_not_followed(answer)
        if self._denied(step, answer, unmet):
            return self._refused(step, answer)
        if unmet is not None:
            self._refuse_a_circle(request, answer)
            return self._broken(step, f"expected {unmet}, got {self._told(step, before, answer)}")
        return self._take_outputs(step, answer)

    def _denied(self, step: Step, answer: Answer, unmet: str | None) -> bool:
        """Journey-wide and adapter-wide denial hold only where the step's own success was not asserted in vain."""
        if step.success and unmet is None:
            return False
        return denied((*self.journey.denial, *self.stage.adapter.denial), answer, self.values)

    def _take_outputs(self, step: Step, answer: Answer) -> Broken | None:
        for name, extractor in step.outputs.items():
            try:
                value = self._extract(extractor, answer)
            except Missing as missing:
                return self._broken(step, f"output {name}: expected {missing}, found none in {answer.told()}")
            except Unfilled as lacking:
                return self._broken(step, f"output {name}: {lacking}")
            if extractor.secret and isinstance(value, str) and len(value) >= SHORTEST_SECRET:
                self.stage.redactor.add(value)
            self.values[name] = value
        return None

    def _extract(self, extractor: Extractor, answer: Answer) -> Frozen:
        reading = self._reading()
        if not isinstance(extractor.take, MailTake):
            return extract(extractor, answer, reading)
        if self.stage.mail is None:
            raise NotSet("the shop mails a token, and the target file sets no [mailbox] listen to receive it")
        to = fill(extractor.take.to, self.values)
        found = self.stage.mail.wait(fill_pattern(extractor.take.pattern, self.values), to=to, deadline=self.deadline)
        return finished(extractor, (found,), "a message", reading)

    def _default_outputs(self, step: Step) -> None:
        """Give the outputs of a step that did not happen their defaults, so that later templates know them."""
        for name, extractor in step.outputs.items():
            if name not in self.values:
                default = extractor.default
                taken = None if default is ABSENT else finished(extractor, (), "", self._reading())
                self.values[name] = taken

    def _answer(self, step: Step, request: Request) -> Answer:
        """Send the request and follow as many redirects as the step allows, on listed hosts only."""
        hops: list[Response] = []
        while True:
            response = self._send(step, request)
            location = response.header("location")
            if response.status not in _REDIRECTS or not location or len(hops) >= step.follow:
                break
            if not self._listed(request.url, location):
                break
            hops.append(response)
            request = redirected(request, response.status, location)
        return Answer(response, hops=tuple(hops)) if hops else self.exchanges[-1].answer

    def _refuse_what_is_not_followed(self, answer: Answer) -> None:
        """Refuse to judge a page that our own list of hosts keeps us from.

        Raises:
            NotSet: the answer leads to a host that the target file does not list.
            Garbage: it leads to what is no address of a page.
        """
        location = answer.response.header("location")
        if answer.status not in _REDIRECTS or not location or self._listed(answer.url, location):
            return
        where, place = self.stage.redactor.url(answer.url), _place(joined(answer.url, location))
        if place is None:
            raise Garbage(f"{where} leads to what is no address of a page")
        raise NotSet(
            f"{where} leads to {place}, which the target file does not list; if it belongs to the platform, add it to "
            "[platform] hosts or correct base_url"
        )

    def _refuse_a_circle(self, request: Request, answer: Answer) -> None:
        """Follow a page that only leads elsewhere: where the way has no end, there is no page that could be judged.

        Raises:
            Garbage: the redirects lead back, or on and on.
        """
        url, seen = request.url, {request.url}
        response = answer.response
        while request.method == "GET" and response.status in _REDIRECTS:
            location = response.header("location")
            if not location or not self._listed(url, location):
                return
            url = joined(url, location) or url
            if url in seen or len(seen) > _LONGEST_WAY:
                raise Garbage(f"{self.stage.redactor.url(request.url)} leads into a circle of redirects")
            seen.add(url)
            response = self.http.send(Request(method="GET", url=url), deadline=self.deadline)

    def _send(self, step: Step, request: Request) -> Response:
        """Send one request; where the shop asks us to wait, wait and send it again, within the deadline."""
        for repeats in range(self.stage.repeats + 1):
            response = self.http.send(request, deadline=self.deadline)
            self.exchanges.append(self._exchange(step, request, response))
            pause = pause_s(response, repeats, self.deadline.clock.now())
            if response.truncated:  # what was not read may hold what is looked for
                raise Garbage(
                    f"{self._came(request, response)}: the answer is longer than [limits] body_bytes allows to be read"
                )
            if pause is None:
                return response
            where, left = self._came(request, response), self.deadline.remaining_s()
            if not self.stage.repeats:
                raise Throttled(f"{where}: the shop asks for patience")
            if pause >= left:
                raise Throttled(f"{where}: the shop asks for {pause:.0f} s more, {left:.0f} s are left")
            if repeats < self.stage.repeats:
                self.stage.pause(pause)
        raise Throttled(f"{where}: still throttled after {self.stage.repeats} repeats")

    def _came(self, request: Request, response: Response) -> str:
        return f"{request.method} {self.stage.redactor.url(request.url)} -> {response.status}"

    def _exchange(self, step: Step, request: Request, response: Response) -> Exchange:
        return Exchange(step_id=step.step_id, request=request, answer=Answer(response), redactor=self.stage.redactor)

    def _remember_token(self, answer: Answer) -> None:
        bearer = self.stage.adapter.session.bearer
        if bearer is None:
            return
        token = answer.response.header(bearer.header) if bearer.header else None
        if bearer.json and answer.json is not ABSENT:
            token = next((value for value in json_values(bearer.json, answer.json) if isinstance(value, str)), None)
        if token:
            self.memory.token = token
            if len(token) >= SHORTEST_SECRET:
                self.stage.redactor.add(token)

    def _told(self, step: Step, before: Answer | None, answer: Answer) -> str:
        """Return what came instead, in plain words."""
        told = self.stage.redactor.text(answer.told())
        if step.form and before is not None and answer.ok and css(fill_css(step.form, self.values), answer.document):
            return told + " with the form again"
        return told

    def _listed(self, base: str, location: str) -> bool:
        url = joined(base, location)
        try:
            return url is not None and self.stage.permits(url)
        except ValueError:  # a port that is no port
            return False

    def _refused(self, step: Step, answer: Answer) -> Denied:
        told = self.stage.redactor.text(answer.told())
        return Denied(
            verb=self.journey.verb,
            step_id=step.step_id,
            why=f"step {step.step_id}: denied by {told}",
            exchanges=tuple(self.exchanges),
        )

    def _broken(self, step: Step, why: str) -> Broken:
        return Broken(
            verb=self.journey.verb,
            step_id=step.step_id,
            why=self.stage.redactor.text(f"step {step.step_id}: {why}"),
            exchanges=tuple(self.exchanges),
        )

    def _outputs(self) -> Mapping[str, Frozen]:
        """Return the outputs of all steps but the secret ones."""
        names = {name for step in self.journey.steps for name, taken in step.outputs.items() if not taken.secret}
        return MappingProxyType({name: self.values[name] for name in names if name in self.values})

    def _setting(self) -> Setting:
        return Setting(
            base_url=self.stage.base_url,
            values=self.values,
            page=self.page,
            rules=self.stage.adapter.session,
            cookie=self.http.cookie,
            token=self.memory.token,
        )

    def _reading(self) -> Reading:
        adapter = self.stage.adapter
        return Reading(values=self.values, money=adapter.money, currency=adapter.currency, cookie=self.http.cookie)


def _place(url: str | None) -> str | None:
    """Return ``host`` or ``host:port`` of a page's address; None where it is none."""
    try:
        parts = urlsplit(url or "")
        parts.port  # noqa: B018 - a port that is no port is told by asking for it
    except ValueError:
        return None
    return parts.netloc.rpartition("@")[2] or None if parts.scheme in {"http", "https"} else None
