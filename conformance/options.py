"""The options of an examination, for pytest and for ``duheng examine``: one table, read into one value."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, TypeAlias

from conformance.place_options import add_ledger, add_out, add_target
from probes.errors import Cause, SettingsError
from reports.report import ACCEPTABLE_CAUSES

Lang: TypeAlias = Literal["zh", "en"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What was asked for on the command line; paths as given, relative to the working folder."""

    target: Path | None
    ledger: str | None
    out: Path
    clauses: str | None
    standard: str
    replay: Path | None
    accept: tuple[Cause, ...]
    lang: Lang
    restored: str | None = None


def add_options(add: Callable[..., Any]) -> None:
    """Declare the options by calling ``add(*names, **argparse_settings)`` for each."""
    add_target(add)
    add_ledger(add)
    add_out(add, "reports and trails")
    add("--clauses", metavar="LIST", help="only these clauses or ids, e.g. 3.1.3,4.1.2.1.1")
    add("--standard", metavar="KEY", default="SBT", help="standard to examine against (default: SBT, SB/T 10469)")
    add("--replay", metavar="BUNDLE", help="judge a bundle again instead of looking; touches no network")
    add(
        "--accept-undetermined",
        metavar="CAUSES",
        default="",
        help=f"causes that may stay undetermined, of: {', '.join(ACCEPTABLE_CAUSES)}",
    )
    add(
        "--restored",
        metavar="RUN",
        help="take the trial restores of that run in the ledger (of a night, say) instead of restoring again",
    )
    add("--lang", choices=("zh", "en"), default="en", help="language of terminal and report (default: en)")


def options_of(get: Callable[[str], Any]) -> Options:
    """Return the options; ``get`` yields the value of an option by its attribute name.

    Raises:
        SettingsError: a cause that cannot be accepted, or options that do not go with ``--replay``; all at once.
    """
    asked = tuple(part.strip() for part in str(get("accept_undetermined") or "").split(",") if part.strip())
    if faults := [*_unacceptable(asked), *_idle_in_replay(get)]:
        raise SettingsError(*faults)
    replay = get("replay")
    return Options(
        target=get("target"),
        ledger=get("ledger"),
        out=get("out"),
        clauses=get("clauses"),
        standard=get("standard"),
        replay=Path(replay) if replay else None,
        accept=tuple(cause for cause in ACCEPTABLE_CAUSES if cause in asked),
        lang=get("lang"),
        restored=get("restored"),
    )


def _unacceptable(asked: tuple[str, ...]) -> Iterator[str]:
    refused = [cause for cause in asked if cause not in ACCEPTABLE_CAUSES]
    if refused:
        known = ", ".join(ACCEPTABLE_CAUSES)
        yield f"--accept-undetermined: {', '.join(refused)} cannot be accepted; only {known} can"


def _idle_in_replay(get: Callable[[str], Any]) -> Iterator[str]:
    idle = [name for name in ("target", "ledger", "accept_undetermined", "restored") if get(name)]
    if get("replay") and idle:
        names = ", ".join(f"--{name.replace('_', '-')}" for name in idle)
        yield f"--replay: the bundle says what was examined; leave out {names}"
