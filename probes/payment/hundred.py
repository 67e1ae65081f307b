"""``payment.hundred``: a hundred sandbox payments, and what became of each, at the shop and on the provider's own list.

Subject: the provider's first host. Four newcomers buy one piece each time and pay; every fifth payment is made with a
card that is declined, and of every tenth that is paid the provider sends its notice once more. Data::

    {"payments": [{"number", "asked": money | null, "placed": told, "meant": "paid|failed",
                   "pay": told, "resent": told,            where it was tried
                   "read": told}],                         ``read_payment`` of its owner, after all were made
     "listed": told | {"rows": int},                       the provider's list, of these orders only; rows of all
     "settle_s": float,               how long was waited, at most, for those without an end, and for the list
     "stopped": sentence | null, "stopped_cause": cause}     what ended the row before its time

An order that was not placed has no number, and nothing after ``placed``.
"""

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from dataclasses import dataclass, field
from typing import Any

from probes.errors import LookFailed
from probes.goods import Goods
from probes.look import Look, Probe, Seen
from probes.order_budget import may_order
from probes.patience import ROUNDS, Patience
from probes.payment.buying import address_of, buy, some_goods
from probes.payment.sandbox import Sandbox, declared_hosts, newcomer, sandbox_of
from probes.payment.shown import is_so
from probes.shop.outcome import Done
from probes.shop.session import ShopSession
from probes.target import Target
from probes.telling import told

PAYERS = (62, 63, 64, 65)
GOODS = 3
DECLINED_EVERY = 5
RESENT_EVERY = 10
"""Of these, those that were paid have their notice sent again: 0, 10, 20 ... of a hundred."""

Entry = dict[str, Any]


@dataclass(slots=True, kw_only=True)
class _Row:
    """One newcomer's share of the payments, and what ended it before its time."""

    who: str
    session: ShopSession
    entries: list[Entry] = field(default_factory=list)
    stopped: LookFailed | None = None


def _pay(row: _Row, position: int, goods: Goods, address: dict[str, str]) -> None:
    meant = "failed" if position % DECLINED_EVERY == DECLINED_EVERY - 1 else "paid"
    bought = buy(row.session, goods, address)
    entry: Entry = {**bought.data(row.who), "meant": meant}
    row.entries.append(entry)
    if bought.number is None:
        return
    verb = "pay_order" if meant == "paid" else "decline_payment"
    entry["pay"] = told(row.session.do(verb, number=bought.number), row.who, outputs=False)


def _resend(row: _Row, sandbox: Sandbox, entry: Entry) -> None:
    """Have the provider repeat its notice about a payment that the shop shows."""
    read = row.session.do("read_payment", number=entry["number"])
    shown = read.outputs["payments"] if isinstance(read, Done) else ()
    if shown:
        repeated = sandbox.ask(row.session, "provider_resend_notice", reference=str(shown[0]["reference"]))
        entry["resent"] = told(repeated, row.who, outputs=False)


def _walk(given: Look, row: _Row, sandbox: Sandbox, positions: Iterable[int], goods: tuple[Goods, ...]) -> None:
    """Make one newcomer's payments, one after the other; what ends the row is noted, what was made stays."""
    address = address_of(given, int(row.who.rpartition("_")[2]))
    repeats = row.session.can("provider_resend_notice")
    try:
        for position in positions:
            _pay(row, position, goods[position % len(goods)], address)
            entry = row.entries[-1]
            if repeats and "pay" in entry and entry["meant"] == "paid" and position % RESENT_EVERY == 0:
                _resend(row, sandbox, entry)
    except LookFailed as failed:
        row.stopped = failed


def _read(row: _Row) -> None:
    for entry in row.entries:
        if "pay" in entry:
            entry["read"] = told(row.session.do("read_payment", number=entry["number"]), row.who)


def _open(entry: Entry) -> bool:
    """Tell whether the shop shows no end of a payment yet."""
    shown = entry.get("read", {}).get("outputs")
    return shown is not None and not is_so(shown["paid"]) and not is_so(shown["failed"])


def _settled(given: Look, rows: list[_Row], settle_s: float) -> None:
    """Read those without an end again, a few times within the declared patience: notices come when they come."""
    patience = Patience(settle_s=settle_s, deadline=given.deadline)
    for _ in range(ROUNDS):
        left = [(row, entry) for row in rows for entry in row.entries if _open(entry)]
        if not left:
            return
        patience.rest(1, "the payments to reach their end")
        for row, entry in left:
            entry["read"] = told(row.session.do("read_payment", number=entry["number"]), row.who)


def listed_of(sandbox: Sandbox, session: ShopSession, numbers: frozenset[str]) -> dict[str, Any]:
    """Return the provider's list of payments as it was told, of these orders only; ``rows`` is how many there were."""
    listed = told(sandbox.ask(session, "provider_list_payments"), "merchant")
    if "outputs" in listed:
        found = listed["outputs"]["payments"]
        listed["rows"] = len(found)
        listed["outputs"]["payments"] = [row for row in found if str(row["order"]).strip() in numbers]
    return listed


def _holds(listed: dict[str, Any], numbers: set[str]) -> bool:
    """Tell whether a list holds all payments, or cannot be read: then waiting is over."""
    found = listed.get("outputs", {}).get("payments")
    return found is None or numbers <= {str(row["order"]).strip() for row in found}


def look(given: Look) -> Seen:
    """Make the payments side by side, wait for their ends, and read them back on both sides."""
    sandbox = sandbox_of(given, "pay_order", "decline_payment", "read_payment", "provider_list_payments")
    goods = some_goods(given, GOODS)
    count = may_order(given, PROBE.name)
    with ExitStack() as opened:
        rows = [
            _Row(who=f"payer_{number}", session=opened.enter_context(closing(newcomer(given, number))))
            for number in PAYERS
        ]
        return Seen(data=_data(given, sandbox, rows, goods, count))


def _data(given: Look, sandbox: Sandbox, rows: list[_Row], goods: tuple[Goods, ...], count: int) -> dict[str, Any]:
    with ThreadPoolExecutor(max_workers=len(rows), thread_name_prefix="payer") as pool:
        walks = [
            pool.submit(_walk, given, row, sandbox, range(first, count, len(rows)), goods)
            for first, row in enumerate(rows)
        ]
        for walk in walks:
            walk.result()
    made = [entry for row in rows for entry in row.entries]
    stopped = next((row.stopped for row in rows if row.stopped is not None), None)
    if stopped is not None and not any("pay" in entry for entry in made):
        raise stopped
    for row in rows:
        _read(row)
    _settled(given, rows, sandbox.settle_s)
    numbers = frozenset(entry["number"] for entry in made if entry["number"] is not None)
    patience = Patience(settle_s=sandbox.settle_s, deadline=given.deadline)
    listed, _ = patience.until(
        lambda seen: _holds(seen, {entry["number"] for entry in made if "pay" in entry}),
        lambda: listed_of(sandbox, rows[0].session, numbers),
        "the provider's list of payments",
    )
    data: dict[str, Any] = {"payments": made, "listed": listed, "settle_s": sandbox.settle_s, "stopped": None}
    if stopped is not None:
        data |= {"stopped": given.redactor.text(stopped.detail), "stopped_cause": stopped.cause}
    return data


def subjects(target: Target) -> tuple[str, ...]:
    """One row of payments; ``sandbox`` where the target file declares no host of the provider."""
    return (next(iter(declared_hosts(target)), "sandbox"),) if target.platform.adapter else ()


PROBE = Probe(
    name="payment.hundred",
    version="1",
    look=look,
    subjects=subjects,
    deadline_s=420,
    after=("shop.catalogue",),
    exclusive=frozenset({"sandbox"}),
    writes=True,
)
