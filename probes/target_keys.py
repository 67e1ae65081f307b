"""Every key of the target file: its type, its default, and what it is for. ``duheng init`` writes this down."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Literal

Type = Literal[
    "text", "path", "variable", "currency", "environment", "zone", "api_style", "api_place",
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
INTERFACES = ("accounting", "stock", "sales-payment", "identity", "logistics", "e-bank", "crm", "analytics")
API_STYLES = ("openapi", "graphql", "document")

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
        "payment": Table(
            shape="table",
            en="The payment provider's sandbox. Without it no payment is started.",
            zh="支付服务商的沙箱。未声明则不发起任何支付。",
            keys={
                "hosts": Key(
                    type="hosts",
                    default=(),
                    en="The provider's hosts; the first answers its API. They may be contacted.",
                    zh="支付服务商的主机，首个提供其接口；允许访问。",
                ),
                "sandbox": Key(
                    type="flag",
                    default=False,
                    en="true says that no real money moves there.",
                    zh="true 表示该处不涉及真实资金。",
                ),
                "refund_time_days": Key(
                    type="number",
                    en="Working days within which a refund completes, by contract.",
                    zh="合同约定的退款完成时限（工作日）。",
                ),
                "settle_s": Key(
                    type="number",
                    default=30.0,
                    en="Seconds within which a payment reaches its end.",
                    zh="一笔支付得出最终结果的秒数上限。",
                ),
                "key_env": Key(
                    type="variable",
                    en="Environment variable that holds the merchant's sandbox key.",
                    zh="存放商户沙箱密钥的环境变量。",
                ),
                "key_file": Key(
                    type="path",
                    en="Owner-only file that holds the merchant's sandbox key.",
                    zh="存放商户沙箱密钥的文件（仅属主可读）。",
                ),
            },
        ),
        "api": Table(
            shape="table",
            en="The platform's API for partners (3.1.5): where it is described, and the API client's credentials.",
            zh="平台对外接口（3.1.5）：接口说明的位置，以及接口调用方的凭据。",
            keys={
                "description": Key(
                    type="api_place",
                    en="URL or file of the API description (OpenAPI 2 or 3, GraphQL, or a document).",
                    zh="接口说明的地址或文件（OpenAPI 2/3、GraphQL 或文档）。",
                ),
                "style": Key(
                    type="api_style",
                    en="openapi, graphql or document; default: told from what stands in it.",
                    zh="openapi、graphql 或 document（文档）；默认根据内容判断。",
                ),
                "header": Key(
                    type="text",
                    default="Authorization",
                    en="Header that carries the credentials.",
                    zh="携带凭据的请求头。",
                ),
                "scheme": Key(
                    type="text",
                    en="Word before the key; default: Bearer in Authorization, none in other headers.",
                    zh="密钥之前的方案名；Authorization 默认为 Bearer，其他请求头默认没有。",
                ),
                "key_env": Key(
                    type="variable", en="Environment variable that holds the API key.", zh="存放接口密钥的环境变量。"
                ),
                "settle_s": Key(
                    type="number",
                    default=10.0,
                    en="Seconds within which the effect of a call shows when it is read.",
                    zh="一次调用的效果最迟在多少秒内可读取到。",
                ),
                "key_file": Key(
                    type="path",
                    en="Owner-only file that holds the API key.",
                    zh="存放接口密钥的文件（仅属主可读）。",
                ),
            },
        ),
        "interfaces": Table(
            shape="named",
            names=INTERFACES,
            en="Which operations of the description are the interfaces of 3.1.5; the adapter holds their journeys.",
            zh="接口说明中哪些操作对应3.1.5的各类接口；其流程写在适配文件中。",
            keys={
                "read": Key(
                    type="text",
                    required=True,
                    en="Operation that reads: operationId, METHOD /path, or GraphQL field.",
                    zh="读取操作：operationId、“方法 /路径”或 GraphQL 字段。",
                ),
                "act": Key(
                    type="text",
                    en="Operation that changes something (stock, logistics, e-bank, crm).",
                    zh="产生变更的操作（stock、logistics、e-bank、crm）。",
                ),
            },
        ),
        "audit": Table(
            shape="table",
            en="The log of orders and consents that shows every alteration (3.1.3): JSON lines, chained or signed.",
            zh="可发现篡改的订单与同意事件日志（3.1.3）：逐行JSON，带散列链或签名。",
            keys={
                "log": Key(
                    type="text",
                    en="A page that the operator may read (/path or URL), or a file beside this one.",
                    zh="运营方可读取的页面（/路径或地址），或与本文件同目录的文件。",
                ),
                "prev": Key(
                    type="text", default="prev", en="Field: hash of the line before.", zh="字段名：前一行的散列。"
                ),
                "hash": Key(
                    type="text",
                    default="hash",
                    en="Field: SHA-256 of the line's canonical JSON (RFC 8785) without hash and signature.",
                    zh="字段名：该行规范化JSON（RFC 8785，不含散列与签名字段）的SHA-256。",
                ),
                "signature": Key(
                    type="text",
                    default="signature",
                    en="Field: Ed25519 signature of the same bytes, base64.",
                    zh="字段名：同一内容的Ed25519签名（base64）。",
                ),
                "public_key": Key(
                    type="text",
                    en="Ed25519 public key in base64, where the lines are signed.",
                    zh="各行带签名时，Ed25519公钥（base64）。",
                ),
            },
        ),
        "browser": Table(
            shape="table",
            en="The walk of a real browser through the buying journey (extra: duheng[browser]).",
            zh="由真实浏览器走完购买流程（需安装附加组件 duheng[browser]）。",
            keys={
                "walk": Key(type="flag", default=True, en="false switches it off.", zh="false 表示关闭。"),
                "watched": Key(
                    type="hosts",
                    default=(),
                    en="Third parties that may be asked, so that their code runs; what they are told is watched.",
                    zh="允许访问的第三方主机，使其代码得以运行；发给它们的内容受到观察。",
                ),
                "accept": Key(
                    type="text",
                    en="CSS selector of the button by which a visitor consents to cookies; pressed where it shows.",
                    zh="访客同意使用 Cookie 的按钮的CSS选择器；出现时点击。",
                ),
                "executable": Key(
                    type="text",
                    en="The browser, by name or path; default: chromium-headless-shell, chromium, google-chrome.",
                    zh="浏览器的名称或路径，默认依次查找 chromium-headless-shell、chromium、google-chrome。",
                ),
            },
        ),
        "processors": Table(
            shape="array",
            en="Processors that the privacy notice lists: they are no third party (3.1.3.3). Nothing is sent to them.",
            zh="隐私政策中列明的受托处理方，不视为第三方（3.1.3.3）；不会向其发送任何请求。",
            keys={
                "origin": Key(type="url", required=True, en="Scheme, host and port.", zh="协议、主机与端口。"),
                "purpose": Key(type="text", required=True, en="What for, as the notice says.", zh="政策所述用途。"),
            },
        ),
        "guest_links": Table(
            shape="array",
            en="Links that are meant to open an order without log-in, by a secret in their address.",
            zh="专供免登录查看订单的链接（地址中含口令）。",
            keys={
                "pattern": Key(
                    type="text",
                    required=True,
                    en="Regular expression over path and query; the secret is its first group.",
                    zh="匹配路径与查询串的正则表达式，第一个分组为口令。",
                ),
                "reason": Key(type="text", required=True, en="Why it is needed.", zh="理由。"),
                "lifetime_h": Key(
                    type="number", required=True, en="Hours that a link lives.", zh="链接有效期（小时）。"
                ),
                "expired": Key(
                    type="page",
                    en="A link of this kind that is over, and must not open.",
                    zh="一个已过期、应打不开的链接。",
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
