"""The files of this folder, ready to be put in place: the units name the `duheng` of this very installation."""

import sysconfig
from collections.abc import Iterator, Mapping
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Final

from probes.errors import SettingsError

FOLDERS: Final = ("grafana", "prometheus", "systemd")
PROGRAM: Final = "@DUHENG@"
"""What stands in a unit for the path of the program."""


def program() -> Path:
    """Return the path of this installation's console script.

    Raises:
        SettingsError: there is none beside this Python.
    """
    path = Path(sysconfig.get_path("scripts")) / "duheng"
    if not path.exists():
        raise SettingsError(f"{path}: not there; install Duheng into this Python (pip install), then ask again")
    return path


def contents(duheng: Path) -> Mapping[str, str]:
    """Return the text of every file by its path below the folder; units start ``duheng``."""
    root = resources.files("conformance.operations")
    words = f'"{duheng}"' if " " in str(duheng) else str(duheng)
    return {
        f"{folder}/{file.name}": file.read_text(encoding="utf-8").replace(PROGRAM, words)
        for folder in FOLDERS
        for file in _sorted(root / folder)
    }


def _sorted(folder: Traversable) -> Iterator[Traversable]:
    yield from sorted((file for file in folder.iterdir() if file.is_file()), key=lambda file: file.name)


def copy(files: Mapping[str, str], folder: Path) -> tuple[Path, ...]:
    """Write the files below a folder, which is made where it is missing; return the paths.

    A file that is there already with another content is nobody's to overwrite: it may be a unit that was edited.

    Raises:
        SettingsError: such files, all of them at once (nothing is written then), or a folder that cannot be written.
    """
    try:
        changed = [name for name, text in files.items() if _differs(folder / name, text)]
        if changed:
            raise SettingsError(
                *(
                    f"{folder / name}: is there with another content; move it away, or give another folder"
                    for name in changed
                )
            )
        for name, text in files.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text(text, encoding="utf-8")
    except OSError as error:
        raise SettingsError(f"{error.filename}: cannot be written ({error.strerror}); give another folder") from error
    return tuple(folder / name for name in files)


def _differs(path: Path, text: str) -> bool:
    return path.exists() and path.read_bytes() != text.encode()
