"""The options that say where things lie, as every verb and pytest declare them; what they mean is in places.py.

Nothing else of the project is imported, so that ``--help`` stays quick.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any, Final, TypeAlias

Add: TypeAlias = Callable[..., Any]

DEFAULT_TARGET: Final = "duheng.toml"
DEFAULT_OUT: Final = "duheng-out"


def add_target(add: Add) -> None:
    """Declare ``--target`` by calling ``add(name, **argparse_settings)``."""
    words = f"target file (default: {DEFAULT_TARGET} in the working folder)"
    add("--target", type=Path, metavar="FILE", help=words)


def add_ledger(add: Add) -> None:
    """Declare ``--ledger`` in the same way."""
    add("--ledger", metavar="URL", help="where evidence is kept, over the target file's [ledger] url")


def add_out(add: Add, what: str) -> None:
    """Declare ``--out`` in the same way; ``what`` is kept in that folder."""
    words = f"folder of {what} (default: {DEFAULT_OUT})"
    add("--out", type=Path, default=Path(DEFAULT_OUT), metavar="FOLDER", help=words)
