"""Payment, the interfaces for partners and the log of events: what clauses 3.1.3 to 3.1.5 are told from."""

from collections.abc import Mapping
from types import MappingProxyType

from probes.target_tables.key import INTERFACES, Key, Table

TABLES: Mapping[str, Table] = MappingProxyType(
    {
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
                "settle_s": Key(
                    type="number",
                    default=3.0,
                    en="Seconds within which what was done shows in the log and in the operator's audit trail.",
                    zh="操作最迟在多少秒内见于日志与运营方审计记录。",
                ),
            },
        ),
    }
)
