"""Load: the declared peak, the ceilings that no run goes over, and the bounds that are judged under it."""

from collections.abc import Mapping
from types import MappingProxyType

from probes.target_tables.key import Key, Table

TABLES: Mapping[str, Table] = MappingProxyType(
    {
        "load": Table(
            shape="table",
            en="Load (duheng load): the declared peak, and ceilings that no run goes over.",
            zh="负载（duheng load）：所声明的峰值，以及任何一次运行都不得超过的上限。",
            keys={
                "peak_rate_per_s": Key(
                    type="number",
                    en="Declared peak: shoppers who arrive in a second. Peak utilisation is judged under it.",
                    zh="所声明的峰值：每秒到达的顾客数。高峰利用率在该负载下判定。",
                ),
                "max_rate_per_s": Key(
                    type="number",
                    default=5.0,
                    en="Ceiling: shoppers who arrive in a second. A faster profile is refused.",
                    zh="上限：每秒到达的顾客数。超过上限的负载方案将被拒绝。",
                ),
                "max_orders": Key(
                    type="whole",
                    default=50,
                    en="Ceiling of orders in one run, which are cancelled afterwards where the platform allows it.",
                    zh="每次运行的下单上限；平台允许时，事后逐一取消。",
                ),
                "product_urls": Key(
                    type="pages",
                    default=(),
                    en="Test products that are read and bought; default: [shop] product_urls, else a few of the list.",
                    zh="供浏览与购买的测试商品；默认取 [shop] product_urls，否则从商品列表中任取几个。",
                ),
                "accounts": Key(
                    type="whole",
                    en="Buyers' accounts that a run makes: so many order at once; default: as the profile needs them.",
                    zh="每次运行注册的买家账户数，也即同时下单的最大数量；默认按负载方案的需要确定。",
                ),
                "query_p95_ms": Key(
                    type="number",
                    en="Declared bound on the databases' 95th percentile of query time at the peak (3.1.2.2).",
                    zh="峰值下数据库查询时间第95百分位的声明上限，毫秒（3.1.2.2）。",
                ),
                "error_share": Key(
                    type="share",
                    default=0.05,
                    en="Share of failed steps over 30 s beyond which a run stops; above it, a finished run has failed.",
                    zh="30秒内失败步骤所占比例，超过即停止；整次运行超过该比例即为未通过。",
                ),
                "latency_p99_ms": Key(
                    type="number",
                    en="99th percentile of a step's latency over 30 s beyond which a run stops; default: it goes on.",
                    zh="30秒内步骤时延的第99百分位，超过即停止，毫秒；默认不因时延停止。",
                ),
            },
        ),
    }
)
