"""Vendure's packages: installed once by npm into a folder of their own, and used from there."""

import os
import shutil
import subprocess
from pathlib import Path

from probes.errors import SettingsError

SHOP = Path(__file__).parent / "shop"
MANIFEST = SHOP / "package.json"
OLDEST_NODE = 20
NEEDS = f"Vendure needs Node.js {OLDEST_NODE} or newer, with npm"
_INSTALL = ("install", "--no-package-lock", "--no-audit", "--no-fund", "--no-update-notifier", "--loglevel=error")


def node() -> str:
    """Return the path of Node.js.

    Raises:
        SettingsError: it is missing or too old, or npm is missing; says what is needed.
    """
    found = shutil.which("node")
    if found is None or shutil.which("npm") is None:
        raise SettingsError(f"{NEEDS}: nodejs.org, or the packages nodejs and npm")
    told = subprocess.run([found, "--version"], capture_output=True, text=True, check=True).stdout.strip()
    if int(told.removeprefix("v").partition(".")[0]) < OLDEST_NODE:
        raise SettingsError(f"{NEEDS}; here is {told}")
    return found


def install(folder: Path, *, log: Path) -> None:
    """Install the pinned packages into ``folder``; what a finished install left there is kept. Takes minutes.

    Raises:
        SettingsError: npm did not succeed; the message says where its words lie.
    """
    wanted, done = MANIFEST.read_text(encoding="utf-8"), folder / "installed.json"
    if done.exists() and done.read_text(encoding="utf-8") == wanted:
        return
    npm = shutil.which("npm")
    if npm is None:
        raise SettingsError(NEEDS)
    folder.mkdir(parents=True, exist_ok=True)
    done.unlink(missing_ok=True)
    (folder / "package.json").write_text(wanted, encoding="utf-8")
    with log.open("ab") as words:
        ended = subprocess.run(
            [npm, *_INSTALL],
            cwd=folder,
            env=_environment(),
            stdin=subprocess.DEVNULL,
            stdout=words,
            stderr=words,
            check=False,
        )
    if ended.returncode != 0:
        raise SettingsError(f"npm could not install Vendure (status {ended.returncode}): see {log}")
    done.write_text(wanted, encoding="utf-8")


def _environment() -> dict[str, str]:
    """Let a driver that must be compiled find the headers that lie beside Node.js, where they do."""
    prefix = Path(node()).resolve().parents[1]
    beside = (prefix / "include" / "node" / "node_version.h").exists()
    return ({"npm_config_nodedir": str(prefix)} if beside else {}) | dict(os.environ)
