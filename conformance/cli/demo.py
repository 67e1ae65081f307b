"""``duheng demo``: a real shop to try the harness on; started, stopped, or examined from end to end."""

import argparse
from importlib import import_module
from pathlib import Path

from conformance.demo import lifecycle
from conformance.demo.defects import DEFECTS
from conformance.demo.vendure import start as vendure
from probes.errors import SettingsError

FOLDERS = {"oscar": Path("duheng-demo"), "vendure": Path("duheng-demo-vendure")}
OUT = Path("duheng-out")
EXAMINED = (0, 1, 2)
NONE = "none"


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the actions of the verb; without one, all of it runs from start to stop."""
    _options(parser, shop="oscar", folder=None)
    actions = parser.add_subparsers(dest="action", metavar="start|stop|defects")
    starting = actions.add_parser("start", help="start the shop and leave it running")
    stopping = actions.add_parser("stop", help="stop it; database and target file stay")
    switching = actions.add_parser("defects", help="list the defects, or switch them in the running shop")
    for action in (starting, stopping, switching):
        _options(action, shop=argparse.SUPPRESS, folder=argparse.SUPPRESS)
    starting.add_argument("--defect", action="append", default=[], metavar="NAME", help="start with a defect (repeat)")
    switching.add_argument("names", nargs="*", metavar="NAME", help=f"exactly these are on from now; {NONE}: all off")


def run(args: argparse.Namespace) -> int:
    """Do the action; return the exit status.

    Raises:
        SettingsError: the shop cannot be started, or a defect is unknown.
    """
    folder = args.dir or FOLDERS[args.shop]
    match args.action:
        case "start":
            _say(_start(args.shop, folder, defects=tuple(args.defect)))
            return 0
        case "stop":
            ended = lifecycle.stop(folder)
            print("The demo shop has stopped." if ended else f"No demo shop runs in {folder}.")
            return 0
        case "defects" if args.shop != "oscar":
            raise SettingsError(
                f"{args.shop} has no defects to switch; the demo's stand in the README of conformance/demo"
            )
        case "defects":
            return _defects(folder, tuple(args.names))
        case _:
            return all_in_one(args.shop, folder)


def all_in_one(shop: str, folder: Path) -> int:
    """Start the shop, examine it, verify and replay the bundle, stop it; 0 when all of that worked.

    The examination's own status is printed: a shop that violates a clause is no failure of the demo.
    """
    up = _start(shop, folder)
    try:
        _say(up)
        examined = _verb("examine", "--target", str(up.folder.target))
        print(f"\nThe examination ended with status {examined}.")
        if examined not in EXAMINED:
            return examined
        bundle = str(OUT / "latest" / "bundle.zip")
        verified, replayed = _verb("verify", bundle), _verb("replay", bundle)
    finally:
        lifecycle.stop(folder)
    report = (OUT / "latest").resolve() / "report.html"
    print(f"\nThe demo shop has stopped; its target file and ledger stay in {folder}.\nThe report: {report}")
    return 0 if verified == 0 and replayed == examined else 1


def _options(parser: argparse.ArgumentParser, *, shop: str, folder: str | None) -> None:
    parser.add_argument(
        "--shop", choices=tuple(FOLDERS), default=shop, help="which: vendure wants Node.js and npm (default: oscar)"
    )
    defaults = " or ".join(map(str, FOLDERS.values()))
    parser.add_argument("--dir", type=Path, default=folder, metavar="FOLDER", help=f"its folder (default: {defaults})")


def _start(shop: str, folder: Path, *, defects: tuple[str, ...] = ()) -> lifecycle.Running:
    if shop == "oscar":
        return lifecycle.start(folder, defects=defects)
    if defects:
        raise SettingsError(f"{shop} has no defects to start with; leave --defect out, or take --shop oscar")
    print("Starting Vendure; a first start fetches its packages and takes two to three minutes.", flush=True)
    return vendure.start(folder)


def _verb(name: str, *arguments: str) -> int:
    """Run another verb as the command line would."""
    module = import_module(f"conformance.cli.{name}")
    parser = argparse.ArgumentParser(prog=f"duheng {name}")
    module.configure(parser)
    return int(module.run(parser.parse_args(arguments)))


def _say(up: lifecycle.Running) -> None:
    print(f"The demo shop runs at https://127.0.0.1:{up.https}/ (plain http on port {up.http} leads there).")
    print(f"  target file  {up.folder.target}")
    roles = sorted(path.stem for path in up.folder.password("operator").parent.glob("*.password"))
    print(f"  passwords    {up.folder.password('operator').parent} ({', '.join(roles)} @demo.invalid)")
    print(f"  examine it   duheng examine --target {up.folder.target}")
    print(f"  stop it      duheng demo stop --dir {up.folder.root}")


def _defects(folder: Path, chosen: tuple[str, ...]) -> int:
    if not chosen:
        for defect in DEFECTS:
            print(f"{defect.name:34} {defect.check:30} {defect.does}{' (at the start only)' if defect.restart else ''}")
        return 0
    up = lifecycle.running(folder)
    if up is None:
        raise SettingsError(f"no demo shop runs in {folder}: duheng demo start --dir {folder}")
    names = () if chosen == (NONE,) else chosen
    lifecycle.switch(up.folder, names)
    print(f"Switched on: {', '.join(names)}." if names else "All defects are off.")
    return 0
