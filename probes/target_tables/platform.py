"""What is examined, how it is reached, and who logs in."""

from collections.abc import Mapping
from types import MappingProxyType

from probes.target_tables.key import ROLES, Key, Table

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
                    en="sqlite:///FILE (default: beside the target file), or postgresql://USER@HOST/DB "
                    "(password: PGPASSFILE).",
                    zh="sqlite:///文件（默认与目标文件同目录），或 postgresql://用户@主机/数据库（口令：PGPASSFILE）。",
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
    }
)
