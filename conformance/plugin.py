"""The pytest side of an examination: options, one item a judged record, gathering once, and the exit status.

``conformance/conftest.py`` imports these hooks by name. The exit status comes from the report, not from pytest's tally.
What looks and renders is imported where it is used: collecting needs none of it.
"""

import shutil
import sys
from collections.abc import Generator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from conformance.catalogue.load import judged_records, load_catalogue
from conformance.examination import Examination
from conformance.exits import BUG, BUG_TOLD, INTERRUPTED, USAGE, reader_left
from conformance.families import Settle, family_of
from conformance.options import add_options, options_of
from probes.errors import DuhengError, SettingsError
from reports.verdict import Requirement, Undetermined, Verdict, Violates, Word, word

if TYPE_CHECKING:
    from conformance.session import Session

_SESSION: "pytest.StashKey[Session]" = pytest.StashKey()
_STATUS = pytest.StashKey[int]()
_TROUBLE = pytest.StashKey[str]()
_BUGS = pytest.StashKey[list[str]]()
_VERDICT = pytest.StashKey[Verdict]()
SETTINGS = Path(__file__).resolve().with_name("pytest.ini")
_PROPERTY, _WAIVED = "duheng", "duheng_waived"
_LETTERS: dict[Word, tuple[str, str]] = {
    "conforms": (".", "CONFORMS"),
    "violates": ("F", "VIOLATES"),
    "undetermined": ("u", "UNDETERMINED"),
    "not_applicable": ("n", "NOT APPLICABLE"),
}


class Refused(pytest.exit.Exception):  # type: ignore[name-defined,misc] # pytest hangs it on a callable
    """Ends pytest before anything is collected; pytest prints this name before the message."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """Declare the options of an examination."""
    add_options(parser.getgroup("duheng", "examination").addoption)


def _is_examination(config: pytest.Config) -> bool:
    # `pytest .` comes by here as well, late, when our options cannot be read any more: our suites are not its business.
    asked = (Path(config.invocation_params.dir, word.partition("::")[0]).resolve() for word in config.args)
    return any(place.is_relative_to(SETTINGS.parent) for place in asked)


def _settle_settings(config: pytest.Config) -> None:
    """Take the settings of an examination, whatever settings file pytest found.

    In `pytest conformance/ --target shop.toml` it takes an existing shop.toml for a second place to look in, and reads
    the settings of the folder above both.
    """
    if config.inipath is None or config.inipath.resolve() != SETTINGS:
        config.option.tbstyle = "no"
        config.option.reportchars = "N"
        config.addinivalue_line("filterwarnings", "default")


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:  # noqa: ARG001
    """Leave the suites alone where this is no examination."""
    return None if _is_examination(config) else True


def pytest_configure(config: pytest.Config) -> None:
    """Read options, target and key before anything is collected; a fault ends here, with its exit status."""
    if not _is_examination(config):
        return
    config.stash[_BUGS] = []
    _settle_settings(config)
    if config.option.collectonly:
        return
    from conformance.session import prepare  # noqa: PLC0415
    from probes.clock import SystemClock  # noqa: PLC0415

    try:
        if config.getoption("dist", "no") != "no" or hasattr(config, "workerinput"):
            raise SettingsError("an examination gathers once, in one process; leave out the options of pytest-xdist")
        config.stash[_SESSION] = prepare(options_of(config.getoption), SystemClock())
    except DuhengError as error:
        raise Refused(_told(error), USAGE) from error
    except KeyboardInterrupt as error:
        raise Refused("interrupted before anything was looked at", INTERRUPTED) from error


def _told(error: DuhengError) -> str:
    faults = str(error).splitlines()
    return faults[0] if len(faults) == 1 else "\n  ".join([f"{len(faults)} faults", *faults])


def pytest_report_header(config: pytest.Config) -> str | None:
    """Say what is examined."""
    session = config.stash.get(_SESSION, None)
    if session is None:
        return None
    platform = session.examination.order.target.platform
    return f"duheng: {platform.name} ({platform.base_url}), run {session.examination.run_id}"


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Make one item of every judged record of the module's clause family."""
    if "requirement" not in metafunc.fixturenames or not hasattr(metafunc.module, "FAMILY"):
        return
    session = metafunc.config.stash.get(_SESSION, None)
    catalogue = (
        session.examination.order.catalogue if session else load_catalogue(metafunc.config.getoption("standard"))
    )
    members = [item for item in judged_records(catalogue.requirements) if family_of(item) == metafunc.module.FAMILY]
    metafunc.parametrize("requirement", members, ids=[item.id for item in members])


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(
    collector: pytest.Collector,
) -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """Take a suite that cannot be collected for what it is: a bug of ours."""
    report = yield
    if report.failed and _is_examination(collector.config):
        collector.config.stash[_BUGS].append(f"{collector.nodeid}\n{report.longreprtext}")
    return report


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Keep the items in scope."""
    session = config.stash.get(_SESSION, None)
    if session is None:
        return
    scope = {requirement.id for requirement in session.examination.order.scope}
    kept = [item for item in items if _requirement(item).id in scope]
    config.hook.pytest_deselected(items=[item for item in items if item not in kept])
    items[:] = kept


def _requirement(item: pytest.Item) -> Requirement:
    found = item.callspec.params["requirement"]  # type: ignore[attr-defined]
    assert isinstance(found, Requirement)
    return found


@pytest.hookimpl(wrapper=True)
def pytest_runtestloop(session: pytest.Session) -> Generator[None, object, object]:
    """Gather every observation once, before the first judge runs; conclude when the last one has spoken.

    An interruption, and evidence that cannot be kept, are told in our own words; any other exception is a bug of ours
    and goes to pytest, which calls it an internal error.
    """
    prepared = session.config.stash.get(_SESSION, None)
    if prepared is None or session.testsfailed:  # a failure this early is a suite that could not be collected
        return (yield)
    if not _gathered(session.config, prepared):
        session.items.clear()
        return (yield)
    try:
        ran = yield
    except session.Interrupted:
        raise
    except session.Failed:  # -x, --maxfail
        _conclude(session.config, prepared)
        raise
    except KeyboardInterrupt:
        _end(session.config, INTERRUPTED, _interrupted(prepared))
        return True
    _conclude(session.config, prepared)
    return ran


def _gathered(config: pytest.Config, prepared: "Session") -> bool:
    from conformance.observing import planned_looks  # noqa: PLC0415
    from conformance.progress import progress_bar  # noqa: PLC0415
    from conformance.session import gather_into  # noqa: PLC0415

    reporter = config.pluginmanager.get_plugin("terminalreporter")
    if reporter is not None and prepared.redactor is not None:
        number = len(planned_looks(prepared.examination.order))
        chinese = prepared.options.lang == "zh"
        reporter.write_line(
            f"正在观察平台，共 {number} 项…" if chinese else f"looking at the platform: {number} looks ..."
        )
        reporter.flush()
    try:
        gather_into(prepared, progress_bar)
    except DuhengError as error:
        _end(config, USAGE, _told(error))
    except KeyboardInterrupt:
        _end(config, INTERRUPTED, _interrupted(prepared))
    else:
        return True
    return False


def _conclude(config: pytest.Config, prepared: "Session") -> None:
    from conformance.session import finish  # noqa: PLC0415

    if config.stash[_BUGS]:
        return
    try:
        config.stash[_STATUS] = finish(prepared)
    except DuhengError as error:
        _end(config, USAGE, _told(error))


def _end(config: pytest.Config, status: int, trouble: str) -> None:
    config.stash[_STATUS], config.stash[_TROUBLE] = status, trouble


def _interrupted(prepared: "Session") -> str:
    kept = prepared.examination.order.target.ledger_url
    return f"interrupted: no report was written; what was observed until then is in the ledger ({kept})"


@pytest.fixture(scope="session")
def examination(request: pytest.FixtureRequest) -> Examination:
    """Return the examination whose readings were gathered."""
    return request.config.stash[_SESSION].examination


@pytest.fixture
def settle(request: pytest.FixtureRequest) -> Settle:
    """Return the callable that takes a verdict; it never skips, and what it is given is what the report says."""

    def take(requirement: Requirement, verdict: Verdict) -> None:
        request.node.stash[_VERDICT] = verdict
        request.node.user_properties.append((_PROPERTY, word(verdict)))
        waived = requirement.id in request.config.stash[_SESSION].examination.waivers()
        if waived and isinstance(verdict, Violates | Undetermined):
            request.node.user_properties.append((_WAIVED, True))

    return take


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Let a violation stand as a failure, and any exception of ours as a bug that stops the run."""
    report = yield
    if call.excinfo is not None:
        item.config.stash[_BUGS].append(f"{item.nodeid}\n{call.excinfo.getrepr(style='short')}")
        item.session.shouldstop = "a bug of ours"
    verdict = item.stash.get(_VERDICT, None)
    if report.when == "call" and isinstance(verdict, Violates) and (_WAIVED, True) not in item.user_properties:
        report.outcome = "failed"
        report.longrepr = verdict.reason.en
    return report


def pytest_report_teststatus(report: pytest.TestReport) -> tuple[str, str, str] | None:
    """Show the verdict's own letter and word."""
    properties = dict(report.user_properties)
    if report.when != "call" or _PROPERTY not in properties:
        return None
    if properties.get(_WAIVED):
        return "waived", "w", "WAIVED"
    name: Word = properties[_PROPERTY]  # type: ignore[assignment]
    letter, shown = _LETTERS[name]
    return name.replace("_", " "), letter, shown


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """Take the exit status from the report, or from what came in its way."""
    stash = session.config.stash
    if _SESSION not in stash:
        return
    if exitstatus == pytest.ExitCode.INTERNAL_ERROR and not stash[_BUGS] and reader_left():
        session.exitstatus = INTERRUPTED
    elif stash[_BUGS] or exitstatus == pytest.ExitCode.INTERNAL_ERROR:
        session.exitstatus = BUG
        sys.stderr.write(f"{BUG_TOLD}\n")
    elif _STATUS in stash:
        session.exitstatus = stash[_STATUS]
    elif exitstatus == pytest.ExitCode.INTERRUPTED:
        session.exitstatus = INTERRUPTED


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    """Print the summary by chapter, and what came in the way."""
    for bug in config.stash.get(_BUGS, []):
        terminalreporter.section("a bug of ours", sep="=", red=True)
        terminalreporter.line(bug)
    session = config.stash.get(_SESSION, None)
    if session is not None and session.dossier is not None:
        from reports import leftovers, overview  # noqa: PLC0415
        from reports.formats import terminal  # noqa: PLC0415

        whole = overview.whole(session.dossier.catalogue_json)
        text = terminal.render(
            session.dossier.report,
            checks_in_catalogue=whole.checks,
            titles=whole.titles,
            left=tuple(leftovers.lines(leftovers.left_behind(session.dossier.trail), session.options.lang)),
            lang=session.options.lang,
            width=shutil.get_terminal_size((100, 24)).columns,
            colour=terminalreporter.hasmarkup,
            folder=str(session.folder or ""),
        )
        terminalreporter.ensure_newline()
        terminalreporter.write(text + "\n")
    if (trouble := config.stash.get(_TROUBLE, None)) is not None:
        terminalreporter.ensure_newline()
        sys.stderr.write(f"{trouble}\n")
