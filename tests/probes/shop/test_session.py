"""Sessions and the shop: business words, their bounds, and what they leave on the trail."""

import pytest

from probes.clock import Deadline
from probes.errors import NotPermitted, NotSet, TargetAway
from probes.shop.outcome import Broken, Denied, Done, Outcome
from probes.shop.trail import Trail
from probes.transports.port import Http, Request, Response
from tests.probes.shop.scenery import ANN, PASSWORD, Backend, Scenery, routes_of
from tests.probes.shop.server import serving


def test_what_is_made_stands_on_the_trail_without_secrets(scenery: Scenery, trail: Trail) -> None:
    ann = scenery.shop.session("buyer_a")
    ann.register(**ANN, password=PASSWORD)
    ann.add_to_cart(url="/p/1", ref="sku-1", quantity=2)
    order = ann.confirm_order()
    assert isinstance(order, Done)
    entries = trail.entries()
    assert [(entry.who, entry.kind, entry.id) for entry in entries] == [
        ("buyer_a", "account", "ann@example.com"),
        ("buyer_a", "cart", "sku-1"),
        ("buyer_a", "order", "1000"),
    ]
    assert entries[2].facts["account"] == "ann@example.com"
    assert PASSWORD not in trail.path.read_text()
    assert all(entry.acknowledged for entry in entries)


def test_what_may_have_been_made_stands_there_as_doubtful(scenery: Scenery, trail: Trail) -> None:
    scenery.backend.half_done = True
    session = scenery.shop.session("buyer_a")
    assert isinstance(session.confirm_order(), Broken)
    (entry,) = trail.entries()
    assert (entry.kind, entry.id, entry.acknowledged) == ("order", "", False)


def test_a_shop_that_goes_away_leaves_a_doubt(scenery: Scenery, trail: Trail) -> None:
    class Cut:
        """Sends, and loses the answer."""

        def __init__(self, inner: Http) -> None:
            self.inner = inner

        def send(self, request: Request, *, deadline: Deadline) -> Response:
            self.inner.send(request, deadline=deadline)
            raise TargetAway("cut")

        def cookie(self, name: str) -> str | None:
            return self.inner.cookie(name)

        def forget(self) -> None:
            self.inner.forget()

        def close(self) -> None:
            self.inner.close()

    session = scenery.shop.session("buyer_a")
    with session.through(Cut), pytest.raises(TargetAway):
        session.confirm_order()
    assert [entry.acknowledged for entry in trail.entries()] == [False]
    assert isinstance(session.confirm_order(), Done)


@pytest.mark.parametrize("ended", [SystemExit, KeyboardInterrupt])
def test_the_end_of_the_process_leaves_a_doubt(scenery: Scenery, trail: Trail, ended: type[BaseException]) -> None:
    def act() -> Outcome:
        raise ended

    session = scenery.shop.session("buyer_a")
    with pytest.raises(ended):
        session.by_hand("confirm_order", {}, act)
    assert [(entry.kind, entry.acknowledged) for entry in trail.entries()] == [("order", False)]


def test_a_bug_of_ours_leaves_none(scenery: Scenery, trail: Trail) -> None:
    def act() -> Outcome:
        raise TypeError

    with pytest.raises(TypeError):
        scenery.shop.session("buyer_a").by_hand("confirm_order", {}, act)
    assert trail.entries() == ()


def test_a_denial_makes_nothing(scenery: Scenery, trail: Trail) -> None:
    session = scenery.shop.session("buyer_a")
    outcome = session.log_in(username="ann", password="wrong")
    assert isinstance(outcome, Denied)
    assert session.login is None
    assert scenery.shop.known_logins("buyer_a") == ()
    assert trail.entries() == ()


def test_writes_are_refused_where_the_run_may_not(backend: Backend) -> None:
    with serving(routes_of(backend)) as server:
        scenery = Scenery(
            server.url, backend, permit=lambda: "environment = production, and no declared window is open"
        )
        session = scenery.shop.session("buyer_a")
        with pytest.raises(NotPermitted, match="register would change the platform: environment = production"):
            session.register(**ANN, password=PASSWORD)
        with pytest.raises(NotPermitted):
            session.add_to_cart(url="/p", ref="1", quantity=1)
        assert isinstance(session.log_in(username="ops", password=PASSWORD), Done)
        assert server.lines() == ["POST /login"]
        scenery.close()


def test_unknown_words_are_our_bugs_and_missing_journeys_settings(scenery: Scenery) -> None:
    session = scenery.shop.session("visitor")
    with pytest.raises(TypeError, match="dance is no business verb"):
        session.do("dance")
    with pytest.raises(TypeError, match="log_in takes no pasword"):
        session.do("log_in", username="a", pasword="b")
    with pytest.raises(NotSet, match="the adapter tiny describes no search journey"):
        session.search(term="tea")
    assert not session.can("search")
    assert session.can("empty_cart")
    assert scenery.shop.can("empty_cart")


def test_a_cart_is_emptied_line_by_line(scenery: Scenery) -> None:
    session = scenery.shop.session("buyer_a")
    scenery.backend.cart = ["a", "b", "c"]
    assert isinstance(session.empty_cart(), Done)
    assert scenery.backend.cart == []
    scenery.backend.cart, scenery.backend.half_done = ["a"], True
    outcome = session.empty_cart()
    assert isinstance(outcome, Broken)
    assert outcome.why == "step empty_cart: 1 lines are left after one was removed of 1"


def test_pages(scenery: Scenery) -> None:
    shop = scenery.shop
    assert shop.pages == {"home": "/", "login": "/login", "operator": "/d/"}
    assert shop.page_list("operator") == ("/d/", "/d/o/")
    assert shop.page_list("seller") == ()
    assert shop.sensitive_paths == ("/login", "/d/", "/d/o/")


def test_visit_and_last_text(scenery: Scenery) -> None:
    session = scenery.shop.session("visitor")
    assert session.last_text() == ""
    outcome = session.visit("/nowhere")
    assert isinstance(outcome, Broken)
    assert session.last is outcome
    assert session.last_text() == "Not here"


def test_what_is_done_by_other_hands_is_bounded_and_noted_alike(scenery: Scenery, trail: Trail) -> None:
    session = scenery.shop.session("buyer_a")
    given = {**ANN, "password": PASSWORD}
    done, broken = (
        Done(verb="register", outputs={}, exchanges=()),
        Broken(verb="confirm_order", step_id="pay", why="step pay: nothing", exchanges=()),
    )
    assert session.by_hand("register", given, lambda: done) is done
    assert session.by_hand("confirm_order", {}, lambda: broken) is broken
    assert [(entry.kind, entry.id, entry.acknowledged) for entry in trail.entries()] == [
        ("account", "ann@example.com", True),
        ("order", "", False),
    ]
    assert session.login is not None
    refused = Scenery("http://127.0.0.1:1", scenery.backend, permit=lambda: "not authorised")
    with pytest.raises(NotPermitted, match="register would change the platform: not authorised"):
        refused.shop.session("buyer_a").by_hand("register", given, lambda: done)
    refused.close()
