"""From the bytes of a page to its text, as a browser reads it (WHATWG Encoding), with a guess where nothing is said."""

import codecs
import functools
import re

import charset_normalizer

_LABELS = {
    "utf-8": "utf-8 utf8 unicode-1-1-utf-8 x-unicode20utf8",
    "gb18030": "gb18030 gb2312 gbk gb_2312 gb_2312-80 x-gbk chinese csgb2312 csiso58gb231280 iso-ir-58 cp936",
    "big5hkscs": "big5 big5-hkscs cn-big5 csbig5 x-x-big5",
    "utf-16-le": "utf-16 utf-16le unicode ucs-2 csunicode",
    "utf-16-be": "utf-16be unicodefffe",
    "cp1252": "windows-1252 cp1252 iso-8859-1 iso8859-1 latin1 l1 ascii us-ascii",
    "cp932": "shift_jis shift-jis sjis x-sjis ms932 windows-31j",
    "euc_jp": "euc-jp x-euc-jp",
    "iso2022_jp": "iso-2022-jp csiso2022jp",
    "cp949": "euc-kr euckr korean ks_c_5601-1987 windows-949",
    "koi8-r": "koi8-r koi8 koi",
    "cp1250": "windows-1250 cp1250",
    "cp1251": "windows-1251 cp1251",
    "cp1253": "windows-1253 cp1253",
    "cp1254": "windows-1254 cp1254 iso-8859-9 latin5",
    "cp1255": "windows-1255 cp1255",
    "cp1256": "windows-1256 cp1256",
    "cp1258": "windows-1258 cp1258",
    "cp874": "windows-874 tis-620",
    "iso8859-2": "iso-8859-2 latin2",
    "iso8859-15": "iso-8859-15 latin9",
}
"""Python's codec for each label. ``gb2312`` is read as GB 18030, ``iso-8859-1`` as windows-1252: so do browsers."""

_CODECS = {label: codec for codec, labels in _LABELS.items() for label in labels.split()}
_NAMES = {codec: labels.split()[0] for codec, labels in _LABELS.items()}
_BOMS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_IN_HEADER = re.compile(r"charset\s*=\s*[\"']?\s*([\w.:-]+)", re.IGNORECASE)
_IN_PAGE = re.compile(
    rb"<meta[^>]{0,300}?charset\s*=\s*[\"']?\s*([\w.:-]+)|<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([\w.:-]+)",
    re.IGNORECASE,
)
_PRESCAN_BYTES = 4096
_GUESS_BYTES = 65_536
_GUESSED = ["gb18030", "big5", "cp1252", "cp932", "cp949", "utf_16"]


def decode(body: bytes, content_type: str | None) -> tuple[str, str]:
    """Return the text of a body and the character set it was read by (its usual label, lower case).

    Byte order mark, then the header's charset, then the page's own declaration, then UTF-8 if it fits, then a guess.
    Bytes that do not fit become U+FFFD; nothing is raised.
    """
    for mark, codec in _BOMS:
        if body.startswith(mark):
            return _read(body[len(mark) :], codec)
    declared = _from_header(content_type) or _from_page(body)
    if declared is not None:
        return _read(body, declared)
    if _fits_utf8(body):
        return _read(body, "utf-8")
    return _read(body, _guess(body))


def _read(body: bytes, codec: str) -> tuple[str, str]:
    return body.decode(codec, errors="replace"), _NAMES[codec]


@functools.lru_cache(maxsize=64)
def _from_header(content_type: str | None) -> str | None:
    found = _IN_HEADER.search(content_type or "")
    return _CODECS.get(found[1].lower()) if found else None


def _from_page(body: bytes) -> str | None:
    found = _IN_PAGE.search(body[:_PRESCAN_BYTES])
    if found is None:
        return None
    codec = _CODECS.get((found[1] or found[2]).decode("ascii", "replace").lower())
    # A page whose declaration could be read as ASCII is not UTF-16, whatever it declares.
    return "utf-8" if codec is not None and codec.startswith("utf-16") else codec


def _fits_utf8(body: bytes) -> bool:
    try:
        codecs.getincrementaldecoder("utf-8")().decode(body)  # a character cut off at the end is no fault
    except UnicodeDecodeError:
        return False
    return True


def _guess(body: bytes) -> str:
    best = charset_normalizer.from_bytes(body[:_GUESS_BYTES], cp_isolation=_GUESSED).best()
    if best is None:
        return "gb18030"
    codec = _CODECS.get(best.encoding.replace("_", "-"), best.encoding)
    return codec if codec in _NAMES else "gb18030"
