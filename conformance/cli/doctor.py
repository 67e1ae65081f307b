"""``duheng doctor``: what is missing here, and which clauses stay undetermined because of it."""

import argparse
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from conformance.place_options import add_target

if TYPE_CHECKING:
    from conformance.catalogue.load import Catalogue
    from conformance.doctoring.lack import Lack
    from conformance.doctoring.ledger import LedgerState
    from probes.target import Target
    from reports.words import Lang

MISSING = 2
MANY = 12
"""More checks than that are told by their clauses."""

_CLAUSE = re.compile(r"[A-Z0-9]+-[0-9.]+")
_CONCLUSIONS = {
    "zh": {"no target": "缺目标文件；以上未涉及平台。", "lacks": "以上各项有缺，或须更正。", "none": "没有缺项。"},
    "en": {
        "no target": "A target file is missing; nothing above is about a platform.",
        "lacks": "The points above are missing or wrong.",
        "none": "Nothing is missing.",
    },
}
_NOT_CONTACTED = {"zh": "未连接商城本身。", "en": "The shop itself was not contacted."}


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.epilog = (
        "Exit: 0 nothing is missing, 2 something is (a target file, say), 64 for a bad target file. "
        "Nothing is contacted."
    )
    add_target(parser.add_argument)
    parser.add_argument("--lang", choices=("zh", "en"), default="en", help="language (default: en)")


def run(arguments: argparse.Namespace) -> int:
    """Print machine, target and clauses; return 2 where something is missing.

    Raises:
        SettingsError: the target file has faults; all of them at once.
    """
    from conformance.catalogue.load import load_catalogue  # noqa: PLC0415 - `--help` stays quick
    from conformance.doctoring.ledger import latency_lacks, ledger_state, record_lacks  # noqa: PLC0415
    from conformance.doctoring.whole import built, lacks_of  # noqa: PLC0415
    from conformance.drilling import checkup as drill_checkup  # noqa: PLC0415
    from conformance.loading import checkup as load_checkup  # noqa: PLC0415
    from conformance.places import usual_target  # noqa: PLC0415
    from probes.clock import SystemClock  # noqa: PLC0415

    catalogue = load_catalogue()
    path = usual_target(arguments.target)
    target = None if path is None else _read(path, catalogue)
    ledger = None if target is None else ledger_state(target)
    now = SystemClock().now()
    lacks = (*lacks_of(target, now), *(ledger.lacks if ledger else ()))
    if target is not None and ledger is not None and ledger.found is not None and ledger.found.ok:
        lacks += latency_lacks(target, now)
    if target is not None and (ledger is None or not ledger.lacks):
        lacks += record_lacks(target, now)
        lacks += load_checkup.lacks(target, now) + drill_checkup.lacks(target, now)
    _print(_machine(arguments.lang))
    _print(_target(target, arguments.lang))
    if ledger is not None:
        _print(_ledger(ledger, arguments.lang))
    for lack in lacks:
        _print(_lack(lack, arguments.lang))
    if target is not None:
        _print_sudoers(target, arguments.lang)
    _print(_end(*built(catalogue), arguments.lang))
    print(_CONCLUSIONS[arguments.lang]["no target" if target is None else "lacks" if lacks else "none"])
    print(_NOT_CONTACTED[arguments.lang])
    return MISSING if lacks or target is None else 0


def _read(path: Path, catalogue: "Catalogue") -> "Target":
    from conformance.stricter import target_for  # noqa: PLC0415 - `--help` stays quick
    from conformance.whole_target import whole_target  # noqa: PLC0415
    from probes.errors import SettingsError  # noqa: PLC0415

    try:
        return target_for(path, catalogue)
    except SettingsError:
        # What the file names is listed as missing where the file is sound; where it is not, all is told at once.
        return whole_target(path, catalogue)


def _print(lines: Iterator[tuple[int, str]]) -> None:
    import shutil  # noqa: PLC0415 - `--help` stays quick

    from reports.columns import wrap  # noqa: PLC0415

    columns = shutil.get_terminal_size().columns
    for indent, line in lines:
        # A list entry hangs two columns over its lines.
        first = " " * (indent - 2) if line.startswith("- ") else " " * indent
        print("\n".join(wrap(line, columns, indent=" " * indent, first=first)))


def _machine(lang: "Lang") -> Iterator[tuple[int, str]]:
    import platform  # noqa: PLC0415 - `--help` stays quick

    from conformance.doctoring.machine import EXTRAS, missing_extras  # noqa: PLC0415
    from conformance.examination import tool_name  # noqa: PLC0415
    from reports.words import pick  # noqa: PLC0415

    missing = missing_extras()
    yield 0, f"{tool_name()}, Python {platform.python_version()}"
    for extra, (_, purpose) in EXTRAS.items():
        if extra in missing:
            state = (
                f"未安装；如需要，运行 pip install 'duheng[{extra}]'"
                if lang == "zh"
                else f"not installed; where it is wanted: pip install 'duheng[{extra}]'"
            )
        else:
            state = "已安装" if lang == "zh" else "installed"
        yield 4, f"- [{extra}] {pick(purpose, lang)}: {state}"


def _target(target: "Target | None", lang: "Lang") -> Iterator[tuple[int, str]]:
    if target is not None:
        platform = target.platform
        yield 0, f"{target.path}: {platform.name}, {platform.base_url}, {platform.environment}"
    elif lang == "zh":
        yield 0, "没有目标文件：用 --target FILE.toml 指定，或用 duheng init 写一个"
    else:
        yield 0, "no target file: give one with --target FILE.toml, or write one with `duheng init`"


def _ledger(state: "LedgerState", lang: "Lang") -> Iterator[tuple[int, str]]:
    found, name = state.found, state.file.name
    if found is None:
        if not state.lacks:
            zh, en = (
                f"台账 {name}：尚不存在，首次检查或监测时建立",
                f"ledger {name}: not there yet; the first examination or watch makes it",
            )
            yield 4, f"- {zh if lang == 'zh' else en}"
        return
    count, head, wrong = found.entries, found.head.hash, len(found.problems)
    if lang == "zh":
        outcome = f"发现 {wrong} 处问题" if wrong else "逐条核验一致"
        yield 4, f"- 台账 {name}：{count} 条记录，链尾 {head}，{outcome}"
    else:
        outcome = f"{wrong} problem(s)" if wrong else "verified"
        yield 4, f"- ledger {name}: {count} {'entry' if count == 1 else 'entries'}, head {head}, {outcome}"


def _lack(lack: "Lack", lang: "Lang") -> Iterator[tuple[int, str]]:
    from reports.words import pick  # noqa: PLC0415 - `--help` stays quick

    yield 4, f"- {pick(lack.what, lang)}"
    yield 4, f"→ {pick(lack.remedy, lang)}"
    if lack.checks:
        until = "在此之前无法判定：" if lang == "zh" else "undetermined until then: "
        yield 6, until + (", ".join(lack.checks) if len(lack.checks) <= MANY else _by_clause(lack.checks, lang))


def _by_clause(checks: tuple[str, ...], lang: "Lang") -> str:
    """Return many checks as their clauses, each with how many of its checks it is."""
    counts = Counter(_CLAUSE.match(check)[0] for check in checks)  # type: ignore[index]
    in_order = sorted(counts, key=lambda clause: [int(number) for number in re.findall(r"\d+", clause)])
    clauses = ", ".join(f"{clause} ({counts[clause]})" for clause in in_order)
    return f"{len(checks)} 项检查，按条款：{clauses}" if lang == "zh" else f"{len(checks)} checks, by clause: {clauses}"


def _print_sudoers(target: "Target", lang: "Lang") -> None:
    from conformance.sudoers_advice import sudoers_advice  # noqa: PLC0415 - `--help` stays quick
    from reports.words import pick  # noqa: PLC0415

    for what, text in sudoers_advice(target):
        print(f"{pick(what, lang)}\n\n{text}")  # as it stands: a file is no prose to wrap


def _end(judged: int, total: int, lang: "Lang") -> Iterator[tuple[int, str]]:
    if lang == "zh":
        yield 0, f"{total} 项检查中 {judged} 项已有判定，其余无法判定（not-built）。"
    else:
        yield 0, f"{judged} of {total} checks have a judge; the others are undetermined (not-built)."
