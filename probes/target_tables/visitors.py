"""What a visitor's browser, links and mails are let do."""

from collections.abc import Mapping
from types import MappingProxyType

from probes.target_tables.key import Key, Table

TABLES: Mapping[str, Table] = MappingProxyType(
    {
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
    }
)
