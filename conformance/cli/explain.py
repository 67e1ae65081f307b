"""``duheng explain``: a requirement or a clause in words, or a list of them."""

import argparse
import shutil

from conformance.catalogue.explain import ASKABLE, explain, listing
from conformance.catalogue.load import judged_records, load_catalogue, load_extras
from conformance.catalogue.record import METHODS
from conformance.catalogue.selection import select
from probes.errors import SettingsError


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of the verb."""
    parser.add_argument(
        "id", nargs="?", metavar="ID", help="a requirement, such as SBT-3.1.3.3-ssl128, or a clause, such as 3.2.5"
    )
    parser.add_argument("--list", action="store_true", help="list the requirements instead of explaining one")
    parser.add_argument("--chapter", help="with --list: only this chapter or clause, such as 3.1")
    for name, choices, what in (("method", METHODS, "that use this method"), ("state", ASKABLE, "in this state")):
        parser.add_argument(
            f"--{name}",
            choices=choices,
            metavar=name.upper(),
            help=f"with --list: only checks {what}: {', '.join(choices)}",
        )
    parser.add_argument("--lang", choices=("zh", "en"), default="en", help="language of the texts (default: en)")


def run(args: argparse.Namespace) -> int:
    """Print the explanation or the list; return 0.

    Raises:
        SettingsError: for an unknown id or chapter, and for arguments that do not go together.
    """
    if args.list == (args.id is not None):
        raise SettingsError("duheng explain: give either an ID or --list")
    if not args.list and any((args.chapter, args.method, args.state)):
        raise SettingsError("duheng explain: --chapter, --method and --state go with --list")
    from conformance.judges.table import JUDGEMENTS  # noqa: PLC0415 - the judges load only when they are asked

    columns = shutil.get_terminal_size().columns
    every = load_catalogue().requirements
    if args.list:
        wanted = judged_records(every if args.chapter is None else select(every, args.chapter, option="--chapter"))
        lines = listing(
            wanted, judged=JUDGEMENTS, method=args.method, state=args.state, lang=args.lang, columns=columns
        )
        print(lines)
        return 0
    asked = next((item for item in every if args.id in {item.id, item.clause}), None)
    if asked is None:
        # As --clauses takes it: several with commas between, and near misses for what names nothing.
        wanted = select(every, args.id, option="duheng explain")
        print(listing(wanted, judged=JUDGEMENTS, method=None, state=None, lang=args.lang, columns=columns))
        return 0
    text = explain(
        asked,
        extras=load_extras()[asked.id],
        judged=JUDGEMENTS.get(asked.id),
        members=[item for item in every if item.parent == asked.id],
        lang=args.lang,
        columns=columns,
    )
    print(text)
    return 0
