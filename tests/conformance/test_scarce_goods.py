"""A shop that has only few pieces left of what it lists first refuses what it cannot sell: that is no fault of it."""

from pathlib import Path

from reports.verdict import word
from tests.examining import examine
from tests.miniatures.shop.miniature import ADAPTERS, MiniatureShop

FEW = 2


def test_goods_of_which_few_are_left_are_not_bought_where_others_are_plentiful(tmp_path: Path) -> None:
    with MiniatureShop(frozenset()) as shop:
        for key in ("1", "2"):
            shop.state.stall.stock[key] = FEW
        examined = examine(shop.target_toml(tmp_path, at_random=True), tmp_path / "out")
        left = {key: shop.state.stall.stock[key] for key in ("1", "2")}
    assert examined.told("violates") == set(), examined.reasons()
    assert word(examined.findings["SBT-3.2.1-cart"].verdict) == "conforms"
    assert left == {"1": FEW, "2": FEW}


def test_where_the_page_tells_no_stock_a_cart_that_refuses_is_tried_with_other_goods(tmp_path: Path) -> None:
    silent = "\n".join(
        line
        for line in (ADAPTERS / "miniature.toml").read_text(encoding="utf-8").splitlines()
        if not line.startswith("outputs.available")
    )
    (tmp_path / "silent.toml").write_text(silent, encoding="utf-8")
    with MiniatureShop(frozenset()) as shop:
        target = shop.target_toml(tmp_path)
        text = target.read_text(encoding="utf-8")
        target.write_text(text.replace(str(ADAPTERS / "miniature.toml"), "silent.toml"), encoding="utf-8")
        shop.state.stall.stock["1"] = FEW
        examined = examine(target, tmp_path / "out", clauses="SBT-3.2.1-cart")
    told = examined.findings["SBT-3.2.1-cart"].verdict
    assert word(told) == "conforms", told.reason.en
    assert "refused before" in told.reason.en
    assert "被拒绝" in told.reason.zh
