"""``report.html``: one self-contained page in Chinese and English, for auditors, phones and paper.

Everything that comes from the platform is hostile: Jinja escapes it, control characters are written out, no data stands
inside a script, and the page's own policy lets no script or style run but the two whose digests it names.
"""

import base64
import functools
import hashlib
import importlib.resources
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from probes.canonical import thaw
from reports import availability_words, backup_words, host_words, leftovers, load_words, overview, words
from reports.dossier import Dossier
from reports.excerpts import EXCERPT_BYTES, Exhibit, exhibits, visible
from reports.finding import Finding
from reports.formats import (
    backup_timeline,
    drill_pictures,
    host_table,
    load_picture,
    matrix_picture,
    night_table,
    restore_table,
    standing_pictures,
    utilisation_picture,
)
from reports.report import tally
from reports.verdict import Text, Undetermined, Violates, word

_TEMPLATES = "templates"
_LISTED = 12  # observations named beside one finding; report.json names all
_KILO = 1000
_RANK = {"violates": 0, "conforms": 1, "undetermined": 2, "not_applicable": 3}


def render(dossier: Dossier) -> bytes:
    """Return the page as UTF-8."""
    report = dossier.report
    shown = exhibits(dossier.readings, dossier.attachments, first=_claims(report.findings))
    whole = overview.whole(dossier.catalogue_json)
    style, script = _styles(), _asset("report.js")
    page = _environment().get_template("report.html.j2")
    return page.render(
        header=report.header,
        footer=report.footer,
        lang=words.language(report.header.lang),
        chapters=overview.chapters(report, whole.titles),
        outcome=overview.outcome(report),
        not_chosen=overview.not_chosen(report, whole.checks),
        left=leftovers.left_behind(dossier.trail),
        why=leftovers.why,
        unknowns=overview.unknowns(report),
        violations=overview.violations(report),
        coverage=overview.coverage(report),
        rows=_rows(report.findings, shown),
        exhibits=shown,
        supports=_supports(report.findings),
        matrix=matrix_picture.picture(dossier.readings),
        standing=standing_pictures.pictures(dossier),
        hosts=host_table.picture(dossier.readings, report.header.examined_at),
        utilisation=utilisation_picture.picture(dossier.readings, dossier.target),
        load=load_picture.picture(dossier.readings, dossier.target),
        lw=load_words,
        backups=backup_timeline.picture(dossier),
        restores=restore_table.picture(dossier.readings),
        drills=drill_pictures.pictures(dossier),
        nights=night_table.picture(dossier),
        av=availability_words,
        hw=host_words,
        bw=backup_words,
        declared=json.dumps(thaw(dossier.target), ensure_ascii=False, indent=2, sort_keys=True),
        obligations=_distinct(finding.requirement.obligation for finding in report.findings),
        words=words,
        excerpt_kb=EXCERPT_BYTES // _KILO,
        listed=_LISTED,
        policy=_policy(style, script),
        style=style,
        script=script,
    ).encode()


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """What the page needs of a finding beside the finding itself."""

    verdict: str
    cause: str
    children: tuple[Finding, ...]
    below: overview.Tally
    evidence: tuple[Exhibit, ...]
    unlisted: int
    lost: tuple[str, ...]
    stricter: bool


def _rows(findings: Sequence[Finding], shown: Sequence[Exhibit]) -> dict[str, Row]:
    by_exhibit = {exhibit.id: exhibit for exhibit in shown}
    children: dict[str | None, list[Finding]] = {}
    for finding in findings:
        children.setdefault(finding.requirement.parent, []).append(finding)
    rows = {}
    for finding in findings:
        named = finding.verdict.observations
        at_hand = [by_exhibit[each] for each in named if each in by_exhibit]
        below = tuple(children.get(finding.requirement.id, ()))
        rows[finding.requirement.id] = Row(
            verdict=word(finding.verdict),
            cause=finding.verdict.cause if isinstance(finding.verdict, Undetermined) else "",
            children=below,
            below=tally(below),
            evidence=tuple(at_hand[:_LISTED]),
            unlisted=len(at_hand[_LISTED:]),
            lost=tuple(each for each in named if each not in by_exhibit)[:_LISTED],
            stricter=_stricter(finding),
        )
    return rows


def _stricter(finding: Finding) -> bool:
    # A bound that is not the catalogue's own came from the target file, which may only be stricter.
    bound = finding.verdict.threshold
    own = [each for each in finding.requirement.thresholds if bound is not None and each.metric == bound.metric]
    return bound is not None and bool(own) and all(each.value != bound.value for each in own)


def _claims(findings: Sequence[Finding]) -> list[str]:
    """Return the ids of readings in the order in which they may claim room: behind violations first."""
    ranked = sorted(findings, key=lambda finding: _RANK[word(finding.verdict)])
    return [each for finding in ranked for each in finding.verdict.observations]


def _supports(findings: Sequence[Finding]) -> dict[str, list[Finding]]:
    found: dict[str, list[Finding]] = {}
    for finding in findings:
        if finding.requirement.node == "check":
            for each in finding.verdict.observations:
                found.setdefault(each, []).append(finding)
    return found


def _distinct(values: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(values))


@functools.cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("reports.formats", _TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_finalize,
        auto_reload=False,
    )
    environment.filters |= {
        "instant": _instant,
        "amount": words.amount,
        "bound": words.bound,
        "kb": _kilobytes,
        "verdict_word": lambda finding: word(finding.verdict),
    }
    environment.globals |= {"w": _both, "t": _text, "mark": _mark, "sign": _sign}
    environment.globals |= {"duration": _duration, "is_violation": lambda verdict: isinstance(verdict, Violates)}
    return environment


def _finalize(value: Any) -> Any:
    return visible(value) if isinstance(value, str) and not isinstance(value, Markup) else value


# These three make most of the page, thousands of times from few different words: as macros they took half its time.


@functools.lru_cache(maxsize=4096)
def _both(zh: str, en: str) -> Markup:
    """Return a text in both languages; which one is seen is the style sheet's business."""
    shown = f'<span lang="zh">{escape(visible(zh))}</span><span lang="en">{escape(visible(en))}</span>'
    return Markup(shown)  # noqa: S704 - both are escaped


def _text(text: Text) -> Markup:
    if text.zh == text.en or not (text.zh and text.en):
        return escape(visible(text.zh or text.en))
    return _both(text.zh, text.en)


@functools.lru_cache(maxsize=16)
def _mark(name: str) -> Markup:
    """Return the sign of a verdict."""
    return Markup('<svg class="m {0}" aria-hidden="true"><use href="#m-{0}"/></svg>').format(name)


_SIGNS = {"refused": "conforms", "shown": "violates", "altered": "violates", "unproven": "undetermined"}
_SIGNS |= {"lacking": "not_applicable", "absent": "not_applicable"}
_LETTERS = {"own": "●", "pointer": "↗", "entitled": "○", "none": "·"}


@functools.lru_cache(maxsize=16)
def _sign(state: str) -> Markup:
    """Return the sign of a place in the access matrix."""
    if state in _SIGNS:
        return _mark(_SIGNS[state])
    return Markup('<span class="letter" aria-hidden="true">{}</span>').format(_LETTERS[state])


def _styles() -> Markup:
    names = ("report.css", "availability.css", "hosts.css", "load.css", "drills.css", "nights.css")
    return Markup().join(_asset(name) for name in names)


def _asset(name: str) -> Markup:
    # Our own files: the only text that enters the page unescaped.
    text = importlib.resources.files("reports.formats").joinpath(_TEMPLATES, name).read_text(encoding="utf-8")
    return Markup(text)  # noqa: S704


def _policy(style: str, script: str) -> str:
    def sha(text: str) -> str:
        return "'sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() + "'"

    return (
        f"default-src 'none'; script-src {sha(script)}; style-src {sha(style)}; img-src data:; "
        "base-uri 'none'; form-action 'none'; require-trusted-types-for 'script'"
    )


def _instant(moment: str) -> str:
    """Return ``2026-03-14 02:10:55 UTC`` for an RFC 3339 instant in UTC; anything else unchanged."""
    if not moment.endswith("Z") or "T" not in moment:
        return moment
    day, clock = moment[:-1].split("T", 1)
    return f"{day} {clock.split('.', 1)[0]} UTC"


def _duration(started: str, finished: str) -> Text:
    """Return the time between two RFC 3339 instants in minutes and seconds; a dash where they are not instants."""
    try:
        seconds = round((datetime.fromisoformat(finished) - datetime.fromisoformat(started)).total_seconds())
    except (ValueError, TypeError):
        return Text(zh="—", en="—")
    minutes, rest = divmod(seconds, 60)
    return Text(zh=f"{minutes} 分 {rest} 秒", en=f"{minutes} min {rest} s")


def _kilobytes(size: int) -> str:
    return f"{size} B" if size < _KILO else f"{size / _KILO:.1f} kB"
