"""The demo's drills: the permission that a host's owner would give, and the tables of the target file."""

import json
import re
from collections.abc import Mapping, Sequence
from datetime import timedelta
from pathlib import Path

from conformance.demo.backups import HOST
from conformance.demo.folder import Folder
from probes.clock import SystemClock, rfc3339

SERVER = "https"
"""The server that is drilled: the one that buyers use."""

PERMITTED = timedelta(days=30)
_FAULTS = ("software-crash", "hang")
_PLACE = re.compile(r"(/[\w.-]+)+")
_TABLES = """
[drill]
token_path = {token}
stop_file = "stop-drills"

[[drills]]
name = "software-crash"
host = "{host}"
pidfile = {pidfile}
start = {start}
depth = "order"
deadman_s = 180
told_by = {log}
detected = "{server} detected"
decided = "{server} decided"
acted = "{server} acted"

[[drills]]
name = "hang"
host = "{host}"
pidfile = {pidfile}
start = {start}
limit_s = 20
deadman_s = 120
"""


def permit(folder: Folder, *, platform_id: str) -> None:
    """Put the permission in place: for this platform and host, these faults, for a month."""
    permission = {
        "platform": platform_id,
        "host": HOST,
        "allows": _FAULTS,
        "until": rfc3339(SystemClock().now() + PERMITTED),
        "place": str(_place(folder)),
    }
    _token(folder).write_text(json.dumps(permission, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    _token(folder).chmod(0o644)


def tables(folder: Folder, *, words: Sequence[str], environment: Mapping[str, str]) -> str:
    """Return the tables of the target file; none where the folder's path could not be declared.

    Args:
        folder: the demo's folder.
        words: the command that keeps the server running.
        environment: what the server wants of its environment.
    """
    if not _PLACE.fullmatch(str(_place(folder))):
        return ""
    start = ["env", *(f"{name}={value}" for name, value in environment.items()), *words]
    return _TABLES.format(
        host=HOST,
        server=SERVER,
        token=_quoted(_token(folder)),
        pidfile=_quoted(folder.root / f"{SERVER}.pid"),
        log=_quoted(folder.root / "keeper.log"),
        start=json.dumps(start, ensure_ascii=False),
    )


def _place(folder: Folder) -> Path:
    return folder.root / "drill"


def _token(folder: Folder) -> Path:
    return folder.root / "drill-token.json"


def _quoted(path: Path) -> str:
    return json.dumps(str(path), ensure_ascii=False)
