"""How a run is bounded, and what is accepted, left out or stricter in it."""

from collections.abc import Mapping
from types import MappingProxyType

from probes.target_tables.key import Key, Table

TABLES: Mapping[str, Table] = MappingProxyType(
    {
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
