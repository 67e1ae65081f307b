"""What backup tools are known to be able to do, by name. Sources: their manuals; a tool that is not here is unknown."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from conformance.judges.backup_sets import Catalogue, Pair

CRC: Pair = ("CRC-32 of every segment", "逐段 CRC-32")
SHA1: Pair = ("SHA-1 of every file", "逐文件 SHA-1")
PAGES: Pair = ("page checksums of the database", "数据库页校验和")
WAL: Pair = ("completeness of the write-ahead log", "预写日志连续性核对")
SHA256: Pair = ("SHA-256 of all content", "全部内容 SHA-256")
MAC: Pair = ("message authentication codes", "消息认证码")
HMAC: Pair = ("keyed hash of every chunk", "逐数据块带密钥散列")
SIZES: Pair = ("sizes against the manifest", "按清单核对大小")
OBJECTS: Pair = ("object counts and checksums against the manifest", "按清单核对对象数量与校验和")


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """Kinds of backup that a tool makes, its means of verification, and whether it images volumes; None: unknown."""

    kinds: tuple[str, ...] | None
    means: tuple[Pair, ...] | None
    image: bool | None


UNKNOWN = Known(kinds=None, means=None, image=None)
TOOLS: Mapping[str, Known] = MappingProxyType(
    {
        "pgbackrest": Known(kinds=("full", "differential", "incremental"), means=(SHA1, PAGES, WAL), image=False),
        "restic": Known(kinds=("full", "incremental"), means=(SHA256, MAC), image=False),
        # borg create --read-special reads whole block devices
        "borg": Known(kinds=("full", "incremental"), means=(CRC, HMAC), image=True),
        "files": Known(kinds=("full",), means=(SIZES, SHA256, OBJECTS), image=False),
    }
)


def known(catalogue: Catalogue) -> Known:
    """Return what is known of a catalogue's tool."""
    return TOOLS.get(str(catalogue.data["tool"]), UNKNOWN)
