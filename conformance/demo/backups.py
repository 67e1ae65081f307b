"""The demo's backups: the shop's own job is run at the start, and the target file tells where its catalogue lies."""

import json
import os
import pwd
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from conformance.demo.folder import Folder

HOST = "shop"
"""The name of this machine in the target file."""

_TABLES = """
[[hosts]]
name = "{host}"
address = "local"
site = "this machine"
roles = ["web", "app", "backup"]

[[backups]]
name = "demo"
tool = "files"
host = "{host}"
path = {path}
holds = ["pages", "customers", "trades", "management", "merchants"]
place = "local"
site = "this machine"
medium = "disk of this machine"
medium_state = "in-use"
zone = "UTC"
incremental_h = 2
full_h = 12
"""
_RESTORE = """
[restore]
scratch = {scratch}
account = "{account}"
"""
_SCRATCH = re.compile(r"/[\w./-]+")


def fresh(folder: Folder) -> None:
    """Begin a new record: the job of an earlier start no longer runs, and its gaps are not this shop's."""
    for place in (folder.backups, folder.scratch):
        shutil.rmtree(place, ignore_errors=True)
        place.mkdir(mode=0o700)


def take(folder: Folder, environment: Mapping[str, str]) -> None:
    """Run the shop's backup job. Where it fails, the shop's log says why, and the catalogue lacks what was not made."""
    job = [sys.executable, "-m", "conformance.demo.shop.backup"]
    with folder.log.open("ab") as log:
        subprocess.run(job, env=environment, stdout=log, stderr=log, check=False)


def tables(folder: Folder) -> str:
    """Return the tables of the target file: this machine, the backups, the scratch place where its path is one."""
    text = _TABLES.format(host=HOST, path=_quoted(folder.backups))
    if _SCRATCH.fullmatch(str(folder.scratch)):  # another path could not be declared; nothing is restored then
        text += _RESTORE.format(scratch=_quoted(folder.scratch), account=pwd.getpwuid(os.geteuid()).pw_name)
    return text


def _quoted(path: Path) -> str:
    return json.dumps(str(path), ensure_ascii=False)
