"""Writing cells of the matrix: what a request does that its owner composed and somebody else sends.

1. The owner reads the thing. 2. The owner goes as far as the request that writes, which is held back. 3. Everybody who
must not sends that request with proofs of their own. 4. The owner reads the thing again: what it says now decides, not
what the shop answered. 5. The owner sends the same request by the same means, on the second thing where the verb takes
it away: only where that takes effect was the refusal one of persons, not of a request that nobody could send.

One reading afterwards serves all who tried: they all sent the same, so no one can have undone what another did. Only
where it took effect is the owner asked after each of a second round, to tell whose try it was.

What the owner is shown counts as changed only where it does not change by itself from one view to the next, and as gone
only where the owner's session still lives: whoever was logged out, or met an error, has seen nothing.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, quote_plus

from probes.access.attempt import seen_in, works
from probes.access.holding import HoldingHttp, as_another, hidden, naming
from probes.access.kinds import Does
from probes.access.stage import Lacking, Thing, proves_itself, steady
from probes.shop.outcome import Denied, Done, Exchange, Outcome
from probes.shop.session import ShopSession
from probes.transports.port import Request

_SERVER_ERROR = 500
_TOO_MANY = 429
_TOKEN = re.compile(r"csrf|xsrf|token|nonce|form_?key|viewstate", re.IGNORECASE)
_SOMEBODY = "after one of these tries the owner found it changed or gone; whose try it was could not be told"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sender:
    """A session that sends held requests: what it proves itself by, and whether it was alive."""

    who: str
    session: ShopSession
    fields: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """A request that was held back, the form proofs of its owner, and whether it says more than what it is about."""

    request: Request
    fields: Mapping[str, str]
    says: bool


HoldOn = Callable[[Thing, int], Held | Lacking]
"""Holds back the request of a thing's owner; the number chooses the words that it writes."""


def sender(session: ShopSession, *pages: Outcome) -> Sender:
    """Return a session as a sender, with the proofs that its own pages carry."""
    fields, _ = session.proofs()
    found = {name: value for page in pages for name, value in hidden(page).items()}
    return Sender(who=session.who, session=session, fields={**found, **fields})


def hold(owner: ShopSession, thing: Thing, does: Does, words: Mapping[str, Any]) -> Held | Lacking:
    """Take the owner as far as the request that writes, and hold it back; why there is none to be had."""
    verb, holding = thing.kind.verb(does), []

    def wrap(inner: Any) -> HoldingHttp:
        holding.append(HoldingHttp(inner))
        return holding[-1]

    with owner.rehearsing(wrap):
        outcome = owner.do(verb, **{**words, **thing.inputs})
    held = [request for http in holding for request in http.held]
    found = naming(held, thing.id) or _by_another_name(owner, verb, thing, held, outcome)
    if found is not None:
        fields, _ = owner.proofs()
        return Held(request=found, fields={**hidden(outcome), **fields}, says=bool(set(words) - set(thing.inputs)))
    if held:
        return Lacking(thing.kind.name, does, f"the request of {verb} names no object: it acts on the sender's own")
    why = "" if isinstance(outcome, Done) else outcome.why
    return Lacking(thing.kind.name, does, f"the owner's {verb} came to no request that writes: {why}")


def _by_another_name(
    owner: ShopSession, verb: str, thing: Thing, held: Sequence[Request], outcome: Outcome
) -> Request | None:
    """Return the one held request where it names the thing by a key that the shop gave for its name; None otherwise."""
    if len(held) != 1 or not outcome.exchanges:
        return None
    led = owner.led_by(verb, thing.kind.named_by)
    return held[0] if outcome.exchanges[-1].step_id in led else None


def send(by: Sender, held: Held) -> Exchange:
    """Send a held request as another session."""
    _, headers = by.session.proofs()
    return by.session.send_as_own(as_another(held.request, theirs=held.fields, own=by.fields, headers=headers))


def tried(
    owner: Sender, things: Sequence[Thing], does: Does, hold_on: HoldOn, senders: Sequence[Sender]
) -> list[dict[str, Any]] | Lacking:
    """Let everybody send the request of the first thing; return a cell each, without the proofs of their sessions."""
    thing, held = things[0], hold_on(things[0], 0)
    if isinstance(held, Lacking):
        return held
    if len(things) == 1 and does == "delete":
        cells = _one_by_one(owner, things, does, hold_on, senders)
    else:
        cells = _all_at_once(owner, things, does, held, senders)
        if any(cell["altered"] for cell in cells):
            left = things[1:] if does == "delete" or not held.says else things
            whose = _one_by_one(owner, left, does, hold_on, senders)
            unclear = {"altered": False, "outcome": "broken", "why": _SOMEBODY}
            cells = [*whose, *(cell | unclear for cell in cells[len(whose) :])]
    taken = (does == "delete" or not held.says) and any(cell["altered"] or cell["why"] == _SOMEBODY for cell in cells)
    worked = None if taken else _own(owner, things[-1] if does == "delete" else thing, hold_on)
    return [cell | {"control": worked} for cell in cells]


def _all_at_once(
    owner: Sender, things: Sequence[Thing], does: Does, held: Held, senders: Sequence[Sender]
) -> list[dict[str, Any]]:
    """Let everybody send the same request, and read once afterwards: ``altered`` is then told of all alike."""
    thing = things[0]
    before = thing.ask(owner.session)
    cells = [_cell(by, thing, does, held, before) for by in senders]
    after = thing.ask(owner.session)
    told = {"altered": altered(owner, thing, before, after), "owner_after": works(after)}
    return [cell | told for cell in cells]


def _one_by_one(
    owner: Sender, things: Sequence[Thing], does: Does, hold_on: HoldOn, senders: Sequence[Sender]
) -> list[dict[str, Any]]:
    """Read after each try, and go on with the next thing where one is gone, or says the same whatever is sent."""
    queue, cells = list(things), []
    for turn, by in enumerate(senders, start=1):
        held = hold_on(queue[0], turn) if queue else None
        if not isinstance(held, Held):
            break
        before = queue[0].ask(owner.session)
        cell = _cell(by, queue[0], does, held, before)
        after = queue[0].ask(owner.session)
        cell |= {"altered": altered(owner, queue[0], before, after), "owner_after": works(after)}
        cells.append(cell)
        if cell["altered"] and (does == "delete" or not held.says):
            queue.pop(0)
    return cells


def altered(owner: Sender, thing: Thing, before: Outcome, after: Outcome) -> bool:
    """Tell whether the owner is shown something else than before: other data, or no thing any more."""
    if not isinstance(before, Done):
        return False
    if isinstance(after, Denied):
        return alive(owner)
    if not isinstance(after, Done) or steady(before.outputs) == steady(after.outputs):
        return False
    again = thing.ask(owner.session)
    if not isinstance(again, Done):
        return False
    same = {name for name in after.outputs if _said(after, name) == _said(again, name)}
    return any(_said(before, name) != _said(after, name) for name in same)


def _said(outcome: Done, name: str) -> str:
    return steady({name: outcome.outputs.get(name)})


def _own(owner: Sender, thing: Thing, hold_on: HoldOn) -> bool:
    """Tell whether such a request, sent by the owner in the very way in which others sent it, takes effect."""
    held = hold_on(thing, 0)
    if isinstance(held, Lacking):
        return False
    before = thing.ask(owner.session)
    send(owner, held)
    return altered(owner, thing, before, thing.ask(owner.session))


def unproven_sender(by: Sender, held: Held) -> str:
    """Return the form proof of the owner for which a sender has none of its own; empty where there is none.

    A shop that refuses a foreign form token has not said yet whether it would have refused the person.
    """
    body = held.request.body or b""
    tokens = {name: value for name, value in held.fields.items() if value and _TOKEN.search(name)}
    sent = [name for name, value in tokens.items() if any(spelt(value).encode() in body for spelt in _SPELT)]
    return next((name for name in sent if not by.fields.get(name)), "")


_SPELT: tuple[Callable[[str], str], ...] = (str, quote_plus, quote)


def _cell(by: Sender, thing: Thing, does: Does, held: Held, owner: Outcome) -> dict[str, Any]:
    exchange = send(by, held)
    answer = Done(verb=does, outputs={}, exchanges=(exchange,))
    broken = exchange.status >= _SERVER_ERROR or exchange.status == _TOO_MANY
    why, token = f"answered {exchange.status}" if broken else "", unproven_sender(by, held)
    if token:
        broken, why = True, f"no form of its own gave this session a {token}"
    return {
        "kind": thing.kind.name,
        "owner": thing.kind.owner,
        "who": by.who,
        "verb": does,
        "by_id": True,
        "outcome": "broken" if broken else "sent",
        "why": why,
        "status": exchange.status,
        "length": exchange.length,
        "shown": seen_in(answer, thing.telling(thing.words)),
        "altered": False,
        "owner_before": works(owner),
        "request": exchange.line(by.who),
    }


def alive(by: Sender) -> bool:
    """Tell whether a sender's session still reaches what is its own."""
    return works(proves_itself(by.session))
