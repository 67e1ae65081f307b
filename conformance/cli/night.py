"""``duheng night``: what the target's schedule names, one step after the other, and one report at the end."""

import argparse
import sys

from conformance.place_options import add_ledger, add_out, add_target


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.epilog = (
        "Run it from a timer: duheng-night@.timer of `python -m conformance.operations FOLDER`, or a line of cron: "
        "10 1 * * * duheng night --target /etc/duheng/shop.toml --out /var/lib/duheng/reports/shop. "
        "Ctrl-C and SIGTERM end the step that runs, by its own orderly end, and leave the rest out; a second one does "
        "not wait for that end. Exit: 0 every step was done; 2 one was not (failed, cut short, left out); 64 no night "
        "may begin, another one runs, wrong usage, a bad target file, or evidence that cannot be kept; 70 a bug of "
        "ours; 130 Ctrl-C ended it."
    )
    parser.add_argument("--dry-run", action="store_true", help="print what would be done, and when; touch nothing")
    add_target(parser.add_argument)
    add_ledger(parser.add_argument)
    add_out(parser.add_argument, "records and reports")
    parser.add_argument("--lang", choices=("zh", "en"), default="en", help="language of the report (default: en)")


def run(arguments: argparse.Namespace) -> int:
    """Run the night, or print its plan; return the exit status.

    Raises:
        SettingsError: wrong usage, faults of the target file, or no night may begin.
        EvidenceError: journal, lock or ledger cannot be used.
    """
    from conformance.night.asked import Asked, act  # noqa: PLC0415 - `--help` stays quick

    return act(
        Asked(
            plan_only=arguments.dry_run,
            target=arguments.target,
            ledger=arguments.ledger,
            out=arguments.out.resolve(),
            lang=arguments.lang,
            say=print,
            note=lambda words: print(words, file=sys.stderr, flush=True),
        )
    )
