"""Start and stop the demo shop: one folder, two loopback ports, processes known by id and start time."""

import json
import os
import socket
import ssl
import subprocess
import sys
import time
from dataclasses import asdict, dataclass, replace
from importlib.util import find_spec
from pathlib import Path

from conformance.demo import backups, certificates, drills, target
from conformance.demo.defects import at_start, checked
from conformance.demo.folder import Folder, prepare
from conformance.demo.processes import POLL_S, Started
from probes.errors import SettingsError

HOST = "127.0.0.1"
READY_S = 60.0
END_S = 10.0
NEEDED = ("oscar", "gunicorn", "whoosh")


@dataclass(frozen=True, slots=True, kw_only=True)
class Running:
    """A demo shop that was started: ports of its two entries, and its processes."""

    folder: Folder
    https: int
    http: int
    processes: tuple[Started, ...]


def start(root: Path, *, defects: tuple[str, ...] = ()) -> Running:
    """Start the shop in ``root`` and return when both entries answer.

    Raises:
        SettingsError: a part of the extra ``demo`` is missing, a defect is unknown, the shop already runs, or it did
            not come up; the message says where its log lies.
    """
    missing = [name for name in NEEDED if find_spec(name) is None]
    if missing:
        raise SettingsError(f"the demo shop needs {', '.join(missing)}: pip install 'duheng[demo]'")
    names = checked(defects)
    already = running(root)
    if already is not None:
        raise SettingsError(f"the demo shop in {root} already runs (port {already.https}): duheng demo stop")
    folder = prepare(root)
    https, http = free_ports(2)
    paths = certificates.issue(
        folder.tls, expired="expired-certificate" in names, other_host="wrong-host-certificate" in names
    )
    switch(folder, tuple(name for name in names if name not in at_start()))
    environment = _environment(folder, https)
    _build(folder, environment)
    backups.fresh(folder)
    servers = _serve_both(folder, environment, https, http, paths)
    target.write(folder, https=https, http=http, front_end_away="front-end-away" in names)
    _drills(folder, environment, https, paths)
    up = ready(Running(folder=folder, https=https, http=http, processes=servers), patience_s=READY_S)
    backups.take(folder, environment)
    return up


def again(up: Running) -> Running:
    """Start the servers of a shop that crashed once more, on the ports that they had; return when both answer.

    Raises:
        SettingsError: one of them still runs, or they did not come up.
    """
    if any(process.runs() for process in up.processes):
        raise SettingsError(f"the demo shop in {up.folder.root} still runs: duheng demo stop")
    environment, paths = _environment(up.folder, up.https), certificates.paths_in(up.folder.tls)
    servers = _serve_both(up.folder, environment, up.https, up.http, paths)
    return ready(replace(up, processes=servers), patience_s=READY_S)


def ready(up: Running, *, patience_s: float) -> Running:
    """Record what was started, wait until both entries answer, and return it.

    Raises:
        SettingsError: they did not within ``patience_s`` seconds; what was started has been ended.
    """
    _remember(up)
    try:
        _wait_until_ready(up, patience_s)
    except BaseException:  # an impatient Ctrl-C included: nothing is left running
        stop(up.folder.root)
        raise
    return up


def stop(root: Path) -> bool:
    """End the processes that ``start`` recorded in ``root``, and only those; tell whether any was running."""
    up = running(root)
    if up is None:
        return False
    for process in up.processes:
        process.end(patience_s=END_S)
    up.folder.state.unlink(missing_ok=True)
    return True


def running(root: Path) -> Running | None:
    """Return what runs in ``root``; None where nothing does."""
    folder = Folder(root=root.resolve())
    try:
        record = json.loads(folder.state.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    processes = tuple(Started(**entry) for entry in record["processes"])
    if not any(process.runs() for process in processes):
        return None
    return Running(folder=folder, https=record["https"], http=record["http"], processes=processes)


def switch(folder: Folder, defects: tuple[str, ...]) -> None:
    """Switch exactly these defects on; the running shop takes them from its next request on.

    Raises:
        SettingsError: a defect is unknown, or one that is chosen at the start only.
    """
    names = checked(defects)
    late = [name for name in names if name in at_start()]
    if late:
        raise SettingsError(f"{', '.join(late)}: chosen when the shop starts (duheng demo start --defect NAME)")
    fresh = folder.defects.with_suffix(".new")
    fresh.write_text("".join(f"{name}\n" for name in names), encoding="utf-8")
    fresh.replace(folder.defects)


def _environment(folder: Folder, https: int) -> dict[str, str]:
    return os.environ | {
        "DJANGO_SETTINGS_MODULE": "conformance.demo.shop.settings",
        "DUHENG_DEMO_DIR": str(folder.root),
        "DUHENG_DEMO_HTTPS": f"{HOST}:{https}",
        "PYTHONPATH": os.pathsep.join([str(Path(__file__).parents[2]), os.environ.get("PYTHONPATH", "")]),
    }


def _build(folder: Folder, environment: dict[str, str]) -> None:
    """Build the database under another name first: a start that is interrupted leaves no half a shop."""
    if folder.database.exists():
        return
    part = folder.database.with_suffix(".part")
    part.unlink(missing_ok=True)
    with folder.log.open("ab") as log:
        built = subprocess.run(
            [sys.executable, "-m", "conformance.demo.shop.seed"],
            env=environment | {"DUHENG_DEMO_DATABASE": str(part)},
            stdout=log,
            stderr=log,
            check=False,
        )
    if built.returncode != 0:
        raise SettingsError(f"the demo shop's database could not be built: see {folder.log}")
    part.replace(folder.database)


def _serve_both(
    folder: Folder, environment: dict[str, str], https: int, http: int, paths: certificates.Paths
) -> tuple[Started, ...]:
    return (
        Started.spawn(_https(folder, https, paths), environment, log=folder.log),
        Started.spawn(_kept(folder, "http", http, "--workers=1"), environment, log=folder.log),
    )


def _https(folder: Folder, port: int, paths: certificates.Paths) -> tuple[str, ...]:
    certificate, key = f"--certfile={paths.certificate}", f"--keyfile={paths.key}"
    return _kept(folder, drills.SERVER, port, "--workers=2", certificate, key)


def _kept(folder: Folder, name: str, port: int, *options: str) -> tuple[str, ...]:
    """Return the words of a server and of the keeper that starts it again when it ends."""
    return (
        *(sys.executable, "-m", "conformance.demo.keeper", name, str(folder.root)),
        *(sys.executable, "-m", "gunicorn", "conformance.demo.shop.wsgi", f"--bind={HOST}:{port}", "--preload"),
        *("--threads=4", "--graceful-timeout=2", "--no-control-socket", "--worker-tmp-dir", str(folder.root)),
        *options,
    )


def _drills(folder: Folder, environment: dict[str, str], https: int, paths: certificates.Paths) -> None:
    """Permit the demo's drills, and declare them."""
    drills.permit(folder, platform_id=target.PLATFORM_ID)
    wanted = {name: value for name, value in environment.items() if name.startswith(("DJANGO_", "DUHENG_DEMO_"))}
    wanted["PYTHONPATH"] = environment["PYTHONPATH"]
    with folder.target.open("a", encoding="utf-8") as file:
        file.write(drills.tables(folder, words=_https(folder, https, paths), environment=wanted))


def _remember(up: Running) -> None:
    record = {"https": up.https, "http": up.http, "processes": [asdict(process) for process in up.processes]}
    up.folder.state.write_text(json.dumps(record), encoding="utf-8")


def _wait_until_ready(up: Running, patience_s: float) -> None:
    until = time.monotonic() + patience_s
    while not (_answers(up.https, tls=True) and _answers(up.http, tls=False)):
        if not all(process.runs() for process in up.processes) or time.monotonic() > until:
            raise SettingsError(f"the demo shop did not come up: see {up.folder.log}")
        time.sleep(POLL_S)


def _answers(port: int, *, tls: bool) -> bool:
    """Tell whether an entry answers HTTP; whom its certificate names is not asked here, since defects forge it."""
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    try:
        plain = socket.create_connection((HOST, port), timeout=5)
        with context.wrap_socket(plain) if tls else plain as connection:
            connection.sendall(
                f"HEAD /accounts/login/ HTTP/1.1\r\nHost: {HOST}:{port}\r\nConnection: close\r\n\r\n".encode()
            )
            return connection.recv(12).startswith(b"HTTP/1.1")
    except OSError:
        return False


def free_ports(count: int) -> tuple[int, ...]:
    """Return so many ports of the loopback address that nobody listens on."""
    sockets = [socket.create_server((HOST, 0)) for _ in range(count)]
    ports = tuple(int(held.getsockname()[1]) for held in sockets)
    for held in sockets:
        held.close()
    return ports
