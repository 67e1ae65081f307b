"""``duheng watch``: looks at the platform at fixed times, for as long as it runs, and keeps when it was up and down."""

import argparse

from conformance.place_options import add_ledger, add_out, add_target


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.epilog = (
        "Runs until SIGTERM or Ctrl-C, then seals what is known. Exit: 0 stopped cleanly; 64 wrong usage, a bad target "
        "file, a ledger that cannot be used, or another watcher of the same name; 70 a bug of ours. "
        "The ledger is backed up while this runs: an SQLite file with sqlite3 FILE \"VACUUM INTO 'COPY'\", never with "
        "cp; a PostgreSQL one with pg_dump --schema=duheng. How to restore it: reports/ledger/README.md, "
        "'Back up, restore, move'."
    )
    add_target(parser.add_argument)
    add_ledger(parser.add_argument)
    add_out(parser.add_argument, "trails of what is made on the platform")
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
    from conformance.places import ledger_of, target_path  # noqa: PLC0415
    from conformance.watch.watching import Task, watch  # noqa: PLC0415
    from conformance.whole_target import whole_target  # noqa: PLC0415
    from probes.clock import SystemClock  # noqa: PLC0415
    from probes.shop.opening import adapter_of  # noqa: PLC0415

    target = whole_target(target_path(arguments.target), load_catalogue())
    clock = SystemClock()
    with ledger_of(target, arguments.ledger).open(clock) as store:
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
