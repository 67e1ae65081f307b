"""``duheng replay``: judges a bundle again, offline, and compares every verdict."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from conformance.exits import DIFFERS

if TYPE_CHECKING:
    from conformance.replaying import Difference


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.epilog = (
        "Exit: as the examination did where every verdict agrees, 3 where one differs, 64 for an unusable bundle."
    )
    parser.add_argument("bundle", type=Path, metavar="BUNDLE", help="an output folder, or the bundle.zip in it")
    parser.add_argument("--lang", choices=("zh", "en"), default="en", help="language (default: en)")


def run(arguments: argparse.Namespace) -> int:
    """Judge again, say what differs, and return the exit status.

    Raises:
        EvidenceError: the bundle cannot be used.
    """
    from conformance.replaying import open_replay  # noqa: PLC0415 - `--help` stays quick

    replay = open_replay(arguments.bundle)
    report = replay.dossier.report
    differences = replay.differences()
    for difference in differences:
        print(_line(difference, arguments.lang))
    total, run_id = report.footer.total, report.header.run_id
    if differences:
        count, ended = len(differences), DIFFERS
        zh, en = (
            f"{total} 条结论中 {count} 条不一致（运行 {run_id}）",
            f"{count} of {total} findings differ (run {run_id})",
        )
    else:
        ended = report.footer.exit
        zh = f"重判 {total} 条结论，全部一致（运行 {run_id}）（退出码 {ended}，与检查时相同）"
        en = f"all {total} findings come out the same (run {run_id}) (exit {ended}, as the examination did)"
    print(zh if arguments.lang == "zh" else en)
    return ended


def _line(difference: "Difference", lang: str) -> str:
    from reports import words  # noqa: PLC0415 - `--help` stays quick
    from reports.verdict import word  # noqa: PLC0415

    was, now = (words.VERDICTS[word(finding.verdict)] for finding in (difference.was, difference.now))
    place = f"{difference.requirement.clause} {difference.requirement.id}"
    fields = ", ".join(difference.fields())
    if lang == "zh":
        return f"不一致：{place}：报告为“{was.zh}”，重判为“{now.zh}”（{fields}）"
    return f"differs: {place}: the report says {was.en}, judged again {now.en} ({fields})"
