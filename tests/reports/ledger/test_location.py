from pathlib import Path

import pytest

from probes.errors import SettingsError
from reports.ledger.location import STORES, open_ledger
from reports.ledger.memory import MemoryStore
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
        ("postgresql://duheng:hunter2@db/ledger", "no store is called 'postgresql'; known are memory, sqlite"),
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
    assert set(STORES) == {"memory", "sqlite"}
