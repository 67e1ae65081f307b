"""Making what the writing cells are tried on: two of each kind, so that the owner's own try spares the first.

Everything is invented for it: whoever finds its words in an answer has found that very thing.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from probes.access.kinds import KINDS, Kind
from probes.access.stage import Lacking, Stage, Thing, listed
from probes.cast import invented
from probes.errors import LookFailed
from probes.goods import Goods, offered
from probes.order import order_number, recipient
from probes.order_budget import may_order
from probes.shop.outcome import Done
from probes.shop.session import ShopSession
from probes.shop.verbs import VERBS

PERSONS = 60
"""The number of the first invented person whose words these things carry; the orders go to those before."""

PAIR = 2
TURNS = range(4)
"""The changes that one thing may undergo: one for all, then one for each who tries."""


def pool(stage: Stage, n: int, *, number: str = "", goods: Goods | None = None) -> dict[str, Any]:
    """Return every word that making, or changing, something may need: by the name of the verb's input."""
    person = invented(stage.look, PERSONS + n)
    words: dict[str, Any] = {
        **recipient(person),
        "email": person.email,
        "name": f"{person.last_name} {n}",
        "code": f"{person.last_name}{n}".upper(),
        "text": f"{person.last_name} {person.line1}",
        "price": f"{173 + n}.{19 + n}",
        "quantity": 1 + n,
        "number": number,
    }
    return words if goods is None else {**words, "url": goods.url, "ref": goods.ref}


def change_words(stage: Stage, kind: Kind, turn: int) -> dict[str, Any]:
    """Return what the n-th change of a thing of a kind says: no two say the same, and none what it said when made."""
    return pool(stage, PAIR + turn + len(TURNS) * list(KINDS).index(kind.name))


def chosen(verb: str, words: Mapping[str, Any]) -> dict[str, Any]:
    """Return those of the words that a verb takes."""
    known = VERBS[verb]
    return {name: words[name] for name in (*known.inputs, *known.optional) if name in words}


def make_orders(stage: Stage, probe: str) -> list[str]:
    """Place two orders of goods of one seller, and return their numbers (fewer where they do not come about).

    Raises:
        NotPermitted: the run may not place them.
    """
    may_order(stage.look, probe)
    buyer = stage.session("buyer_a")
    numbers = []
    for n in range(PAIR):
        if buyer.can("empty_cart"):
            buyer.do("empty_cart")
        item = goods_for(stage)[0]
        buyer.do("add_to_cart", url=item.url, ref=item.ref, quantity=1)
        preview = buyer.do("check_out", **recipient(invented(stage.look, PERSONS + n - PAIR)))
        number = order_number(buyer.do("confirm_order")) if isinstance(preview, Done) else None
        if number:
            numbers.append(number)
    return numbers


def goods_for(stage: Stage) -> tuple[Goods, ...]:
    """Return two goods on offer, those of seller_a first: then seller_b has no business with an order of them."""
    names: frozenset[str] | None = None
    if not stage.absent("seller_a") and stage.look.scene.shop.can("seller_list_goods"):
        outcome = stage.session("seller_a").do("seller_list_goods")
        names = frozenset(str(item["name"]) for item in outcome.outputs["goods"]) if isinstance(outcome, Done) else None
    return offered(stage.look, PAIR, among=names)


def make_things(stage: Stage, numbers: list[str]) -> Iterator[Thing | Lacking]:
    """Make two of each kind that can be made, and name what came of the orders; a reason for what could not be."""
    goods = goods_for(stage)
    pages: list[str] = []
    for kind in KINDS.values():
        if not (kind.change or kind.delete or kind.named_by in {"number", "key"}) or stage.absent(kind.owner):
            continue
        owner = stage.session(kind.owner)
        if kind.name == "operator's price":
            yield from (Thing(kind=kind, id=page) for page in pages)
        elif kind.named_by == "number":
            yield from (_ordered(stage, kind, n, number) for n, number in enumerate(numbers))
        elif kind.make and owner.can(kind.make):
            made = _made(stage, owner, kind, numbers, goods)
            pages += _pages(owner, made) if kind.name == "seller's goods" else []
            yield from made
        elif kind.name == "invoice":
            yield from _invoices(stage, owner, kind, numbers)


def _ordered(stage: Stage, kind: Kind, n: int, number: str) -> Thing:
    words = pool(stage, n - PAIR)
    return Thing(kind=kind, id=number, words=tuple(str(words[name]) for name in kind.known_by))


def _made(
    stage: Stage, owner: ShopSession, kind: Kind, numbers: list[str], goods: tuple[Goods, ...]
) -> list[Thing | Lacking]:
    before = {key for key, _ in listed(owner, kind)}
    for n in range(PAIR):
        words = pool(stage, n, number=(*numbers, "")[0], goods=goods[n])
        if "number" in VERBS[kind.make].inputs and not words["number"]:
            return [Lacking(kind.name, "make", "no order was placed")]
        try:
            owner.do(kind.make, **chosen(kind.make, words))
        except LookFailed as failure:
            return [Lacking(kind.name, "make", failure.detail)]
    fresh = [(key, text) for key, text in listed(owner, kind) if key not in before]
    found: list[Thing | Lacking] = []
    for n in range(PAIR):
        words = pool(stage, n, goods=goods[n])
        known = tuple(str(words[name]) for name in kind.known_by)
        told = [key for key, text in fresh if any(word.casefold() in text.casefold() for word in known)]
        rest = [key for key, _ in fresh if key not in {each.id for each in found if isinstance(each, Thing)}]
        key = next((key for key in told if key in rest), rest[0] if rest else None)
        if key is not None:
            found.append(Thing(kind=kind, id=key, words=known))
    return found or [Lacking(kind.name, "make", f"the {kind.name} that was made stands on no list of its owner")]


def _pages(owner: ShopSession, made: list[Thing | Lacking]) -> list[str]:
    """Return the addresses where everybody sees the goods that a seller made."""
    read = [each.ask(owner) for each in made if isinstance(each, Thing)]
    return [str(one.outputs["page"]) for one in read if isinstance(one, Done) and one.outputs.get("page")]


def _invoices(stage: Stage, owner: ShopSession, kind: Kind, numbers: list[str]) -> Iterator[Thing]:
    rows = listed(owner, kind)
    for n, number in enumerate(numbers):
        words = pool(stage, n - PAIR)
        known = tuple(str(words[name]) for name in kind.known_by)
        yield from (Thing(kind=kind, id=key, words=known) for key, text in rows if number in text)
