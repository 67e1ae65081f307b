"""``duheng serve``: the state of a platform for Prometheus, from what the ledger holds."""

import argparse

from conformance.place_options import add_ledger, add_target


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    from conformance.serving.listen import DEFAULT  # noqa: PLC0415 - the other verbs do without

    parser.epilog = (
        "/metrics is for Prometheus, /healthz for supervisors (503 where the ledger cannot be read). Only the ledger "
        "is read, at most once a minute; the platform is never contacted. Ends on SIGTERM. Exit: 0 ended, 64 wrong "
        "usage, a bad target file, or a port that is taken; 70 a bug of ours. "
        "Rules, dashboard and units: python -m conformance.operations FOLDER."
    )
    add_target(parser.add_argument)
    add_ledger(parser.add_argument)
    parser.add_argument(
        "--listen",
        default=DEFAULT,
        metavar="ADDRESS:PORT",
        help=f"where to listen (default: {DEFAULT}); whoever reaches it may read, so think before you leave loopback",
    )


def run(arguments: argparse.Namespace) -> int:
    """Serve until SIGTERM.

    Raises:
        SettingsError: wrong usage, faults of the target file, or an address that cannot be listened on.
    """
    from conformance.serving.listen import listen_of  # noqa: PLC0415 - `--help` stays quick
    from conformance.serving.server import Asked, serve  # noqa: PLC0415

    serve(Asked(target=arguments.target, ledger=arguments.ledger, listen=listen_of(arguments.listen)), say=print)
    return 0
