"""``access.matrix``: who can read what: every kind of object, by everybody who is not meant to.

Subject: ``everybody``. Data::

    {"kinds": [{"kind", "owner", "guess": {...} | null}],    those that the shop has and this run could name
     "lacks": [{"kind", "verb", "why"}],                      what the shop has not, or the adapter does not describe
     "absent": {role: why},                                   roles of the shop that could not be had
     "entitled": [role, ...],                                 sellers whose goods are in the order: they may see it
     "cells": [cell, ...], "links": [link, ...], "requests": int}

A cell is one role's attempt at one kind by one verb::

    {"kind", "owner", "who", "verb": "read", "by_id": bool, "outcome": "done|denied|broken", "why", "status", "length",
     "shown": [words], "same": bool, "owner_sees": [words], "owner_before", "owner_after", "own_before", "own_after",
     "request"}

``by_id``: the request names the object (else it asks for a list, or for what each session has one of). ``same``: the
answer says what the owner's says, as the adapter reads both. ``guess``, the guessability of the kind's identifiers,
is told in ``probes.access.guessing``. ``links`` are those of ``probes.access.guest_links``; what opened by one that
is declared is judged as a link and is no cell. How few requests prove
many cells is told in ``probes.access.reading``.

Only what belongs to this run, or to its declared accounts, is asked for: no identifier is guessed.
"""

from dataclasses import replace
from typing import Any

from probes.access.counting import counted
from probes.access.ended import ended_session
from probes.access.guessing import guessability
from probes.access.guest_links import not_by_link, try_links
from probes.access.kinds import ENDED, KINDS, TRIED_BY
from probes.access.reading import Asked, read_all
from probes.access.stage import READ_BY_OTHERS, THINGS, Lacking, Stage, Thing, found, listed, order_number
from probes.errors import LookFailed
from probes.look import Look, Probe, Seen
from probes.shop.outcome import Done
from probes.shop.session import ShopSession
from probes.target import Target

OWNER_ENDED = "buyer_a"
ORDERS = frozenset({"order", "order record", "invoice", "seller's order", "operator's order"})
"""Kinds that a seller may rightly reach where goods of theirs are in the order."""

LISTS = frozenset({"seller's order list", "operator's order list"})
"""Lists on which a seller rightly finds the order by which they are known, where goods of theirs are in it."""


def _entitled(stage: Stage, things: list[Thing]) -> tuple[str, ...]:
    """Return the sellers whose goods are in the order that is asked for, or by which lists are known."""
    order = next((thing for thing in things if thing.kind.name == "order"), None)
    if order is None:
        return ()
    numbers = dict.fromkeys((order.id, order_number(stage) or order.id))
    found = [role for number in numbers for role in _sold(stage, replace(order, id=number))]
    return tuple(dict.fromkeys(found))


def _sold(stage: Stage, order: Thing) -> tuple[str, ...]:
    read = order.ask(stage.session(order.kind.owner))
    lines = read.outputs.get("lines") if isinstance(read, Done) else ()
    names = {str(line.get("name")) for line in lines or ()}
    return tuple(role for role in READ_BY_OTHERS if not stage.absent(role) and names & _sold_by(stage.session(role)))


def _sold_by(seller: ShopSession) -> set[str]:
    outcome = seller.do("seller_list_goods") if seller.can("seller_list_goods") else None
    return {str(item["name"]) for item in outcome.outputs["goods"]} if isinstance(outcome, Done) else set()


def _asked(stage: Stage, things: list[Thing], absent: dict[str, str], entitled: tuple[str, ...]) -> list[Asked]:
    asked = []
    for thing in things:
        kind = thing.kind
        barred = {role for role in TRIED_BY[kind.owner] if stage.absent(role)} | {
            *(entitled if kind.name in ORDERS | LISTS else ())
        }
        who = tuple(role for role in TRIED_BY[kind.owner] if role not in barred)
        who += (ENDED,) if kind.owner == OWNER_ENDED and ENDED not in absent else ()
        asked.append(Asked(thing=thing, owner=stage.session(kind.owner), tried_by=who))
    return asked


def _guess(stage: Stage, thing: Thing) -> dict[str, Any] | None:
    """Measure the identifiers of a kind on those of this run, or of its own accounts; never on anybody else's."""
    if not thing.kind.named_by:
        return None
    made = stage.look.scene.get(THINGS).get(thing.kind.name, ()) if stage.look.scene.has(THINGS) else ()
    ids = [each.bare_id for each in made] or [thing.bare_id]
    if len(ids) == 1 and thing.kind.owner != "operator":
        rows = listed(stage.session(thing.kind.owner), thing.kind)
        ids += [Thing(kind=thing.kind, id=key).bare_id for key, _ in rows]
    measured = guessability(ids)
    return None if measured is None else measured.evidence()


def _ended(stage: Stage) -> ShopSession | str:
    """Return a session that was logged out; why there is none, where there is none."""
    try:
        return ended_session(stage.look, OWNER_ENDED)
    except LookFailed as failure:
        return stage.look.redactor.text(failure.detail)


def _everybody(stage: Stage, ended: ShopSession | str) -> tuple[dict[str, ShopSession], dict[str, str]]:
    """Return the sessions of all who try, and why others could not be had."""
    absent = stage.all_absent()
    tried_by = dict.fromkeys(role for tried in TRIED_BY.values() for role in tried)
    sessions = {role: stage.session(role) for role in tried_by if not stage.absent(role)}
    if isinstance(ended, str):
        absent[ENDED] = ended
    else:
        sessions[ENDED] = ended
    return sessions, absent


def look(given: Look) -> Seen:
    """Read everything as everybody who is not meant to."""
    stage = Stage(look=given)
    ended = _ended(stage)  # first: some shops end all sessions of an account when one of them logs out
    stage.session(OWNER_ENDED)
    either = [found(stage, kind) for kind in KINDS.values()]
    things = [each for each in either if isinstance(each, Thing)]
    sessions, absent = _everybody(stage, ended)
    entitled = _entitled(stage, things)
    asked = _asked(stage, things, absent, entitled)
    with counted([*sessions.values(), *(each.owner for each in asked)]) as tally:
        cells = read_all(asked, sessions)
    return Seen(
        data={
            "kinds": [
                {"kind": thing.kind.name, "owner": thing.kind.owner, "guess": _guess(stage, thing)} for thing in things
            ],
            "lacks": [each.evidence() for each in either if isinstance(each, Lacking) and each.why],
            "absent": absent,
            "entitled": list(entitled),
            "cells": not_by_link(given.target, cells),
            "links": try_links(stage, things),
            "requests": len(tally),
        }
    )


def subjects(target: Target) -> tuple[str, ...]:
    """Everybody at once: what proves one attempt proves others."""
    return ("everybody",) if target.platform.adapter else ()


PROBE = Probe(
    name="access.matrix",
    version="1",
    look=look,
    subjects=subjects,
    deadline_s=300,
    after=("shop.register", "shop.order", "access.matrix_writes"),
    exclusive=frozenset(f"account:{role}" for role in ("buyer_a", "buyer_b", "seller_a", "seller_b", "operator")),
)
