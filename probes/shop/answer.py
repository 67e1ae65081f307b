"""An answer as a journey reads it: decoded once, parsed only where something asks for it."""

import json
from functools import cached_property, lru_cache
from typing import Any
from urllib.parse import urldefrag, urljoin, urlsplit

from probes.page_glance import surely_shows_text
from probes.shop.journey import ABSENT
from probes.transports.port import Response

_JSON_START = ("{", "[")
_REDIRECTS = range(300, 400)


@lru_cache(maxsize=1024)
def joined(base: str, reference: str) -> str | None:
    """Return a reference made absolute; None where it is no URL (``http://[``)."""
    try:
        return urldefrag(urljoin(base, reference)).url
    except ValueError:
        return None


class Answer:
    """The final response of a step and the redirects on the way to it; immutable, lazily parsed."""

    def __init__(self, response: Response, *, hops: tuple[Response, ...] = ()) -> None:
        """Keep the response and the redirects that were followed to reach it, in order."""
        self.response = response
        self.hops = hops

    @property
    def status(self) -> int:
        """The final status."""
        return self.response.status

    @property
    def url(self) -> str:
        """The final URL."""
        return self.response.url

    @property
    def ok(self) -> bool:
        """Whether the status is 200 to 299."""
        return self.response.status // 100 == 2  # noqa: PLR2004 - the class of success

    @property
    def locations(self) -> tuple[str, ...]:
        """The Location of each redirect on the way and of the final answer, as sent."""
        found = (hop.header("location") for hop in (*self.hops, self.response) if hop.status in _REDIRECTS)
        return tuple(location for location in found if location)

    @cached_property
    def decoded(self) -> tuple[str, str]:
        """The body as text and the character set it was read by."""
        from probes.charset import decode  # noqa: PLC0415 - loaded where a page is read

        return decode(self.response.body, self.response.header("content-type"))

    @property
    def body(self) -> str:
        """The decoded body."""
        return self.decoded[0]

    @property
    def charset(self) -> str:
        """The character set of the body."""
        return self.decoded[1]

    @property
    def blank(self) -> bool:
        """Whether there is no body but white space."""
        return not self.response.body.strip()

    @cached_property
    def is_json(self) -> bool:
        """Whether the body is JSON, by its type or its first character."""
        kind = (self.response.header("content-type") or "").lower()
        return "json" in kind or ("html" not in kind and self.body.lstrip().startswith(_JSON_START))

    @cached_property
    def json(self) -> Any:
        """The JSON value of the body; ``ABSENT`` where it is none."""
        if not self.is_json:
            return ABSENT
        try:
            return json.loads(self.body)
        except (ValueError, RecursionError):  # not JSON, or nested so deep that nobody meant it
            return ABSENT

    @cached_property
    def document(self) -> Any:
        """The parsed HTML (an lxml element); None where the body is blank or JSON."""
        if self.blank or self.is_json:
            return None
        from probes.page import parse  # noqa: PLC0415 - lxml is loaded where a page is read

        return parse(self.body)

    @cached_property
    def text(self) -> str:
        """The visible text, white space collapsed; of a JSON answer its body."""
        if self.document is None:
            return " ".join(self.body.split())
        from probes.page import visible_text  # noqa: PLC0415 - lxml is loaded where a page is read

        return visible_text(self.document)

    @cached_property
    def shows_text(self) -> bool:
        """Whether there is any visible text; found out at a glance where that is enough."""
        if self.is_json or self.blank or "document" in self.__dict__:
            return bool(self.body.strip()) if self.document is None else self._document_shows_text()
        return surely_shows_text(self.body) or self._document_shows_text()

    def _document_shows_text(self) -> bool:
        from probes.page import first_text  # noqa: PLC0415 - lxml is loaded where a page is read

        return bool(first_text(self.document, 1))

    def told(self) -> str:
        """Return what came, in a few plain words: ``302 to /orders/``, ``200 without a body``."""
        location = self.response.header("location")
        if self.response.status in _REDIRECTS and location:
            return f"{self.response.status} to {location}"
        where = f" at {urlsplit(self.url).path}" if self.hops else ""
        return f"{self.response.status}{where}" + (" without a body" if self.blank else "")
