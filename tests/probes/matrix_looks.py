"""The simplest looks at what one may do to another's things in the miniature shop: a request sent by the wrong one."""

from typing import Any

from probes.shop.journey import FormBody, Journey, Step
from tests.miniatures.shop.cabinet import Paper
from tests.miniatures.shop.goods import Goods


def posted(scene: Any, role: str, path: str, **fields: str) -> None:
    """Post a form with the role's own token, wherever the role stands."""
    shopper = scene.who(role)
    shopper.done("who_am_i")
    account = scene.shop.state.find(scene.shop.username(role))
    sessions = [each for each in scene.shop.state.sessions.values() if each.account == account.key]
    for session in sessions:
        step = Step(step_id="post", path=path, method="POST", body=FormBody(fields={"csrf": session.csrf, **fields}))
        shopper.walk(Journey(verb="post", steps=(step,)))


def _account(scene: Any, role: str) -> Any:
    return scene.shop.state.find(scene.shop.username(role))


def _paper(scene: Any, sort: Any) -> Paper:
    state = scene.shop.state
    paper = Paper(key=state.take_key(), owner=_account(scene, "buyer_a").key, text="常安", number="100002")
    state.cabinet.put(sort, paper)
    return paper


def _offer(scene: Any) -> str:
    state = scene.shop.state
    key = str(1000 + state.take_key())
    state.cabinet.offers[key] = Goods(key=key, name="新茶", price_fen=100, seller="seller_a")
    state.prices[key] = 100
    return key


def invoice(scene: Any) -> str:
    """Return the key of an invoice of buyer_a."""
    return str(_paper(scene, "invoice").key)


def prices_by_a_post(scene: Any) -> bool:
    """Tell whether a buyer's post sets a price, though the operator's form is refused."""
    key = _offer(scene)
    posted(scene, "buyer_b", f"/operator/goods/{key}/", price="2.00")
    return bool(scene.shop.state.prices[key] == 200)


def prices_others_goods(scene: Any) -> bool:
    """Tell whether seller_b's post sets the price of seller_a's goods."""
    key = _offer(scene)
    posted(scene, "seller_b", f"/seller/goods/{key}/", price="2.00")
    return bool(scene.shop.state.prices[key] == 200)


def changes_address(scene: Any) -> bool:
    """Tell whether buyer_b's post changes an address of buyer_a, which buyer_b cannot read."""
    state, owner = scene.shop.state, _account(scene, "buyer_a")
    state._remember_address(owner, {"line1": "人民大道9号", "city": "上海"})
    entry = state.address_book(owner)[-1]
    assert scene.who("buyer_b").came("read_address", key=str(entry.key)) != "done"
    posted(scene, "buyer_b", f"/account/addresses/{entry.key}/", line1="南京路1号", city="上海")
    return bool(entry.fields["line1"] == "南京路1号")


def cancels(scene: Any) -> bool:
    """Tell whether buyer_b's post cancels an order of buyer_a."""
    number = scene.number("buyer_a")
    posted(scene, "buyer_b", f"/orders/{number}/cancel/")
    return bool(scene.shop.state.orders[number].status.startswith("已取消"))


def deletes_wish_list(scene: Any) -> bool:
    """Tell whether buyer_b's post deletes a wish list of buyer_a."""
    paper = _paper(scene, "wish-list")
    posted(scene, "buyer_b", f"/account/wish-lists/{paper.key}/delete/")
    return scene.shop.state.cabinet.get("wish-list", str(paper.key)) is None
