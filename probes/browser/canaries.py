"""What must not leave: the canaries of a walk, and where in a request each is found, however it is spelled. Pure.

Searched in each layer of a piece (see ``peeling``): the value itself, the value without separators, and its MD5, SHA-1
and SHA-256, as hexadecimal or base64, over each form in which trackers hash it.
"""

import base64
import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Literal

from probes.browser.peeling import layers, plain, squeezed

Kind = Literal["name", "phone", "email", "address", "order number", "amount"]
PERSONAL: tuple[Kind, ...] = ("name", "phone", "email", "address")
TRADE: tuple[Kind, ...] = ("order number", "amount")

_HASHES = ("md5", "sha1", "sha256")
_SHORTEST = 5
"""A shorter text, or number, stands in foreign requests by chance."""

_MONEY_WORDS = re.compile(
    r"amount|total|value|revenue|price|sum\b|paid|cost|turnover|gmv|purchase|currency|\b(?:tr|rev|amt)\b|"
    r"金额|总价|总额|实付|合计",
    re.IGNORECASE,
)
_ORDER_WORDS = re.compile(r"order|purchase|transaction|trade|txn|订单|交易", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Canary:
    """One canary: its kind, the texts that give it away, and the forms over which it may be hashed."""

    kind: Kind
    texts: tuple[str, ...]
    hashed: tuple[str, ...] = ()
    digests: Mapping[str, str] = field(init=False)

    def __post_init__(self) -> None:
        """Work out the digests once."""
        object.__setattr__(self, "digests", MappingProxyType(dict(_digests(self.hashed))))


@dataclass(frozen=True, slots=True, kw_only=True)
class Find:
    """A canary that was found: its kind and how it was written (``plain``, ``url+base64``, ``sha256``)."""

    kind: Kind
    encoding: str


def of_person(*, first_name: str, last_name: str, email: str, phone: str, line1: str, country: str) -> list[Canary]:
    """Return the canaries of an invented person."""
    digits = re.sub(r"\D", "", phone)
    prefix = {"CN": "86", "GB": "44"}.get(country, "")
    national = digits.removeprefix(prefix)
    local = national if country == "CN" else f"0{national}"
    names = (first_name, last_name, f"{first_name} {last_name}", f"{last_name} {first_name}", last_name + first_name)
    mail = email.strip().lower()
    street = re.sub(r"^\d+\s*|\s*(?:lane|路\d+号)$", "", line1, flags=re.IGNORECASE)
    return [
        Canary(kind="email", texts=(mail, mail.partition("@")[0]), hashed=(mail, email, mail.upper())),
        Canary(
            kind="phone",
            texts=(digits, national, local),
            hashed=(digits, f"+{digits}", national, local, phone, f"00{digits}"),
        ),
        Canary(kind="name", texts=names[:2], hashed=tuple({*names, *(name.lower() for name in names)})),
        Canary(kind="address", texts=(line1, street), hashed=(line1, line1.lower())),
    ]


def of_order(*, number: str | None, amount: str | None) -> list[Canary]:
    """Return the canaries of an order; ``amount`` is its total as a decimal text (``534.50``)."""
    found = []
    if number:
        found.append(Canary(kind="order number", texts=(number,), hashed=(number,)))
    if amount:
        whole, _, cents = amount.partition(".")
        cents = (cents + "00")[:2]
        short = f"{whole}.{cents}".rstrip("0").rstrip(".")
        texts = dict.fromkeys((f"{whole}.{cents}", short, f"{whole}{cents}", f"{int(whole):,}.{cents}"))
        found.append(Canary(kind="amount", texts=tuple(texts)))
    return found


def found_in(piece: bytes, canaries: list[Canary]) -> tuple[Find, ...]:
    """Return which canaries a piece of a request carries, each kind once, the plainest writing first."""
    finds: dict[Kind, Find] = {}
    for text, way in layers(piece):
        for canary in canaries:
            if canary.kind not in finds and (written := _written(text, canary)) is not None:
                ways = [*dict.fromkeys(way), *([written] if written != "plain" or not way else [])]
                finds[canary.kind] = Find(kind=canary.kind, encoding="+".join(ways))
    return tuple(finds.values())


def _written(text: str, canary: Canary) -> str | None:
    match canary.kind:
        case "order number":
            return "plain" if any(_number_stands(text, each) for each in canary.texts) else _hash_in(text, canary)
        case "amount":
            return "plain" if any(_amount_stands(text, each) for each in canary.texts) else None
        case "phone":
            # Without what separates, a number may run into the one before it: so it is looked for in both.
            forms = (plain(text), re.sub(r"[\s\-().]+", "", plain(text)))
            return "plain" if any(_international(each, canary) for each in forms) else _hash_in(text, canary)
        case "email":
            return _text_in(text, canary, bare=False) or _hash_in(text, canary)
        case _:
            return _text_in(text, canary) or _hash_in(text, canary)


def _international(digits: str, canary: Canary) -> bool:
    return any(re.search(rf"(?<!\d)0?0?{re.escape(each)}(?!\d)", digits) for each in canary.texts)


def _text_in(text: str, canary: Canary, *, bare: bool = True) -> str | None:
    flat = plain(text)
    if any(len(each) >= _SHORTEST and plain(each) in flat for each in canary.texts):
        return "plain"
    close = squeezed(text) if bare else ""
    if any(len(squeezed(each)) >= _SHORTEST and squeezed(each) in close for each in canary.texts):
        return "separators"
    return None


def _number_stands(text: str, number: str) -> bool:
    """Tell whether an order number stands by itself; a short one counts only where an order is spoken of."""
    stands = re.search(rf"(?<![\d.]){re.escape(plain(number))}(?!\d)", plain(text))
    return stands is not None and (len(number) >= _SHORTEST or _ORDER_WORDS.search(text) is not None)


def _amount_stands(text: str, amount: str) -> bool:
    """Tell whether an amount stands by itself just behind a word for money: bare numbers agree by chance."""
    for stands in re.finditer(rf"(?<![\d.,]){re.escape(amount)}(?![\d]|[.,]\d)", text):
        before = text[max(0, stands.start() - 24) : stands.start()]
        if _MONEY_WORDS.search(before) or before.rstrip().endswith(("¥", "£", "€", "$")):
            return True
    return False


def _hash_in(text: str, canary: Canary) -> str | None:
    flat = text.lower()
    for digest, name in canary.digests.items():
        if digest in (flat if digest == digest.lower() and len(digest) in _HEX_LENGTHS else text):
            return name
    return None


_HEX_LENGTHS = frozenset({32, 40, 64})


def _digests(forms: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    for form in forms:
        for name in _HASHES:
            raw = hashlib.new(name, form.encode(), usedforsecurity=False).digest()
            yield raw.hex(), name
            standard = base64.b64encode(raw).decode().rstrip("=")
            yield standard, name
            yield standard.replace("+", "-").replace("/", "_"), name
