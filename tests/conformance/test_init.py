import tomllib
from pathlib import Path
from typing import Literal

import pytest

from conformance.catalogue.load import load_catalogue
from conformance.stricter import target_for
from conformance.target_template import template
from probes.shop.opening import adapter_of
from probes.target_keys import TABLES, Key, Table
from tests.conformance.running import duheng

LANGS: tuple[Literal["zh", "en"], ...] = ("zh", "en")


@pytest.mark.parametrize("lang", LANGS)
def test_it_loads_as_it_stands_and_only_reads(tmp_path: Path, lang: Literal["zh", "en"]) -> None:
    path = tmp_path / "duheng.toml"
    path.write_text(template(lang), encoding="utf-8")
    target = target_for(path, load_catalogue())
    assert adapter_of(target) is not None
    assert target.platform.authorised is False


@pytest.mark.parametrize("lang", LANGS)
def test_every_key_of_every_table_is_in_it_and_its_examples_hold(tmp_path: Path, lang: Literal["zh", "en"]) -> None:
    live = "\n".join(
        line.removeprefix("# ") if _is_setting(line.removeprefix("# ")) else line
        for line in template(lang).splitlines()
    )
    written = tomllib.loads(live)
    for name, table in TABLES.items():
        entry = written[name]
        if table.shape == "array":
            (entry,) = entry
        elif table.shape == "named":
            (entry,) = entry.values()
        assert set(entry) == set(table.keys) or (table.free and entry), name
    path = tmp_path / "duheng.toml"
    path.write_text("\n".join(line for line in live.splitlines() if line not in _EXCLUDING), encoding="utf-8")
    target = target_for(path, load_catalogue())
    assert target.waivers
    assert target.windows


# What cannot stand beside other examples: one password, no jump host that is not there, the keys of one backup tool.
_EXCLUDING = (
    'password_file = "secrets/operator"',
    'password_file = "secrets/backup"',
    'password_file = "secrets/auditor"',
    'jump = "gate"',
    'command = ["/usr/local/bin/list-backups", "--json"]',
    'restore_command = ["/usr/local/bin/restore", "{id}", "{target}"]',
    'kind = "full"',
)


def _is_setting(line: str) -> bool:
    try:
        tomllib.loads(line)
    except tomllib.TOMLDecodeError:
        return False
    return True


def test_each_key_says_what_it_is_for_in_both_languages() -> None:
    for table in TABLES.values():
        texts: list[Table | Key] = [table, *table.keys.values()]
        for text in texts:
            assert text.en.isascii()
            assert text.en.endswith(".")
            assert not text.zh.isascii()
            assert text.zh.endswith("。")


def test_lines_fit_a_screen() -> None:
    assert max(map(len, template("en").splitlines())) <= 120


def test_the_verb_writes_once(tmp_path: Path) -> None:
    first = duheng("init", folder=tmp_path)
    assert (first.returncode, first.stderr) == (0, "")
    assert "duheng.toml is written" in first.stdout
    assert (tmp_path / "duheng.toml").read_text(encoding="utf-8") == template("en")

    again = duheng("init", folder=tmp_path)
    assert (again.returncode, again.stdout) == (64, "")
    assert again.stderr == "duheng.toml is there already and was left alone; name another file\n"
    nowhere = duheng("init", "none/duheng.toml", folder=tmp_path)
    assert nowhere.returncode == 64
    assert nowhere.stderr == "none/duheng.toml: cannot be written: No such file or directory; name another file\n"
