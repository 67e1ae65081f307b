"""How a page of qualifications is known: its words, and the numbers of licences and registrations.

The numbers: the unified social credit code (GB 32100-2015) by its check character, ICP filings and licences, public
security filings, food and telecom licences, and registration numbers that a label introduces.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

WORDS: tuple[tuple[str, str], ...] = (
    ("资质", r"资质|資質"),
    ("证照", r"证照|證照|亮照|亮证"),
    ("营业执照", r"营业执照|營業執照|电子执照"),
    ("经营许可", r"经营许可|许可证|經營許可|許可證"),
    ("工商", r"工商(?:信息|登记|注册|公示|备案|执照|网监)|主体信息|经营者信息|企业信息公示"),
    ("licence", r"(?<![a-z])licen[cs](?:e|es|ing)(?![a-z])(?!\s+(?:agreement|terms|key))"),
    ("qualification", r"\bqualifications?\b|\baccreditations?\b|\bcredentials\b"),
    (
        "registration",
        r"\b(?:business|company|trade|commercial) (?:registration|register|credentials|details|information)\b",
    ),
    ("imprint", r"\bimprint\b|\bimpressum\b|\blegal notice\b"),
)
"""What a page of qualifications is called: the word told in the evidence, and its pattern."""

_NOT_A_QUALIFICATION = re.compile(
    r"(?:software|end[- ]user|source|MIT|BSD|GPL|Apache|Creative Commons|driving)\W+licen[cs]e|driver'?s licen[cs]e",
    re.IGNORECASE,
)
_WORDS = tuple((word, re.compile(pattern, re.IGNORECASE)) for word, pattern in WORDS)

_CODE_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_CODE_LENGTH = 18
_REGION = r"(?:1[0-5]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-5]|71|8[1-3])\d{4}"
_CODE = re.compile(
    rf"(?<![0-9A-Z])[1-9ANY][1-9]{_REGION}[{_CODE_ALPHABET}]{{10}}(?![0-9A-Z])", re.IGNORECASE
)  # authority, kind, region (GB/T 2260), nine of the organisation, check

_PROVINCES = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼港澳台"
_ICP = re.compile(rf"[{_PROVINCES}]\s?ICP\s?[备证]\s?(?:[AB]2-)?\d{{5,12}}\s?号?(?:-\d{{1,4}})?", re.IGNORECASE)
_REGISTRATION = (
    re.compile(rf"[{_PROVINCES}]公网安备\s?\d{{10,14}}\s?号?"),
    re.compile(r"(?<![0-9A-Z])(?:JY|SC)\d{14}(?!\d)"),
    re.compile(r"(?<![0-9A-Z])(?:[AB][12]\.){0,2}[AB][12]-\d{8}(?!\d)"),
    re.compile(r"(?:注册号|登记号|执照号|许可证编?号|备案号)\s*[:：]?\s*([0-9A-Z〔〕()（）-]{6,24})", re.IGNORECASE),
    re.compile(
        r"\b(?:registration|company|licen[cs]e|business|VAT)\s+(?:no\.?|number|№|#)\s*[:：]?\s*"
        r"((?=[0-9A-Z-]*\d)[0-9A-Z][0-9A-Z-]{4,20})",
        re.IGNORECASE,
    ),
)


def words_in(text: str) -> tuple[str, ...]:
    """Return the qualification words that stand in a text, in the table's order."""
    cleaned = _NOT_A_QUALIFICATION.sub(" ", text)
    return tuple(word for word, pattern in _WORDS if pattern.search(cleaned))


def valid_credit_code(code: str) -> bool:
    """Tell whether an 18-character unified social credit code has the right check character (GB 32100-2015).

    Weight of character i (from 1) is 3**(i-1) mod 31; the check value is 31 minus the weighted sum mod 31, mod 31.
    """
    if len(code) != _CODE_LENGTH or any(character not in _CODE_ALPHABET for character in code):
        return False
    values = [_CODE_ALPHABET.index(character) for character in code]
    weighted = sum(value * pow(3, position, 31) for position, value in enumerate(values[:-1]))
    return values[-1] == (31 - weighted % 31) % 31


@dataclass(frozen=True)
class Numbers:
    """The numbers that stand in a text, each kind without repeats, in order of appearance."""

    text: str

    @cached_property
    def credit_codes(self) -> tuple[str, ...]:
        """Unified social credit codes with the right check character."""
        return tuple(code for code in self._codes if valid_credit_code(code))

    @cached_property
    def wrong_credit_codes(self) -> tuple[str, ...]:
        """Texts of the shape of such a code (letters among them) whose check character is wrong."""
        return tuple(code for code in self._codes if not valid_credit_code(code) and not code.isdigit())

    @cached_property
    def icp(self) -> tuple[str, ...]:
        """ICP filings and licences (京ICP备…号, 京ICP证…号)."""
        return _once(match[0] for match in _ICP.finditer(self.text))

    @cached_property
    def registrations(self) -> tuple[str, ...]:
        """Other registration and licence numbers."""
        return _once(match[match.lastindex or 0] for pattern in _REGISTRATION for match in pattern.finditer(self.text))

    @property
    def all(self) -> tuple[str, ...]:
        """Every number that holds: credit codes, ICP numbers, registrations."""
        return _once((*self.credit_codes, *self.icp, *self.registrations))

    @cached_property
    def _codes(self) -> tuple[str, ...]:
        return _once(match[0].upper() for match in _CODE.finditer(self.text))


def _once(found: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(" ".join(each.split()) for each in found))
