"""The standing watch: what is looked at, how often and from where, planned maintenance, the class of an outage."""

from collections.abc import Mapping
from types import MappingProxyType

from probes.target_tables.key import Key, Table

TABLES: Mapping[str, Table] = MappingProxyType(
    {
        "watch": Table(
            shape="table",
            en="The standing watch (duheng watch).",
            zh="持续监测（duheng watch）。",
            keys={
                "vantage": Key(
                    type="text",
                    en="Name of this vantage point; default: the name of the machine. No two watchers share one.",
                    zh="本监测点的名称，默认为机器名；两个监测进程不得同名。",
                ),
                "service": Key(
                    type="text",
                    en="The check that MTBF, failure rate and recovery are judged on; default: the deepest journey.",
                    zh="用于判定MTBF、日故障率与恢复时间的监测项，默认为最深的流程。",
                ),
                "at_least": Key(
                    type="whole",
                    default=1,
                    en="The platform is down where at least so many vantage points see it down.",
                    zh="至少有这么多监测点判定为不可用时，平台才算不可用。",
                ),
                "canaries": Key(
                    type="canaries",
                    default=(),
                    en="Hosts of others (host:port or URL), asked when a check fails: it may be our own network.",
                    zh="他方主机（主机:端口或网址）；监测失败时访问，以确认本机网络是否正常。",
                ),
                "order": Key(
                    type="flag",
                    default=False,
                    en="true lets journeys place orders (authorised, test product, payment sandbox), each cancelled.",
                    zh="true 表示允许流程下单（须已授权、指定测试商品并声明支付沙箱；订单随即取消）。",
                ),
                "product": Key(
                    type="page",
                    en="The test product that journeys buy; default: the first of [shop] product_urls, else any.",
                    zh="流程所购的测试商品，默认取 [shop] product_urls 的第一个，否则任取一个。",
                ),
                "max_orders_a_day": Key(
                    type="whole",
                    default=24,
                    en="Ceiling of orders of one watcher in one calendar day.",
                    zh="每个监测进程每个日历日的下单上限。",
                ),
                "latency_days": Key(
                    type="whole",
                    default=400,
                    en="Days for which raw latencies are kept; intervals stay forever.",
                    zh="原始时延的保留天数；可用性区间永久保留。",
                ),
            },
        ),
        "checks": Table(
            shape="array",
            en="What is watched. Default: front (a page) and, with an adapter, buying (a journey to the checkout).",
            zh="监测项。默认：front（首页），有适配时另有 buying（走到结算的购买流程）。",
            keys={
                "name": Key(type="name", required=True, en="Its name; keep it.", zh="名称，请勿更改。"),
                "kind": Key(
                    type="check_kind",
                    default="page",
                    en="page, journey, or payment (a journey that pays in the sandbox).",
                    zh="page（页面）、journey（流程）或 payment（在沙箱中付款的流程）。",
                ),
                "url": Key(
                    type="page",
                    en="The page, by default the first one; of a journey: the test product.",
                    zh="页面地址，默认为首页；流程则为测试商品的页面。",
                ),
                "shows": Key(
                    type="pattern",
                    en="Regular expression that the visible text of that page must match.",
                    zh="该页可见文字须匹配的正则表达式。",
                ),
                "every_s": Key(
                    type="interval", default=60.0, en="Seconds from start to start.", zh="相邻两次开始的间隔秒数。"
                ),
                "deadline_s": Key(
                    type="number",
                    default=20.0,
                    en="Seconds after which it has failed; at most ten intervals.",
                    zh="超过该秒数即为失败，最多为间隔的十倍。",
                ),
                "depth": Key(
                    type="depth",
                    en="How far a journey goes: page, cart, checkout (the default), order, payment.",
                    zh="流程深度：page（页面）、cart（购物车）、checkout（结算，默认）、order（下单）、payment（付款）。",
                ),
            },
        ),
        "maintenance": Table(
            shape="array",
            en="Planned maintenance. It is shown apart where it was announced here before it began.",
            zh="计划内维护。仅在开始之前已在此公告的，才单独列出。",
            keys={
                "starts": Key(
                    type="instant", required=True, en="Instant with its UTC offset.", zh="开始时刻（带时区偏移）。"
                ),
                "ends": Key(
                    type="instant", required=True, en="Instant with its UTC offset.", zh="结束时刻（带时区偏移）。"
                ),
                "reason": Key(type="text", required=True, en="What for.", zh="事由。"),
            },
        ),
        "incident_rules": Table(
            shape="array",
            en="The class of an outage, by its first failure; the first rule that matches counts.",
            zh="按首次失败的说明划分故障类别，以首条匹配的规则为准。",
            keys={
                "match": Key(
                    type="pattern",
                    required=True,
                    en="Regular expression over the failure's words.",
                    zh="匹配失败说明的正则表达式。",
                ),
                "class": Key(
                    type="incident_class",
                    required=True,
                    en="software, hardware or network.",
                    zh="software（软件）、hardware（硬件）或 network（网络）。",
                ),
            },
        ),
        "availability": Table(
            shape="table",
            en="What is promised, and how the record is read.",
            zh="所承诺的可用率，以及记录的解读方式。",
            keys={
                "target_percent": Key(
                    type="percent",
                    en="Declared availability; default: 99.86.",
                    zh="声明的可用率，默认99.86。",
                ),
                "payment_target_percent": Key(
                    type="percent",
                    en="Declared availability of payment; default: the same.",
                    zh="声明的支付可用率，默认相同。",
                ),
                "mtbf_reading": Key(
                    type="mtbf_reading",
                    default="record",
                    en="record, or demonstrated (stricter: the lower bound must reach the limit).",
                    zh="record（按记录），或 demonstrated（按下限证明，更严）。",
                ),
            },
        ),
    }
)
