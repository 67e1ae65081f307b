"""Shops that are paid in other ways than the miniature's own: late, patient, taking every notice, or declining all."""

import dataclasses
import time
from collections.abc import Mapping
from pathlib import Path

import pytest

from conformance.judges.judgement import judge
from probes.clock import Deadline, SystemClock
from probes.patience import ROUNDS, Patience
from reports.verdict import Undetermined, Verdict, Violates, word
from tests.conformance.judges.evidence import requirement
from tests.conformance.judges.telling import part
from tests.miniatures.shop import payments, routes
from tests.miniatures.shop.miniature import MiniatureShop
from tests.miniatures.shop.provider import Provider
from tests.miniatures.shop.state import Order, State
from tests.miniatures.shop.till import End
from tests.miniatures.shop.web import Answer, Call
from tests.probes.playing import Play

LATE_S = 0.03
"""Longer than a request takes, shorter than the declared 0.05 s."""


def told(own_id: str, look: str, folder: Path, shop: MiniatureShop, *, payments: bool = False) -> Verdict:
    with Play(shop, folder, payments=payments) as play:
        play.see("shop.catalogue", "catalogue")
        reading = play.read(look, "sandbox")
    return judge(requirement(own_id), part(own_id, look), [reading], {}, SystemClock().now())


def working_off_later(monkeypatch: pytest.MonkeyPatch, shop: MiniatureShop) -> None:
    """Have the shop answer success to every notice, and look at it when a payment page is shown, a while later."""
    waiting: list[tuple[float, Mapping[str, str]]] = []
    take, view, notified = payments.take, payments._view, payments.notified

    def taken(_: State, call: Call) -> Answer:
        waiting.append((time.monotonic() + LATE_S, dict(call.form)))
        return Answer(body=b"success", kind="text/plain")

    def deliver(notice: Mapping[str, str]) -> bool:
        waiting.append((time.monotonic() + LATE_S, dict(notice)))
        return True

    def shown(state: State, order: Order, further: str) -> str:
        while waiting and waiting[0][0] < time.monotonic():
            take(state, waiting.pop(0)[1])
        return view(state, order, further)

    changed = tuple(
        (dataclasses.replace(route, handler=taken) if route.handler is notified else route, pattern)
        for route, pattern in routes.COMPILED
    )
    monkeypatch.setattr(routes, "COMPILED", changed)
    monkeypatch.setattr(payments, "_view", shown)
    shop.provider.deliver = deliver


@pytest.mark.parametrize("defect", ["wrong-signature-accepted", "unsigned-notice-accepted"])
def test_a_forged_notice_that_is_believed_later_violates(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, defect: str
) -> None:
    with MiniatureShop.with_defect(defect) as shop:
        working_off_later(monkeypatch, shop)
        verdict = told("SBT-6-safe", "payment.notices", tmp_path, shop)
    assert isinstance(verdict, Violates), verdict


def test_a_shop_that_answers_every_notice_alike_is_not_told_conforming(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with MiniatureShop() as shop:
        working_off_later(monkeypatch, shop)
        verdict = told("SBT-3.1.3-unforgeable", "payment.notices", tmp_path, shop)
    assert isinstance(verdict, Undetermined), verdict
    assert "answered just as the genuine one" in verdict.reason.en


def test_a_shop_that_learns_of_payments_late_gives_money_back_in_time(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with MiniatureShop() as shop:
        working_off_later(monkeypatch, shop)
        assert word(told("SBT-6-refund-help", "payment.refund", tmp_path, shop)) == "conforms"


def test_an_amount_that_the_provider_does_not_believe_forges_nothing(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    real = Provider._checkout

    def asking_the_shop(self: Provider, call: Call) -> Answer:
        order = self.shop.orders[call.form["order"]]
        return real(self, dataclasses.replace(call, form={**call.form, "amount": str(order.quote.total_fen)}))

    monkeypatch.setattr(Provider, "_checkout", asking_the_shop)
    with MiniatureShop() as shop:
        assert word(told("SBT-3.1.3-unforgeable", "payment.notices", tmp_path, shop)) == "conforms"


def test_a_shop_that_waits_for_another_card_after_a_declined_one_conforms(tmp_path: Path) -> None:
    with MiniatureShop() as shop:
        deliver = shop.provider.deliver
        shop.provider.deliver = lambda notice: notice["status"] == "failed" or deliver(notice)
        assert word(told("SBT-6-reliable", "payment.hundred", tmp_path, shop, payments=True)) == "conforms"


def test_where_no_card_pays_nothing_is_shown(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    real = Provider._charge

    def declined(self: Provider, order: str, amount_fen: int, _: End) -> None:
        real(self, order, amount_fen, "failed")

    monkeypatch.setattr(Provider, "_charge", declined)
    with MiniatureShop() as shop:
        verdict = told("SBT-6-reliable", "payment.hundred", tmp_path, shop, payments=True)
    assert isinstance(verdict, Undetermined), verdict
    assert verdict.cause == "settings"


def test_patience_tells_how_many_rounds_it_took() -> None:
    patience = Patience(settle_s=0.0, deadline=Deadline.after(SystemClock(), 5))
    views = iter(range(100))
    assert patience.until(lambda view: view == 2, lambda: next(views), "it") == (2, 2)
    assert patience.until(lambda _: False, lambda: 7, "it") == (7, ROUNDS)
