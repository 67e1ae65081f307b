"""Every key of the target file: its type, its default, and what it is for. ``duheng init`` writes this down."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Literal

Type = Literal[
    "text", "path", "variable", "currency", "environment", "zone",
    "url", "plain_url", "ledger_url", "page", "pages", "hosts", "addresses", "listen",
    "flag", "number", "bound", "whole", "instant",
]  # fmt: skip
Shape = Literal["table", "array", "named"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """One key: its type, whether it must be there, its default, and its meaning in both languages."""

    type: Type
    en: str
    zh: str
    required: bool = False
    default: Any = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """One table: ``table`` stands once, ``array`` as ``[[name]]``, ``named`` as ``[name.NAME]``.

    ``free`` is set where the keys are names of the catalogue, and gives their type.
    """

    shape: Shape
    keys: Mapping[str, Key]
    en: str
    zh: str
    names: tuple[str, ...] = ()
    free: Type | None = None


ENVIRONMENTS = ("production", "staging", "disposable")
ROLES = ("buyer_a", "buyer_b", "buyer_c", "seller_a", "seller_b", "operator")

TABLES: Mapping[str, Table] = MappingProxyType(
    {
        "platform": Table(
            shape="table",
            en="The platform that is examined.",
            zh="被检查的平台。",
            keys={
                "id": Key(
                    type="text",
                    required=True,
                    en="Evidence belongs to this id; keep it.",
                    zh="证据归属的标识，请勿更改。",
                ),
                "name": Key(type="text", required=True, en="Name for people.", zh="平台名称。"),
                "base_url": Key(type="url", required=True, en="Where the shop begins.", zh="商城首页地址。"),
                "plain_url": Key(
                    type="plain_url",
                    en="The http entry; default: the same host, port 80.",
                    zh="http入口，默认同主机80端口。",
                ),
                "environment": Key(
                    type="environment",
                    default="production",
                    en="production, staging or disposable; in production the run only reads and logs in.",
                    zh="production（生产）、staging（预发布）或 disposable（可丢弃）；生产环境只读取与登录。",
                ),
                "authorised": Key(
                    type="flag",
                    default=False,
                    en="true allows test orders and wrong passwords (in production only within [[windows]]).",
                    zh="true 表示允许注册、测试下单与错误口令（生产环境仅限 [[windows]] 时间窗内）。",
                ),
                "adapter": Key(
                    type="text",
                    default="",
                    en="Built-in adapter, or the path of your own journey file.",
                    zh="内置适配名，或自备流程文件路径。",
                ),
                "hosts": Key(
                    type="hosts",
                    default=(),
                    en="Further hosts that may be contacted (host or host:port).",
                    zh="其他允许访问的主机。",
                ),
                "timezone": Key(
                    type="zone",
                    default="Asia/Shanghai",
                    en="Zone of the platform's calendar days.",
                    zh="平台日历所在时区。",
                ),
                "currency": Key(type="currency", en="ISO code, where pages show none.", zh="页面未标币种时的ISO代码。"),
            },
        ),
        "ledger": Table(
            shape="table",
            en="Where evidence is kept.",
            zh="证据存放位置。",
            keys={
                "url": Key(
                    type="ledger_url",
                    en="sqlite:///FILE; default: beside the target file.",
                    zh="sqlite:///文件，默认与目标文件同目录。",
                )
            },
        ),
        "tls": Table(
            shape="table",
            en="Trust.",
            zh="信任设置。",
            keys={"ca_file": Key(type="path", en="A further trust anchor (PEM).", zh="附加信任根证书（PEM）。")},
        ),
        "endpoints": Table(
            shape="array",
            en="Further endpoints to look at; the base URL is always one.",
            zh="其他需检查的端点，首页地址始终包含在内。",
            keys={
                "url": Key(type="url", required=True, en="Scheme, host and port.", zh="协议、主机与端口。"),
                "addresses": Key(
                    type="addresses",
                    default=(),
                    en="Published addresses that must answer.",
                    zh="必须应答的已公布地址。",
                ),
            },
        ),
        "roles": Table(
            shape="named",
            names=ROLES,
            en="Test accounts. Without buyers the run registers its own, where it may.",
            zh="测试账户。未声明买家时，在许可范围内自行注册。",
            keys={
                "username": Key(type="text", required=True, en="Log-in name.", zh="登录名。"),
                "password_env": Key(
                    type="variable", en="Environment variable that holds the password.", zh="存放口令的环境变量。"
                ),
                "password_file": Key(
                    type="path", en="Owner-only file that holds the password.", zh="存放口令的文件（仅属主可读）。"
                ),
            },
        ),
        "shop": Table(
            shape="table",
            en="Hints about the shop; all optional.",
            zh="关于商城的提示，均可省略。",
            keys={
                "search_term": Key(type="text", en="A word that finds goods.", zh="可搜到商品的词。"),
                "product_urls": Key(
                    type="pages", default=(), en="Goods to look at in any case.", zh="必须查看的商品地址。"
                ),
                "sample": Key(
                    type="whole", default=12, en="How many detail pages are sampled.", zh="抽查的详情页数量。"
                ),
                "qualification_page": Key(type="page", en="Where the qualifications stand.", zh="资质公示页地址。"),
                "max_orders": Key(
                    type="whole",
                    en="Ceiling of orders in one run; default 2, where disposable 200.",
                    zh="一次运行的下单上限，默认2，可丢弃环境默认200。",
                ),
            },
        ),
        "mailbox": Table(
            shape="table",
            en="A mailbox of the harness's own, for shops that mail a token.",
            zh="本工具自带的收件箱，用于接收邮件验证码。",
            keys={"listen": Key(type="listen", required=True, en="host:port to listen on.", zh="监听地址 host:port。")},
        ),
        "limits": Table(
            shape="table",
            en="Bounds of a run.",
            zh="运行限制。",
            keys={
                "deadline_s": Key(
                    type="number", default=600.0, en="Seconds for the whole run.", zh="整次运行的秒数上限。"
                ),
                "request_timeout_s": Key(
                    type="number", default=20.0, en="Seconds for one answer.", zh="单次应答的秒数上限。"
                ),
                "workers": Key(type="whole", default=4, en="Looks at the same time.", zh="同时进行的观察数。"),
                "body_bytes": Key(
                    type="whole", default=5_000_000, en="Bytes read of one answer.", zh="单次应答读取的字节上限。"
                ),
            },
        ),
        "thresholds": Table(
            shape="named",
            free="bound",
            en="Stricter bounds than the clause's, by metric; looser is refused.",
            zh="比条款更严的限值（按指标）；放宽将被拒绝。",
            keys={},
        ),
        "waivers": Table(
            shape="array",
            en="Accepted deviations; they change what counts, never what was measured.",
            zh="已接受的偏差；只影响是否计入，不改变测得结果。",
            keys={
                "check": Key(type="text", required=True, en="Id of the requirement.", zh="条款标识。"),
                "reason": Key(type="text", required=True, en="Why.", zh="理由。"),
                "owner": Key(type="text", required=True, en="Who answers for it.", zh="责任人。"),
                "expires": Key(
                    type="instant", required=True, en="Instant with its UTC offset.", zh="带时区偏移的到期时刻。"
                ),
            },
        ),
        "not_applicable": Table(
            shape="named",
            en="Clauses that do not apply, each with its reason.",
            zh="不适用的条款及理由。",
            keys={"reason": Key(type="text", required=True, en="Why it does not apply.", zh="不适用的理由。")},
        ),
        "windows": Table(
            shape="array",
            en="Windows in which writes in production are allowed, where authorised.",
            zh="生产环境中允许写操作的时间窗（须已授权）。",
            keys={
                "starts": Key(
                    type="instant", required=True, en="Instant with its UTC offset.", zh="开始时刻（带时区偏移）。"
                ),
                "ends": Key(
                    type="instant", required=True, en="Instant with its UTC offset.", zh="结束时刻（带时区偏移）。"
                ),
                "purpose": Key(type="text", required=True, en="What for.", zh="用途。"),
            },
        ),
    }
)
