"""`duheng doctor` prints the sudoers file of each account that the target file lets use sudo, and none else."""

from pathlib import Path

import pytest

from probes.host.sudoers import sudoers
from tests.conformance.running import duheng
from tests.probes.target_faults import HEAD

SSH = 'address = "192.0.2.10"\nuser = "duheng"\n'


@pytest.mark.parametrize(("lang", "told"), [("en", "on web1, web2, install this as"), ("zh", "请在 web1、web2 上")])
def test_the_file_is_printed_as_it_is_to_be_installed(tmp_path: Path, lang: str, told: str) -> None:
    text = "".join(f'[[hosts]]\nname = "web{number}"\n{SSH}sudo = true\n' for number in (1, 2))
    printed = _doctor(tmp_path, text, lang)
    assert told in printed
    assert printed.count(sudoers("duheng")) == 1


def test_without_sudo_there_is_no_such_file(tmp_path: Path) -> None:
    assert "NOPASSWD" not in _doctor(tmp_path, f'[[hosts]]\nname = "web1"\n{SSH}', "en")


def _doctor(folder: Path, text: str, lang: str) -> str:
    (folder / "duheng.toml").write_text(HEAD + text)
    done = duheng("doctor", "--lang", lang, folder=folder)
    assert done.returncode in {0, 2}, done.stderr
    return done.stdout
