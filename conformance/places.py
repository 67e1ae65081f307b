"""Where the target file lies, and where its evidence is kept: what the options of place_options.py mean."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from conformance.place_options import DEFAULT_TARGET
from probes.clock import Clock
from probes.errors import SettingsError
from probes.target import Target
from reports.ledger.location import ledger_file, open_ledger
from reports.ledger.store import LedgerStore

NO_TARGET: Final = (
    f"no target: give one with --target FILE.toml, put a {DEFAULT_TARGET} into this folder (`duheng init` writes one), "
    "or try it on a real shop with `duheng demo`"
)


def target_path(given: Path | None) -> Path:
    """Return the target file to read: the one that was given, or the usual one of the working folder.

    Raises:
        SettingsError: none was given and none lies there.
    """
    path = usual_target(given)
    if path is None:
        raise SettingsError(NO_TARGET)
    return path


def usual_target(given: Path | None) -> Path | None:
    """Return the target file to read; None where none was given and none lies in the working folder."""
    if given is not None:
        return given
    usual = Path(DEFAULT_TARGET)
    return usual if usual.exists() else None


@dataclass(frozen=True, slots=True)
class LedgerPlace:
    """A ledger by its URL, and the folder that a relative path in it starts from."""

    url: str
    base: Path

    def open(self, clock: Clock | None = None) -> LedgerStore:
        """Open the ledger, or create it; ``clock`` gives ``written_at`` (default: this machine's).

        Raises:
            SettingsError: the URL names no store that Duheng knows.
            EvidenceError: the ledger cannot be used.
        """
        return open_ledger(self.url, base=self.base, clock=clock)

    def file(self) -> Path | None:
        """Return the file that it is kept in; None where it is in no file of ours.

        Raises:
            SettingsError: the URL names no file where its kind of store needs one.
        """
        return ledger_file(self.url, base=self.base)


def ledger_of(target: Target, given: str | None = None) -> LedgerPlace:
    """Return where evidence of the target is kept.

    What ``--ledger`` names goes over the target file; its path starts from the working folder, the file's own from the
    folder of that file.
    """
    return LedgerPlace(target.ledger_url, target.path.parent) if given is None else LedgerPlace(given, Path.cwd())
