"""What else the miniature shop keeps: invoices, returns, wish lists, vouchers, and goods that sellers entered."""

from dataclasses import dataclass, field
from typing import Literal

from tests.miniatures.shop.goods import Goods

Sort = Literal["invoice", "return", "wish-list", "voucher"]


@dataclass(slots=True, kw_only=True)
class Paper:
    """One of them: its key, whose it is, what it says; ``number`` is that of the order that it is about."""

    key: int
    owner: int
    text: str
    number: str = ""


@dataclass(slots=True)
class Cabinet:
    """All of them, by sort and key, and the goods that sellers entered themselves, by key."""

    papers: dict[Sort, dict[int, Paper]] = field(default_factory=dict)
    offers: dict[str, Goods] = field(default_factory=dict)

    def of(self, sort: Sort, owner: int | None = None) -> tuple[Paper, ...]:
        """Return those of a sort, of one owner or of all."""
        kept = self.papers.get(sort, {}).values()
        return tuple(paper for paper in kept if owner is None or paper.owner == owner)

    def put(self, sort: Sort, paper: Paper) -> None:
        """Keep one."""
        self.papers.setdefault(sort, {})[paper.key] = paper

    def get(self, sort: Sort, key: str) -> Paper | None:
        """Return the one of that key, or None."""
        return self.papers.get(sort, {}).get(int(key))

    def remove(self, sort: Sort, key: str) -> None:
        """Throw one away."""
        self.papers.get(sort, {}).pop(int(key), None)
