"""Enumerating TLS suites beside sslyze and sslscan, on three servers, each server in one run.

sslyze (AGPL) is a yardstick only: the extra ``[bench]`` brings it, or ``SSLYZE_PYTHON`` names a Python that has it.
"""

import contextlib
import json
import os
import re
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from probes.tls.suites import known
from tests.bench.children import ROOT, environment
from tests.bench.table import Row
from tests.miniatures.certificates import Authority
from tests.probes.tls.servers import Files, nginx, openssl

ROUNDS = 5
_PATIENCE_S = 300
_ORDINARY, _WORST = 10.0, 100 / 3
_SSLSCAN = ("--no-colour", "--show-cipher-ids", "--no-renegotiation", "--no-fallback", "--no-compression",
            "--no-heartbleed", "--no-groups", "--no-check-certificate")  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Timed:
    """What one program found on one server, and the medians of what it took: scanning, and with its start (s)."""

    suites: Mapping[str, frozenset[str]]
    scan_s: float
    whole_s: float

    @property
    def number(self) -> int:
        """How many suites it found, in all protocols."""
        return sum(map(len, self.suites.values()))


def tls_rows(folder: Path) -> list[Row]:
    """Measure on an ordinary nginx, an ordinary openssl s_server and one that offers all that OpenSSL still has."""
    missing = _missing()
    for name in missing:
        sys.stderr.write(f"TLS enumeration: left out, since {name} is not installed\n")
    if {"nginx", "openssl"} & set(missing):
        return []
    env = environment(folder)
    rows: list[Row] = []
    for what, goal, server in _servers(folder):
        with server as port:
            rows += _rows(what, goal, port, env, missing)
    return rows


def _missing() -> list[str]:
    programs = [
        name
        for name in ("nginx", "openssl", "sslscan")
        if not (shutil.which(name) or shutil.which(name, path="/usr/sbin"))
    ]
    has = subprocess.run([_sslyze_python(), "-c", "import sslyze"], check=False, capture_output=True)
    return [*programs, *(["sslyze (extra [bench], or SSLYZE_PYTHON)"] if has.returncode else [])]


def _sslyze_python() -> str:
    return os.environ.get("SSLYZE_PYTHON", sys.executable)


def _servers(folder: Path) -> Iterator[tuple[str, float, contextlib.AbstractContextManager[int]]]:
    authority = Authority(folder)
    rsa, ec = Files.of(authority.rsa(), folder), Files.of(authority.good(), folder)
    yield "an ordinary nginx", _ORDINARY, nginx(rsa, folder, "ssl_protocols TLSv1.2 TLSv1.3;")
    yield "an ordinary openssl s_server", _ORDINARY, openssl(ec)
    every = ("-cipher", "ALL:COMPLEMENTOFALL:@SECLEVEL=0", "-dcert", str(ec.certificate), "-dkey", str(ec.key))
    yield "openssl with all that it has", _WORST, openssl(rsa, *every)


def _rows(what: str, goal: float, port: int, env: Mapping[str, str], missing: Sequence[str]) -> list[Row]:
    programs = {"ours": _ours, "sslyze": _sslyze, "sslscan": _sslscan}
    chosen = {name: run for name, run in programs.items() if not any(each.startswith(name) for each in missing)}
    rounds = [{name: run(port, env) for name, run in chosen.items()} for _ in range(ROUNDS + 1)][1:]
    timed = {name: _median([each[name] for each in rounds]) for name in chosen}
    ours = timed["ours"]
    rows = []
    if "sslyze" in timed:
        theirs = timed["sslyze"]
        rows = [
            _against(f"enumerating {what}, against sslyze", ours.scan_s, theirs.scan_s, goal),
            _against(f"enumerating {what}, against sslyze, with start and imports", ours.whole_s, theirs.whole_s, None),
            _unseen(f"enumerating {what}: suites that sslyze found and we did not", ours, theirs),
        ]
    if "sslscan" in timed:
        theirs = timed["sslscan"]
        rows.append(_against(f"enumerating {what}, against sslscan", ours.whole_s, theirs.whole_s, None))
        rows.append(_unseen(f"enumerating {what}: suites that sslscan found and we did not", ours, theirs))
    return rows


def _against(what: str, ours_s: float, theirs_s: float, goal: float | None) -> Row:
    absolute = f"{ours_s:.3f} s / {theirs_s:.3f} s, medians of {ROUNDS}: {theirs_s / ours_s:.1f} times as fast"
    return Row(what=what, value=100 * ours_s / theirs_s, unit="%", at_most=goal, absolute=absolute)


def _unseen(what: str, ours: Timed, theirs: Timed) -> Row:
    own = {(protocol, name) for protocol, names in ours.suites.items() for name in names}
    other = {(protocol, name) for protocol, names in theirs.suites.items() for name in names}
    only = ", ".join(f"{protocol} {name}" for protocol, name in sorted(own - other)[:3])
    absolute = f"{ours.number} and {theirs.number} suites" + (f"; ours alone: {only}" if only else "")
    return Row(what=what, value=len(other - own), unit="suites", at_most=0, absolute=absolute)


def _median(rounds: Sequence[Timed]) -> Timed:
    return Timed(
        suites=rounds[-1].suites,
        scan_s=statistics.median(each.scan_s for each in rounds),
        whole_s=statistics.median(each.whole_s for each in rounds),
    )


def _told(words: Sequence[str], env: Mapping[str, str]) -> tuple[str, float]:
    began_s = time.perf_counter()
    ran = subprocess.run(words, cwd=ROOT, env=env, check=True, capture_output=True, text=True, timeout=_PATIENCE_S)
    return ran.stdout, time.perf_counter() - began_s


def _timed(told: str, whole_s: float) -> Timed:
    data: Any = json.loads(told.splitlines()[-1])
    suites = {protocol: frozenset(names) for protocol, names in data["suites"].items()}
    return Timed(suites=suites, scan_s=data["scan_s"], whole_s=whole_s)


def _ours(port: int, env: Mapping[str, str]) -> Timed:
    return _timed(*_told([sys.executable, "-m", "tests.bench.enumerate_ours", str(port)], env))


def _sslyze(port: int, env: Mapping[str, str]) -> Timed:
    script = str(Path(__file__).with_name("enumerate_sslyze.py"))
    return _timed(*_told([_sslyze_python(), script, str(port)], env))


def _sslscan(port: int, env: Mapping[str, str]) -> Timed:
    said, whole_s = _told(["sslscan", *_SSLSCAN, f"127.0.0.1:{port}"], env)
    suites: dict[str, set[str]] = {}
    for spoken, code in re.findall(r"^(?:Preferred|Accepted)\s+(\S+)\s+\d+ bits\s+0x(\w+)", said, re.MULTILINE):
        protocol = "TLSv1" if spoken == "TLSv1.0" else spoken
        family = known()["tls13" if protocol == "TLSv1.3" else "tls"]
        suites.setdefault(protocol, set()).add(family[int(code, 16)].name)
    found = {protocol: frozenset(names) for protocol, names in suites.items()}
    return Timed(suites=found, scan_s=whole_s, whole_s=whole_s)
