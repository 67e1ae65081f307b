"""``duheng drill``: one fault on purpose, watched until the platform is back, and taken out whatever happens."""

import argparse
import sys

from conformance.place_options import add_ledger, add_out, add_target


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.epilog = (
        "A drill is refused unless the target file says authorised = true, the environment or an open window allows "
        "it, and the host holds the permission file of this platform. Ctrl-C ends it and takes the fault out; a host "
        "heals itself where Duheng is killed. Exit: 0 all of it came about; 1 a host is not proven healed; 2 the drill "
        "tells nothing (broken off, stopped); 64 refused, wrong usage or a bad target file; 70 a bug of ours."
    )
    parser.add_argument("name", nargs="?", metavar="NAME", help="the [[drills]] entry to run")
    actions = parser.add_mutually_exclusive_group()
    for option, action, words in (
        ("--list", "list", "list what can be drilled, and what each fault needs"),
        ("--dry-run", "plan", "print the plan, for a change ticket; touch nothing"),
        ("--recover", "recover", "heal and put on record what a killed drill left"),
    ):
        actions.add_argument(option, dest="action", action="store_const", const=action, default="", help=words)
    add_target(parser.add_argument)
    add_ledger(parser.add_argument)
    add_out(parser.add_argument, "records")


def run(arguments: argparse.Namespace) -> int:
    """Drill, or list, plan, recover; return the exit status.

    Raises:
        SettingsError: wrong usage, faults of the target file, or the drill is refused.
        EvidenceError: the record or the ledger cannot be used.
    """
    from conformance.drilling.asked import Asked, act  # noqa: PLC0415 - `--help` stays quick

    return act(
        Asked(
            name=arguments.name,
            action=arguments.action,
            target=arguments.target,
            ledger=arguments.ledger,
            out=arguments.out.resolve(),
            say=print,
            note=lambda words: print(words, file=sys.stderr, flush=True),
        )
    )
