"""``duheng import prometheus|csv``: brings a history that already exists into the ledger, marked as imported."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from conformance.place_options import add_ledger, add_target

if TYPE_CHECKING:
    from conformance.importing.asking import Words
    from conformance.importing.keeping import Outcome, Source
    from conformance.importing.saying import Span
    from probes.clock import Clock
    from probes.target import Target

_DEPTHS = ("page", "cart", "checkout", "order", "payment")
_READING = (
    "Two failed samples in a row are an outage, from the first on; one alone counts as a failed probe. A sample holds "
    "for one step; where there is none, it is unknown. What is in the ledger already is not counted twice; what a "
    "watcher of that name saw is not overlaid. Exit: 0 (also where nothing is new), 64 nothing was imported."
)


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    sources = parser.add_subparsers(dest="source", required=True, metavar="prometheus|csv", title="sources")
    asking = sources.add_parser(
        "prometheus",
        help="one series of 0 and 1, such as probe_success or up",
        description="Asks a Prometheus for one series of 0 and 1. Nothing but the host of URL is contacted.",
        epilog="Name the series itself: of a sum or a maximum of series nobody can tell how old its samples are, and "
        "Prometheus repeats a last sample for five minutes. " + _READING,
    )
    asking.add_argument("url", metavar="URL", help="address of the Prometheus, without user and password")
    asking.add_argument("query", metavar="QUERY", help="""such as 'probe_success{instance="https://shop.example"}'""")
    asking.add_argument("--user", metavar="NAME", help="user, where Prometheus wants one")
    asking.add_argument("--password-env", metavar="VARIABLE", help="environment variable that holds the password")
    asking.add_argument("--token-env", metavar="VARIABLE", help="environment variable that holds a bearer token")
    reading = sources.add_parser(
        "csv",
        help="a file of samples (at,success) or of runs (starts,ends,state)",
        description="Reads a CSV file, UTF-8. Its header is at,success (success: 1 or 0) or starts,ends,state (state: "
        "up, down or unknown). Instants have their UTC offset, or are seconds since 1970; rows are in order of time.",
        epilog="Runs count as probed every so many seconds; all probes of down time failed. " + _READING,
    )
    reading.add_argument("file", type=Path, metavar="FILE", help="the file")
    for below, needed in ((asking, True), (reading, False)):
        _shared(below, starts_needed=needed)


def _shared(parser: argparse.ArgumentParser, *, starts_needed: bool) -> None:
    add = parser.add_argument
    add("--check", required=True, metavar="NAME", help="name of the check that it is the history of, such as buying")
    add("--vantage", metavar="NAME", help="name of the vantage point (default: prometheus or csv)")
    add("--every", required=True, type=_seconds, metavar="SECONDS", help="from probe to probe, such as 60")
    add("--from", dest="starts", required=starts_needed, metavar="INSTANT", help="begin: 2026-01-01, 2026-01-01T08:00")
    add("--to", dest="ends", metavar="INSTANT", help="end (default: now); without an offset local to the platform")
    add("--depth", choices=_DEPTHS, default="page", help="how deep each probe looked (default: page)")
    add_target(add)
    add_ledger(add)
    add("--lang", choices=("zh", "en"), default="en", help="language of the summary (default: en)")


def _seconds(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = 0
    if not 1 <= value <= 86_400:  # noqa: PLR2004 - a day
        raise argparse.ArgumentTypeError(f"{text!r} is no number of seconds from 1 to 86400")
    return value


def run(arguments: argparse.Namespace) -> int:
    """Import, say what is new, and return 0.

    Raises:
        SettingsError: wrong usage, a bad target file, or a source that cannot be used whole; nothing was imported.
        EvidenceError: the ledger cannot be used; nothing was imported.
    """
    from conformance.catalogue.load import load_catalogue  # noqa: PLC0415 - `--help` stays quick
    from conformance.importing.asking import Words, place_of, span_of  # noqa: PLC0415
    from conformance.importing.keeping import keep  # noqa: PLC0415
    from conformance.places import ledger_of, target_path  # noqa: PLC0415
    from conformance.stricter import target_for  # noqa: PLC0415
    from probes.clock import SystemClock  # noqa: PLC0415

    clock = SystemClock()
    now_ms = round(clock.now().timestamp() * 1000)
    words = Words(
        check=arguments.check,
        vantage=arguments.vantage or arguments.source,
        depth=arguments.depth,
        every_s=arguments.every,
        starts=arguments.starts,
        ends=arguments.ends,
    )
    target = target_for(target_path(arguments.target), load_catalogue())
    place, span = place_of(words, target), span_of(words, target, now_ms)
    source = _source(arguments, target, span, clock, now_ms)
    with ledger_of(target, arguments.ledger).open(clock) as store:
        outcome = keep(store, place, source, span, now_ms)
    print("\n".join(_lines(words, source, outcome, arguments.lang)))
    return 0


def _source(arguments: argparse.Namespace, target: "Target", span: "Span", clock: "Clock", now_ms: int) -> "Source":
    import os  # noqa: PLC0415 - `--help` stays quick

    from conformance.importing import csv_rows, prometheus  # noqa: PLC0415
    from conformance.importing.asking import Credentials, server_of  # noqa: PLC0415

    if arguments.source == "csv":
        return csv_rows.read(arguments.file, now_ms)
    credentials = Credentials(user=arguments.user, password_env=arguments.password_env, token_env=arguments.token_env)
    with server_of(arguments.url, credentials, target, clock, os.environ) as server:
        return prometheus.read(server, arguments.query, span)


def _lines(words: "Words", source: "Source", outcome: "Outcome", lang: str) -> list[str]:
    from conformance.importing.keeping import instant  # noqa: PLC0415 - `--help` stays quick

    up_h, down_h, before_h = (
        milliseconds / 3_600_000
        for milliseconds in (outcome.total_ms("up"), outcome.total_ms("down"), outcome.known_before_ms)
    )
    days = len(outcome.days)
    span = f"{outcome.days[0]} .. {outcome.days[-1]}" if days else ""
    undecided = "" if outcome.undecided_ms is None else instant(outcome.undecided_ms)
    if lang == "zh":
        lines = [f"{words.check}（{words.vantage}）：读取 {source.rows} 行，{outcome.digest}"]
        lines += (
            [f"新增：可用 {up_h:.2f} 小时，不可用 {down_h:.2f} 小时，{days} 天（{span}）"] if days else ["没有新内容。"]
        )
        lines += [f"台账中已有：{before_h:.2f} 小时，未重复计入"] if before_h else []
        lines += [f"最后一次失败（{undecided}）之后无数据，无法确认，未导入"] if undecided else []
        return [*lines, *(f"Prometheus 警告：{warning}" for warning in source.warnings)]
    lines = [f"{words.check} from {words.vantage}: {source.rows} rows read, {outcome.digest}"]
    lines += [f"new: up {up_h:.2f} h, down {down_h:.2f} h, on {days} days ({span})"] if days else ["nothing is new"]
    lines += [f"in the ledger already: {before_h:.2f} h, not counted again"] if before_h else []
    lines += [f"the last sample failed ({undecided}), nothing confirms it yet: not imported"] if undecided else []
    return [*lines, *(f"Prometheus warns: {warning}" for warning in source.warnings)]
