"""Lines of ``known_hosts``: OpenSSH's own ``ssh-keygen -F`` is the oracle."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from probes.transports.known_hosts import lines_of

KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGgHRp2BYMEOVTlYgH1wEXKO4pDbEDCCzWRO3zTJBx7T"
LISTS = (
    "web1.example",
    "web1.example,10.0.0.1",
    "*.example",
    "web?.example",
    "*.example,!web1.example",
    "!web1.example,*.example",
    "[web1.example]:2222",
    "[*.example]:2222",
    "WEB1.example",
    "w*b*1.ex*",
    "web1.exampl",
    "eb1.example",
    "[w]eb1.example",
    "*",
)
NAMES = ("web1.example", "web2.example", "10.0.0.1", "[web1.example]:2222", "Web1.Example", "xample")


@pytest.fixture
def keygen() -> str:
    """The program; a test that lacks it is left out, and under CI that is a failure."""
    found = shutil.which("ssh-keygen")
    if found is None:
        assert os.environ.get("CI") != "true", "under CI ssh-keygen must be there"
        pytest.skip("not installed: openssh-client")
    return found


@pytest.mark.parametrize("listed", LISTS)
def test_a_name_is_listed_as_openssh_has_it(tmp_path: Path, keygen: str, listed: str) -> None:
    path = tmp_path / "known_hosts"
    path.write_text(f"# a remark\n\n{listed} {KEY} of somebody\n")
    (line,) = lines_of(path)
    for name in NAMES:
        found = subprocess.run([keygen, "-F", name, "-f", str(path)], capture_output=True, check=False)
        assert line.of(name) is (found.returncode == 0), name


def test_a_hashed_name_is_found(tmp_path: Path, keygen: str) -> None:
    path = tmp_path / "known_hosts"
    path.write_text(f"web1.example {KEY}\n[web1.example]:2222 {KEY}\n")
    subprocess.run([keygen, "-q", "-H", "-f", str(path)], check=True, capture_output=True)
    first, second = lines_of(path)
    assert all(line.words[0].startswith("|1|") for line in (first, second))
    assert [line.of("web1.example") for line in (first, second)] == [True, False]
    assert [line.of("[web1.example]:2222") for line in (first, second)] == [False, True]


def test_what_is_marked_or_of_no_form_lists_nobody(tmp_path: Path) -> None:
    path = tmp_path / "known_hosts"
    written = (
        f"@revoked * {KEY}",
        f"@revoked {KEY}",
        f"@revoked {KEY} root@web1",
        f"@cert-authority *.example {KEY}",
        "web1.example",
        f"  # web1.example {KEY}",
        "|1|no|form ssh-ed25519 AAAA",
        "web1.example ssh-ed25519 no-base64",
    )
    path.write_text("\n".join(written))
    lines = lines_of(path)
    assert [line.of("web1.example") for line in lines] == [False] * 6 + [True]
    assert [line.revokes(KEY.split()[1]) for line in lines] == [True, True, True, False, False, False, False]
    assert lines[-1].key() is None
    assert lines[0].key() is not None


def test_a_file_that_changed_is_read_again(tmp_path: Path) -> None:
    path = tmp_path / "known_hosts"
    path.write_text(f"web1.example {KEY}\n")
    before = lines_of(path)
    assert lines_of(path) is before
    path.write_text(f"web1.example {KEY}\nweb2.example {KEY}\n")
    assert len(lines_of(path)) == 2
