"""``access.matrix_writes``: who can change or take away what is somebody else's.

Subject: ``everybody``. Two things of each kind are made by their owner, and everybody who is not meant to tries to
change and to take away the first; how, and what proves a refusal, is told in ``probes.access.writing``. Data as in
``access.matrix`` (``verb`` is ``change`` or ``delete``, and there are no links), with these in a cell instead of
``same`` and ``owner_sees``::

    "altered": bool,           the owner is shown something else afterwards, or nothing any more
    "control": bool | null,    the same request took effect when its owner sent it; null: not asked, it was altered

``outcome`` is ``sent``, or ``broken`` where the shop answered with an error of its own; what was answered decides
nothing. What was made is handed on to ``access.matrix``, which reads it, and taken away at the end of the run.
"""

from typing import Any

from probes.access.attempt import works
from probes.access.counting import counted
from probes.access.guessing import guessability
from probes.access.kinds import DOES, KINDS, TRIED_BY, VISITOR, Does, Kind
from probes.access.making import change_words, chosen, make_orders, make_things
from probes.access.stage import THINGS, Lacking, Stage, Thing, proves_itself
from probes.access.writing import Held, Sender, alive, hold, sender, tried
from probes.look import Look, Probe, Seen
from probes.shop.outcome import Outcome
from probes.shop.session import ShopSession
from probes.target import Target

WRITTEN: tuple[Does, ...] = tuple(does for does in DOES if does != "read")


def _made(stage: Stage) -> tuple[dict[str, tuple[Thing, ...]], list[Lacking]]:
    things: dict[str, tuple[Thing, ...]] = {}
    lacks = []
    for each in make_things(stage, make_orders(stage, PROBE.name)):
        if isinstance(each, Lacking):
            lacks.append(each)
        else:
            things[each.kind.name] = (*things.get(each.kind.name, ()), each)
    return things, lacks


def _senders(stage: Stage) -> tuple[dict[str, Sender], dict[str, bool], dict[str, str]]:
    """Return everybody who sends, whether each session was alive, and why others could not be had."""
    roles = tuple(dict.fromkeys([*TRIED_BY, *(role for tried_by in TRIED_BY.values() for role in tried_by)]))
    senders, lived = {}, {}
    for role in roles:
        if stage.absent(role):
            continue
        session = stage.session(role)
        own = proves_itself(session)
        senders[role] = sender(session, *_own_pages(stage, session, own))
        lived[role] = works(own)
    return senders, lived, stage.all_absent()


def _own_pages(stage: Stage, session: ShopSession, own: Outcome) -> tuple[Outcome, ...]:
    """Return pages on which the session finds its form proofs: its own; for a visitor, where one may log in."""
    login = stage.look.scene.shop.pages.get("login")
    return (own, session.visit(login)) if session.who == VISITOR and login else (own,)


def _cells(
    stage: Stage, kind: Kind, things: tuple[Thing, ...], senders: dict[str, Sender]
) -> tuple[list[dict[str, Any]], list[Lacking]]:
    cells, lacks = [], []
    owner = senders[kind.owner]
    trying = [senders[role] for role in TRIED_BY[kind.owner] if role in senders]

    for does in WRITTEN:
        verb = kind.verb(does)
        if verb and not owner.session.can(kind.read):
            lacks.append(Lacking(kind.name, does, f"the adapter describes no {kind.read} journey to see it by"))
            continue
        if not verb or not owner.session.can(verb):
            lacks.append(Lacking(kind.name, does, f"the adapter describes no {verb} journey" if verb else ""))
            continue

        def hold_on(thing: Thing, turn: int, does: Does = does, verb: str = verb) -> Held | Lacking:
            return hold(owner.session, thing, does, chosen(verb, change_words(stage, kind, turn)))

        found = tried(owner, things, does, hold_on, trying)
        if isinstance(found, Lacking):
            lacks.append(found)
        else:
            cells += found
    return cells, lacks


def _left(
    stage: Stage, things: dict[str, tuple[Thing, ...]], cells: list[dict[str, Any]]
) -> dict[str, tuple[Thing, ...]]:
    """Return the things that are still there: where somebody took one away, its owner is asked."""
    taken = {cell["kind"] for cell in cells if cell["altered"]}
    return {
        name: tuple(each for each in found if name not in taken or _is_there(stage, each))
        for name, found in things.items()
    }


def _is_there(stage: Stage, thing: Thing) -> bool:
    return works(thing.ask(stage.session(thing.kind.owner)))


def _guess(things: tuple[Thing, ...]) -> dict[str, Any] | None:
    measured = guessability([thing.bare_id for thing in things])
    return None if measured is None else measured.evidence()


def look(given: Look) -> Seen:
    """Make things, let everybody try to change and take them away, and see through their owners what came of it."""
    stage = Stage(look=given)
    stage.session("buyer_a")
    things, lacks = _made(stage)
    given.scene.put(THINGS, things)
    senders, lived, absent = _senders(stage)
    cells: list[dict[str, Any]] = []
    with counted([by.session for by in senders.values()]) as tally:
        for name, kind in KINDS.items():
            if things.get(name) and kind.owner in senders:
                told, missing = _cells(stage, kind, things[name], senders)
                cells, lacks = cells + told, lacks + missing
        still = {role: alive(by) for role, by in senders.items()}
    given.scene.put(THINGS, _left(stage, things, cells))
    for cell in cells:
        cell |= {"own_before": lived[cell["who"]], "own_after": still[cell["who"]]}
    return Seen(
        data={
            "kinds": [
                {"kind": name, "owner": KINDS[name].owner, "guess": _guess(found)} for name, found in things.items()
            ],
            "lacks": [each.evidence() for each in lacks if each.why],
            "absent": absent,
            "entitled": [],
            "cells": cells,
            "links": [],
            "requests": len(tally),
        }
    )


def subjects(target: Target) -> tuple[str, ...]:
    """Everybody at once."""
    return ("everybody",) if target.platform.adapter else ()


PROBE = Probe(
    name="access.matrix_writes",
    version="1",
    look=look,
    subjects=subjects,
    deadline_s=300,
    after=("shop.register", "shop.catalogue", "shop.order"),
    exclusive=frozenset(f"account:{role}" for role in ("buyer_a", "buyer_b", "seller_a", "seller_b", "operator")),
    writes=True,
)
