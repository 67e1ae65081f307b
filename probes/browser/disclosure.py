"""What foreign requests gave away, told without a single value of it. Pure."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Literal
from urllib.parse import parse_qsl, urlsplit

from probes.browser.canaries import Canary, Find, found_in
from probes.browser.watch import Foreign

Party = Literal["third", "processor", "payment"]

_WORD = re.compile(r"[A-Za-z][A-Za-z._~-]{0,23}")
RUNS_CODE = frozenset({"script"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Exempt:
    """The origins that are no third party: processors that the privacy notice lists, hosts of the payment provider."""

    processors: frozenset[str]
    payment: frozenset[str]

    def party(self, origin: str) -> Party:
        """Tell what an origin is; a host without a port means each of its ports."""
        host = urlsplit(origin).hostname or ""
        place = urlsplit(origin).netloc
        if {host, place, origin} & self.payment:
            return "payment"
        return "processor" if {host, place, origin} & self.processors else "third"


def path_shape(path: str, finds: Sequence[Find] = ()) -> str:
    """Return a path with what is not a short word in it replaced by ``*``; where it carries a canary, every part."""
    return "/".join(part if not part or (not finds and _WORD.fullmatch(part)) else "*" for part in path.split("/"))


def parameter_names(query: str, finds: Sequence[Find] = ()) -> list[str]:
    """Return the names of the parameters of a query, those that are no short word as ``*``."""
    names = dict.fromkeys(name for name, _ in parse_qsl(query, keep_blank_values=True))
    return [name if _WORD.fullmatch(name) and not finds_in_name(name, finds) else "*" for name in names]


def finds_in_name(name: str, finds: Sequence[Find]) -> bool:
    """Tell whether a parameter's name may itself be what was found: it is long, and something was."""
    return bool(finds) and len(name) > 12  # noqa: PLR2004 - longer than the names that programs give


def hits(request: Foreign, canaries: list[Canary]) -> list[tuple[str, Find]]:
    """Return where in a request which canaries are, each kind once a place."""
    return [(place, find) for place, piece in request.pieces() for find in found_in(piece, canaries)]


def told(request: Foreign, found: list[tuple[str, Find]], party: Party) -> dict[str, Any]:
    """Return a request as it may stand in evidence: its shape, and what was found where."""
    parts = urlsplit(request.url)
    in_path = [find for place, find in found if place == "path"]
    in_query = [find for place, find in found if place == "query"]
    return {
        "step": request.step,
        "method": request.method,
        "origin": "*" if any(place == "host" for place, _ in found) else request.origin,
        "party": party,
        "path": path_shape(parts.path, in_path),
        "parameters": parameter_names(parts.query, in_query),
        "kind": request.kind,
        "stopped": request.stopped,
        "body_bytes": len(request.body),
        "hits": [{"where": place, "canary": find.kind, "encoding": find.encoding} for place, find in found],
    }


def summary(log: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return for each foreign origin how often it was asked, and how often for code that never ran."""
    log = list(log)
    asked = Counter((each["origin"], each["party"]) for each in log)
    code = Counter(each["origin"] for each in log if each["kind"] in RUNS_CODE and each["stopped"])
    return [
        {"origin": origin, "party": party, "requests": number, "scripts": code[origin]}
        for (origin, party), number in sorted(asked.items())
    ]
