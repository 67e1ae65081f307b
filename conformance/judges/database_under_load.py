"""3.1.2.2 the database satisfies the need: no error at the peak, queries in time, connections left, no order lost.

Nor charged twice, or another amount, where the provider's sandbox is declared.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from conformance.judges.hosts import Declarations, Tell, number, records, right, unsure, wrong
from conformance.judges.load_hosts import declared_names, unsampled
from conformance.judges.load_runs import Run, overdone, short_of_peak, undeclared
from conformance.judges.words import cause_in
from reports.verdict import Measured

_COUNTED = (
    ("errors", "errors", "条错误"),
    ("refused", "refused connections", "次连接被拒"),
    ("deadlocks", "deadlocks", "次死锁"),
)
_ORDERS = (
    ("lost", "acknowledged orders lost", "笔已确认订单丢失"),
    ("doubled", "orders doubled", "笔订单重复"),
    ("altered", "orders altered", "笔订单被改变"),
)
_PAYMENTS = (
    ("doubled", "orders charged twice", "笔订单重复扣款"),
    ("wrong", "orders charged another amount", "笔订单扣款金额不符"),
)


OWN_QUERIES = 5
"""So many queries at most are our own in one look; where there were no more, nobody else asked."""


@dataclass(slots=True, kw_only=True)
class Faults:
    """What went wrong, in both languages, as it is found."""

    en: list[str] = field(default_factory=list)
    zh: list[str] = field(default_factory=list)
    measured: Measured | None = None

    def add(self, en: str, zh: str, measured: Measured | None = None) -> None:
        """Add one."""
        self.en.append(en)
        self.zh.append(zh)
        self.measured = self.measured or measured


def meets_need(run: Run, declarations: Declarations) -> Tell:
    """Judge one run: the declared databases, and what became of the orders."""
    bound = number((declarations.get("load") or {}).get("query_p95_ms"))
    told = _databases(run)
    faults = Faults()
    for entry in told.values():
        _of_database(entry, bound, faults)
    _of_orders(run, faults)
    if faults.en:
        return _wrong(run, faults)
    names = declared_names(declarations, "databases")
    lacking = [*(() if names else ("databases",)), *(() if bound is not None else ("load.query_p95_ms",))]
    if lacking or bound is None:
        return undeclared(lacking)
    return short_of_peak(run) or _doubts(run, names, told, bound) or _right([told[name] for name in names], bound)


def _databases(run: Run) -> Mapping[str, Mapping[str, Any]]:
    return {str(entry.get("name")): entry for host in run.hosts.values() for entry in records(host.get("databases"))}


def _query(entry: Mapping[str, Any]) -> Mapping[str, Any]:
    found = entry.get("query_ms")
    return found if isinstance(found, Mapping) else {}


def _of_database(entry: Mapping[str, Any], bound: float | None, faults: Faults) -> None:
    name = entry.get("name")
    for key, en, zh in _COUNTED:
        count = number(entry.get(key)) or 0.0
        if count > 0:
            measured = Measured(metric=f"database_{key}", value=count)
            faults.add(f"{name}: {count:g} {en}", f"{name}：{count:g} {zh}", measured)
    peak, most = number(entry.get("connections_peak")), number(entry.get("connections_max"))
    if peak is not None and most is not None and peak >= most:
        faults.add(f"{name}: all {most:g} connections were taken", f"{name}：{most:g} 个连接全部占满")
    p95 = number(_query(entry).get("p95"))
    if p95 is not None and bound is not None and p95 > bound:
        faults.add(
            f"{name}: 95 % of the queries took up to {p95:g} ms (declared at most {bound:g} ms)",
            f"{name}：查询时间第95百分位为 {p95:g} ms（声明不超过 {bound:g} ms）",
            Measured(metric="query_p95", value=p95, unit="ms"),
        )


def _of_orders(run: Run, faults: Faults) -> None:
    for table, named in (("orders", _ORDERS), ("payments", _PAYMENTS)):
        told = _business(run, table)
        for key, en, zh in named:
            found = told.get(key)
            if isinstance(found, Sequence) and not isinstance(found, str) and found:
                faults.add(
                    f"{len(found)} {en} ({_some(found)})", f"{len(found)} {zh}（{_some(found).replace(', ', '，')}）"
                )
    if _business(run, "stock").get("oversold"):
        faults.add("more was sold than there was", "售出数量超过库存")


def _business(run: Run, table: str) -> Mapping[str, Any]:
    business = run.data.get("business")
    found = business.get(table) if isinstance(business, Mapping) else None
    return found if isinstance(found, Mapping) else {}


def _some(found: Sequence[Any]) -> str:
    return ", ".join(str(each) for each in found[:5]) + (" ..." if len(found) > 5 else "")  # noqa: PLR2004 - a sentence


def _wrong(run: Run, faults: Faults) -> Tell:
    en, zh = "; ".join(faults.en), "；".join(faults.zh)
    if run.peak_per_s is None:
        return undeclared(("load.peak_rate_per_s",))
    return overdone(run, en, zh) if run.beyond else wrong(en, zh, shows=en, measured=faults.measured)


def _doubts(run: Run, names: Sequence[str], told: Mapping[str, Mapping[str, Any]], bound: float) -> Tell | None:
    for name in names:
        entry = told.get(name)
        if entry is None or entry.get("state") == "unread":
            why = str((entry or {}).get("why") or "nobody looked")
            return unsure(
                f"the database {name} was not read meanwhile ({why})",
                f"期间未能读取数据库 {name}（{why}）",
                cause=cause_in(entry or {}, "cause", "target"),
            )
        doubt = _doubt(entry, bound)
        if doubt is not None:
            return doubt
    # What a database was asked before its host was out of reach says nothing of the rest of the run.
    hosts = [
        host
        for host, read in run.hosts.items()
        if {str(e.get("name")) for e in records(read.get("databases"))} & {*names}
    ]
    return unsampled(run, hosts) or _doubted_orders(run)


def _doubted_orders(run: Run) -> Tell | None:
    unread = number(_business(run, "orders").get("unread"))
    if unread is None:
        return unsure("it does not tell what became of the orders", "未说明订单的下落", cause="target")
    if unread:
        return unsure(f"{unread:g} orders could not be read back", f"{unread:g} 笔订单未能读回", cause="target")
    why = _business(run, "payments").get("unread")
    if why:  # a sentence; nothing is told of payments where no sandbox is declared
        return unsure(
            f"the provider's list of payments could not be read ({why})",
            f"未能读取支付服务商的支付清单（{why}）",
            cause="target",
        )
    return None


def _doubt(entry: Mapping[str, Any], bound: float) -> Tell | None:
    """Return what of one database that was read cannot be told."""
    name, query = entry.get("name"), _query(entry)
    for key, en, zh in (
        ("errors", "whether it logged errors", "是否记录了错误"),
        ("refused", "whether it refused connections", "是否拒绝了连接"),
        ("connections_peak", "how many connections it held", "所用连接数"),
    ):
        if number(entry.get(key)) is None:
            why = str(entry.get("why") or "it was not to be read")
            return unsure(f"{name} does not tell {en} ({why})", f"{name} 未说明{zh}（{why}）", cause="settings")
    most = number(query.get("p95")) if number(query.get("p95")) is not None else number(query.get("p95_at_most"))
    if not number(query.get("count")) or most is None:
        why = str(query.get("why") or "it writes down no durations")
        return unsure(
            f"{name} does not tell its query times ({why})", f"{name} 未说明查询时间（{why}）", cause="settings"
        )
    count, looks = number(query.get("count")) or 0.0, number(entry.get("looks")) or 0.0
    if count <= OWN_QUERIES * looks:
        return unsure(
            f"{name} was asked by hardly anybody but this tool ({count:g} queries, {looks:g} of our own looks); "
            "is it the shop's?",
            f"{name} 除本工具外几乎无人查询（共 {count:g} 次查询，其间本工具探查 {looks:g} 次），请核对是否为商店所用",
            cause="settings",
        )
    if most > bound:
        return unsure(
            f"of {name} only this is known of the 95th percentile: it is at most {most:g} ms, and {bound:g} ms are "
            "declared; let it log the duration of statements",
            f"{name} 的查询时间第95百分位仅知不超过 {most:g} ms，而声明为 {bound:g} ms；请让数据库记录语句耗时",
            cause="settings",
        )
    return None


def _right(entries: Sequence[Mapping[str, Any]], bound: float) -> Tell:
    highest = max(entries, key=_p95)
    value = _p95(highest)
    most = "" if number(_query(highest).get("p95")) is not None else "at most "
    most_zh = "不超过 " if most else ""
    return right(
        f"{len(entries)} databases without an error, query time p95 {most}{value:g} ms (declared at most {bound:g} ms)",
        f"{len(entries)} 个数据库无错误，查询时间第95百分位{most_zh}{value:g} ms（声明不超过 {bound:g} ms）",
        measured=Measured(metric="query_p95", value=value, unit="ms"),
    )


def _p95(entry: Mapping[str, Any]) -> float:
    query = _query(entry)
    exact = number(query.get("p95"))
    return exact if exact is not None else number(query.get("p95_at_most")) or 0.0
