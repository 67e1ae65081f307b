"""Invented persons: accounts and recipients of a run, with words in them that stand nowhere else (canaries)."""

import hashlib
import secrets
import string
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody who does not exist. Names, e-mail and street carry canaries of the run; ``country`` is ISO 3166."""

    first_name: str
    last_name: str
    email: str
    phone: str
    line1: str
    city: str
    postcode: str
    country: str
    password: str = field(repr=False, compare=False)

    @property
    def canaries(self) -> tuple[str, ...]:
        """The words that can stand on a page only because of this person."""
        return (self.last_name, self.email, self.line1)


_UK = (  # area codes whose numbers 496 0xxx (London: 7946 0xxx) Ofcom keeps for invented persons; shops check them
    ("London", "N1 9GU", "+44207946"),
    ("Leeds", "LS1 4AP", "+44113496"),
    ("Sheffield", "S1 2HH", "+44114496"),
    ("Leicester", "LE1 6TP", "+44116496"),
    ("Bristol", "BS1 4DJ", "+44117496"),
    ("Reading", "RG1 2LU", "+44118496"),
    ("Birmingham", "B1 1TT", "+44121496"),
    ("Edinburgh", "EH1 1YZ", "+44131496"),
    ("Glasgow", "G2 1DY", "+44141496"),
    ("Liverpool", "L1 8JQ", "+44151496"),
    ("Manchester", "M2 5DB", "+44161496"),
)
_CN = (
    ("北京", "100010", "+86199000"),
    ("上海", "200001", "+86199001"),
    ("广州", "510030", "+86199002"),
    ("深圳", "518001", "+86199003"),
    ("成都", "610016", "+86199004"),
    ("杭州", "310001", "+86199005"),
    ("武汉", "430014", "+86199006"),
    ("西安", "710002", "+86199007"),
    ("南京", "210005", "+86199008"),
    ("重庆", "400010", "+86199009"),
)
_SYMBOLS = "-_.!"


def invent_person(run_token: str, n: int, *, country: str = "GB") -> Person:
    """Return the n-th person of a run: the same for the same token and number, but for the password, which is fresh.

    Addresses end in ``example.com`` (RFC 2606); numbers are ones that no customer has. Persons whose numbers differ
    by less than ten live in different cities.

    Args:
        run_token: what tells this run from all others.
        n: which person, from 0.
        country: ``GB`` or ``CN``.
    """
    first, last, street = (_word(run_token, n, part) for part in ("first", "last", "street"))
    places = _CN if country == "CN" else _UK
    city, postcode, phone = places[n % len(places)]
    digits = f"{int(hashlib.sha256(f'{run_token}/{n}/phone'.encode()).hexdigest(), 16) % 10**5:05d}"
    number = phone + ("0" + digits[:3] if country != "CN" else digits)
    return Person(
        first_name=first.capitalize(),
        last_name=last.capitalize(),
        email=f"{first}.{last}@example.com",
        phone=number,
        line1=f"{n + 7} {street.capitalize()} Lane" if country != "CN" else f"{street.capitalize()}路{n + 7}号",
        city=city,
        postcode=postcode,
        country=country,
        password=strong_password(),
    )


def strong_password() -> str:
    """Return 20 random characters with upper and lower case, digits and a symbol among them (over 100 bits)."""
    alphabet = string.ascii_letters + string.digits
    random = "".join(secrets.choice(alphabet) for _ in range(16))
    certain = (string.ascii_uppercase, string.ascii_lowercase, string.digits, _SYMBOLS)
    return random + "".join(secrets.choice(kind) for kind in certain)


def _word(run_token: str, n: int, part: str) -> str:
    """Return nine letters that depend on the run, the person and the part; no dictionary has them."""
    number = int(hashlib.sha256(f"{run_token}/{n}/{part}".encode()).hexdigest(), 16)
    vowels, consonants = "aeiou", "bdfgklmnprstvz"
    letters = []
    for position in range(9):
        kind = vowels if position % 2 else consonants
        number, chosen = divmod(number, len(kind))
        letters.append(kind[chosen])
    return "".join(letters)
