"""What a round trip is about, as inputs of its journeys: an order, a day, a person, an article; a control beside it.

The control is asked about the same way and must not be answered alike: an order that is none, a day before the shop was
there, a person with another telephone.
"""

import secrets
import zoneinfo
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from probes.cast import account
from probes.errors import NotSet
from probes.goods import last_offered, offered
from probes.interfaces.kinds import Kind
from probes.interfaces.parcel import order_to_send, sends_an_order
from probes.look import Look
from probes.order import order_of

LONG_AGO = "2001-01-01"
YOUNG = timedelta(minutes=20)
WHO = "buyer_b"
"""A buyer whose name and telephone no other look changes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """Inputs of the journeys, and those of the control (None: there is none).

    ``otherwise`` are the inputs of a second try: yesterday, where the day is so young that the order may be older.
    """

    inputs: Mapping[str, str]
    control: Mapping[str, str] | None
    otherwise: Mapping[str, str] | None = None


def facts_of(look: Look, kind: Kind) -> Facts:
    """Return what the round trip of a kind is about.

    Raises:
        Unprepared: the order or the buyer did not come about.
        NotSet: nothing is known of the buyer, who was declared, but the name.
        LookFailed: as ``probes.interfaces.parcel.order_to_send``.
    """
    match kind.about:
        case "order":
            number = order_of(look).number
            return Facts(inputs={"order": number}, control={"order": none_like(number)})
        case "day":
            return _day(look)
        case "stock":
            offered(look, 1)
            goods = last_offered(look, from_the_end=2)  # others buy the first ones, and set the stock of the last
            return Facts(inputs={"ref": goods.ref or goods.url}, control=None)
        case "person":
            return _person(look, kind)
        case "made":
            order = {"order": order_to_send(look, f"interface.{kind.name}")} if sends_an_order(look, kind) else {}
            return Facts(inputs=order, control=None)


def _day(look: Look) -> Facts:
    now = look.clock.now().astimezone(zoneinfo.ZoneInfo(look.target.platform.timezone))
    before = (now - YOUNG).date()
    yesterday = None if before == now.date() else {"day": before.isoformat()}
    return Facts(inputs={"day": now.date().isoformat()}, control={"day": LONG_AGO}, otherwise=yesterday)


def _person(look: Look, kind: Kind) -> Facts:
    who = account(look, WHO)
    if kind.acts:
        return Facts(inputs={"customer": who.username}, control=None)
    if who.person is None:
        raise NotSet("who is to be verified is not known: the run may register no buyer of its own")
    known = {"customer": who.username, "name": who.person.last_name + who.person.first_name, "phone": who.person.phone}
    return Facts(inputs=known, control=known | {"phone": other_digits(who.person.phone)})


def none_like(number: str) -> str:
    """Return a number with six digits more: where numbers are given in a row, none like it was given yet."""
    return f"{number}{1 + secrets.randbelow(9)}{secrets.randbelow(10**5):05d}"


def other_digits(text: str) -> str:
    """Return a text of the same form that names something else: its last four digits (or more) are 9, or 0."""
    changed, left = list(text), 4
    for index in range(len(text) - 1, -1, -1):
        if text[index].isdigit() and left > 0:
            changed[index], left = ("0" if text[index] == "9" else "9"), left - 1
    told = "".join(changed)
    return told if told != text else f"{text}9"
