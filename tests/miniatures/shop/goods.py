"""What the miniature shop sells, and what it says about itself. Money is in fen."""

from dataclasses import dataclass

DELIVERY_FEN = 1000
CREDIT_CODE = "91310000MA1K7H5T0E"
COMPANY = "度衡微型商城有限公司"
LICENCE = "增值电信业务经营许可证 沪B2-20260001"


@dataclass(frozen=True, slots=True, kw_only=True)
class Goods:
    """One article; ``seller`` is the name of the account that sells it."""

    key: str
    name: str
    price_fen: int
    seller: str


CATALOGUE = (
    Goods(key="1", name="明前龙井茶 Longjing tea", price_fen=12800, seller="seller_a"),
    Goods(key="2", name="青花瓷茶杯 Porcelain tea cup", price_fen=4500, seller="seller_b"),
    Goods(key="3", name="真丝围巾 Silk scarf", price_fen=26850, seller="seller_a"),
    Goods(key="4", name="竹编提篮 Bamboo basket", price_fen=8890, seller="seller_b"),
    Goods(key="5", name="手工宣纸 Rice paper", price_fen=3990, seller="seller_a"),
    Goods(key="6", name="紫砂茶壶 Yixing teapot", price_fen=36000, seller="seller_b"),
)
ODD_ONE = "5"
"""The article that a defect of a single page is about: not one of the first, which are ordered."""


def yuan(fen: int) -> str:
    """Return an amount as the shop prints it, ``¥128.00``."""
    return f"¥{fen // 100}.{fen % 100:02d}"
