"""Asks a Prometheus for one series over a span, page by page; every answer is whole and sound, or nothing is taken.

Where a series has no sample, Prometheus repeats the last one for five minutes. So each page is asked for twice, the
second time as ``timestamp(QUERY)``: a point whose sample is older than a step is no sample.
"""

import io
import json
import math
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlencode

from conformance.importing.keeping import Source, instant
from conformance.importing.saying import Sample, Samples, Span
from probes.clock import Clock, Deadline
from probes.errors import EvidenceError, LookFailed, SettingsError
from probes.redaction import Redactor
from probes.transports.port import Http, Request, Response
from reports.strict_json import load

PAGE: Final = 10_000
"""Points of one answer; Prometheus gives 11,000 at most."""

MOST: Final = 2_000_000
"""Points of one import; all of them are held in memory, and their answers in the ledger."""

DEADLINE_S: Final = 120.0
_NEXT: Final = "nothing was imported"
_OK: Final = 200
_REDIRECTS: Final = range(300, 400)
_NOT_ALLOWED: Final = frozenset({401, 403})
_FEW: Final = 10

Series = Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """A Prometheus: its address (no user, no query), the session and the headers that open it."""

    url: str
    http: Http
    clock: Clock
    redactor: Redactor
    headers: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Page:
    """One answer: its bytes, the labels of its series, the values by instant (ms), and what Prometheus warns of."""

    raw: bytes
    labels: tuple[Series, ...]
    points: Mapping[int, float]
    warnings: tuple[str, ...]


def read(server: Server, query: str, span: Span) -> Source:
    """Return what the series says at the whole multiples of the step within the span.

    Raises:
        SettingsError: Prometheus is away or refuses, an answer is not whole, not one series, or not made of 0 and 1.
    """
    first = -(-span.starts_ms // span.every_ms) * span.every_ms
    points = -((first - span.ends_ms) // span.every_ms)
    if points > MOST:
        raise SettingsError(
            f"--from, --to, --every: {points:,} points, and at most {MOST:,} go into one import; import it in parts"
        )
    pages: list[tuple[_Page, _Page]] = []
    for begin in range(first, span.ends_ms, PAGE * span.every_ms):
        last = min(begin + (PAGE - 1) * span.every_ms, first + (points - 1) * span.every_ms)
        asked = Span(starts_ms=begin, ends_ms=last, every_ms=span.every_ms)
        pages.append((_page(server, query, asked), _page(server, f"timestamp(\n{query}\n)", asked)))
    _require_one_series(server, query, [labels for page, _ in pages for labels in page.labels])
    samples = [sample for page, times in pages for sample in _fresh(page, times, span.every_ms)]
    if not samples:
        raise SettingsError(
            f"{server.url}: no sample of {query!r} from {instant(span.starts_ms)} to {instant(span.ends_ms)}; {_NEXT}"
        )
    series = next(labels for page, _ in pages for labels in page.labels)
    return Source(
        content=_archive(pages),
        says=Samples(samples),
        rows=len(samples),
        facts={"from": "prometheus", "url": server.url, "query": query, "series": dict(series)},
        warnings=tuple(sorted({warning for pair in pages for page in pair for warning in page.warnings})),
    )


def _page(server: Server, query: str, span: Span) -> _Page:
    asked = {
        "query": query,
        "start": _seconds(span.starts_ms),
        "end": _seconds(span.ends_ms),
        "step": _seconds(span.every_ms),
    }
    address = f"{server.url.rstrip('/')}/api/v1/query_range"
    request = Request(method="GET", url=f"{address}?{urlencode(asked)}", headers=server.headers)
    try:
        response = server.http.send(request, deadline=Deadline.after(server.clock, DEADLINE_S))
    except LookFailed as error:
        raise SettingsError(f"{server.url}: {error.detail}; {_NEXT}") from error
    _require_ok(server, response)
    try:
        return _parsed(response.body, span)
    except (EvidenceError, ValueError) as error:
        raise SettingsError(f"{server.url}: not a whole answer of a Prometheus: {error}; {_NEXT}") from error


def _seconds(at_ms: int) -> str:
    return f"{at_ms // 1000}.{at_ms % 1000:03d}"


def _require_ok(server: Server, response: Response) -> None:
    status = response.status
    if response.truncated:
        raise SettingsError(f"{server.url}: an answer of more than {len(response.body):,} bytes; {_NEXT}")
    if status in _REDIRECTS:
        where = server.redactor.url(response.header("Location") or "")
        raise SettingsError(f"{server.url}: leads on to {where!r}, which is not followed; give that URL; {_NEXT}")
    if status in _NOT_ALLOWED:
        raise SettingsError(
            f"{server.url}: answers {status}, it wants other credentials: see --token-env and --password-env; {_NEXT}"
        )
    if status != _OK:
        said = server.redactor.text(_error_of(response.body))
        raise SettingsError(f"{server.url}: answers {status}{': ' if said else ''}{said}; {_NEXT}")


def _error_of(body: bytes) -> str:
    """Return what Prometheus says is wrong; nothing where the answer is none of its own."""
    try:
        value = json.loads(body)
    except ValueError:
        return "which is no answer of a Prometheus; is the URL right?"
    said = value.get("error") if isinstance(value, dict) else None
    return str(said)[:500] if said else ""


def _parsed(body: bytes, span: Span) -> _Page:
    """Return the page that the bytes hold.

    Raises:
        EvidenceError: they are no JSON.
        ValueError: they are no page of that span.
    """
    value = load(body, what="the answer")
    data = value.get("data") if isinstance(value, dict) else None
    if not isinstance(data, dict) or value.get("status") != "success":
        raise ValueError("it has no data")
    if data.get("resultType") != "matrix" or not isinstance(data.get("result"), list):
        raise ValueError(f"its result is of the type {str(data.get('resultType'))[:40]!r}, not a matrix")
    series = [_series(each) for each in data["result"]]
    points = dict(_points(series[0][1], span)) if len(series) == 1 else {}
    warnings = value.get("warnings", [])
    return _Page(
        raw=body,
        labels=tuple(labels for labels, _ in series),
        points=points,
        warnings=tuple(map(str, warnings)) if isinstance(warnings, list) else (),
    )


def _series(found: Any) -> tuple[Series, list[Any]]:
    labels, values = (found.get("metric"), found.get("values")) if isinstance(found, dict) else (None, None)
    if not isinstance(labels, dict) or not isinstance(values, list):
        raise ValueError("a series without labels or without values")  # noqa: TRY004 - of the answer, not of ours
    return labels, values


def _points(values: Sequence[Any], span: Span) -> Iterator[tuple[int, float]]:
    before = span.starts_ms - 1
    for point in values:
        if not isinstance(point, list) or len(point) != 2 or not isinstance(point[0], int | float):  # noqa: PLR2004
            raise ValueError("a point that is no pair of instant and value")
        at_ms = round(point[0] * 1000)
        if not before < at_ms <= span.ends_ms or (at_ms - span.starts_ms) % span.every_ms:
            raise ValueError(f"a point at {point[0]:g} s, which was not asked for or stands there twice")
        if not isinstance(point[1], str):
            raise ValueError(f"the value at {point[0]:g} s is not written as Prometheus writes values")  # noqa: TRY004
        yield at_ms, float(point[1])
        before = at_ms


def _fresh(page: _Page, times: _Page, every_ms: int) -> Iterator[Sample]:
    for at_ms, value in page.points.items():
        sampled_s = times.points.get(at_ms)
        if sampled_s is None or not math.isfinite(sampled_s):
            continue
        if not at_ms - every_ms < round(sampled_s * 1000) <= at_ms:
            continue  # the sample of an earlier step, repeated
        if math.isnan(value) or value not in {0.0, 1.0}:
            raise SettingsError(
                f"the value at {instant(at_ms)} is {value:g}, and must be 0 or 1, as those of probe_success and up "
                f"are; write a query that makes it so; {_NEXT}"
            )
        yield at_ms, value == 1.0


def _require_one_series(server: Server, query: str, found: Sequence[Series]) -> None:
    names = sorted({_name(labels) for labels in found})
    if len(names) > 1:
        shown = [f"  {name}" for name in names[:_FEW]]
        more = [f"  and {len(names) - _FEW} more"] if len(names) > _FEW else []
        raise SettingsError(
            f"{server.url}: {query!r} is {len(names)} series; name one of them; {_NEXT}:", *shown, *more
        )


def _name(labels: Series) -> str:
    """Return the selector of one series, as it can be given as the query."""
    rest = ",".join(
        f"{key}={json.dumps(str(value), ensure_ascii=False)}"
        for key, value in sorted(labels.items())
        if key != "__name__"
    )
    return f"{labels.get('__name__', '')}{{{rest}}}"


def _archive(pages: Sequence[tuple[_Page, _Page]]) -> bytes:
    """Return the answers as they came, in a ZIP file that is the same for the same answers."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for number, pair in enumerate(pages, start=1):
            for kind, page in zip(("values", "timestamps"), pair, strict=True):
                archive.writestr(zipfile.ZipInfo(f"{number:04d}-{kind}.json"), page.raw, zipfile.ZIP_DEFLATED)
    return packed.getvalue()
