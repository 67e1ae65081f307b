"""``duheng key new|show``: the key that signs this machine's reports."""

import argparse
import os
from pathlib import Path

from probes.errors import SettingsError
from reports.signing.keys import OWN_KEY, PRIVATE_FILE, PUBLIC_FILE, default_folder, fingerprint, load_public, new


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options of the verb."""
    actions = parser.add_subparsers(dest="action", required=True, metavar="new|show")
    making = actions.add_parser("new", help="make a key pair; never overwrites one")
    making.add_argument(
        "--out",
        type=Path,
        metavar="FOLDER",
        help="folder for both files (default: duheng in your configuration folder)",
    )
    showing = actions.add_parser("show", help="print the key id")
    showing.add_argument("--key", type=Path, metavar="PUB", help="public key file (default: this machine's own)")


def run(args: argparse.Namespace) -> int:
    """Make or show a key; return the exit status.

    Raises:
        SettingsError: there is no key to show yet.
        EvidenceError: the key cannot be made or read.
    """
    if args.action == "new":
        folder: Path = args.out or default_folder(os.environ)
        print(f"key id:      {new(folder).key_id}")
        print(f"private key: {folder / PRIVATE_FILE} (keep it to yourself)")
        print(f"public key:  {folder / PUBLIC_FILE} (give it to those who verify)")
    else:
        path: Path = args.key or default_folder(os.environ) / PUBLIC_FILE
        if args.key is None and not path.exists():
            raise SettingsError("no key yet: duheng key new")
        print(f"key id:      {fingerprint(load_public(path))}")
        print(f"public key:  {path}")
    print(f"\n{OWN_KEY.zh}\n{OWN_KEY.en}")
    return 0
