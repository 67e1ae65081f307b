"""``duheng incident``: list the outages on record, or say of which class one is."""

import argparse
from collections.abc import Iterator
from typing import TYPE_CHECKING

from conformance.place_options import add_ledger, add_target

if TYPE_CHECKING:
    from datetime import datetime

    from conformance.outages import Outages, Saying
    from conformance.places import LedgerPlace
    from probes.target import Target
    from reports.availability import Incident
    from reports.words import Lang

_CLASSES = ("software", "hardware", "network", "unclassified")
_STEPS = ("detected", "decided", "acted", "verified")


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.epilog = (
        "Without CLASS the outages of the last 365 days are listed. A word on an outage is a new entry of the ledger: "
        "nothing is overwritten, the last word counts, a person's over a rule's. Instants without an offset are local "
        "to the platform. Exit: 0; 64 wrong usage, no such outage, a bad target file, or a ledger that cannot be used."
    )
    parser.add_argument("incident_class", nargs="?", choices=_CLASSES, metavar="CLASS", help=", ".join(_CLASSES))
    parser.add_argument("--check", metavar="NAME", help="the check that was down (default: the one that is judged)")
    parser.add_argument("--at", metavar="INSTANT", help="when it began, or any instant of it: 2026-03-14T02:10")
    parser.add_argument("--why", metavar="TEXT", help="why it is of this class")
    parser.add_argument("--by", metavar="NAME", help="who says so (default: your login name)")
    for step in _STEPS:
        parser.add_argument(f"--{step}", metavar="INSTANT", help=f"when it was {step.replace('acted', 'acted upon')}")
    parser.add_argument("--all", action="store_true", help="list those before the last 365 days, too")
    add_target(parser.add_argument)
    add_ledger(parser.add_argument)
    parser.add_argument("--lang", choices=("zh", "en"), default="en", help="language (default: en)")


def run(arguments: argparse.Namespace) -> int:
    """List, or enter a word; return 0.

    Raises:
        SettingsError: wrong usage, no such outage, nothing on record, faults of the target file.
        EvidenceError: the ledger cannot be used.
    """
    from conformance.outages import outages  # noqa: PLC0415 - `--help` stays quick
    from probes.clock import SystemClock  # noqa: PLC0415

    _usage(arguments)
    now = SystemClock().now()
    target, ledger = _target(arguments)
    with ledger.open() as store:
        found = outages(store, target, now)
        if arguments.incident_class is None:
            own = found.every if arguments.check is None else found.of(arguments.check)
            _print(_listing(found, own, arguments.lang, since_ms=None if arguments.all else _year_before(now)))
            return 0
        from conformance.outages import at, instant_ms, say  # noqa: PLC0415

        outage = at(found, arguments.check or found.service, instant_ms(arguments.at, "--at", found.zone))
        seq = say(store, target.platform.id, outage, _saying(arguments, found), now)
        after = outages(store, target, now)
        said = next(each for each in after.of(outage.check) if each.starts_ms == outage.starts_ms)
    print(f"台账第 {seq} 条：" if arguments.lang == "zh" else f"ledger entry {seq}:")
    _print(_lines(after, said, arguments.lang))
    return 0


def _usage(arguments: argparse.Namespace) -> None:
    from probes.errors import SettingsError  # noqa: PLC0415 - `--help` stays quick

    needed = [f"--{name}" for name in ("at", "why") if getattr(arguments, name) is None]
    given = [f"--{name}" for name in ("at", "why", "by", *_STEPS) if getattr(arguments, name) is not None]
    if arguments.incident_class is None and given:
        raise SettingsError(f"duheng incident: {', '.join(given)} go with a CLASS: {', '.join(_CLASSES)}")
    if arguments.incident_class is not None and needed:
        raise SettingsError(f"duheng incident {arguments.incident_class}: {' and '.join(needed)} must be given")


def _target(arguments: argparse.Namespace) -> tuple["Target", "LedgerPlace"]:
    from conformance.catalogue.load import load_catalogue  # noqa: PLC0415 - `--help` stays quick
    from conformance.places import ledger_of, target_path  # noqa: PLC0415
    from conformance.stricter import target_for  # noqa: PLC0415
    from probes.errors import SettingsError  # noqa: PLC0415

    target = target_for(target_path(arguments.target), load_catalogue())
    ledger = ledger_of(target, arguments.ledger)
    file = ledger.file()
    if file is not None and not file.exists():
        raise SettingsError(f"{file}: there is no ledger yet; run `duheng watch`, or `duheng import` a history")
    return target, ledger


def _saying(arguments: argparse.Namespace, found: "Outages") -> "Saying":
    import getpass  # noqa: PLC0415 - `--help` stays quick

    from conformance.outages import Saying, instant_ms  # noqa: PLC0415

    told = {step: getattr(arguments, step) for step in _STEPS if getattr(arguments, step) is not None}
    return Saying(
        incident_class=arguments.incident_class,
        by=getpass.getuser() if arguments.by is None else arguments.by,
        why=arguments.why,
        instants_ms={step: instant_ms(text, f"--{step}", found.zone) for step, text in told.items()},
    )


def _year_before(now: "datetime") -> int:
    from reports.availability import YEAR_MS  # noqa: PLC0415 - `--help` stays quick

    return round(now.timestamp() * 1000) - YEAR_MS


def _listing(
    found: "Outages", own: "tuple[Incident, ...]", lang: "Lang", *, since_ms: int | None
) -> Iterator[tuple[int, str]]:
    shown = [each for each in own if since_ms is None or each.ends_ms > since_ms]
    if not shown:
        yield 0, "没有停机记录。" if lang == "zh" else "No outage is on record."
    for each in shown:
        yield from _lines(found, each, lang)
    if open_ones := [each for each in shown if each.incident_class == "unclassified"]:
        yield 0, _hint(found, open_ones, lang)
    if older := len(own) - len(shown):
        yield 0, f"另有更早的 {older} 次：--all" if lang == "zh" else f"{older} before these: --all"


def _lines(found: "Outages", outage: "Incident", lang: "Lang") -> Iterator[tuple[int, str]]:
    from reports.availability_words import CLASSES, named, span  # noqa: PLC0415 - `--help` stays quick
    from reports.words import pick  # noqa: PLC0415

    lasted, kind = pick(span(outage.lasted_ms), lang), pick(named(CLASSES, outage.incident_class), lang)
    begun, why = found.local(outage.starts_ms), outage.why
    still, colon = ("，尚未恢复", "：") if lang == "zh" else (", still down", ": ")
    yield 0, f"{begun}  {outage.check}  {kind}  {lasted}{'' if outage.over else still}{f'{colon}{why}' if why else ''}"
    if outage.word is not None:
        said = outage.word.why if outage.word.why != why else ""
        yield 4, f"{_by(outage.word.by, lang)}{colon if said else ''}{said}"


def _by(who: str, lang: "Lang") -> str:
    from reports.availability import BY_RULE, NO_RULE  # noqa: PLC0415 - `--help` stays quick

    if who == NO_RULE:
        return "没有匹配的规则" if lang == "zh" else "no rule matches it"
    return f"规则 {who.removeprefix(BY_RULE)}" if lang == "zh" and who.startswith(BY_RULE) else who


def _hint(found: "Outages", outages: "list[Incident]", lang: "Lang") -> str:
    first = next((each for each in reversed(outages) if each.check == found.service), outages[-1])
    check = "" if first.check == found.service else f" --check {first.check}"
    command = f"duheng incident CLASS{check} --at {found.local(first.starts_ms).replace(' ', 'T')} --why TEXT"
    return f"未分类 {len(outages)} 次：{command}" if lang == "zh" else f"{len(outages)} not classified: {command}"


def _print(lines: Iterator[tuple[int, str]]) -> None:
    import shutil  # noqa: PLC0415 - `--help` stays quick

    from reports.columns import wrap  # noqa: PLC0415

    columns = shutil.get_terminal_size().columns
    for indent, line in lines:
        print("\n".join(wrap(line, columns, indent=" " * (indent + 4), first=" " * indent)))
