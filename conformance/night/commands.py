"""The command line of each step: its own verb, in a process of its own."""

from pathlib import Path
from typing import Final

from conformance.night.planned import RECOVER, Planned

# -P: a step takes nothing from the working folder for a module of its own.
_VERBS: Final = ("-P", "-c", "from conformance.cli.main import entry; entry()")
_RESTORING: Final = ("-P", "-m", "conformance.night.restoring")


def command(planned: Planned, target: Path, *, out: Path, ledger: str | None, lang: str, restored: str) -> list[str]:
    """Return the words after the interpreter.

    Args:
        planned: the step.
        target: the target file.
        out: the folder of records and reports.
        ledger: the URL over the target file's own, or None.
        lang: the language of the report.
        restored: the run of this night whose trial restores the examination takes, empty where there is none.
    """
    where = [f"--target={target}", f"--out={out}", *([] if ledger is None else [f"--ledger={ledger}"])]
    if planned.verb == RECOVER:
        return [*_VERBS, "drill", "--recover", *where]
    if planned.verb == "restore":
        return [*_RESTORING, *where]
    if planned.verb == "examine":
        clauses = [f"--clauses={planned.name}"] if planned.name else []
        taken = [f"--restored={restored}"] if restored else []
        return [*_VERBS, "examine", *where, f"--lang={lang}", *clauses, *taken]
    return [*_VERBS, planned.verb, *where, planned.name]
