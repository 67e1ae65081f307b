"""The end of a run in a terminal: by chapter, violations and how to repeat them, what could not be told, the exit."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

from reports import columns, overview, words
from reports.excerpts import visible
from reports.finding import Finding
from reports.report import Report
from reports.verdict import Text, Violates, Word
from reports.words import Lang, pick

_ORDER: tuple[Word | Literal["waived"], ...] = ("violates", "undetermined", "conforms", "not_applicable", "waived")
_MARKS: Mapping[Word | Literal["waived"], str] = MappingProxyType(
    {"violates": "F", "undetermined": "u", "conforms": ".", "not_applicable": "n", "waived": "w"}
)
_STYLES: Mapping[str, str] = MappingProxyType(
    {
        "violates": "31",
        "undetermined": "33",
        "conforms": "32",
        "not_applicable": "2",
        "waived": "35",
        "b": "1",
        "soft": "2",
    }
)
_NARROWEST = 40
_DETAILED = frozenset({"target", "network", "settings", "permission"})
_CLAUSES = 5
_REASONS = 3


def render(
    report: Report,
    *,
    lang: Lang,
    width: int,
    colour: bool,
    folder: str | None = None,
    checks_in_catalogue: int | None = None,
    titles: overview.Titles = overview.NO_TITLES,
    left: Sequence[str] = (),
) -> str:
    """Return the summary as text that ends with a newline.

    ``width`` is the terminal's, in columns (below 40 it is taken as 40); control sequences are written only where
    ``colour`` is true. ``folder`` is where the output was written, by default ``duheng-out/<run id>``; empty where
    nothing was written. ``checks_in_catalogue`` and ``titles`` are those of the whole catalogue (``overview.whole``):
    with them the summary tells how little was chosen, and names chapters whose group is not in scope. ``left`` are
    lines (``leftovers.lines``) that tell what the run left on the platform.
    """
    pen = _Pen(lang=lang, width=max(width, _NARROWEST), colour=colour)
    parts = [
        _heading(report, pen),
        _chapters(report, titles, pen),
        _violations(report, pen),
        _unknowns(report, pen),
        _left(left, pen),
        _ending(report, checks_in_catalogue, pen, f"duheng-out/{report.header.run_id}" if folder is None else folder),
    ]
    return "\n\n".join("\n".join(lines) for lines in parts if lines) + "\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Pen:
    lang: Lang
    width: int
    colour: bool

    def say(self, zh: str, en: str) -> str:
        return zh if self.lang == "zh" else en

    def of(self, text: Text) -> str:
        return _plain(pick(text, self.lang))

    def noted(self, text: str, note: str) -> str:
        return f"{text}（{note}）" if self.lang == "zh" else f"{text} ({note})"

    @property
    def colon(self) -> str:
        return self.say("：", ": ")

    def paint(self, text: str, style: str) -> str:
        return f"\x1b[{_STYLES[style]}m{text}\x1b[0m" if self.colour and text else text

    def lines(self, text: str, *, indent: int, first: str | None = None, style: str | None = None) -> list[str]:
        plain = _plain(text)
        made = columns.wrap(plain, self.width, indent=" " * indent, first=first)
        return [self.paint(line, style) for line in made] if style else made


def _plain(text: str) -> str:
    # What comes from the platform must not steer the terminal, nor begin a line of its own.
    return visible(text).replace("\n", " ").replace("\t", " ")


def _heading(report: Report, pen: _Pen) -> list[str]:
    header = report.header
    where = f"{header.platform_name} · {header.base_url} · {pick(words.environment(header.environment), pen.lang)}"
    when = f"{pen.of(words.scope(header.scope))} · {header.started} – {header.finished} · {header.tool}"
    return [*pen.lines(where, indent=2, first="", style="b"), *pen.lines(when, indent=2, first="", style="soft")]


def _chapters(report: Report, named: overview.Titles, pen: _Pen) -> list[str]:
    titles = [pick(words.VERDICTS[name], pen.lang) for name in _ORDER]
    # On a narrow terminal the columns are headed by the marks that pytest prints, explained below the table.
    narrow = sum(columns.width(title) + 2 for title in titles) > pen.width // 2
    heads = [_MARKS[name] for name in _ORDER] if narrow else titles
    widths = [max(columns.width(head), 4) for head in heads]
    room = pen.width - sum(widths) - 2 * len(widths)
    out = [_row(pen, pen.say("章（计入结论的条款）", "Chapter (what counts)"), heads, room, widths, bold=True)]
    for each in overview.chapters(report, named):
        if not any(each.counting.values()):
            continue
        name = f"{each.chapter} {pen.of(each.title)}".rstrip()
        out.append(_row(pen, _plain(name), [str(each.counting[word]) for word in _ORDER], room, widths))
    footer = report.footer
    out.append("─" * pen.width)
    out.append(
        _row(pen, pen.say("计入结论", "Counting"), [str(footer.counting[word]) for word in _ORDER], room, widths)
    )
    every = pen.say(f"全部（{footer.total}）", f"All ({footer.total})")
    out.append(_row(pen, every, [str(footer.summary[word]) for word in _ORDER], room, widths))
    if narrow:
        legend = "  ".join(f"{_MARKS[name]} {title}" for name, title in zip(_ORDER, titles, strict=True))
        out.extend(pen.lines(legend, indent=0, style="soft"))
    return out


def _row(pen: _Pen, name: str, cells: Sequence[str], room: int, widths: Sequence[int], *, bold: bool = False) -> str:
    made = columns.pad(columns.cut(name, room), room)
    if bold:
        made = pen.paint(made, "b")
    for verdict, cell, width in zip(_ORDER, cells, widths, strict=True):
        style = "soft" if cell == "0" else verdict
        made += "  " + pen.paint(columns.pad(cell, width, right=True), style)
    return made.rstrip()


def _violations(report: Report, pen: _Pen) -> list[str]:
    found = overview.violations(report)
    if not found:
        return []
    out = [pen.paint(pen.noted(pen.say("不符合", "Violates"), str(len(found))), "b")]
    for finding in found:
        out.extend(_violation(finding, pen))
    return out


def _violation(finding: Finding, pen: _Pen) -> list[str]:
    requirement, verdict = finding.requirement, finding.verdict
    notes = [pick(words.obligation(requirement.obligation), pen.lang)]
    if not finding.counts:
        notes.append(pen.say("不计入结论", "does not count"))
    head = f"✗ {requirement.clause} {pen.of(requirement.title)} [{requirement.id}]"
    out = pen.lines(pen.noted(head, pen.say("，", ", ").join(notes)), indent=4, first="  ", style="violates")
    out.extend(pen.lines(pen.of(verdict.reason), indent=4))
    if verdict.measured is not None:
        measured = f"{pen.say('测得', 'measured')}{pen.colon}{words.amount(verdict.measured)}"
        if verdict.threshold is not None:
            measured += f"{pen.say('；要求', '; required')}{pen.colon}{words.bound(verdict.threshold)}"
        out.extend(pen.lines(measured, indent=4))
    for number, line in enumerate(verdict.repeat if isinstance(verdict, Violates) else ()):
        lead = pen.say("复现：", "repeat: ")
        first = "    " + (lead if number == 0 else " " * columns.width(lead))
        out.extend(pen.lines(line, indent=columns.width(first), first=first))
    if finding.waiver is not None:
        waiver = finding.waiver
        text = pen.say(
            f"已豁免至 {waiver.expires_at}（{waiver.owner}）：{waiver.reason}",
            f"waived until {waiver.expires_at} by {waiver.owner}: {waiver.reason}",
        )
        out.extend(pen.lines(text, indent=4, style="waived"))
    return out


def _unknowns(report: Report, pen: _Pen) -> list[str]:
    found = overview.unknowns(report)
    if not found:
        return []
    seen = overview.coverage(report)
    head = pen.say(
        f"无法判定：计入结论的 {seen.counting} 项中有 {seen.untold} 项",
        f"Could not be told: {seen.untold} of {seen.counting} that count",
    )
    out = [pen.paint(head, "b")]
    causes = max(columns.width(each.cause) for each in found)
    for each in found:
        out.extend(_unknown(each, causes, pen))
    return out


def _unknown(each: overview.Unknown, causes: int, pen: _Pen) -> list[str]:
    accepted = pen.say("，事先接受", ", accepted beforehand") if each.accepted else ""
    title = pick(words.CAUSES[each.cause], pen.lang)
    number = pen.say(
        f"{len(each.checks)} 项检查（计入结论 {each.counting}）",
        f"{words.counted(len(each.checks), 'check')} ({each.counting} counting)",
    )
    head = f"{columns.pad(each.cause, causes)}  {title}{pen.colon}{number}{accepted}"
    out = pen.lines(head, indent=causes + 6, first="  ? ", style="undetermined")
    if each.cause in _DETAILED:
        out.extend(_details(each, causes + 6, pen))
    out.extend(pen.lines(pick(words.CAUSES_NEXT[each.cause], pen.lang), indent=causes + 6))
    return out


def _details(each: overview.Unknown, indent: int, pen: _Pen) -> list[str]:
    # These someone can mend at once, so it is said which clauses and why; the report lists them all.
    ids = pen.say("、", ", ").join(check.requirement.id for check in each.checks[:_CLAUSES])
    if more := len(each.checks[_CLAUSES:]):
        ids += pen.say(f" 等，另有 {more} 项", f" and {more} more")
    out = pen.lines(ids, indent=indent)
    reasons = list(dict.fromkeys(pen.of(check.verdict.reason) for check in each.checks))
    return [*out, *(columns.cut(f"{' ' * indent}· {reason}", pen.width) for reason in reasons[:_REASONS])]


def _left(left: Sequence[str], pen: _Pen) -> list[str]:
    if not left:
        return []
    head = pen.say(
        f"本次检查在平台上遗留 {len(left)} 个对象（记录见 bundle.zip 中的 trail.jsonl）：",
        f"Left on the platform: {words.counted(len(left), 'object')} (the trail is trail.jsonl in bundle.zip)",
    )
    out = pen.lines(head, indent=2, first="", style="b")
    for line in left:
        out.extend(pen.lines(line, indent=4, first="  "))
    return out


def _ending(report: Report, checks: int | None, pen: _Pen, folder: str) -> list[str]:
    status = report.footer.exit
    partial = overview.not_chosen(report, checks)
    style = "undetermined" if partial and status == 0 else ("conforms", "violates", "undetermined")[status]
    meaning = f"{pen.say('退出码', 'Exit')} {status}{pen.colon}{pick(overview.outcome(report), pen.lang)}"
    # The folder stays on one line, however long, so that it can be copied.
    files = pen.say(" （report.html、bundle.zip）", "  (report.html, bundle.zip)")
    where = f"{pen.say('输出', 'Output')}{pen.colon}{_plain(folder)}/{files}"
    return [
        *(pen.lines(pen.of(partial), indent=2, first="", style="undetermined") if partial else []),
        *([where] if folder else []),
        *pen.lines(meaning, indent=2, first="", style=style),
    ]
