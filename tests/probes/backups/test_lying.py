"""Where a repository really lies."""

from pathlib import Path

import pytest

from probes.backups.lying import address_of, lies_on
from tests.probes.backups.asking import asked, declared

ADDRESSES = {
    "ssh://backup@vault.example:2222/./repo": "vault.example",
    "backup@vault.example:repo": "vault.example",
    "vault.example:/srv/repo": "vault.example",
    "sftp:backup@vault.example:/srv/repo": "vault.example",
    "sftp://backup@vault.example//srv/repo": "vault.example",
    "rest:https://vault.example:8000/shop/": "vault.example",
    "s3:s3.cn-north-1.example/bucket": "s3.cn-north-1.example",
    "s3:https://s3.example/bucket": "s3.example",
    "b2:bucket:path": "b2",
    "/srv/repo": None,
    "repo": None,
    "": None,
}
UNKNOWN = {"same_host": None, "address": None}


@pytest.mark.parametrize("place", ["sftp:backup@localhost:/srv", "rest:http://127.0.0.1:8000/", "ssh://[::1]/srv"])
def test_behind_the_loopback_may_stand_anybody(place: str) -> None:
    assert lies_on(asked(declared("restic", repository=place))) == UNKNOWN


def test_a_configuration_that_cannot_be_read_names_no_place(tmp_path: Path) -> None:
    assert lies_on(asked(declared("pgbackrest", stanza="shop", config=str(tmp_path / "none.conf")))) == UNKNOWN


@pytest.mark.parametrize("place", ADDRESSES)
def test_an_address_names_its_host_or_its_service(place: str) -> None:
    assert address_of(place) == ADDRESSES[place]


def test_a_folder_lies_on_the_host_unless_it_is_mounted_from_elsewhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    question = asked(declared("restic", repository=str(tmp_path)))
    assert lies_on(question) == {"same_host": True, "address": None}
    program = tmp_path / "df"
    for mount, address in (("nas:/vol nfs4", "nas"), ("//nas.example/share cifs", "nas.example")):
        program.write_text(f"#!/bin/sh\necho Filesystem Type\necho {mount} 9 9 9 9% /mnt\n", encoding="ascii")
        program.chmod(0o755)
        monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
        assert lies_on(question) == {"same_host": False, "address": address}
    program.write_text("#!/bin/sh\necho Filesystem Type\necho ossfs fuse.ossfs 9 9 9 9% /mnt\n", encoding="ascii")
    assert lies_on(question) == UNKNOWN


@pytest.mark.parametrize(
    ("lines", "told"),
    [
        ("repo1-path=/srv\nrepo1-cipher-pass=secret", {"same_host": True, "address": None}),
        ("repo1-host = vault.example\nrepo1-host-user=x", {"same_host": False, "address": "vault.example"}),
        (
            "repo1-type=s3\nrepo1-s3-endpoint=s3.example\nrepo1-s3-key=secret",
            {"same_host": False, "address": "s3.example"},
        ),
        ("repo2-host=vault.example\nrepo1-path=/srv", {"same_host": True, "address": None}),
    ],
)
def test_a_stanza_lies_where_its_configuration_says(tmp_path: Path, lines: str, told: dict[str, object]) -> None:
    config = tmp_path / "pgbackrest.conf"
    config.write_text(f"[global]\n{lines}\n", encoding="ascii")
    assert lies_on(asked(declared("pgbackrest", stanza="shop", config=str(config)))) == told
