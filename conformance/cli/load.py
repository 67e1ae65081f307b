"""``duheng load``: puts a declared load on the platform, and keeps what came of it as evidence."""

import argparse

from conformance.place_options import add_ledger, add_out, add_target

_LONGEST_S = 7 * 86_400
_LAST_PORT = 65535


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    from profiles.catalogue import PROFILES  # noqa: PLC0415 - only where the verb is used

    names = ", ".join(PROFILES)
    parser.epilog = (
        "Nothing is put on a platform whose target file does not say authorised = true, nor on production outside a "
        "declared window that is open for all that it may take, nor beyond [load] max_rate_per_s and max_orders. Of a "
        "locustfile of your own, --users-per-s is held to max_rate_per_s; what its users do is bounded by nothing but "
        "what stops a run, and what they order is neither counted nor cancelled. Ctrl-C, SIGTERM or the "
        "stop file end the run and keep its record; a second Ctrl-C does not wait. "
        "Exit: 0 the run is valid and nothing failed; 1 trade went wrong, or more failed than the budget allows; "
        "2 the run tells nothing (invalid, incomplete or stopped; the reasons are told); 64 refused, or wrong usage; "
        "70 a bug of ours; 130 interrupted."
    )
    parser.add_argument(
        "profile", metavar="PROFILE", help=f"{names}, or the path of a profile (.toml) or locustfile (.py) of your own"
    )
    add_target(parser.add_argument)
    add_ledger(parser.add_argument)
    add_out(parser.add_argument, "records and trails")
    parser.add_argument("--workers", type=_whole, default=1, metavar="N", help="processes that push (default: 1)")
    parser.add_argument("--seed", type=int, metavar="N", help="who comes when is drawn from it (default: a new one)")
    parser.add_argument("--backup", metavar="NAME", help="start this one of [[backups]] while shoppers buy")
    parser.add_argument("--web", type=_port, metavar="PORT", help="Locust's own page, on 127.0.0.1 only")
    remote = parser.add_argument_group("workers on other machines")
    remote.add_argument(
        "--away", type=_whole, default=0, metavar="N", help="so many of the workers are started elsewhere, by hand"
    )
    remote.add_argument("--bind", default="127.0.0.1", metavar="ADDRESS", help="where they find the master (127.0.0.1)")
    remote.add_argument("--port", type=_port, default=5557, metavar="PORT", help="at which port (5557)")
    own = parser.add_argument_group("a locustfile of your own (a closed model: it is recorded, and never judged)")
    own.add_argument("--users", type=_whole, default=1, metavar="N", help="so many users (default: 1)")
    own.add_argument("--users-per-s", type=_positive, default=1.0, metavar="RATE", help="so many more a second (1)")
    own.add_argument("--for", dest="for_s", type=_positive, default=60.0, metavar="SECONDS", help="for so long (60)")


def _whole(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is no whole number from 1")
    return int(text)


def _port(text: str) -> int:
    if not text.isdecimal() or not 0 < int(text) <= _LAST_PORT:
        raise argparse.ArgumentTypeError(f"{text!r} is no port")
    return int(text)


def _positive(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = 0.0
    if not 0 < value <= _LONGEST_S:
        raise argparse.ArgumentTypeError(f"{text!r} is no number above 0 and up to {_LONGEST_S}")
    return value


def run(arguments: argparse.Namespace) -> int:
    """Run the load; return the exit status.

    Raises:
        SettingsError: it must not begin, or cannot; every reason at once.
        EvidenceError: the ledger, a trail or the record cannot be used.
    """
    from conformance.loading.beginning import Ways, begin  # noqa: PLC0415 - `--help` stays quick
    from conformance.loading.planning import Asked  # noqa: PLC0415
    from profiles.launch import Place  # noqa: PLC0415

    away = arguments.away
    return begin(
        Asked(
            name=arguments.profile,
            workers=arguments.workers,
            seed=arguments.seed,
            users=arguments.users,
            users_per_s=arguments.users_per_s,
            seconds=arguments.for_s,
        ),
        Ways(
            target=arguments.target,
            ledger=arguments.ledger,
            out=arguments.out,
            backup=arguments.backup,
            web_port=arguments.web,
            place=Place(bind=arguments.bind, port=arguments.port, away=away) if away else Place(),
        ),
    )
