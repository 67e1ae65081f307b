"""``duheng replay``: judges a bundle again, offline, and compares every verdict."""

import argparse
from pathlib import Path

DIFFERS = 3


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.epilog = (
        "Exit: as the examination did where every verdict agrees, 3 where one differs, 64 for an unusable bundle."
    )
    parser.add_argument("bundle", type=Path, help="bundle.zip of a run")
    parser.add_argument("--lang", choices=("zh", "en"), default="en", help="language (default: en)")


def run(arguments: argparse.Namespace) -> int:
    """Judge again and say what differs."""
    from conformance.replaying import open_replay  # noqa: PLC0415 - `--help` stays quick

    replay = open_replay(arguments.bundle)
    report = replay.dossier.report
    differences = replay.differences()
    chinese = arguments.lang == "zh"
    for difference in differences:
        requirement = difference.requirement
        line = f"{requirement.clause} {requirement.id}"
        print(
            f"不一致：{line}：报告 {difference.was}，重判 {difference.now}"
            if chinese
            else f"differs: {line}: the report says {difference.was}, judged again {difference.now}"
        )
    total = report.footer.total
    if differences:
        print(
            f"{total} 条结论中 {len(differences)} 条不一致"
            if chinese
            else f"{len(differences)} of {total} findings differ"
        )
        return DIFFERS
    print(
        f"重判 {total} 条结论，全部一致（运行 {report.header.run_id}）"
        if chinese
        else f"all {total} findings come out the same (run {report.header.run_id})"
    )
    return report.footer.exit
