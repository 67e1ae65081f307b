"""Records the digest of a catalogue in ``released.json``: ``python -m conformance.catalogue.release [--amend]``.

``verify`` knows a catalogue as released by this list, and refuses a bundle that was judged by any other.
"""

import argparse
import json
from collections.abc import Sequence
from pathlib import Path
from typing import TypeAlias

from conformance.catalogue.load import FOLDERS, Catalogue, load_catalogue

Released: TypeAlias = dict[str, str]


class AlreadyReleasedError(ValueError):
    """The version stands in the list with another digest."""


FILE = Path(__file__).with_name("released.json")


def released(file: Path = FILE) -> tuple[Released, ...]:
    """Return the released catalogues, oldest first: standard, version, sha256."""
    return tuple(json.loads(file.read_text(encoding="utf-8")))


def with_release(entries: Sequence[Released], catalogue: Catalogue, *, amend: bool = False) -> tuple[Released, ...]:
    """Return the entries with the catalogue's own at the end; as they are if its digest is among them.

    ``amend`` replaces the entry of the same version: right only while no bundle with it has left the house.

    Raises:
        AlreadyReleasedError: if the version is there with another digest and ``amend`` is false.
    """
    if any(entry["sha256"] == catalogue.sha256 for entry in entries):
        return tuple(entries)
    name = {"standard": catalogue.standard, "version": catalogue.version}
    others = [entry for entry in entries if {key: entry[key] for key in name} != name]
    if len(others) < len(entries) and not amend:
        raise AlreadyReleasedError(
            f"{catalogue.standard} {catalogue.version} is released with another digest; "
            "raise version in document.json, or give --amend if no bundle with it has left the house"
        )
    return (*others, {**name, "sha256": catalogue.sha256})


def main(arguments: Sequence[str] | None = None, *, file: Path = FILE) -> None:
    """Add what is missing to ``released.json``; exit 2 where that would change a released version."""
    parser = argparse.ArgumentParser(prog="python -m conformance.catalogue.release", description=__doc__)
    parser.add_argument("--amend", action="store_true", help="replace the entry of the same version")
    amend = parser.parse_args(arguments).amend
    entries = released(file)
    for standard in FOLDERS:
        try:
            entries = with_release(entries, load_catalogue(standard), amend=amend)
        except AlreadyReleasedError as error:
            parser.error(str(error))
    file.write_text(json.dumps(entries, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
