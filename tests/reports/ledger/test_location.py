import sys
from pathlib import Path

import pytest

from probes.errors import SettingsError
from reports.ledger.location import STORES, open_ledger
from reports.ledger.memory import MemoryStore
from reports.ledger.postgres_place import place_of
from reports.ledger.sqlite import SqliteStore
from tests.contracts.ledger_store import SteppingClock, note


def test_a_relative_path_starts_at_the_base(tmp_path: Path) -> None:
    (tmp_path / "长期 记录?#%20").mkdir()
    with open_ledger("sqlite:///长期 记录?#%20/du heng.db", base=tmp_path) as store:
        assert isinstance(store, SqliteStore)
        store.append("run-1", [note(1)])
    assert (tmp_path / "长期 记录?#%20" / "du heng.db").is_file()


def test_an_absolute_path_stands_for_itself(tmp_path: Path) -> None:
    with open_ledger(f"sqlite:///{tmp_path / 'a.db'}", base=Path("elsewhere")) as store:
        store.append("run-1", [note(1)])
    assert (tmp_path / "a.db").is_file()


def test_memory_keeps_nothing(tmp_path: Path) -> None:
    with open_ledger("memory:", base=tmp_path, clock=SteppingClock()) as store:
        assert isinstance(store, MemoryStore)
        store.append("run-1", [note(1)])
        assert [entry.written_at for entry in store.entries()] == ["2026-11-21T00:00:01.000000Z"]
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("", "no store is called ''"),
        ("duheng.db", "no store is called 'duheng.db'"),
        ("postgres://duheng:hunter2@db/ledger", "no store is called 'postgres'; known are memory, postgresql, sqlite"),
        ("postgresql://duheng:hunter2@db/ledger", "must not hold a password"),
        ("postgresql://duheng@db/ledger?password=hunter2", "must not hold a password"),
        ("postgresql://duheng@db/ledger?sslpassword=hunter2", "must not hold a password"),
        ("postgresql://duheng@db/ledger?passfile=hunter2", "must not hold a password"),
        ("postgresql://duheng@db/ledger?options=-cfsync", "'options' is not for it"),
        ("postgresql://duheng@db/ledger?sslmode", "is no postgresql:// URL"),
        ("postgresql://duheng@db:port/ledger", "is no postgresql:// URL"),
        ("postgresql://[db/ledger", "is no postgresql:// URL"),
        ("postgresql://duheng@db", "names no database"),
        ("postgresql://duheng@db/", "names no database"),
        ("postgresql://duheng@db/a/b", "names no database"),
        ("postgresql://duheng@db:0/ledger", "names no database"),
        ("postgresql:ledger", "names no database"),
        ("sqlite:duheng.db", "names no file"),
        ("sqlite://duheng.db", "names no file"),
        ("sqlite:///", "names no file"),
        ("sqlite:///folder/", "names no file"),
        ("sqlite:///a\0b", "names no file"),
        ("memory:x", "is just 'memory:'"),
    ],
)
def test_a_url_that_names_no_store(url: str, words: str, tmp_path: Path) -> None:
    with pytest.raises(SettingsError) as raised:
        open_ledger(url, base=tmp_path)
    (fault,) = raised.value.faults
    assert fault.startswith("[ledger] url: ")
    assert words in fault
    assert "hunter2" not in fault


def test_every_store_is_in_the_table() -> None:
    assert set(STORES) == {"memory", "postgresql", "sqlite"}


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("postgresql://duheng@db.example:5433/ledger?sslmode=verify-full", "postgresql://db.example:5433/ledger"),
        ("postgresql:///ledger?host=/run/postgresql", "postgresql:///run/postgresql/ledger"),
        ("postgresql:///ledger", "postgresql://localhost/ledger"),
    ],
)
def test_where_a_ledger_in_postgresql_is_told_without_its_user(url: str, name: str) -> None:
    assert place_of(url).name == name


def test_what_the_url_says_of_patience_stands() -> None:
    assert place_of("postgresql:///ledger").options["connect_timeout"] == "5"
    assert "connect_timeout" not in place_of("postgresql:///ledger?connect_timeout=60").options


def test_without_psycopg_it_is_said_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "reports.ledger.postgres", None)
    with pytest.raises(SettingsError, match=r"pip install 'duheng\[postgres\]'"):
        open_ledger("postgresql:///ledger", base=tmp_path)
