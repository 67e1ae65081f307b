"""``duheng watch``: looks at the platform at fixed times, for as long as it runs, and keeps when it was up and down."""

import argparse
import dataclasses
from pathlib import Path


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.epilog = (
        "Runs until SIGTERM or Ctrl-C, then seals what is known. Exit: 0 stopped cleanly; 64 wrong usage, a bad target "
        "file, a ledger that cannot be used, or another watcher of the same name; 70 a bug of ours. "
        "The ledger is backed up while this runs: an SQLite file with sqlite3 FILE \"VACUUM INTO 'COPY'\", never with "
        "cp; a PostgreSQL one with pg_dump --schema=duheng. How to restore it: reports/ledger/README.md, "
        "'Back up, restore, move'."
    )
    parser.add_argument(
        "--target", type=Path, metavar="FILE", help="target file (default: duheng.toml in the working folder)"
    )
    parser.add_argument("--ledger", metavar="URL", help="where the record is kept, over the target file's [ledger] url")
    parser.add_argument(
        "--out",
        type=Path,
        default=Path("duheng-out"),
        metavar="FOLDER",
        help="folder for the trails of what is made on the platform (default: duheng-out)",
    )
    parser.add_argument("--for", dest="for_s", type=_seconds, metavar="SECONDS", help="stop after so many seconds")


def _seconds(text: str) -> float:
    value = float(text)
    if not 0 < value < float("inf"):
        raise ValueError(text)
    return value


def run(arguments: argparse.Namespace) -> int:
    """Watch; return 0 once everything is sealed.

    Raises:
        SettingsError: the target file has faults, or another watcher has our name.
        EvidenceError: the ledger cannot be used.
    """
    from conformance.catalogue.load import load_catalogue  # noqa: PLC0415 - `--help` stays quick
    from conformance.examination import tool_name  # noqa: PLC0415
    from conformance.options import NO_TARGET  # noqa: PLC0415
    from conformance.watch.watching import Task, watch  # noqa: PLC0415
    from conformance.whole_target import whole_target  # noqa: PLC0415
    from probes.clock import SystemClock  # noqa: PLC0415
    from probes.errors import SettingsError  # noqa: PLC0415
    from probes.shop.opening import adapter_of  # noqa: PLC0415
    from probes.target_file import DEFAULT_NAME  # noqa: PLC0415
    from reports.ledger.location import open_ledger  # noqa: PLC0415

    path = arguments.target or Path(DEFAULT_NAME)
    if arguments.target is None and not path.exists():
        raise SettingsError(NO_TARGET)
    target = whole_target(path, load_catalogue())
    base = target.path.parent
    if arguments.ledger is not None:
        target, base = dataclasses.replace(target, ledger_url=arguments.ledger), Path.cwd()
    clock = SystemClock()
    with open_ledger(target.ledger_url, base=base, clock=clock) as store:
        watch(
            Task(
                target=target,
                adapter=adapter_of(target),
                store=store,
                trails=arguments.out.resolve() / "trails",
                tool=tool_name(),
                clock=clock,
                for_s=arguments.for_s,
            )
        )
    return 0
