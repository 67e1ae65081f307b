"""``interface.KIND``: one authorised round trip on the documented operations, and the same calls without leave.

Subject: the kind (``stock``). The adapter's journeys ``interface_KIND_read`` and ``interface_KIND_act`` are walked with
the API client's credentials; then with none, and with credentials of the same form that nobody was given; then the read
once more with the right ones. Data (``trip`` is ``told`` with ``status``, that of the last answer)::

    {"about": {...inputs},
     "rounds": [{"before": trip | null, "act": trip | null, "mark": str, "after": trip,
                 "waited": int}],                 two if need be; rounds of waiting until the effect showed
     "control": trip | null,                       the read about something else (see ``facts``), with ``same``: whether
                                                   its state is that of the read, but for what was asked about; its
                                                   outputs where it is about a day or a person
     "refusals": [{"who": "nobody|stranger", "verb": "read|act", "mark": str | null, "made": str | null,
                   "outcome", "status": int | null, "carries": bool, "requests": [...],
                   "read_back": trip | null}],      with leave, after an act: of what it gave, else of what it was about
     "again": trip,
     "calls": [{"role", "operation", "status", "fit": "fits|unlike|none|unusable", "why"}]}   authorised, on operations

``carries`` tells whether the answer held data of the authorised one: the state that the journey takes, in the same
form, or a value of it which was not in the request. A status says nothing of that.

Effects may show late: they are read again within ``[api] settle_s``, and what calls without leave did is read as late,
and a little later, as the effect of the call with leave showed.
"""

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from types import MappingProxyType
from typing import Any

from probes.errors import NotSet
from probes.interfaces.api_key import ApiKey, Recording, another, key_of, showing
from probes.interfaces.described import Description, Operation
from probes.interfaces.description import api_of, declared_operations
from probes.interfaces.facts import Facts, facts_of, none_like
from probes.interfaces.kinds import KINDS, Kind
from probes.interfaces.leak import carries, same_but_for
from probes.interfaces.reading import source_of
from probes.interfaces.schema import fitting
from probes.look import Look, Probe, Seen
from probes.patience import Patience, settle_s
from probes.shop.answer import Answer
from probes.shop.compose import origin
from probes.shop.journey import ABSENT
from probes.shop.outcome import Done, Outcome
from probes.shop.session import ShopSession
from probes.telling import told

_AFTER = ("shop.register", "shop.catalogue", "shop.order", "interface.description")
_S = 90.0
_NOT_YET = frozenset({404, 410, 425})
"""Answers that may become others once what was acknowledged has been worked off."""


@dataclass(slots=True, kw_only=True)
class _Client:
    """Who calls: a session, the operations that it should call, and which of them it did."""

    kind: Kind
    key: ApiKey
    session: ShopSession
    origins: frozenset[str]
    api: Description
    operations: Mapping[str, Operation]
    patience: Patience
    calls: list[dict[str, Any]] = field(default_factory=list)

    def do(self, role: str, key: ApiKey | None, inputs: Mapping[str, Any], *, note: bool = True) -> Outcome:
        """Walk the journey that reads or acts, showing a key or none."""
        verb = self.kind.reads if role == "read" else self.kind.act
        with showing(self.session, key, self.origins) as recording:
            outcome = self.session.do(verb, **inputs)
        if note:
            self._note(role, recording)
        return outcome

    def _note(self, role: str, recording: Recording) -> None:
        operation = self.operations[role]
        for request, response in recording.calls:
            if not self.api.serves(operation, request.method, request.url, request.body or b""):
                continue
            body = Answer(response).json
            call = {"role": role, "operation": operation.shown, "status": response.status}
            if body is ABSENT or self.api.style != "openapi":
                call |= {"fit": "none", "why": ""}
            else:
                fit = fitting(self.api, operation, response.status, body)
                call |= {"fit": fit.fit, "why": fit.why}
            if call not in self.calls:
                self.calls.append(call)


def look(given: Look, kind: Kind) -> Seen:
    """Make the round trip, try it without leave, and make sure that it still works."""
    client = _client(given, kind)
    key, facts = client.key, facts_of(given, kind)
    rounds = [_round(client, facts)]
    if kind.about == "stock" and _gone_up(rounds[0]) != 1:
        rounds.append(_round(client, facts))  # somebody may have bought one just then
    if facts.otherwise is not None and str(_state(rounds[0].after)) == "0":
        facts = Facts(inputs=facts.otherwise, control=facts.control)
        rounds.append(_round(client, facts))
    last = rounds[-1]
    asked = {**facts.inputs, "made": last.made, "mark": last.mark, "known": last.known}
    refusals = []
    control = None
    if isinstance(last.after, Done):
        control = _control(client, facts, last)
        for who, shown in (("nobody", None), ("stranger", another(key, given))):
            refusals += _refused(client, who, shown, asked, last)
    again = client.do("read", key, asked, note=False)
    client.session.close()
    return Seen(
        data={
            "about": dict(facts.inputs),
            "rounds": [each.record() for each in rounds],
            "control": control,
            "refusals": refusals,
            "again": _trip(again),
            "calls": client.calls,
        }
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Round:
    before: Outcome | None
    act: Outcome | None
    mark: str
    after: Outcome
    waited: int = 0

    @property
    def made(self) -> str | None:
        return _made(self.act)

    @property
    def known(self) -> Any:
        """What the journeys looked up on their way, for who is refused."""
        found = [each.outputs.get("known") for each in (self.act, self.after) if isinstance(each, Done)]
        return next((each for each in found if each is not None), None)

    def record(self) -> dict[str, Any]:
        before, act = (None if each is None else _trip(each) for each in (self.before, self.act))
        return {"before": before, "act": act, "mark": self.mark, "after": _trip(self.after), "waited": self.waited}


def _round(client: _Client, facts: Facts) -> _Round:
    mark, key = _mark(), client.key
    if not client.kind.acts:
        after, waited = _settled(client, lambda: client.do("read", key, facts.inputs), lambda state: str(state) != "0")
        return _Round(before=None, act=None, mark=mark, after=after, waited=waited)
    before = None if client.kind.about == "made" else client.do("read", key, facts.inputs)
    act = client.do("act", key, {**facts.inputs, "mark": mark, "level": _one_more(before)})
    if not isinstance(act, Done):
        return _Round(before=before, act=act, mark=mark, after=act)
    asked = {**facts.inputs, "mark": mark, "made": act.outputs.get("made")}
    shows = {
        "person": lambda state: mark in str(state),
        "stock": lambda state: before is None or state != _state(before),
    }.get(client.kind.about, lambda _: True)
    after, waited = _settled(client, lambda: client.do("read", key, asked), shows)
    return _Round(before=before, act=act, mark=mark, after=after, waited=waited)


def _settled(client: _Client, read: Callable[[], Outcome], shows: Callable[[Any], bool]) -> tuple[Outcome, int]:
    """Read until the effect shows, or the patience is over; return the last read and the rounds that it took."""

    def ready(outcome: Outcome) -> bool:
        if isinstance(outcome, Done):
            return shows(_state(outcome))
        return not outcome.exchanges or outcome.exchanges[-1].status not in _NOT_YET

    return client.patience.until(ready, read, "the effect to show")


def _control(client: _Client, facts: Facts, last: _Round) -> dict[str, Any] | None:
    """Read about something else, in the same way."""
    made = last.made
    inputs = {"made": none_like(made)} if client.kind.about == "made" and made is not None else facts.control
    if inputs is None:
        return None
    outcome = client.do("read", client.key, inputs, note=False)
    mine = (*facts.inputs.values(), *((made,) if made is not None else ()))
    same = isinstance(outcome, Done) and same_but_for(_state(last.after), mine, _state(outcome), inputs.values())
    return _trip(outcome, outputs=client.kind.about in {"day", "person"}) | {"same": same}


def _refused(
    client: _Client, who: str, shown: ApiKey | None, asked: Mapping[str, Any], last: _Round
) -> list[dict[str, Any]]:
    """Try the act and the read without leave; what the act did shows when the read is repeated with leave."""
    tried = []
    for role in ("act", "read") if client.kind.acts else ("read",):
        mark = _mark() if role == "act" else None
        inputs = dict(asked) if mark is None else {**asked, "mark": mark, "made": None, "level": _one_more(last.after)}
        outcome = client.do(role, shown, inputs, note=False)
        made = _made(outcome) if role == "act" else None
        back = None
        if role == "act" and (made is not None or client.kind.about != "made"):
            client.patience.rest(last.waited + 1 if last.waited else 0, "what was done without leave to show")
            back = _trip(client.do("read", client.key, {**asked, "made": made or asked["made"]}, note=False))
        tried.append(
            _trip(outcome, who, outputs=False)
            | {"who": who, "verb": role, "mark": mark, "made": made, "read_back": back}
            | {"carries": role == "read" and isinstance(last.after, Done) and carries(outcome, last.after, sent=asked)}
        )
    return tried


def _made(outcome: Outcome | None) -> str | None:
    """Return the number of something new that an act gave."""
    made = outcome.outputs.get("made") if isinstance(outcome, Done) else None
    return None if made is None else str(made)


def _state(outcome: Outcome | None) -> Any:
    return outcome.outputs.get("state") if isinstance(outcome, Done) else None


def _one_more(read: Outcome | None) -> int | None:
    """Return one piece more than was read; None where no whole number was."""
    state = _state(read)
    return state + 1 if isinstance(state, int) and not isinstance(state, bool) else None


def _mark() -> str:
    return f"duheng{secrets.token_hex(4)}"


def _gone_up(one: _Round) -> Any:
    states = [_state(each) for each in (one.before, one.after)]
    known = all(isinstance(state, int | float) for state in states)
    return states[1] - states[0] if known else 1


def _trip(outcome: Outcome, who: str = "api client", *, outputs: bool = True) -> dict[str, Any]:
    status = outcome.exchanges[-1].status if outcome.exchanges else None
    return told(outcome, who, outputs=outputs) | {"status": status}


def _client(given: Look, kind: Kind) -> _Client:
    api, shop = api_of(given), given.scene.shop
    wanted = ("read", "act") if kind.acts else ("read",)
    declared = declared_operations(given.target, kind)
    operations = {}
    for role in wanted:
        if role not in declared:
            raise NotSet(f"the target file names no operation for it; add [interfaces.{kind.name}] {role}")
        found = api.find(declared[role])
        if found is None:
            raise NotSet(f"[interfaces.{kind.name}] {role} names an operation that the API description does not have")
        operations[role] = found
        verb = kind.reads if role == "read" else kind.act
        if not shop.can(verb):
            raise NotSet(f"the adapter describes no {verb} journey")
    if api.servers and not any(given.target.permits(server) for server in api.servers):
        raise NotSet(
            f"the API description's servers ({', '.join(api.servers)}) are not listed; add those of the platform to "
            "[platform] hosts"
        )
    return _Client(
        kind=kind,
        key=key_of(given),
        session=shop.session("api client", deadline=given.deadline),
        origins=_origins(given, api),
        api=api,
        operations=operations,
        patience=Patience(settle_s=settle_s(given.target, "api"), deadline=given.deadline),
    )


def _origins(given: Look, api: Description) -> frozenset[str]:
    """Return where the key may be shown: the platform and the API's listed servers, never in clear beside TLS."""
    base, source = given.target.platform.base_url, source_of(given)
    endpoint = (source,) if api.style == "graphql" and source.startswith(("http://", "https://")) else ()
    urls = (base, *(url for url in (*api.servers, *endpoint) if given.target.permits(url)))
    return frozenset(origin(url) for url in urls if url.startswith("https://") or not base.startswith("https://"))


def _probe(kind: Kind) -> Probe:
    """Return the look at one kind; whoever changes stocks keeps the operator, who sets them for other looks, away."""
    return Probe(
        name=f"interface.{kind.name}",
        version="1",
        look=partial(look, kind=kind),
        subjects=lambda _: (kind.name,),
        deadline_s=_S,
        after=_AFTER,
        exclusive=frozenset({"account:operator"} if kind.about == "stock" else ()),
        writes=True,
    )


PROBES: Mapping[str, Probe] = MappingProxyType({probe.name: probe for probe in map(_probe, KINDS.values())})
"""Name to probe, one a kind, in the order of the kinds."""
