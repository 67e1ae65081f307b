"""What a log grew by, where it is rotated meanwhile: read on under its new name, or told that it is gone."""

from pathlib import Path

import pytest

from probes.clock import Deadline, SystemClock
from probes.databases.declared import Declared
from probes.databases.growing_log import LogFile, new_lines, sizes
from probes.errors import Garbage
from probes.transports.local import LocalShell

SHELL = LocalShell()


def soon() -> Deadline:
    return Deadline.after(SystemClock(), 20)


def declared(log: Path) -> Declared:
    return Declared(name="orders", host="here", kind="mariadb", account="auditor", database="shop", log=str(log))


def before(log: Path) -> dict[str, LogFile]:
    return sizes(SHELL, declared(log), soon())


def since(log: Path, then: dict[str, LogFile]) -> list[str]:
    return list(new_lines(SHELL, declared(log), then, soon()))


def add(log: Path, words: str) -> None:
    with log.open("a", encoding="utf-8") as file:
        file.write(f"{words}\n")


def test_of_a_folder_that_is_rotated_only_what_is_new_is_read(tmp_path: Path) -> None:
    log = tmp_path / "server.log"
    add(log, "of yesterday")
    then = before(tmp_path)
    add(log, "before the rotation")
    log.rename(tmp_path / "server.log.1")
    add(log, "after it")
    assert since(tmp_path, then) == ["after it", "before the rotation"]


def test_a_single_log_that_is_rotated_leaves_it_unknown(tmp_path: Path) -> None:
    log = tmp_path / "server.log"
    add(log, "of yesterday")
    then = before(log)
    add(log, "an error that nobody will read")
    log.rename(tmp_path / "server.log.1")
    add(log, "after it, and longer than what stood there before")
    with pytest.raises(Garbage, match="was rotated meanwhile"):
        since(log, then)


def test_a_log_that_was_emptied_leaves_it_unknown(tmp_path: Path) -> None:
    log = tmp_path / "server.log"
    add(log, "of yesterday, and a long one")
    then = before(log)
    log.write_text("new\n", encoding="utf-8")
    with pytest.raises(Garbage, match="was rotated meanwhile"):
        since(log, then)


def test_an_old_file_may_go_and_another_be_begun_anew(tmp_path: Path) -> None:
    for name in ("server-1.log", "server-2.log", "server.log"):
        add(tmp_path / name, "of yesterday")
    then = before(tmp_path)
    (tmp_path / "server-1.log").unlink()
    (tmp_path / "server-2.log").write_text("new\n", encoding="utf-8")
    assert since(tmp_path, then) == ["new"]
    assert since(tmp_path, before(tmp_path)) == []
