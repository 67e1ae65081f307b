"""The eight kinds of platform interfaces (SB/T 10469, 3.1.5): their names, their round trips, the words they go by."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

About = Literal["order", "day", "person", "made", "stock"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """One kind of interface.

    ``about`` says what its round trip turns on: a test ``order`` or ``person`` of this run, a ``day``, something
    ``made`` by the act, or the ``stock`` of an article. ``acts`` tells whether it changes something. ``words`` (lower
    case) hint at its operations in descriptions in which the target file names none.
    """

    name: str
    about: About
    acts: bool
    words: tuple[str, ...]

    @property
    def reads(self) -> str:
        """The verb that reads."""
        return f"interface_{self.name.replace('-', '_')}_read"

    @property
    def act(self) -> str:
        """The verb that acts; only where ``acts``."""
        return f"interface_{self.name.replace('-', '_')}_act"


_ALL = (
    Kind(
        name="accounting",
        about="order",
        acts=False,
        words=("account line", "ledger", "bookkeep", "journal entr", "accounting", "核算", "账目", "记账", "对账"),
    ),
    Kind(
        name="stock",
        about="stock",
        acts=True,
        words=("stock", "inventory", "warehouse", "receipt of goods", "进销存", "库存", "入库", "出库"),
    ),
    Kind(
        name="sales-payment",
        about="order",
        acts=False,
        words=("proceeds", "settlement", "payout", "remittance", "货款", "结算", "打款"),
    ),
    Kind(
        name="identity",
        about="person",
        acts=False,
        words=("identity", "real name", "real-name", "verify customer", "kyc", "身份", "实名"),
    ),
    Kind(
        name="logistics",
        about="made",
        acts=True,
        words=("waybill", "shipment", "logistic", "courier", "carrier", "tracking", "物流", "配送", "运单"),
    ),
    Kind(
        name="e-bank",
        about="made",
        acts=True,
        words=("bank payment", "e-bank", "ebank", "net bank", "payment", "网银", "网上银行", "支付"),
    ),
    Kind(
        name="crm",
        about="person",
        acts=True,
        words=("crm", "customer relation", "customer", "客户关系", "客户"),
    ),
    Kind(
        name="analytics",
        about="day",
        acts=False,
        words=("analytic", "statistic", "order total", "report", "数据分析", "统计", "报表"),
    ),
)

KINDS: Mapping[str, Kind] = MappingProxyType({kind.name: kind for kind in _ALL})
