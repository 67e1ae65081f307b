"""Groups of the key exchange: names and sizes by number, and what a ServerKeyExchange says. Pure."""

from dataclasses import dataclass

from probes.tls.reader import Reader
from probes.tls.suites import Suite

_CURVES = (
    "sect163k1", "sect163r1", "sect163r2", "sect193r1", "sect193r2", "sect233k1", "sect233r1", "sect239k1",
    "sect283k1", "sect283r1", "sect409k1", "sect409r1", "sect571k1", "sect571r1", "secp160k1", "secp160r1",
    "secp160r2", "secp192k1", "secp192r1", "secp224k1", "secp224r1", "secp256k1", "secp256r1", "secp384r1",
    "secp521r1", "brainpoolP256r1", "brainpoolP384r1", "brainpoolP512r1",
)  # fmt: skip
"""From number 1 on (RFC 4492, RFC 7027)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """A group: its name, the kind of its arithmetic, its size in bits (of the field, or of an RSA modulus)."""

    name: str
    kind: str
    bits: int


def _ec(name: str, bits: int) -> Group:
    return Group(name=name, kind="ec", bits=bits)


def _digits(name: str) -> int:
    return int("".join(letter for letter in name if letter.isdigit())[:3])


GROUPS: dict[int, Group] = {
    **{number: _ec(name, _digits(name)) for number, name in enumerate(_CURVES, start=1)},
    0x001D: _ec("x25519", 255),
    0x001E: _ec("x448", 448),
    0x001F: _ec("brainpoolP256r1tls13", 256),
    0x0020: _ec("brainpoolP384r1tls13", 384),
    0x0021: _ec("brainpoolP512r1tls13", 512),
    0x0029: _ec("curveSM2", 256),
    **{
        0x0100 + place: Group(name=f"ffdhe{bits}", kind="dh", bits=bits)
        for place, bits in enumerate((2048, 3072, 4096, 6144, 8192))
    },
    0x11EB: _ec("SecP256r1MLKEM768", 256),
    0x11EC: _ec("X25519MLKEM768", 255),
    0x11ED: _ec("SecP384r1MLKEM1024", 384),
}
SM2 = GROUPS[0x0029]
FOR_TLS_1_3 = (0x11EC, 0x001D, 0x0017, 0x001E, 0x0019, 0x0018, 0x0100, 0x0101, 0x0102, 0x0103, 0x0104,
               0x0029, 0x001F, 0x0020, 0x0021, 0x11EB, 0x11ED)  # fmt: skip
"""What TLS 1.3 may use; some servers abort where others stand in the list."""

BEFORE_TLS_1_3 = (0x001D, 0x001E, *range(25, 0, -1), 26, 27, 28)
"""No finite field groups: a server that finds some here, but not its own, hides its own parameters (RFC 7919)."""


def group(number: int) -> Group:
    """Return the group of a number; one that is not known here by its number, without a size."""
    return GROUPS.get(number) or Group(name=f"0x{number:04X}", kind="unknown", bits=0)


def of_key_exchange(suite: Suite, body: bytes) -> Group | None:
    """Return the group that a ServerKeyExchange message (its body) uses; None where the suite's has none.

    Raises:
        BadAnswer: the message is not one of that suite.
    """
    if suite.family == "tlcp":
        return SM2 if suite.authentication == "SM2" else None
    reader = Reader(body, "ServerKeyExchange")
    if suite.authentication == "PSK" or "_PSK_" in suite.name:
        reader.vector(2)  # the hint to the identity
    match suite.key_exchange:
        case "DHE":
            return Group(name="DH", kind="dh", bits=_bits(reader.vector(2)))
        case "SRP":
            return Group(name="SRP", kind="dh", bits=_bits(reader.vector(2)))
        case "RSA" if suite.authentication != "PSK" and "PSK" not in suite.name:
            return Group(name="RSA", kind="rsa", bits=_bits(reader.vector(2)))
        case "ECDHE":
            return _curve(reader)
        case _:
            return None


def _curve(reader: Reader) -> Group | None:
    match reader.number(1):
        case 3:
            return group(reader.number(2))
        case 1:
            return _ec("explicit prime curve", _bits(reader.vector(1)))
        case 2:
            return _ec("explicit binary curve", reader.number(2))
        case _:
            return None


def _bits(magnitude: bytes) -> int:
    return int.from_bytes(magnitude).bit_length()
