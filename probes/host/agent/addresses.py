"""Addresses of the network as they are written; ``socket`` and ``ipaddress`` know it too, and take long to import."""

_IPV4_BYTES = 4
_INSIDE = bytes(10) + b"\xff\xff"


def written(packed: bytes) -> str:
    """Return an address of 4 or 16 bytes as text."""
    if len(packed) == _IPV4_BYTES:
        return "%d.%d.%d.%d" % tuple(packed)
    if packed.startswith(_INSIDE):
        import ipaddress  # noqa: PLC0415 - an IPv4 address inside of one of IPv6, of which Pythons write two forms

        return str(ipaddress.ip_address(packed))
    groups = ["%x" % (packed[at] << 8 | packed[at + 1]) for at in range(0, len(packed), 2)]
    start, count = _longest(groups)
    if count < 2:  # noqa: PLR2004 - a single zero is written
        return ":".join(groups)
    return "%s::%s" % (":".join(groups[:start]), ":".join(groups[start + count :]))


def _longest(groups: "list[str]") -> "tuple[int, int]":
    """Return where the first of the longest rows of zeros begins, and its length."""
    best = (0, 0)
    for start in range(len(groups)):
        count = next((at for at, group in enumerate(groups[start:]) if group != "0"), len(groups) - start)
        if count > best[1]:
            best = (start, count)
    return best


def ones(netmask: str) -> int:
    """Return how many bits a netmask holds."""
    parts = [int(part, 16) for part in netmask.split(":") if part] if ":" in netmask else map(int, netmask.split("."))
    return sum(bin(part).count("1") for part in parts)
