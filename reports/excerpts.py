"""What of the evidence a page may show: pretty JSON and captured text, capped, with what was left out said. Pure."""

import codecs
import html
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from probes.canonical import thaw
from probes.observation import Observation, Reading

EXCERPT_BYTES = 20_000
TOTAL_BYTES = 900_000

# Characters that change how what stands around them is read, or that no page may hold: shown by number instead.
_UNSEEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b\u200e\u200f\u2028\u2029\u202a-\u202e\u2060-\u206f\ufeff\ud800-\udfff]"
)
_NOT_TEXT = re.compile("[\x00-\x08\x0e-\x1f]")


def visible(text: str) -> str:
    r"""Return the text with control, direction and surrogate characters written out (``\u202e``)."""
    return _UNSEEN.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


@dataclass(frozen=True, slots=True, kw_only=True)
class Excerpt:
    """The beginning of a text: ``shown`` of ``size`` bytes in UTF-8; nothing shown where the page is full."""

    text: str
    shown: int
    size: int

    @property
    def whole(self) -> bool:
        """Nothing was left out."""
        return self.shown == self.size


@dataclass(frozen=True, slots=True, kw_only=True)
class Captured:
    """An attachment: its digest, its size in bytes (None where it is not at hand), and its text if it is text."""

    digest: str
    size: int | None
    excerpt: Excerpt | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Exhibit:
    """One reading as a page shows it; ``label`` (``E1`` ...) follows the order of the readings."""

    label: str
    id: str
    reading: Reading
    data: Excerpt | None
    attachments: tuple[Captured, ...]


def exhibits(
    readings: Sequence[Reading],
    attachments: Mapping[str, bytes],
    *,
    first: Iterable[str] = (),
    excerpt_bytes: int = EXCERPT_BYTES,
    total_bytes: int = TOTAL_BYTES,
) -> tuple[Exhibit, ...]:
    """Return one exhibit a reading, in the order of the readings.

    Each text is cut at ``excerpt_bytes``. All of them together take at most ``total_bytes`` of a page (as HTML); the
    readings named in ``first`` (ids) have the first claim on these, the others follow in their own order.
    """
    by_id = {reading.id: (number, reading) for number, reading in enumerate(readings, start=1)}
    claims = dict.fromkeys([*(claim for claim in first if claim in by_id), *by_id])
    room = _Room(excerpt_bytes=excerpt_bytes, left=total_bytes)
    shown: dict[str, Exhibit] = {}
    for claim in claims:
        number, reading = by_id[claim]
        shown[claim] = _exhibit(f"E{number}", claim, reading, attachments, room)
    return tuple(shown[each] for each in by_id)


class _Room:
    """How much of the page is still free."""

    def __init__(self, *, excerpt_bytes: int, left: int) -> None:
        self._excerpt_bytes = excerpt_bytes
        self._left = left

    def take(self, text: str, size: int | None = None) -> Excerpt:
        """Return as much of the text as there is room for; ``size`` is that of the original, if not the text's."""
        raw = visible(text).encode()
        cut = raw[: self._excerpt_bytes].decode(errors="ignore")
        cost = len(html.escape(cut).encode())
        if cost > self._left:
            cut, cost = "", 0
        self._left -= cost
        whole = len(raw) <= self._excerpt_bytes and cut != ""
        original = len(raw) if size is None else size
        return Excerpt(text=cut, shown=original if whole else len(cut.encode()), size=original)


def _exhibit(label: str, key: str, reading: Reading, attachments: Mapping[str, bytes], room: _Room) -> Exhibit:
    if not isinstance(reading, Observation):
        return Exhibit(label=label, id=key, reading=reading, data=None, attachments=())
    pretty = json.dumps(thaw(reading.data), ensure_ascii=False, indent=2, sort_keys=True)
    return Exhibit(
        label=label,
        id=key,
        reading=reading,
        data=room.take(pretty),
        attachments=tuple(_captured(each, attachments.get(each), room) for each in reading.attachments),
    )


def _captured(digest: str, raw: bytes | None, room: _Room) -> Captured:
    if raw is None:
        return Captured(digest=digest, size=None, excerpt=None)
    text = _text(raw)
    excerpt = None if text is None else room.take(text, len(raw))
    return Captured(digest=digest, size=len(raw), excerpt=excerpt)


def _text(raw: bytes) -> str | None:
    # UTF-8 first, then what Chinese platforms still write; anything with control characters is not for reading.
    for encoding in ("utf-8", "gb18030"):
        try:
            text = codecs.decode(raw, encoding)
        except UnicodeDecodeError:
            continue
        return None if _NOT_TEXT.search(text) else text.replace("\r\n", "\n")
    return None
